//! The fast path for a row that is certainly right. It recognises nearly every correct row in a few nanoseconds.
//! [`Rules::check`] checks all other rows, and has the rules.
//!
//! We measured that a separate check of each value takes several times as long as this path. Here, a cell is compared
//! with the few values that have its length. The comparison has no branch that the processor would have to predict.
//!
//! Invariant: these functions may always return `None`, but may return `Some` only if `Rules::check` finds no problem.
//! A property test in `row.rs` compares the two checks. Before you change this module, run `make bench-instructions`
//! for the number of instructions of its benchmark `read, usual`.

use crate::column::Column;
use crate::excel;
use crate::student::Codes;
use crate::table::FastRow;
use crate::text::{TwoWayMatch, Word};
use crate::username::{self, SignIn};
use crate::values::flag;
use crate::values::gender::Gender;

use super::rules::Rules;
use super::suspicious;

impl Rules {
    /// Returns the lengths of the four texts in a row, if name and username are certainly right.
    ///
    /// Few checks are needed. A text of a [`FastRow`] is clean, and has no `#` or `+`, which Excel leaves in a value
    /// that it changed. A name with a comma may be reversed, so it is not certainly right. The caller checks year group
    /// and class with [`is_usual_class`](Self::is_usual_class), because a school has only a few different year groups
    /// and classes.
    #[inline(always)]
    pub(crate) fn exact_texts(&self, row: &FastRow<'_, { Column::COUNT }>) -> Option<[u16; 4]> {
        let length = |column: Column| row.length(column as usize);
        let most = self.cell_bytes.min(usize::from(u16::MAX));
        // `is_usual_name` refuses a blank name. The caller checks the year group and the class.
        let fits = (length(Column::FullName) <= most) & (length(Column::Username).wrapping_sub(1) < most);
        let name = Column::FullName as usize;
        if !fits || !username::is_usual_name(row.window(name), row.length(name)) {
            return None;
        }
        let username = Column::Username as usize;
        // An apostrophe may be a quotation mark, and a row on the fast path has no other quotation marks. An equals
        // sign begins a formula. No usual email address begins with one of these two signs.
        let is_odd = || matches!(row.window::<4>(username)[0], b'\'' | b'=');
        let right = match self.sign_in {
            SignIn::Sso => {
                username::is_usual_email(row.window(username), length(Column::Username))
                    || username::is_email(row.cell(username)) && !is_odd()
            }
            SignIn::Password => {
                // If the username is the name, it has already been checked.
                let is_name = row.bytes(name) == row.bytes(username);
                !is_odd()
                    && (is_name || suspicious::is_usual_username(row.bytes(username)))
                    && !(excel::may_be_at_risk_in_excel(row.bytes(username))
                        && excel::is_at_risk_in_excel(row.cell(username)))
            }
        };
        right.then(|| {
            [Column::FullName, Column::Username, Column::YearGroup, Column::Class].map(|column| length(column) as u16)
        })
    }

    /// Returns the five coded columns, if each is certainly right.
    ///
    /// Few values of a column have the same length, so a cell is nearly always compared with only one value. We check
    /// for differences once, after all five columns. A branch for each column would often be mispredicted.
    #[inline(always)]
    pub(crate) fn exact_codes(&self, row: &FastRow<'_, { Column::COUNT }>) -> Option<Codes> {
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
}
