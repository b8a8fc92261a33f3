//! MyLogin's sign-in, to an [`Identity`](crate::Identity): where the browser goes, what it brings back, and who MyLogin says it is.
//!
//! MyLogin is Wonde's single sign-on for schools: OAuth 2.0 by authorisation code. The host keeps the browser's session, with the
//! state in it; an [`Adapter`](crate::Adapter) does the exchange.

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

/// A state that nobody can guess (256 bits of the system's randomness), for one sign-in of one browser: kept in its session, given to
/// [`Client::authorize_url`], and taken out of the session, once, when the callback comes.
///
/// # Errors
/// [`EntropyError`] if the operating system gives no randomness.
pub fn new_state() -> Result<String, EntropyError> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| EntropyError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A verifier of PKCE (RFC 7636), kept in the session beside the state and shown to nobody but MyLogin.
///
/// # Errors
/// [`EntropyError`] if the operating system gives no randomness.
pub fn new_verifier() -> Result<String, EntropyError> {
    new_state()
}
