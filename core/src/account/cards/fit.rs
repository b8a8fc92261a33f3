//! Decides what fits on a card: where lines break, which texts get smaller letters, and what is left out first. It uses
//! the widths of letters, because a page without scripts cannot measure its text.
//!
//! The widths are those of DejaVu Sans, which is wider than Arial, Segoe UI and Helvetica. So text that fits in DejaVu
//! Sans also fits in the narrower fonts. Lines break at spaces. A line breaks within a word only if the word is too
//! long. Such a line ends with the sign `↵`.

use unicode_normalization::char::is_combining_mark;

use super::layout::SheetSize;

/// A line of text, and whether it breaks within a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FittedLine {
    pub text: String,
    pub is_broken: bool,
}

/// The kind of font in which a text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// The font of names and usernames, in which letters have different widths.
    Sans,
    /// The font of passwords, in which all ASCII characters have the same width. That width includes a small gap.
    Mono,
}

/// The layout of the texts on one card.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    pub has_qr: bool,
    pub has_label: bool,
    /// Whether the name is printed above the username. The name is left out only if it equals the username and space is
    /// short.
    pub has_name: bool,
    /// Whether the password is to the right of its label, not under it.
    pub is_beside: bool,
    /// Whether the small print is to the right of the password, not under it.
    pub is_foot_beside: bool,
    /// The letter size of the username, in points.
    pub username_size: f32,
    pub username: Vec<FittedLine>,
    pub password: Vec<FittedLine>,
    /// The lines of the address. The list is empty if only the QR code or the heading shows the address.
    pub address: Vec<FittedLine>,
}

/// The content of a card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'c> {
    pub username: &'c str,
    pub is_named_by_username: bool,
    /// The forms of the password. Each form starts on a new line.
    pub password: &'c [String],
    pub password_face: Face,
    pub password_size: f32,
    pub password_label: &'c str,
    pub address: Option<&'c str>,
    /// The small print.
    pub foot: &'c str,
}

/// The items that a card shows. If space is short, the card leaves some items out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    qr: bool,
    address: bool,
    label: bool,
    name: bool,
    /// Whether a word may break after any letter, not only after a sign such as `@`.
    is_tight: bool,
}

const MM_PER_POINT: f32 = 25.4 / 72.0;
/// The line height relative to the letter size.
pub(super) const LINE: f32 = 1.12;
/// The width of the sign at the end of a line that breaks within a word, in em.
const SIGN: f32 = 0.95;
/// The space between the text and the QR code, in millimetres.
pub(super) const GAP: f32 = 1.5;

impl Fit {
    /// Fills a card with as much as fits. To save space, we first leave out the address. If that is not enough, we
    /// print the address without the QR code, and then neither of them. Finally, we print a very long username in
    /// smaller letters.
    pub(super) fn of(content: &Content<'_>, sheet: &SheetSize) -> Self {
        let all = Way {
            qr: content.address.is_some(),
            address: content.address.is_some(),
            label: true,
            name: true,
            is_tight: false,
        };
        let last = Way { qr: false, address: false, label: false, name: !content.is_named_by_username, is_tight: true };
        let ways = [
            all,
            Way { address: false, ..all },
            Way { address: false, label: false, ..all },
            Way { address: false, label: false, name: last.name, ..all },
            Way { qr: false, ..all },
            Way { qr: false, label: false, ..all },
            Way { qr: false, label: false, is_tight: true, ..all },
            Way { qr: false, address: false, label: false, ..all },
            Way { is_tight: false, ..last },
            Way { name: true, ..last },
            last,
        ];
        // Letters become smaller only if nothing fits at full size.
        let smaller = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4].map(|size| (size, last));
        let mut tried = ways.map(|way| (1.0, way)).into_iter().chain(smaller);
        let fits = tried.find_map(|(size, way)| {
            let (fit, height) = Self::filled(content, sheet, size, way);
            (height <= sheet.room()[1]).then_some(fit)
        });
        fits.unwrap_or_else(|| Self::filled(content, sheet, 0.4, last).0)
    }

    fn filled(content: &Content<'_>, sheet: &SheetSize, size: f32, way: Way) -> (Self, f32) {
        let width = sheet.room()[0] - if way.qr { sheet.qr + GAP } else { 0.0 };
        let mm = |text: &str, points: f32| width_of(text, Face::Sans) * points * MM_PER_POINT + GAP;
        let username_size = sheet.username * size;
        let username = lines(content.username, Face::Sans, width / (username_size * MM_PER_POINT), way.is_tight);
        let label = if way.label { mm(content.password_label, sheet.label) } else { 0.0 };
        let (face, password_size) = (content.password_face, content.password_size * MM_PER_POINT);
        let broken =
            |by: f32| content.password.iter().flat_map(move |text| lines(text, face, by / password_size, false));
        // The password is beside its label if each form fits on one line there.
        let beside: Vec<FittedLine> = broken(width - label).collect();
        let is_beside = way.label && beside.len() <= content.password.len();
        let password: Vec<FittedLine> = if is_beside { beside } else { broken(width).collect() };
        let address = lines(
            content.address.filter(|_| way.address).unwrap_or_default(),
            Face::Sans,
            width / (sheet.label * MM_PER_POINT),
            false,
        );
        let widest = password.iter().map(|line| width_of(&line.text, face) * password_size).fold(0.0, f32::max);
        let taken = widest + if is_beside { label } else { 0.0 };
        let is_foot_beside = !way.qr && taken + mm(content.foot, sheet.label) <= width;
        let small = sheet.label * MM_PER_POINT * LINE;
        let smalls =
            [way.label, way.label && !is_beside, !way.qr && !is_foot_beside].into_iter().filter(|is| *is).count();
        let height = if way.name { sheet.name * MM_PER_POINT * LINE } else { 0.0 }
            + (smalls + address.len()) as f32 * small
            + username.len() as f32 * username_size * MM_PER_POINT * LINE
            + password.len() as f32 * password_size * LINE;
        let (has_qr, has_label, has_name) = (way.qr, way.label, way.name);
        (
            Self { has_qr, has_label, has_name, is_beside, is_foot_beside, username_size, username, password, address },
            height,
        )
    }
}

/// Breaks a text into lines that are at most `room` em wide. A word that is too wide for a line continues on the next
/// line. Unless `is_tight` is true, the break comes after a sign such as `@` if the line is then at least half full.
pub(super) fn lines(text: &str, face: Face, room: f32, is_tight: bool) -> Vec<FittedLine> {
    let space = width_of(" ", face);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let width = width_of(word, face);
        if !line.is_empty() && used + space + width > room {
            lines.push(FittedLine { text: std::mem::take(&mut line), is_broken: false });
        }
        if !line.is_empty() {
            line.push(' ');
            line.push_str(word);
            used += space + width;
            continue;
        }
        (line, used) = (word.to_owned(), width);
        while used > room {
            let at = place_to_break(&line, face, room - SIGN, is_tight);
            if at >= line.len() {
                // This single letter is wider than the line.
                break;
            }
            let rest = line.split_off(at);
            lines.push(FittedLine { text: std::mem::replace(&mut line, rest), is_broken: true });
            used = width_of(&line, face);
        }
    }
    if !line.is_empty() {
        lines.push(FittedLine { text: line, is_broken: false });
    }
    lines
}

/// Returns the byte offset at which to break a word: after the last sign that fits, or otherwise after the last letter
/// that fits. At least one letter comes before the break.
fn place_to_break(word: &str, face: Face, room: f32, is_tight: bool) -> usize {
    let (mut used, mut behind_letter, mut behind_sign) = (0.0, 0, 0);
    let mut letters = word.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        used += em(c, face);
        if used > room && behind_letter > 0 {
            break;
        }
        // A combining mark stays with its letter.
        if letters
            .peek()
            .is_some_and(|(_, next)| is_combining_mark(*next) || matches!(*next, '\u{200c}' | '\u{200d}' | '\u{fe0f}'))
        {
            continue;
        }
        behind_letter = at + c.len_utf8();
        if matches!(c, '@' | '.' | '-' | '_' | '/') {
            behind_sign = behind_letter;
        }
    }
    // A sign near the beginning would leave most of the line blank.
    if !is_tight && behind_sign * 2 >= behind_letter && behind_sign > 0 { behind_sign } else { behind_letter }
}

/// Returns the width of a text in em.
pub(super) fn width_of(text: &str, face: Face) -> f32 {
    text.chars().map(|c| em(c, face)).sum()
}

/// Returns the width of a character in em. In common fonts, the character is at most that wide.
fn em(c: char, face: Face) -> f32 {
    if is_combining_mark(c) {
        return 0.0;
    }
    match (face, c) {
        (Face::Mono, ' '..='~') => 0.69,
        (_, 'i' | 'j' | 'l' | 'I' | '\'' | '.' | ',' | ' ' | ':' | ';' | '|' | '!') => 0.34,
        (_, 'f' | 't' | 'r' | '-' | '/' | '(' | ')' | 'J') => 0.43,
        (_, 's' | 'z' | 'c' | 'k' | 'x' | 'v' | 'y') => 0.6,
        (_, 'm' | 'w' | 'W' | 'M' | '@' | '%') => 1.0,
        (_, 'a'..='z' | '0'..='9' | '_') => 0.65,
        (_, 'O' | 'Q' | 'G' | 'D' | 'N' | 'H' | 'U' | '&' | '+' | '=') => 0.84,
        (_, 'A'..='Z' | ' '..='~') => 0.72,
        // The first two ranges cover Latin, Greek, Cyrillic, Hebrew, Arabic and the scripts of India. East Asian
        // scripts and pictures are wider.
        (_, '\0'..='\u{2FF}') => 0.85,
        (_, ..='\u{10FF}') => 1.0,
        (_, _) => 1.1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::layout::CardLayout;
    use super::*;

    fn texts(lines: &[FittedLine]) -> Vec<(&str, bool)> {
        lines.iter().map(|line| (line.text.as_str(), line.is_broken)).collect()
    }

    #[test]
    fn breaks_lines_at_spaces_and_marks_each_break_within_a_word() {
        assert_eq!(texts(&lines("Zoë van Dyck", Face::Sans, 20.0, false)), [("Zoë van Dyck", false)]);
        assert_eq!(texts(&lines("Zoë van Dyck", Face::Sans, 5.0, false)), [("Zoë van", false), ("Dyck", false)]);
        let address = lines("zoe.vandyck@oakfield.example", Face::Sans, 11.0, false);
        assert_eq!(texts(&address), [("zoe.vandyck@", true), ("oakfield.example", false)]);
        assert_eq!(
            texts(&lines("WWWWWWWWWW", Face::Sans, 5.0, false)),
            [("WWWW", true), ("WWWW", true), ("WW", false)]
        );
        assert_eq!(texts(&lines("FROG LAMP RAIN", Face::Mono, 7.0, false)), [("FROG LAMP", false), ("RAIN", false)]);
        assert_eq!(texts(&lines("", Face::Sans, 7.0, false)), []);
    }

    #[test]
    fn prints_a_long_username_in_at_least_12_points() {
        for layout in CardLayout::ALL {
            let sheet = layout.sheet();
            let password = ["CX57".to_owned()];
            let content = |username| Content {
                username,
                password: &password,
                password_face: Face::Mono,
                password_size: sheet.password,
                password_label: "Password",
                address: Some("https://oakfield.example/go"),
                is_named_by_username: false,
                foot: "Keep this secret 26 Nov 2026",
            };
            let usual = Fit::of(&content("Amelia Smith"), &sheet);
            assert!(
                usual.has_qr && !usual.address.is_empty() && usual.has_label && usual.username_size >= 12.0,
                "{layout}: {usual:?}"
            );
            let long = Fit::of(&content("Bartholomew Featherstonehaugh-Cholmondeley"), &sheet);
            assert!(long.username_size >= 12.0, "{layout}: {long:?}");
            let long = Fit::of(&content("bartholomew.featherstonehaugh@oakfield.example"), &sheet);
            assert!(long.username_size >= 12.0, "{layout}: {long:?}");
            let endless = "Wolfeschlegelsteinhausenbergerdorff".repeat(9);
            assert!(Fit::of(&content(&endless), &sheet).username_size < sheet.username, "{layout}");
        }
    }

    proptest! {
        #[test]
        fn breaking_a_text_into_lines_loses_and_adds_no_letter(text in "[a-zA-Zéß@.\\- \u{301}\u{5d0}\u{4e2d}]{0,60}", room in 0.1_f32..30.0, is_tight: bool) {
            let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
            let mut joined = String::new();
            let broken = lines(&text, Face::Sans, room, is_tight);
            for (number, line) in broken.iter().enumerate() {
                joined.push_str(&line.text);
                let is_last = number + 1 == broken.len();
                joined.push_str(if line.is_broken || is_last { "" } else { " " });
                prop_assert!(!(is_last && line.is_broken));
                // Only a line of one or two letters, or with combining marks, may be wider than the room.
                prop_assert!(width_of(&line.text, Face::Sans) <= room.max(2.2) || line.text.chars().count() < 3 || line.text.chars().any(is_combining_mark));
            }
            prop_assert_eq!(joined, words.join(" "));
        }
    }
}
