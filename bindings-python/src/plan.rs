//! Plans: what must change so that accounts match a roster.

use std::sync::Arc;

use onroll::{ChangeKind, FieldValue, Guard, Planner, YearGroup};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PySlice, PyString, PyType};

use crate::accounts::{Account, Accounts};
use crate::decision::{Decision, PlanEntry};
use crate::input::{Text, argument, named, texts, wrong};
use crate::roster::{Roster, place, slice};
use crate::values::{self, Password, PasswordPolicy, Pickled};
use crate::{errors, options, report};

/// What must change so that accounts match a roster.
///
/// max_leavers: the largest share of active accounts that may leave in one plan, from 0 to 1; 5 may always leave.
/// leaving_years: years whose leavers are expected, such as ['Year 6'], from July to September.
/// erased: students erased at a parent's request, by source id, UPN or username: no account is made for them again.
/// override_guards: names of guards to override; the plan records which of them would have refused it.
/// decisions: what people decided about accounts and students of this school; the plan records what became of each.
/// school_id: names the school, by any id that you use for it; accounts of another school are then refused.
/// passwords: how new passwords are made.
///
/// Raises PlanRefused with the guard and its numbers.
#[pyfunction]
#[pyo3(signature = (accounts, roster, *, max_leavers=None, leaving_years=None, erased=None, override_guards=None, decisions=None,
                    school_id=None, passwords=None),
       text_signature = "(accounts, roster, *, max_leavers=0.1, leaving_years=(), erased=(), override_guards=(), decisions=(), \
                         school_id=None, passwords=None)")]
#[expect(clippy::too_many_arguments, reason = "keywords of Python")]
pub(crate) fn plan(
    accounts: &Bound<'_, PyAny>,
    roster: &Bound<'_, PyAny>,
    max_leavers: Option<&Bound<'_, PyAny>>,
    leaving_years: Option<&Bound<'_, PyAny>>,
    erased: Option<&Bound<'_, PyAny>>,
    override_guards: Option<&Bound<'_, PyAny>>,
    decisions: Option<&Bound<'_, PyAny>>,
    school_id: Option<&Bound<'_, PyAny>>,
    passwords: Option<&Bound<'_, PyAny>>,
) -> PyResult<Plan> {
    let py = accounts.py();
    let years = strings("leaving_years", leaving_years)?.into_iter().map(|year| {
        let read = YearGroup::read(&year);
        let shown: String = year.chars().take(40).collect();
        read.ok_or_else(|| {
            let message =
                format!("leaving_years must be year groups, such as 'Year 6', not '{}'", shown.escape_debug());
            PyValueError::new_err(message)
        })
    });
    let guards = strings("override_guards", override_guards)?.into_iter().map(|name| {
        let all = Guard::ALL.map(Guard::as_str).join(", ");
        let shown: String = name.chars().take(40).collect();
        name.parse().map_err(|_| {
            PyValueError::new_err(format!("override_guards must name guards ({all}), not '{}'", shown.escape_debug()))
        })
    });
    let mut planner = Planner::new()
        .leaving_years(years.collect::<PyResult<Vec<_>>>()?)
        .erased(strings("erased", erased)?.iter().map(String::as_str))
        .override_guards(guards.collect::<PyResult<Vec<Guard>>>()?)
        .decisions(each_decision(decisions)?)
        .passwords(PasswordPolicy::or_default(passwords)?);
    if let Some(share) = max_leavers {
        let share: f64 = argument("max_leavers", "a number from 0 to 1", share)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(PyValueError::new_err(format!("max_leavers must be a share from 0 to 1, not {share}")));
        }
        planner = planner.max_leavers(share);
    }
    if let Some(school_id) = school_id {
        planner = planner.school_id(argument::<Text>("school_id", "a str", school_id)?.to_string());
    }
    let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    // Ctrl-C ends it.
    let seen = Arc::default();
    let watch = options::watch(None, Arc::clone(&seen));
    let planner = planner.watch(move || watch(0, 0));
    let made = py.detach(|| planner.plan(&accounts, roster));
    options::stopped(&seen)?;
    made.map(Plan::new).map_err(|error| errors::of_planner(py, error))
}

/// The decisions of an iterable.
fn each_decision(object: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<onroll::Decision>> {
    let Some(object) = object else { return Ok(Vec::new()) };
    let what = "an iterable of Decision";
    let each = object.try_iter().map_err(|_| wrong("decisions", what, object))?;
    let decision = |(number, each): (usize, PyResult<Bound<'_, PyAny>>)| {
        let each = each?;
        let decision = argument::<Bound<'_, Decision>>(&format!("decisions[{number}]"), "a Decision", &each)?;
        Ok(decision.get().0.clone())
    };
    each.enumerate().map(decision).collect()
}

fn strings(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let texts = object.map(|object| texts(name, object)).transpose()?;
    Ok(texts.into_iter().flatten().map(String::from).collect())
}

/// What must change so that the accounts of a school match a roster: a sequence of Change, by kind and then by
/// username. Nothing is changed before apply().
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Plan(Arc<onroll::Plan>);

impl Plan {
    fn new(plan: onroll::Plan) -> Self {
        Self(Arc::new(plan))
    }

    fn change(&self, place: usize) -> Option<Change> {
        (place < self.0.len()).then(|| Change { plan: Arc::clone(&self.0), place })
    }

    fn of_kind(&self, kind: ChangeKind) -> Vec<Change> {
        let places = self.0.changes().enumerate().filter(|(_, change)| change.kind() == kind);
        places.filter_map(|(place, _)| self.change(place)).collect()
    }
}

#[pymethods]
impl Plan {
    /// New accounts.
    #[getter]
    fn joiners(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Join)
    }

    /// Accounts that are deactivated.
    #[getter]
    fn leavers(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Leave)
    }

    /// Leavers' accounts that are activated again.
    #[getter]
    fn returners(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Return)
    }

    /// Accounts that are linked to a new source id; the student is the same.
    #[getter]
    fn relinks(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Relink)
    }

    /// Accounts that are given a new username, because usernames-changed was passed.
    #[getter]
    fn renames(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Rename)
    }

    /// Students who change class or year group.
    #[getter]
    fn movers(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Move)
    }

    /// Accounts of which only other fields change.
    #[getter]
    fn updates(&self) -> Vec<Change> {
        self.of_kind(ChangeKind::Update)
    }

    /// What could not be told with certainty, and stays as it is.
    #[getter]
    fn conflicts(&self) -> Vec<Conflict> {
        self.0.conflicts().iter().cloned().map(Conflict).collect()
    }

    /// Leavers and joiners who are perhaps the same student, as pairs of the account and the student. Nothing is done about them
    /// until a person decides.
    #[getter]
    fn near(&self) -> Vec<(PlanEntry, PlanEntry)> {
        self.0.near().iter().map(|pair| (PlanEntry(pair.account.clone()), PlanEntry(pair.student.clone()))).collect()
    }

    /// The decisions that the plan was given, each with what became of it: 'applied', 'not-found', 'contradicted',
    /// 'username-taken' or 'username-refused'.
    #[getter]
    fn decisions(&self) -> Vec<(Decision, &'static str)> {
        self.0.decisions().iter().map(|made| (Decision(made.decision.clone()), made.outcome.as_str())).collect()
    }

    /// The students who were left out because of an erased username alone. A namesake who joins later is another child.
    #[getter]
    fn erased_by_username(&self) -> Vec<PlanEntry> {
        self.0.erased_by_username().iter().cloned().map(PlanEntry).collect()
    }

    /// The id of the school whose plan this is, where it is known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// The usernames that are kept though the roster has another, each with the one listed.
    #[getter]
    fn kept_usernames(&self) -> Vec<(String, String)> {
        self.0.kept_usernames().iter().map(|kept| (kept.kept.clone(), kept.listed.clone())).collect()
    }

    /// How many active accounts stay as they are, those in conflicts and of held students aside.
    #[getter]
    fn unchanged(&self) -> u64 {
        self.0.unchanged()
    }

    /// How many accounts stay as they are because their student is held.
    #[getter]
    fn held(&self) -> u64 {
        self.0.held()
    }

    /// How many students were left out because they are erased.
    #[getter]
    fn erased(&self) -> u64 {
        self.0.erased()
    }

    /// The guards that would have refused this plan, had the host not passed them.
    #[getter]
    fn passed(&self) -> Vec<&'static str> {
        self.0.passed().iter().map(|guard| guard.as_str()).collect()
    }

    /// One line with the counts; it names nobody.
    fn summary(&self) -> String {
        self.0.summary()
    }

    /// The plan as statements for the host's database, one row each, in an order that unique indexes on username, source id and
    /// UPN never reject. Where two rows swap their usernames, one is first given a temporary one. Run all in one transaction.
    fn statements(&self, py: Python<'_>) -> PyResult<Vec<Statement>> {
        self.0.statements().iter().map(|statement| Statement::of(py, statement)).collect()
    }

    /// The plan for the person who approves it, with names and with old and new values.
    fn diff(&self) -> String {
        self.0.diff()
    }

    /// New Accounts as the plan makes them; those given stay as they are. Raises PlanError if they are not those the
    /// plan was made for, or have changed since in anything but passwords; and if the plan was stored without the passwords
    /// that it gives out, unless one of these is said:
    ///
    /// passwords: a PasswordPolicy, by which those accounts get other passwords than the plan had.
    /// without_passwords: those accounts have no password then, as a host wants it that stores only hashes.
    #[pyo3(signature = (accounts, *, passwords=None, without_passwords=false))]
    fn apply(
        &self,
        accounts: &Bound<'_, PyAny>,
        passwords: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::without_passwords)] without_passwords: bool,
    ) -> PyResult<Accounts> {
        let py = accounts.py();
        let policy = passwords.map(|passwords| PasswordPolicy::or_default(Some(passwords))).transpose()?;
        let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
        let lacking = || self.0.changes().filter(|change| change.new_password() && change.password().is_none());
        let count = lacking().count();
        if count > 0 && policy.is_none() && !without_passwords {
            let accounts = if count == 1 { "1 account" } else { &*format!("{count} accounts") };
            let message = format!(
                "the plan was stored without passwords, which {accounts} would lack: store it with to_json(passwords=True), \
                 or apply it with passwords=PasswordPolicy() or with without_passwords=True"
            );
            return Err(errors::raise(py, "PlanError", (message, "plan-without-passwords")));
        }
        let applied = py.detach(|| self.0.apply_without_passwords(accounts.as_ref().clone()));
        let mut applied = applied.map_err(|error| errors::of_plan(py, &error))?;
        if let Some(policy) = policy.filter(|_| !without_passwords) {
            let usernames: Vec<String> = lacking().map(|change| change.account().username.to_owned()).collect();
            let made = py.detach(|| applied.reset_passwords(usernames.iter().map(String::as_str), &policy));
            made.map_err(|error| report::of_account(py, error, None))?;
        }
        Ok(Accounts::new(applied))
    }

    /// The plan as JSON, to be stored and approved; the new passwords only if asked for. Without them, apply() refuses the plan
    /// until it is told what to do about them.
    #[pyo3(signature = (*, passwords=false))]
    fn to_json(&self, py: Python<'_>, #[pyo3(from_py_with = named::passwords)] passwords: bool) -> String {
        py.detach(|| if passwords { self.0.to_json_with_passwords() } else { self.0.to_json() })
    }

    /// A plan from what to_json wrote. Raises PlanError, also if it was edited or damaged.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let text: Text = argument("text", "a str", text)?;
        let made = py.detach(|| onroll::Plan::from_json(&text));
        made.map(Self::new).map_err(|error| errors::of_plan(py, &error))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let len = self.0.len();
        if let Ok(range) = index.cast::<PySlice>() {
            return slice(range, len, |place| self.change(place));
        }
        let place = place(argument("index", "an int or a slice", index)?, len)?;
        Ok(self.change(place).into_pyobject(index.py())?.into_any())
    }

    fn __iter__(&self) -> Changes {
        Changes { plan: Arc::clone(&self.0), next: 0 }
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __str__(&self) -> String {
        self.0.summary()
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Plan: {}>", self.0.summary())
    }

    /// Itself: it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// A pickle holds no passwords, unless it is made within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let kept = slf.get().to_json(slf.py(), values::pickles_passwords(slf.py())?);
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}

/// The changes of a plan, one after another.
#[pyclass(module = "onroll")]
pub(crate) struct Changes {
    plan: Arc<onroll::Plan>,
    next: usize,
}

#[pymethods]
impl Changes {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self) -> Option<Change> {
        let place = self.next;
        self.next += 1;
        (place < self.plan.len()).then(|| Change { plan: Arc::clone(&self.plan), place })
    }
}

/// One account that changes. Its repr shows nothing of it.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Change {
    plan: Arc<onroll::Plan>,
    place: usize,
}

impl Change {
    fn change(&self) -> onroll::Change<'_> {
        // Made only of places that the plan has, which never changes.
        self.plan.at(self.place).expect("a place of the plan")
    }
}

#[pymethods]
impl Change {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("kind", "username")
    }

    /// 'join', 'leave', 'return', 'relink', 'rename', 'move' or 'update'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.change().kind().as_str()
    }

    /// The username the account has now; of a joiner, the one it will have.
    #[getter]
    fn username(&self) -> &str {
        self.change().username()
    }

    /// The id that the host gave the account; None for a joiner.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.change().host_id()
    }

    /// The account as it will be. It has a password only if the change gives it one.
    #[getter]
    fn account(&self) -> Account {
        Account::of(&self.change().account())
    }

    /// What changes of it, by field name: the old and the new value. Flags and `active` are bools, an ethnicity is a code that
    /// knows its description, and an id that is not known is None. Nothing for a joiner.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for field in self.change().fields() {
            let value = |value| self::value(py, field.name(), &value);
            fields.set_item(field.name(), (value(field.old())?, value(field.new_value())?))?;
        }
        Ok(fields)
    }

    /// Whether the account gets a new password: as a joiner, or as a leaver who returns and is known by a name or a username alone,
    /// since the old password may be another child's.
    #[getter]
    fn new_password(&self) -> bool {
        self.change().new_password()
    }

    /// The new password, unless there is none or the plan was read from JSON without passwords.
    #[getter]
    fn password(&self) -> Option<Password> {
        self.change().password().cloned().map(Password)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().change() == self.change())
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Change: {}>", self.kind())
    }

    /// Itself: it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }
}

/// One statement for the host's database: a row to add, or fields to set of the row with a host id or a username. Its repr shows
/// nothing of it.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Statement {
    kind: &'static str,
    host_id: Option<String>,
    username: String,
    set: Py<PyDict>,
    new_password: bool,
    password: Option<onroll::Password>,
    makes_room: bool,
}

impl Statement {
    fn of(py: Python<'_>, statement: &onroll::Statement<'_>) -> PyResult<Self> {
        let set = PyDict::new(py);
        for (name, value) in statement.set() {
            set.set_item(name, self::value(py, name, value)?)?;
        }
        Ok(Self {
            kind: statement.kind().as_str(),
            host_id: statement.host_id().map(str::to_owned),
            username: statement.username().to_owned(),
            set: set.unbind(),
            new_password: statement.new_password(),
            password: statement.password().cloned(),
            makes_room: statement.makes_room(),
        })
    }
}

#[pymethods]
impl Statement {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("kind", "username", "set")
    }

    /// 'insert' or 'update'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// The id that the host gave the account, by which its row is found; None for a row to add, and where the host gave none.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.host_id.as_deref()
    }

    /// The username that the row has when this statement is run; of a row to add, the one it will have.
    #[getter]
    fn username(&self) -> &str {
        &self.username
    }

    /// What to set, by field name: all twelve fields of a row to add, and of another those that change. Flags and active are bools,
    /// an ethnicity is a code, an unknown id is None.
    #[getter]
    fn set(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        Ok(self.set.bind(py).copy()?.unbind())
    }

    /// Whether the row gets a new password, so that its old one must not be kept.
    #[getter]
    fn new_password(&self) -> bool {
        self.new_password
    }

    /// The new password, if there is one.
    #[getter]
    fn password(&self) -> Option<Password> {
        self.password.clone().map(Password)
    }

    /// Whether this only makes room for another row: a later statement gives this row its own username and ids.
    #[getter]
    fn makes_room(&self) -> bool {
        self.makes_room
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Statement: {}>", self.kind)
    }
}

/// Accounts and students that could not be matched with certainty. They stay as they are until a person decides.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Conflict(onroll::Conflict);

#[pymethods]
impl Conflict {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("reason", "accounts", "students")
    }

    /// Why, in kebab-case, such as 'name-shared'.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.as_str()
    }

    /// The accounts in it.
    #[getter]
    fn accounts(&self) -> Vec<PlanEntry> {
        self.0.accounts.iter().cloned().map(PlanEntry).collect()
    }

    /// The students of the roster in it.
    #[getter]
    fn students(&self) -> Vec<PlanEntry> {
        self.0.students.iter().cloned().map(PlanEntry).collect()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        let (accounts, students) = (self.0.accounts.len(), self.0.students.len());
        format!("<onroll.Conflict: {}, {accounts} accounts, {students} students>", self.reason())
    }
}

/// A value of a field as Python has it.
fn value<'py>(py: Python<'py>, name: &str, value: &FieldValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        FieldValue::Flag(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        FieldValue::Text(code) if name == "ethnicity" => values::ethnicity(py, code)?,
        FieldValue::Text(text) => PyString::new(py, text).into_any(),
        _ => py.None().into_bound(py),
    })
}
