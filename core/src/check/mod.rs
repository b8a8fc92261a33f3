//! All rules for a file. `heading_row.rs` finds the delimiter and the heading row, and `headings.rs` checks the
//! headings. `row.rs` checks a row and its coded values, and `name_and_class.rs` names, usernames, year groups and classes.

mod dialect;
mod exact;
mod heading;
mod heading_row;
mod headings;
mod name_and_class;
mod not_student;
mod row;
mod rules;
mod slid;
mod source_id;
mod spelling;
mod suspicious;
mod total;
mod unique;

pub(crate) use dialect::{dialect_of, has_stray_quote, note as dialect_note};
#[cfg(feature = "workbook")]
pub(crate) use heading_row::ROWS_LOOKED_AT;
pub(crate) use heading_row::{Points as HeadingPoints, Survey, continue_headings};
pub(crate) use headings::{HeadingRow, HeadingRules, Headings, ID_HEADINGS};
pub(crate) use name_and_class::are_swapped;
pub(crate) use not_student::NotStudent;
pub(crate) use row::{CheckedRow, Finding, Suggestions, Undecided};
pub(crate) use rules::Rules;
pub(crate) use slid::{CERTAIN, LastFits, may_have_slid};
pub(crate) use source_id::source_id;
pub(crate) use spelling::{Classes, Misplaced, Spellings};
pub(crate) use suspicious::{has_sign_in_word, is_placeholder};
pub(crate) use total::is_like_total;
pub(crate) use unique::UniqueValues;
