//! Checks, makes and compares usernames, and keeps them unique. Decides the suffix of a second username for one name
//! (`FreeUsernames`). Also recognises names with the surname first.

// `check/name_and_class.rs` decides the problems of a username, and `excel.rs` which usernames Excel changes.

use std::collections::{HashMap, HashSet};

use crate::code::coded;
use crate::excel::is_at_risk_in_excel;
use crate::simd::{self, Bytes};
use crate::text;

/// The way in which students sign in, which decides the form of their usernames.
///
/// ```
/// use onroll::SignIn;
/// assert_eq!("sso".parse::<SignIn>()?, SignIn::Sso);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A settings page lists both ways to sign in.
///
/// ```
/// use onroll::SignIn;
/// assert_eq!(SignIn::ALL.map(SignIn::as_str), ["password", "sso"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_enums)] // a third way would change what every host must handle
pub enum SignIn {
    /// The username is the full name or an id from the school, and each student gets a password.
    #[default]
    Password,
    /// Single sign-on: the username is the school email address.
    Sso,
}

coded!(SignIn: "sign-in");

impl SignIn {
    /// Both ways to sign in.
    pub const ALL: [Self; 2] = [Self::Password, Self::Sso];

    /// Returns `"password"` or `"sso"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Sso => "sso",
        }
    }
}

/// Returns whether two usernames have the same [`username_key`].
///
/// ```
/// assert!(onroll::username::same_username("SIÂN O’Neill", "siân  o'neill"));
/// ```
pub fn same_username(left: &str, right: &str) -> bool {
    text::same(left, right)
}

/// Returns the key by which usernames are compared. You can use the key for a unique index.
///
/// The key is in NFC, with Unicode's full case folding. Each run of white space becomes one space, and white space at
/// the ends is removed. Eleven characters that people type as an apostrophe become `'`, and eight that they type as a
/// hyphen become `-`. In an email address, only the case is folded.
///
/// ```
/// assert_eq!(onroll::username_key("Zoë  O’Dell"), "zoë o'dell");
/// assert_eq!(onroll::username_key("O`Brien@Oak.example"), "o`brien@oak.example");
/// ```
pub fn username_key(username: &str) -> String {
    text::key(username).into_owned()
}

/// Returns the loose key of a username, for sign-in only. It has only letters and digits, without accents.
///
/// Open an account by a loose key only if exactly one account at the school has that key.
/// [`Attempts::sign_in`](crate::Attempts::sign_in) follows this rule. Usernames with the same [`username_key`] also
/// have the same loose key.
///
/// ```
/// assert_eq!(onroll::username::loose_username_key("Zoë  O’Dell"), "zoeodell");
/// assert_eq!(onroll::username::loose_username_key("Łukasz Weiß."), "lukaszweiss");
/// ```
pub fn loose_username_key(username: &str) -> String {
    text::loose_key(username)
}

/// Returns whether a username is an email address as the WHATWG defines it for web forms, of at most 254 octets (RFC
/// 5321).
#[inline]
pub(crate) fn is_email(username: &str) -> bool {
    let bytes = username.as_bytes();
    let Some(at) = bytes.iter().position(|&byte| class(byte) & LOCAL == 0) else { return false };
    let (local, domain) = (at, bytes.get(at + 1..).unwrap_or_default());
    if local == 0 || bytes.get(at) != Some(&b'@') || bytes.len() > 254 {
        return false;
    }
    // A label is 1 to 63 letters, digits and hyphens, with no hyphen at either end.
    let (mut length, mut after) = (0, b'-');
    for &byte in domain {
        match byte {
            b'.' if length == 0 || after == b'-' => return false,
            b'.' => length = 0,
            b'-' if length == 0 => return false,
            _ if class(byte) & LABEL == 0 || length == 63 => return false,
            _ => length += 1,
        }
        after = byte;
    }
    length > 0 && after != b'-'
}

/// Returns whether the first `length` bytes of a window are an email address of only letters, digits, dots and hyphens.
/// Nearly all email addresses are. The rules are those of [`is_email`], but two hyphens together in the domain are
/// refused.
#[inline(always)]
pub(crate) fn is_usual_email(window: &[u8; 64], length: usize) -> bool {
    #[inline(never)]
    fn is_long(lanes: &[[u8; 16]; 4], length: usize) -> bool {
        is_usual(lanes, length)
    }
    let (lanes, _) = window.as_chunks();
    match length {
        3..=32 => is_usual(&[lanes[0], lanes[1]], length),
        33..=64 => is_long(&[lanes[0], lanes[1], lanes[2], lanes[3]], length),
        _ => false,
    }
}

#[inline(always)]
fn is_usual<const LANES: usize>(lanes: &[[u8; 16]; LANES], length: usize) -> bool {
    let [usual, breaks, ats] = simd::masks(lanes, |lane| {
        // The hyphen and the dot are neighbours in ASCII.
        let breaking = lane.is_within(b'-', b'.');
        [lane.is_ascii_letter() | lane.is_within(b'0', b'9') | breaking, breaking, lane.is(b'@')]
    });
    let within = u64::MAX >> (64 - length);
    let at = ats & within;
    let before_domain = at | at.wrapping_sub(1);
    let domain_breaks = breaks & within & !before_domain;
    let edges = at << 1 | 1 << (length - 1);
    // The text has one `@` that is neither first nor last, only usual characters, and a domain with valid parts.
    (at > 1)
        & (at & at.wrapping_sub(1) == 0)
        & ((usual | at) & within == within)
        & (domain_breaks & (edges | domain_breaks << 1) == 0)
        & (at >> (length - 1) == 0)
}

/// Returns whether the first `length` bytes of a window are several words of letters, with apostrophes, hyphens and
/// full stops. Nearly all names are.
#[inline(never)]
pub(crate) fn is_usual_name(window: &[u8; 64], length: usize) -> bool {
    #[inline(never)]
    fn is_long(lanes: &[[u8; 16]; 4], length: usize) -> bool {
        is_of_words(lanes, length)
    }
    let (lanes, _) = window.as_chunks();
    match length {
        // A faster path for up to 16 bytes would be mispredicted, because names are shorter and longer than that.
        3..=32 => is_of_words(&[lanes[0], lanes[1]], length),
        33..=64 => is_long(&[lanes[0], lanes[1], lanes[2], lanes[3]], length),
        _ => false,
    }
}

#[inline(always)]
fn is_of_words<const LANES: usize>(lanes: &[[u8; 16]; LANES], length: usize) -> bool {
    /// Masks that have 0 for each byte of a name, and 0xFF for each byte after the name. The name's length decides
    /// where in this array its mask starts.
    static BEHIND: [u8; 128] = {
        let mut behind = [0; 128];
        let mut index = 64;
        while index < behind.len() {
            behind[index] = 0xFF;
            index += 1;
        }
        behind
    };
    let (behind, _) = BEHIND[64 - length % 65..].as_chunks();
    let (mut usual, mut spaces) = (Bytes::YES, Bytes::NO);
    for (lane, behind) in lanes.iter().zip(behind) {
        let (lane, behind) = (Bytes::new(*lane), Bytes::new(*behind));
        let space = lane.is(b' ');
        let signs = lane.is_within(b'-', b'.') | lane.is(b'\'');
        // A byte outside ASCII has its highest bit set, so the byte itself counts as a yes.
        usual &= lane | lane.is_ascii_letter() | signs | space | behind;
        spaces |= space & !behind;
    }
    // An apostrophe at the start may come from a spreadsheet.
    (usual.bits() == 0xFFFF) & (spaces.bits() != 0) & (lanes[0][0] != b'\'')
}

/// Returns the parts of an email address in which a byte is allowed: `LOCAL` and `LABEL`.
#[inline]
fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

const LOCAL: u8 = 1;
const LABEL: u8 = 2;
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        let b = byte as u8;
        if b.is_ascii_alphanumeric() || b == b'-' {
            classes[byte] = LOCAL | LABEL;
        }
        byte += 1;
    }
    let others = b".!#$%&'*+/=?^_`{|}~";
    let mut index = 0;
    while index < others.len() {
        classes[others[index] as usize] = LOCAL;
        index += 1;
    }
    classes
};

/// Recognises a name in which the surname seems to be first. The inner value is the name in the usual order, if there is
/// only one: `Amelia Smith` for `Smith, Amelia`.
pub(crate) fn unreversed(full_name: &str) -> Option<Option<String>> {
    let (surname, forenames) = full_name.split_once(',')?;
    if forenames.contains(',') {
        let is_name = |part: &str| !part.trim().is_empty() && !part.contains(|c: char| c.is_ascii_digit());
        return full_name.split(',').all(is_name).then(|| text::around_suffix(full_name));
    }
    let (surname, forenames) = (surname.trim(), forenames.trim());
    let is_name = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_ascii_digit());
    if !is_name(surname) || !is_name(forenames) {
        return None;
    }
    // `Al Smith, Jr` has the forename first, and `Smith, Jr` has no forename.
    if text::without_comma_before_suffix(full_name).is_some() {
        return (!surname.contains(' ')).then_some(None);
    }
    if surname.chars().any(char::is_lowercase) || surname.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return Some(Some(format!("{forenames} {surname}")));
    }
    // Capitals such as 'SMITH' only marked the surname. A capital after a hyphen or an apostrophe stays.
    let mut after_letter = false;
    let mut cased = String::with_capacity(surname.len());
    for c in surname.chars() {
        if after_letter {
            cased.extend(c.to_lowercase());
        } else {
            cased.push(c);
        }
        after_letter = c.is_alphabetic();
    }
    Some(Some(format!("{forenames} {cased}")))
}

/// The length of the longest username that a decision may set, in bytes. By default, no value in a file may be longer
/// either.
pub(crate) const LONGEST: usize = 1_000;

/// Generates free usernames. It tries the name itself, then the name with the year group, with the class, and with a
/// number. It never generates a username that Excel would change.
///
/// It remembers the usernames that it has tried for each name. The time is then linear, even if many students have one
/// name.
#[derive(Debug, Default)]
pub(crate) struct FreeUsernames {
    tried: HashMap<String, Tried>,
}

/// The usernames that were tried for a name.
#[derive(Debug, Default)]
struct Tried {
    /// The suffixes that were tried. The blank suffix means the name itself.
    suffixes: HashSet<String>,
    /// The last number that was tried.
    number: u64,
}

impl FreeUsernames {
    /// Returns the next free username for a name.
    pub(crate) fn next(
        &mut self,
        full_name: &str,
        year_group: &str,
        class_name: &str,
        is_taken: impl Fn(&str) -> bool,
    ) -> String {
        let tried = self
            .tried
            .entry(text::key(full_name).into_owned())
            .or_insert_with(|| Tried { number: 1, ..Tried::default() });
        let is_free = |username: &String| !is_taken(username) && !is_at_risk_in_excel(username);
        for suffix in ["", year_group, class_name] {
            // A suffix that was tried before gives a username that is taken.
            if tried.suffixes.contains(suffix) {
                continue;
            }
            tried.suffixes.insert(suffix.to_owned());
            let username = if suffix.is_empty() { full_name.to_owned() } else { format!("{full_name} {suffix}") };
            if is_free(&username) {
                return username;
            }
        }
        loop {
            tried.number += 1;
            let numbered = format!("{full_name} {}", tried.number);
            if is_free(&numbered) {
                return numbered;
            }
            // Excel then reads numbers of up to four digits as part of a date.
            if tried.number < 9_999 && is_at_risk_in_excel(&numbered) {
                tried.number = 9_999;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_fast_path_agrees_with_the_rules_for_email_addresses(email in "[aZ09.\\-/'@ é]{0,5}@?[aZ9.\\-/@]{0,40}", after in "[a@.]{64}") {
            let window = [email.as_bytes(), after.as_bytes()].concat();
            let usual = is_usual_email(window.first_chunk().unwrap(), email.len());
            let hyphens = email.rsplit('@').next().is_some_and(|domain| domain.contains("--"));
            let unusual = email.len() > 64 || hyphens || email.contains(['\'', '/']);
            prop_assert_eq!(usual, is_email(&email) && !unusual, "{}", email);
        }
    }

    #[test]
    fn common_email_addresses_take_the_fast_path() {
        let usual = |email: &str| {
            let window = [email.as_bytes(), &[b'a'; 64]].concat();
            is_usual_email(window.first_chunk().unwrap(), email.len())
        };
        let long = format!("{}@oakfield-primary.sch.uk", "a".repeat(40));
        for email in ["amelia.smith@oak.example", "AMELIA-9@Oak-1.SCH.UK", "a@b", "0@9.a", &long] {
            assert!(usual(email), "{email}");
        }
        for other in [
            "a b@c.uk",
            "a,b@c.uk",
            "a@b_c",
            "a@-b.uk",
            "a@b-.uk",
            "a@b.-uk",
            "a@b..uk",
            "a@b.",
            "@b",
            "a@",
            "a@b@c",
            "ab",
            "a@xn--b.uk",
        ] {
            assert!(!usual(other), "{other}");
        }
    }

    #[test]
    fn accepts_email_addresses_as_the_whatwg_html_standard_does() {
        for email in ["a@b.uk", "a@b", "o'brien+x@school-1.sch.uk", "=cmd@x.com", "A.B@C.D"] {
            assert!(is_email(email), "{email}");
        }
        let long = format!("{}@school.example", "a".repeat(240));
        for other in ["", "a", "a@", "@b", "a@b..c", "a@-b", "a@b-", "a b@c", "zoë@c.uk", "a@b@c", "a@b_c", &long] {
            assert!(!is_email(other), "{other}");
        }
    }

    #[test]
    fn puts_the_forename_first_in_a_reversed_name() {
        let spoken = |name| unreversed(name).flatten();
        assert_eq!(spoken("SMITH, Amelia").as_deref(), Some("Amelia Smith"));
        assert_eq!(spoken("O'BRIEN-JONES, Zoë Ann").as_deref(), Some("Zoë Ann O'Brien-Jones"));
        assert_eq!(spoken("van Dyck, Kai").as_deref(), Some("Kai van Dyck"));
        assert_eq!(spoken("Smith, Jr, Al").as_deref(), Some("Al Smith Jr"));
        for name in
            ["Amelia Smith", "Smith,", ", Amelia", "Oak, Room 2", "Al Smith, Jr", "Oak, Room 2, East", "Amelia Hart,,"]
        {
            assert_eq!(unreversed(name), None, "{name}");
        }
        for name in ["Smith, Jr", "Smith, Al, Bo"] {
            assert_eq!(unreversed(name), Some(None), "{name}");
        }
    }

    #[test]
    fn makes_a_free_username_by_adding_the_year_the_class_or_a_number() {
        let (mut taken, mut usernames) = (Vec::<String>::new(), FreeUsernames::default());
        for expected in ["Amelia Smith", "Amelia Smith Year 7", "Amelia Smith 7B", "Amelia Smith 2", "Amelia Smith 3"] {
            let is_taken = |username: &str| taken.iter().any(|t| text::same(t, username));
            let made = usernames.next("Amelia Smith", "Year 7", "7B", is_taken);
            assert_eq!(made, expected);
            taken.push(made.to_uppercase());
        }
    }

    #[test]
    fn makes_free_usernames_that_excel_does_not_change() {
        // To Excel, 'May 7' is a date, and so are 'May 2' to 'May 9999'.
        let free = |is_taken: fn(&str) -> bool| FreeUsernames::default().next("May", "7", "Oak", is_taken);
        assert_eq!(free(|username| username == "May"), "May Oak");
        assert_eq!(free(|username| ["May", "May Oak"].contains(&username)), "May 10000");
    }

    #[test]
    fn handles_usernames_at_the_limits_of_each_rule() {
        let address = |length: usize| {
            let labels = [63, 63, 63, length - 63 * 3 - 5].map(|of| "x".repeat(of)).join(".");
            format!("a@{labels}")
        };
        assert_eq!(
            [254, 255].map(|length| (address(length).len(), is_email(&address(length)))),
            [(254, true), (255, false)]
        );
        for address in ["a@x.", "a@.x", "a@", "a@x-", "@x.uk"] {
            assert!(!is_email(address), "{address}");
        }
        assert_eq!(
            ["NG, Amelia", "O, Amelia", "Ng, Amelia"].map(unreversed),
            ["Amelia Ng", "Amelia O", "Amelia Ng"].map(|name| Some(Some(name.to_owned())))
        );
    }
}
