//! Plans: what must change so that accounts match a roster.

use std::sync::Arc;

use onroll::{ChangeKind, Guard, Planner, YearGroup};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySlice, PyString, PyType};

use crate::accounts::{Account, Accounts};
use crate::errors;
use crate::input::{Text, argument, wrong};
use crate::roster::{Roster, place, slice};
use crate::values::{self, Password, PasswordPolicy, Pickled};

/// What must change so that accounts match a roster.
///
/// max_leavers: how many of the active accounts may leave at once, as a part of 1; 5 always may.
/// leaving_years: years whose leavers are expected, such as ['Year 6'], from July to September.
/// erased: students erased at a parent's request, by source id, UPN or username: they are never made again.
/// despite: names of guards to pass; the plan records which of them would have refused it.
/// passwords: how the joiners' passwords are made.
///
/// Raises PlanRefused with the guard and its numbers.
#[pyfunction]
#[pyo3(signature = (accounts, roster, *, max_leavers=0.1, leaving_years=None, erased=None, despite=None, passwords=None),
       text_signature = "(accounts, roster, *, max_leavers=0.1, leaving_years=(), erased=(), despite=(), passwords=None)")]
pub(crate) fn plan(
    accounts: &Bound<'_, PyAny>,
    roster: &Bound<'_, PyAny>,
    max_leavers: f64,
    leaving_years: Option<&Bound<'_, PyAny>>,
    erased: Option<&Bound<'_, PyAny>>,
    despite: Option<&Bound<'_, PyAny>>,
    passwords: Option<&Bound<'_, PyAny>>,
) -> PyResult<Plan> {
    let py = accounts.py();
    let years = strings("leaving_years", leaving_years)?.into_iter().map(|year| {
        let read = YearGroup::read(&year);
        read.ok_or_else(|| PyValueError::new_err("leaving_years must be year groups, such as 'Year 6'"))
    });
    let guards = strings("despite", despite)?.into_iter().map(|name| {
        let all = Guard::ALL.map(Guard::as_str).join(", ");
        Guard::named(&name).ok_or_else(|| PyValueError::new_err(format!("despite must name guards: {all}")))
    });
    let planner = Planner::new()
        .max_leavers(max_leavers)
        .leaving_years(years.collect::<PyResult<Vec<_>>>()?)
        .erased(strings("erased", erased)?.iter().map(String::as_str))
        .despite(guards.collect::<PyResult<Vec<_>>>()?)
        .passwords(PasswordPolicy::or_default(passwords)?);
    let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    let made = py.detach(|| planner.plan(&accounts, roster));
    made.map(Plan::new).map_err(|error| errors::of_planner(py, error))
}

fn strings(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let Some(object) = object else { return Ok(Vec::new()) };
    let what = "an iterable of str";
    if object.is_instance_of::<PyString>() {
        return Err(wrong(name, what, object));
    }
    let each = object.try_iter().map_err(|_| wrong(name, what, object))?;
    each.map(|each| argument::<Text>(name, what, &each?).map(String::from)).collect()
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

    /// The plan for the person who approves it, with names and with old and new values.
    fn diff(&self) -> String {
        self.0.diff()
    }

    /// New Accounts as the plan makes them; those given stay as they are. Raises PlanError if they are not those the
    /// plan was made for, or have changed since in anything but passwords.
    fn apply(&self, accounts: &Bound<'_, PyAny>) -> PyResult<Accounts> {
        let py = accounts.py();
        let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
        let applied = py.detach(|| self.0.apply(accounts.as_ref().clone()));
        applied.map(Accounts::new).map_err(|error| errors::of_plan(py, &error))
    }

    /// The plan as JSON, to be stored and approved; the joiners' passwords only if asked for.
    #[pyo3(signature = (*, passwords=false))]
    fn to_json(&self, py: Python<'_>, passwords: bool) -> String {
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

    /// The account as it will be; only a joiner's has its password with it.
    #[getter]
    fn account(&self) -> Account {
        Account::of(&self.change().account())
    }

    /// What changes of it, by field name: the old and the new value. Nothing for a joiner.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for field in self.change().fields() {
            fields.set_item(field.name(), (field.old(), field.new_value()))?;
        }
        Ok(fields)
    }

    /// A joiner's password.
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

/// Accounts and students that could not be told apart with certainty. They stay as they are.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Conflict(onroll::Conflict);

#[pymethods]
impl Conflict {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("reason", "usernames", "students")
    }

    /// Why, in kebab-case, such as 'name-shared'.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason().as_str()
    }

    /// The usernames of the accounts in it.
    #[getter]
    fn usernames(&self) -> Vec<&str> {
        self.0.usernames().collect()
    }

    /// The students in it, each as a dict of full_name, username, year_group and class_name.
    #[getter]
    fn students<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let one = |student: &onroll::Listed| {
            let dict = PyDict::new(py);
            dict.set_item("full_name", &student.full_name)?;
            dict.set_item("username", &student.username)?;
            dict.set_item("year_group", &student.year_group)?;
            dict.set_item("class_name", &student.class_name)?;
            Ok(dict)
        };
        self.0.students().iter().map(one).collect()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        let (accounts, students) = (self.0.usernames().count(), self.0.students().len());
        format!("<onroll.Conflict: {}, {accounts} accounts, {students} students>", self.reason())
    }
}
