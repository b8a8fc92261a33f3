//! The Python class `Mapping`, which says how to read an export with any columns, and its errors. `core/src/mapping`
//! applies it.

use onroll::mapping::{MappingError, Target};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::errors::raise;
use crate::input::{Text, argument, named, no_choice, wrong};
use crate::pickle::Pickled;

/// The rules that say from which columns of a school's own export each field is read. Let a person check and correct
/// the mapping, and store it for the school. The next file of the school can then be read without questions.
///
/// columns: a dict from targets to their sources. The targets are full_name, username, year_group, class_name, gender,
/// pupil_premium, ethnicity, send, eal, upn, source_id and email. A source is a heading, a list of headings, or a dict.
/// A list can contain lists: each inner list stands for the first of its headings that has a value in the row. A dict
/// has one of three forms: the keys "columns", "join" and "surname_first", only the key "constant", or only "same_as".
/// By default, texts from several columns are joined with a space. A flag is yes if any of its columns is yes.
/// values: a dict from targets to dicts, which map values in the file to their meanings.
/// sheet: the name of the sheet to read in a workbook.
///
/// Raises MappingError if the mapping cannot be used.
///
/// >>> mapping = onroll.Mapping(
/// ...     {"full_name": ["Forename", "Surname"], "year_group": "Year", "class_name": "Reg", "gender": "Sex"},
/// ...     values={"gender": {"U": "Non-Binary"}},
/// ... )
/// >>> csv = b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,Year 5,5A,U\n"
/// >>> onroll.read_csv(csv, mapping=mapping)[0].full_name
/// 'Amy Lee'
/// >>> mapping.columns["year_group"], mapping.values["gender"], mapping.headings, mapping.sheet
/// ('Year', {'U': 'Non-Binary'}, [], None)
/// >>> onroll.Mapping.from_json(mapping.to_json()).fingerprint == mapping.fingerprint
/// True
#[pyclass(frozen, module = "onroll")]
#[derive(Clone)]
pub(crate) struct Mapping(pub(crate) onroll::Mapping);

/// Converts an error of reading a mapping to a Python exception.
pub(crate) fn refused(py: Python<'_>, error: &MappingError) -> PyErr {
    raise(py, "MappingError", (error.to_string(), error.code()))
}

#[pymethods]
impl Mapping {
    #[new]
    #[pyo3(signature = (columns, *, values=None, sheet=None))]
    fn new(
        columns: &Bound<'_, PyAny>,
        values: Option<&Bound<'_, PyAny>>,
        sheet: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = columns.py();
        let what = "a dict of str";
        let document = PyDict::new(py);
        for (name, object) in [("columns", Some(columns)), ("values", values)] {
            let Some(object) = object.filter(|object| !object.is_none()) else { continue };
            let given: &Bound<'_, PyDict> = object.cast().map_err(|_| wrong(name, what, object))?;
            for target in given.keys() {
                let target: Text = argument(name, "a dict with str keys", &target)?;
                target
                    .parse::<Target>()
                    .map_err(|_| no_choice(&format!("a key of {name}"), &Target::ALL.map(Target::key), &target))?;
            }
            document.set_item(name, given)?;
        }
        if let Some(sheet) = sheet.filter(|sheet| !sheet.is_none()) {
            document.set_item("sheet", &*argument::<Text>("sheet", "a str or None", sheet)?)?;
        }
        let json =
            py.import("json")?.call_method1("dumps", (document,)).map_err(|_| wrong("columns", what, columns))?;
        Self::read(py, json.cast::<PyString>()?.to_str()?)
    }

    /// Reads a mapping from its JSON. Raises MappingError if the mapping cannot be used.
    #[staticmethod]
    #[pyo3(signature = (text))]
    fn from_json(py: Python<'_>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        Self::read(py, &text)
    }

    /// Returns the mapping as JSON with camelCase keys. The Rust, Python and Node packages read the same JSON.
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// The source of each target, as in the constructor.
    #[getter]
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let columns = PyDict::new(py);
        let document = py.import("json")?.call_method1("loads", (self.0.to_json(),))?;
        for (target, source) in document.get_item("columns")?.cast::<PyDict>()? {
            let source = match source.cast::<PyDict>() {
                Ok(object) => snake(object)?.into_any(),
                Err(_) => source,
            };
            columns.set_item(key(&target)?, source)?;
        }
        Ok(columns.into_any())
    }

    /// The meanings of values in the file: for each target, a dict from a value to its meaning.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = PyDict::new(py);
        for (target, found, value) in self.0.values() {
            let of = match values.get_item(target.key())? {
                Some(of) => of.cast_into()?,
                None => PyDict::new(py),
            };
            of.set_item(found, value)?;
            values.set_item(target.key(), of)?;
        }
        Ok(values)
    }

    /// The headings of the file in which the mapping was detected. The list is empty if the mapping was written by
    /// hand.
    #[getter]
    fn headings(&self) -> Vec<String> {
        self.0.headings().to_vec()
    }

    /// The name of the sheet to read, if one is set.
    #[getter]
    fn sheet(&self) -> Option<&str> {
        self.0.sheet()
    }

    /// A fingerprint of `headings`, which does not depend on the order of the headings. If you store several mappings
    /// for one school, you can use the fingerprint of each mapping as its key.
    #[getter]
    fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        let targets: Vec<&str> = self.0.columns().map(|(target, _)| target.key()).collect();
        format!("Mapping({})", targets.join(", "))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().0.to_json(),)))
    }
}

impl Mapping {
    fn read(py: Python<'_>, text: &str) -> PyResult<Self> {
        onroll::Mapping::from_json(text).map(Self).map_err(|error| refused(py, &error))
    }
}

/// Returns the Python name of a target.
fn key(target: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    let json: Text = argument("target", "a str", target)?;
    json.parse::<Target>().map(Target::key).map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}

/// Returns a source with its keys in snake_case.
fn snake<'py>(object: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let source = PyDict::new(object.py());
    for (name, value) in object {
        let name: Text = argument("source", "a str", &name)?;
        match &*name {
            "surnameFirst" => source.set_item("surname_first", value)?,
            "sameAs" => source.set_item("same_as", key(&value)?)?,
            name => source.set_item(name, value)?,
        }
    }
    Ok(source)
}
