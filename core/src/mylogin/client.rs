//! What a host asks of MyLogin, each as a call; and the addresses that a browser is sent to.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use crate::adapter::{self, Adapter, Sender};
use crate::identity::Identity;
use crate::text::Private;

use super::callback;
use super::error::MyLoginError as Error;
use super::exchange::{Configuration, Exchange};
use super::user;

const DOMAIN: &str = "app.mylogin.com";

/// One thing asked of MyLogin, in as many requests as it takes, for hosts that do the exchange themselves.
pub type Call<T> = adapter::Call<T, Error>;

/// MyLogin, for one application that is registered there.
///
/// ```no_run
/// # #[cfg(feature = "http")]
/// # fn routes(query: &str, state_of_session: Option<&str>, accounts: &onroll::Accounts) -> Result<(), Box<dyn std::error::Error>> {
/// use onroll::mylogin::{self, Client};
/// use onroll::{Links, match_identity};
/// let client = Client::new("our-id", &std::env::var("MYLOGIN_SECRET")?, "https://app.example/callback")?;
///
/// // GET /sign-in: the state goes into the browser's session, and the browser to MyLogin.
/// let state = mylogin::new_state()?;
/// let address = client.authorize_url(&state)?;
///
/// // GET /callback: the state is taken out of the session, so that it is good once.
/// let code = client.callback(query, state_of_session)?;
/// let identity = client.identity(&onroll::Http::new()?, &code, None, chrono::Utc::now())?;
/// let found = match_identity(&identity, accounts, "A1329183376", &Links::new())?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    secret: Private,
    /// As it is registered, to the letter.
    redirect_uri: String,
    redirect: Url,
    root: Url,
    vouch_for_email: bool,
    allow_unsolicited: bool,
    timeout: Duration,
}

/// What else an address of authorisation can say.
#[derive(Clone, Default)]
#[allow(clippy::exhaustive_structs)] // written with `..AuthorizeOptions::default()`
pub struct AuthorizeOptions {
    /// The slug or the id of the organisation, so that the student need not look for the school.
    pub organisation: Option<String>,
    /// The verifier of PKCE, of [`new_verifier`](super::new_verifier), which the identity is then asked for with. Only where
    /// [`Client::allows_pkce`].
    pub verifier: Option<String>,
}

impl fmt::Debug for AuthorizeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeOptions").field("organisation", &self.organisation).finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("root", &self.root.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// The client of an application, with the redirect URI exactly as it is registered: browsers come back there and nowhere else.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidClient`](Error::InvalidClient), [`MyLoginError::InvalidRedirectUri`](Error::InvalidRedirectUri)
    pub fn new(client_id: &str, client_secret: &str, redirect_uri: &str) -> Result<Self, Error> {
        let good = |text: &str| (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        // A colon ends the id in the header that both are sent in.
        if !good(client_id) || client_id.contains(':') || !good(client_secret) {
            return Err(Error::InvalidClient);
        }
        let redirect = redirect(redirect_uri).ok_or(Error::InvalidRedirectUri)?;
        Ok(Self {
            id: client_id.to_owned(),
            secret: Private::new(client_secret),
            redirect_uri: redirect_uri.to_owned(),
            redirect,
            root: root(DOMAIN, false)?,
            vouch_for_email: false,
            allow_unsolicited: false,
            timeout: Duration::from_secs(30),
        })
    }

    /// The same at another domain of MyLogin's. `127.0.0.1:8080` and the like are spoken to without TLS, for tests.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidDomain`](Error::InvalidDomain) if it is not one of MyLogin's.
    pub fn domain(self, domain: &str) -> Result<Self, Error> {
        Ok(Self { root: root(domain, false)?, ..self })
    }

    /// The same at any domain, for which the host vouches: the client secret is sent there.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidDomain`](Error::InvalidDomain) if it is no domain.
    pub fn vouched_domain(self, domain: &str) -> Result<Self, Error> {
        Ok(Self { root: root(domain, true)?, ..self })
    }

    /// The host vouches for MyLogin's email addresses, as [`Identity::vouch_for_email`]: MyLogin does not say whether they were
    /// verified.
    #[must_use]
    pub fn vouch_for_email(self, vouch_for_email: bool) -> Self {
        Self { vouch_for_email, ..self }
    }

    /// Takes callbacks without a state, of sign-ins that were begun on MyLogin's own pages. A stranger's link can then sign a browser
    /// in as the stranger; to send such a browser to [`authorize_url`](Self::authorize_url) costs the student nothing.
    #[must_use]
    pub fn allow_unsolicited(self, allow_unsolicited: bool) -> Self {
        Self { allow_unsolicited, ..self }
    }

    /// How long one exchange may take, which the adapter is asked to see to; 30 seconds by default.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Where to send the browser, with a state of [`new_state`](super::new_state).
    ///
    /// # Errors
    /// [`MyLoginError::InvalidState`](Error::InvalidState) if it could be guessed.
    pub fn authorize_url(&self, state: &str) -> Result<String, Error> {
        self.authorize_url_with(state, &AuthorizeOptions::default())
    }

    /// [`authorize_url`](Self::authorize_url), with more in it.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidState`](Error::InvalidState), [`MyLoginError::InvalidOrganisation`](Error::InvalidOrganisation),
    /// [`MyLoginError::InvalidVerifier`](Error::InvalidVerifier)
    pub fn authorize_url_with(&self, state: &str, options: &AuthorizeOptions) -> Result<String, Error> {
        let good = (16..=512).contains(&state.len()) && state.bytes().all(|byte| byte.is_ascii_graphic());
        if !good {
            return Err(Error::InvalidState);
        }
        let mut url = self.path("oauth/authorize");
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.id).append_pair("redirect_uri", &self.redirect_uri);
        query.append_pair("response_type", "code").append_pair("state", state);
        if let Some(organisation) = options.organisation.as_deref() {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            if !(1..=255).contains(&organisation.len()) || !organisation.bytes().all(plain) {
                return Err(Error::InvalidOrganisation);
            }
            query.append_pair("organisation", organisation);
        }
        if let Some(verifier) = options.verifier.as_deref() {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(checked(verifier)?));
            query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
        }
        drop(query);
        Ok(url.into())
    }

    /// The code that a browser brings back: from the query of the callback, or its whole address; with the state of the browser's
    /// session, which the host takes out of the session at that, so that it is good once.
    ///
    /// # Errors
    /// [`MyLoginError`](Error): `unsolicited` (send the browser to [`authorize_url`](Self::authorize_url)), `state-unknown`,
    /// `state-mismatch`, `denied`, `no-code`, `callback-invalid`, `callback-elsewhere`.
    pub fn callback(&self, callback: &str, state: Option<&str>) -> Result<String, Error> {
        callback::code(callback, &self.redirect, state, self.allow_unsolicited)
    }

    /// Who brought the code, with the verifier if there was one.
    ///
    /// # Errors
    /// [`MyLoginError`](Error)
    pub fn identity(
        &self,
        adapter: &dyn Adapter,
        code: &str,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Identity, Error> {
        self.call_identity(code, verifier, now)?.run(adapter)
    }

    /// [`identity`](Self::identity) as a call, for async hosts.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidCode`](Error::InvalidCode), [`MyLoginError::InvalidVerifier`](Error::InvalidVerifier)
    pub fn call_identity(
        &self,
        code: &str,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Call<Identity>, Error> {
        if !callback::is_code(code) {
            return Err(Error::InvalidCode);
        }
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code");
        form.append_pair("code", code).append_pair("redirect_uri", &self.redirect_uri);
        if let Some(verifier) = verifier {
            form.append_pair("code_verifier", checked(verifier)?);
        }
        let basic = STANDARD.encode(format!("{}:{}", self.id, self.secret.expose()));
        let authorization = Private::new(format!("Basic {basic}"));
        let (token, user) = (self.path("oauth/token"), self.path("api/user"));
        let (first, exchange) = Exchange::new(token, user, authorization, form.finish(), now);
        Ok(Call::new(self.sender(), first, exchange.vouch_for_email(self.vouch_for_email)))
    }

    /// Whether MyLogin takes PKCE, by its configuration. It is the same for all sign-ins: once a day is often enough.
    ///
    /// # Errors
    /// [`MyLoginError`](Error)
    pub fn allows_pkce(&self, adapter: &dyn Adapter) -> Result<bool, Error> {
        self.call_allows_pkce().run(adapter)
    }

    /// [`allows_pkce`](Self::allows_pkce) as a call.
    pub fn call_allows_pkce(&self) -> Call<bool> {
        let at = self.path(".well-known/openid-configuration");
        let (first, configuration) = Configuration::new(at, self.root.clone());
        Call::new(self.sender(), first, configuration)
    }

    /// Where to send the browser to end its session at MyLogin too: on a shared computer the next child would else be the last.
    pub fn logout_url(&self) -> String {
        let mut url = self.path("oauth/logout");
        url.query_pairs_mut().append_pair("client_id", &self.id);
        url.into()
    }

    fn path(&self, path: &str) -> Url {
        // A path of letters and slashes joins.
        self.root.join(path).unwrap_or_else(|_| self.root.clone())
    }

    fn sender(&self) -> Sender {
        // A student sits before the browser, and waits too.
        let patience = Duration::from_secs(10);
        Sender { authorization: None, timeout: self.timeout, max_bytes: 1 << 20, patience }
    }
}

impl Identity {
    /// Who MyLogin's user says that somebody is: the JSON of its user endpoint, where a host has asked for it itself.
    ///
    /// # Errors
    /// [`IdentityError`](crate::IdentityError)
    pub fn from_mylogin(user: &[u8], now: DateTime<Utc>) -> Result<Self, crate::identity::IdentityError> {
        user::read(user, now)
    }
}

/// A redirect URI that a browser may be sent back to.
fn redirect(uri: &str) -> Option<Url> {
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '#' | '"' | '<' | '>' | '`' | '{' | '}' | '|' | '^');
    let url = Url::parse(uri).ok().filter(|_| uri.len() <= 2048 && uri.chars().all(plain))?;
    // As it is written: what the parser had to mend is not what is registered.
    let is_whole = uri.starts_with("https://") || uri.starts_with("http://");
    let is_safe = url.scheme() == "https" || adapter::is_loopback(&url);
    let is_plain = url.username().is_empty() && url.password().is_none() && !uri.contains('@') && url.host().is_some();
    (is_whole && is_safe && is_plain && !uri.contains("/../")).then_some(url)
}

fn root(domain: &str, vouched: bool) -> Result<Url, Error> {
    let is_own = |url: &Url| {
        url.port().is_none()
            && url.host_str().is_some_and(|host| host == "mylogin.com" || host.ends_with(".mylogin.com"))
    };
    adapter::address(domain, "/", |url| vouched || is_own(url)).ok_or(Error::InvalidDomain)
}

fn checked(verifier: &str) -> Result<&str, Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let good = (43..=128).contains(&verifier.len()) && verifier.bytes().all(plain);
    if good { Ok(verifier) } else { Err(Error::InvalidVerifier) }
}
