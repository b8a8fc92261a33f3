//! Wonde: the client by the built-in adapter or by any callable, snapshots, access, webhooks, schedules.

use std::sync::Arc;

use onroll::wonde::{
    self, AccessEvent, ClassFrom, Contact, EmailFrom, Lock, Mapping, NamesFrom, Search, Task, WondeError,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString, PyType};

use crate::adapter::{AsyncCall, Exchange, async_progress, not_async, seconds};
use crate::errors;
use crate::input::{Text, argument, datetime, instant, named, no_choice, wrong};
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
    ) -> PyResult<wonde::Call<wonde::Snapshot>> {
        let since = since.map(|since| instant("since", since)).transpose()?;
        self.client.call_snapshot(school_id, since).map_err(|error| errors::of_wonde(py, &error))
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

/// A callable that is told how far a call is.
fn progress_of(progress: Option<Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    let Some(progress) = progress else { return Ok(None) };
    if progress.is_callable() { Ok(Some(progress.unbind())) } else { Err(wrong("progress", "a callable", &progress)) }
}

/// What a call for schools gives to Python.
fn made_schools(py: Python<'_>, schools: Vec<wonde::School>) -> PyResult<Bound<'_, PyAny>> {
    Ok(listed(schools).into_pyobject(py)?.into_any())
}

/// What a call for a state of access gives to Python.
fn made_state(py: Python<'_>, state: Option<String>) -> PyResult<Bound<'_, PyAny>> {
    Ok(state.into_pyobject(py)?.into_any())
}

#[pymethods]
impl Client {
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

    /// All students of a school; or, with a time, what changed of them since: an aware datetime, of when the last sync began.
    ///
    /// progress: called before each request with what is read, which page of it, and how many students there are so far.
    /// Raises WondeError; there is never a part of a snapshot. What `send`, `wait` or `progress` raises comes through; failures
    /// of the network are the __cause__ of the WondeError.
    #[pyo3(signature = (school_id, since=None, *, progress=None))]
    fn snapshot(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        since: Option<&Bound<'_, PyAny>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Snapshot> {
        let progress = progress_of(progress)?;
        let call = self.call_snapshot(py, &school_id, since)?;
        self.run(py, call, progress.as_ref()).map(|snapshot| Snapshot(Arc::new(snapshot)))
    }

    /// The schools that have approved access. Raises WondeError.
    fn schools(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_schools(), None)?))
    }

    /// The schools that were asked for access and have not answered. Raises WondeError.
    fn pending(&self, py: Python<'_>) -> PyResult<Vec<School>> {
        Ok(listed(self.run(py, self.client.call_pending(), None)?))
    }

    /// Schools that Wonde knows, whether they have approved access or not. Raises WondeError, also if nothing is searched for.
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

    /// Asks a school for access; gives the state that Wonde says it is in then.
    ///
    /// contacts: people at the school who are told: mappings of first_name, last_name, phone_number, email_address, notes.
    /// Raises WondeError.
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

    /// Gives up access to a school; gives the state that Wonde says it is in then. Raises WondeError.
    fn revoke_access(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<Option<String>> {
        let call = self.call_revoke_access(py, &school_id)?;
        self.run(py, call, None)
    }

    #[pyo3(signature = (school_id, since=None, *, progress=None))]
    fn _snapshot(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        since: Option<&Bound<'_, PyAny>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<AsyncCall> {
        let call = self.call_snapshot(py, &school_id, since)?;
        Ok(AsyncCall::wonde(call, progress_of(progress)?, |py, snapshot| {
            Ok(Snapshot(Arc::new(snapshot)).into_pyobject(py)?.into_any())
        }))
    }

    fn _schools(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_schools(), None, made_schools)
    }

    fn _pending(&self) -> AsyncCall {
        AsyncCall::wonde(self.client.call_pending(), None, made_schools)
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
    #[pyo3(signature = (*, sign_in=None, class_from=Text::from("registration"), names_from=Text::from("preferred"),
                        email_from=Text::from("usual"), main_codes_only=false),
           text_signature = "($self, *, sign_in='password', class_from='registration', names_from='preferred', email_from='usual', main_codes_only=False)")]
    fn roster(
        &self,
        py: Python<'_>,
        sign_in: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::class_from)] class_from: Text,
        #[pyo3(from_py_with = named::names_from)] names_from: Text,
        #[pyo3(from_py_with = named::email_from)] email_from: Text,
        #[pyo3(from_py_with = named::main_codes_only)] main_codes_only: bool,
    ) -> PyResult<Roster> {
        let mut mapping = Mapping::new()
            .class_from(chosen("class_from", ClassFrom::named(&class_from), ClassFrom::NAMES, &class_from)?)
            .names_from(chosen("names_from", NamesFrom::named(&names_from), NamesFrom::NAMES, &names_from)?)
            .email_from(chosen("email_from", EmailFrom::named(&email_from), EmailFrom::NAMES, &email_from)?)
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

fn chosen<T>(name: &str, choice: Option<T>, names: &[&str], given: &str) -> PyResult<T> {
    choice.ok_or_else(|| no_choice(name, names, given))
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
    fn new(#[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(wonde::Access::new(String::from(school_id)))
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
    fn webhook(&mut self, webhook: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
        let webhook: Bound<'_, Webhook> = argument("webhook", "a Webhook", webhook)?;
        Ok(self.apply(AccessEvent::Webhook(&webhook.get().0)))
    }

    /// What Wonde lists: the results of schools() and pending(). This is what is true, whatever webhooks came.
    fn listed(&mut self, approved: &Bound<'_, PyAny>, pending: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
        let schools = |name, list: &Bound<'_, PyAny>| -> PyResult<Vec<wonde::School>> {
            let each = list.try_iter().map_err(|_| wrong(name, "an iterable of School", list))?;
            let school = |(number, each): (usize, PyResult<Bound<'_, PyAny>>)| {
                let school: Bound<'_, School> = argument(&format!("{name}[{number}]"), "a School", &each?)?;
                Ok(school.get().0.clone())
            };
            each.enumerate().map(school).collect()
        };
        let (approved, pending) = (schools("approved", approved)?, schools("pending", pending)?);
        Ok(self.apply(AccessEvent::Listed { approved: &approved, pending: &pending }))
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
    fn from_json(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        serde_json::from_str(&text).map(Self).map_err(|_| PyValueError::new_err("this is not JSON of an Access"))
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
        Ok(_) => String::from(argument::<Text>("body", "bytes or str", body)?).into_bytes(),
        Err(_) => argument("body", "bytes or str", body)?,
    };
    wonde::Webhook::read(&bytes).map(Webhook).map_err(|error| errors::of_webhook(body.py(), error))
}

/// Whether two secrets are the same, in a time that does not tell how much of them is. A blank one is never the same.
#[pyfunction]
#[pyo3(signature = (given, expected, /))]
pub(crate) fn same_secret(
    #[pyo3(from_py_with = named::given)] given: Text,
    #[pyo3(from_py_with = named::expected)] expected: Text,
) -> bool {
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
    fn daily(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::time)] time: Text) -> PyResult<Self> {
        schedule(wonde::Schedule::daily(&time))
    }

    /// A full sync on this day of the week alone, as 'Sunday', and deltas on the others. Raises ValueError.
    fn full_on(&self, #[pyo3(from_py_with = named::day)] day: Text) -> PyResult<Self> {
        schedule(self.0.clone().full_on_named(&day))
    }

    /// Spreads schools over so many minutes from the time on, at most 720. Raises ValueError.
    fn spread(&self, #[pyo3(from_py_with = named::minutes)] minutes: u16) -> PyResult<Self> {
        schedule(self.0.clone().spread(minutes))
    }

    /// The schedule of one school within the spread: always at the same time.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(&school_id))
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
    fn try_lock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> bool {
        self.0.try_lock(&school_id)
    }

    /// Gives it back.
    fn unlock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) {
        self.0.unlock(&school_id);
    }
}

/// What a sync is told that comes while another is under way.
#[pyfunction]
pub(crate) fn wonde_busy(py: Python<'_>) -> PyErr {
    errors::of_wonde(py, &WondeError::Busy)
}
