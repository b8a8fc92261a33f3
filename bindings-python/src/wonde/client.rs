//! The Python class `Client`, which sends requests to Wonde. Methods that begin with `_` send nothing. For an async
//! client, they return the call that the method without `_` makes.

use std::sync::Arc;

use onroll::wonde;
use pyo3::prelude::*;

use super::access_check::AccessCheck;
use super::calls;
use super::school::{School, schools};
use super::snapshot::Snapshot;
use crate::adapter::{AsyncCall, Exchange, async_progress, not_async, seconds};
use crate::errors;
use crate::input::{Text, named, wrong};
use crate::pickle;

/// A client for Wonde with one token. The token is for one school, or it is your token as a vendor, for all your
/// schools.
///
/// domain: one of Wonde's domains. Use the domain in School.domain, which depends on the school's region.
/// '127.0.0.1:8080' and similar addresses work without TLS, for tests.
/// send: a callable that sends one request and returns its response. None means the built-in adapter.
/// wait: a callable that gets a number of seconds and waits before a retry. None means time.sleep.
/// timeout: the time limit for one exchange, in seconds.
/// any_domain: accept a domain that is not Wonde's. The token is sent there, so pass only a domain that you trust.
///
/// Raises WondeError for a blank token or a domain that does not belong to Wonde.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     client = onroll.wonde.Client(fake.token, fake.domain)
/// ...     for school in client.schools():
/// ...         print(school.name, client.check_access(school.id).students)
/// ...         roster = client.snapshot(school.id).roster(sign_in="password")
/// ...     waiting, seen = client.pending(), client.audited()  # the states of your requests for access
/// ...     refused, ended = client.declined(), client.revoked()
/// ...     [found] = client.search(urn="100000")
/// ...     client.request_access(found.id, [{"first_name": "Amy", "email_address": "office@oakfield.example"}])
/// ...     client.revoke_access(found.id)
/// Oakfield Primary School 60
/// 'pending'
/// 'revoked'
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Client {
    client: wonde::Client,
    exchange: Exchange,
}

impl Client {
    /// Runs a call with the host's callable or with the built-in adapter.
    fn run<T: Send>(&self, py: Python<'_>, call: wonde::Call<T>, progress: Option<&Py<PyAny>>) -> PyResult<T> {
        self.exchange.run(py, |host| {
            call.run_with(host, |at| {
                if let Some(progress) = progress {
                    host.tell(|py| {
                        let told = progress.bind(py).call1((at.list, at.page, at.students))?;
                        not_async(told, async_progress).map(drop)
                    });
                }
            })
        })
    }
}

#[pymethods]
impl Client {
    /// Raises TypeError, because a client contains a secret and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(pickle::not_pickled("a Client holds a token and cannot be pickled or copied; create one where you use it"))
    }

    #[new]
    #[pyo3(signature = (token, domain=Text::from("api.wonde.com"), send=None, *, wait=None, timeout=60.0, any_domain=false),
           text_signature = "(token, domain='api.wonde.com', send=None, *, wait=None, timeout=60.0, any_domain=False)")]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named::token)] token: Text,
        #[pyo3(from_py_with = named::domain)] domain: Text,
        send: Option<Bound<'_, PyAny>>,
        wait: Option<Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::timeout)] timeout: f64,
        #[pyo3(from_py_with = named::any_domain)] any_domain: bool,
    ) -> PyResult<Self> {
        let exchange = Exchange::new(send, wait)?;
        let timeout = seconds("timeout", timeout)?;
        let client = wonde::Client::new(&token)
            .and_then(|client| if any_domain { client.vouched_domain(&domain) } else { client.domain(&domain) })
            .map_err(|error| errors::of_wonde(py, &error))?
            .timeout(timeout);
        Ok(Self { client, exchange })
    }

    /// Reads all students of a school. If you pass `since`, an aware datetime, it reads only the changes since then.
    /// Pass the time at which the last sync began.
    ///
    /// includes: the parts of a student's record to read. The default is all parts: 'education_details',
    /// 'extended_details', 'contact_details', 'classes', 'groups', 'year', 'registration'. If you read no part that
    /// contains a field, the roster lists the field as unrecorded.
    /// strict_count: raise WondeError, instead of adding a warning, if Wonde's count differs from its list of students.
    /// progress: a callable that is called before each request with the list's name, the page number, and the number of
    /// students read so far.
    #[pyo3(signature = (school_id, since=None, *, includes=None, strict_count=false, progress=None))]
    fn snapshot(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        since: Option<&Bound<'_, PyAny>>,
        includes: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::strict_count)] strict_count: bool,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Snapshot> {
        let progress = progress_of(progress)?;
        let call = calls::snapshot(py, &self.client, &school_id, since, includes, strict_count)?;
        self.run(py, call, progress.as_ref()).map(|snapshot| Snapshot(Arc::new(snapshot)))
    }

    /// Checks which fields the token may read at a school, and says what the result means for the accounts. Call it
    /// before the first sync.
    ///
    /// includes: the same as for snapshot().
    #[pyo3(signature = (school_id, *, includes=None))]
    fn check_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        includes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AccessCheck> {
        let call = calls::check_access(py, &self.client, &school_id, includes)?;
        self.run(py, call, None).map(|check| AccessCheck(Arc::new(check)))
    }

    /// Returns the schools that have approved access. Raises WondeError.
    fn schools(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(schools(self.run(py, self.client.call_schools(), None)?))
    }

    /// Returns the schools that have not answered a request for access. Raises WondeError.
    fn pending(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(schools(self.run(py, self.client.call_pending(), None)?))
    }

    /// Returns the schools that have agreed to a request that Wonde still checks. Raises WondeError.
    fn audited(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(schools(self.run(py, self.client.call_audited(), None)?))
    }

    /// Returns the schools that have declined a request for access. Raises WondeError.
    fn declined(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(schools(self.run(py, self.client.call_declined(), None)?))
    }

    /// Returns the schools that approved access and later withdrew it. Raises WondeError.
    fn revoked(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(schools(self.run(py, self.client.call_revoked(), None)?))
    }

    /// Searches all schools that Wonde knows, whether they have approved access or not. Pass at least one term. Raises
    /// WondeError.
    #[pyo3(signature = (*, postcode=Text::default(), establishment_number=Text::default(), la_code=Text::default(),
                        urn=Text::default()),
           text_signature = "($self, *, postcode='', establishment_number='', la_code='', urn='')")]
    fn search(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::postcode)] postcode: Text,
        #[pyo3(from_py_with = named::establishment_number)] establishment_number: Text,
        #[pyo3(from_py_with = named::la_code)] la_code: Text,
        #[pyo3(from_py_with = named::urn)] urn: Text,
    ) -> PyResult<Vec<School>> {
        let call = calls::search(py, &self.client, [postcode, establishment_number, la_code, urn])?;
        Ok(schools(self.run(py, call, None)?))
    }

    /// Asks a school for access, and returns the school's new state at Wonde.
    ///
    /// contacts: people at the school to inform, as mappings with the keys first_name, last_name, phone_number,
    /// email_address and notes.
    #[pyo3(signature = (school_id, contacts=None), text_signature = "($self, school_id, contacts=())")]
    fn request_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        contacts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<String>> {
        let call = calls::request_access(py, &self.client, &school_id, contacts)?;
        self.run(py, call, None)
    }

    /// Gives up access to a school, and returns the school's new state at Wonde. Raises WondeError.
    fn revoke_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<Option<String>> {
        let call = calls::revoke_access(py, &self.client, &school_id)?;
        self.run(py, call, None)
    }

    #[pyo3(signature = (school_id, since=None, *, includes=None, strict_count=false, progress=None))]
    fn _snapshot(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        since: Option<&Bound<'_, PyAny>>,
        includes: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::strict_count)] strict_count: bool,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<AsyncCall> {
        let call = calls::snapshot(py, &self.client, &school_id, since, includes, strict_count)?;
        Ok(AsyncCall::wonde(call, progress_of(progress)?, |py, snapshot| {
            Ok(Snapshot(Arc::new(snapshot)).into_pyobject(py)?.into_any())
        }))
    }

    #[pyo3(signature = (school_id, *, includes=None))]
    fn _check_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        includes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AsyncCall> {
        let call = calls::check_access(py, &self.client, &school_id, includes)?;
        Ok(AsyncCall::wonde(call, None, |py, check| Ok(AccessCheck(Arc::new(check)).into_pyobject(py)?.into_any())))
    }

    fn _schools(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_schools(), None, made_schools)
    }

    fn _pending(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_pending(), None, made_schools)
    }

    fn _audited(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_audited(), None, made_schools)
    }

    fn _declined(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_declined(), None, made_schools)
    }

    fn _revoked(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_revoked(), None, made_schools)
    }

    fn _search(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::postcode)] postcode: Text,
        #[pyo3(from_py_with = named::establishment_number)] establishment_number: Text,
        #[pyo3(from_py_with = named::la_code)] la_code: Text,
        #[pyo3(from_py_with = named::urn)] urn: Text,
    ) -> PyResult<AsyncCall> {
        let call = calls::search(py, &self.client, [postcode, establishment_number, la_code, urn])?;
        Ok(AsyncCall::wonde(call, None, made_schools))
    }

    fn _request_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        contacts: &Bound<'_, PyAny>,
    ) -> PyResult<AsyncCall> {
        let call = calls::request_access(py, &self.client, &school_id, Some(contacts))?;
        Ok(AsyncCall::wonde(call, None, made_state))
    }

    fn _revoke_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<AsyncCall> {
        Ok(AsyncCall::wonde(calls::revoke_access(py, &self.client, &school_id)?, None, made_state))
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.wonde.Client>"
    }
}

/// Reads the argument `progress`, a callable that gets the progress of a call.
fn progress_of(progress: Option<Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    let Some(progress) = progress else { return Ok(None) };
    if progress.is_callable() { Ok(Some(progress.unbind())) } else { Err(wrong("progress", "a callable", &progress)) }
}

/// Converts schools to the Python list that an async call returns.
fn made_schools(py: Python<'_>, schools: Vec<wonde::School>) -> PyResult<Bound<'_, PyAny>> {
    Ok(self::schools(schools).into_pyobject(py)?.into_any())
}

/// Converts a state of access to the Python value that an async call returns.
fn made_state(py: Python<'_>, state: Option<String>) -> PyResult<Bound<'_, PyAny>> {
    Ok(state.into_pyobject(py)?.into_any())
}
