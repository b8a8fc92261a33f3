//! Signs students in with MyLogin, and returns an [`Identity`](crate::Identity). The module makes the address for the
//! browser, reads the callback, and requests the person's identity from MyLogin.
//!
//! MyLogin is Wonde's single sign-on for schools. It uses OAuth 2.0 with an authorisation code. You keep the state in
//! the browser's session, and an [`Adapter`](crate::adapter::Adapter) sends the requests.

// This file has `new_state` and `new_verifier`. `client.rs` has the client, and `user.rs` reads the person.

mod callback;
mod client;
mod error;
mod exchange;
mod user;

pub use client::{AuthorizeOptions, Call, Client};
pub use error::MyLoginError;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::{TryRng, rngs::SysRng};

use crate::password::EntropyError;

/// Returns a random state with 256 bits, for one sign-in in one browser. Keep it in the session, and pass it to
/// [`Client::authorize_url`]. Remove it from the session when the callback arrives.
///
/// ```
/// let state = onroll::mylogin::new_state()?; // into the browser's session
/// assert!(state != onroll::mylogin::new_state()? && state.len() > 20);
/// # Ok::<(), onroll::password::EntropyError>(())
/// ```
///
/// # Errors
/// [`EntropyError`] if the operating system does not supply random bytes.
pub fn new_state() -> Result<String, EntropyError> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| EntropyError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns a PKCE verifier (RFC 7636). Store it in the session with the state. The verifier is sent only to MyLogin.
///
/// ```
/// let verifier = onroll::mylogin::new_verifier()?; // into the browser's session
/// assert!((43..=128).contains(&verifier.len()));
/// # Ok::<(), onroll::password::EntropyError>(())
/// ```
///
/// # Errors
/// [`EntropyError`] if the operating system does not supply random bytes.
pub fn new_verifier() -> Result<String, EntropyError> {
    new_state()
}
