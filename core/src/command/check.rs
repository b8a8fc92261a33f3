//! `onroll check`: its options, the verdict on each file, and the summary of many files. `report/text.rs` writes the
//! list of problems, and `report_file.rs` the file of `--report`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::Report;

use super::arguments::{Output, ReadingArgs};
use super::console::{Console, is_input};
use super::failure::{Failure, sentence, shown};
use super::report_file::{CheckedFile, save};
use super::{FAILED, OK, REFUSED};

/// List every problem in files
#[derive(Args)]
#[command(
    after_long_help = "With several files, the file's name stands before each report, and a summary comes last. With --json, each file is one line of \
                       JSON with the name under `file`. The exit code is that of the worst file.\n\n\
                       Examples:\n  onroll check students.csv\n  onroll check --fix schools/*.csv --report problems.html\n  \
                       onroll check - --json <students.csv"
)]
pub(super) struct Check {
    /// The schools' files, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Apply every safe fix while reading
    #[arg(long)]
    fix: bool,

    /// Write all problems, with values from the schools' files, to FILE.csv or FILE.html. For one school's file,
    /// FILE.xlsx is a copy as a workbook, with each problem marked on its cell
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// With several files, print only the summary
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    pub(super) output: Output,
}

impl Check {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        once_from_input(&self.files)?;
        #[cfg(feature = "workbook")]
        if let Some(to) = self.report.as_deref().filter(|to| extension(to).as_deref() == Some("xlsx")) {
            return self.marked(to, console);
        }
        let format = self.report.as_deref().map(|to| report_to(to, &self.files)).transpose()?;
        let mut all = Vec::new();
        for file in &self.files {
            let report = self.reading.report(file, self.fix, console)?;
            all.push(CheckedFile { file: file.clone(), report: report.map_err(|error| sentence(&error)) });
            if let Some(checked) = all.last() {
                show(
                    checked,
                    self.how_to_fix(checked).as_deref(),
                    self.files.len() > 1,
                    self.quiet,
                    &self.output,
                    console,
                )?;
            }
        }
        if let (Some(to), Some(format)) = (&self.report, format) {
            console.put(to, &save(&all, format)?)?;
        }
        summary(&all, &self.output, console)?;
        Ok(worst(&all))
    }
}

impl Check {
    /// Returns a line that names the command for making the safe fixes.
    fn how_to_fix(&self, checked: &CheckedFile) -> Option<String> {
        let fixable = checked.report.as_ref().map_or(0, Report::fixable_count);
        (fixable > 0 && !self.fix && !self.output.json && !is_input(&checked.file))
            .then(|| format!("To apply the safe fixes: onroll fix {} FIXED.csv", shown(&checked.file)))
    }
}

#[cfg(feature = "workbook")]
impl Check {
    /// Writes a copy of the file as a workbook, with each problem marked on its cell.
    fn marked(&self, to: &Path, console: &mut Console<'_>) -> Result<u8, Failure> {
        let [file] = &self.files[..] else {
            return Err(Failure::Usage("--report FILE.xlsx reports on one file; give one file to check".to_owned()));
        };
        not_own(to, &self.files)?;
        let failed = |error: &std::io::Error| Failure::Failed(format!("{}: {}", shown(file), sentence(error)));
        let (reader, bytes) = match self.reading.export(file, console)? {
            Some(export) => export,
            None => (self.reading.reader(console)?, console.bytes(file)?),
        };
        let reader = reader.fix(self.fix);
        let report = reader.check(bytes.as_slice()).map_err(|error| failed(&error))?;
        let mut marked = Vec::new();
        reader.mark_bytes(bytes, &mut marked).map_err(|error| failed(&error))?;
        console.put(to, &marked)?;
        let checked = CheckedFile { file: file.clone(), report: Ok(report) };
        show(&checked, None, false, self.quiet, &self.output, console)?;
        Ok(worst(&[checked]))
    }
}

/// Refuses to read standard input twice.
pub(super) fn once_from_input(files: &[PathBuf]) -> Result<(), Failure> {
    match files.iter().filter(|file| is_input(file)).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::Usage("only one file can come from standard input".to_owned())),
    }
}

/// The format of a file with all problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportFormat {
    Csv,
    Html,
}

/// Returns the format that the report's name asks for. The report may not replace a file that is checked, so that a
/// school's own file is not lost by mistake.
pub(super) fn report_to(to: &Path, files: &[PathBuf]) -> Result<ReportFormat, Failure> {
    not_own(to, files)?;
    match extension(to).as_deref() {
        Some("csv") => Ok(ReportFormat::Csv),
        Some("html" | "htm") => Ok(ReportFormat::Html),
        _ => Err(Failure::Usage("--report must be named FILE.csv or FILE.html".to_owned())),
    }
}

/// Refuses to replace a file that is being read.
fn not_own(to: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let own = to.canonicalize().ok();
    match files.iter().any(|file| file == to || own.is_some() && file.canonicalize().ok() == own) {
        true => Err(Failure::Usage(format!(
            "--report {} would replace a file that is read; choose another name",
            shown(to)
        ))),
        false => Ok(()),
    }
}

/// Returns the extension of a file's name in lower case.
fn extension(file: &Path) -> Option<String> {
    file.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// Prints the problems in one file, which may be one of many.
pub(super) fn show(
    checked: &CheckedFile,
    outcome: Option<&str>,
    many: bool,
    quiet: bool,
    output: &Output,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let name = shown(&checked.file);
    match &checked.report {
        Ok(report) if many && output.json => {
            let mut value = output.value(report);
            if let Some(object) = value.as_object_mut() {
                object.insert("file".to_owned(), checked.file.to_string_lossy().into());
            }
            console.print(&value.to_string())?;
        }
        Err(error) if many && output.json => {
            let failed = serde_json::json!({ "file": checked.file.to_string_lossy(), "failed": error });
            console.print(&failed.to_string())?;
        }
        // If the only file cannot be read, the command fails.
        Err(error) if !many => return Err(Failure::Failed(format!("{name}: {error}"))),
        Err(error) => console.message(&format!("onroll: {name}: {error}")),
        Ok(_) if many && quiet => {}
        Ok(report) => {
            if many {
                console.print(&format!("== {name} =="))?;
            }
            output.print_report(report, console)?;
            if let Some(outcome) = outcome {
                console.print(outcome)?;
            }
            if many {
                console.print("")?;
            }
        }
    }
    Ok(())
}

/// Returns the exit code for many files, which is that of the worst file.
pub(super) fn worst(all: &[CheckedFile]) -> u8 {
    let code = |checked: &CheckedFile| match &checked.report {
        Ok(report) if report.ok() => OK,
        Ok(_) => REFUSED,
        Err(_) => FAILED,
    };
    all.iter().map(code).max().unwrap_or(OK)
}

/// Prints a line for each of many files, and the number of files with each verdict.
pub(super) fn summary(all: &[CheckedFile], output: &Output, console: &mut Console<'_>) -> Result<(), Failure> {
    if all.len() < 2 || output.json {
        return Ok(());
    }
    let line = |verdict: &str, numbers: [String; 4], file: &str| {
        let [students, errors, fixable, warnings] = numbers;
        format!("{verdict:<9} {students:>9} {errors:>7} {fixable:>8} {warnings:>9}  {file}\n")
    };
    let headings = ["students", "errors", "fixable", "warnings"].map(str::to_owned);
    let mut text = line("verdict", headings, "file");
    for checked in all {
        let numbers =
            checked.numbers().map_or_else(|| ["", "", "", ""].map(str::to_owned), |n| n.map(|n| n.to_string()));
        text.push_str(&line(checked.verdict(), numbers, &shown(&checked.file)));
    }
    let count = |verdict| all.iter().filter(|checked| checked.verdict() == verdict).count();
    text.push_str(&format!("{} files: {} accepted, {} refused", all.len(), count("accepted"), count("refused")));
    match count("not read") {
        0 => {}
        unread => text.push_str(&format!(", {unread} could not be read")),
    }
    console.print(&text)
}

impl CheckedFile {
    /// Returns the verdict on the file, in one or two words.
    pub(super) fn verdict(&self) -> &'static str {
        match &self.report {
            Ok(report) if report.ok() => "accepted",
            Ok(_) => "refused",
            Err(_) => "not read",
        }
    }

    /// Returns the numbers of students, errors, problems with a safe fix, and warnings.
    pub(super) fn numbers(&self) -> Option<[u64; 4]> {
        let numbers =
            |report: &Report| [report.rows(), report.error_count(), report.fixable_count(), report.warning_count()];
        self.report.as_ref().ok().map(numbers)
    }
}
