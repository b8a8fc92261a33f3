//! Writes the message of a problem in English from its code and details: where, what is wrong, and what to do
//! (`remedy`). A problem does not store its message, so you can write your own messages from the codes.

mod shown;

use std::borrow::Cow;
use std::fmt;

use self::shown::{character_name, quoted, shown};
use super::{Detail, Fix, Position, Problem, ProblemCode};
use crate::column::Column;
use crate::text::{self, Private, visible};

/// The verbs with which a predicate without a subject begins.
const VERBS: [&str; 11] =
    ["is ", "has ", "contains ", "begins ", "does ", "mixes ", "was ", "cannot ", "would ", "appears ", "seems "];

impl Position {
    /// Writes the position. `heading` is the heading in the file, if it differs from the template's heading.
    fn write(&self, f: &mut impl fmt::Write, heading: Option<&str>) -> fmt::Result {
        let column = match self {
            Self::File => return f.write_str("the file"),
            Self::Row { row: 1, column, .. } => {
                f.write_str("heading row")?;
                column
            }
            Self::Row { row, column, .. } => {
                write!(f, "row {row}")?;
                column
            }
            Self::Record { index, column } => {
                write!(f, "row {} of the data", index + 1)?;
                column
            }
            Self::Edit { column: Some(column) } => return write!(f, "{column}"),
            Self::Edit { column: None } => return f.write_str("the edit"),
        };
        match (column, heading) {
            (Some(_), Some(heading)) => write!(f, ", {}", visible(heading)),
            (Some(column), None) => write!(f, ", {column}"),
            (None, _) => Ok(()),
        }
    }
}

impl Problem {
    pub(super) fn write(&self, f: &mut impl fmt::Write, values: bool) -> fmt::Result {
        use ProblemCode as Code;
        let heading = self.heading().filter(|_| values);
        match self.rows.in_words() {
            Some(rows) => {
                f.write_str(&rows)?;
                if self.record().is_some() {
                    f.write_str(" of the data")?;
                }
                match (self.column(), heading) {
                    (Some(_), Some(heading)) => write!(f, ", {}", visible(heading))?,
                    (Some(column), None) => write!(f, ", {column}")?,
                    (None, _) => {}
                }
            }
            None => {
                self.position.write(f, heading)?;
                self.cell().map_or(Ok(()), |cell| write!(f, " ({cell})"))?;
            }
        }
        f.write_str(": ")?;
        let predicate = match (self.predicate(), heading) {
            (Some(predicate), Some(heading)) if self.column().is_none() => Some(with_heading(predicate, heading)),
            (predicate, _) => predicate,
        };
        let value = self.value.as_ref().filter(|_| values).map(Private::expose).filter(|value| !value.is_empty());
        let value = value.map(shown);
        match (&value, predicate) {
            (Some(value), Some(predicate))
                if self.code == Code::SheetChoice && matches!(self.detail, Detail::Note(_)) =>
            {
                write!(f, "{predicate}: {value}")?
            }
            (_, Some(predicate)) if self.position == Position::File => {
                write!(f, "{}{predicate}", self.subject(&predicate))?
            }
            (Some(_), Some(predicate)) if self.code == Code::MixedScript => {
                let value = self.value.as_ref().map(Private::expose).unwrap_or_default();
                match foreign_letter(value) {
                    Some(sentence) => return f.write_str(&sentence),
                    None => write!(f, "{} {predicate}", quoted(&visible(value)))?,
                }
            }
            // The words `'F' should be 'Female'` need no reason.
            (Some(value), _) if self.is_safe() && self.is_another_spelling() => f.write_str(&quoted(value))?,
            (Some(value), Some(predicate)) if !is_sentence(&predicate) => write!(f, "{} {predicate}", quoted(value))?,
            (Some(_), Some(sentence)) => f.write_str(&sentence)?,
            (None, Some(predicate)) => write!(f, "{}{predicate}", self.subject(&predicate))?,
            // A problem has no predicate only if it was stored and then edited.
            (Some(value), None) => write!(f, "{}: {}", quoted(value), self.rule())?,
            (None, None) => f.write_str(&self.rule())?,
        }
        match self.fix.as_ref() {
            Some(fix) => self.write_fix(f, fix, values, value.is_some()),
            None if values => self.remedy().map_or(Ok(()), |remedy| write!(f, "; {remedy}")),
            None => Ok(()),
        }
    }

    /// Returns the subject of the sentence, for a message without a value. It is empty if the predicate is a whole
    /// sentence.
    fn subject(&self, predicate: &str) -> &'static str {
        use ProblemCode as Code;
        if is_sentence(predicate) {
            return "";
        }
        let is_heading = matches!(self.position, Position::Row { row: 1, .. }) || self.code == Code::HeadingMissing;
        match self.column() {
            Some(_) if is_heading => "the heading ",
            None if self.code == Code::HeadingUnknown && predicate.starts_with("is ") => "a column ",
            Some(_) if predicate.starts_with("holds ") && self.rows.count() > 0 => "the column ",
            Some(_) if matches!(self.position, Position::Row { .. }) => "the cell ",
            Some(_) => "the value ",
            None if self.code == Code::NotAStudent => "this row ",
            None if matches!(self.code, Code::UpnInvalid | Code::UpnDuplicate) => "the UPN ",
            None if self.code == Code::SourceIdDuplicate && predicate.starts_with("is ") => "the source id ",
            None if self.code == Code::HostIdDuplicate => "the host id ",
            None if VERBS.iter().any(|verb| predicate.starts_with(verb)) => "a value ",
            None => "",
        }
    }

    fn write_fix(&self, f: &mut impl fmt::Write, fix: &Fix, values: bool, has_value: bool) -> fmt::Result {
        use ProblemCode as Code;
        match self.code {
            // The sentence already says what to write.
            Code::WrongDelimiter | Code::HeadingOrder | Code::HeadingUnknown | Code::RowLength => Ok(()),
            Code::HeadingMissing if matches!(fix.text(), "No" | "NOBT") => {
                write!(
                    f,
                    "; if the school does not record it, add the column with '{}'{} in every row",
                    visible(fix.text()),
                    if fix.text() == "NOBT" { " (not obtained)" } else { "" }
                )
            }
            Code::NotAStudent if fix.safe => f.write_str("; it can be left out"),
            _ if !values || fix.text().is_empty() => {
                f.write_str(if fix.safe { " (there is a safe fix)" } else { " (there is a suggestion)" })
            }
            // The value and the fix look the same.
            Code::NotNfc if fix.safe => f.write_str("; joining them does not change how it looks"),
            _ if !fix.safe => write!(f, "; did you mean {}{}?", quoted(&visible(fix.text())), self.meaning()),
            _ if self.is_another_spelling() && has_value => {
                write!(f, " should be {}{}", quoted(&visible(fix.text())), self.meaning())
            }
            _ => write!(f, " and should be {}{}", quoted(&visible(fix.text())), self.meaning()),
        }
    }

    /// Returns the meaning of the code in the fix, in brackets.
    fn meaning(&self) -> String {
        match &self.detail {
            Detail::Meaning(meaning) => format!(" ({})", visible(meaning)),
            _ => String::new(),
        }
    }

    /// Returns the title of the code in a form that fits into a sentence.
    fn rule(&self) -> String {
        let title = self.code.title();
        let mut letters = title.chars();
        match (letters.next(), letters.clone().next()) {
            (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
            _ => title.to_owned(),
        }
    }

    /// Returns what a school must do about a problem without a fix.
    fn remedy(&self) -> Option<&'static str> {
        use ProblemCode as Code;
        let is_of_file = matches!(self.position, Position::File | Position::Row { .. });
        // A note already says what to do.
        if matches!(self.detail, Detail::Note(_)) {
            return None;
        }
        Some(match self.code {
            Code::FileTooLarge => "upload a file with only the students",
            Code::HeadingMissing => "add the column",
            Code::Blank => "fill it in",
            Code::ForbiddenCharacter | Code::Mojibake | Code::LetterLost | Code::MixedScript => "type it again",
            Code::TooLong => "shorten it",
            Code::Placeholder => "write the real value",
            Code::NameUnlikely => "check it",
            Code::NameReversed => "write the forename first",
            Code::EthnicityUnknown => "use a code such as WBRI (White British), or NOBT (not obtained)",
            Code::UsernameDuplicate => "give each student a different username",
            Code::UsernameNotEmail => "use the student's school email address",
            Code::ExcelMangled if is_of_file => "format the column as text, and type it again",
            Code::ExcelMangled => "type it again",
            Code::ExcelRisk if is_of_file => "format the column as text before you save it in Excel",
            Code::ExcelRisk => "use another username",
            Code::SourceIdInvalid => "copy the source id from your MIS again",
            Code::UpnInvalid => "copy the UPN from your MIS again",
            Code::UpnDuplicate => "check both UPNs in your MIS",
            Code::SourceIdDuplicate => "give each student a different source id",
            Code::HostIdDuplicate => "give each account a different host id",
            Code::NotRecorded => "correct it in your MIS",
            Code::NoStudents => "add the students, or export them again",
            _ => return None,
        })
    }

    /// Returns whether the fix is only a different spelling of the value. The message then needs no reason.
    fn is_another_spelling(&self) -> bool {
        use ProblemCode as Code;
        let codes =
            [Code::Gender, Code::YesNo, Code::EthnicityDescription, Code::EthnicityExtended, Code::HeadingMisspelt];
        codes.contains(&self.code)
    }

    /// Returns the predicate of the sentence, or a whole sentence. It contains no value.
    fn predicate(&self) -> Option<Cow<'static, str>> {
        use ProblemCode as Code;
        let of_data = |other: &u64| format!("row {} of the data", other + 1);
        Some(match (self.code, &self.detail) {
            (_, Detail::Note(note)) => note.clone(),
            (Code::RowDuplicate, Detail::OtherRow(row)) => same_row(&format!("row {row}")).into(),
            (Code::RowDuplicate, Detail::OtherRecord(other)) => same_row(&of_data(other)).into(),
            (code, Detail::OtherRow(row)) => also_in(code, &format!("row {row}"))?.into(),
            (code, Detail::OtherRecord(other)) => also_in(code, &of_data(other))?.into(),
            (Code::HeadingOrder, Detail::Count { found, expected }) => {
                format!("is column {found} and should be column {expected}").into()
            }
            (Code::RowLength, Detail::Count { found, expected }) => {
                let values = if *found == 1 { "value" } else { "values" };
                let why =
                    if found > expected { "; put quotation marks around a value that contains a comma" } else { "" };
                format!("the row has {found} {values} for {expected} headings{why}").into()
            }
            (Code::TooManyProblems, Detail::Count { found, .. }) => {
                if *found == 1 {
                    "1 more problem is not listed".into()
                } else {
                    format!("{found} more problems are not listed").into()
                }
            }
            (Code::FileTooLarge, Detail::Limit { most, of }) if of == "bytes in the file" => {
                format!("it is larger than {}", size(*most)).into()
            }
            (Code::FileTooLarge, Detail::Limit { most, of }) if of.starts_with("bytes") => {
                format!("there is more than {}{}", size(*most), of.trim_start_matches("bytes")).into()
            }
            (Code::FileTooLarge | Code::RowLength, Detail::Limit { most, of }) => {
                format!("there are more than {most} {of}").into()
            }
            (_, Detail::Limit { most, of }) if of == "bytes" => {
                format!("is over the limit of about {most} characters").into()
            }
            (_, Detail::Limit { most, of }) => format!("is over the limit of {most} {of}").into(),
            (_, Detail::Character(c)) => format!("contains {}", character_name(*c)).into(),
            _ => return self.usual_predicate().map(Cow::Borrowed),
        })
    }

    /// Returns the predicate of a code for which the details do not matter.
    fn usual_predicate(&self) -> Option<&'static str> {
        use ProblemCode as Code;
        Some(match self.code {
            Code::Mojibake => "has garbled letters",
            Code::LetterLost => "has a question mark in place of a letter",
            Code::HtmlEntity => "contains an HTML code",
            Code::Placeholder => "is a placeholder",
            Code::UnusualLetters => "has special letters in place of ordinary ones",
            Code::LeadingApostrophe => "begins with an apostrophe",
            Code::NameUnlikely => "does not look like only a name",
            Code::StrayQuote => "has a quotation mark in the middle",
            Code::Gender => "is not Male, Female or Non-Binary",
            Code::YesNo => "is not Yes or No",
            Code::EthnicityUnknown => "is not an ethnicity code",
            Code::EthnicityDescription => "is not written as an ethnicity code",
            Code::EthnicityExtended => "is not one of the main ethnicity codes",
            Code::Blank => "is blank",
            Code::StraySpace => "has a stray space",
            Code::Quoted => "is in quotation marks",
            Code::HeadingMissing => "is missing",
            Code::HeadingMisspelt => "is not a heading of the template",
            Code::HeadingDuplicate => "appears twice; keep one of the two columns",
            Code::UsernameNotEmail => "is not an email address",
            Code::ExcelMangled => "was changed by Excel",
            Code::ExcelRisk => "would be changed by Excel",
            Code::Encoding => "was read as if it came from an older Windows program; check the letters",
            Code::NotNfc => "has accents stored as separate characters",
            Code::NameReversed => "seems to be written surname first",
            Code::MixedScript => "mixes letters of two writing systems that look alike",
            Code::SourceIdInvalid => "is not a source id, so it identifies nobody and is ignored",
            Code::UpnInvalid => "is not a valid UPN, so it cannot identify a student",
            Code::NotRecorded => "cannot be read, so it is left out",
            Code::WorkbookProtected => {
                "the workbook is protected with a password; save it without the password, and upload that"
            }
            Code::EmptyFile => "it is empty; export the students again",
            Code::NoStudents => "it has headings, but no students below them",
            _ => return None,
        })
    }
}

/// Returns the predicate for a problem that involves a second row, `other`. Returns `None` if the code is not about two
/// rows. This is possible only in a stored problem that was edited.
fn also_in(code: ProblemCode, other: &str) -> Option<String> {
    use ProblemCode as Code;
    Some(match code {
        Code::UsernameDuplicate => format!("is also the username in {other}"),
        Code::SourceIdDuplicate => format!("is also the source id in {other}"),
        Code::HostIdDuplicate => format!("is also the host id in {other}"),
        Code::UpnDuplicate => format!("is also the UPN in {other}, so it cannot identify a student"),
        Code::UsernameNotName => {
            format!("is the name of the student in {other}; check that all columns were sorted together")
        }
        Code::SpellingVaries => format!("is spelt differently in {other}"),
        Code::SameStudent => format!(
            "is almost the name of the student in {other}, in the same class; if this is one student, keep one row"
        ),
        _ => return None,
    })
}

/// Returns whether a predicate is a whole sentence, which needs no subject or value before it.
fn is_sentence(predicate: &str) -> bool {
    predicate.starts_with("the ")
        || predicate.starts_with("there ")
        || predicate.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns a predicate in which the school's own heading replaces the template's heading or the word `here`. The
/// school's heading is private.
fn with_heading(predicate: Cow<'static, str>, heading: &str) -> Cow<'static, str> {
    let heading = visible(heading);
    if predicate.contains("is opened here") {
        return predicate.replacen("here", &format!("under {heading}"), 1).into();
    }
    let of_template =
        Column::ALL.into_iter().map(|column| format!("from {column} on")).find(|from| predicate.contains(from));
    match of_template {
        Some(from) => predicate.replacen(&from, &format!("from {heading} on"), 1).into(),
        None => predicate,
    }
}

/// Returns a sentence that says which letter of a value belongs to a different alphabet, and what to type instead.
fn foreign_letter(value: &str) -> Option<String> {
    let foreign = text::foreign_letter(value)?;
    let (word, position, letter) = (foreign.word, foreign.position, foreign.letter);
    let ordinal = match (position % 10, position % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    let written = letter.to_string();
    let look = text::look_alike(&written);
    let which = format!("the {position}{ordinal} letter of {}", quoted(&visible(word)));
    Some(match letter.is_ascii() || look == written {
        true => format!("{which} belongs to a different alphabet from the other letters; type the word again"),
        false => format!("{which} looks like {look} but belongs to another alphabet; type {look} instead"),
    })
}

/// Returns a number of bytes in a unit that a school office knows.
fn size(bytes: u64) -> String {
    const KB: u64 = 1 << 10;
    const MB: u64 = 1 << 20;
    match bytes {
        0..KB => format!("about {bytes} characters"),
        KB..MB => format!("{} KB", bytes / KB),
        _ => format!("{} MB", bytes / MB),
    }
}

fn same_row(other: &str) -> String {
    format!(
        "the same as {other}; if this is one student, keep one row; if these are two students, give each a different username"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of problems in a row of data, in an edit, or in a record from an MIS.
    const OF_DATA: &[ProblemCode] = {
        use ProblemCode as Code;
        &[
            Code::Blank,
            Code::ForbiddenCharacter,
            Code::StraySpace,
            Code::Quoted,
            Code::Mojibake,
            Code::LetterLost,
            Code::HtmlEntity,
            Code::Placeholder,
            Code::TooLong,
            Code::Gender,
            Code::YesNo,
            Code::EthnicityUnknown,
            Code::EthnicityDescription,
            Code::EthnicityExtended,
            Code::UsernameDuplicate,
            Code::RowDuplicate,
            Code::HostIdDuplicate,
            Code::SourceIdDuplicate,
            Code::UsernameNotEmail,
            Code::ExcelMangled,
            Code::NotNfc,
            Code::UnusualLetters,
            Code::LeadingApostrophe,
            Code::NameUnlikely,
            Code::NameReversed,
            Code::ExcelRisk,
            Code::MixedScript,
            Code::SourceIdInvalid,
            Code::UpnInvalid,
            Code::UpnDuplicate,
            Code::NotRecorded,
        ]
    };

    fn details() -> Vec<Detail> {
        vec![
            Detail::None,
            Detail::OtherRow(7),
            Detail::OtherRecord(6),
            Detail::Count { found: 8, expected: 9 },
            Detail::limit(1000, "bytes"),
            Detail::Character('\u{200B}'),
        ]
    }

    /// Returns every code at every position, with and without a value and a fix. The values are hostile.
    fn problems() -> Vec<Problem> {
        const HOSTILE: &str = "QZX\n\u{202E}\u{1B}[31m'; drop";
        let column = Some(Column::FullName);
        let positions = [
            Position::File,
            Position::Row { row: 1, line: 1, byte: 0, column },
            Position::Row { row: 5, line: 6, byte: 9, column },
            Position::Row { row: 5, line: 6, byte: 9, column: None },
            Position::Record { index: 3, column },
            Position::Record { index: 3, column: None },
            Position::Edit { column },
            Position::Edit { column: None },
        ];
        let fixes = [None, Some(""), Some(HOSTILE)];
        let mut all = Vec::new();
        for code in ProblemCode::ALL {
            for position in &positions {
                for detail in details() {
                    for (value, fix, safe) in [None, Some(""), Some(HOSTILE)]
                        .into_iter()
                        .flat_map(|value| fixes.iter().flat_map(move |fix| [(value, *fix, true), (value, *fix, false)]))
                    {
                        let mut problem = Problem::new(*code, position.clone()).with_detail(detail.clone());
                        problem.value = value.map(Private::new);
                        problem.fix = fix.map(|text| Fix::stored(Some(text.to_owned()), safe));
                        all.push(problem);
                    }
                }
            }
        }
        all
    }

    #[test]
    fn every_message_is_a_sentence_even_if_the_value_is_hostile() {
        for problem in problems() {
            for text in [problem.message(), problem.to_string()] {
                let (position, sentence) = text.split_once(": ").unwrap_or_else(|| panic!("no position: {text}"));
                assert!(!position.is_empty() && sentence.split(' ').count() >= 2, "{text}");
                assert!(!text.chars().any(char::is_control) && !text.contains('\u{202E}'), "{text:?}");
                assert!(!text.contains("''") || text.contains("QZX"), "an empty value: {text}");
                assert!(!text.contains("  ") && text.trim() == text && !text.ends_with([':', ';', ',']), "{text}");
                // A sentence begins with its subject or a value, and never with a verb.
                assert!(!VERBS.iter().any(|verb| sentence.starts_with(verb)), "{text}");
            }
            assert!(!problem.to_string().contains("QZX"), "{problem}");
        }
    }

    #[test]
    fn messages_about_records_and_edits_do_not_mention_a_file() {
        for problem in problems().iter().filter(|problem| OF_DATA.contains(&problem.code)) {
            if matches!(problem.position, Position::Record { .. } | Position::Edit { .. }) {
                let text = problem.message();
                assert!(
                    !["cell", "save", "file", "format the column"].iter().any(|word| text.contains(word)),
                    "{text}"
                );
            }
        }
    }
}
