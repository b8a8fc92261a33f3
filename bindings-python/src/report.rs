//! The Python class `Report`, with what a notebook shows for it. `to_dicts` takes its keys from
//! `core/src/report/json.rs`, and `report/problem.rs` has the class `Problem`.

mod exceptions;
mod problem;

use std::sync::Arc;

use onroll::ProblemCode;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyDict, PyTuple, PyType};

use crate::arrow;
use crate::html::escaped;
use crate::input::{Input, Output, Text, named, no_choice};
use crate::mark::marked;
use crate::pickle::{self, Pickled};

pub(crate) use exceptions::{of_account, of_read};
pub(crate) use problem::Problem;

/// All problems in an input, in file order, and the fixes made while reading it.
///
/// str(report) shows no values, and is for logs. text() shows values, and is for the person who uploaded the file.
///
/// >>> report = onroll.check_csv("uploaded.csv")
/// >>> report.ok, report.correctable, report.error_count > report.fixable_count
/// (False, False, True)
/// >>> report.rows, report.blank_rows, report.warning_count, report.fixed_count
/// (36, 1, 14, 0)
/// >>> report.counts["gender"] == report.count_of("gender")
/// True
/// >>> print(report.text().splitlines()[0])
/// The roster is refused: 41 errors in 36 students, 14 warnings. You must correct 25 of the errors, then import again. 17 problems can be put right for you: turn on safe fixes when you import. 1 blank row was left out.
/// >>> [problem.code for problem in report.problems][:2]
/// ['wrong-delimiter', 'heading-misspelt']
/// >>> len(report.errors) + len(report.warnings) == len(report.problems), report.fixed
/// (True, ())
/// >>> report.by_value[0]["count"]
/// 1
/// >>> report.sheet, report.written  # the sheet that was read, and whether `fix_csv` wrote a file
/// (None, False)
/// >>> onroll.Report.from_json(report.to_json(values=True)).text() == report.text()
/// True
/// >>> report.write_csv("problems.csv")
/// >>> report.to_dicts(values=True)[0]["message"] == report.problems[0].message
/// True
/// >>> report.to_pandas(values=True).columns[0]  # needs pandas
/// 'id'
/// >>> _ = report.write_workbook("marked.xlsx", source="uploaded.csv")
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Report {
    report: Arc<onroll::Report>,
    problems: PyOnceLock<Py<PyTuple>>,
    fixed: PyOnceLock<Py<PyTuple>>,
    written: bool,
    /// The reader that read the file. None if the report is not about a file.
    reader: Option<onroll::Reader>,
}

impl Report {
    pub(crate) fn new(report: onroll::Report) -> Self {
        Self::shared(Arc::new(report))
    }

    fn shared(report: Arc<onroll::Report>) -> Self {
        Self { report, problems: PyOnceLock::new(), fixed: PyOnceLock::new(), written: false, reader: None }
    }

    /// Sets whether a corrected or marked file was written.
    pub(crate) fn written(self, written: bool) -> Self {
        Self { written, ..self }
    }

    /// Sets the reader that read the file.
    pub(crate) fn read_by(self, reader: onroll::Reader) -> Self {
        Self { reader: Some(reader), ..self }
    }

    fn tuple<'py>(&self, py: Python<'py>, fixed: bool) -> PyResult<&Bound<'py, PyTuple>> {
        let (cell, count) = match fixed {
            true => (&self.fixed, self.report.fixed().len()),
            false => (&self.problems, self.report.problems().len()),
        };
        let made = cell.get_or_try_init(py, || {
            let problem = |index| Problem::new(Arc::clone(&self.report), fixed, index);
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
        let wanted = wanted.filter(|(p, _)| (p.severity() == onroll::problem::Severity::Error) == error);
        PyTuple::new(py, wanted.map(|(_, object)| object).collect::<Vec<_>>())
    }
}

#[pymethods]
impl Report {
    /// The remaining errors and warnings, in file order. At most limits['problems'] problems are listed.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.tuple(py, false).cloned()
    }

    /// The problems that were fixed while reading.
    #[getter]
    fn fixed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.tuple(py, true).cloned()
    }

    /// The errors among `problems`.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, true)
    }

    /// The warnings among `problems`.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, false)
    }

    /// Whether there are no errors.
    #[getter]
    fn ok(&self) -> bool {
        self.report.ok()
    }

    /// Whether a corrected file can be written. This requires that it is certain where each row begins and ends.
    #[getter]
    fn correctable(&self) -> bool {
        self.report.correctable()
    }

    /// The listed problems, grouped by value. Each value in a column appears once, even if many rows have it.
    ///
    /// Each group is a dict with code, column, field, value, fix, safe, count, rows and message. `rows` is a list of
    /// ranges, each with its first and last row. The values are personal data.
    #[getter]
    fn by_value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let json =
            serde_json::to_string(&self.report.by_value()).map_err(|error| PyValueError::new_err(error.to_string()))?;
        py.import("json")?.call_method1("loads", (json,))
    }

    /// Whether fix_csv or mark_csv wrote its file. False for other functions.
    #[getter(written)]
    fn was_written(&self) -> bool {
        self.written
    }

    /// The number of errors, including errors that `problems` does not list.
    #[getter]
    fn error_count(&self) -> u64 {
        self.report.error_count()
    }

    /// The number of warnings, including warnings that `problems` does not list.
    #[getter]
    fn warning_count(&self) -> u64 {
        self.report.warning_count()
    }

    /// The number of fixed problems, including problems that `fixed` does not list.
    #[getter]
    fn fixed_count(&self) -> u64 {
        self.report.fixed_count()
    }

    /// The number of problems with a safe fix.
    #[getter]
    fn fixable_count(&self) -> u64 {
        self.report.fixable_count()
    }

    /// The number of rows with students.
    #[getter]
    fn rows(&self) -> u64 {
        self.report.rows()
    }

    /// The number of blank rows, which were left out.
    #[getter]
    fn blank_rows(&self) -> u64 {
        self.report.blank_rows()
    }

    /// Returns the number of remaining problems with this code, including problems that are not listed. Raises
    /// ValueError for an unknown code.
    fn count_of(&self, #[pyo3(from_py_with = named::code)] code: Text) -> PyResult<u64> {
        let known = ProblemCode::ALL.iter().find(|known| known.as_str() == &*code);
        let all = || ProblemCode::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
        known.map(|code| self.report.count_of(*code)).ok_or_else(|| no_choice("code", &all(), &code))
    }

    /// The number of remaining problems for each code, including problems that are not listed.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for code in ProblemCode::ALL.iter().filter(|code| self.report.count_of(**code) > 0) {
            counts.set_item(code.as_str(), self.report.count_of(*code))?;
        }
        Ok(counts)
    }

    /// Returns the report for the person who uploaded the file. It shows values.
    fn text(&self) -> String {
        self.report.text()
    }

    /// Returns the report as JSON. The JSON contains values, which are personal data, only with values=True.
    #[pyo3(signature = (values=false))]
    fn to_json(&self, #[pyo3(from_py_with = named::values)] values: bool) -> String {
        self.report.to_json(values)
    }

    /// Returns the problems as dicts. The dicts have the same keys as the JSON of to_json: id, code, severity, row,
    /// line, record, column, field, byte, value, message, fix, safe, count and rows.
    ///
    /// values: include the values, which are personal data. By default, `value` and `fix` are None, and messages
    /// contain no values.
    #[pyo3(signature = (values=false))]
    fn to_dicts<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::values)] values: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let problems =
            py.import("json")?.call_method1("loads", (self.report.to_json(values),))?.get_item("problems")?;
        for problem in problems.try_iter()? {
            // Only from_json() uses this key.
            problem?.call_method1("pop", ("detail", py.None()))?;
        }
        Ok(problems)
    }

    /// Returns the problems as a pandas DataFrame with the columns of to_dicts. pandas must be installed.
    ///
    /// values: include the values, which are personal data.
    #[pyo3(signature = (values=false))]
    fn to_pandas<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::values)] values: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        py.import("pandas")?.call_method1("DataFrame", (self.to_dicts(py, values)?,))
    }

    /// Reads a report from JSON that to_json wrote. The counts and positions are those of the original report. The
    /// report has values only if the JSON contains values. Raises ValueError if the text cannot be read.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        let report = onroll::Report::from_json(&text);
        report.map(Self::new).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Returns the problems as an Arrow stream without values, for polars.DataFrame(report). To include values, use
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

    /// Returns HTML for a notebook: the counts and the first problems, without values.
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

    /// Writes the problems, including values, as CSV for a spreadsheet, to a path or a binary file.
    fn write_csv(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let save = |path: &std::path::Path| {
            let mut bytes = Vec::new();
            self.report.write_csv(&mut bytes)?;
            onroll::reader::save_file(path, bytes)
        };
        Output::of("dest", dest)?.write(dest.py(), save, |to| self.report.write_csv(to))
    }

    /// The name of the sheet that was read, if the file is a workbook. The name can be personal data.
    #[getter]
    fn sheet(&self) -> Option<&str> {
        self.report.sheet()
    }

    /// Writes a copy of the school's own file as an Excel workbook, to a path or a binary file. Each problem is marked
    /// on its cell. See mark_csv.
    ///
    /// source: the file that the report is about. The file is read again with the same options as before.
    #[pyo3(signature = (dest, *, source))]
    fn write_workbook(&self, dest: &Bound<'_, PyAny>, source: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = dest.py();
        let (output, input) = (Output::of("dest", dest)?, Input::of("source", source)?);
        let reader = self.reader.as_ref().ok_or_else(|| {
            PyValueError::new_err(
                "this report was not made by reading a file in this process; use onroll.mark_csv(source, dest)",
            )
        })?;
        let unwatched = reader.clone().watch(|_, _| std::ops::ControlFlow::Continue(()));
        let (report, marked) = marked(py, &unwatched, &input, |_| Ok(()))?;
        if !self.report.is_of_same_file(&report) {
            return Err(PyValueError::new_err("source is not the file that the report is about"));
        }
        output.write_bytes(py, &marked)
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
        report.map(|report| Self::new(report).written(written)).map_err(|_| pickle::damaged())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, bool)> {
        // Strings and numbers always serialize.
        let kept = serde_json::to_string(&slf.get().report.with_values()).unwrap_or_default();
        Ok((slf.get_type().getattr("_restore")?, (kept, slf.get().written)))
    }
}

/// The largest number of problems that a notebook shows.
const MOST_SHOWN: usize = 100;
