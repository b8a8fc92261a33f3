//! Wonde: the client by the built-in adapter or by any callable, snapshots, access, webhooks, schedules.

use std::sync::Arc;

use onroll::wonde::{
    self, AccessEvent, ClassFrom, Contact, EmailFrom, Lock, Mapping, NamesFrom, Search, Task, WondeError,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString, PyType};

use crate::adapter::{Exchange, seconds};
use crate::errors;
use crate::input::{Text, argument, datetime, instant, wrong};
use crate::roster::Roster;
use crate::values;

/// Wonde with one token: the vendor's, for all its schools, or one school's.
///
/// domain: one of Wonde's; a school's region says which. '127.0.0.1:8080' and the like are spoken to without TLS, for tests.
/// send: what does one exchange, a callable of a request that gives the response; the built-in adapter where it is None.
/// wait: what lets seconds pass before another try; time.sleep where it is None.
/// timeout: the seconds that one exchange may take.
/// any_domain: the host vouches for the domain, though it is none of Wonde's: the token is sent there.
///
/// Raises WondeError for a blank token or a domain that is not Wonde's.
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Client {
    client: wonde::Client,
    exchange: Exchange,
}

impl Client {
    /// Does a call by the host's callable or the built-in adapter.
    fn run<T: Send>(
        &self,
        py: Python<'_>,
        call: Result<wonde::Call<T>, WondeError>,
        progress: Option<&Py<PyAny>>,
    ) -> PyResult<T> {
        let call = call.map_err(|error| errors::of_wonde(py, &error))?;
        let done = self.exchange.run(py, |host| {
            call.run_with(host, |at| {
                if let Some(progress) = progress {
                    host.tell(|py| progress.call1(py, (at.list, at.page, at.students)).map(drop));
                }
            })
        })?;
        done.map_err(|error| errors::of_wonde(py, &error))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (token, domain="api.wonde.com", send=None, *, wait=None, timeout=60.0, any_domain=false))]
    fn new(
        token: &Bound<'_, PyAny>,
        domain: &str,
        send: Option<Bound<'_, PyAny>>,
        wait: Option<Bound<'_, PyAny>>,
        timeout: f64,
        any_domain: bool,
    ) -> PyResult<Self> {
        let py = token.py();
        let exchange = Exchange::new(send, wait)?;
        let timeout = seconds("timeout", timeout)?;
        let token: Text = argument("token", "a str", token)?;
        let client = wonde::Client::new(&token)
            .and_then(|client| if any_domain { client.vouched_domain(domain) } else { client.domain(domain) })
            .map_err(|error| errors::of_wonde(py, &error))?
            .timeout(timeout);
        Ok(Self { client, exchange })
    }

    /// All students of a school; or, with a time, what changed of them since: an aware datetime, of when the last sync began.
    ///
    /// progress: called before each request with what is read, which page of it, and how many students there are so far.
    /// Raises WondeError; there is never a part of a snapshot. What `send`, `wait` or `progress` raises comes through, failures
    /// of the network aside.
    #[pyo3(signature = (school_id, since=None, *, progress=None))]
    fn snapshot(
        &self,
        py: Python<'_>,
        school_id: &str,
        since: Option<&Bound<'_, PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Snapshot> {
        let since = since.map(|since| instant("since", since)).transpose()?;
        let call = self.client.call_snapshot(school_id, since);
        self.run(py, call, progress.as_ref()).map(|snapshot| Snapshot(Arc::new(snapshot)))
    }

    /// The schools that have approved access. Raises WondeError.
    fn schools(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, Ok(self.client.call_schools()), None)?))
    }

    /// The schools that were asked for access and have not answered. Raises WondeError.
    fn pending(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, Ok(self.client.call_pending()), None)?))
    }

    /// Schools that Wonde knows, whether they have approved access or not. Raises WondeError, also if nothing is searched for.
    #[pyo3(signature = (*, postcode="", establishment_number="", la_code="", urn=""))]
    fn search(
        &self,
        py: Python<'_>,
        postcode: &str,
        establishment_number: &str,
        la_code: &str,
        urn: &str,
    ) -> PyResult<Vec<School>> {
        let search =
            Search::new().postcode(postcode).establishment_number(establishment_number).la_code(la_code).urn(urn);
        Ok(listed(self.run(py, self.client.call_search(&search), None)?))
    }

    /// Asks a school for access; gives the state that Wonde says it is in then.
    ///
    /// contacts: people at the school who are told: mappings of first_name, last_name, phone_number, email_address, notes.
    /// Raises WondeError.
    #[pyo3(signature = (school_id, contacts=None), text_signature = "($self, school_id, contacts=())")]
    fn request_access(
        &self,
        py: Python<'_>,
        school_id: &str,
        contacts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<String>> {
        let mut people = Vec::new();
        if let Some(contacts) = contacts {
            for contact in contacts.try_iter()? {
                let contact = contact?;
                let contact = contact.cast::<PyMapping>().map_err(|_| wrong("a contact", "a mapping", &contact))?;
                people.push(person(contact)?);
            }
        }
        self.run(py, self.client.call_request_access(school_id, &people), None)
    }

    /// Gives up access to a school; gives the state that Wonde says it is in then. Raises WondeError.
    fn revoke_access(&self, py: Python<'_>, school_id: &str) -> PyResult<Option<String>> {
        self.run(py, self.client.call_revoke_access(school_id), None)
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.wonde.Client>"
    }
}

fn person(contact: &Bound<'_, PyMapping>) -> PyResult<Contact> {
    let text = |name: &str| match contact.contains(name)? {
        true => argument::<Text>(name, "a str", &contact.get_item(name)?).map(String::from),
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

/// Everything that Wonde says of one school's students at one time: complete, or there is none. It has len().
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Snapshot(Arc<wonde::Snapshot>);

#[pymethods]
impl Snapshot {
    /// The id of the school.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// The time since which changes were asked for; None for a full one.
    #[getter]
    fn since<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.since().map(|since| datetime(py, since)).transpose()
    }

    /// How many rows were left out because the same student came on another page too.
    #[getter]
    fn duplicates(&self) -> usize {
        self.0.duplicates()
    }

    /// How many pages were read.
    #[getter]
    fn pages(&self) -> u32 {
        self.0.pages()
    }

    /// Whether Wonde's own count was permitted, and agreed.
    #[getter]
    fn counted(&self) -> bool {
        self.0.is_counted()
    }

    /// How many students a delta names as deleted or left.
    #[getter]
    fn left(&self) -> usize {
        self.0.left()
    }

    /// The students as a roster. Who cannot be one, because the record has an error, is in its `held`, and its report says why.
    ///
    /// sign_in: 'password' or 'sso'; with 'sso' the username is the email address.
    /// class_from: which group is the class: 'registration', 'main' or 'first'; where there is none, the others are tried.
    /// names_from: 'preferred' or 'legal'.
    /// email_from: 'usual' (the one without a label, or the primary one, or that of work), 'email', 'primary', 'work' or 'home'.
    /// main_codes_only: extended ethnicity codes are rolled up.
    #[pyo3(signature = (*, sign_in=None, class_from="registration", names_from="preferred", email_from="usual", main_codes_only=false),
           text_signature = "($self, *, sign_in='password', class_from='registration', names_from='preferred', email_from='usual', main_codes_only=False)")]
    fn roster(
        &self,
        py: Python<'_>,
        sign_in: Option<&Bound<'_, PyAny>>,
        class_from: &str,
        names_from: &str,
        email_from: &str,
        main_codes_only: bool,
    ) -> PyResult<Roster> {
        let mut mapping = Mapping::new()
            .class_from(chosen("class_from", ClassFrom::named(class_from), ClassFrom::NAMES)?)
            .names_from(chosen("names_from", NamesFrom::named(names_from), NamesFrom::NAMES)?)
            .email_from(chosen("email_from", EmailFrom::named(email_from), EmailFrom::NAMES)?)
            .main_codes_only(main_codes_only);
        if let Some(sign_in) = sign_in {
            mapping = mapping.sign_in(values::sign_in(sign_in)?);
        }
        Ok(Roster::new(py.detach(|| self.0.roster(&mapping))))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Snapshot: {} students>", self.0.len())
    }
}

fn chosen<T>(name: &str, choice: Option<T>, names: &[&str]) -> PyResult<T> {
    choice.ok_or_else(|| PyValueError::new_err(format!("{name} must be one of '{}'", names.join("', '"))))
}

/// A school as Wonde lists one.
#[pyclass(frozen, module = "onroll.wonde")]
#[derive(Clone)]
pub(crate) struct School(wonde::School);

fn listed(schools: Vec<wonde::School>) -> Vec<School> {
    schools.into_iter().map(School).collect()
}

#[pymethods]
impl School {
    /// The id that Wonde gives it.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Its unique reference number, in England.
    #[getter]
    fn urn(&self) -> Option<&str> {
        self.0.urn.as_deref()
    }

    /// The code of its local authority.
    #[getter]
    fn la_code(&self) -> Option<&str> {
        self.0.la_code.as_deref()
    }

    /// Its number within the local authority.
    #[getter]
    fn establishment_number(&self) -> Option<&str> {
        self.0.establishment_number.as_deref()
    }

    /// Primary, secondary, …
    #[getter]
    fn phase(&self) -> Option<&str> {
        self.0.phase.as_deref()
    }

    /// Which MIS it has.
    #[getter]
    fn mis(&self) -> Option<&str> {
        self.0.mis.as_deref()
    }

    /// The domain of its region.
    #[getter]
    fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.School: {}>", self.0.id)
    }
}

/// The access to one school, as a value that the host stores: events go in, and what is to be done comes out, as
/// 'full-sync', 'stop-syncing', 'ask-wonde' or None.
#[pyclass(module = "onroll.wonde")]
pub(crate) struct Access(wonde::Access);

#[pymethods]
impl Access {
    #[new]
    fn new(school_id: String) -> Self {
        Self(wonde::Access::new(school_id))
    }

    /// The id of the school.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// 'none', 'pending', 'approved', 'declined' or 'revoked'.
    #[getter]
    fn state(&self) -> &'static str {
        self.0.state().as_str()
    }

    /// Why it was declined or revoked, in the school's words, where it is known.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether the next sync must be a full one.
    #[getter]
    fn needs_full_sync(&self) -> bool {
        self.0.needs_full_sync()
    }

    /// Whether a change of MIS is announced and not yet done.
    #[getter]
    fn migrating(&self) -> bool {
        self.0.is_migrating()
    }

    /// The host has asked for access.
    fn requested(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::Requested)
    }

    /// The host has given it up.
    fn given_up(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::GivenUp)
    }

    /// Wonde has posted this, and its secret was right.
    fn webhook(&mut self, webhook: &Webhook) -> Option<&'static str> {
        self.apply(AccessEvent::Webhook(&webhook.0))
    }

    /// What Wonde lists: the results of schools() and pending(). This is what is true, whatever webhooks came.
    fn listed(&mut self, approved: Vec<Bound<'_, School>>, pending: Vec<Bound<'_, School>>) -> Option<&'static str> {
        let [approved, pending] =
            [approved, pending].map(|list| list.iter().map(|school| school.get().0.clone()).collect::<Vec<_>>());
        self.apply(AccessEvent::Listed { approved: &approved, pending: &pending })
    }

    /// A full sync is done, its plan applied.
    fn fully_synced(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::FullySynced)
    }

    /// The state as JSON, to be stored.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// What to_json gave. Raises ValueError.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        serde_json::from_str(text).map(Self).map_err(|_| PyValueError::new_err("this is not JSON of an Access"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.try_borrow().is_ok_and(|other| other.0 == self.0))
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

/// A token, which shows itself only when asked.
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Token(wonde::Token);

#[pymethods]
impl Token {
    /// The token itself: to be stored as a secret, and given to Client.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    fn __repr__(&self) -> &'static str {
        "Token(<hidden>)"
    }

    fn __str__(&self) -> &'static str {
        "<hidden>"
    }
}

/// What Wonde posts to the host: which school, and what happened.
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Webhook(wonde::Webhook);

#[pymethods]
impl Webhook {
    /// 'approved', 'revoked', 'declined' or 'migration'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The id of the school.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// The name of the school, where it is said.
    #[getter]
    fn school_name(&self) -> Option<&str> {
        self.0.school_name()
    }

    /// The school's own token, which an approval brings.
    #[getter]
    fn token(&self) -> Option<Token> {
        self.0.token().cloned().map(Token)
    }

    /// Why access was declined or revoked, in the school's words, where it is said.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether a migration is done, and not only announced.
    #[getter]
    fn migrated(&self) -> bool {
        self.0.is_migrated()
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Webhook: {}, {}>", self.0.kind().as_str(), self.0.school_id())
    }
}

/// What Wonde posted, from its body. Wonde signs nothing: compare the secret in the address with same_secret(), and ask schools()
/// before anything is done about it. Raises WebhookError.
#[pyfunction]
pub(crate) fn webhook(body: &Bound<'_, PyAny>) -> PyResult<Webhook> {
    let bytes = match body.cast::<PyString>() {
        Ok(_) => String::from(body.extract::<Text>()?).into_bytes(),
        Err(_) => argument("body", "bytes or str", body)?,
    };
    wonde::Webhook::read(&bytes).map(Webhook).map_err(|error| errors::of_webhook(body.py(), error))
}

/// Whether two secrets are the same, in a time that does not tell how much of them is. A blank one is never the same.
#[pyfunction]
#[pyo3(signature = (given, expected, /))]
pub(crate) fn same_secret(given: Text, expected: Text) -> bool {
    wonde::same_secret(&given, &expected)
}

/// When a school is synced: made by daily(), and refined by the other methods, each of which gives a new one.
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Schedule(wonde::Schedule);

fn schedule(made: Result<wonde::Schedule, wonde::ScheduleError>) -> PyResult<Schedule> {
    made.map(Schedule).map_err(|error| PyValueError::new_err(error.to_string()))
}

#[pymethods]
impl Schedule {
    /// Every day at a time in London, as '02:30', whatever the clocks do; a full sync each day. Raises ValueError.
    #[classmethod]
    fn daily(_class: &Bound<'_, PyType>, time: &str) -> PyResult<Self> {
        schedule(wonde::Schedule::daily(time))
    }

    /// A full sync on this day of the week alone, as 'Sunday', and deltas on the others. Raises ValueError.
    fn full_on(&self, day: &str) -> PyResult<Self> {
        schedule(self.0.clone().full_on_named(day))
    }

    /// Spreads schools over so many minutes from the time on, at most 720. Raises ValueError.
    fn spread(&self, minutes: u16) -> PyResult<Self> {
        schedule(self.0.clone().spread(minutes))
    }

    /// The schedule of one school within the spread: always at the same time.
    fn of_school(&self, school_id: &str) -> Self {
        Self(self.0.clone().of_school(school_id))
    }

    /// The next time after an aware datetime, in UTC.
    fn next_after<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        datetime(after.py(), self.0.next_after(instant("after", after)?))
    }

    /// The next time after an aware datetime, in UTC, and what is read then: 'full' or 'delta'.
    fn next_run<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, &'static str)> {
        let run = self.0.next_run(instant("after", after)?);
        Ok((datetime(after.py(), run.at)?, run.sync.as_str()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Schedule: {}>", self.0)
    }
}

/// Locks within one process, for exclusive().
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Locks(wonde::Locks);

#[pymethods]
impl Locks {
    #[new]
    fn new() -> Self {
        Self(wonde::Locks::default())
    }

    /// Takes the lock of a school, at once; False if another has it.
    fn try_lock(&self, school_id: &str) -> bool {
        self.0.try_lock(school_id)
    }

    /// Gives it back.
    fn unlock(&self, school_id: &str) {
        self.0.unlock(school_id);
    }
}

/// What a sync is told that comes while another is under way.
#[pyfunction]
pub(crate) fn wonde_busy(py: Python<'_>) -> PyErr {
    errors::of_wonde(py, &WondeError::Busy)
}
