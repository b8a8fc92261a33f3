//! The Python classes `Mapping` and `Detected`, which read an export with any columns.

use onroll::{MappingError, Target, Vocabulary};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::errors::raise;
use crate::html;
use crate::input::{Text, argument, named, no_choice, wrong};
use crate::values::Pickled;

/// A mapping says how to read the nine columns from a school's own export. Let a person check and correct it, and store
/// it for the school. The next file of the school can then be read without questions.
///
/// columns: a dict from targets to their sources. The targets are full_name, username, year_group, class_name, gender,
/// pupil_premium, ethnicity, send, eal, upn, source_id and email. A source is a heading, a list of headings, or a dict.
/// In a list, an inner list means the first of its headings that has a value. A dict has the keys columns, join and
/// surname_first, or the key constant, or the key same_as. Text parts are joined with a space. A flag is yes if any
/// part is yes.
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

fn refused(py: Python<'_>, error: &MappingError) -> PyErr {
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

    /// For each target, the meanings of values in the file.
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

    /// The headings of the file in which the mapping was detected. Empty if the mapping was written by hand.
    #[getter]
    fn headings(&self) -> Vec<String> {
        self.0.headings().to_vec()
    }

    /// The name of the sheet to read, if one is set.
    #[getter]
    fn sheet(&self) -> Option<&str> {
        self.0.sheet()
    }

    /// A fingerprint of `headings`, which does not depend on their order. If you store several mappings for one school,
    /// you can use it as their key.
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

/// Reads a dictionary from headings to targets.
pub(crate) fn vocabulary(object: &Bound<'_, PyAny>) -> PyResult<Vocabulary> {
    let given: &Bound<'_, PyDict> = object.cast().map_err(|_| wrong("vocabulary", "a dict of str", object))?;
    given.iter().try_fold(Vocabulary::default(), |vocabulary, (heading, target)| {
        let heading: Text = argument("vocabulary", "a dict with str keys", &heading)?;
        let target: Text = argument("vocabulary", "a dict with str values", &target)?;
        let known =
            target.parse().map_err(|_| no_choice("a target of vocabulary", &Target::ALL.map(Target::key), &target))?;
        Ok(vocabulary.with(&heading, known))
    })
}

/// The result of `detect` for a file: the mapping with all certain columns, the certainty of each decision, and the
/// questions for a person.
///
/// >>> detected = onroll.detect("export.csv")
/// >>> detected.certain, detected.heading_row, detected.rows
/// (True, 4, 240)
/// >>> for question in detected.questions:
/// ...     answer = input(question.text)  # or a form
/// >>> len(detected.columns) > 8, len(detected.ignored) > 0, len(detected.values) > 3
/// (True, True, True)
/// >>> print(detected.text().splitlines()[0])
/// Column             Read from                                            How sure  Examples
/// >>> roster = onroll.read_csv("export.csv", mapping=detected.mapping, fix=True)
/// >>> onroll.Detected.from_json(detected.to_json()) == detected  # store it until a person has answered
/// True
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Detected(pub(crate) onroll::Detected);

/// The columns of an export that supply one of onroll's fields, and how certain that is.
///
/// >>> name = onroll.detect("export.csv").columns[0]
/// >>> name.target, name.sources, name.certainty
/// ('full_name', ['Preferred Forename', 'Legal Forename', 'Legal Surname'], 'safe')
/// >>> len(name.examples), bool(name.reason)
/// (3, True)
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedColumn {
    /// The target, such as 'full_name'.
    target: String,
    /// The headings of the columns from which the target is read.
    sources: Vec<String>,
    /// 'exact', 'safe', 'guess' or 'unknown'. A guess is not in the mapping.
    certainty: String,
    /// Why the target is read from these columns, in words for a person.
    reason: String,
    /// Up to three example values. They are personal data.
    examples: Vec<String>,
}

/// A column of the file that is not read.
///
/// >>> ignored = onroll.detect(b"Forename,Surname,Year,Reg,Sex,House\nAmy,Lee,5,5A,F,Red\n").ignored[0]
/// >>> ignored.heading, ignored.index, ignored.reason
/// ('House', 5, "'House': a house is not a class")
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct IgnoredColumn {
    /// The heading. Blank if the column has none.
    heading: String,
    /// The column's index in the row, from 0.
    index: usize,
    /// Why the column is not read, in words for a person.
    reason: String,
}

/// The values in a coded column.
///
/// >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,F\n").values
/// >>> gender.target, gender.sources, [value.read_as for value in gender.values]
/// ('gender', ['Sex'], ['Female'])
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedValues {
    /// The target, such as 'gender'.
    target: String,
    /// The headings of the columns from which the target is read.
    sources: Vec<String>,
    /// Each distinct value, the most frequent first.
    values: Py<PyList>,
}

/// One distinct value in a column.
///
/// >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,F\n").values
/// >>> [value] = gender.values
/// >>> value.value, value.count, value.read_as, value.certainty
/// ('F', 1, 'Female', 'safe')
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedValue {
    /// The value in the file. Empty for a blank value.
    value: String,
    /// The number of rows with this value.
    count: u64,
    /// The meaning of the value, if it is known or guessed.
    read_as: Option<String>,
    /// 'exact', 'safe', 'guess' or 'unknown'.
    certainty: String,
}

/// A question for a person.
///
/// >>> [question] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,U\n").questions
/// >>> question.kind, question.target, question.value
/// ('value', 'gender', 'U')
/// >>> question.text, question.choices
/// ("What does 'U' under 'Sex' (1 row) stand for?", ['Male', 'Female', 'Non-Binary'])
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct Question {
    /// The kind of question: 'no-headings', 'missing-column', 'which-column', 'confirm-column', 'value', 'changed' or
    /// 'which-sheet'.
    kind: String,
    /// The target that the question is about, if any.
    target: Option<String>,
    /// Likely answers, which are headings or values.
    choices: Vec<String>,
    /// The value that the question is about, if any.
    value: Option<String>,
    /// The question in words.
    text: String,
}

macro_rules! records {
    ($($class:ident shows $shown:ident of ($($field:ident: $kind:ty),*);)*) => {$(
        #[pymethods]
        impl $class {
            fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
                Ok(other.is_instance_of::<Self>() && {
                    let fields = [$(stringify!($field)),*];
                    parts(slf, &fields)?.eq(parts(other, &fields)?)?
                })
            }

            fn __repr__(&self) -> String {
                format!("{}({:?})", stringify!($class), self.$shown)
            }

            #[classmethod]
            fn _restore(_class: &Bound<'_, PyType>, $($field: $kind),*) -> Self {
                Self { $($field),* }
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, Bound<'py, PyTuple>> {
                Ok((slf.get_type().getattr("_restore")?, parts(slf, &[$(stringify!($field)),*])?))
            }
        }
    )*};
}

/// Returns the fields of a record, in order.
fn parts<'py>(record: &Bound<'py, PyAny>, fields: &[&str]) -> PyResult<Bound<'py, PyTuple>> {
    let fields = fields.iter().map(|field| record.getattr(*field)).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(record.py(), fields)
}

records! {
    DetectedColumn shows target of (target: String, sources: Vec<String>, certainty: String, reason: String, examples: Vec<String>);
    IgnoredColumn shows heading of (heading: String, index: usize, reason: String);
    DetectedValues shows target of (target: String, sources: Vec<String>, values: Py<PyList>);
    DetectedValue shows count of (value: String, count: u64, read_as: Option<String>, certainty: String);
    Question shows kind of (kind: String, target: Option<String>, choices: Vec<String>, value: Option<String>, text: String);
}

#[pymethods]
impl Detected {
    /// The mapping, with only the certain decisions.
    #[getter]
    fn mapping(&self) -> Mapping {
        Mapping(self.0.mapping().clone())
    }

    /// Whether the mapping can read the file without asking a person.
    #[getter]
    fn certain(&self) -> bool {
        self.0.certain()
    }

    /// The columns from which each target is read, including guesses, in the order of the template.
    #[getter]
    fn columns(&self) -> Vec<DetectedColumn> {
        let column = |column: &onroll::DetectedColumn| DetectedColumn {
            target: column.target.key().to_owned(),
            sources: column.sources.clone(),
            certainty: column.certainty.to_string(),
            reason: column.reason.clone(),
            examples: column.examples.clone(),
        };
        self.0.columns().iter().map(column).collect()
    }

    /// The columns that are not read, in file order. Each has the reason.
    #[getter]
    fn ignored(&self) -> Vec<IgnoredColumn> {
        let ignored = |ignored: &onroll::Ignored| IgnoredColumn {
            heading: ignored.heading.clone(),
            index: ignored.index,
            reason: ignored.reason.clone(),
        };
        self.0.ignored().iter().map(ignored).collect()
    }

    /// The distinct values in each coded column, with their meanings and the certainty of each.
    #[getter]
    fn values(&self, py: Python<'_>) -> PyResult<Vec<DetectedValues>> {
        let value = |value: &onroll::DetectedValue| DetectedValue {
            value: value.value.clone(),
            count: value.count,
            read_as: value.read_as.clone(),
            certainty: value.certainty.to_string(),
        };
        let values = |values: &onroll::DetectedValues| {
            let each = values.values.iter().map(|one| Py::new(py, value(one))).collect::<PyResult<Vec<_>>>()?;
            let (target, sources) = (values.target.key().to_owned(), values.sources.clone());
            Ok(DetectedValues { target, sources, values: PyList::new(py, each)?.unbind() })
        };
        self.0.values().iter().map(values).collect()
    }

    /// The questions for a person, the most important first.
    #[getter]
    fn questions(&self) -> Vec<Question> {
        let question = |question: &onroll::Question| Question {
            kind: question.kind.to_string(),
            target: question.target.map(|target| target.key().to_owned()),
            choices: question.choices.clone(),
            value: question.value.clone(),
            text: question.text.clone(),
        };
        self.0.questions().iter().map(question).collect()
    }

    /// The number of the heading row, as in a spreadsheet. None if the file has no headings.
    #[getter]
    fn heading_row(&self) -> Option<u64> {
        self.0.heading_row()
    }

    /// The number of rows below the headings, not counting blank rows.
    #[getter]
    fn rows(&self) -> u64 {
        self.0.rows()
    }

    /// Returns the mapping as a text table that a person can check. It contains example values, which are personal
    /// data.
    fn text(&self) -> String {
        self.0.text()
    }

    /// Returns the result as JSON with camelCase keys. It contains examples and values, which are personal data.
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// Reads a result from JSON that to_json() wrote. Raises MappingError for any other text.
    #[classmethod]
    fn from_json(py_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        onroll::Detected::from_json(&text).map(Self).map_err(|error| refused(py_class.py(), &error))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json(),)))
    }

    /// Returns an HTML table for a notebook, which shows the columns of each target. Unlike text(), it shows no
    /// examples and no values.
    fn _repr_html_(&self) -> String {
        let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let asked = match self.0.questions().len() {
            0 => "nothing to decide".to_owned(),
            count => format!("{} for a person", counted(count, "question")),
        };
        let read = counted(self.0.columns().len(), "column");
        let mut html =
            format!("<p>{read} read, {} ignored, {asked}. text() shows examples.</p>", self.0.ignored().len());
        if self.0.columns().is_empty() {
            return html;
        }
        html.push_str("<table><thead><tr><th>Column</th><th>Read from</th><th>How sure</th></tr></thead><tbody>");
        for column in self.0.columns() {
            let [target, sources] = [column.target.heading(), &column.sources.join(" + ")].map(html::escaped);
            html.push_str(&format!("<tr><td>{target}</td><td>{sources}</td><td>{}</td></tr>", column.certainty));
        }
        html.push_str("</tbody></table>");
        html
    }

    fn __repr__(&self) -> String {
        format!("Detected(certain={})", if self.0.certain() { "True" } else { "False" })
    }
}
