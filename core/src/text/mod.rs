//! How text is compared, cleaned and hidden; the only module that knows Unicode.

mod compare;
mod private;
mod two_way;
mod unicode;
mod visible;
mod words;

pub(crate) use compare::{is_plain, key, key_of_composed, key_with_marks, loose_key, name_words, same, tidy};
pub(crate) use private::Private;
pub use private::same_secret;
pub(crate) use two_way::{TwoWayMatch, Word};
pub(crate) use unicode::{
    Forbidden, forbidden, guessed_without_invisible, look_alike, mixes_scripts, nfc, piled_mark, without_invisible,
    without_mojibake,
};
pub(crate) use visible::visible;
pub(crate) use words::{nearest, words};
