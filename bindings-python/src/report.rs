//! Reports and their problems.

use std::path::Path;
use std::sync::Arc;

use onroll::{AccountError, ProblemCode, ReadError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyDict, PyTuple, PyType};

use crate::arrow;
use crate::errors::{of_io, raise};
use crate::input::{Output, Text, named, no_choice};
use crate::values::Pickled;

/// What a read failed with; of a path, with its name.
pub(crate) fn of_read(py: Python<'_>, error: ReadError, path: Option<&Path>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        ReadError::Rejected(report) => raise(py, "RosterError", (message, code, Report::new(report))),
        ReadError::Io(error) => of_io(error, path),
        _ => raise(py, "OnrollError", (message, code)),
    }
}

/// What accounts could not be made or changed for.
pub(crate) fn of_account(py: Python<'_>, error: AccountError, path: Option<&Path>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        AccountError::Io(error) => of_io(error, path),
        AccountError::NotFound => raise(py, "AccountNotFound", (message, code)),
        AccountError::Rejected(report) => raise(py, "AccountError", (message, code, Report::new(report))),
        _ => raise(py, "AccountError", (message, code)),
    }
}

/// Everything that is wrong with an input, in the order of the file, and the fixes made while reading it.
///
/// str(report) is for logs and shows no cell value; text() is for the person who uploaded the file.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Report {
    report: Arc<onroll::Report>,
    problems: PyOnceLock<Py<PyTuple>>,
    fixed: PyOnceLock<Py<PyTuple>>,
    written: bool,
}

/// One thing wrong: what, where, how bad, and the fix. str(problem) shows no cell value.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Problem {
    report: Arc<onroll::Report>,
    fixed: bool,
    place: usize,
}

impl Report {
    pub(crate) fn new(report: onroll::Report) -> Self {
        Self::shared(Arc::new(report))
    }

    fn shared(report: Arc<onroll::Report>) -> Self {
        Self { report, problems: PyOnceLock::new(), fixed: PyOnceLock::new(), written: false }
    }

    /// Of fix_csv, whether it wrote.
    pub(crate) fn written(self, written: bool) -> Self {
        Self { written, ..self }
    }

    fn tuple<'py>(&self, py: Python<'py>, fixed: bool) -> PyResult<&Bound<'py, PyTuple>> {
        let (cell, count) = match fixed {
            true => (&self.fixed, self.report.fixed().len()),
            false => (&self.problems, self.report.problems().len()),
        };
        let made = cell.get_or_try_init(py, || {
            let problem = |place| Problem { report: Arc::clone(&self.report), fixed, place };
            Ok::<_, PyErr>(
                PyTuple::new(py, (0..count).map(problem).map(|p| Py::new(py, p)).collect::<PyResult<Vec<_>>>()?)?
                    .unbind(),
            )
        })?;
        Ok(made.bind(py))
    }

    fn of_severity<'py>(&self, py: Python<'py>, error: bool) -> PyResult<Bound<'py, PyTuple>> {
        let all = self.tuple(py, false)?;
        let wanted = self.report.problems().iter().zip(all.iter());
        let wanted = wanted.filter(|(p, _)| (p.severity() == onroll::Severity::Error) == error);
        PyTuple::new(py, wanted.map(|(_, object)| object).collect::<Vec<_>>())
    }
}

#[pymethods]
impl Report {
    /// What stands, errors and warnings, in the order of the file; at most as many as the limit lists.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.tuple(py, false).cloned()
    }

    /// What was fixed while reading.
    #[getter]
    fn fixed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.tuple(py, true).cloned()
    }

    /// The errors among the problems.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, true)
    }

    /// The warnings among the problems.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, false)
    }

    /// Whether no error stands.
    #[getter]
    fn ok(&self) -> bool {
        self.report.ok()
    }

    /// Whether a corrected file can be written: the rows can be told apart with certainty.
    #[getter]
    fn correctable(&self) -> bool {
        self.report.correctable()
    }

    /// Of fix_csv, whether the corrected file was written; of all else, False.
    #[getter(written)]
    fn was_written(&self) -> bool {
        self.written
    }

    /// How many errors there are, listed or not.
    #[getter]
    fn error_count(&self) -> u64 {
        self.report.error_count()
    }

    /// How many warnings there are, listed or not.
    #[getter]
    fn warning_count(&self) -> u64 {
        self.report.warning_count()
    }

    /// How many problems were fixed, listed or not.
    #[getter]
    fn fixed_count(&self) -> u64 {
        self.report.fixed_count()
    }

    /// How many of the problems have a safe fix.
    #[getter]
    fn fixable_count(&self) -> u64 {
        self.report.fixable_count()
    }

    /// How many rows with students were read.
    #[getter]
    fn rows(&self) -> u64 {
        self.report.rows()
    }

    /// How many blank rows were left out.
    #[getter]
    fn blank_rows(&self) -> u64 {
        self.report.blank_rows()
    }

    /// How many problems of a code stand, listed or not. ValueError if there is no such code.
    fn count_of(&self, #[pyo3(from_py_with = named::code)] code: Text) -> PyResult<u64> {
        let known = ProblemCode::ALL.iter().find(|known| known.as_str() == &*code);
        let all = || ProblemCode::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
        known.map(|code| self.report.count_of(*code)).ok_or_else(|| no_choice("code", &all(), &code))
    }

    /// Returns the number of problems by code, listed or not.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for code in ProblemCode::ALL.iter().filter(|code| self.report.count_of(**code) > 0) {
            counts.set_item(code.as_str(), self.report.count_of(*code))?;
        }
        Ok(counts)
    }

    /// The report for the person who uploaded the file: it shows what is in the cells.
    fn text(&self) -> String {
        self.report.text()
    }

    /// The report as JSON, without what is in the cells; with them, which are personal data, only if asked for.
    #[pyo3(signature = (values=false))]
    fn to_json(&self, #[pyo3(from_py_with = named::values)] values: bool) -> String {
        self.report.to_json(values)
    }

    /// Returns the problems as dicts with the keys of to_json: code, severity, row, line, record, column, byte, value, message, fix and safe.
    ///
    /// values: show what is in the cells, which is personal data; without them `value` and `fix` are None, and no message shows any.
    #[pyo3(signature = (values=false))]
    fn to_dicts<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::values)] values: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.report.to_json(values),))?.get_item("problems")
    }

    /// Returns the problems as an Arrow stream without the values, for polars.DataFrame(report). With the values, use
    /// polars.DataFrame(report.to_dicts(values=True)). A requested schema is ignored.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        arrow::problems(py, self.report.problems())
    }

    /// Returns the report as HTML for a notebook, without the values.
    fn _repr_html_(&self) -> String {
        let mut html = String::from("<p>");
        let (errors, warnings, fixed) =
            (self.report.error_count(), self.report.warning_count(), self.report.fixed_count());
        html.push_str(&format!(
            "{errors} errors, {warnings} warnings, {fixed} put right. text() shows the values.</p>"
        ));
        let problems = self.report.problems();
        if problems.is_empty() {
            return html;
        }
        html.push_str("<table><thead><tr><th>Row</th><th>Column</th><th>Problem</th><th>Code</th></tr></thead><tbody>");
        for problem in problems.iter().take(MOST_SHOWN) {
            let row = problem.row().map(|row| row.to_string()).unwrap_or_default();
            let column = problem.column().map(|column| column.heading()).unwrap_or_default();
            let cells = [row, column.to_owned(), problem.to_string(), problem.code().to_string()];
            html.push_str("<tr>");
            for cell in cells {
                html.push_str(&format!("<td>{}</td>", escaped(&cell)));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        if problems.len() > MOST_SHOWN {
            html.push_str(&format!("<p>… and {} more</p>", problems.len() - MOST_SHOWN));
        }
        html
    }

    /// Writes the problems as CSV for a spreadsheet, with values, to a path or a binary file.
    fn write_csv(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let save = |path: &std::path::Path| {
            let mut bytes = Vec::new();
            self.report.write_csv(&mut bytes)?;
            onroll::save_file(path, bytes)
        };
        Output::of("dest", dest)?.write(dest.py(), save, |to| self.report.write_csv(to))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().report == self.report)
    }

    fn __str__(&self) -> String {
        self.report.to_string()
    }

    fn __repr__(&self) -> String {
        let fixed = self.report.fixed_count();
        let (errors, warnings) = (self.report.error_count(), self.report.warning_count());
        format!("<onroll.Report: {errors} errors, {warnings} warnings, {fixed} fixed>")
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str, written: bool) -> PyResult<Self> {
        let report = serde_json::from_str(kept);
        report
            .map(|report| Self::new(report).written(written))
            .map_err(|_| PyValueError::new_err("this is no pickled report of this version"))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, bool)> {
        // Strings and numbers always serialize.
        let kept = serde_json::to_string(&slf.get().report.with_values()).unwrap_or_default();
        Ok((slf.get_type().getattr("_restore")?, (kept, slf.get().written)))
    }
}

/// So many problems a notebook shows.
const MOST_SHOWN: usize = 100;

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#x27;")
}

impl Problem {
    fn problem(&self) -> Option<&onroll::Problem> {
        if self.fixed { self.report.fixed().get(self.place) } else { self.report.problems().get(self.place) }
    }
}

#[pymethods]
impl Problem {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("code", "row", "column")
    }

    /// The code, in kebab-case.
    #[getter]
    fn code(&self) -> Option<&'static str> {
        self.problem().map(|p| p.code().as_str())
    }

    /// 'error' or 'warning'.
    #[getter]
    fn severity(&self) -> Option<&'static str> {
        self.problem().map(|p| p.severity().as_str())
    }

    /// The row as a spreadsheet numbers it (the heading row is 1), if the problem is in one.
    #[getter]
    fn row(&self) -> Option<u64> {
        self.problem()?.row()
    }

    /// The line of the file, counted from 1, if the problem is on one.
    #[getter]
    fn line(&self) -> Option<u64> {
        self.problem()?.line()
    }

    /// The offset in the file, in bytes, if the problem is at one.
    #[getter]
    fn byte(&self) -> Option<u64> {
        self.problem()?.byte()
    }

    /// Which of the rows given as data, counted from 0, if the problem is in one.
    #[getter]
    fn record(&self) -> Option<usize> {
        self.problem()?.record()
    }

    /// The heading of the column, if the problem is in one.
    #[getter]
    fn column(&self) -> Option<&'static str> {
        self.problem()?.column().map(|column| column.heading())
    }

    /// What was found there, cut after 200 characters: personal data.
    #[getter]
    fn value(&self) -> Option<&str> {
        self.problem()?.value()
    }

    /// What to write instead, where there is an answer: personal data.
    #[getter]
    fn fix(&self) -> Option<&str> {
        self.problem()?.fix().map(|fix| fix.text())
    }

    /// Whether the fix is the one right answer, which fix=True applies; otherwise it is a suggestion.
    #[getter]
    fn safe(&self) -> bool {
        self.problem().is_some_and(onroll::Problem::is_safe)
    }

    /// The problem as told to the person who uploaded the file: personal data.
    #[getter]
    fn message(&self) -> String {
        self.problem().map(onroll::Problem::message).unwrap_or_default()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().problem() == self.problem())
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.__str__().hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.problem().map(ToString::to_string).unwrap_or_default()
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Problem {}: {}>", self.code().unwrap_or_default(), self.__str__())
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, report: &Bound<'_, Report>, fixed: bool, place: usize) -> Self {
        Self { report: Arc::clone(&report.get().report), fixed, place }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Report, bool, usize)> {
        let own = slf.get();
        let report = Report::shared(Arc::clone(&own.report));
        Ok((slf.get_type().getattr("_restore")?, (report, own.fixed, own.place)))
    }
}
