//! The Python class `Detected`, the result of `detect` for a file, and the table that a notebook shows for it
//! (`_repr_html_`).

use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};

use super::column::{DetectedColumn, IgnoredColumn};
use super::question::Question;
use super::value::{DetectedValue, DetectedValues};
use crate::html;
use crate::input::{Text, named};
use crate::mapping::{Mapping, refused};
use crate::pickle::Pickled;

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
pub(crate) struct Detected(pub(super) onroll::Detected);

#[pymethods]
impl Detected {
    /// The mapping, which contains only the certain decisions.
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
        let column = |column: &onroll::mapping::DetectedColumn| DetectedColumn {
            target: column.target.key().to_owned(),
            sources: column.sources.clone(),
            certainty: column.certainty.to_string(),
            reason: column.reason.clone(),
            examples: column.examples.clone(),
        };
        self.0.columns().iter().map(column).collect()
    }

    /// The columns that are not read, in file order, each with the reason.
    #[getter]
    fn ignored(&self) -> Vec<IgnoredColumn> {
        let ignored = |ignored: &onroll::mapping::Ignored| IgnoredColumn {
            heading: ignored.heading.clone(),
            index: ignored.index,
            reason: ignored.reason.clone(),
        };
        self.0.ignored().iter().map(ignored).collect()
    }

    /// The distinct values in each coded column, with their meanings and the certainty of each meaning.
    #[getter]
    fn values(&self, py: Python<'_>) -> PyResult<Vec<DetectedValues>> {
        let value = |value: &onroll::mapping::DetectedValue| DetectedValue {
            value: value.value.clone(),
            count: value.count,
            read_as: value.read_as.clone(),
            certainty: value.certainty.to_string(),
        };
        let values = |values: &onroll::mapping::DetectedValues| {
            let each = values.values.iter().map(|one| Py::new(py, value(one))).collect::<PyResult<Vec<_>>>()?;
            let (target, sources) = (values.target.key().to_owned(), values.sources.clone());
            Ok(DetectedValues { target, sources, values: PyList::new(py, each)?.unbind() })
        };
        self.0.values().iter().map(values).collect()
    }

    /// The questions for a person, the most important first.
    #[getter]
    fn questions(&self) -> Vec<Question> {
        let question = |question: &onroll::mapping::Question| Question {
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
