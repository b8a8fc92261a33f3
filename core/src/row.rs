//! The only row check: nine cells in, a student or its problems out.
//!
//! It asks the same of a row twice over. [`Rules::exact_texts`] and [`Rules::exact_codes`] say of nearly every row, in a few
//! nanoseconds, that it is surely right; where they are not sure, [`Rules::check`] finds what is wrong.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::column::{Column, Columns};
use crate::ethnicity::Ethnicities;
use crate::flag;
use crate::gender::Gender;
use crate::meaning::Meaning;
use crate::problem::{Detail, Fix, ProblemCode as Code};
use crate::sheet::Plain;
use crate::student::Codes;
use crate::text::{self, Forbidden, TwoWayMatch, Word};
use crate::username::{self, SignIn};

/// What a row must be.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) sign_in: SignIn,
    /// Whether safe fixes are applied.
    pub(crate) fix: bool,
    pub(crate) main_codes_only: bool,
    /// The columns that may be blank: a host's own rows, and records of an MIS, may lack some.
    pub(crate) may_be_blank: Columns,
    pub(crate) cell_bytes: usize,
    pub(crate) ethnicities: Arc<Ethnicities>,
}

/// Something wrong with one cell of a row.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) column: Column,
    pub(crate) fix: Option<Fix>,
    pub(crate) detail: Detail,
    /// Whether the fix has been applied.
    pub(crate) fixed: bool,
}

/// A row that has been checked.
#[derive(Debug)]
pub(crate) struct Checked<'c> {
    /// The cells, with the safe fixes where they are applied; a cell that is not in the file is blank.
    pub(crate) cells: [Cow<'c, str>; Column::COUNT],
    /// The name and the username as they are compared with others', where that is not as they are in the cells: with the safe
    /// fixes, and empty where the text is refused.
    pub(crate) compared: [Option<String>; 2],
    /// The five short columns, if all of them can be read.
    pub(crate) codes: Option<Codes>,
}

/// What misspelt values were probably meant to be. Each distinct value is looked up once, and none when nobody will see it.
#[derive(Debug, Default)]
pub(crate) struct Suggestions {
    known: HashMap<(Column, Box<str>), Option<Box<str>>>,
    /// Whether problems are only counted from here on.
    off: bool,
}

impl Suggestions {
    /// Says whether the next problems are listed, so that suggestions for them are wanted.
    pub(crate) fn want(&mut self, wanted: bool) {
        self.off = !wanted;
    }

    fn get(&mut self, column: Column, cell: &str, look_up: impl FnOnce() -> Option<Box<str>>) -> Option<Box<str>> {
        if self.off {
            return None;
        }
        self.known.entry((column, cell.into())).or_insert_with(look_up).clone()
    }
}

/// What stands before a text that is in quotation marks.
const QUOTES: [char; 4] = ['"', '\'', '\u{201C}', '\u{2018}'];

/// The text within quotation marks that are part of a cell: of a file that quotes with apostrophes, or has a space before its quotation
/// marks. Not where they enclose only some of the words.
fn unquoted(cell: &str) -> Option<&str> {
    let mut text = cell.trim();
    while let Some(inner) = within_quotes(text) {
        text = inner;
    }
    (text.len() < cell.trim().len()).then_some(text)
}

fn within_quotes(text: &str) -> Option<&str> {
    let within = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    let inner = match text.chars().next()? {
        '"' => within('"', '"').filter(|inner| !inner.contains('"')),
        '\u{201C}' => within('\u{201C}', '\u{201D}').filter(|inner| !inner.contains(['\u{201C}', '\u{201D}'])),
        '\'' => within('\'', '\''),
        '\u{2018}' => within('\u{2018}', '\u{2019}'),
        _ => None,
    };
    inner.map(str::trim).filter(|inner| !inner.is_empty())
}

impl Rules {
    /// The lengths of the four texts of a row, if each is surely right: plain, in template order, as it must be.
    ///
    /// What is wrong with a plain text is soon asked: it is clean, what Excel makes of a cell holds a `#` or a
    /// `+`, and a name is reversed at a comma, of which the caller knows that there is none.
    #[inline(always)]
    pub(crate) fn exact_texts(&self, row: &Plain<'_, { Column::COUNT }>) -> Option<[u16; 4]> {
        let length = |column: Column| row.length(column as usize);
        // Nothing is `mangled_date` but of five or six bytes, with a hyphen after a day or the name of a month.
        let dated = |column: Column| {
            // A hyphen becomes a zero byte; taking one from each byte, the first zero is the first that borrows.
            let differs =
                u32::from_le_bytes(*row.window(column as usize)) >> 8 ^ u32::from_le_bytes([b'-', b'-', b'-', 0]);
            let hyphens = differs.wrapping_sub(0x01_01_01) & !differs & 0x80_80_80;
            (length(column).wrapping_sub(5) < 2) & (hyphens != 0)
        };
        let lengths = [Column::FullName, Column::Username, Column::YearGroup, Column::Class].map(length);
        let most = self.cell_bytes.min(usize::from(u16::MAX));
        let fits = lengths.iter().all(|length| length.wrapping_sub(1) < most);
        let begins = |column: Column| row.window::<4>(column as usize)[0];
        let [name, username, year, class] =
            [Column::FullName, Column::Username, Column::YearGroup, Column::Class].map(begins);
        // A plain row has no other quotation mark.
        let quoted = (name == b'\'') | (username == b'\'') | (year == b'\'') | (class == b'\'');
        if !fits || quoted || dated(Column::YearGroup) | dated(Column::Class) {
            return None;
        }
        let username = Column::Username as usize;
        let right = match self.sign_in {
            SignIn::Sso => {
                username::is_usual_email(row.window(username), length(Column::Username))
                    || username::is_email(row.cell(username))
            }
            SignIn::Password => !username::is_at_risk_in_excel(row.cell(username)),
        };
        right.then(|| lengths.map(|length| length as u16))
    }

    /// What the five short columns of a row say, if all of them can be read; each fault is told by its code and whether it
    /// has a safe fix.
    pub(crate) fn codes(&self, row: &Plain<'_, { Column::COUNT }>, mut tell: impl FnMut(Code, bool)) -> Option<Codes> {
        let mut values = Values::default();
        for column in SHORT {
            if let Some(fault) = self.fault(column, row.cell(column as usize), &mut values) {
                tell(fault.code, matches!(fault.right, Meaning::Safe(_)));
            }
        }
        values.codes()
    }

    /// What the five short columns say, where each is surely right.
    ///
    /// Nearly always the length of a cell leaves only one value to compare it with, and whether any differs is
    /// asked once for all: what half the students have a branch would mispredict.
    #[inline(always)]
    pub(crate) fn exact_codes(&self, row: &Plain<'_, { Column::COUNT }>) -> Option<Codes> {
        let word = |column: Column| (Word::from_le_bytes(*row.window(column as usize)), row.length(column as usize));
        let (ethnicity, length) = word(Column::Ethnicity);
        let ethnicity = self.ethnicities.index_of(ethnicity as u32).filter(|_| length == 4)?;
        if self.main_codes_only && !self.ethnicities.is_main(ethnicity) {
            return None;
        }
        let mut differs = 0;
        let mut is_second = |column, choice: &TwoWayMatch| {
            let (word, length) = word(column);
            let (is_second, differing) = choice.read(word, length);
            differs |= differing;
            is_second
        };
        let premium = is_second(Column::PupilPremium, &flag::EXACT);
        let send = is_second(Column::Send, &flag::EXACT);
        let eal = is_second(Column::Eal, &flag::EXACT);
        let gender = match row.length(Column::Gender as usize) {
            10 if row.cell(Column::Gender as usize) == "Non-Binary" => Gender::NonBinary,
            _ => [Gender::Male, Gender::Female][usize::from(is_second(Column::Gender, &Gender::USUAL))],
        };
        (differs == 0).then(|| Codes::new(Some(gender), premium, ethnicity, send, eal))
    }

    /// Finds everything that is wrong with a row, and mends what may be mended. A cell that is `None`
    /// is of a column that the file does not have, and is not judged.
    pub(crate) fn check<'c>(
        &self,
        cells: [Option<&'c str>; Column::COUNT],
        findings: &mut Vec<Finding>,
        suggestions: &mut Suggestions,
    ) -> Checked<'c> {
        let mut values = Values::default();
        let mut compared = [const { None }; 2];
        let mut checked = cells.map(|cell| Cow::Borrowed(cell.unwrap_or_default()));
        for ((column, cell), place) in Column::ALL.into_iter().zip(cells).zip(&mut checked) {
            let Some(cell) = cell else { continue };
            let mended = match self.cell(column, cell, findings, suggestions, &mut values) {
                Some(mended) if self.fix => {
                    *place = mended;
                    continue;
                }
                Some(Cow::Borrowed(_)) => continue,
                Some(Cow::Owned(mended)) => mended,
                None => String::new(),
            };
            if let Some(place) = compared.get_mut(column as usize) {
                *place = Some(mended);
            }
        }
        Checked { cells: checked, compared, codes: values.codes() }
    }

    /// Checks one cell and gives it back, mended; nothing where it cannot be so much as compared.
    fn cell<'c>(
        &self,
        column: Column,
        cell: &'c str,
        findings: &mut Vec<Finding>,
        suggestions: &mut Suggestions,
        values: &mut Values,
    ) -> Option<Cow<'c, str>> {
        if cell.len() > self.cell_bytes {
            let detail = Detail::limit(self.cell_bytes as u64, "bytes");
            self.find(findings, column, Code::TooLong, None, detail);
            return None;
        }
        match column {
            Column::FullName | Column::Username | Column::YearGroup | Column::Class => {
                self.text(column, cell, findings)
            }
            _ => Some(self.value(column, cell, findings, suggestions, values)),
        }
    }

    /// A cell of free text: cleaned first, then judged by what its column asks.
    fn text<'c>(&self, column: Column, cell: &'c str, findings: &mut Vec<Finding>) -> Option<Cow<'c, str>> {
        let mut text = Cow::Borrowed(cell);
        if !cell.is_empty() && text::is_plain(cell) && !cell.starts_with(QUOTES) {
            self.judge(column, cell, findings);
            return Some(text);
        }
        if let Some(mark) = text::piled_mark(cell) {
            self.find(findings, column, Code::ForbiddenCharacter, None, Detail::Character(mark));
            return None;
        }
        let forbidden = text::forbidden(cell);
        let guessed = match forbidden {
            Some(Forbidden::Invisible(_)) => text::guessed_without_invisible(cell),
            _ => None,
        };
        if matches!(forbidden, Some(Forbidden::Invisible(_))) && guessed.is_none() {
            text = Cow::Owned(text::without_invisible(cell));
        }
        if text.trim().is_empty() {
            if !self.may_be_blank.contains(column) {
                self.find(findings, column, Code::Blank, None, Detail::None);
            }
            return Some(text);
        }
        match forbidden {
            Some(found @ Forbidden::Broken(_)) => {
                self.find(findings, column, Code::ForbiddenCharacter, None, Detail::Character(found.char()));
            }
            Some(found) => {
                let fix = match &guessed {
                    Some(guessed) => Fix::suggestion(guessed.as_str()),
                    None => Fix::safe(text.as_ref()),
                };
                let fix = Some(fix);
                self.find(findings, column, Code::ForbiddenCharacter, fix, Detail::Character(found.char()));
            }
            None => {}
        }
        if let Some(inner) = unquoted(&text) {
            let inner = text::tidy(inner).into_owned();
            self.find(findings, column, Code::Quoted, Some(Fix::safe(inner.as_str())), Detail::None);
            text = Cow::Owned(inner);
        }
        let steps: [(Code, Step); 2] = [(Code::StraySpace, text::tidy), (Code::NotNfc, text::nfc)];
        for (code, step) in steps {
            let mended = step(&text);
            if mended == text {
                continue;
            }
            // A letter of Hebrew may stand for itself and two marks.
            if let Some(mark) = text::piled_mark(&mended) {
                self.find(findings, column, Code::ForbiddenCharacter, None, Detail::Character(mark));
                return None;
            }
            let mended = mended.into_owned();
            self.find(findings, column, code, Some(Fix::safe(mended.as_str())), Detail::None);
            text = Cow::Owned(mended);
        }
        self.judge(column, guessed.as_deref().unwrap_or(&text), findings);
        Some(text)
    }

    /// What a clean text must be in its column.
    fn judge(&self, column: Column, text: &str, findings: &mut Vec<Finding>) {
        let mut find = |code, suggestion: Option<String>| {
            self.find(findings, column, code, suggestion.map(Fix::suggestion), Detail::None);
        };
        let dated = matches!(column, Column::YearGroup | Column::Class);
        if let Some(typed) = username::mangled(text) {
            find(Code::ExcelMangled, typed);
        } else if let Some(typed) = dated.then(|| username::mangled_date(text)).flatten() {
            find(Code::ExcelMangled, Some(typed));
        }
        match column {
            Column::FullName => {
                if let Some(spoken) = username::unreversed(text) {
                    find(Code::NameReversed, Some(spoken));
                }
            }
            Column::Username => match self.sign_in {
                SignIn::Sso if !username::is_email(text) => find(Code::UsernameNotEmail, None),
                SignIn::Password if username::is_at_risk_in_excel(text) => find(Code::ExcelRisk, None),
                _ => {}
            },
            _ => {}
        }
        if matches!(column, Column::FullName | Column::Username) && text::mixes_scripts(text) {
            find(Code::MixedScript, None);
        }
    }

    /// A cell of one of the five columns that hold a value.
    fn value<'c>(
        &self,
        column: Column,
        cell: &'c str,
        findings: &mut Vec<Finding>,
        suggestions: &mut Suggestions,
        values: &mut Values,
    ) -> Cow<'c, str> {
        let Some(Fault { code, detail, right }) = self.fault(column, cell, values) else { return Cow::Borrowed(cell) };
        let (fix, mended) = match right {
            Meaning::Unknown if matches!(code, Code::Gender | Code::YesNo | Code::EthnicityUnknown) => {
                let nearest = suggestions.get(column, cell, || self.nearest(column, cell).map(Box::from));
                (nearest.map(Fix::suggestion), Cow::Borrowed(cell))
            }
            Meaning::Exact(right) | Meaning::Safe(right) => (Some(Fix::safe(right)), Cow::Owned(right.to_owned())),
            Meaning::Guess(right) => (Some(Fix::suggestion(right)), Cow::Borrowed(cell)),
            Meaning::Unknown => (None, Cow::Borrowed(cell)),
        };
        self.find(findings, column, code, fix, detail);
        mended
    }

    /// What is wrong with a cell of one of the five columns that hold a value, which is kept if it can be read.
    fn fault(&self, column: Column, cell: &str, values: &mut Values) -> Option<Fault<'_>> {
        if self.read_exact(column, cell, values) {
            return None;
        }
        let fault = |code, right| Some(Fault { code, detail: Detail::None, right });
        let tidy = text::tidy(cell);
        if tidy.is_empty() {
            let Some(usual) = column.when_not_recorded() else { return fault(Code::Blank, Meaning::Unknown) };
            self.read_value(column, usual, values);
            return fault(Code::Blank, Meaning::Safe(usual));
        }
        if let Some(found @ Forbidden::Broken(_)) = text::forbidden(cell) {
            let detail = Detail::Character(found.char());
            return Some(Fault { code: Code::ForbiddenCharacter, detail, right: Meaning::Unknown });
        }
        match self.read_value(column, &tidy, values) {
            (_, Meaning::Exact(_)) if tidy == cell => None,
            (_, Meaning::Exact(right)) => fault(Code::StraySpace, Meaning::Safe(right)),
            (code, right) => fault(code, right),
        }
    }

    /// Reads a value that is written as it should be, as nearly all are.
    fn read_exact(&self, column: Column, cell: &str, values: &mut Values) -> bool {
        let cell = cell.as_bytes();
        match column {
            Column::Gender if cell.is_empty() && self.may_be_blank.contains(column) => {
                put(&mut values.gender, Some(None))
            }
            Column::Gender => put(&mut values.gender, Gender::exact(cell).map(Some)),
            Column::Ethnicity => {
                let set = &self.ethnicities;
                put(&mut values.ethnicity, set.index(cell).filter(|&i| !self.main_codes_only || set.is_main(i)))
            }
            _ => put(values.flag(column), flag::exact(cell)),
        }
    }

    /// What a value means, as the text that should be there, and the code of the problem if it is not.
    fn read_value(&self, column: Column, cell: &str, values: &mut Values) -> (Code, Meaning<&str>) {
        match column {
            Column::Gender => {
                let meaning = Gender::meaning(cell);
                values.gender = sure(meaning).map(Some);
                (Code::Gender, as_text(meaning, Gender::as_str))
            }
            Column::Ethnicity => self.read_ethnicity(cell, values),
            _ => {
                let meaning = flag::meaning(column, cell);
                *values.flag(column) = sure(meaning);
                (Code::YesNo, as_text(meaning, flag::as_str))
            }
        }
    }

    /// What a value that has no meaning was probably meant to be.
    fn nearest(&self, column: Column, cell: &str) -> Option<&str> {
        let cell = text::tidy(cell);
        match column {
            Column::Gender => Gender::nearest(&cell).map(Gender::as_str),
            Column::Ethnicity => {
                let set = &self.ethnicities;
                set.nearest(&cell).map(|index| set.at(self.rolled_up(index)).code())
            }
            _ => flag::nearest(&cell).map(flag::as_str),
        }
    }

    /// The code that is taken for a code: its main code, where only those are.
    fn rolled_up(&self, index: u16) -> u16 {
        let set = &self.ethnicities;
        let main = self.main_codes_only.then(|| set.index(set.at(index).main_code().as_bytes()));
        main.flatten().unwrap_or(index)
    }

    fn read_ethnicity(&self, cell: &str, values: &mut Values) -> (Code, Meaning<&str>) {
        let set = &self.ethnicities;
        let rolled_up = |index: u16| self.rolled_up(index);
        let (code, meaning) = match set.meaning(cell) {
            Meaning::Exact(index) if rolled_up(index) != index => (Code::EthnicityExtended, Meaning::Safe(index)),
            Meaning::Safe(index) => (Code::EthnicityDescription, Meaning::Safe(index)),
            other => (Code::EthnicityUnknown, other),
        };
        values.ethnicity = sure(meaning).map(rolled_up);
        (code, as_text(meaning, |index| set.at(rolled_up(index)).code()))
    }

    fn find(&self, findings: &mut Vec<Finding>, column: Column, code: Code, fix: Option<Fix>, detail: Detail) {
        let fixed = self.fix && fix.as_ref().is_some_and(Fix::is_safe);
        findings.push(Finding { code, column, fix, detail, fixed });
    }
}

/// A way of cleaning a text.
type Step = fn(&str) -> Cow<'_, str>;

/// The columns that hold a value.
const SHORT: [Column; 5] = [Column::Gender, Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];

/// What is wrong with a value.
struct Fault<'r> {
    code: Code,
    detail: Detail,
    /// What should be there; never exact.
    right: Meaning<&'r str>,
}

/// The five short columns as they are read.
#[derive(Debug, Default)]
struct Values {
    /// If it can be read, what it says, if anything.
    gender: Option<Option<Gender>>,
    pupil_premium: Option<bool>,
    ethnicity: Option<u16>,
    send: Option<bool>,
    eal: Option<bool>,
}

impl Values {
    fn flag(&mut self, column: Column) -> &mut Option<bool> {
        match column {
            Column::PupilPremium => &mut self.pupil_premium,
            Column::Send => &mut self.send,
            _ => &mut self.eal,
        }
    }

    fn codes(&self) -> Option<Codes> {
        Some(Codes::new(self.gender?, self.pupil_premium?, self.ethnicity?, self.send?, self.eal?))
    }
}

fn put<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

fn sure<T: Copy>(meaning: Meaning<T>) -> Option<T> {
    match meaning {
        Meaning::Exact(value) | Meaning::Safe(value) => Some(value),
        Meaning::Guess(_) | Meaning::Unknown => None,
    }
}

fn as_text<'t, T: Copy>(meaning: Meaning<T>, text: impl Fn(T) -> &'t str) -> Meaning<&'t str> {
    match meaning {
        Meaning::Exact(value) => Meaning::Exact(text(value)),
        Meaning::Safe(value) => Meaning::Safe(text(value)),
        Meaning::Guess(value) => Meaning::Guess(text(value)),
        Meaning::Unknown => Meaning::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::{Limits, Rows, SEEN_AHEAD};

    #[test]
    fn usual_rows_take_the_short_way() {
        let exact = |line: &str, main_codes_only| {
            let rules = Rules {
                sign_in: SignIn::Password,
                fix: false,
                main_codes_only,
                may_be_blank: Columns::default(),
                cell_bytes: 1000,
                ethnicities: Ethnicities::shared(),
            };
            let text = format!("{line}\n{}", "x".repeat(SEEN_AHEAD));
            let mut found = None;
            Rows::new(&text, 0, b',', &Limits::default()).take_plain(1, usize::MAX, |_, row| {
                found = Some(rules.exact_texts(row).is_some() && rules.exact_codes(row).is_some());
                true
            });
            found
        };
        let row = |class, gender, code| format!("Amelia Smith,amelia,Year 7,{class},{gender},Yes,{code},No,No");
        for (class, gender, code) in
            [("7B", "Female", "WBRI"), ("Oak 2x", "Non-Binary", "WENG"), ("x-y", "Male", "NOBT")]
        {
            assert_eq!(exact(&row(class, gender, code), false), Some(true), "{class} {gender} {code}");
        }
        assert_eq!(exact(&row("7B", "Male", "WENG"), true), Some(false), "not a main code");
        assert_eq!(exact(&row("7B", "Male", "WBRI"), true), Some(true));
        for (class, gender, code) in
            [("2-Feb", "Male", "WBRI"), ("7B", "M", "WBRI"), ("7B", "Male", "WBRIX"), ("7B", "Male", "XXXX")]
        {
            assert_eq!(exact(&row(class, gender, code), false), Some(false), "{class} {gender} {code}");
        }
        // What Excel makes of `7/2`, and a gender that is as long as one of ours.
        for dated in ["7-Feb", "07-Feb", "Feb-7", "Feb-07"] {
            let year = row("7B", "Male", "WBRI").replace("Year 7", dated);
            for line in [row(dated, "Male", "WBRI"), year.clone(), year.replace("7B", dated)] {
                assert_eq!(exact(&line, false), Some(false), "{line}");
            }
        }
        assert_eq!(exact(&row("7B", "Non-Malary", "WBRI"), false), Some(false));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn what_is_surely_right_has_no_fault(
            cells in (
                "[A-Za-z#'+-]{1,9}( [A-Za-z.]{1,9})?",
                "(may1|00412|1E5|S12|TRUE|[a-c]{1,3}@[a-c.-]{1,5}|A B|#REF!|9E\\+3)",
                "(Year 7|7|06-Jul|#)",
                "(7B|07-Feb|Oak 2|####|Mar-1|1\\.5E\\+10|x-y)",
                "(Male|Female|Non-Binary|M|male)",
                "(Yes|No|Y|yes)",
                "(WBRI|WENG|NOBT|wbri|XXXX|WBR)",
            ),
            sso in any::<bool>(),
            main_codes_only in any::<bool>(),
        ) {
            let rules = Rules {
                sign_in: if sso { SignIn::Sso } else { SignIn::Password },
                fix: false,
                main_codes_only,
                may_be_blank: Columns::default(),
                cell_bytes: 16,
                ethnicities: Ethnicities::shared(),
            };
            let (name, username, year, class, gender, premium, ethnicity) = cells;
            let line = format!("{name},{username},{year},{class},{gender},{premium},{ethnicity},No,Yes");
            // So that it is not the last of its file.
            let text = format!("{line}\n{}", "x".repeat(SEEN_AHEAD));
            let mut rows = Rows::new(&text, 0, b',', &Limits::default());
            let cells = line.split(',').map(Some).collect::<Vec<_>>().try_into().unwrap();
            let mut findings = Vec::new();
            let checked = rules.check(cells, &mut findings, &mut Suggestions::default());
            let mut exact = None;
            rows.take_plain(1, usize::MAX, |_, row| {
                exact = rules.exact_texts(row).zip(rules.exact_codes(row));
                true
            });
            match exact {
                Some((lengths, codes)) => {
                    prop_assert!(findings.is_empty(), "{line}: {findings:?}");
                    prop_assert_eq!(Some(codes), checked.codes);
                    prop_assert_eq!(lengths.map(usize::from), [name.len(), username.len(), year.len(), class.len()]);
                }
                // It may doubt what is right, but not what a school mostly writes.
                None => prop_assert!(
                    !findings.is_empty() || line.contains(['-', '+', '#', '\'']),
                    "{line} is doubted"
                ),
            }
        }
    }
}
