//! The Python class `Change`, all changes to one account, and the iterator over the changes of a plan.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use super::Plan;
use super::field_value::field_value;
use crate::accounts::Account;
use crate::pickle::{self, Pickled};
use crate::values::Password;

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
    index: usize,
}

impl Change {
    /// Returns the change at this index, if the plan has one.
    pub(super) fn at(plan: &Bound<'_, Plan>, index: usize) -> Option<Self> {
        (index < plan.get().0.len()).then(|| Self { plan: plan.clone().unbind(), index })
    }

    fn change(&self) -> onroll::plan::Change<'_> {
        // A `Change` is made only with an index that the plan has, and the plan never changes.
        self.plan.get().0.at(self.index).expect("an index in the plan")
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

    /// The account as it is after the plan. It has a password only if the change sets a new password.
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
            let value = |value| field_value(py, field.name(), &value, self.plan.get().0.ethnicities());
            fields.set_item(field.name(), (value(field.old())?, value(field.new_value())?))?;
        }
        Ok(fields)
    }

    /// Whether the account gets a new password. Joiners get a new password. So does a returning leaver who is matched
    /// only by name or username, because the old password may belong to another child. The value is False for students
    /// who sign in without a password from onroll.
    #[getter]
    fn new_password(&self) -> bool {
        self.change().new_password()
    }

    /// The new password. None if the change sets no password, or if the plan was read from JSON without passwords.
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
    fn _restore(_class: &Bound<'_, PyType>, plan: &Bound<'_, Plan>, index: usize) -> PyResult<Self> {
        Self::at(plan, index).ok_or_else(pickle::damaged)
    }

    /// Pickles the change with its plan. Passwords are included only inside `with pickling_passwords():`. Changes that
    /// you pickle together share one pickled plan.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Py<Plan>, usize)> {
        let own = slf.get();
        Ok((slf.get_type().getattr("_restore")?, (own.plan.clone_ref(slf.py()), own.index)))
    }

    /// Returns the change itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }
}

/// Iterates over the changes of a plan.
#[pyclass(module = "onroll")]
pub(crate) struct Changes {
    plan: Py<Plan>,
    next: usize,
}

impl Changes {
    pub(super) fn of(plan: &Bound<'_, Plan>) -> Self {
        Self { plan: plan.clone().unbind(), next: 0 }
    }
}

#[pymethods]
impl Changes {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<Change> {
        let index = self.next;
        self.next += 1;
        Change::at(self.plan.bind(py), index)
    }
}
