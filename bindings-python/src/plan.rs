//! The Python class `Plan`, with what a notebook shows for it. Its changes, statements and conflicts, and the function
//! `plan`, are in submodules.

mod change;
mod conflict;
mod dicts;
mod entry;
mod field_value;
mod planner;
mod statement;

use std::sync::Arc;

use onroll::plan::ChangeKind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList, PySlice, PyType};

use crate::accounts::Accounts;
use crate::decision::Decision;
use crate::input::{Text, argument, beginning, named, strings};
use crate::pickle::{self, Pickled};
use crate::values::PasswordPolicy;
use crate::{arrow, errors, html, report, sequence};

pub(crate) use change::Change;
use change::Changes;
pub(crate) use conflict::Conflict;
pub(crate) use entry::PlanEntry;
pub(crate) use planner::plan;
pub(crate) use statement::Statement;

/// The changes that make the accounts of a school match a roster, as a sequence of Change. The changes are sorted by
/// kind, then by username. Nothing changes until you call apply().
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

    fn of_kind(slf: &Bound<'_, Self>, kind: ChangeKind) -> Vec<Change> {
        let indices = slf.get().0.changes().enumerate().filter(|(_, change)| change.kind() == kind);
        indices.filter_map(|(index, _)| Change::at(slf, index)).collect()
    }
}

#[pymethods]
impl Plan {
    /// The new accounts.
    #[getter]
    fn joiners(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Join)
    }

    /// The accounts of leavers. The plan deactivates these accounts or, in a grace period, sets their last day.
    #[getter]
    fn leavers(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Leave)
    }

    /// The accounts of students who had left and are in the roster again. The plan makes these accounts active.
    #[getter]
    fn returners(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Return)
    }

    /// The accounts that get a new source id for the same student.
    #[getter]
    fn relinks(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Relink)
    }

    /// The accounts that get a new username, because a person decided so or because you overrode the guard
    /// usernames-changed.
    #[getter]
    fn renames(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Rename)
    }

    /// The students who change class or year group.
    #[getter]
    fn movers(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Move)
    }

    /// The accounts that change only in other fields, such as gender.
    #[getter]
    fn updates(slf: &Bound<'_, Self>) -> Vec<Change> {
        Self::of_kind(slf, ChangeKind::Update)
    }

    /// The uncertain matches. The plan does not change their accounts, except with the reason 'username-taken' or
    /// 'upn-shared'.
    #[getter]
    fn conflicts(&self) -> Vec<Conflict> {
        self.0.conflicts().iter().cloned().map(Conflict).collect()
    }

    /// Leavers and joiners who are perhaps the same student, as pairs of the account and the student. The plan treats
    /// them as two people until a person decides.
    #[getter]
    fn near(&self) -> Vec<(PlanEntry, PlanEntry)> {
        self.0.near().iter().map(|pair| (PlanEntry(pair.account.clone()), PlanEntry(pair.student.clone()))).collect()
    }

    /// The decisions that you passed to `plan`, each with its outcome: 'applied', 'not-found', 'contradicted',
    /// 'username-taken' or 'username-refused'.
    #[getter]
    fn decisions(&self) -> Vec<(Decision, &'static str)> {
        self.0.decisions().iter().map(|made| (Decision(made.decision.clone()), made.outcome.as_str())).collect()
    }

    /// The students who were left out only because their username is that of an erased student. Check these students,
    /// because a child who joins later can have the same name as an erased student.
    #[getter]
    fn erased_by_username(&self) -> Vec<PlanEntry> {
        self.0.erased_by_username().iter().cloned().map(PlanEntry).collect()
    }

    /// The school's id, if known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// Pairs of usernames: one that an account keeps, and the different one in the roster.
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

    /// Joiners who are perhaps staff: their name begins with a title, such as Mr, and their year group is not a school
    /// year.
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

    /// Returns the plan as statements for your database. Each statement changes one row. The order of the statements
    /// never violates unique indexes on username and source id: if two rows swap usernames, one first gets a temporary
    /// username. Run all statements in one transaction. Do not put a unique index on the UPN. Two students can have the
    /// same UPN by mistake. A text that is not a UPN, such as 'TBC', can occur many times.
    fn statements(&self, py: Python<'_>) -> PyResult<Vec<Statement>> {
        let of = |statement: &onroll::plan::Statement<'_>| Statement::of(py, statement, self.0.ethnicities());
        self.0.statements().iter().map(of).collect()
    }

    /// Returns the changes as dicts, without passwords. The keys are kind, host_id, username (before the plan),
    /// source_id, upn, full_name, year_group, class_name, old_year_group and old_class_name (if they change), changed
    /// (the names of the changed fields) and new_password.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        dicts::to_dicts(py, &self.0)
    }

    /// Returns the changes as a pandas DataFrame with the columns of to_dicts. pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("pandas")?.call_method1("DataFrame", (self.to_dicts(py)?,))
    }

    /// Returns the changes as an Arrow stream, for polars.DataFrame(plan). It has the columns of to_dicts. The field
    /// names in `changed` are one text, separated by commas. A requested schema is ignored.
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
        let sentence = format!("{}. diff() lists the students.", self.0.summary_in_words());
        html::counted(&sentence, ["Change", "Students"], &counts)
    }

    /// Returns the plan as text for the person who approves it, with names and with old and new values. If three or
    /// more students change in the same way, they share a line.
    fn diff(&self) -> String {
        self.0.diff()
    }

    /// Returns new Accounts with the plan applied. The accounts that you pass stay unchanged. Raises PlanError if the
    /// plan was made for other accounts, or if anything except passwords has changed in the accounts since then. Also
    /// raises PlanError if the plan was stored without its new passwords, unless you pass one of these arguments:
    ///
    /// passwords: a PasswordPolicy for the missing passwords.
    /// without_passwords: apply the plan without the missing passwords. Use this option if you store only hashes.
    #[pyo3(signature = (accounts, *, passwords=None, without_passwords=false))]
    fn apply(
        &self,
        accounts: &Bound<'_, PyAny>,
        passwords: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::without_passwords)] without_passwords: bool,
    ) -> PyResult<Accounts> {
        let py = accounts.py();
        let policy = passwords.map(|passwords| PasswordPolicy::or_default(Some(passwords))).transpose()?;
        let accounts = Accounts::of(accounts)?;
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
        let accounts = Accounts::of(accounts)?;
        let reversed = crate::ending::detach(py, || self.0.reverse(accounts.as_ref().clone()));
        reversed.map(Accounts::new).map_err(|error| errors::of_plan(py, &error))
    }

    /// Returns the plan without the changes of these kinds and for these usernames. `left_out` of the new plan lists
    /// the changes that were left out. Raises PlanError with code 'plan-no-such-change' if a username has no change in
    /// the plan. Raises PlanError with code 'plan-part-breaks' and .usernames if remaining changes depend on changes
    /// that would be left out.
    #[pyo3(signature = (*, kinds=None, usernames=None), text_signature = "($self, *, kinds=(), usernames=())")]
    fn without(
        &self,
        py: Python<'_>,
        kinds: Option<&Bound<'_, PyAny>>,
        usernames: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let kinds = strings("kinds", kinds)?.into_iter().map(|kind| {
            kind.parse::<ChangeKind>().map_err(|_| {
                let all = ChangeKind::ALL.map(ChangeKind::as_str).join(", ");
                let message = format!("kinds must name kinds of changes ({all}), not '{}'", beginning(&kind));
                PyValueError::new_err(message)
            })
        });
        let kinds = kinds.collect::<PyResult<Vec<_>>>()?;
        let usernames = strings("usernames", usernames)?;
        let part = self.0.without(kinds, usernames.iter().map(String::as_str));
        part.map(Self::new).map_err(|error| errors::of_plan(py, &error))
    }

    /// Returns the plan as JSON, to store and approve. It contains the new passwords only with passwords=True. Without
    /// passwords, apply() needs `passwords` or `without_passwords`.
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
            return sequence::slice(range, len, |index| Change::at(slf, index));
        }
        let found = sequence::index(argument("index", "an int or a slice", index)?, len)?;
        Ok(Change::at(slf, found).into_pyobject(index.py())?.into_any())
    }

    fn __iter__(slf: &Bound<'_, Self>) -> Changes {
        Changes::of(slf)
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

    /// Pickles the plan. Its passwords are included only inside `with pickling_passwords():`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let kept = slf.get().to_json(slf.py(), pickle::pickles_passwords(slf.py())?);
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}
