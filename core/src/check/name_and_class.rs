//! Checks a full name, a username, a year group or a class: cleans it first, and then applies the rules of its column.
//! `suspicious.rs` has the lists of words, and `excel.rs` what Excel changes.

use std::borrow::Cow;

use super::row::Finding;
use super::rules::Rules;
use super::suspicious;
use crate::column::Column;
use crate::excel;
use crate::problem::{Detail, Fix, ProblemCode as Code};
use crate::text::{self, Forbidden};
use crate::username::{self, SignIn};

/// The characters that can open a quoted value.
const QUOTES: [char; 4] = ['"', '\'', '\u{201C}', '\u{2018}'];

/// Returns the text within quotation marks that are part of a cell. Such cells come from a file that has apostrophes as
/// quotation marks, or a space before its quotation marks. Returns `None` if the marks enclose only some of the words.
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

/// A way of cleaning a text.
type CleaningFn = fn(&str) -> Cow<'_, str>;

/// The largest number of rounds of cleaning. A text is cleaned until nothing changes any more. So a corrected file
/// needs no further correction.
const ROUNDS: usize = 8;

/// A text after one round of cleaning.
struct Cleaned<'c> {
    text: Cow<'c, str>,
    /// The text that was probably meant, if only a person can decide.
    guessed: Option<String>,
    /// Whether the combining marks of `text` have been counted.
    has_marks_counted: bool,
}

/// Removes findings that are outdated after a round changed the text. The findings about this text begin at `first`,
/// and the findings of this round begin at `round`. Only findings with a safe fix stay. If this round found the problem
/// of an earlier finding again, the earlier finding is removed.
fn keep_last_of_each(findings: &mut Vec<Finding>, first: usize, round: usize) {
    let later: Vec<Code> = findings.iter().skip(round).map(|finding| finding.code).collect();
    let mut index = 0;
    findings.retain(|finding| {
        let is_before = index < first;
        let is_found_again = index < round && later.contains(&finding.code);
        index += 1;
        is_before || finding.fix.as_ref().is_some_and(Fix::is_safe) && !is_found_again
    });
}

impl Rules {
    /// Returns a text value as it would be in a corrected file.
    pub(crate) fn corrected<'c>(&self, column: Column, cell: &'c str) -> Cow<'c, str> {
        self.text(column, cell, &mut Vec::new()).unwrap_or(Cow::Borrowed(cell))
    }

    /// Checks a text value, and returns it with fixes. Returns `None` if the value cannot even be compared.
    pub(super) fn text<'c>(&self, column: Column, cell: &'c str, findings: &mut Vec<Finding>) -> Option<Cow<'c, str>> {
        if !cell.is_empty()
            && text::is_plain(cell)
            && !cell.starts_with(QUOTES)
            && memchr::memchr2(b'&', b'=', cell.as_bytes()).is_none()
        {
            self.judge(column, cell, findings);
            return Some(Cow::Borrowed(cell));
        }
        let first = findings.len();
        let mut value = Cow::Borrowed(cell);
        let mut piled_mark = text::piled_mark(cell);
        for _ in 0..ROUNDS {
            let round = findings.len();
            let cleaned = piled_mark.map_or_else(|| self.cleaned(column, &value, findings), Err);
            let Cleaned { text, guessed, has_marks_counted } = match cleaned {
                Ok(cleaned) => cleaned,
                Err(mark) => {
                    findings.truncate(first);
                    self.find(findings, column, Code::ForbiddenCharacter, None, Detail::Character(mark));
                    return None;
                }
            };
            // A text without visible characters becomes empty.
            if text.trim().is_empty() {
                return Some(Cow::Borrowed(""));
            }
            if text == value {
                self.judge(column, guessed.as_deref().unwrap_or(&value), findings);
                return Some(value);
            }
            value = Cow::Owned(text.into_owned());
            piled_mark = if has_marks_counted { None } else { text::piled_mark(&value) };
            keep_last_of_each(findings, first, round);
        }
        // No program wraps a value this often, so none of these fixes is safe.
        findings.iter_mut().skip(first).for_each(|finding| (finding.fix, finding.fixed) = (None, false));
        Some(Cow::Borrowed(cell))
    }

    /// Cleans a text once. The error is a letter with too many combining marks, and means that the text cannot even be
    /// compared.
    ///
    /// After one step removes something, an earlier step may apply again. For example, `''2'` without its enclosing
    /// apostrophes is `'2`, which still begins with an apostrophe.
    fn cleaned<'c>(&self, column: Column, cell: &'c str, findings: &mut Vec<Finding>) -> Result<Cleaned<'c>, char> {
        let mut is_suspicious = false;
        let mut text = self.without_what_programs_add(column, cell, &mut is_suspicious, findings);
        let guessed = self.without_forbidden(column, &mut text, findings);
        if text.trim().is_empty() {
            return Ok(Cleaned { text, guessed: None, has_marks_counted: false });
        }
        if let Some(inner) = unquoted(&text) {
            let inner = text::tidy(inner).into_owned();
            self.find(findings, column, Code::Quoted, Some(Fix::safe(inner.as_str())), Detail::None);
            text = Cow::Owned(inner);
        }
        let steps: [(Code, CleaningFn); 2] = [(Code::StraySpace, text::tidy), (Code::NotNfc, text::nfc)];
        let mut has_marks_counted = false;
        for (code, step) in steps {
            let fixed = step(&text);
            if fixed == text {
                continue;
            }
            // One Hebrew character may become a letter with two marks.
            text::piled_mark(&fixed).map_or(Ok(()), Err)?;
            has_marks_counted = true;
            let fixed = fixed.into_owned();
            self.find(findings, column, code, Some(Fix::safe(fixed.as_str())), Detail::None);
            text = Cow::Owned(fixed);
            if code == Code::StraySpace && is_suspicious {
                self.ungarble_tidied(column, &mut text, findings);
                has_marks_counted = false;
            }
        }
        Ok(Cleaned { text, guessed, has_marks_counted })
    }

    /// Restores garbled text that is recognised only after the spaces around it are removed.
    #[cold]
    fn ungarble_tidied(&self, column: Column, text: &mut Cow<'_, str>, findings: &mut Vec<Finding>) {
        if let Cow::Owned(right) = suspicious::ungarbled(text) {
            self.find(findings, column, Code::Mojibake, Some(Fix::safe(right.as_str())), Detail::None);
            *text = Cow::Owned(right);
        }
    }

    /// Removes marks that another program put around a value, and reverses that program's changes to letters, if the
    /// result is certain. Sets `is_suspicious` to whether the letters may be garbled.
    fn without_what_programs_add<'c>(
        &self,
        column: Column,
        cell: &'c str,
        is_suspicious: &mut bool,
        findings: &mut Vec<Finding>,
    ) -> Cow<'c, str> {
        let mut text = Cow::Borrowed(cell);
        let mut put = |text: &mut Cow<'c, str>, code, right: Option<String>| {
            if let Some(right) = right.filter(|right| !right.trim().is_empty()) {
                self.find(findings, column, code, Some(Fix::safe(right.as_str())), Detail::None);
                *text = Cow::Owned(right);
            }
        };
        if !text.is_ascii() {
            *is_suspicious = suspicious::may_be_garbled(&text);
            let right = text::without_c1(&text).or_else(|| {
                let right = if *is_suspicious { suspicious::ungarbled_at_last(&text) } else { return None };
                Some(right).filter(|right| matches!(right, Cow::Owned(_))).map(Cow::into_owned)
            });
            put(&mut text, Code::Mojibake, right);
        }
        let right = suspicious::without_html_codes(&text);
        put(&mut text, Code::HtmlEntity, right);
        let right = excel::text_formula(&text).map(str::to_owned);
        put(&mut text, Code::ExcelMangled, right);
        if column != Column::FullName {
            let right = excel::behind_apostrophe(&text).map(str::to_owned);
            put(&mut text, Code::LeadingApostrophe, right);
        }
        text
    }

    /// Removes invisible characters. If such characters are between letters, keeps them and returns the text that was
    /// probably meant.
    fn without_forbidden(
        &self,
        column: Column,
        text: &mut Cow<'_, str>,
        findings: &mut Vec<Finding>,
    ) -> Option<String> {
        let forbidden = text::forbidden(text);
        let guessed = match forbidden {
            Some(Forbidden::Invisible(_)) => text::guessed_without_invisible(text),
            _ => None,
        };
        if matches!(forbidden, Some(Forbidden::Invisible(_))) && guessed.is_none() {
            *text = Cow::Owned(text::without_invisible(text));
        }
        if text.trim().is_empty() {
            if !self.may_be_blank.contains(column) {
                self.find(findings, column, Code::Blank, None, Detail::None);
            }
            return None;
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
        guessed
    }

    /// Applies the rules of a column to a clean text.
    fn judge(&self, column: Column, text: &str, findings: &mut Vec<Finding>) {
        let mut find = |code, suggestion: Option<String>| {
            self.find(findings, column, code, suggestion.map(Fix::suggestion), Detail::None);
        };
        let is_mangled = excel::is_mangled(text);
        let dated = matches!(column, Column::YearGroup | Column::Class);
        if is_mangled {
            find(Code::ExcelMangled, None);
        } else if let Some(typed) = dated.then(|| excel::date(text)).flatten() {
            find(Code::ExcelMangled, typed);
        }
        if let Some(usual) = suspicious::with_usual_letters(text) {
            find(Code::UnusualLetters, Some(usual));
        }
        match column {
            Column::FullName => {
                if !is_mangled {
                    judge_name(text, &mut find);
                }
                if let Some(spoken) = username::unreversed(text) {
                    find(Code::NameReversed, spoken);
                }
            }
            Column::Username => match self.sign_in {
                SignIn::Sso if !username::is_email(text) => find(Code::UsernameNotEmail, None),
                SignIn::Password => {
                    let _ = judge_letters(text, &mut find);
                    if suspicious::is_placeholder_username(text) {
                        find(Code::Placeholder, None);
                    }
                    if excel::is_at_risk_in_excel(text) {
                        find(Code::ExcelRisk, None);
                    }
                }
                SignIn::Sso => {}
            },
            _ => {}
        }
        if matches!(column, Column::FullName | Column::Username) && text::mixes_scripts(text) {
            find(Code::MixedScript, None);
        }
    }

    /// Returns whether a year group and a class have no problems and are not swapped.
    pub(crate) fn is_usual_class(&self, year: &str, class: &str) -> bool {
        let right = |column, text: &str| {
            let mut findings = Vec::new();
            !text.is_empty() && self.text(column, text, &mut findings).is_some() && findings.is_empty()
        };
        right(Column::YearGroup, year) && right(Column::Class, class) && !are_swapped(year, class)
    }
}

/// Returns whether the year group and the class are in each other's columns.
pub(crate) fn are_swapped(year: &str, class: &str) -> bool {
    suspicious::is_class_like(year) && suspicious::is_named_year(class)
}

fn judge_name(name: &str, find: &mut impl FnMut(Code, Option<String>)) {
    if judge_letters(name, find) {
        // `judge_letters` has already reported the problem.
    } else if suspicious::is_placeholder(name) {
        find(Code::Placeholder, None);
    } else if suspicious::is_unlikely(name) {
        find(Code::NameUnlikely, None);
    }
    if suspicious::begins_with_stray_apostrophe(name) {
        find(Code::LeadingApostrophe, name.get(1..).map(str::to_owned));
    }
}

/// Reports lost and garbled letters in a text. Returns whether a letter is lost.
fn judge_letters(text: &str, find: &mut impl FnMut(Code, Option<String>)) -> bool {
    let has_lost = suspicious::has_lost_a_letter(text);
    if has_lost {
        find(Code::LetterLost, None);
    }
    if suspicious::has_sign_in_word(text) {
        find(Code::Mojibake, None);
    }
    has_lost
}
