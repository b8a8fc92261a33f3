//! `onroll fix`: its options, where it writes the corrected files, and the sentence about each.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::Report;

use super::arguments::{Output, ReadingArgs};
use super::check::{once_from_input, show, summary, worst};
use super::console::{Console, is_input, named};
use super::failure::{Failure, shown};
use super::report_file::CheckedFile;
use super::{OK, REFUSED};

/// Write files with every safe fix applied
#[derive(Args)]
#[command(
    after_long_help = "The corrected file is written only if it is certain where each row begins and ends. Errors without a safe fix stay in the file, and the \
                       exit code is then 1.\n\n\
                       Examples:\n  onroll fix students.csv fixed.csv\n  onroll fix - - <students.csv >fixed.csv\n  \
                       onroll fix schools/*.csv --into fixed"
)]
#[command(override_usage = "onroll fix [OPTIONS] <FILE> <OUT>\n       onroll fix [OPTIONS] <FILE>... --into <FOLDER>")]
pub(super) struct Fix {
    /// The school's file, or - for standard input; then the corrected file, which may be the same, or - for
    /// standard output
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Write the corrected files into this folder, each under its own name
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,

    /// With --into, replace existing files
    #[arg(long)]
    overwrite: bool,

    /// With several files, print only the summary
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    pub(super) output: Output,
}

impl Fix {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        match (self.files.as_slice(), &self.into) {
            ([file, out], None) => self.one(file, out, console),
            (files, Some(folder)) => self.many(files, folder, console),
            _ => Err(Failure::Usage("give FILE and OUT, or many files with --into FOLDER".to_owned())),
        }
    }

    fn one(&self, file: &Path, out: &Path, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (report, fixed) = self.fixed(file, console)?;
        let written = report.correctable();
        if written {
            console.put(out, &fixed)?;
        }
        if self.output.json {
            console.print(&self.value(&report).to_string())?;
        } else {
            self.output.print_report(&report, console)?;
            console.print(&outcome(&report, out))?;
        }
        Ok(if report.ok() { OK } else { REFUSED })
    }

    fn many(&self, files: &[PathBuf], folder: &Path, console: &mut Console<'_>) -> Result<u8, Failure> {
        once_from_input(files)?;
        let outs = files.iter().map(|file| self.out(file, folder)).collect::<Result<Vec<_>, _>>()?;
        for (number, out) in outs.iter().enumerate() {
            if outs.iter().take(number).any(|other| other == out) {
                return Err(Failure::Usage(format!("two files would be written as {}", shown(out))));
            }
        }
        let mut all = Vec::new();
        for (file, out) in files.iter().zip(&outs) {
            let (checked, outcome) = match self.fixed(file, console) {
                Ok((report, fixed)) => {
                    if report.correctable() {
                        console.put(out, &fixed)?;
                    }
                    let outcome = outcome(&report, out);
                    (CheckedFile { file: file.clone(), report: Ok(report) }, Some(outcome))
                }
                Err(Failure::Failed(error)) => {
                    // The line for this file already names the file.
                    let error = error.strip_prefix(&format!("{}: ", shown(file))).unwrap_or(&error).to_owned();
                    (CheckedFile { file: file.clone(), report: Err(error) }, None)
                }
                Err(failure) => return Err(failure),
            };
            self.show(&checked, outcome.as_deref(), files.len() > 1, console)?;
            all.push(checked);
        }
        summary(&all, &self.output, console)?;
        Ok(worst(&all))
    }

    fn show(
        &self,
        checked: &CheckedFile,
        outcome: Option<&str>,
        many: bool,
        console: &mut Console<'_>,
    ) -> Result<(), Failure> {
        match &checked.report {
            Ok(report) if self.output.json => {
                let mut value = self.value(report);
                if let Some(object) = value.as_object_mut().filter(|_| many) {
                    object.insert("file".to_owned(), checked.file.to_string_lossy().into());
                }
                console.print(&value.to_string())
            }
            _ => show(checked, outcome, many, self.quiet, &self.output, console),
        }
    }

    /// Returns the path to which a file is written.
    fn out(&self, file: &Path, folder: &Path) -> Result<PathBuf, Failure> {
        let name = file.file_name().filter(|_| !is_input(file));
        let name = name.ok_or_else(|| Failure::Usage("with --into, give the names of the files".to_owned()))?;
        let out = folder.join(name);
        if out.is_file() && !self.overwrite {
            let text = format!("{} exists already. Choose another folder, or add --overwrite.", shown(&out));
            return Err(Failure::Failed(text));
        }
        Ok(out)
    }

    fn fixed(&self, file: &Path, console: &mut Console<'_>) -> Result<(Report, Vec<u8>), Failure> {
        let mut fixed = Vec::new();
        let report = match self.reading.export(file, console)? {
            Some((reader, bytes)) => reader.fix_bytes(bytes, &mut fixed),
            None => self.reading.reader(console)?.fix_bytes(console.bytes(file)?, &mut fixed),
        };
        Ok((report.map_err(|error| Failure::of_file(file, &error))?, fixed))
    }

    fn value(&self, report: &Report) -> serde_json::Value {
        let mut value = self.output.value(report);
        if let Some(object) = value.as_object_mut() {
            object.insert("written".to_owned(), report.correctable().into());
            object.insert("correctable".to_owned(), report.correctable().into());
        }
        value
    }
}

/// Returns a sentence on whether and where the file was written.
fn outcome(report: &Report, out: &Path) -> String {
    if report.correctable() {
        return format!("Written: {}", named(out));
    }
    let errors = report.error_count();
    let problems = if errors == 1 { "problem" } else { "problems" };
    format!("Nothing was written, because you must first correct {errors} {problems} by hand.")
}
