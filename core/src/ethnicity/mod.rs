//! The Department for Education's ethnicity codes, and what MIS call them.

mod table;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::meaning::Meaning::{self, Exact, Guess, Safe, Unknown};
use crate::text;

/// An ethnicity code, with what it stands for and the main code it rolls up to.
///
/// The codes are England's (Department for Education, school census); Wales shares most of them,
/// Scotland and Northern Ireland use others, which a host adds with [`Ethnicities::with`].
///
/// ```
/// let code = onroll::Ethnicity::from_code("WENG").unwrap();
/// assert_eq!((code.description(), code.main_code(), code.group()), ("White - English", "WBRI", "White"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ethnicity {
    code: Cow<'static, str>,
    description: Cow<'static, str>,
    main_code: Cow<'static, str>,
    group: Cow<'static, str>,
}

impl Ethnicity {
    const fn fixed(
        code: &'static str,
        description: &'static str,
        main_code: &'static str,
        group: &'static str,
    ) -> Self {
        Self {
            code: Cow::Borrowed(code),
            description: Cow::Borrowed(description),
            main_code: Cow::Borrowed(main_code),
            group: Cow::Borrowed(group),
        }
    }

    /// All 103 of the Department for Education: 18 main codes, 83 extended, and the two of status
    /// (`REFU`, `NOBT`).
    pub fn all() -> &'static [Self] {
        &table::DFE
    }

    /// The Department for Education's code, exactly as spelt; `None` if there is none such.
    pub fn from_code(code: &str) -> Option<&'static Self> {
        table::DFE.iter().find(|e| e.code == code)
    }

    /// The four characters of the code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it stands for.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The main code that it rolls up to; of a main code, the code itself.
    pub fn main_code(&self) -> &str {
        &self.main_code
    }

    /// `White`, `Mixed`, `Asian`, `Black`, `Chinese`, `Other` or `Not known`.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Whether it is one of the 18 main codes or the two of status.
    pub fn is_main(&self) -> bool {
        self.code == self.main_code
    }
}

/// The codes that a roster may use: the Department for Education's, and those the host adds.
#[derive(Debug, Clone)]
pub struct Ethnicities {
    list: Vec<Ethnicity>,
    /// Each code with its place in the list, by [`slot`]: so roomy that nearly every look-up is one comparison.
    codes: Vec<(u32, u16)>,
    words: HashMap<String, u16>,
}

/// A code that a host cannot add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EthnicityError {
    /// A code is four capital letters or digits.
    #[error("an ethnicity code must be four capital letters or digits")]
    NotACode,
    /// The code, or the description, stands for something else already.
    #[error("the ethnicity code or its description is taken already")]
    Taken,
    /// The main code is neither among the codes nor the new code itself.
    #[error("the main code must be one of the codes already there, or the new code itself")]
    NoSuchMainCode,
}

impl EthnicityError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotACode => "ethnicity-not-a-code",
            Self::Taken => "ethnicity-taken",
            Self::NoSuchMainCode => "ethnicity-no-main-code",
        }
    }
}

impl Default for Ethnicities {
    /// The Department for Education's 103.
    fn default() -> Self {
        let mut set = Self { list: Vec::new(), codes: Vec::new(), words: HashMap::new() };
        for ethnicity in &table::DFE {
            set.push(ethnicity.clone());
        }
        set
    }
}

impl Ethnicities {
    /// The Department for Education's 103, shared.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Ethnicities>> = LazyLock::new(Arc::default);
        Arc::clone(&SHARED)
    }

    /// The same codes and one more.
    ///
    /// # Errors
    /// If the code is not four capital letters or digits, is taken, or rolls up to no code.
    ///
    /// ```
    /// use onroll::Ethnicities;
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
    /// assert_eq!(codes.get("WSHE").unwrap().group(), "White");
    /// # Ok::<(), onroll::EthnicityError>(())
    /// ```
    pub fn with(mut self, code: &str, description: &str, main_code: &str) -> Result<Self, EthnicityError> {
        let is_described = self.words.contains_key(&text::words(description));
        self.add(code, description, main_code)?;
        if is_described { Err(EthnicityError::Taken) } else { Ok(self) }
    }

    /// Adds a code, whose description may be another's too: of two hosts' lists put together, both are kept.
    pub(crate) fn add(&mut self, code: &str, description: &str, main_code: &str) -> Result<(), EthnicityError> {
        if code.len() != 4 || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(EthnicityError::NotACode);
        }
        if self.get(code).is_some() {
            return Err(EthnicityError::Taken);
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

    /// The codes of both; each keeps its place in the first.
    pub(crate) fn joined(first: &Arc<Self>, second: &Arc<Self>) -> Arc<Self> {
        let mut both = Arc::clone(first);
        if !Arc::ptr_eq(first, second) {
            for ethnicity in second.added().filter(|ethnicity| first.get(ethnicity.code()).is_none()) {
                Arc::make_mut(&mut both).push(ethnicity.clone());
            }
        }
        both
    }

    /// The codes that the host has added.
    pub(crate) fn added(&self) -> impl Iterator<Item = &Ethnicity> {
        self.iter().skip(table::DFE.len())
    }

    /// The code, exactly as spelt.
    pub fn get(&self, code: &str) -> Option<&Ethnicity> {
        self.index(code.as_bytes()).and_then(|index| self.list.get(usize::from(index)))
    }

    /// Every code, in the order listed.
    pub fn iter(&self) -> impl Iterator<Item = &Ethnicity> {
        self.list.iter()
    }

    /// The place of an exactly spelt code among all.
    #[inline]
    pub(crate) fn index(&self, cell: &[u8]) -> Option<u16> {
        self.index_of(u32::from_le_bytes(cell.try_into().ok()?))
    }

    /// [`index`](Self::index) of four bytes.
    #[inline]
    pub(crate) fn index_of(&self, code: u32) -> Option<u16> {
        let mut at = slot(code, self.codes.len());
        loop {
            match self.codes.get(at) {
                Some((other, index)) if *other == code && code != 0 => return Some(*index),
                Some((0, _)) | None => return None,
                Some(_) => at = (at + 1) & (self.codes.len() - 1),
            }
        }
    }

    /// The code at a place that [`index`](Self::index) gave.
    pub(crate) fn at(&self, index: u16) -> &Ethnicity {
        // Only places that `index` gave are stored; the first code stands in for a broken one.
        self.list.get(usize::from(index)).unwrap_or(&table::DFE[0])
    }

    /// Whether the code at a place is one of the main codes.
    #[inline]
    pub(crate) fn is_main(&self, index: u16) -> bool {
        self.at(index).is_main()
    }

    /// What a school system's word for an ethnicity means.
    pub(crate) fn meaning(&self, cell: &str) -> Meaning<u16> {
        if let Some(index) = self.index(cell.as_bytes()) {
            return Exact(index);
        }
        let words = text::words(cell);
        if let Some(index) = self.described(&words) {
            return Safe(index);
        }
        if let Some((first, rest)) = words.split_once(' ')
            && let Some(index) = self.coded(first)
        {
            // 'WBRI - White British'; where code and words disagree, the code is only a guess.
            return if self.described(rest) == Some(index) { Safe(index) } else { Guess(index) };
        }
        ambiguous(&words).and_then(|code| self.index(code.as_bytes())).map_or(Unknown, Guess)
    }

    /// Returns the code whose description is nearest to what has no [meaning](Self::meaning): a misspelt one.
    pub(crate) fn nearest(&self, cell: &str) -> Option<u16> {
        let words = text::words(cell);
        let known = self.words.keys().map(String::as_str);
        let near = if words.len() >= 4 { text::nearest(&words, known) } else { None };
        self.words.get(near?).copied()
    }

    /// The code that stands for these words, by itself, by its description or by another wording of it.
    fn described(&self, words: &str) -> Option<u16> {
        let own = |words: &str| {
            let other = || OTHER_WORDINGS.iter().find(|(wording, _)| *wording == words);
            self.words.get(words).copied().or_else(|| self.index(other()?.1.as_bytes()))
        };
        let census = |(prefix, groups): &(&str, &[&str])| {
            own(words.strip_prefix(prefix)?).filter(|index| groups.contains(&self.at(*index).group()))
        };
        own(words).or_else(|| GROUP_PREFIXES.iter().find_map(census))
    }

    fn coded(&self, word: &str) -> Option<u16> {
        self.index(word.to_ascii_uppercase().as_bytes())
    }

    fn push(&mut self, ethnicity: Ethnicity) {
        let (Ok(index), Ok(code)) = (u16::try_from(self.list.len()), ethnicity.code.as_bytes().try_into()) else {
            return;
        };
        self.insert(u32::from_le_bytes(code), index);
        // What words stand for already they go on to stand for.
        for words in [ethnicity.code.to_ascii_lowercase(), text::words(&ethnicity.description)] {
            self.words.entry(words).or_insert(index);
        }
        self.list.push(ethnicity);
    }

    fn insert(&mut self, code: u32, index: u16) {
        let slots = (self.list.len() + 1).next_power_of_two() * 8;
        if self.codes.len() < slots {
            let codes = std::mem::replace(&mut self.codes, vec![(0, 0); slots]);
            codes.into_iter().filter(|(code, _)| *code != 0).for_each(|(code, index)| self.insert(code, index));
        }
        let mut at = slot(code, slots);
        while self.codes[at].0 != 0 {
            at = (at + 1) & (slots - 1);
        }
        self.codes[at] = (code, index);
    }
}

/// Where to look for a code first among so many slots, a power of two.
#[inline(always)]
fn slot(code: u32, slots: usize) -> usize {
    (u64::from(code).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize & slots.wrapping_sub(1)
}

/// Wordings of the census and of school systems that are not the Department's own.
const OTHER_WORDINGS: [(&str, &str); 20] = [
    ("info not obtained", "NOBT"),
    ("information not obtained", "NOBT"),
    ("not obtained", "NOBT"),
    ("not yet obtained", "NOBT"),
    ("information refused", "REFU"),
    ("english welsh scottish northern irish or british", "WBRI"),
    ("white english welsh scottish northern irish or british", "WBRI"),
    ("white english welsh scottish northern irish british", "WBRI"),
    ("gypsy or roma", "WROM"),
    ("gypsy romany", "WROM"),
    ("roma gypsy", "WROM"),
    ("traveller irish heritage", "WIRT"),
    ("irish traveller", "WIRT"),
    ("asian and white", "MWAS"),
    ("any other mixed or multiple ethnic background", "MOTH"),
    ("any other mixed multiple ethnic background", "MOTH"),
    ("any other black african or caribbean background", "BOTH"),
    ("any other black black british background", "BOTH"),
    ("any other asian asian british background", "AOTH"),
    ("asian or asian british any other asian background", "AOTH"),
];

/// What the census puts before a description, and the groups in which it may stand there.
const GROUP_PREFIXES: [(&str, &[&str]); 10] = [
    ("asian or asian british ", &["Asian", "Chinese"]),
    ("asian asian british ", &["Asian", "Chinese"]),
    ("asian ", &["Asian", "Chinese"]),
    ("black or black british ", &["Black"]),
    ("black black british ", &["Black"]),
    ("mixed or multiple ethnic groups ", &["Mixed"]),
    ("mixed multiple ethnic groups ", &["Mixed"]),
    ("mixed dual background ", &["Mixed"]),
    ("mixed ", &["Mixed"]),
    ("white ", &["White"]),
];

/// Words that mean one code to most schools and another to some.
fn ambiguous(words: &str) -> Option<&'static str> {
    Some(match words {
        "british" | "english" | "white uk" => "WBRI",
        "irish" => "WIRI",
        "african" | "black or black british african" => "BAFR",
        "caribbean" | "black or black british caribbean" => "BCRB",
        "arab" => "OARA",
        // The census has two codes for it, of which most are Irish.
        "gypsy or irish traveller" | "gypsy traveller" | "traveller" => "WIRT",
        "not" | "unknown" | "not known" | "not recorded" | "not stated" | "none" => "NOBT",
        "prefer not to say" | "declined" => "REFU",
        "other" => "OOTH",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_without_a_long_search() {
        let set = Ethnicities::shared();
        let slots = set.codes.len();
        let first = |ethnicity: &Ethnicity| {
            slot(u32::from_le_bytes(*ethnicity.code().as_bytes().first_chunk().unwrap()), slots)
        };
        let places: std::collections::HashSet<usize> = table::DFE.iter().map(first).collect();
        assert!(places.len() > table::DFE.len() / 2 && places.iter().all(|place| *place < slots), "{}", places.len());
    }

    fn meaning(cell: &str) -> Meaning<&'static str> {
        let name = |index| table::DFE[usize::from(index)].code();
        match Ethnicities::shared().meaning(cell) {
            Exact(index) => Exact(name(index)),
            Safe(index) => Safe(name(index)),
            Guess(index) => Guess(name(index)),
            Unknown => Unknown,
        }
    }

    #[test]
    fn the_list_is_the_departments() {
        let all = Ethnicity::all();
        assert_eq!(all.len(), 103);
        assert_eq!(all.iter().filter(|e| e.is_main()).count(), 20);
        assert!(all.iter().all(|e| Ethnicity::from_code(e.main_code()).is_some_and(Ethnicity::is_main)));
        assert!(all.iter().all(|e| Ethnicity::from_code(e.main_code()).unwrap().group() == e.group()));
    }

    #[test]
    fn every_code_and_description_is_read_as_itself() {
        for ethnicity in Ethnicity::all() {
            let code = ethnicity.code();
            assert_eq!(meaning(code), Exact(code));
            assert_eq!(meaning(&code.to_lowercase()), Safe(code));
            assert_eq!(meaning(ethnicity.description()), Safe(code));
            assert_eq!(meaning(&format!("{code} - {}", ethnicity.description())), Safe(code));
        }
    }

    #[test]
    fn what_school_systems_write() {
        for (cell, expected) in [
            ("White British", Safe("WBRI")),
            ("White: British", Safe("WBRI")),
            ("Info not obtained", Safe("NOBT")),
            ("Asian or Asian British - Indian", Safe("AIND")),
            ("Mixed - White & Asian", Safe("MWAS")),
            ("British", Guess("WBRI")),
            ("NOT", Guess("NOBT")),
            ("WBRI - Chinese", Guess("WBRI")),
            ("Mixed Chinese", Unknown),
            ("Martian", Unknown),
            ("W", Unknown),
            ("1", Unknown),
        ] {
            assert_eq!(meaning(cell), expected, "{cell}");
        }
    }

    #[test]
    fn a_host_adds_codes_but_takes_none() {
        let set = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI").unwrap();
        assert_eq!(set.iter().count(), 104);
        assert_eq!(set.meaning("white shetlander"), Safe(103));
        assert!(!set.is_main(103));
        let refused = |code, words, main| Ethnicities::default().with(code, words, main).unwrap_err();
        assert_eq!(refused("WBRI", "Something", "WBRI"), EthnicityError::Taken);
        assert_eq!(refused("WBRX", "White - British", "WBRI"), EthnicityError::Taken);
        assert_eq!(refused("wbrx", "Something", "WBRI"), EthnicityError::NotACode);
        assert_eq!(refused("WBRX", "Something", "XXXX"), EthnicityError::NoSuchMainCode);
    }

    #[test]
    fn words_of_more_than_one_meaning_are_guessed_at() {
        let set = Ethnicities::shared();
        let code = |meaning: Meaning<u16>| match meaning {
            Guess(index) => set.at(index).code().to_owned(),
            other => format!("{other:?}"),
        };
        for (words, expected) in [
            ("British", "WBRI"),
            ("White UK", "WBRI"),
            ("Irish", "WIRI"),
            ("African", "BAFR"),
            ("Black or Black British African", "BAFR"),
            ("Caribbean", "BCRB"),
            ("Arab", "OARA"),
            ("Gypsy / Traveller", "WIRT"),
            ("Traveller", "WIRT"),
            ("Not known", "NOBT"),
            ("Prefer not to say", "REFU"),
            ("Declined", "REFU"),
            ("Other", "OOTH"),
        ] {
            assert_eq!(code(set.meaning(words)), expected, "{words}");
        }
    }

    #[test]
    fn suggests_the_description_that_a_misspelt_one_is_near() {
        let set = Ethnicities::shared();
        let near = |words| set.nearest(words).map(|index| set.at(index).code());
        assert_eq!(near("Indiam"), Some("AIND"));
        assert_eq!(near("Wite British"), Some("WBRI"));
        // Too short to be one, or near to nothing.
        assert_eq!(["WBR", "Martian", "Mixed Chinese"].map(near), [None; 3]);
    }
}
