//! The Python client for MyLogin, and `new_state` and `new_verifier`. `python/onroll/mylogin.py` has the async client.

use onroll::mylogin::{self, AuthorizeOptions};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::adapter::{AsyncCall, Exchange, seconds};
use crate::errors;
use crate::input::{Text, named};
use crate::pickle;
use crate::sign_in::{Identity, now};

/// A client for MyLogin. It signs students in to one registered application.
///
/// redirect_uri: the address of your callback, exactly as it is registered at MyLogin. Browsers return only to this
/// address.
/// send, wait: the same as for wonde.Client. None means the built-in adapter and time.sleep.
/// domain: one of MyLogin's domains. '127.0.0.1:8080' and similar addresses work without TLS, for tests.
/// any_domain: accept a domain that is not MyLogin's. The client secret is sent there, so pass only a domain that you
/// trust.
/// vouch_for_email: treat MyLogin's email addresses as verified. MyLogin does not say whether it verified the
/// addresses.
/// allow_unsolicited: accept callbacks without a state, for sign-ins that began on MyLogin's own pages.
/// timeout: the time limit for one exchange, in seconds.
///
/// Raises MyLoginError for a blank id or secret, for an invalid redirect URI, or for a domain that does not belong to
/// MyLogin.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     client = fake.mylogin("http://127.0.0.1/callback")
/// ...     verifier = onroll.mylogin.new_verifier() if client.allows_pkce() else None
/// ...     state = onroll.mylogin.new_state()  # keep state and verifier in the browser's session
/// ...     address = client.authorize_url(state, verifier=verifier)
/// >>> client.callback(f"code=c0de&state={state}", state=state)  # then call identity() with the code
/// 'c0de'
/// >>> client.logout_url().startswith("http://127.0.0.1:")
/// True
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     client = fake.mylogin("http://127.0.0.1/callback")
/// ...     try:
/// ...         identity = client.identity("c0de")
/// ...     except onroll.MyLoginError as error:
/// ...         print(error.reason)  # MyLogin did not issue this sign-in code
/// code-refused
#[pyclass(frozen, module = "onroll.mylogin")]
pub(crate) struct MyLoginClient {
    client: mylogin::Client,
    exchange: Exchange,
}

#[pymethods]
impl MyLoginClient {
    /// Raises TypeError, because a client contains a secret and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(pickle::not_pickled(
            "a MyLogin client holds a secret and cannot be pickled or copied; create one where you use it",
        ))
    }

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

    /// Returns the address to which you send the browser. Pass a state from new_state(), and keep the state in the
    /// browser's session.
    ///
    /// organisation: the slug or id of the organisation. With it, the student need not search for the school.
    /// verifier: a PKCE verifier from new_verifier(). Pass it only if allows_pkce() is true.
    ///
    /// Raises MyLoginError.
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

    /// Returns the code that a browser brings back. Pass the query of the callback, its path with the query, or its
    /// whole address. Also pass the state from the browser's session. Remove the state from the session first, because
    /// it must be used only once.
    ///
    /// Raises MyLoginError with a reason, such as state-unknown, state-mismatch, denied or no-code. If the reason is
    /// unsolicited, send the browser to authorize_url.
    #[pyo3(signature = (callback, state))]
    fn callback(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::callback)] callback: Text,
        #[pyo3(from_py_with = named::session_state)] state: Option<Text>,
    ) -> PyResult<String> {
        // Some frameworks give a path with its query (`request.full_path`). The core accepts only a query or a whole
        // address.
        let query = match callback.split_once('?') {
            Some((path, query)) if path.starts_with('/') => query.split('#').next().unwrap_or_default(),
            _ => &callback,
        };
        self.client.callback(query, state.as_deref()).map_err(|error| errors::of_mylogin(py, &error))
    }

    /// Returns the identity of the person who signed in, for the code from callback().
    /// now: an aware datetime. None means the computer's time. Raises MyLoginError.
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

    /// Returns whether MyLogin's configuration says that it supports PKCE. Call it at most once a day. Raises
    /// MyLoginError.
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

    /// Returns the address that ends the browser's session at MyLogin. Send the browser there when a student signs out.
    /// Otherwise the next child at a shared computer continues the session.
    fn logout_url(&self) -> String {
        self.client.logout_url()
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.mylogin.Client>"
    }
}

/// Returns a random state for one sign-in in one browser. Keep it in the browser's session until the callback.
///
/// >>> state = onroll.mylogin.new_state()
/// >>> state != onroll.mylogin.new_state()
/// True
#[pyfunction]
pub(crate) fn new_state(py: Python<'_>) -> PyResult<String> {
    mylogin::new_state().map_err(|error| errors::of_entropy(py, &error))
}

/// Returns a PKCE verifier. Keep it in the browser's session, with the state.
///
/// >>> len(onroll.mylogin.new_verifier()) >= 43
/// True
#[pyfunction]
pub(crate) fn new_verifier(py: Python<'_>) -> PyResult<String> {
    mylogin::new_verifier().map_err(|error| errors::of_entropy(py, &error))
}
