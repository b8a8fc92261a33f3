//! The Python class `Plan` and the classes of its parts.

use std::sync::Arc;

use onroll::{ChangeKind, FieldValue, Guard, Planner, StatementKind, YearGroup};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyCapsule, PyDict, PyList, PySlice, PyString, PyTuple, PyType};

use crate::accounts::{Account, Accounts};
use crate::decision::{Decision, PlanEntry};
use crate::html;
use crate::input::{Text, argument, date, date_object, named, texts, wrong};
use crate::roster::Roster;
use crate::sequence::{place, slice};
use crate::values::{self, Password, PasswordPolicy, Pickled};
use crate::{arrow, errors, ethnicity, reading_options, report};

/// Plans the changes that make the accounts match a roster.
///
/// max_leavers: the largest share of active accounts that may leave in one plan, from 0 to 1. Five accounts may always
/// leave.
/// leaving_years: years whose students are expected to leave from July to September, such as ['Year 6']. Students who
/// have just moved up to such a year are not expected to leave.
/// erased: the source ids, UPNs or usernames of students who were erased at a parent's request. They never get an
/// account again.
/// override_guards: names of guards to override. The plan records which of these guards would have refused it.
/// decisions: what people decided about accounts and students at this school. The plan records the outcome of each.
/// school_id: any id that you use for the school. With it, accounts of another school are refused.
/// today: the date on which the plan is made. You must pass it if another option or an account has a date.
/// leaving_until: the last date on which leavers in leaving_years are expected.
/// grace_until: the last date on which leavers' accounts stay active, such as the day of exam results.
/// passwords: how to make new passwords.
///
/// Raises PlanRefused, with the guard and its numbers, if a guard refuses the plan. Raises PlanError if `today` is
/// missing but needed.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> onroll.plan(accounts, onroll.read_csv("students.csv")).summary()
/// 'nothing to do, 240 unchanged'
#[pyfunction]
#[pyo3(signature = (accounts, roster, *, max_leavers=None, leaving_years=None, erased=None, override_guards=None, decisions=None,
                    school_id=None, today=None, leaving_until=None, grace_until=None, passwords=None),
       text_signature = "(accounts, roster, *, max_leavers=0.1, leaving_years=(), erased=(), override_guards=(), decisions=(), \
                         school_id=None, today=None, leaving_until=None, grace_until=None, passwords=None)")]
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
    today: Option<&Bound<'_, PyAny>>,
    leaving_until: Option<&Bound<'_, PyAny>>,
    grace_until: Option<&Bound<'_, PyAny>>,
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
    if let Some(day) = today {
        planner = planner.today(date("today", day)?);
    }
    if let Some(day) = leaving_until {
        planner = planner.leaving_until(date("leaving_until", day)?);
    }
    if let Some(day) = grace_until {
        planner = planner.grace_until(date("grace_until", day)?);
    }
    let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    // Lets Ctrl-C stop the planning.
    let seen = Arc::default();
    let watch = reading_options::watch(None, Arc::clone(&seen));
    let planner = planner.watch(move || watch(0, 0));
    let made = crate::ending::detach(py, || planner.plan(&accounts, roster));
    reading_options::stopped(&seen)?;
    made.map(Plan::new).map_err(|error| errors::of_planner(py, error))
}

/// Reads an iterable of decisions.
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

/// The changes that make the accounts of a school match a roster, as a sequence of Change. They are in order of kind,
/// then of username. Nothing changes before apply().
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"], school_id="oak")
/// >>> print(plan.summary())
/// 31 join, 63 leave, 177 move
/// >>> print(plan.summary_in_words())
/// 31 new students, 63 leavers, 177 change class or year
/// >>> len(plan.joiners) + len(plan.leavers) + len(plan.movers) + len(plan.updates) <= len(plan)
/// True
/// >>> plan.returners, plan.relinks, plan.renames, plan.conflicts, plan.decisions
/// ([], [], [], [], [])
/// >>> len(plan.near), plan.kept_usernames, plan.perhaps_staff, plan.passed
/// (0, [], [], [])
/// >>> plan.unchanged, plan.held, plan.erased, plan.erased_by_username, plan.in_grace, plan.school_id
/// (0, 0, 0, [], 0, 'oak')
/// >>> bool(plan.diff()), len(plan.to_dicts()) == len(plan.to_pandas())  # for a person who approves it
/// (True, True)
/// >>> part = plan.without(kinds=["leave"])
/// >>> len(part.left_out) == len(plan.leavers)
/// True
/// >>> len(plan.statements()) >= len(plan)  # for your database
/// True
/// >>> stored = plan.to_json(passwords=True)
/// >>> after = onroll.Plan.from_json(stored).apply(accounts)
/// >>> plan.reverse(after) == accounts
/// True
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Plan(Arc<onroll::Plan>);

impl Plan {
    fn new(plan: onroll::Plan) -> Self {
        Self(Arc::new(plan))
    }

    fn change(slf: &Bound<'_, Self>, place: usize) -> Option<Change> {
        (place < slf.get().0.len()).then(|| Change { plan: slf.clone().unbind(), place })
    }

    fn of_kind(slf: &Bound<'_, Self>, kind: ChangeKind) -> Vec<Change> {
        let places = slf.get().0.changes().enumerate().filter(|(_, change)| change.kind() == kind);
        places.filter_map(|(place, _)| Self::change(slf, place)).collect()
    }
}

#[pymethods]
impl Plan {
    /// New accounts.
    #[getter]
    fn joiners(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Join)
    }

    /// Leavers' accounts. The plan deactivates them or, in a grace period, sets their last day.
    #[getter]
    fn leavers(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Leave)
    }

    /// Accounts of earlier leavers that become active again.
    #[getter]
    fn returners(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Return)
    }

    /// Accounts that get a new source id for the same student.
    #[getter]
    fn relinks(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Relink)
    }

    /// Accounts that get a new username, because you overrode the guard usernames-changed.
    #[getter]
    fn renames(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Rename)
    }

    /// Students who change class or year group.
    #[getter]
    fn movers(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Move)
    }

    /// Accounts that change only in other fields, such as gender.
    #[getter]
    fn updates(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Update)
    }

    /// The uncertain matches, which are left unchanged.
    #[getter]
    fn conflicts(&self) -> Vec<Conflict> {
        self.0.conflicts().iter().cloned().map(Conflict).collect()
    }

    /// Leavers and joiners who may be the same student, as pairs of the account and the student. The plan treats them
    /// as two people until a person decides.
    #[getter]
    fn near(&self) -> Vec<(PlanEntry, PlanEntry)> {
        self.0.near().iter().map(|pair| (PlanEntry(pair.account.clone()), PlanEntry(pair.student.clone()))).collect()
    }

    /// The decisions given to the plan, each with its outcome: 'applied', 'not-found', 'contradicted', 'username-taken'
    /// or 'username-refused'.
    #[getter]
    fn decisions(&self) -> Vec<(Decision, &'static str)> {
        self.0.decisions().iter().map(|made| (Decision(made.decision.clone()), made.outcome.as_str())).collect()
    }

    /// The students who were left out only because their username is that of an erased student. Check them, because a
    /// later student with the same name is another child.
    #[getter]
    fn erased_by_username(&self) -> Vec<PlanEntry> {
        self.0.erased_by_username().iter().cloned().map(PlanEntry).collect()
    }

    /// The school's id, if known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// The usernames that accounts keep although the roster has a different one, as pairs of the kept username and the
    /// username in the roster.
    #[getter]
    fn kept_usernames(&self) -> Vec<(String, String)> {
        self.0.kept_usernames().iter().map(|kept| (kept.kept.clone(), kept.listed.clone())).collect()
    }

    /// The number of active accounts that stay unchanged, not counting conflicts and held students.
    #[getter]
    fn unchanged(&self) -> u64 {
        self.0.unchanged()
    }

    /// The number of accounts that stay unchanged because their student is held.
    #[getter]
    fn held(&self) -> u64 {
        self.0.held()
    }

    /// The number of students who were left out because they are erased.
    #[getter]
    fn erased(&self) -> u64 {
        self.0.erased()
    }

    /// The number of leavers' accounts that stay active because their last day has not passed.
    #[getter]
    fn in_grace(&self) -> u64 {
        self.0.in_grace()
    }

    /// The changes that without() left out, each as its kind and its username.
    #[getter]
    fn left_out(&self) -> Vec<(&'static str, String)> {
        self.0.left_out().iter().map(|out| (out.kind.as_str(), out.username.clone())).collect()
    }

    /// Joiners who may be staff: their name begins with a title, such as Mr, and their year group is not a school year.
    #[getter]
    fn perhaps_staff(&self) -> Vec<PlanEntry> {
        self.0.perhaps_staff().into_iter().map(PlanEntry).collect()
    }

    /// The overridden guards that would have refused this plan.
    #[getter]
    fn passed(&self) -> Vec<&'static str> {
        self.0.passed().iter().map(|guard| guard.as_str()).collect()
    }

    /// Returns the counts in one line, without names.
    fn summary(&self) -> String {
        self.0.summary()
    }

    /// Returns the counts in plain words, for the person who approves the plan. It contains no names.
    fn summary_in_words(&self) -> String {
        self.0.summary_in_words()
    }

    /// Returns the plan as statements for your database. Each changes one row. Their order never violates unique
    /// indexes on username, source id and UPN: if two rows swap usernames, one first gets a temporary username. Run all
    /// statements in one transaction.
    fn statements(&self, py: Python<'_>) -> PyResult<Vec<Statement>> {
        let of = |statement: &onroll::Statement<'_>| Statement::of(py, statement, self.0.ethnicities());
        self.0.statements().iter().map(of).collect()
    }

    /// Returns the changes as dicts, without passwords. The keys are kind, host_id, username (before the plan),
    /// source_id, upn, full_name, year_group, class_name, old_year_group and old_class_name (if they change), changed
    /// (the names of the changed fields) and new_password.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let row = |change: onroll::Change<'_>| -> PyResult<Bound<'py, PyDict>> {
            let (account, dict) = (change.account(), PyDict::new(py));
            dict.set_item("kind", change.kind().as_str())?;
            dict.set_item("host_id", change.host_id())?;
            dict.set_item("username", change.username())?;
            dict.set_item("source_id", account.source_id)?;
            dict.set_item("upn", account.upn)?;
            dict.set_item("full_name", account.full_name)?;
            dict.set_item("year_group", account.year_group)?;
            dict.set_item("class_name", account.class_name)?;
            dict.set_item("old_year_group", arrow::old_text(&change, "year_group"))?;
            dict.set_item("old_class_name", arrow::old_text(&change, "class_name"))?;
            dict.set_item("changed", change.fields().map(|field| field.name()).collect::<Vec<_>>())?;
            dict.set_item("new_password", change.new_password())?;
            Ok(dict)
        };
        PyList::new(py, self.0.changes().map(row).collect::<PyResult<Vec<_>>>()?)
    }

    /// Returns the changes as a pandas DataFrame with the columns of to_dicts. pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("pandas")?.call_method1("DataFrame", (self.to_dicts(py)?,))
    }

    /// Returns the changes as an Arrow stream, for polars.DataFrame(plan). It has the columns of to_dicts, and
    /// `changed` is a text with commas. A requested schema is ignored.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        arrow::changes(py, &self.0)
    }

    /// Returns HTML for a notebook: the number of changes of each kind, without a value of any student.
    fn _repr_html_(&self) -> String {
        let counts = html::counts(self.0.changes().map(|change| change.kind().as_str()));
        let sentence = format!("{}. diff() shows who.", self.0.summary_in_words());
        html::counted(&sentence, ["Change", "Students"], &counts)
    }

    /// Returns the plan as text for the person who approves it, with names and with old and new values. If three or
    /// more students change in the same way, they share a line.
    fn diff(&self) -> String {
        self.0.diff()
    }

    /// Returns new Accounts with the plan applied. The accounts that you pass stay unchanged. Raises PlanError if the
    /// plan was made for other accounts, or if anything except passwords has changed in them since. Also raises
    /// PlanError if the plan was stored without its new passwords, unless you pass one of these arguments:
    ///
    /// passwords: a PasswordPolicy, to make other passwords for these accounts.
    /// without_passwords: leave these accounts without a password. Use it if you store only hashes.
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
                "the plan was stored without the passwords of {accounts}; store it with to_json(passwords=True), \
                 or apply it with passwords=PasswordPolicy() or with without_passwords=True"
            );
            return Err(errors::raise(py, "PlanError", (message, "plan-without-passwords")));
        }
        let applied = crate::ending::detach(py, || self.0.apply_without_passwords(accounts.as_ref().clone()));
        let mut applied = applied.map_err(|error| errors::of_plan(py, &error))?;
        if let Some(policy) = policy.filter(|_| !without_passwords) {
            let usernames: Vec<String> = lacking().map(|change| change.account().username.to_owned()).collect();
            let made =
                crate::ending::detach(py, || applied.reset_passwords(usernames.iter().map(String::as_str), &policy));
            made.map_err(|error| report::of_account(py, error, None))?;
        }
        Ok(Accounts::new(applied))
    }

    /// Returns new Accounts as they were before the plan was applied, with their old passwords. The accounts that you
    /// pass stay unchanged. Joiners' accounts are removed again. Raises PlanError with code 'plan-already-reversed' or
    /// 'plan-changed-since', or with 'plan-without-passwords' if the plan was stored without the passwords that it
    /// replaced.
    fn reverse(&self, accounts: &Bound<'_, PyAny>) -> PyResult<Accounts> {
        let py = accounts.py();
        let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
        let reversed = crate::ending::detach(py, || self.0.reverse(accounts.as_ref().clone()));
        reversed.map(Accounts::new).map_err(|error| errors::of_plan(py, &error))
    }

    /// Returns the plan without the changes of these kinds and for these usernames. `left_out` of the new plan lists
    /// them. Raises PlanError with code 'plan-no-such-change' if a username has no change in the plan. Raises PlanError
    /// with code 'plan-part-breaks' and .usernames if remaining changes depend on changes that would be left out.
    #[pyo3(signature = (*, kinds=None, usernames=None), text_signature = "($self, *, kinds=(), usernames=())")]
    fn without(
        &self,
        py: Python<'_>,
        kinds: Option<&Bound<'_, PyAny>>,
        usernames: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let kinds = strings("kinds", kinds)?.into_iter().map(|kind| {
            let all = ChangeKind::ALL.map(ChangeKind::as_str).join(", ");
            let shown: String = kind.chars().take(40).collect();
            kind.parse::<ChangeKind>().map_err(|_| {
                PyValueError::new_err(format!(
                    "kinds must name kinds of changes ({all}), not '{}'",
                    shown.escape_debug()
                ))
            })
        });
        let kinds = kinds.collect::<PyResult<Vec<_>>>()?;
        let usernames = strings("usernames", usernames)?;
        let part = self.0.without(kinds, usernames.iter().map(String::as_str));
        part.map(Self::new).map_err(|error| errors::of_plan(py, &error))
    }

    /// Returns the plan as JSON, to store and approve. It contains the new passwords only if you ask for them. Without
    /// them, apply() needs `passwords` or `without_passwords`.
    #[pyo3(signature = (*, passwords=false))]
    fn to_json(&self, py: Python<'_>, #[pyo3(from_py_with = named::passwords)] passwords: bool) -> String {
        crate::ending::detach(py, || if passwords { self.0.to_json_with_passwords() } else { self.0.to_json() })
    }

    /// Reads a plan from JSON that to_json wrote. Raises PlanError for any other text, for example if the JSON was
    /// edited or damaged.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let text: Text = argument("text", "a str", text)?;
        let made = crate::ending::detach(py, || onroll::Plan::from_json(&text));
        made.map(Self::new).map_err(|error| errors::of_plan(py, &error))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(slf: &Bound<'py, Self>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let len = slf.get().0.len();
        if let Ok(range) = index.cast::<PySlice>() {
            return slice(range, len, |place| Self::change(slf, place));
        }
        let place = place(argument("index", "an int or a slice", index)?, len)?;
        Ok(Self::change(slf, place).into_pyobject(index.py())?.into_any())
    }

    fn __iter__(slf: &Bound<'_, Self>) -> Changes {
        Changes { plan: slf.clone().unbind(), next: 0 }
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

    /// Returns the plan itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Pickles the plan, with passwords only within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let kept = slf.get().to_json(slf.py(), values::pickles_passwords(slf.py())?);
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}

/// Iterates over the changes of a plan.
#[pyclass(module = "onroll")]
pub(crate) struct Changes {
    plan: Py<Plan>,
    next: usize,
}

#[pymethods]
impl Changes {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<Change> {
        let place = self.next;
        self.next += 1;
        Plan::change(self.plan.bind(py), place)
    }
}

/// All changes to one account. Its repr shows none of its data.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"])
/// >>> mover = plan.movers[0]
/// >>> mover.kind, mover.username == mover.account.username, mover.host_id
/// ('move', True, None)
/// >>> sorted(mover.fields)
/// ['class_name', 'year_group']
/// >>> joiner = plan.joiners[0]
/// >>> joiner.new_password, len(joiner.password.expose())
/// (True, 4)
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Change {
    plan: Py<Plan>,
    place: usize,
}

impl Change {
    fn change(&self) -> onroll::Change<'_> {
        // A `Change` is made only with an index that the plan has, and the plan never changes.
        self.plan.get().0.at(self.place).expect("a place of the plan")
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

    /// The username before the plan; for a joiner, the username of the new account.
    #[getter]
    fn username(&self) -> &str {
        self.change().username()
    }

    /// Your own id for the account; None for a joiner.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.change().host_id()
    }

    /// The account as it is after the plan. It has a password only if the change gives it a new one.
    #[getter]
    fn account(&self) -> Account {
        Account::of(&self.change().account())
    }

    /// The changed fields by name, with the old and the new value. Flags and `active` are bools, an ethnicity is a code
    /// with its description, and an unknown id is None. For a joiner, the dict is empty.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for field in self.change().fields() {
            let value = |value| self::value(py, field.name(), &value, self.plan.get().0.ethnicities());
            fields.set_item(field.name(), (value(field.old())?, value(field.new_value())?))?;
        }
        Ok(fields)
    }

    /// Whether the account gets a new password. Joiners get one. A returning leaver who is matched only by name or
    /// username also gets one, because the old password may be another child's.
    #[getter]
    fn new_password(&self) -> bool {
        self.change().new_password()
    }

    /// The new password. None if there is no new password, or if the plan was read from JSON without passwords.
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

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, plan: &Bound<'_, Plan>, place: usize) -> PyResult<Self> {
        Plan::change(plan, place).ok_or_else(|| PyValueError::new_err("this is not a pickled change of this version"))
    }

    /// Pickles the change with its plan, with passwords only within pickling_passwords(). Changes that are pickled
    /// together share one pickled plan.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Py<Plan>, usize)> {
        let own = slf.get();
        Ok((slf.get_type().getattr("_restore")?, (own.plan.clone_ref(slf.py()), own.place)))
    }

    /// Returns the change itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }
}

/// One statement for your database. It inserts one row, or updates fields in one row. Its repr shows none of its data.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"])
/// >>> insert = next(statement for statement in plan.statements() if statement.kind == "insert")
/// >>> insert.set["username"] == insert.username, insert.host_id, insert.makes_room
/// (True, None, False)
/// >>> insert.new_password, len(insert.password.expose())  # store a hash of it
/// (True, 4)
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
    fn of(py: Python<'_>, statement: &onroll::Statement<'_>, codes: &onroll::Ethnicities) -> PyResult<Self> {
        let set = PyDict::new(py);
        for (name, value) in statement.set() {
            set.set_item(name, self::value(py, name, value, codes)?)?;
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

impl Statement {
    /// Returns all attributes as Python values.
    fn parts<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let names = ["kind", "host_id", "username", "set", "new_password", "password", "makes_room"];
        PyTuple::new(slf.py(), names.into_iter().map(|name| slf.getattr(name)).collect::<PyResult<Vec<_>>>()?)
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

    /// Your own id for the account, with which you find its row. None for a row to insert, or if you gave no id.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.host_id.as_deref()
    }

    /// The username of the row when this statement runs; for a row to insert, its new username.
    #[getter]
    fn username(&self) -> &str {
        &self.username
    }

    /// The fields to set, by name: for a row to insert all of them, except a missing upi; for an update the changed ones. Flags and active
    /// are bools, an ethnicity is a code, and an unknown id is None.
    #[getter]
    fn set(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        Ok(self.set.bind(py).copy()?.unbind())
    }

    /// Whether the row gets a new password. If so, do not keep the old password.
    #[getter]
    fn new_password(&self) -> bool {
        self.new_password
    }

    /// The new password, if there is one.
    #[getter]
    fn password(&self) -> Option<Password> {
        self.password.clone().map(Password)
    }

    /// Whether this statement only frees a username or an id for another row. A later statement sets this row's own
    /// username and ids.
    #[getter]
    fn makes_room(&self) -> bool {
        self.makes_room
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(match other.cast::<Self>() {
            Ok(other) => Self::parts(slf)?.eq(Self::parts(other)?)?,
            Err(_) => false,
        })
    }

    #[classmethod]
    #[expect(clippy::too_many_arguments, reason = "all that a statement is")]
    fn _restore(
        _class: &Bound<'_, PyType>,
        kind: &str,
        host_id: Option<String>,
        username: String,
        set: Py<PyDict>,
        new_password: bool,
        password: Option<&Bound<'_, Password>>,
        makes_room: bool,
    ) -> PyResult<Self> {
        let kind = kind.parse::<StatementKind>().map_err(|error| PyValueError::new_err(error.to_string()))?.as_str();
        let password = password.map(|password| password.get().0.clone());
        Ok(Self { kind, host_id, username, set, new_password, password, makes_room })
    }

    /// Pickles the statement, with its password only within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, Bound<'py, PyTuple>> {
        Ok((slf.get_type().getattr("_restore")?, Self::parts(slf)?))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Statement: {}>", self.kind)
    }
}

/// Accounts and students that could not be matched with certainty. They stay unchanged until a person decides.
///
/// >>> students = [{"full_name": "Amy Lee", "username": name, "source_id": id} for name, id in [("Amy Lee", "7"), ("Amy Lee 5B", "8")]]
/// >>> accounts = onroll.Accounts.from_rows(students, sign_in="password")
/// >>> csv = onroll.template_csv() + "Amy Lee,amy,Year 5,5A,Female,No,WBRI,No,No"
/// >>> [conflict] = onroll.plan(accounts, onroll.read_csv(csv.encode()).as_partial()).conflicts
/// >>> conflict.reason, [entry.username for entry in conflict.accounts], [entry.username for entry in conflict.students]
/// ('name-shared', ['Amy Lee', 'Amy Lee 5B'], ['amy'])
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Conflict(onroll::Conflict);

#[pymethods]
impl Conflict {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("reason", "accounts", "students")
    }

    /// The reason in kebab-case, such as 'name-shared'.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.as_str()
    }

    /// The accounts in the conflict.
    #[getter]
    fn accounts(&self) -> Vec<PlanEntry> {
        self.0.accounts.iter().cloned().map(PlanEntry).collect()
    }

    /// The students in the conflict.
    #[getter]
    fn students(&self) -> Vec<PlanEntry> {
        self.0.students.iter().cloned().map(PlanEntry).collect()
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
        let (accounts, students) = (self.0.accounts.len(), self.0.students.len());
        format!("<onroll.Conflict: {}, {accounts} accounts, {students} students>", self.reason())
    }
}

/// Converts the value of a field to a Python value.
fn value<'py>(
    py: Python<'py>,
    name: &str,
    value: &FieldValue<'_>,
    codes: &onroll::Ethnicities,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        FieldValue::Flag(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        FieldValue::Text(code) if name == "ethnicity" => ethnicity::coded(py, code, codes)?,
        FieldValue::Text(day) if name == "active_until" => match day.parse() {
            Ok(day) => date_object(py, day)?,
            Err(_) => PyString::new(py, day).into_any(),
        },
        FieldValue::Text(text) => PyString::new(py, text).into_any(),
        _ => py.None().into_bound(py),
    })
}
