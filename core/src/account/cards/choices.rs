//! The letter case of printed passwords (`CardLetters`), and the texts that you can replace, with their default words
//! (`CardText`). `letter.rs` has the default letter. A new choice also goes into
//! `bindings-node/lib/accounts/printing.ts` and `bindings-python/python/onroll/types.py`.

use crate::code::coded;
use crate::password::Password;

/// The letter case in which passwords are printed. Students can type either case.
///
/// ```
/// use onroll::account::{CardLetters, Cards};
/// // A form lists every choice. The class of this teacher has Chromebooks.
/// assert_eq!(CardLetters::ALL.map(CardLetters::as_str), ["upper", "lower", "both"]);
/// let cards = Cards::new().letters("lower".parse()?);
/// # let _ = cards;
/// # Ok::<(), onroll::code::UnknownCode>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CardLetters {
    /// Capital letters, which most keyboards show on their keys.
    #[default]
    Upper,
    /// Small letters, which Chromebooks and tablets show on their keys.
    Lower,
    /// The password in capitals, and then the password in small letters. On cards, each form starts on a new line.
    Both,
}

coded!(CardLetters: "letters");

impl CardLetters {
    /// Every letter case.
    pub const ALL: [Self; 3] = [Self::Upper, Self::Lower, Self::Both];

    /// Returns the code: `upper`, `lower` or `both`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Both => "both",
        }
    }

    /// Returns a password in this letter case, as it is printed.
    pub(super) fn shown(self, password: &str) -> Vec<String> {
        let canonical = Password::canonical_form(password);
        // For some letters, a change of case would make a different password. Such a password is printed unchanged.
        let same = |text: String| if Password::canonical_form(&text) == canonical { text } else { password.to_owned() };
        let (upper, lower) = (same(password.to_uppercase()), same(password.to_lowercase()));
        match self {
            Self::Upper => vec![upper],
            Self::Lower => vec![lower],
            Self::Both if upper == lower => vec![upper],
            Self::Both => vec![upper, lower],
        }
    }
}

/// A text on cards, letters and class lists. You can replace each text, for example with a translation.
///
/// ```
/// use onroll::account::{CardText, Cards};
/// // A settings page shows every text that a school can replace.
/// for text in CardText::ALL {
///     println!("{}: {}", text.as_str(), text.default_text());
/// }
/// let cards = Cards::new().text(CardText::Letter, "Dear family of {name},\n\nThe username is {username}.")?;
/// assert!(Cards::new().text(CardText::Letter, "Dear {first name}").is_err());
/// # let _ = cards;
/// # Ok::<(), onroll::account::AccountError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CardText {
    /// The label above the username.
    Username,
    /// The label to the left of the password.
    Password,
    /// The text shown if the password is unknown. Either you store only a hash, or the account has no password.
    Ask,
    /// The text shown instead of a password for a student who signs in with SSO.
    Sso,
    /// The small print on every card.
    Secret,
    /// The explanation of the sign `↵`, which marks a word that continues on the next line. Only pages with this sign
    /// show the explanation.
    Continued,
    /// The letter to parents. A blank line ends a paragraph. `{name}`, `{username}`, `{password}`, `{class}`, `{year}`,
    /// `{address}` and `{date}` are replaced by the student's values. If a value in a line is unknown, the whole line
    /// is left out. To print `{`, write `{{`.
    Letter,
    /// The heading above the boxes in the class list.
    Given,
    /// The heading above the space for notes in the class list.
    Notes,
}

coded!(CardText: "text");

impl CardText {
    /// Every text.
    pub const ALL: [Self; 9] = [
        Self::Username,
        Self::Password,
        Self::Ask,
        Self::Sso,
        Self::Secret,
        Self::Continued,
        Self::Letter,
        Self::Given,
        Self::Notes,
    ];

    /// Returns the code, such as `secret`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Password => "password",
            Self::Ask => "ask",
            Self::Sso => "sso",
            Self::Secret => "secret",
            Self::Continued => "continued",
            Self::Letter => "letter",
            Self::Given => "given",
            Self::Notes => "notes",
        }
    }

    /// Returns the default text.
    pub fn default_text(self) -> &'static str {
        match self {
            Self::Username => "Username",
            Self::Password => "Password",
            Self::Ask => "Ask your teacher",
            Self::Sso => "Your school password",
            Self::Secret => "Keep this secret",
            Self::Continued => "↵ goes on in the next line, without a space",
            Self::Letter => super::letter::LETTER,
            Self::Given => "Card given",
            Self::Notes => "Notes",
        }
    }
}
