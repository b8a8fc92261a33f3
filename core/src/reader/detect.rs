//! The methods of `Reader` for a school's own export: `detect_path`, `mapping`, `vocabulary` and `names_from`. Opens
//! the file or the sheet. `mapping/finding.rs` decides what each column contains.

use std::borrow::{Borrow, Cow};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::mapping::{self, Detected, DetectionSettings, Mapping, NamesFrom, Question, QuestionKind, Table};
use crate::problem::{Detail, Position, Problem, ProblemCode as Code};
use crate::report::Report;
#[cfg(feature = "workbook")]
use crate::table::workbook;
use crate::table::{self, Decoded, Limits, NotText};
use crate::vocabulary::Vocabulary;

use super::export::{Export, Unopened};
#[cfg(feature = "workbook")]
use super::file::{FileReader, Opened};
use super::{Input, ReadError, Reader};

impl Reader {
    /// Sets the mapping with which a school's own export is read. The export's columns, in any order, become the
    /// template's columns. Unmapped columns are ignored. If Pupil Premium, Ethnicity, SEND or EAL is not mapped, that
    /// column is [unrecorded](crate::Roster::unrecorded). If usernames are not mapped, they are made from the names.
    ///
    /// The file is refused if a mapped heading is missing or appears twice. It is also refused if a heading outside the
    /// mapping certainly fits one of the mapping's targets. [`detect_bytes`](Self::detect_bytes) then returns the
    /// questions to ask.
    ///
    /// ```
    /// use onroll::mapping::Target;
    /// use onroll::{Mapping, Reader};
    /// // Stored when the school confirmed its first export.
    /// let stored = r#"{"columns": {"fullName": ["Forename", "Surname"], "yearGroup": "Year", "className": "Reg", "gender": "Sex"}}"#;
    /// let mapping = Mapping::from_json(stored)?;
    /// let csv = "Forename,Surname,Year,Reg,Sex\nZoë,Okafor,Year 5,5A,Female\n";
    /// let roster = Reader::new().mapping(&mapping).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().full_name, "Zoë Okafor");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mapping(mut self, mapping: impl Borrow<Mapping>) -> Self {
        self.mapping = Some(Arc::new(mapping.borrow().clone()));
        self
    }

    /// Sets the known headings. The default headings are those of UK school systems.
    ///
    /// ```
    /// use onroll::mapping::{Target, Vocabulary};
    /// use onroll::Reader;
    /// let words = Vocabulary::default().with("Kennung", Target::SourceId);
    /// let csv = "Forename,Surname,Year,Reg,Sex,Kennung\nZoë,Okafor,5,5A,F,77\n";
    /// let detected = Reader::new().vocabulary(words).detect_bytes(csv.as_bytes())?;
    /// assert!(detected.mapping().source(Target::SourceId).is_some());
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// Sets whether to use the preferred or the legal name if a file has both. The default is the preferred name.
    ///
    /// ```
    /// use onroll::mapping::{NamesFrom, Target};
    /// use onroll::Reader;
    /// let csv = "Forename,Legal Forename,Surname,Year,Reg,Sex\nZoë,Zoella,Okafor,5,5A,F\n";
    /// let detected = Reader::new().names_from(NamesFrom::Legal).detect_bytes(csv.as_bytes())?;
    /// assert_eq!(detected.mapping().source(Target::FullName).unwrap().headings(), ["Legal Forename", "Surname"]);
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn names_from(mut self, names_from: NamesFrom) -> Self {
        self.names_from = Some(names_from);
        self
    }

    /// Detects what each column of a file contains. If you set a stored [mapping](Self::mapping), the result says
    /// whether the mapping still fits the file, and lists the differences. If it is not clear which sheet of a workbook
    /// holds the students, the result only asks which sheet to read. Answer with [`sheet`](Self::sheet), and detect
    /// again.
    ///
    /// ```
    /// use onroll::Reader;
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # std::fs::write("export.csv", "Forename,Surname,Year,Reg,Sex\nZoë,Okafor,5,5A,F\n")?;
    /// let detected = Reader::new().detect_path("export.csv")?;
    /// if detected.certain() {
    ///     let roster = Reader::new().fix(true).mapping(detected.mapping()).read_path("export.csv")?;
    ///     assert_eq!(roster.get(0).unwrap().full_name, "Zoë Okafor");
    /// } else {
    ///     println!("{}", detected.text()); // for a person to confirm
    /// }
    /// # assert!(detected.certain());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Io`] if the file cannot be read, and [`ReadError::Rejected`] if the file is not text.
    pub fn detect_path(&self, path: impl AsRef<Path>) -> Result<Detected, ReadError> {
        self.detected(self.load_path(path.as_ref())?)
    }

    /// Detects the columns of a file in memory, as [`detect_path`](Self::detect_path) does.
    ///
    /// ```
    /// use onroll::mapping::QuestionKind;
    /// use onroll::Reader;
    /// let csv = "Forename,Surname,Year,Sex\nZoë,Okafor,5,F\n";
    /// let detected = Reader::new().detect_bytes(csv.as_bytes())?;
    /// assert_eq!(detected.questions()[0].kind, QuestionKind::MissingColumn); // no column of classes
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Rejected`] if the file is not text.
    pub fn detect_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> Result<Detected, ReadError> {
        self.detected(Some(bytes.into()))
    }

    /// Detects the columns of a stream, as [`detect_path`](Self::detect_path) does.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use onroll::Reader;
    /// let upload = Cursor::new("Forename,Surname,Year,Reg,Sex\nZoë,Okafor,5,5A,F\n");
    /// assert!(Reader::new().detect(upload)?.certain());
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`detect_path`](Self::detect_path).
    pub fn detect(&self, from: impl Read) -> Result<Detected, ReadError> {
        self.detected(self.load(from, 0)?)
    }

    fn detected(&self, input: Input<'_>) -> Result<Detected, ReadError> {
        let limits = self.limits.within_reach();
        let most = limits.file_bytes;
        let too_large = || rejected(Code::FileTooLarge, Detail::limit(most, "bytes in the file"));
        let bytes = input.filter(|bytes| bytes.len() as u64 <= most).ok_or_else(too_large)?;
        #[cfg(feature = "workbook")]
        if workbook::is_workbook(&bytes) {
            return self.detected_in_workbook(bytes, &limits);
        }
        let decoded = table::decode(bytes).map_err(|unreadable| match unreadable {
            NotText::Empty => rejected(Code::EmptyFile, Detail::None),
            NotText::Not(what) => rejected(Code::NotACsv, Detail::note(what)),
        })?;
        self.detected_of(decoded, None, &limits)
    }

    /// Detects what each column of a sheet contains. If it is not clear which sheet holds the students, the result asks
    /// which sheet to read.
    #[cfg(feature = "workbook")]
    fn detected_in_workbook(&self, bytes: Cow<'_, [u8]>, limits: &Limits) -> Result<Detected, ReadError> {
        let mut pass = FileReader::new(self).of_any_export(&self.vocabulary);
        match pass.workbook(Some(bytes))? {
            Opened::Sheet(decoded) => {
                let sheet = decoded.source.sheet(&[]).map(|(cells, _)| String::from(&*cells.sheet));
                self.detected_of(decoded, sheet, limits)
            }
            Opened::Text(_) => Err(rejected(Code::NotACsv, Detail::None)),
            Opened::Refused => {
                let sheets = pass.sheet_choices();
                let report = pass.refused()?;
                if sheets.is_empty() {
                    Err(ReadError::Rejected(report))
                } else {
                    Ok(Detected::of_several_sheets(sheets))
                }
            }
        }
    }

    fn detected_of(&self, decoded: Decoded, sheet: Option<String>, limits: &Limits) -> Result<Detected, ReadError> {
        let score = |cell: &str| mapping::points(&self.vocabulary, cell);
        match Export::open(decoded, limits, &score, &self.vocabulary) {
            Ok(export) => {
                let detected = self.detected_in(&Table { sheet, ..export.table(limits) });
                let Some(Position::Row { row, .. }) = export.full_above else { return Ok(detected) };
                let text = format!(
                    "Row {row} is above the headings, which are in row {}, but looks like a row of the table. Is it a student?",
                    export.number
                );
                Ok(detected.with_question(Question {
                    kind: QuestionKind::NoHeadings,
                    target: None,
                    choices: Vec::new(),
                    value: None,
                    text,
                }))
            }
            Err(unopened) => match unopened.1 {
                Unopened::Without(looked, _) => Ok(Detected::without_headings(looked)),
                Unopened::Problem(code, position, detail) => {
                    let mut report = Report::new(limits.problems);
                    report.add(Problem::new(code, position).with_detail(detail), false);
                    Err(ReadError::Rejected(report))
                }
            },
        }
    }

    /// Detects what each column of a table contains, for any kind of file.
    pub(super) fn detected_in(&self, table: &Table) -> Detected {
        let settings = DetectionSettings {
            vocabulary: &self.vocabulary,
            ethnicities: &self.ethnicities,
            sign_in: self.sign_in,
            names_from: self.names_from,
            stored: self.mapping.as_deref(),
        };
        mapping::detect(table, &settings)
    }
}

fn rejected(code: Code, detail: Detail) -> ReadError {
    let mut report = Report::new(1);
    report.add(Problem::new(code, Position::File).with_detail(detail), false);
    ReadError::Rejected(report)
}
