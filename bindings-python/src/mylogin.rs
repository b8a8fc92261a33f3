//! MyLogin: the client by the built-in adapter or by any callable.

use onroll::mylogin::{self, AuthorizeOptions};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::adapter::{AsyncCall, Exchange, seconds};
use crate::errors;
use crate::input::{Text, named};
use crate::sign_in::{Identity, now};

/// MyLogin, for one application that is registered there.
///
/// redirect_uri: exactly as it is registered: browsers come back there and nowhere else.
/// send, wait: as those of wonde.Client; the built-in adapter and time.sleep where they are None.
/// domain: one of MyLogin's. '127.0.0.1:8080' and the like are spoken to without TLS, for tests.
/// any_domain: the host vouches for the domain: the client secret is sent there.
/// vouch_for_email: the host vouches for MyLogin's email addresses; MyLogin does not say whether they were verified.
/// allow_unsolicited: takes callbacks without a state, of sign-ins begun on MyLogin's own pages.
/// timeout: the seconds that one exchange may take.
///
/// Raises MyLoginError for a blank id or secret, a redirect URI that a browser may not be sent to, or a domain that is not MyLogin's.
#[pyclass(frozen, module = "onroll.mylogin")]
pub(crate) struct MyLoginClient {
    client: mylogin::Client,
    exchange: Exchange,
}

#[pymethods]
impl MyLoginClient {
    #[new]
    #[pyo3(signature = (client_id, client_secret, redirect_uri, send=None, *, domain=Text::from("app.mylogin.com"),
                        any_domain=false, vouch_for_email=false, allow_unsolicited=false, wait=None, timeout=30.0),
           text_signature = "(client_id, client_secret, redirect_uri, send=None, *, domain='app.mylogin.com', any_domain=False, \
                             vouch_for_email=False, allow_unsolicited=False, wait=None, timeout=30.0)")]
    #[expect(clippy::too_many_arguments, reason = "by keyword, as Python has it")]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named::client_id)] client_id: Text,
        #[pyo3(from_py_with = named::client_secret)] client_secret: Text,
        #[pyo3(from_py_with = named::redirect_uri)] redirect_uri: Text,
        send: Option<Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::domain)] domain: Text,
        #[pyo3(from_py_with = named::any_domain)] any_domain: bool,
        #[pyo3(from_py_with = named::vouch_for_email)] vouch_for_email: bool,
        #[pyo3(from_py_with = named::allow_unsolicited)] allow_unsolicited: bool,
        wait: Option<Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::timeout)] timeout: f64,
    ) -> PyResult<Self> {
        let exchange = Exchange::new(send, wait)?;
        let timeout = seconds("timeout", timeout)?;
        let client = mylogin::Client::new(&client_id, &client_secret, &redirect_uri)
            .and_then(|client| if any_domain { client.vouched_domain(&domain) } else { client.domain(&domain) })
            .map_err(|error| errors::of_mylogin(py, &error))?;
        let client = client.vouch_for_email(vouch_for_email).allow_unsolicited(allow_unsolicited).timeout(timeout);
        Ok(Self { client, exchange })
    }

    /// Where to send the browser, with a state of new_state() that is kept in its session.
    ///
    /// organisation: the slug or id of the organisation, so that the student need not look for the school.
    /// verifier: of new_verifier(), for PKCE; only where allows_pkce(). Raises MyLoginError.
    #[pyo3(signature = (state, *, organisation=None, verifier=None))]
    fn authorize_url(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::state)] state: Text,
        #[pyo3(from_py_with = named::organisation)] organisation: Option<Text>,
        #[pyo3(from_py_with = named::verifier)] verifier: Option<Text>,
    ) -> PyResult<String> {
        let options =
            AuthorizeOptions { organisation: organisation.map(String::from), verifier: verifier.map(String::from) };
        self.client.authorize_url_with(&state, &options).map_err(|error| errors::of_mylogin(py, &error))
    }

    /// The code that a browser brings back: from the query of the callback, its path with the query, or its
    /// whole address; with the state that is taken out of
    /// the browser's session, so that it is good once.
    ///
    /// Raises MyLoginError: unsolicited (send the browser to authorize_url), state-unknown, state-mismatch, denied, no-code, …
    #[pyo3(signature = (callback, state))]
    fn callback(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::callback)] callback: Text,
        #[pyo3(from_py_with = named::session_state)] state: Option<Text>,
    ) -> PyResult<String> {
        // Frameworks give a path with its query (`request.full_path`) as well; the core takes a query or a whole address.
        let query = match callback.split_once('?') {
            Some((path, query)) if path.starts_with('/') => query.split('#').next().unwrap_or_default(),
            _ => &callback,
        };
        self.client.callback(query, state.as_deref()).map_err(|error| errors::of_mylogin(py, &error))
    }

    /// Who brought the code. now: an aware datetime; the computer's time where it is None. Raises MyLoginError.
    #[pyo3(signature = (code, *, verifier=None, now=None))]
    fn identity(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::code)] code: Text,
        #[pyo3(from_py_with = named::verifier)] verifier: Option<Text>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Identity> {
        let call = self.client.call_identity(&code, verifier.as_deref(), self::now(now)?);
        let call = call.map_err(|error| errors::of_mylogin(py, &error))?;
        self.exchange.run(py, |host| call.run(host)).map(Identity)
    }

    /// Whether MyLogin takes PKCE, by its configuration. Once a day is often enough. Raises MyLoginError.
    fn allows_pkce(&self, py: Python<'_>) -> PyResult<bool> {
        let call = self.client.call_allows_pkce();
        self.exchange.run(py, |host| call.run(host))
    }

    #[pyo3(signature = (code, *, verifier=None, now=None))]
    fn _identity(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::code)] code: Text,
        #[pyo3(from_py_with = named::verifier)] verifier: Option<Text>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AsyncCall> {
        let call = self.client.call_identity(&code, verifier.as_deref(), self::now(now)?);
        let call = call.map_err(|error| errors::of_mylogin(py, &error))?;
        Ok(AsyncCall::mylogin(call, |py, identity| Ok(Identity(identity).into_pyobject(py)?.into_any())))
    }

    fn _allows_pkce(&self) -> AsyncCall {
        AsyncCall::mylogin(self.client.call_allows_pkce(), |py, allows| {
            Ok(PyBool::new(py, allows).to_owned().into_any())
        })
    }

    /// Where to send the browser to end its session at MyLogin too.
    fn logout_url(&self) -> String {
        self.client.logout_url()
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.mylogin.Client>"
    }
}

/// A state that nobody can guess, for one sign-in of one browser: kept in its session until the callback.
#[pyfunction]
pub(crate) fn new_state(py: Python<'_>) -> PyResult<String> {
    mylogin::new_state().map_err(|error| errors::of_entropy(py, &error))
}

/// A verifier of PKCE, kept in the session beside the state.
#[pyfunction]
pub(crate) fn new_verifier(py: Python<'_>) -> PyResult<String> {
    mylogin::new_verifier().map_err(|error| errors::of_entropy(py, &error))
}
