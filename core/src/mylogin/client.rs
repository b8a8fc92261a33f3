//! The client for MyLogin (`Client`): its settings, its domain, the addresses for the browser, and the calls.
//! `callback.rs` reads the callback, and `exchange.rs` the responses.

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

/// A job that sends one or more requests to MyLogin. Use it if you send requests yourself.
///
/// ```
/// use chrono::Utc;
/// use onroll::mylogin::{Call, Client};
/// let client = Client::new("our-id", "secret", "https://app.example/callback")?;
/// let call: Call<onroll::Identity> = client.call_identity("code", None, Utc::now())?; // for an async host
/// # let _ = call;
/// # Ok::<(), onroll::mylogin::MyLoginError>(())
/// ```
pub type Call<T> = adapter::Call<T, Error>;

/// A client for MyLogin, for one registered application.
///
/// ```no_run
/// # #[cfg(feature = "http")]
/// # fn routes(query: &str, state_of_session: Option<&str>, accounts: &onroll::Accounts) -> Result<(), Box<dyn std::error::Error>> {
/// use onroll::mylogin::{self, Client};
/// use onroll::identity::Links;
/// use onroll::match_identity;
/// let client = Client::new("our-id", &std::env::var("MYLOGIN_SECRET")?, "https://app.example/callback")?;
///
/// // GET /sign-in: the state goes into the browser's session, and the browser to MyLogin.
/// let state = mylogin::new_state()?;
/// let address = client.authorize_url(&state)?;
///
/// // GET /callback: the state is taken out of the session, so that it works only once.
/// let code = client.callback(query, state_of_session)?;
/// let identity = client.identity(&onroll::adapter::Http::new()?, &code, None, chrono::Utc::now())?;
/// let found = match_identity(&identity, accounts, "A1329183376", &Links::new())?;
/// # Ok(()) }
/// ```
///
/// You can set more options. This example uses the simulated MyLogin in [`testing`](crate::testing).
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// use onroll::mylogin::{AuthorizeOptions, Client, new_state, new_verifier};
/// # use std::time::Duration;
/// # let fake = FakeWonde::start(60)?;
/// # let (id, secret, domain) = (FakeWonde::CLIENT_ID, FakeWonde::CLIENT_SECRET, fake.domain());
/// let client = Client::new(id, secret, "https://app.example/callback")?
///     .domain(&domain)?
///     .timeout(Duration::from_secs(10))
///     .vouch_for_email(true) // MyLogin has the school's own addresses
///     .allow_unsolicited(true); // students come from MyLogin's own page, too
/// let mut options = AuthorizeOptions::default();
/// if client.allows_pkce(&onroll::adapter::Http::new()?)? {
///     options.verifier = Some(new_verifier()?);
/// }
/// let address = client.authorize_url_with(&new_state()?, &options)?;
/// println!("to sign in: {address}; to sign out: {}", client.logout_url());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    secret: Private,
    /// The redirect URI, exactly as it is registered.
    redirect_uri: String,
    redirect: Url,
    root: Url,
    vouch_for_email: bool,
    allow_unsolicited: bool,
    timeout: Duration,
}

/// More parameters for an authorisation address.
///
/// ```
/// use onroll::mylogin::{AuthorizeOptions, Client, new_state, new_verifier};
/// let client = Client::new("our-id", "secret", "https://app.example/callback")?;
/// let verifier = new_verifier()?; // into the browser's session, beside the state
/// let options = AuthorizeOptions { organisation: Some("oakfield".into()), verifier: Some(verifier) };
/// let address = client.authorize_url_with(&new_state()?, &options)?;
/// assert!(address.contains("code_challenge="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[allow(clippy::exhaustive_structs)] // written with `..AuthorizeOptions::default()`
pub struct AuthorizeOptions {
    /// The slug or the id of the organisation. If you set it, the student need not search for the school.
    pub organisation: Option<String>,
    /// A PKCE verifier from [`new_verifier`](super::new_verifier). Pass the same verifier when you ask for the
    /// identity. Use it only if [`Client::allows_pkce`] returns true.
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
    /// Creates a client for an application. Pass the redirect URI exactly as it is registered. Browsers return only to
    /// this address.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidClient`](Error::InvalidClient) or
    /// [`MyLoginError::InvalidRedirectUri`](Error::InvalidRedirectUri).
    pub fn new(client_id: &str, client_secret: &str, redirect_uri: &str) -> Result<Self, Error> {
        let good = |text: &str| (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        // The header joins the id and the secret with a colon, so the id must not contain one.
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

    /// Sets a different MyLogin domain. `127.0.0.1:8080` and similar addresses work without TLS, for tests.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidDomain`](Error::InvalidDomain) if the domain does not belong to MyLogin.
    pub fn domain(self, domain: &str) -> Result<Self, Error> {
        Ok(Self { root: root(domain, false)?, ..self })
    }

    /// Sets a domain that need not belong to MyLogin. Use only a domain that you trust, because the client secret is
    /// sent to it.
    ///
    /// ```
    /// use onroll::mylogin::Client;
    /// let client = || Client::new("our-id", "secret", "https://app.example/callback");
    /// assert!(client()?.domain("login.proxy.example").is_err());
    /// assert!(client()?.vouched_domain("login.proxy.example").is_ok());
    /// # Ok::<(), onroll::mylogin::MyLoginError>(())
    /// ```
    ///
    /// # Errors
    /// [`MyLoginError::InvalidDomain`](Error::InvalidDomain) if the text is not a domain.
    pub fn vouched_domain(self, domain: &str) -> Result<Self, Error> {
        Ok(Self { root: root(domain, true)?, ..self })
    }

    /// Confirms that MyLogin's email addresses are right, as in [`Identity::vouch_for_email`]. MyLogin does not say
    /// whether it verified the addresses.
    #[must_use]
    pub fn vouch_for_email(self, vouch_for_email: bool) -> Self {
        Self { vouch_for_email, ..self }
    }

    /// Accepts callbacks without a state, for sign-ins that began on MyLogin's own pages. A stranger's link can then
    /// sign a browser in as the stranger. If a callback has no state, it is safer to send the browser to
    /// [`authorize_url`](Self::authorize_url). This makes no extra work for the student.
    #[must_use]
    pub fn allow_unsolicited(self, allow_unsolicited: bool) -> Self {
        Self { allow_unsolicited, ..self }
    }

    /// Sets the time limit for one exchange. The adapter must enforce this limit. The default is 30 seconds.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Returns the address to which you redirect the browser. Pass a state from [`new_state`](super::new_state).
    ///
    /// ```
    /// use onroll::mylogin::{Client, new_state};
    /// let client = Client::new("our-id", "our-secret", "https://app.example/callback")?;
    /// let address = client.authorize_url(&new_state()?)?; // keep the state in the session
    /// assert!(address.starts_with("https://app.mylogin.com/"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MyLoginError::InvalidState`](Error::InvalidState) if the state could be guessed.
    pub fn authorize_url(&self, state: &str) -> Result<String, Error> {
        self.authorize_url_with(state, &AuthorizeOptions::default())
    }

    /// Returns an address as [`authorize_url`](Self::authorize_url) does, with more options.
    ///
    /// # Errors
    /// [`MyLoginError::InvalidState`](Error::InvalidState),
    /// [`MyLoginError::InvalidOrganisation`](Error::InvalidOrganisation) or
    /// [`MyLoginError::InvalidVerifier`](Error::InvalidVerifier).
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

    /// Returns the code that a browser brings back. Pass the query of the callback or its whole address, and the state
    /// from the browser's session. Remove the state from the session first, because it must be used only once.
    ///
    /// # Errors
    /// [`MyLoginError`](Error): `unsolicited` (send the browser to [`authorize_url`](Self::authorize_url)),
    /// `state-unknown`, `state-mismatch`, `denied`, `no-code`, `callback-invalid`, `callback-elsewhere`.
    pub fn callback(&self, callback: &str, state: Option<&str>) -> Result<String, Error> {
        callback::code(callback, &self.redirect, state, self.allow_unsolicited)
    }

    /// Returns the identity of the person who has the code. If you used a PKCE verifier, pass it too.
    ///
    /// # Errors
    /// [`MyLoginError`](Error) if MyLogin does not identify the person.
    pub fn identity(
        &self,
        adapter: &dyn Adapter,
        code: &str,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Identity, Error> {
        self.call_identity(code, verifier, now)?.run(adapter)
    }

    /// Returns the call that does the work of [`identity`](Self::identity), for async code.
    ///
    /// ```
    /// use onroll::adapter::Step;
    /// use onroll::mylogin::Client;
    /// let client = Client::new("our-id", "secret", "https://app.example/callback")?;
    /// let mut call = client.call_identity("code", None, chrono::Utc::now())?;
    /// let Step::Send(request) = call.step()? else { panic!() };
    /// assert_eq!(request.method(), "POST"); // exchanges the code for a token
    /// # Ok::<(), onroll::mylogin::MyLoginError>(())
    /// ```
    ///
    /// # Errors
    /// [`MyLoginError::InvalidCode`](Error::InvalidCode) or [`MyLoginError::InvalidVerifier`](Error::InvalidVerifier).
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

    /// Returns whether MyLogin supports PKCE, according to its configuration. The answer is the same for all sign-ins,
    /// so call this function at most once a day.
    ///
    /// # Errors
    /// [`MyLoginError`](Error) if MyLogin's configuration cannot be read.
    pub fn allows_pkce(&self, adapter: &dyn Adapter) -> Result<bool, Error> {
        self.call_allows_pkce().run(adapter)
    }

    /// Returns the call that does the work of [`allows_pkce`](Self::allows_pkce).
    ///
    /// ```
    /// use onroll::adapter::Step;
    /// use onroll::mylogin::Client;
    /// let mut call = Client::new("our-id", "secret", "https://app.example/callback")?.call_allows_pkce();
    /// let Step::Send(request) = call.step()? else { panic!() };
    /// assert!(request.url().ends_with("/.well-known/openid-configuration"));
    /// # Ok::<(), onroll::mylogin::MyLoginError>(())
    /// ```
    pub fn call_allows_pkce(&self) -> Call<bool> {
        let at = self.path(".well-known/openid-configuration");
        let (first, configuration) = Configuration::new(at, self.root.clone());
        Call::new(self.sender(), first, configuration)
    }

    /// Returns the address at which the browser signs out of MyLogin. Send the browser there after the student signs
    /// out of your service. Otherwise, the next child at a shared computer continues the last child's session.
    pub fn logout_url(&self) -> String {
        let mut url = self.path("oauth/logout");
        url.query_pairs_mut().append_pair("client_id", &self.id);
        url.into()
    }

    fn path(&self, path: &str) -> Url {
        // `join` never fails for the paths in this file.
        self.root.join(path).unwrap_or_else(|_| self.root.clone())
    }

    fn sender(&self) -> Sender {
        // We stop retrying after 10 seconds of waiting, because a student waits in front of the browser.
        let patience = Duration::from_secs(10);
        Sender { authorization: None, timeout: self.timeout, max_bytes: 1 << 20, patience }
    }
}

impl Identity {
    /// Reads the identity from the JSON of MyLogin's user endpoint. Use this function if you requested the JSON
    /// yourself.
    ///
    /// ```
    /// use onroll::identity::PersonKind;
    /// use onroll::Identity;
    /// let user = br#"{"data": {"id": "17", "type": "student", "email": null,
    ///     "service_providers": {"wonde": {"service_provider_id": "A77"}}, "organisation": {"wonde_id": "A1329183376"}}}"#;
    /// let identity = Identity::from_mylogin(user, chrono::Utc::now())?;
    /// assert_eq!((identity.kind(), identity.source_id()), (PersonKind::Student, Some("A77")));
    /// # Ok::<(), onroll::identity::IdentityError>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentityError`](crate::identity::IdentityError) if the JSON is not an identity.
    pub fn from_mylogin(user: &[u8], now: DateTime<Utc>) -> Result<Self, crate::identity::IdentityError> {
        user::read(user, now)
    }
}

/// Returns a redirect URI as a [`Url`], or `None` if browsers must not be sent there.
fn redirect(uri: &str) -> Option<Url> {
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '#' | '"' | '<' | '>' | '`' | '{' | '}' | '|' | '^');
    let url = Url::parse(uri).ok().filter(|_| uri.len() <= 2048 && uri.chars().all(plain))?;
    // We refuse a text that the parser had to correct, because a corrected text is not the registered URI.
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
