//! The Python client for Wonde, and the classes for access, webhooks, schedules and locks.

use std::sync::Arc;

use onroll::wonde::{self, AccessEvent, Contact, Lock, Search, Task, WondeError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString, PyType};

use crate::adapter::{AsyncCall, Exchange, async_progress, not_async, seconds};
use crate::errors;
use crate::input::{Text, argument, datetime, instant, named, texts, wrong};
use crate::snapshot::{AccessCheck, Snapshot};
use crate::values::{self, Pickled};

/// A client for Wonde with one token. A token is for one school, or for all schools of a vendor.
///
/// domain: one of Wonde's domains. Use the one in School.domain, which depends on the school's region. '127.0.0.1:8080'
/// and similar addresses work without TLS, for tests.
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

    fn call_snapshot(
        &self,
        py: Python<'_>,
        school_id: &str,
        since: Option<&Bound<'_, PyAny>>,
        includes: Option<&Bound<'_, PyAny>>,
        strict_count: bool,
    ) -> PyResult<wonde::Call<wonde::Snapshot>> {
        let since = since.map(|since| instant("since", since)).transpose()?;
        let client = self.including(py, includes)?.strict_count(strict_count);
        client.call_snapshot(school_id, since).map_err(|error| errors::of_wonde(py, &error))
    }

    /// Returns a client that asks for these parts of a student's record.
    fn including(&self, py: Python<'_>, includes: Option<&Bound<'_, PyAny>>) -> PyResult<wonde::Client> {
        let Some(includes) = includes.filter(|includes| !includes.is_none()) else { return Ok(self.client.clone()) };
        let names = texts("includes", includes)?;
        let client = self.client.clone().includes(names.iter().map(|name| &**name));
        client.map_err(|error| errors::of_wonde(py, &error))
    }

    fn call_check_access(
        &self,
        py: Python<'_>,
        school_id: &str,
        includes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<wonde::Call<wonde::AccessCheck>> {
        self.including(py, includes)?.call_check_access(school_id).map_err(|error| errors::of_wonde(py, &error))
    }

    fn call_search(&self, py: Python<'_>, [postcode, establishment_number, la_code, urn]: [Text; 4]) -> Schools {
        let search = Search::new()
            .postcode(&*postcode)
            .establishment_number(&*establishment_number)
            .la_code(&*la_code)
            .urn(&*urn);
        self.client.call_search(&search).map_err(|error| errors::of_wonde(py, &error))
    }

    fn call_request_access(
        &self,
        py: Python<'_>,
        school_id: &str,
        contacts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<wonde::Call<Option<String>>> {
        let mut people = Vec::new();
        if let Some(contacts) = contacts {
            let what = "an iterable of mappings";
            let each = contacts.try_iter().map_err(|_| wrong("contacts", what, contacts))?;
            for (number, contact) in each.enumerate() {
                let (contact, name) = (contact?, format!("contacts[{number}]"));
                people.push(person(&name, contact.cast().map_err(|_| wrong(&name, "a mapping", &contact))?)?);
            }
        }
        self.client.call_request_access(school_id, &people).map_err(|error| errors::of_wonde(py, &error))
    }

    fn call_revoke_access(&self, py: Python<'_>, school_id: &str) -> PyResult<wonde::Call<Option<String>>> {
        self.client.call_revoke_access(school_id).map_err(|error| errors::of_wonde(py, &error))
    }
}

type Schools = PyResult<wonde::Call<Vec<wonde::School>>>;

/// Reads the argument `progress`, a callable that gets the progress of a call.
fn progress_of(progress: Option<Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    let Some(progress) = progress else { return Ok(None) };
    if progress.is_callable() { Ok(Some(progress.unbind())) } else { Err(wrong("progress", "a callable", &progress)) }
}

/// Converts schools to a Python list, as the result of an async call.
fn made_schools(py: Python<'_>, schools: Vec<wonde::School>) -> PyResult<Bound<'_, PyAny>> {
    Ok(listed(schools).into_pyobject(py)?.into_any())
}

/// Converts a state of access to a Python value, as the result of an async call.
fn made_state(py: Python<'_>, state: Option<String>) -> PyResult<Bound<'_, PyAny>> {
    Ok(state.into_pyobject(py)?.into_any())
}

#[pymethods]
impl Client {
    /// Raises TypeError, because a client contains a secret and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(values::not_pickled("a Client holds a token and cannot be pickled or copied; create one where you use it"))
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
    /// includes: the parts of a student's record to read, by default all: 'education_details', 'extended_details',
    /// 'contact_details', 'classes', 'groups', 'year', 'registration'. The fields in the other parts are unrecorded.
    /// strict_count: raise WondeError, instead of adding a warning, if Wonde's count differs from its list of students.
    /// progress: a callable, called before each request with the list's name, the page number, and the number of
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
        let call = self.call_snapshot(py, &school_id, since, includes, strict_count)?;
        self.run(py, call, progress.as_ref()).map(|snapshot| Snapshot(Arc::new(snapshot)))
    }

    /// Checks which fields the token may read at a school, and says what that means for the accounts. Call it before
    /// the first sync.
    ///
    /// includes: the same as for snapshot().
    #[pyo3(signature = (school_id, *, includes=None))]
    fn check_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        includes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AccessCheck> {
        let call = self.call_check_access(py, &school_id, includes)?;
        self.run(py, call, None).map(|check| AccessCheck(Arc::new(check)))
    }

    /// Returns the schools that have approved access. Raises WondeError.
    fn schools(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_schools(), None)?))
    }

    /// Returns the schools that have not answered a request for access. Raises WondeError.
    fn pending(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_pending(), None)?))
    }

    /// Returns the schools that have agreed to a request that Wonde still checks. Raises WondeError.
    fn audited(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_audited(), None)?))
    }

    /// Returns the schools that have declined a request for access. Raises WondeError.
    fn declined(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_declined(), None)?))
    }

    /// Returns the schools that approved access and later withdrew it. Raises WondeError.
    fn revoked(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_revoked(), None)?))
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
        let call = self.call_search(py, [postcode, establishment_number, la_code, urn])?;
        Ok(listed(self.run(py, call, None)?))
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
        let call = self.call_request_access(py, &school_id, contacts)?;
        self.run(py, call, None)
    }

    /// Gives up access to a school, and returns the school's new state at Wonde. Raises WondeError.
    fn revoke_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<Option<String>> {
        let call = self.call_revoke_access(py, &school_id)?;
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
        let call = self.call_snapshot(py, &school_id, since, includes, strict_count)?;
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
        let call = self.call_check_access(py, &school_id, includes)?;
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
        let call = self.call_search(py, [postcode, establishment_number, la_code, urn])?;
        Ok(AsyncCall::wonde(call, None, made_schools))
    }

    fn _request_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        contacts: &Bound<'_, PyAny>,
    ) -> PyResult<AsyncCall> {
        Ok(AsyncCall::wonde(self.call_request_access(py, &school_id, Some(contacts))?, None, made_state))
    }

    fn _revoke_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<AsyncCall> {
        Ok(AsyncCall::wonde(self.call_revoke_access(py, &school_id)?, None, made_state))
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.wonde.Client>"
    }
}

fn person(name: &str, contact: &Bound<'_, PyMapping>) -> PyResult<Contact> {
    let text = |field: &str| match contact.contains(field)? {
        true => argument::<Text>(&format!("{name}['{field}']"), "a str", &contact.get_item(field)?).map(String::from),
        false => Ok(String::new()),
    };
    Ok(Contact {
        first_name: text("first_name")?,
        last_name: text("last_name")?,
        phone_number: text("phone_number")?,
        email_address: text("email_address")?,
        notes: text("notes")?,
    })
}

/// A school in Wonde's list.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     [school] = fake.client().schools()
/// >>> school.id, school.name, school.urn, school.la_code, school.establishment_number
/// ('A1329183376', 'Oakfield Primary School', '100000', '823', '2000')
/// >>> school.phase, school.mis, school.domain is None
/// ('PRIMARY', 'SIMS', False)
#[pyclass(frozen, module = "onroll.wonde")]
#[derive(Clone)]
pub(crate) struct School(wonde::School);

fn listed(schools: Vec<wonde::School>) -> Vec<School> {
    schools.into_iter().map(School).collect()
}

#[pymethods]
impl School {
    /// The school's id at Wonde.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The school's name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The school's unique reference number, in England.
    #[getter]
    fn urn(&self) -> Option<&str> {
        self.0.urn.as_deref()
    }

    /// The code of the school's local authority.
    #[getter]
    fn la_code(&self) -> Option<&str> {
        self.0.la_code.as_deref()
    }

    /// The school's number within the local authority.
    #[getter]
    fn establishment_number(&self) -> Option<&str> {
        self.0.establishment_number.as_deref()
    }

    /// The school's phase, such as 'PRIMARY'.
    #[getter]
    fn phase(&self) -> Option<&str> {
        self.0.phase.as_deref()
    }

    /// The school's MIS.
    #[getter]
    fn mis(&self) -> Option<&str> {
        self.0.mis.as_deref()
    }

    /// Wonde's domain for the school's region. Pass it to Client.
    #[getter]
    fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        values::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (values::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.School: {}>", self.0.id)
    }
}

/// The state of your access to one school, as a value that you store. Report each event with one of its methods. The
/// method returns what to do next: 'full-sync', 'stop-syncing', 'ask-wonde' or None.
///
/// >>> access = onroll.wonde.Access("A1329183376")
/// >>> access.requested(), access.state
/// (None, 'pending')
/// >>> webhook = onroll.wonde.webhook('{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}')
/// >>> access.webhook(webhook), access.needs_full_sync, access.migrating
/// ('full-sync', True, False)
/// >>> access.listed([], [])  # Wonde's lists are right, even if a webhook says otherwise
/// 'stop-syncing'
/// >>> access.fully_synced(), access.given_up(), access.school_id, access.reason
/// (None, None, 'A1329183376', None)
/// >>> onroll.wonde.Access.from_json(access.to_json()).state
/// 'revoked'
#[pyclass(module = "onroll.wonde")]
pub(crate) struct Access(wonde::Access);

#[pymethods]
impl Access {
    #[new]
    fn new(#[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(wonde::Access::new(String::from(school_id)))
    }

    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// 'none', 'pending', 'audited', 'approved', 'declined', 'revoked' or 'unknown'.
    #[getter]
    fn state(&self) -> &'static str {
        self.0.state().as_str()
    }

    /// Why access was declined or withdrawn, in the school's own words, if known.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether the next sync must be a full sync.
    #[getter]
    fn needs_full_sync(&self) -> bool {
        self.0.needs_full_sync()
    }

    /// Whether a change of MIS was announced and is not complete yet.
    #[getter]
    fn migrating(&self) -> bool {
        self.0.is_migrating()
    }

    /// Records that you asked for access.
    fn requested(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::Requested)
    }

    /// Records that you gave up access.
    fn given_up(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::GivenUp)
    }

    /// Records a webhook from Wonde. Check the webhook's secret first.
    fn webhook(&mut self, webhook: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
        let webhook: Bound<'_, Webhook> = argument("webhook", "a Webhook", webhook)?;
        Ok(self.apply(AccessEvent::Webhook(&webhook.get().0)))
    }

    /// Records Wonde's lists. Pass the results of schools() and pending(). These lists are reliable, even if webhooks
    /// were lost or forged.
    ///
    /// audited, declined, revoked: the results of the client's methods of these names. With them, the outcome of every
    /// request is known. If you pass at least one of them, the state of a school that is in no list becomes 'unknown'.
    #[pyo3(signature = (approved, pending, *, audited=None, declined=None, revoked=None))]
    fn listed(
        &mut self,
        approved: &Bound<'_, PyAny>,
        pending: &Bound<'_, PyAny>,
        audited: Option<&Bound<'_, PyAny>>,
        declined: Option<&Bound<'_, PyAny>>,
        revoked: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<&'static str>> {
        let schools = |name, list: &Bound<'_, PyAny>| -> PyResult<Vec<wonde::School>> {
            let each = list.try_iter().map_err(|_| wrong(name, "an iterable of School", list))?;
            let school = |(number, each): (usize, PyResult<Bound<'_, PyAny>>)| {
                let school: Bound<'_, School> = argument(&format!("{name}[{number}]"), "a School", &each?)?;
                Ok(school.get().0.clone())
            };
            each.enumerate().map(school).collect()
        };
        let (approved, pending) = (schools("approved", approved)?, schools("pending", pending)?);
        let others = [("audited", audited), ("declined", declined), ("revoked", revoked)];
        if others.iter().all(|(_, list)| list.is_none()) {
            return Ok(self.apply(AccessEvent::Listed { approved: &approved, pending: &pending }));
        }
        let each = others.map(|(name, list)| list.map_or(Ok(Vec::new()), |list| schools(name, list)));
        let [audited, declined, revoked] = each;
        let (audited, declined, revoked) = (audited?, declined?, revoked?);
        Ok(self.apply(AccessEvent::AllListed {
            approved: &approved,
            pending: &pending,
            audited: &audited,
            declined: &declined,
            revoked: &revoked,
        }))
    }

    /// Records that a full sync is complete and its plan was applied.
    fn fully_synced(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::FullySynced)
    }

    /// Returns the state as JSON, to store.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Reads a state from JSON that to_json wrote. Raises ValueError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        serde_json::from_str(&text).map(Self).map_err(|_| PyValueError::new_err("this is not JSON of an Access"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.try_borrow().is_ok_and(|other| other.0 == self.0))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.borrow().to_json()?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Access: {}, {}>", self.0.school_id(), self.0.state().as_str())
    }
}

impl Access {
    fn apply(&mut self, event: AccessEvent<'_>) -> Option<&'static str> {
        self.0.apply(event).map(Task::as_str)
    }
}

/// A token. expose() returns its text. repr() and str() hide it.
///
/// >>> body = '{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}'
/// >>> token = onroll.wonde.webhook(body).token
/// >>> token, token.expose()  # store it as a secret
/// (Token(<hidden>), 'token')
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Token(wonde::Token);

#[pymethods]
impl Token {
    /// Returns the token as text. Store it as a secret, and pass it to Client.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    /// Returns the token itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Raises TypeError, because a token is a secret and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(values::not_pickled(
            "a Token is a secret and cannot be pickled; store the text from expose() where you keep secrets",
        ))
    }

    fn __repr__(&self) -> &'static str {
        "Token(<hidden>)"
    }

    fn __str__(&self) -> &'static str {
        "<hidden>"
    }
}

/// A webhook that Wonde posted: the school and the event.
///
/// >>> webhook = onroll.wonde.webhook('{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}')
/// >>> webhook.kind, webhook.school_id, webhook.reason
/// ('revoked', 'A1329183376', 'Left the trust')
/// >>> webhook.school_name, webhook.token, webhook.migrated
/// (None, None, False)
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Webhook(wonde::Webhook);

#[pymethods]
impl Webhook {
    /// 'approved', 'revoked', 'declined' or 'migration'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// The school's name, if known.
    #[getter]
    fn school_name(&self) -> Option<&str> {
        self.0.school_name()
    }

    /// The school's own token, which an approval includes.
    #[getter]
    fn token(&self) -> Option<Token> {
        self.0.token().cloned().map(Token)
    }

    /// Why access was declined or withdrawn, in the school's own words, if known.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether the migration is complete, not only announced.
    #[getter]
    fn migrated(&self) -> bool {
        self.0.is_migrated()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    /// Returns the webhook itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        values::restored(kept).map(Self)
    }

    /// Pickles the webhook. Raises TypeError if it contains a token, because a token is a secret.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        if slf.get().0.token().is_some() {
            return Err(values::not_pickled(
                "a Webhook with a token cannot be pickled; store the text from token.expose() where you keep secrets",
            ));
        }
        Ok((slf.get_type().getattr("_restore")?, (values::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Webhook: {}, {}>", self.0.kind().as_str(), self.0.school_id())
    }
}

/// Reads the body of a webhook. Wonde does not sign webhooks, so put a secret into the webhook's address, and compare
/// it with same_secret(). Also check schools() before you act. Raises WebhookError.
///
/// >>> onroll.wonde.webhook(b'{"payload_type": "schoolMigration", "school_id": "A1329183376"}').kind
/// 'migration'
#[pyfunction]
pub(crate) fn webhook(body: &Bound<'_, PyAny>) -> PyResult<Webhook> {
    let bytes = match body.cast::<PyString>() {
        Ok(_) => String::from(argument::<Text>("body", "bytes or str", body)?).into_bytes(),
        Err(_) => argument("body", "bytes or str", body)?,
    };
    wonde::Webhook::read(&bytes).map(Webhook).map_err(|error| errors::of_webhook(body.py(), error))
}

/// Returns whether two secrets are equal, in constant time. A blank secret never matches. A plus sign in a secret still
/// matches if decoding the address turned it into a space.
///
/// >>> onroll.wonde.same_secret("of the query", "of your settings")
/// False
#[pyfunction]
#[pyo3(signature = (given, expected, /))]
pub(crate) fn same_secret(
    #[pyo3(from_py_with = named::given)] given: Text,
    #[pyo3(from_py_with = named::expected)] expected: Text,
) -> bool {
    wonde::same_secret(&given, &expected)
}

/// A schedule, which says when a school is synced. Make a schedule with daily(). The methods full_on(), spread() and
/// of_school() return a changed copy of the schedule.
///
/// >>> from datetime import datetime, timezone
/// >>> schedule = onroll.wonde.Schedule.daily("02:30").full_on("Sunday")
/// >>> monday = datetime(2026, 9, 7, 12, tzinfo=timezone.utc)
/// >>> schedule.next_after(monday).isoformat(), schedule.next_run(monday)[1]
/// ('2026-09-08T01:30:00+00:00', 'delta')
/// >>> of_school = schedule.spread(120).of_school("A1329183376")  # so that not all schools are synced at once
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Schedule(wonde::Schedule);

fn schedule(made: Result<wonde::Schedule, wonde::ScheduleError>) -> PyResult<Schedule> {
    made.map(Schedule).map_err(|error| PyValueError::new_err(error.to_string()))
}

#[pymethods]
impl Schedule {
    /// Creates a schedule with a full sync every day at a time in London, such as '02:30'. Raises ValueError for an
    /// invalid time.
    #[classmethod]
    fn daily(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::time)] time: Text) -> PyResult<Self> {
        schedule(wonde::Schedule::daily(&time))
    }

    /// Returns a schedule with a full sync only on this day of the week, such as 'Sunday', and a delta on all other
    /// days. Raises ValueError for an unknown day.
    fn full_on(&self, #[pyo3(from_py_with = named::day)] day: Text) -> PyResult<Self> {
        schedule(self.0.clone().full_on_named(&day))
    }

    /// Returns a schedule in which the schools are spread over a number of minutes after the time of daily(). Raises
    /// ValueError if `minutes` is over 720.
    fn spread(&self, #[pyo3(from_py_with = named::minutes)] minutes: u16) -> PyResult<Self> {
        schedule(self.0.clone().spread(minutes))
    }

    /// Returns the schedule of one school. A school always gets the same time within the spread.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(&school_id))
    }

    /// Returns the time of the next sync after an aware datetime, in UTC.
    fn next_after<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        datetime(after.py(), self.0.next_after(instant("after", after)?))
    }

    /// Returns the next sync after an aware datetime: its time in UTC, and 'full' or 'delta'.
    fn next_run<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, &'static str)> {
        let run = self.0.next_run(instant("after", after)?);
        Ok((datetime(after.py(), run.at)?, run.sync.as_str()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        values::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (values::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Schedule: {}>", self.0)
    }
}

/// Locks for exclusive(), which work within a single process.
///
/// >>> locks = onroll.wonde.Locks()
/// >>> locks.try_lock("A1329183376"), locks.try_lock("A1329183376")
/// (True, False)
/// >>> locks.unlock("A1329183376")
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Locks(wonde::Locks);

#[pymethods]
impl Locks {
    #[new]
    fn new() -> Self {
        Self(wonde::Locks::default())
    }

    /// Takes the lock of a school without waiting. Returns False if another sync holds it.
    fn try_lock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> bool {
        self.0.try_lock(&school_id)
    }

    /// Releases the lock of a school.
    fn unlock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) {
        self.0.unlock(&school_id);
    }

    /// Raises TypeError, because another process would have its own locks.
    fn __reduce__(&self) -> PyResult<()> {
        Err(values::not_pickled(
            "Locks work in one process and cannot be pickled or copied; between processes, use a lock of your database",
        ))
    }
}

/// Returns the error for a sync that starts while another sync of the same school is running.
#[pyfunction]
pub(crate) fn wonde_busy(py: Python<'_>) -> PyErr {
    errors::of_wonde(py, &WondeError::Busy)
}
