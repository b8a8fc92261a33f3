//! An ethnicity code (`Ethnicity`), the list of codes (`Ethnicities`), and how an MIS's word for one is looked up.
//! `table.rs` has the codes, and `wordings.rs` the words.

mod own;
mod table;
mod wordings;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::meaning::Meaning::{self, Exact, Guess, Safe, Unknown};
use crate::text;

use self::wordings::{GROUP_PREFIXES, OTHER_WORDINGS, UNPREFIXED, ambiguous};
pub use own::{EthnicityEntry, EthnicityError};

/// An ethnicity code, with its description and its main code.
///
/// The codes are those of England (Department for Education, school census). Wales shares most of them. Scotland and
/// Northern Ireland use other codes, which you add with [`Ethnicities::with`].
///
/// ```
/// let code = onroll::values::Ethnicity::from_code("WENG").unwrap();
/// assert_eq!((code.description(), code.main_code(), code.group()), ("White - English", "WBRI", "White"));
/// ```
///
/// ```
/// use onroll::values::Ethnicity;
/// let nigerian = Ethnicity::from_code("BNGN").unwrap();
/// assert_eq!((nigerian.description(), nigerian.group()), ("Black - Nigerian", "Black"));
/// assert_eq!((nigerian.main_code(), nigerian.is_main()), ("BAFR", false));
/// // The choices in a form that asks only for main codes.
/// let choices = Ethnicity::all().iter().filter(|ethnicity| ethnicity.is_main()).map(Ethnicity::code);
/// assert_eq!(choices.count(), 20);
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

    /// Returns all 103 codes of the Department for Education: 18 main codes, 83 extended codes, and two status codes
    /// (`REFU`, `NOBT`).
    pub fn all() -> &'static [Self] {
        &table::DFE
    }

    /// Returns the Department for Education's code with exactly this spelling. Returns `None` if the code is unknown.
    ///
    /// ```
    /// use onroll::values::Ethnicity;
    /// assert_eq!(Ethnicity::from_code("WBRI").unwrap().group(), "White");
    /// assert!(Ethnicity::from_code("wbri").is_none());
    /// ```
    pub fn from_code(code: &str) -> Option<&'static Self> {
        table::DFE.iter().find(|e| e.code == code)
    }

    /// Returns the code, which has four characters.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the description.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Returns the main code to which this code belongs. For a main code, returns the same code.
    pub fn main_code(&self) -> &str {
        &self.main_code
    }

    /// Returns `White`, `Mixed`, `Asian`, `Black`, `Chinese`, `Other` or `Not known`.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Returns whether this is one of the 18 main codes or the two status codes.
    pub fn is_main(&self) -> bool {
        self.code == self.main_code
    }
}

/// The codes that a roster may use: the Department for Education's codes and those that you add.
///
/// ```
/// use onroll::values::Ethnicities;
/// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
/// assert_eq!(codes.iter().count(), 104);
/// assert_eq!(codes.get("WSHE").unwrap().main_code(), "WBRI");
/// # Ok::<(), onroll::values::EthnicityError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ethnicities {
    list: Vec<Ethnicity>,
    /// Each code with its index in the list. A code is in the first free slot, counted from its [`slot`]. Most slots
    /// are empty, so nearly every look-up is one comparison.
    codes: Vec<(u32, u16)>,
    words: HashMap<String, u16>,
}

impl Default for Ethnicities {
    /// Creates the list of the Department for Education's 103 codes.
    fn default() -> Self {
        let mut set = Self { list: Vec::new(), codes: Vec::new(), words: HashMap::new() };
        for ethnicity in &table::DFE {
            set.push(ethnicity.clone());
        }
        set
    }
}

impl Ethnicities {
    /// Returns the Department for Education's 103 codes, shared.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Ethnicities>> = LazyLock::new(Arc::default);
        Arc::clone(&SHARED)
    }

    /// Returns the codes of both lists. The codes of the first list keep their indexes.
    pub(crate) fn joined(first: &Arc<Self>, second: &Arc<Self>) -> Arc<Self> {
        let mut both = Arc::clone(first);
        if !Arc::ptr_eq(first, second) {
            for ethnicity in second.added().filter(|ethnicity| first.get(ethnicity.code()).is_none()) {
                Arc::make_mut(&mut both).push(ethnicity.clone());
            }
        }
        both
    }

    /// Returns the codes that the host has added.
    pub(crate) fn added(&self) -> impl Iterator<Item = &Ethnicity> {
        self.iter().skip(table::DFE.len())
    }

    /// Returns the code with exactly this spelling.
    pub fn get(&self, code: &str) -> Option<&Ethnicity> {
        self.index(code.as_bytes()).and_then(|index| self.list.get(usize::from(index)))
    }

    /// Returns every code, in list order.
    pub fn iter(&self) -> impl Iterator<Item = &Ethnicity> {
        self.list.iter()
    }

    /// Returns the index of an exactly spelt code.
    #[inline]
    pub(crate) fn index(&self, cell: &[u8]) -> Option<u16> {
        self.index_of(u32::from_le_bytes(cell.try_into().ok()?))
    }

    /// Returns the [`index`](Self::index) of a code that is given as four bytes.
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

    /// Returns the code at an index that [`index`](Self::index) returned.
    pub(crate) fn at(&self, index: u16) -> &Ethnicity {
        // Every stored index comes from `index`. If one were ever wrong, the first code would take its place.
        self.list.get(usize::from(index)).unwrap_or(&table::DFE[0])
    }

    /// Returns whether the code at an index is one of the main codes.
    #[inline]
    pub(crate) fn is_main(&self, index: u16) -> bool {
        self.at(index).is_main()
    }

    /// Returns the meaning of a school system's word for an ethnicity.
    pub(crate) fn meaning(&self, cell: &str) -> Meaning<u16> {
        if let Some(index) = self.index(cell.as_bytes()) {
            return Exact(index);
        }
        let words = text::words(cell);
        if let Some(index) = self.described(&words) {
            return Safe(index);
        }
        // 'WBRI - White British' or 'White British (WBRI)'. If code and words disagree, the code is only a guess.
        let (at_start, at_end) = (words.split_once(' '), words.rsplit_once(' ').map(|(rest, last)| (last, rest)));
        for (word, rest) in [at_start, at_end].into_iter().flatten() {
            if let Some(index) = self.coded(word) {
                return if self.described(rest) == Some(index) { Safe(index) } else { Guess(index) };
            }
        }
        ambiguous(&words).and_then(|code| self.index(code.as_bytes())).map_or(Unknown, Guess)
    }

    /// Returns the code whose description is nearest to a cell that has no [meaning](Self::meaning). Such a cell is
    /// probably misspelt.
    pub(crate) fn nearest(&self, cell: &str) -> Option<u16> {
        let words = text::words(cell);
        let known = self.words.keys().map(String::as_str);
        let near = if words.len() >= 4 { text::nearest(&words, known) } else { None };
        self.words.get(near?).copied()
    }

    /// Returns the code for these words. The words are the code itself, its description, or another wording of the
    /// description.
    fn described(&self, words: &str) -> Option<u16> {
        let own = |words: &str| {
            let other = || OTHER_WORDINGS.iter().find(|(wording, _)| *wording == words);
            self.words
                .get(words)
                .copied()
                .or_else(|| self.index(other()?.1.as_bytes()))
                .or_else(|| self.unprefixed(words))
        };
        let census = |(prefix, groups): &(&str, &[&str])| {
            own(words.strip_prefix(prefix)?).filter(|index| groups.contains(&self.at(*index).group()))
        };
        own(words).or_else(|| GROUP_PREFIXES.iter().find_map(census))
    }

    /// Returns the code whose description consists of the group `Black` and then these words: `Nigerian` for `Black -
    /// Nigerian`.
    fn unprefixed(&self, words: &str) -> Option<u16> {
        UNPREFIXED.contains(&words).then(|| self.words.get(&format!("black {words}")).copied())?
    }

    fn coded(&self, word: &str) -> Option<u16> {
        self.index(word.to_ascii_uppercase().as_bytes())
    }

    fn push(&mut self, ethnicity: Ethnicity) {
        let (Ok(index), Ok(code)) = (u16::try_from(self.list.len()), ethnicity.code.as_bytes().try_into()) else {
            return;
        };
        self.insert(u32::from_le_bytes(code), index);
        // Words that already have a meaning keep it.
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

/// Returns the first slot in which to look for a code. The number of slots is a power of two.
#[inline(always)]
fn slot(code: u32, slots: usize) -> usize {
    (u64::from(code).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize & slots.wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_spreads_ethnicity_codes_over_the_slots() {
        let set = Ethnicities::shared();
        let slots = set.codes.len();
        let first = |ethnicity: &Ethnicity| {
            slot(u32::from_le_bytes(*ethnicity.code().as_bytes().first_chunk().unwrap()), slots)
        };
        let indices: std::collections::HashSet<usize> = table::DFE.iter().map(first).collect();
        assert!(
            indices.len() > table::DFE.len() / 2 && indices.iter().all(|index| *index < slots),
            "{}",
            indices.len()
        );
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
    fn ethnicity_codes_agree_with_the_list_of_the_department_for_education() {
        let all = Ethnicity::all();
        assert_eq!(all.len(), 103);
        assert_eq!(all.iter().filter(|e| e.is_main()).count(), 20);
        assert!(all.iter().all(|e| Ethnicity::from_code(e.main_code()).is_some_and(Ethnicity::is_main)));
        assert!(all.iter().all(|e| Ethnicity::from_code(e.main_code()).unwrap().group() == e.group()));
    }

    #[test]
    fn reads_every_ethnicity_code_and_description() {
        for ethnicity in Ethnicity::all() {
            let code = ethnicity.code();
            assert_eq!(meaning(code), Exact(code));
            assert_eq!(meaning(&code.to_lowercase()), Safe(code));
            assert_eq!(meaning(ethnicity.description()), Safe(code));
            assert_eq!(meaning(&format!("{code} - {}", ethnicity.description())), Safe(code));
        }
    }

    #[test]
    fn reads_ethnicities_as_school_systems_write_them() {
        for (cell, expected) in [
            ("White British", Safe("WBRI")),
            ("White: British", Safe("WBRI")),
            ("Info not obtained", Safe("NOBT")),
            ("Asian or Asian British - Indian", Safe("AIND")),
            ("Mixed - White & Asian", Safe("MWAS")),
            ("Irish", Safe("WIRI")),
            ("Arab", Safe("OARA")),
            ("Nigerian", Safe("BNGN")),
            ("Black or Black British - Caribbean", Safe("BCRB")),
            ("Black or Black British - African", Safe("BAFR")),
            ("Black or Black British - Somali", Safe("BSOM")),
            ("Black or Black British - Any other Black background", Safe("BOTH")),
            ("Black/African/Caribbean/Black British: African", Safe("BAFR")),
            ("Black, Black British, Caribbean or African: Caribbean", Safe("BCRB")),
            ("Asian or Asian British - Pakistani", Safe("APKN")),
            ("Asian or Asian British - Bangladeshi", Safe("ABAN")),
            ("Asian or Asian British - Chinese", Safe("CHNE")),
            ("Asian or Asian British - Any other Asian background", Safe("AOTH")),
            ("Asian/Asian British: Indian", Safe("AIND")),
            ("Chinese or Chinese British - Hong Kong Chinese", Safe("CHKC")),
            ("Mixed or Mixed British - White and Asian", Safe("MWAS")),
            ("White or White British - Irish", Safe("WIRI")),
            ("White or White British - Any other White background", Safe("WOTH")),
            ("Other ethnic group - Arab", Safe("OARA")),
            ("Other ethnic group - Any other ethnic group", Safe("OOTH")),
            ("White/Black Caribbean", Safe("MWBC")),
            ("Polish", Guess("WEEU")),
            ("Asian or Asian British - Martian", Unknown),
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
    fn a_host_can_add_ethnicity_codes_but_not_replace_existing_codes() {
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
    fn reads_ambiguous_words_as_guesses() {
        let set = Ethnicities::shared();
        let code = |meaning: Meaning<u16>| match meaning {
            Guess(index) => set.at(index).code().to_owned(),
            other => format!("{other:?}"),
        };
        for (words, expected) in [
            ("British", "WBRI"),
            ("White UK", "WBRI"),
            ("African", "BAFR"),
            ("Caribbean", "BCRB"),
            ("White - Polish", "WEEU"),
            ("French", "WWEU"),
            ("Gypsy or Irish Traveller", "WIRT"),
            ("Welsh", "WWEL"),
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
    fn suggests_the_nearest_description_for_a_misspelling() {
        let set = Ethnicities::shared();
        let near = |words| set.nearest(words).map(|index| set.at(index).code());
        assert_eq!(near("Indiam"), Some("AIND"));
        assert_eq!(near("Wite British"), Some("WBRI"));
        // The first text is too short, and the others are near to no description.
        assert_eq!(["WBR", "Martian", "Mixed Chinese"].map(near), [None; 3]);
    }
}
