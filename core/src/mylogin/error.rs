//! Why MyLogin did not say who somebody is.

use crate::adapter::{CallError, Failed, Fault};
use crate::identity::IdentityError;

/// Why MyLogin did not say who somebody is. Nobody is signed in by it.
///
/// Its text is for logs: it holds no secret, no code and nobody's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MyLoginError {
    /// `invalid-client`: a client id or secret that is blank, or has characters that none has. Nothing was sent.
    #[error("the client id or the client secret is blank, or has characters that none has; nothing was sent")]
    InvalidClient,
    /// `invalid-redirect-uri`: not one that a browser may be sent back to. Nothing was sent.
    #[error(
        "the redirect URI must be a whole https address without user, fragment or backslash, exactly as it is registered \
         (http on this machine only)"
    )]
    InvalidRedirectUri,
    /// `invalid-domain`: not one of MyLogin's. Nothing was sent.
    #[error("this is not a domain of MyLogin's, such as app.mylogin.com; nothing was sent")]
    InvalidDomain,
    /// `invalid-state`: a state that can be guessed: it must be at least 16 characters, of `new_state`.
    #[error("the state must be at least 16 letters, digits and the like, that nobody can guess: use new_state")]
    InvalidState,
    /// `invalid-organisation`: neither a slug nor an id.
    #[error("an organisation is its slug or its id")]
    InvalidOrganisation,
    /// `invalid-verifier`: no verifier of PKCE: 43 to 128 characters, of `new_verifier`.
    #[error("a verifier is 43 to 128 letters, digits, dots, hyphens, underscores and tildes: use new_verifier")]
    InvalidVerifier,
    /// `invalid-code`: no code. Nothing was sent.
    #[error("this is no code of a callback; nothing was sent")]
    InvalidCode,
    /// `callback-elsewhere`: the callback came to another address than the redirect URI.
    #[error("the callback came to another address than the redirect URI")]
    CallbackElsewhere,
    /// `callback-invalid`: something is in it twice, or it cannot be read.
    #[error("the callback has something twice, or cannot be read")]
    CallbackInvalid,
    /// `denied`: MyLogin says that there was no sign-in.
    #[error("MyLogin says that the sign-in did not happen")]
    Denied,
    /// `unsolicited`: a callback without a state: it was begun at MyLogin and not here, or by somebody else's link.
    #[error(
        "the sign-in was not begun here (it has no state): send the browser to the address of authorisation, and it comes back \
         signed in"
    )]
    Unsolicited,
    /// `state-unknown`: a callback with a state, where this browser has none: it was used already, or was never given.
    #[error("this browser has begun no sign-in, or has finished it already: begin anew")]
    StateUnknown,
    /// `state-mismatch`: a state that is not this browser's.
    #[error("the state of the callback is not this browser's: begin anew")]
    StateMismatch,
    /// `no-code`: a callback with neither a code nor an error.
    #[error("the callback has no code")]
    NoCode,
    /// `code-refused`: the code was used, or is older than ten minutes, or is of another client.
    #[error(
        "MyLogin did not take the code: it is good once, for ten minutes, and for the redirect URI it was made for; begin anew"
    )]
    CodeRefused,
    /// `client-refused`: client id and secret are not such as MyLogin knows.
    #[error("MyLogin did not take the client id and secret")]
    ClientRefused,
    /// One request failed, after all tries.
    #[error("the {what} could not be had from MyLogin: {fault}")]
    Exchange {
        /// What was asked for: `token`, `user`, `configuration`.
        what: &'static str,
        /// How often it was tried.
        tries: u32,
        /// What went wrong the last time.
        fault: Fault,
    },
    /// `wrong-shape`: JSON, but not what MyLogin answers.
    #[error("what MyLogin answered is not of the shape it should be: {0}")]
    WrongShape(&'static str),
    /// `endpoint-elsewhere`: MyLogin's configuration names another host. Nothing is sent there.
    #[error("MyLogin's configuration names another host than its own; nothing was sent there")]
    EndpointElsewhere,
    /// What MyLogin says is nobody's identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// `ended`: the call was done, and was asked to go on.
    #[error("this call has ended, and its result was given")]
    Ended,
}

impl MyLoginError {
    /// `"mylogin"`
    pub fn code(&self) -> &'static str {
        "mylogin"
    }

    /// Which error it is, in kebab-case; of a request that failed, [`Fault::as_str`], and of an identity, its code.
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
