//! The line of a student in a file, if every value is exactly right. The line has nine values in template order, with a
//! comma between them and no quotation marks. The line contains everything about the student, so we store only its
//! offset.

use twox_hash::XxHash3_64;

use crate::simd;
use crate::values::ethnicity::Ethnicities;
use crate::values::gender::Gender;

use super::{Codes, Student};

/// The text of a file from the start of a student's line.
#[derive(Clone, Copy)]
pub(super) struct StudentLine<'s>(pub(super) &'s [u8]);

/// Why the parts of a line are certainly there.
const KEPT: &str = "invariant: a line is kept only if it is UTF-8 with nine correct values";

const BLOCK: usize = 64;
/// The number of bytes that we read for the five short values. The five values together are always shorter.
const SHORT: usize = 32;

impl<'s> StudentLine<'s> {
    /// Returns the line without its line ending.
    #[inline]
    pub(super) fn bytes(self) -> &'s [u8] {
        let end = memchr::memchr2(b'\n', b'\r', self.0).unwrap_or(self.0.len());
        self.0.get(..end).unwrap_or_default()
    }

    /// Returns a hash of the line, which is equal for equal lines.
    #[inline]
    pub(super) fn row_hash(self) -> u64 {
        XxHash3_64::oneshot(self.bytes())
    }

    /// Returns the four texts, and the codes of the short values.
    #[inline]
    pub(super) fn read(self, ethnicities: &Ethnicities) -> ([&'s str; 4], Codes) {
        let commas = self.commas();
        let rest = self.0.get(commas[3] + 1..).unwrap_or_default();
        let short = match rest.first_chunk() {
            Some(short) => Self::codes(short, ethnicities),
            None => {
                let mut short = [0; SHORT];
                short.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
                Self::codes(&short, ethnicities)
            }
        };
        (self.cut(commas), short)
    }

    /// Splits the short values. The first byte of a gender or a flag shows the whole value and so its length. An
    /// ethnicity code always has four bytes. The lengths of the earlier values give the start of the next value. There
    /// is no branch that a processor would have to predict.
    #[inline(always)]
    #[allow(clippy::expect_used)]
    fn codes(short: &[u8; SHORT], ethnicities: &Ethnicities) -> Codes {
        let (gender, length) = match short[0] {
            b'M' => (Gender::Male, 4),
            b'F' => (Gender::Female, 6),
            _ => (Gender::NonBinary, 10),
        };
        let mut at = length + 1;
        let flag = |at: &mut usize| {
            let flag = short[*at % SHORT] == b'Y';
            *at += if flag { 4 } else { 3 };
            flag
        };
        let premium = flag(&mut at);
        let code = short.get(at..).and_then(<[u8]>::first_chunk).map(|code| u32::from_le_bytes(*code));
        let ethnicity = code.and_then(|code| ethnicities.index_of(code)).expect(KEPT);
        at += 5;
        let (send, eal) = (flag(&mut at), flag(&mut at));
        Codes::new(Some(gender), premium, ethnicity, send, eal)
    }

    /// Returns the first `N` cells.
    #[inline]
    pub(super) fn first_cells<const N: usize>(self) -> [&'s str; N] {
        self.cut(self.commas())
    }

    #[inline(always)]
    #[allow(clippy::expect_used)]
    fn cut<const N: usize>(self, ends: [usize; N]) -> [&'s str; N] {
        let last = ends.last().copied().unwrap_or_default();
        let text = self.0.get(..last).and_then(|cells| str::from_utf8(cells).ok()).expect(KEPT);
        let mut from = 0;
        ends.map(|end| {
            let cell = text.get(from..end).expect(KEPT);
            from = end + 1;
            cell
        })
    }

    /// Returns the offsets of the first `N` commas. For a missing comma, returns the end of the text.
    #[inline(always)]
    fn commas<const N: usize>(self) -> [usize; N] {
        let mut ends = [self.0.len(); N];
        let mut left = ends.iter_mut();
        for (number, block) in self.0.chunks(BLOCK).enumerate() {
            let mut commas = match block.first_chunk() {
                Some(block) => commas(block),
                None => {
                    let mut whole = [0; BLOCK];
                    whole.iter_mut().zip(block).for_each(|(target, byte)| *target = *byte);
                    commas(&whole)
                }
            };
            while commas != 0 {
                let Some(end) = left.next() else { return ends };
                *end = number * BLOCK + commas.trailing_zeros() as usize;
                commas &= commas - 1;
            }
            if left.len() == 0 {
                break;
            }
        }
        ends
    }
}

/// Returns the hash of a student who is not stored as a line. This hash equals the hash of the line that the student
/// would have in a file. But if a text contains a comma, a line would not show where each text ends. In this case, the
/// hash also includes the lengths of the texts.
pub(super) fn row_hash(student: &Student<'_>) -> u64 {
    let texts = student.texts();
    let seed = match texts.iter().any(|text| memchr::memchr(b',', text.as_bytes()).is_some()) {
        true => texts.iter().fold(0, |ends, text| ends << 16 | text.len() as u64),
        false => 0,
    };
    let cells = student.cells();
    let mut room = [0; 4 * BLOCK];
    let mut end = 0;
    for cell in cells {
        let Some(target) = room.get_mut(end..end + cell.len() + 1) else {
            return XxHash3_64::oneshot_with_seed(seed, cells.join(",").as_bytes());
        };
        target[..cell.len()].copy_from_slice(cell.as_bytes());
        target[cell.len()] = b',';
        end += cell.len() + 1;
    }
    XxHash3_64::oneshot_with_seed(seed, &room[..end - 1])
}

/// Returns a bit for each byte of a block, which is set if the byte is a comma.
#[inline(always)]
fn commas(block: &[u8; BLOCK]) -> u64 {
    let (lanes, _) = block.as_chunks();
    let [commas] = simd::masks(&[lanes[0], lanes[1], lanes[2], lanes[3]], |lane| [lane.is(b',')]);
    commas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_student_line_with_commas_at_any_offset() {
        let set = Ethnicities::default();
        let genders = [Gender::Male, Gender::Female, Gender::NonBinary];
        for (number, width) in [0, 1, 7, 15, 16, 30, 63, 64, 65, 130].into_iter().enumerate() {
            let texts: [String; 4] = std::array::from_fn(|text| format!("{}é", "x".repeat(width + text)));
            let texts = texts.each_ref().map(String::as_str);
            for (bits, (end, code)) in
                (0..8).zip(["", "\n", "\r\n", "\r", "\nand,more\n"].into_iter().zip(["WBRI", "NOBT"]).cycle())
            {
                let [premium, send, eal] = [1, 2, 4].map(|bit| bits & bit != 0);
                let codes =
                    Codes::new(Some(genders[number % 3]), premium, set.index(code.as_bytes()).unwrap(), send, eal);
                let cells = Student::new(texts, codes, &set).cells().join(",");
                let text = format!("{cells}{end}");
                let line = StudentLine(text.as_bytes());
                assert_eq!(line.bytes(), cells.as_bytes());
                assert_eq!(line.read(&set), (texts, codes), "{width} {end:?}");
                assert_eq!(line.first_cells(), [texts[0], texts[1]]);
            }
        }
    }

    #[test]
    fn a_malformed_student_line_is_never_read_as_another_student() {
        let set = Ethnicities::default();
        for text in [&b"a"[..], b"a,b,c", b"\xE9,b,c,d,Male,No,WBRI,No,No", b"a,b,c,d,Male,No,WXYZ,No,No"] {
            let read = std::panic::catch_unwind(|| StudentLine(text).read(&set).1);
            let panic = read.unwrap_err();
            let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref().map(String::as_str));
            assert_eq!(message, Some(KEPT), "{text:?}");
        }
    }
}
