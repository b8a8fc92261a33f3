//! Writes a report in words: with values for the person who uploaded the file, and without values for logs.

use std::fmt::{self, Write as _};

use super::{Report, by_value};
use crate::problem::{Problem, ProblemCode, Severity};

impl Report {
    /// Returns the report for the person who uploaded the file. It groups the problems by kind. For each kind, it says
    /// what is wrong, where, and what to write instead. It shows values.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.into_bytes());
    /// assert!(report.text().contains("row 2, Gender: 'F' should be 'Female'"));
    /// assert!(!report.to_string().contains("'F'")); // for logs
    /// ```
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out, true);
        out
    }

    fn write(&self, out: &mut impl fmt::Write, values: bool) -> fmt::Result {
        self.write_summary(out, values)?;
        for &code in ProblemCode::ALL {
            let tally = self.tally_of(code);
            if tally.standing > 0 {
                let kind = plural(tally.standing, code.severity().as_str());
                let fix = match tally.safe {
                    0 => String::new(),
                    safe if safe == tally.standing && safe == 1 => ", which can be put right for you".to_owned(),
                    safe if safe == tally.standing => ", all of which can be put right for you".to_owned(),
                    safe => format!(", {safe} of which can be put right for you"),
                };
                write!(out, "\n{}: {kind}{fix}\n", code.title())?;
                Self::write_lines(out, &self.problems, code, tally.standing, values)?;
            }
        }
        if self.fixed_count() > 0 {
            write!(out, "\nPut right for you\n")?;
            for &code in ProblemCode::ALL {
                Self::write_lines(out, &self.fixed, code, self.tally_of(code).fixed, values)?;
            }
        }
        Ok(())
    }

    fn write_summary(&self, out: &mut impl fmt::Write, is_for_people: bool) -> fmt::Result {
        let (errors, warnings) = (self.error_count(), self.warning_count());
        let rows = plural(self.rows, "student");
        if errors > 0 && self.rows == 0 {
            // No student was read, so the errors are about the file or its headings.
            write!(out, "The roster is refused: {}", plural(errors, "error"))?;
        } else if errors > 0 {
            write!(out, "The roster is refused: {} in {rows}", plural(errors, "error"))?;
        } else {
            write!(out, "The roster is accepted: {rows}")?;
        }
        if warnings > 0 {
            write!(out, ", {}", plural(warnings, "warning"))?;
        }
        out.write_str(".")?;
        if is_for_people {
            self.write_next_step(out)?;
        } else if self.fixable_count() > 0 {
            write!(out, " {} can be put right by safe fixes.", plural(self.fixable_count(), "problem"))?;
        }
        match self.fixed_count() {
            0 => {}
            1 => out.write_str(" 1 problem was put right for you.")?,
            fixed => write!(out, " {fixed} problems were put right for you.")?,
        }
        match self.blank_rows {
            0 => {}
            1 => out.write_str(" 1 blank row was left out.")?,
            blank => write!(out, " {blank} blank rows were left out.")?,
        }
        if is_for_people {
            self.write_distinct(out)?;
        }
        out.write_str("\n")
    }

    /// Says how many errors a person must correct, and how the other problems are corrected.
    fn write_next_step(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let by_hand = self.error_count() - self.sum(Severity::Error, |tally| tally.safe);
        let safe = self.fixable_count();
        match (by_hand, self.error_count()) {
            (0, _) => {}
            (1, 1) => out.write_str(" Correct the error below, then import again.")?,
            (1, _) => out.write_str(" You must correct 1 of the errors, then import again.")?,
            (some, all) if some < all => write!(out, " You must correct {some} of the errors, then import again.")?,
            _ => out.write_str(" Correct the errors below, then import again.")?,
        }
        match safe {
            0 => Ok(()),
            1 => out.write_str(" 1 problem can be put right for you: turn on safe fixes when you import."),
            safe => write!(out, " {safe} problems can be put right for you: turn on safe fixes when you import."),
        }
    }

    /// Says how many distinct values the wrong fields contain, if values repeat.
    fn write_distinct(&self, out: &mut impl fmt::Write) -> fmt::Result {
        /// The smallest number of fields for which this sentence is written.
        const MANY: u64 = 20;
        let of_values = self.problems.iter().filter(|p| p.column().is_some() && p.value().is_some());
        let groups = by_value::group(of_values, true);
        let fields: u64 = groups.iter().map(|group| group.count()).sum();
        let distinct = groups.len() as u64;
        if fields < MANY || distinct * 2 > fields {
            return Ok(());
        }
        match distinct {
            1 => write!(out, " 1 value appears {fields} times: correct it once."),
            _ => write!(out, " {distinct} different values appear {fields} times in total: correct each of them once."),
        }
    }

    /// Writes the first problems of a code, one on each line, and then the number of further problems.
    fn write_lines(
        out: &mut impl fmt::Write,
        problems: &[Problem],
        code: ProblemCode,
        count: u64,
        values: bool,
    ) -> fmt::Result {
        const SHOWN: usize = 20;
        let mut shown = 0;
        let groups = by_value::group(problems.iter().filter(|p| p.code() == code), values);
        for group in groups.iter().take(SHOWN) {
            shown += group.count();
            writeln!(out, "  {}", group.in_words(values))?;
        }
        match count.saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, false)?;
        f.write_str(out.trim_end())
    }
}

/// Returns one line about the report, for an error message: the number of problems of each kind, and the first problem.
pub(crate) fn in_one_line(report: &Report) -> String {
    let mut out = plural(report.error_count(), "error");
    let kinds = ProblemCode::ALL.iter().filter(|c| c.severity() == Severity::Error && report.count_of(**c) > 0);
    for (index, code) in kinds.enumerate() {
        let before = if index == 0 { ": " } else { ", " };
        let _ = write!(out, "{before}{code} {}", report.count_of(*code));
    }
    if let Some(first) = report.errors().next() {
        let _ = write!(out, "; first, {first}");
    }
    out
}

fn plural(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
