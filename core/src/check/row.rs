//! Checks a row from any source. The check takes nine values, and returns a student or the problems. Here it decides
//! the problems of gender, ethnicity and flags; `name_and_class.rs` checks the other four values.
//!
//! The check has a fast path and a full path. On the fast path, [`Rules::exact_texts`] and [`Rules::exact_codes`] take
//! a few nanoseconds and recognise nearly every correct row. If they are uncertain, [`Rules::check`] finds the
//! problems.

use std::borrow::Cow;
use std::collections::HashMap;

use super::rules::Rules;
use crate::column::Column;
use crate::excel;
use crate::meaning::Meaning;
use crate::problem::{Detail, Fix, ProblemCode as Code};
use crate::student::Codes;
use crate::table::FastRow;
use crate::text::{self, Forbidden};
use crate::values::flag;
use crate::values::gender::Gender;
use crate::values::gender_letters;
use crate::values::proficiency::Stages;

/// A problem in one cell of a row.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) column: Column,
    pub(crate) fix: Option<Fix>,
    pub(crate) detail: Detail,
    /// Whether the fix has been applied.
    pub(crate) fixed: bool,
}

/// The columns of a file whose letters stay unchanged until a person has decided what each of them means.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Undecided {
    /// Whether the letters under Gender may be English or Welsh.
    pub(crate) gender: bool,
    /// How the EAL column writes the stages of proficiency, if it also has an `N`.
    pub(crate) eal: Option<Stages>,
}

impl Undecided {
    /// Returns the message about a cell whose meaning is undecided.
    pub(crate) fn note(self, column: Column, cell: &str) -> Option<(Code, &'static str)> {
        match column {
            Column::Gender if self.gender => Some((Code::Gender, gender_letters::note(cell)?)),
            Column::Eal => Some((Code::YesNo, self.eal?.note(cell))),
            _ => None,
        }
    }
}

/// A row that has been checked.
#[derive(Debug)]
pub(crate) struct CheckedRow<'c> {
    /// The cells, with safe fixes applied if fixing is on. A cell that is not in the file is blank.
    pub(crate) cells: [Cow<'c, str>; Column::COUNT],
    /// The forms in which the name and the username are compared with those of other rows. Safe fixes are applied, and
    /// a refused text is empty. `None` means that the cell itself is compared.
    pub(crate) compared: [Option<String>; 2],
    /// The five coded columns, if all of them can be read.
    pub(crate) codes: Option<Codes>,
}

/// The likely meanings of misspelt values. Each distinct value is looked up only once, and only if the problem is
/// listed.
#[derive(Debug, Default)]
pub(crate) struct Suggestions {
    known: HashMap<(Column, Box<str>), Option<Box<str>>>,
    /// Whether problems are now only counted. Such problems need no suggestions.
    off: bool,
}

impl Suggestions {
    /// Sets whether the next problems are listed. Listed problems need suggestions.
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

impl CheckedRow<'_> {
    /// Makes the username from the checked name. Also makes the compared form of the username from the compared form of
    /// the name.
    pub(crate) fn make_username(&mut self, make: impl Fn(&str) -> String) {
        let [name, username] = [Column::FullName as usize, Column::Username as usize];
        self.cells[username] = Cow::Owned(make(&self.cells[name]));
        self.compared[username] = self.compared[name].as_deref().map(make);
    }
}

impl Rules {
    /// Returns the values of a row's five coded columns, if all can be read. Each fault is reported with its code and
    /// whether it has a safe fix.
    pub(crate) fn codes(
        &self,
        row: &FastRow<'_, { Column::COUNT }>,
        undecided: Undecided,
        mut tell: impl FnMut(Code, bool),
    ) -> Option<Codes> {
        let mut values = Values::default();
        for column in SHORT {
            // Most values are exactly right, and need not be text.
            if self.read_exact(column, row.bytes(column as usize), &mut values) {
                continue;
            }
            if let Some(fault) = self.fault(column, row.cell(column as usize), undecided, &mut values) {
                tell(fault.code, matches!(fault.right, Meaning::Safe(_)));
            }
        }
        values.codes()
    }

    /// Finds every problem in a row, and applies safe fixes. A cell is `None` if the file does not have its column.
    /// Such a column is not checked.
    pub(crate) fn check<'c>(
        &self,
        cells: [Option<&'c str>; Column::COUNT],
        undecided: Undecided,
        findings: &mut Vec<Finding>,
        suggestions: &mut Suggestions,
    ) -> CheckedRow<'c> {
        let mut values = Values { undecided, ..Values::default() };
        let mut compared = [const { None }; 2];
        let mut checked = cells.map(|cell| Cow::Borrowed(cell.unwrap_or_default()));
        for ((column, cell), target) in Column::ALL.into_iter().zip(cells).zip(&mut checked) {
            let Some(cell) = cell else { continue };
            let fixed = match self.cell(column, cell, findings, suggestions, &mut values) {
                Some(fixed) if self.fix => {
                    *target = fixed;
                    continue;
                }
                Some(Cow::Borrowed(_)) => continue,
                Some(Cow::Owned(fixed)) => fixed,
                None => String::new(),
            };
            if let Some(target) = compared.get_mut(column as usize) {
                *target = Some(fixed);
            }
        }
        CheckedRow { cells: checked, compared, codes: values.codes() }
    }

    /// Checks one value and returns it with fixes. Returns `None` if the value cannot be compared.
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

    /// Checks a value of one of the five coded columns, and returns it with any safe fix applied.
    fn value<'c>(
        &self,
        column: Column,
        cell: &'c str,
        findings: &mut Vec<Finding>,
        suggestions: &mut Suggestions,
        values: &mut Values,
    ) -> Cow<'c, str> {
        let Some(ValueProblem { code, detail, right }) = self.fault(column, cell, values.undecided, values) else {
            return Cow::Borrowed(cell);
        };
        let (fix, fixed) = match right {
            Meaning::Unknown if matches!(code, Code::Gender | Code::YesNo | Code::EthnicityUnknown) => {
                let nearest = suggestions.get(column, cell, || self.nearest(column, cell).map(Box::from));
                (nearest.map(Fix::suggestion), Cow::Borrowed(cell))
            }
            Meaning::Exact(right) | Meaning::Safe(right) => (Some(Fix::safe(right)), Cow::Owned(right.to_owned())),
            Meaning::Guess(right) => (Some(Fix::suggestion(right)), Cow::Borrowed(cell)),
            Meaning::Unknown => (None, Cow::Borrowed(cell)),
        };
        let detail = match &fix {
            Some(fix)
                if column == Column::Ethnicity && detail == Detail::None && code != Code::EthnicityDescription =>
            {
                self.ethnicity_named(fix.text())
            }
            _ => detail,
        };
        self.find(findings, column, code, fix, detail);
        fixed
    }

    /// Returns the description of an ethnicity code, as the detail of a message.
    fn ethnicity_named(&self, code: &str) -> Detail {
        match self.ethnicities.get(code) {
            Some(_) if code == "NOBT" => Detail::Meaning("not obtained".into()),
            Some(ethnicity) => Detail::Meaning(ethnicity.description().to_owned().into()),
            None => Detail::None,
        }
    }

    /// Returns the problem of a value in one of the five coded columns, if there is one. A value that can be read is
    /// stored in `values`.
    fn fault(&self, column: Column, cell: &str, undecided: Undecided, values: &mut Values) -> Option<ValueProblem<'_>> {
        if self.read_exact(column, cell.as_bytes(), values) {
            return None;
        }
        let fault = |code, right| Some(ValueProblem { code, detail: Detail::None, right });
        let tidy = text::tidy(cell);
        if tidy.is_empty() {
            let Some(usual) = column.when_not_recorded() else { return fault(Code::Blank, Meaning::Unknown) };
            self.read_value(column, usual, values);
            return fault(Code::Blank, Meaning::Safe(usual));
        }
        if let Some((code, note)) = undecided.note(column, cell) {
            return Some(ValueProblem { code, detail: Detail::note(note), right: Meaning::Unknown });
        }
        if is_excel_error(&tidy) {
            return fault(Code::ExcelMangled, Meaning::Unknown);
        }
        if let Some(found @ Forbidden::Broken(_)) = text::forbidden(cell) {
            let detail = Detail::Character(found.char());
            return Some(ValueProblem { code: Code::ForbiddenCharacter, detail, right: Meaning::Unknown });
        }
        match self.read_value(column, &tidy, values) {
            (_, Meaning::Exact(_)) if tidy == cell => None,
            (_, Meaning::Exact(right)) => fault(Code::StraySpace, Meaning::Safe(right)),
            (code, right) => fault(code, right),
        }
    }

    /// Reads a value if it is exactly right, as nearly all values are. Returns whether the value is exactly right.
    fn read_exact(&self, column: Column, cell: &[u8], values: &mut Values) -> bool {
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

    /// Returns the meaning of a value as the correct text. Also returns the code of the problem that the value has if
    /// it differs from this text.
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

    /// Returns whether a tidy text is a value of a coded column, exactly or after a safe fix.
    pub(super) fn is_certain(&self, column: Column, tidy: &str) -> bool {
        let meaning = self.read_value(column, tidy, &mut Values::default()).1;
        !tidy.is_empty() && matches!(meaning, Meaning::Exact(_) | Meaning::Safe(_))
    }

    /// Returns the likely meaning of a misspelt value.
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

    /// Returns the index of an ethnicity code's main code if only main codes are accepted. Otherwise, returns the same
    /// index.
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

    pub(super) fn find(
        &self,
        findings: &mut Vec<Finding>,
        column: Column,
        code: Code,
        fix: Option<Fix>,
        detail: Detail,
    ) {
        let fixed = self.fix && fix.as_ref().is_some_and(Fix::is_safe);
        findings.push(Finding { code, column, fix, detail, fixed });
    }
}

/// The five coded columns.
pub(super) const SHORT: [Column; 5] =
    [Column::Gender, Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];

/// Returns whether a value is an error that Excel shows, such as `#N/A`.
fn is_excel_error(value: &str) -> bool {
    value.starts_with('#') && excel::is_mangled(value)
}

/// The problem of a value.
struct ValueProblem<'r> {
    code: Code,
    detail: Detail,
    /// The right value. It is never [`Meaning::Exact`].
    right: Meaning<&'r str>,
}

/// The values of the five coded columns, as read.
#[derive(Debug, Default)]
struct Values {
    /// The outer `None` means that the value cannot be read. The inner `None` is a blank value.
    gender: Option<Option<Gender>>,
    pupil_premium: Option<bool>,
    ethnicity: Option<u16>,
    send: Option<bool>,
    eal: Option<bool>,
    undecided: Undecided,
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

fn put<T>(target: &mut Option<T>, value: Option<T>) -> bool {
    *target = value;
    target.is_some()
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
    use crate::table::{Limits, Rows, SEEN_AHEAD};
    use crate::username::SignIn;
    use crate::values::ethnicity::Ethnicities;

    #[test]
    fn common_rows_take_the_fast_path() {
        let exact = |line: &str, main_codes_only| {
            let rules = Rules::new(SignIn::Password, &Ethnicities::shared()).main_codes_only(main_codes_only);
            let text = format!("{line}\n{}", "x".repeat(SEEN_AHEAD));
            let mut found = None;
            Rows::new(&text, 0, b',', &Limits::default()).take_fast(1, usize::MAX, |_, row| {
                let [year, class] = [Column::YearGroup, Column::Class].map(|column| row.cell(column as usize));
                let usual = rules.is_usual_class(year, class);
                found = Some(usual && rules.exact_texts(row).is_some() && rules.exact_codes(row).is_some());
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
        // Excel turns `7/2` into these dates. The last gender below is wrong, but as long as `Non-Binary`.
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
        fn rows_that_the_fast_path_accepts_have_no_problems(
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
            let sign_in = if sso { SignIn::Sso } else { SignIn::Password };
            let rules = Rules::new(sign_in, &Ethnicities::shared()).main_codes_only(main_codes_only).cell_bytes(16);
            let (name, username, year, class, gender, premium, ethnicity) = cells;
            let line = format!("{name},{username},{year},{class},{gender},{premium},{ethnicity},No,Yes");
            // The row must not be the last of its file.
            let text = format!("{line}\n{}", "x".repeat(SEEN_AHEAD));
            let mut rows = Rows::new(&text, 0, b',', &Limits::default());
            let cells = line.split(',').map(Some).collect::<Vec<_>>().try_into().unwrap();
            let mut findings = Vec::new();
            let checked = rules.check(cells, Undecided::default(), &mut findings, &mut Suggestions::default());
            let mut exact = None;
            rows.take_fast(1, usize::MAX, |_, row| {
                let [year, class] = [Column::YearGroup, Column::Class].map(|column| row.cell(column as usize));
                let usual = rules.is_usual_class(year, class);
                exact = rules.exact_texts(row).zip(rules.exact_codes(row)).filter(|_| usual);
                true
            });
            match exact {
                Some((lengths, codes)) => {
                    prop_assert!(findings.is_empty(), "{line}: {findings:?}");
                    prop_assert_eq!(Some(codes), checked.codes);
                    prop_assert_eq!(lengths.map(usize::from), [name.len(), username.len(), year.len(), class.len()]);
                }
                // The fast path may refuse a correct row, but must accept a usual row.
                None => prop_assert!(
                    !findings.is_empty() || line.contains(['-', '+', '#', '\'']) || !name.contains(' '),
                    "{line} is doubted"
                ),
            }
        }
    }
}
