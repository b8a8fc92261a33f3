//! Ethnicity codes and words that you add: the checks of a new code, and the messages of `EthnicityError`.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Ethnicities, Ethnicity};
use crate::text;

/// The largest number of codes. An Arrow dictionary with the most common index type can hold this number, and no
/// country has more codes.
const MOST: usize = i16::MAX as usize;

/// An entry of your list of codes, for [`Ethnicities::with_entry`].
///
/// ```
/// use onroll::values::{Ethnicities, EthnicityEntry};
/// let json = r#"{"code": "WSHE", "description": "White - Shetlander", "mainCode": "WBRI", "aliases": ["Shetlander"]}"#;
/// let entry: EthnicityEntry = serde_json::from_str(json)?;
/// let codes = Ethnicities::default().with_entry(&entry)?;
/// assert_eq!(codes.get("WSHE").unwrap().main_code(), "WBRI");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct EthnicityEntry {
    /// Four capital letters or digits. If the Department for Education has this code, the entry adds aliases to it.
    pub code: String,
    /// The description, which a new code needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The main code to which the code belongs. A new code without a main code is itself a main code.
    #[serde(default, alias = "main_code", skip_serializing_if = "Option::is_none")]
    pub main_code: Option<String>,
    /// Other words for the code in schools' files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// The reason why a code or an alias cannot be added.
///
/// ```
/// use onroll::values::{Ethnicities, EthnicityError};
/// let error = Ethnicities::default().with("WBRI", "Brightonian", "WBRI").unwrap_err();
/// assert_eq!((error, error.code()), (EthnicityError::Taken, "ethnicity-taken"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EthnicityError {
    /// The code is not four capital letters or digits.
    #[error("an ethnicity code must be four capital letters or digits")]
    NotACode,
    /// The code or the description already has another meaning.
    #[error("the ethnicity code or its description is in use already")]
    Taken,
    /// The main code is neither a known code nor the new code itself.
    #[error("the main code must be an existing code, or the new code itself")]
    NoSuchMainCode,
    /// The new code has no description, or its description has no letter and no digit.
    #[error("a new ethnicity code must have a description with a letter or a digit")]
    NoDescription,
    /// The alias has no letter and no digit.
    #[error("an alias must contain a letter or a digit")]
    NotAnAlias,
    /// The alias is already a code, a description or an alias of another code.
    #[error("the alias is a code, a description or an alias of another code already")]
    AliasTaken,
    /// The alias is for an unknown code.
    #[error("an alias must stand for an existing code")]
    NoSuchCode,
    /// There are too many codes.
    #[error("at most 32,767 ethnicity codes are allowed")]
    TooMany,
}

impl EthnicityError {
    /// Returns the error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotACode => "ethnicity-not-a-code",
            Self::Taken => "ethnicity-taken",
            Self::NoSuchMainCode => "ethnicity-no-main-code",
            Self::NoDescription => "ethnicity-no-description",
            Self::NotAnAlias => "ethnicity-not-an-alias",
            Self::AliasTaken => "ethnicity-alias-taken",
            Self::NoSuchCode => "ethnicity-no-such-code",
            Self::TooMany => "ethnicity-too-many",
        }
    }
}

impl Ethnicities {
    /// Returns these codes and one additional code.
    ///
    /// # Errors
    /// Returns an error if the code is not four capital letters or digits, is taken, or belongs to an unknown main
    /// code. A description that is in use, or that has no letter or digit, is also an error.
    ///
    /// ```
    /// use onroll::values::Ethnicities;
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
    /// assert_eq!(codes.get("WSHE").unwrap().group(), "White");
    /// # Ok::<(), onroll::values::EthnicityError>(())
    /// ```
    pub fn with(mut self, code: &str, description: &str, main_code: &str) -> Result<Self, EthnicityError> {
        let is_described = self.words.contains_key(&text::words(description));
        self.add(code, description, main_code)?;
        if is_described { Err(EthnicityError::Taken) } else { Ok(self) }
    }

    /// Returns these codes, and adds a word that schools' files use for one of the codes. Case and punctuation of the
    /// word do not matter. Fields with this word get a safe fix, as fields with a description do.
    ///
    /// # Errors
    /// Returns an error if the code is unknown, or if the alias has no letter or digit or already means another code.
    ///
    /// ```
    /// use onroll::values::Ethnicities;
    /// use onroll::Reader;
    /// let codes = Ethnicities::default().alias("WBRI", "Heritage: British")?;
    /// let csv = onroll::template_csv() + "Ada Reid,Ada Reid,Year 5,5A,Female,No,heritage british,No,No\n";
    /// let roster = Reader::new().ethnicities(codes).fix(true).read_bytes(csv.into_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().ethnicity.code(), "WBRI");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alias(mut self, code: &str, alias: &str) -> Result<Self, EthnicityError> {
        let index = self.index(code.as_bytes()).ok_or(EthnicityError::NoSuchCode)?;
        let words = text::words(alias);
        if words.is_empty() {
            return Err(EthnicityError::NotAnAlias);
        }
        match self.words.insert(words, index) {
            Some(other) if other != index => Err(EthnicityError::AliasTaken),
            _ => Ok(self),
        }
    }

    /// Adds an entry from your list: a new code, or aliases for a known code.
    ///
    /// # Errors
    /// Returns the errors of [`with`](Self::with) and [`alias`](Self::alias). A known code cannot get a different
    /// description or main code.
    ///
    /// ```
    /// use onroll::values::{Ethnicities, EthnicityEntry};
    /// let entries: Vec<EthnicityEntry> = serde_json::from_str(
    ///     r#"[{"code": "WSHE", "description": "White - Shetlander", "mainCode": "WBRI", "aliases": ["Shetland"]}]"#,
    /// )?;
    /// let codes = entries.iter().try_fold(Ethnicities::default(), |codes, entry| codes.with_entry(entry))?;
    /// assert_eq!(codes.get("WSHE").unwrap().main_code(), "WBRI");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_entry(self, entry: &EthnicityEntry) -> Result<Self, EthnicityError> {
        let EthnicityEntry { code, description, main_code, aliases } = entry;
        let codes = match (self.get(code), description) {
            (Some(known), _) => {
                let is_same = description.as_deref().is_none_or(|text| text == known.description())
                    && main_code.as_deref().is_none_or(|main| main == known.main_code());
                if !is_same {
                    return Err(EthnicityError::Taken);
                }
                self
            }
            (None, Some(text)) => self.with(code, text, main_code.as_deref().unwrap_or(code))?,
            (None, None) if !is_code(code) => return Err(EthnicityError::NotACode),
            (None, None) => return Err(EthnicityError::NoDescription),
        };
        aliases.iter().try_fold(codes, |codes, alias| codes.alias(code, alias))
    }

    /// Adds a code. Its description can be that of another code, because both codes are kept when the lists of two
    /// hosts are joined.
    pub(crate) fn add(&mut self, code: &str, description: &str, main_code: &str) -> Result<(), EthnicityError> {
        if !is_code(code) {
            return Err(EthnicityError::NotACode);
        }
        if self.get(code).is_some() {
            return Err(EthnicityError::Taken);
        }
        // A description without words would match every field of dashes.
        if text::words(description).is_empty() {
            return Err(EthnicityError::NoDescription);
        }
        if self.list.len() >= MOST {
            return Err(EthnicityError::TooMany);
        }
        let group = match self.get(main_code) {
            Some(main) => main.group.clone(),
            None if main_code == code => Cow::Borrowed("Other"),
            None => return Err(EthnicityError::NoSuchMainCode),
        };
        self.push(Ethnicity {
            code: Cow::Owned(code.to_owned()),
            description: Cow::Owned(description.to_owned()),
            main_code: Cow::Owned(main_code.to_owned()),
            group,
        });
        Ok(())
    }

    /// Returns the codes that the host has added, for a document: code, description and main code.
    pub(crate) fn own(&self) -> Vec<[String; 3]> {
        self.added().map(|e| [e.code(), e.description(), e.main_code()].map(str::to_owned)).collect()
    }

    /// Returns these codes and those in a document. A code that is already known keeps its meaning. A code that cannot
    /// be added is left out, and each student with this code is then refused.
    pub(crate) fn and_own(mut self: Arc<Self>, own: &[[String; 3]]) -> Arc<Self> {
        for [code, description, main_code] in own {
            if self.get(code).is_none() {
                // An error here becomes an error of each student who has the code.
                let _ = Arc::make_mut(&mut self).add(code, description, main_code);
            }
        }
        self
    }
}

fn is_code(code: &str) -> bool {
    code.len() == 4 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meaning::Meaning::{Exact, Safe, Unknown};

    fn entry(code: &str, description: Option<&str>, main_code: Option<&str>, aliases: &[&str]) -> EthnicityEntry {
        EthnicityEntry {
            code: code.to_owned(),
            description: description.map(str::to_owned),
            main_code: main_code.map(str::to_owned),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        }
    }

    #[test]
    fn reads_an_alias_as_its_ethnicity_code() {
        let codes = Ethnicities::default().alias("WEEU", "Polish").unwrap();
        let index = codes.index(b"WEEU").unwrap();
        assert_eq!((codes.meaning("POLISH"), codes.meaning("WEEU")), (Safe(index), Exact(index)));
        assert_eq!(codes.alias("WEEU", "polish.").unwrap().meaning("Kestrel"), Unknown);
    }

    #[test]
    fn refuses_an_alias_that_already_has_another_meaning() {
        let codes = || Ethnicities::default();
        for (code, alias, expected) in [
            ("WEEU", "White - British", EthnicityError::AliasTaken),
            ("WEEU", "wbri", EthnicityError::AliasTaken),
            ("WEEU", " - ", EthnicityError::NotAnAlias),
            ("WXXX", "Polish", EthnicityError::NoSuchCode),
        ] {
            assert_eq!(codes().alias(code, alias).unwrap_err(), expected, "{alias}");
        }
        let twice = codes().alias("WEEU", "Polish").unwrap().alias("WOTH", "polish");
        assert_eq!(twice.unwrap_err().code(), "ethnicity-alias-taken");
    }

    #[test]
    fn an_entry_adds_a_new_code_or_aliases_of_a_known_code() {
        let codes = Ethnicities::default().with_entry(&entry("ZSEA", Some("Seafarer"), None, &["Sea people"])).unwrap();
        let own = codes.get("ZSEA").unwrap();
        assert_eq!((own.main_code(), own.group(), own.is_main()), ("ZSEA", "Other", true));
        assert_eq!(codes.meaning("sea-people"), Safe(codes.index(b"ZSEA").unwrap()));
        let again = codes.with_entry(&entry("WBRI", Some("White - British"), None, &["UK white"])).unwrap();
        assert_eq!(again.meaning("UK White"), Safe(again.index(b"WBRI").unwrap()));
    }

    #[test]
    fn refuses_invalid_ethnicity_entries() {
        for (wrong, expected) in [
            (entry("wshe", None, None, &[]), EthnicityError::NotACode),
            (entry("WSHE", None, None, &["Shetland"]), EthnicityError::NoDescription),
            // With this description, every field of dashes would mean the code.
            (entry("WSHE", Some(" - "), None, &[]), EthnicityError::NoDescription),
            (entry("WBRI", Some("White - Shetlander"), None, &[]), EthnicityError::Taken),
            (entry("WENG", None, Some("WIRI"), &[]), EthnicityError::Taken),
            (entry("WSHE", Some("White - Irish"), None, &[]), EthnicityError::Taken),
            (entry("WSHE", Some("Shetlander"), Some("WXXX"), &[]), EthnicityError::NoSuchMainCode),
            (entry("WSHE", Some("Shetlander"), None, &["White - Irish"]), EthnicityError::AliasTaken),
        ] {
            assert_eq!(Ethnicities::default().with_entry(&wrong).unwrap_err(), expected, "{wrong:?}");
        }
        let code = |n: usize| format!("{n:04}");
        let mut many = Ethnicities::default();
        let added = (0..10_000).map(code).chain((0..36_000).map(|n| format!("{}", Letters(n))));
        let refused = added
            .filter(|code| Ethnicity::from_code(code).is_none())
            .map(|code| many.add(&code, &format!("Own {code}"), "WBRI"))
            .find_map(Result::err);
        assert_eq!((refused, many.iter().count()), (Some(EthnicityError::TooMany), MOST));
    }

    /// A number that is written as four letters.
    struct Letters(usize);

    impl std::fmt::Display for Letters {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            [17_576, 676, 26, 1].iter().try_for_each(|unit| {
                let letter = b'A' + u8::try_from(self.0 / unit % 26).unwrap_or_default();
                write!(f, "{}", char::from(letter))
            })
        }
    }
}
