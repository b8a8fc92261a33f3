//! The Python class `Statement`, one statement for your database.

use onroll::plan::StatementKind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::field_value::field_value;
use crate::pickle::Pickled;
use crate::values::Password;

/// One statement for your database, which inserts one row or updates fields in one row. Its repr shows none of its
/// data.
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
    pub(super) fn of(
        py: Python<'_>,
        statement: &onroll::plan::Statement<'_>,
        codes: &onroll::values::Ethnicities,
    ) -> PyResult<Self> {
        let set = PyDict::new(py);
        for (name, value) in statement.set() {
            set.set_item(name, field_value(py, name, value, codes)?)?;
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

    /// Your own id for the account, with which you find its row. None for an insert, or if you gave no id.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.host_id.as_deref()
    }

    /// The username that the row has when this statement runs. For an insert, the username of the new row.
    #[getter]
    fn username(&self) -> &str {
        &self.username
    }

    /// The fields to set, by name. An insert sets all fields except a missing upi. An update sets only the changed
    /// fields. Flags and `active` are bools, an ethnicity is a code, and an unknown id is None.
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

    /// Whether this statement only frees a username or an id for another row. A later statement sets the final username
    /// and ids of this row.
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

    /// Pickles the statement. Its password is included only inside `with pickling_passwords():`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, Bound<'py, PyTuple>> {
        Ok((slf.get_type().getattr("_restore")?, Self::parts(slf)?))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Statement: {}>", self.kind)
    }
}
