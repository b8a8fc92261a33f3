//! The Python classes `Report` and `Problem`.

use std::path::Path;
use std::sync::Arc;

use onroll::{AccountError, PolicyError, ProblemCode, ReadError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyDict, PyTuple, PyType};

use crate::arrow;
use crate::errors::{of_io, raise};
use crate::html::escaped;
use crate::input::{Input, Output, Text, named, no_choice};
use crate::mark::marked;
use crate::values::Pickled;

/// Converts an error of reading to a Python exception. An I/O error gets the path.
pub(crate) fn of_read(py: Python<'_>, error: ReadError, path: Option<&Path>, reader: Option<onroll::Reader>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        ReadError::Rejected(report) => {
            let report = Report::new(report);
            raise(py, "RosterError", (message, code, Report { reader, ..report }))
        }
        ReadError::Io(error) => of_io(error, path),
        _ => raise(py, "OnrollError", (message, code)),
    }
}

/// Converts an error of making or changing accounts to a Python exception.
pub(crate) fn of_account(py: Python<'_>, error: AccountError, path: Option<&Path>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        AccountError::Io(error) => of_io(error, path),
        AccountError::NotFound => raise(py, "AccountNotFound", (message, code)),
        AccountError::Rejected(report) => raise(py, "AccountError", (message, code, Report::new(report))),
        AccountError::Policy(PolicyError::Chosen(reason)) => {
            raise(py, "AccountError", (message, code, py.None(), reason.as_str()))
        }
        _ => raise(py, "AccountError", (message, code)),
    }
}

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

/// One problem, with its position, code, severity and fix. str(problem) shows no values.
///
/// >>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"
/// >>> [problem] = onroll.check_csv((onroll.template_csv() + row).encode()).problems
/// >>> problem.code, problem.severity, problem.message
/// ('gender', 'error', "row 2, Gender: 'F' should be 'Female'")
/// >>> problem.row, problem.line, problem.column, problem.field, problem.value
/// (2, 2, 'Gender', 'gender', 'F')
/// >>> problem.fix, problem.safe
/// ('Female', True)
/// >>> problem.count, problem.rows, problem.cell, problem.record, problem.heading
/// (1, [], None, None, None)
/// >>> problem.id.startswith("gender@2."), problem.byte > 0
/// (True, True)
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
    /// The remaining errors and warnings, in file order. At most limits['problems'] of them are listed.
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

    /// Whether a corrected file can be written, because the rows can be separated with certainty.
    #[getter]
    fn correctable(&self) -> bool {
        self.report.correctable()
    }

    /// The listed problems, grouped by value. Each value in a column appears once, even if many rows have it.
    ///
    /// Each group is a dict with code, column, field, value, fix, safe, count, rows and message. `rows` has ranges,
    /// each with its first and last row. The values are personal data.
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

    /// The number of fixed problems, including those that `fixed` does not list.
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

    /// Returns the number of remaining problems with this code, including those that `problems` does not list. Raises
    /// ValueError for an unknown code.
    fn count_of(&self, #[pyo3(from_py_with = named::code)] code: Text) -> PyResult<u64> {
        let known = ProblemCode::ALL.iter().find(|known| known.as_str() == &*code);
        let all = || ProblemCode::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
        known.map(|code| self.report.count_of(*code)).ok_or_else(|| no_choice("code", &all(), &code))
    }

    /// The number of remaining problems for each code, including those that `problems` does not list.
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

    /// Returns the report as JSON. It contains values, which are personal data, only if you ask for them.
    #[pyo3(signature = (values=false))]
    fn to_json(&self, #[pyo3(from_py_with = named::values)] values: bool) -> String {
        self.report.to_json(values)
    }

    /// Returns the problems as dicts. They have the same keys as in to_json: id, code, severity, row, line, record,
    /// column, field, byte, value, message, fix, safe, count and rows.
    ///
    /// values: include the values, which are personal data. Without them, `value` and `fix` are None, and messages
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

    /// Reads a report from JSON that to_json wrote. The report has the same counts and positions. It has values
    /// only if the JSON contains them. Raises ValueError if it cannot be read.
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
            onroll::save_file(path, bytes)
        };
        Output::of("dest", dest)?.write(dest.py(), save, |to| self.report.write_csv(to))
    }

    /// The name of the sheet that was read, if the file is a workbook. It may be personal data.
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
            PyValueError::new_err("this report was not made by reading a file here; use onroll.mark_csv(source, dest)")
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
        report
            .map(|report| Self::new(report).written(written))
            .map_err(|_| PyValueError::new_err("this is not a pickled report of this version"))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, bool)> {
        // Strings and numbers always serialize.
        let kept = serde_json::to_string(&slf.get().report.with_values()).unwrap_or_default();
        Ok((slf.get_type().getattr("_restore")?, (kept, slf.get().written)))
    }
}

/// The largest number of problems that a notebook shows.
const MOST_SHOWN: usize = 100;

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

    /// The row number, if the problem is in a row. Rows are counted as in a spreadsheet: the heading row is 1.
    #[getter]
    fn row(&self) -> Option<u64> {
        self.problem()?.row()
    }

    /// The line in the file, counted from 1, if known.
    #[getter]
    fn line(&self) -> Option<u64> {
        self.problem()?.line()
    }

    /// The offset in the file, in bytes, if known.
    #[getter]
    fn byte(&self) -> Option<u64> {
        self.problem()?.byte()
    }

    /// The cell in a workbook, such as 'C7', if the problem is in a cell.
    #[getter]
    fn cell(&self) -> Option<String> {
        self.problem()?.cell()
    }

    /// The index of the row, from 0, if the rows were passed as data and the problem is in one of them.
    #[getter]
    fn record(&self) -> Option<usize> {
        self.problem()?.record()
    }

    /// The problem's id, which contains no value. It is the same for the same file and options. Pass it to read_csv in
    /// `accept`.
    #[getter]
    fn id(&self) -> String {
        self.problem().map(onroll::Problem::id).unwrap_or_default()
    }

    /// The number of rows with this problem: 1, unless one cause affects many rows.
    #[getter]
    fn count(&self) -> u64 {
        self.problem().map_or(1, onroll::Problem::count)
    }

    /// The affected rows, if one cause affects many rows. Each item is a range: its first and last row. At most 100
    /// ranges are kept.
    #[getter]
    fn rows(&self) -> Vec<(u64, u64)> {
        let rows = self.problem().map_or(&[][..], onroll::Problem::row_ranges);
        rows.iter().map(|[first, last]| (*first, *last)).collect()
    }

    /// The column's heading in the template, if the problem is in a column.
    #[getter]
    fn column(&self) -> Option<&'static str> {
        self.problem()?.column().map(|column| column.heading())
    }

    /// The school's own heading, if the column was read with a mapping. If the column was read from several columns of
    /// the file, their headings are joined.
    #[getter]
    fn heading(&self) -> Option<&str> {
        self.problem()?.heading()
    }

    /// The name of the student's field, such as "year_group", if the problem is in a field. JSON uses the same names.
    #[getter]
    fn field(&self) -> Option<&'static str> {
        self.problem()?.column().map(onroll::Column::key)
    }

    /// The value in the file, cut after 200 characters. It is personal data.
    #[getter]
    fn value(&self) -> Option<&str> {
        self.problem()?.value()
    }

    /// The value to write instead, if there is one. It is personal data.
    #[getter]
    fn fix(&self) -> Option<&str> {
        self.problem()?.fix().map(|fix| fix.text())
    }

    /// Whether the fix is the only right answer, so that fix=True applies it. Otherwise the fix is a suggestion.
    #[getter]
    fn safe(&self) -> bool {
        self.problem().is_some_and(onroll::Problem::is_safe)
    }

    /// The message for the person who uploaded the file. It can contain personal data.
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
