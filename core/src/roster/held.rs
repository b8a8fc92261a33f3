//! Students who were not imported (`Held`), and the text and the CSV about these students for the school's office.
//! `problem/record.rs` has the reasons.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::problem::ProblemCode;
use crate::student::Ids;
use crate::table::{self, CsvWriter};
use crate::text::{self, Private};

use super::Roster;

/// A student in the MIS whose record has an error. Until the record is corrected, the student neither joins nor leaves.
///
/// ```
/// use onroll::{Reader, Record};
/// let cells = ["Aisha Khan", "Aisha Khan", "Year 5", "", "Female", "No", "APKN", "No", "No"];
/// let roster = Reader::new().hold_records([Record::new(cells).source_id("78").upn("H801200001002").upi("aa02")]);
/// let held = &roster.held()[0];
/// assert_eq!((held.full_name(), held.username(), held.year_group(), held.class_name()), ("Aisha Khan", "Aisha Khan", "Year 5", ""));
/// assert_eq!((held.source_id(), held.upn(), held.upi()), (Some("78"), Some("H801200001002"), Some("aa02")));
/// assert_eq!((held.record(), held.reasons().len()), (0, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    index: usize,
    ids: Ids,
    full_name: Private,
    username: Private,
    #[serde(default)]
    year_group: Option<Private>,
    #[serde(default)]
    class_name: Option<Private>,
    #[serde(default)]
    reasons: Vec<String>,
}

impl Held {
    /// Creates a student who is held for these reasons. `texts` are name, username, year group and class.
    pub(crate) fn new(index: usize, ids: Ids, texts: [&str; 4], reasons: Vec<String>) -> Self {
        let [full_name, username, year_group, class_name] = texts;
        let known = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Private::new);
        let (year_group, class_name) = (known(year_group), known(class_name));
        Self {
            index,
            ids,
            full_name: Private::new(full_name),
            username: Private::new(username),
            year_group,
            class_name,
            reasons,
        }
    }

    /// Returns the index of the record, from 0, as in the report's problems.
    pub fn record(&self) -> usize {
        self.index
    }

    /// Returns the student's id in the MIS, if known.
    pub fn source_id(&self) -> Option<&str> {
        self.ids.source_id.as_ref().map(Private::expose)
    }

    /// Returns the unique pupil number, if known.
    pub fn upn(&self) -> Option<&str> {
        self.ids.upn.as_ref().map(Private::expose)
    }

    /// Returns Wonde's id for the person (`upi`), if known.
    pub fn upi(&self) -> Option<&str> {
        self.ids.upi.as_ref().map(Private::expose)
    }

    /// Returns the name in the record, which may be incomplete.
    pub fn full_name(&self) -> &str {
        self.full_name.expose()
    }

    /// Returns the username in the record, which may be incomplete.
    pub fn username(&self) -> &str {
        self.username.expose()
    }

    /// Returns the year group in the record, which may be blank.
    pub fn year_group(&self) -> &str {
        self.year_group.as_ref().map_or("", Private::expose)
    }

    /// Returns the class in the record, which may be blank.
    pub fn class_name(&self) -> &str {
        self.class_name.as_ref().map_or("", Private::expose)
    }

    /// Returns the reasons why the student is held, as sentences that a school's office can act on in the MIS. They
    /// contain no personal data.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}

/// A student who was not imported, in the form that is shown to the school's office.
struct NotImported<'r> {
    full_name: &'r str,
    year_group: &'r str,
    class_name: &'r str,
    reason: String,
    source_id: Option<&'r str>,
}

impl Roster {
    /// Returns a text for the school's office about the students who were not imported. It gives each student's name
    /// and class, and what to correct in the MIS. It is empty if every student was imported.
    ///
    /// ```
    /// # use onroll::{Reader, Record};
    /// # let cells = ["Aisha Khan", "Aisha Khan", "Year 5", "", "Female", "No", "APKN", "No", "No"];
    /// # let roster = Reader::new().hold_records([Record::new(cells)]);
    /// let text = roster.not_imported_text();
    /// assert!(text.starts_with("1 student was not imported."));
    /// assert!(text.contains("Aisha Khan (no class)"));
    /// ```
    pub fn not_imported_text(&self) -> String {
        let all: Vec<NotImported<'_>> = self.not_imported().collect();
        let mut text = match all.len() {
            0 => return String::new(),
            1 => "1 student was not imported. Correct the record in the MIS, then import again.\n".to_owned(),
            count => {
                format!("{count} students were not imported. Correct these records in the MIS, then import again.\n")
            }
        };
        for NotImported { full_name, class_name, reason, .. } in &all {
            let or = |text: &str, blank: &str| text::visible(if text.is_empty() { blank } else { text }).into_owned();
            text.push_str(&format!("  {} ({}): {reason}\n", or(full_name, "no name"), or(class_name, "no class")));
        }
        text
    }

    /// Writes the students who were not imported as CSV for the school's office: name, year group, class, reason and
    /// source id.
    ///
    /// ```
    /// # use onroll::{Reader, Record};
    /// # let cells = ["Aisha Khan", "Aisha Khan", "Year 5", "", "Female", "No", "APKN", "No", "No"];
    /// # let roster = Reader::new().hold_records([Record::new(cells).source_id("78")]);
    /// let mut csv = Vec::new();
    /// roster.write_not_imported(&mut csv)?;
    /// assert!(String::from_utf8(csv)?.contains("Name,Year Group,Class,Reason,Source ID"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn write_not_imported(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(["Name", "Year Group", "Class", "Reason", "Source ID"])?;
        for NotImported { full_name, year_group, class_name, reason, source_id } in self.not_imported() {
            csv.row([full_name, year_group, class_name, &reason, source_id.unwrap_or_default()])?;
        }
        csv.finish()
    }

    /// Writes the students who were not imported to a file, as [`write_not_imported`](Self::write_not_imported) does.
    /// The file is written completely or not at all.
    ///
    /// ```
    /// # use onroll::{Reader, Record};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let cells = ["Aisha Khan", "Aisha Khan", "Year 5", "", "Female", "No", "APKN", "No", "No"];
    /// # let roster = Reader::new().hold_records([Record::new(cells).source_id("78")]);
    /// if !roster.held().is_empty() {
    ///     roster.save_not_imported("not-imported.csv")?;
    /// }
    /// # assert!(std::fs::exists("not-imported.csv")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails; an existing file stays unchanged.
    pub fn save_not_imported(&self, path: impl AsRef<Path>) -> io::Result<()> {
        table::save(path.as_ref(), |file| self.write_not_imported(file))
    }

    /// Returns the held students. Also returns the students who cannot get an account because their name or username is
    /// blank, unless that column is unrecorded for the whole roster.
    fn not_imported(&self) -> impl Iterator<Item = NotImported<'_>> {
        let held = self.held.iter().map(|held| NotImported {
            full_name: held.full_name(),
            year_group: held.year_group(),
            class_name: held.class_name(),
            reason: held.reasons.join("; "),
            source_id: held.source_id(),
        });
        let nameless = (0..self.len()).filter(|index| self.is_nameless(*index)).filter_map(|index| {
            let student = self.get(index)?;
            let column = if student.full_name.is_empty() { Column::FullName } else { Column::Username };
            let reason = ProblemCode::Blank.reason_of_record(Some(column));
            (!self.unrecorded.contains(&column)).then_some(NotImported {
                full_name: student.full_name,
                year_group: student.year_group,
                class_name: student.class_name,
                reason,
                source_id: self.source_id(index),
            })
        });
        held.chain(nameless)
    }
}
