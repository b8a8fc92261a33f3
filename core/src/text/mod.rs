//! Compares, cleans and hides text. Only this module deals with Unicode. `compare.rs` has the keys of names and
//! usernames.

mod code_page;
mod compare;
mod full_name;
mod html;
mod look_alike;
mod normal;
mod private;
mod two_way;
mod unicode;
mod visible;
mod words;

pub(crate) use code_page::{CP850, CodePage, LATIN_2, MAC_ROMAN, WINDOWS_1250, WINDOWS_1252};
#[cfg(feature = "workbook")]
pub(crate) use code_page::{WINDOWS_1251, WINDOWS_1253, WINDOWS_1254, WINDOWS_1257};
pub(crate) use compare::{
    hash_of_loose_key, hash_of_plain_name, is_plain, key, key_of_composed, key_with_marks, loose_key, name_words, same,
    tidy,
};
pub(crate) use full_name::{around_suffix, contains_surname, split_at_comma, without_comma_before_suffix};
pub(crate) use html::without_html_codes;
pub(crate) use look_alike::look_alike;
pub(crate) use normal::{is_made_for_print, push_as_typed};
pub(crate) use private::Private;
pub use private::same_secret;
pub(crate) use two_way::{TwoWayMatch, Word};
pub(crate) use unicode::{
    Forbidden, forbidden, foreign_letter, guessed_without_invisible, is_blank, mixes_scripts, nfc, piled_mark,
    without_c1, without_invisible, without_mojibake,
};
pub(crate) use visible::visible;
pub(crate) use words::{nearest, words};
