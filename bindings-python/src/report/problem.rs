//! The Python class `Problem`, one problem in a report, with all its attributes.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::Report;
use crate::pickle::Pickled;

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
    index: usize,
}

impl Problem {
    pub(super) fn new(report: Arc<onroll::Report>, fixed: bool, index: usize) -> Self {
        Self { report, fixed, index }
    }

    fn problem(&self) -> Option<&onroll::Problem> {
        if self.fixed { self.report.fixed().get(self.index) } else { self.report.problems().get(self.index) }
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

    /// The index of the row, from 0, if you passed the rows as data and the problem is in a row.
    #[getter]
    fn record(&self) -> Option<usize> {
        self.problem()?.record()
    }

    /// The problem's id, which contains no value. If the same file is read again with the same options, the problem has
    /// the same id. Pass the id to read_csv in `accept`.
    #[getter]
    fn id(&self) -> String {
        self.problem().map(onroll::Problem::id).unwrap_or_default()
    }

    /// The number of rows with this problem: 1, unless one cause affects many rows.
    #[getter]
    fn count(&self) -> u64 {
        self.problem().map_or(1, onroll::Problem::count)
    }

    /// The affected rows, if one cause affects many rows. Each item is a range, as a pair of its first and last row. At
    /// most 100 ranges are kept.
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

    /// The name of the student's field, such as "year_group", if the problem is in a field. The report's JSON uses the
    /// same names.
    #[getter]
    fn field(&self) -> Option<&'static str> {
        self.problem()?.column().map(onroll::Column::key)
    }

    /// The value in the file, cut after 200 characters. It is personal data.
    #[getter]
    fn value(&self) -> Option<&str> {
        self.problem()?.value()
    }

    /// The value to write instead, if a fix is known. The value is personal data.
    #[getter]
    fn fix(&self) -> Option<&str> {
        self.problem()?.fix().map(|fix| fix.text())
    }

    /// Whether the fix is the only right answer. fix=True applies only safe fixes. Any other fix is a suggestion.
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
    fn _restore(_class: &Bound<'_, PyType>, report: &Bound<'_, Report>, fixed: bool, index: usize) -> Self {
        Self { report: Arc::clone(&report.get().report), fixed, index }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Report, bool, usize)> {
        let own = slf.get();
        let report = Report::shared(Arc::clone(&own.report));
        Ok((slf.get_type().getattr("_restore")?, (report, own.fixed, own.index)))
    }
}
