//! The messages and codes of `MyLoginError`, for sign-ins in which MyLogin did not identify a person. The codes are
//! also in `bindings-node/lib/codes.ts`.

use crate::adapter::{CallError, Failed, Fault};
use crate::identity::IdentityError;

/// The reason why MyLogin did not identify a person. The person is not signed in.
///
/// The error's text is for logs, and contains no secret, code or personal data.
///
/// ```
/// use onroll::mylogin::Client;
/// let client = Client::new("our-id", "secret", "https://app.example/callback")?;
/// let error = client.callback("https://app.example/callback?error=access_denied", None).unwrap_err();
/// println!("{} ({}): {error}", error.code(), error.reason()); // for the log
/// # Ok::<(), onroll::mylogin::MyLoginError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MyLoginError {
    /// `invalid-client`: the client id or secret is blank or contains invalid characters. Nothing was sent.
    #[error("the client id or the client secret is blank or has invalid characters; nothing was sent")]
    InvalidClient,
    /// `invalid-redirect-uri`: browsers may not be sent to this redirect URI. Nothing was sent.
    #[error(
        "the redirect URI must be a complete https address, exactly as registered, without user, fragment or backslash; http works only on this machine"
    )]
    InvalidRedirectUri,
    /// `invalid-domain`: the domain does not belong to MyLogin. Nothing was sent.
    #[error("this is not one of MyLogin's domains, such as app.mylogin.com; nothing was sent")]
    InvalidDomain,
    /// `invalid-state`: the state could be guessed. Use `new_state`; a state needs at least 16 characters.
    #[error("the state must be at least 16 letters and digits that are hard to guess; use new_state")]
    InvalidState,
    /// `invalid-organisation`: the organisation is neither a slug nor an id.
    #[error("an organisation must be a slug or an id")]
    InvalidOrganisation,
    /// `invalid-verifier`: the PKCE verifier is not valid. A verifier has 43 to 128 characters. Make one with `new_verifier`.
    #[error("a verifier must be 43 to 128 letters, digits, dots, hyphens, underscores and tildes; use new_verifier")]
    InvalidVerifier,
    /// `invalid-code`: the code is not valid. Nothing was sent.
    #[error("the code did not come from a callback; nothing was sent")]
    InvalidCode,
    /// `callback-elsewhere`: the callback came to an address other than the redirect URI.
    #[error("the callback did not come to the redirect URI")]
    CallbackElsewhere,
    /// `callback-invalid`: the callback contains a parameter twice, or cannot be read.
    #[error("the callback has a parameter twice, or cannot be read")]
    CallbackInvalid,
    /// `denied`: MyLogin says that the person did not sign in.
    #[error("MyLogin reports that the sign-in did not happen")]
    Denied,
    /// `unsolicited`: the callback has no state. The sign-in began at MyLogin or through another person's link.
    #[error(
        "the sign-in has no state, so it did not begin on your page; begin a sign-in by sending the browser to the authorisation address"
    )]
    Unsolicited,
    /// `state-unknown`: the callback has a state, but this browser's session has none. The state was already used, or
    /// was never issued.
    #[error("this browser has no sign-in in progress; sign in again")]
    StateUnknown,
    /// `state-mismatch`: the state does not belong to this browser.
    #[error("the state of the callback belongs to another browser; sign in again")]
    StateMismatch,
    /// `no-code`: the callback has neither a code nor an error.
    #[error("the callback has no code")]
    NoCode,
    /// `code-refused`: the code was already used, is older than ten minutes, or belongs to a different client.
    #[error("MyLogin refused the code, which is valid once, for ten minutes and for one redirect URI; sign in again")]
    CodeRefused,
    /// `client-refused`: MyLogin does not accept the client id or the secret.
    #[error("MyLogin refused the client id and secret")]
    ClientRefused,
    /// A request failed, after all retries.
    #[error("could not get the {what} from MyLogin: {fault}")]
    Exchange {
        /// The request: `token`, `user`, `configuration`.
        what: &'static str,
        /// The number of tries.
        tries: u32,
        /// The last failure.
        fault: Fault,
    },
    /// `wrong-shape`: the response is JSON, but differs from MyLogin's documentation.
    #[error("the answer of MyLogin has the wrong shape: {0}")]
    WrongShape(&'static str),
    /// `endpoint-elsewhere`: MyLogin's configuration names a different host. Nothing is sent to that host.
    #[error("MyLogin's configuration names another host; nothing was sent there")]
    EndpointElsewhere,
    /// MyLogin's answer is not an identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// `ended`: the call had already ended.
    #[error("this call has ended and returned its result")]
    Ended,
}

impl MyLoginError {
    /// Returns `"mylogin"`.
    pub fn code(&self) -> &'static str {
        "mylogin"
    }

    /// Returns the kind of error in kebab-case. For a failed request, it is [`Fault::as_str`]. For an identity error,
    /// it is the error's code.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid-client",
            Self::InvalidRedirectUri => "invalid-redirect-uri",
            Self::InvalidDomain => "invalid-domain",
            Self::InvalidState => "invalid-state",
            Self::InvalidOrganisation => "invalid-organisation",
            Self::InvalidVerifier => "invalid-verifier",
            Self::InvalidCode => "invalid-code",
            Self::CallbackElsewhere => "callback-elsewhere",
            Self::CallbackInvalid => "callback-invalid",
            Self::Denied => "denied",
            Self::Unsolicited => "unsolicited",
            Self::StateUnknown => "state-unknown",
            Self::StateMismatch => "state-mismatch",
            Self::NoCode => "no-code",
            Self::CodeRefused => "code-refused",
            Self::ClientRefused => "client-refused",
            Self::Exchange { fault, .. } => fault.as_str(),
            Self::WrongShape(_) => "wrong-shape",
            Self::EndpointElsewhere => "endpoint-elsewhere",
            Self::Identity(error) => error.code(),
            Self::Ended => "ended",
        }
    }
}

impl CallError for MyLoginError {
    fn of_request(failed: Failed) -> Self {
        let Failed { list: what, tries, fault, .. } = failed;
        match fault {
            Fault::UnexpectedStatus(400) | Fault::Invalid if what == super::exchange::TOKEN => Self::CodeRefused,
            Fault::Unauthorised if what == super::exchange::TOKEN => Self::ClientRefused,
            _ => Self::Exchange { what, tries, fault },
        }
    }

    fn ended() -> Self {
        Self::Ended
    }
}
