//! Decides which unique pupil numbers identify a pupil: their form, their letters (`LETTERS`) and the check letter.

/// The letters of UPNs, by the number that each stands for. I, O and S are left out. Source: the Department for
/// Education's guide to UPNs.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// Returns a valid UPN in its standard form: trimmed and in upper case. Returns `None` for a placeholder, such as `TBC`
/// or `0000000000000`, and for a number with a typing mistake. These identify no student.
pub(crate) fn valid(upn: &str) -> Option<String> {
    let upn = upn.trim().to_ascii_uppercase();
    is_valid(&upn).then_some(upn)
}

/// Returns whether a text is a valid UPN in its standard form: 13 characters with the right check letter.
///
/// To find the check letter, add up each digit times its weight (2 to 13), and take the sum modulo 23. The result is
/// the letter's index. A temporary UPN ends in a letter instead of a digit, and the sum uses the index of this letter.
pub(crate) fn is_valid(upn: &str) -> bool {
    let Some((check, digits)) = upn.as_bytes().split_first() else { return false };
    if digits.len() != 12 || !digits.iter().take(11).all(u8::is_ascii_digit) {
        return false;
    }
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(usize::from(byte - b'0')),
        letter => LETTERS.iter().position(|known| *known == letter),
    };
    let sum = (2..).zip(digits).try_fold(0, |sum, (weight, &digit)| Some(sum + weight * value(digit)?));
    sum.is_some_and(|sum: usize| LETTERS.get(sum % LETTERS.len()) == Some(check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_upns_with_the_right_check_letter() {
        // 8*2 + 0*3 + 1*4 + 2*5 + 0*6 + 0*7 + 0*8 + 0*9 + 1*10 + 0*11 + 0*12 + 1*13 = 53, and 53 mod 23 is 7: H.
        assert_eq!(valid("H801200001001").as_deref(), Some("H801200001001"));
        assert_eq!(valid(" h801200001001 ").as_deref(), Some("H801200001001"));
        // A temporary UPN, whose last letter B counts as 1.
        assert_eq!(valid("H80120000100B").as_deref(), Some("H80120000100B"));
    }

    #[test]
    fn refuses_placeholders_and_mistyped_upns() {
        for other in
            ["", "TBC", "0", "N/A", "-", "UNKNOWN", "0000000000000", "A000000000001", "H801200001002", "H80120000100"]
        {
            assert_eq!(valid(other), None, "{other}");
        }
        for other in ["H8012000010011", "H80120000100I", "1801200001001", "HÉ1200001001", "H80120000B001"] {
            assert_eq!(valid(other), None, "{other}");
        }
    }
}
