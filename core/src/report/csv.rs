//! A report as CSV, with its columns (`CSV_HEADINGS`).

use std::io;

use crate::table::CsvWriter;

use super::Report;

/// The headings of a report that is written as CSV.
pub(crate) const CSV_HEADINGS: [&str; 9] =
    ["Severity", "Code", "Row", "Line", "Column", "Value", "Fix", "Safe", "Message"];

impl Report {
    /// Writes the listed problems, with their values, as CSV for a spreadsheet. Spreadsheets do not run any value as a
    /// formula.
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// # let report = onroll::Reader::new().check_bytes(csv.into_bytes());
    /// let mut csv = Vec::new();
    /// report.write_csv(&mut csv)?;
    /// assert!(String::from_utf8(csv)?.contains("error,gender,2,2,Gender,F,Female,Yes,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(CSV_HEADINGS)?;
        self.write_rows(&mut csv, [])?;
        csv.finish()
    }

    /// Writes a row for each listed problem. Each row begins with the cells in `before`.
    pub(crate) fn write_rows<const N: usize>(
        &self,
        csv: &mut CsvWriter<impl io::Write>,
        before: [&str; N],
    ) -> io::Result<()> {
        for problem in &self.problems {
            let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            let cells = [
                problem.severity().as_str(),
                problem.code().as_str(),
                &number(problem.row()),
                &number(problem.line()),
                problem.column().map_or("", |c| c.heading()),
                problem.value().unwrap_or_default(),
                problem.fix().map_or("", |fix| fix.text()),
                if problem.is_safe() { "Yes" } else { "No" },
                &problem.message(),
            ];
            csv.row(before.into_iter().chain(cells))?;
        }
        Ok(())
    }
}
