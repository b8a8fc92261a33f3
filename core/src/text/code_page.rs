//! Older single-byte encodings, as tables of the letters for bytes from 0x80. `table/single_byte.rs` lists those that
//! are tried on a file, and `table/workbook/xls.rs` those of old workbooks.
//!
//! We maintain these tables, because a crate for encodings includes East Asian encodings, which would double what a
//! browser loads.

use std::sync::LazyLock;

/// A single-byte encoding: ASCII, and other letters for bytes from 0x80.
pub(crate) struct CodePage {
    letters: [char; 128],
    /// The byte of each letter, sorted by letter.
    bytes: Vec<(char, u8)>,
}

macro_rules! pages {
    ($($(#[$about:meta])* $name:ident = $letters:literal;)*) => { $(
        $(#[$about])*
        pub(crate) static $name: LazyLock<CodePage> = LazyLock::new(|| CodePage::of($letters));
    )* };
}

pages! {
    /// Windows in Western Europe. A byte without a letter is a control character.
    WINDOWS_1252 = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
    /// Windows in Central Europe.
    WINDOWS_1250 = "€\u{81}‚\u{83}„…†‡\u{88}‰Š‹ŚŤŽŹ\u{90}‘’“”•–—\u{98}™š›śťžź\u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
    /// Windows for Cyrillic.
    #[cfg(feature = "workbook")]
    WINDOWS_1251 = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";
    /// Windows for Greek.
    #[cfg(feature = "workbook")]
    WINDOWS_1253 = "€\u{81}‚ƒ„…†‡\u{88}‰\u{8A}‹\u{8C}\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}\u{9D}\u{9E}\u{9F}\u{A0}΅Ά£¤¥¦§¨©\u{FFFD}«¬\u{AD}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{FFFD}ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{FFFD}";
    /// Windows for Turkish.
    #[cfg(feature = "workbook")]
    WINDOWS_1254 = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}\u{9E}Ÿ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ";
    /// Windows for the Baltic languages.
    #[cfg(feature = "workbook")]
    WINDOWS_1257 = "€\u{81}‚\u{83}„…†‡\u{88}‰\u{8A}‹\u{8C}¨ˇ¸\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}¯˛\u{9F}\u{A0}\u{FFFD}¢£¤\u{FFFD}¦§Ø©Ŗ«¬\u{AD}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙";
    /// Older Macs.
    MAC_ROMAN = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
    /// Latin 2, for Central Europe.
    LATIN_2 = "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8A}\u{8B}\u{8C}\u{8D}\u{8E}\u{8F}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9A}\u{9B}\u{9C}\u{9D}\u{9E}\u{9F}\u{A0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{AD}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
    /// DOS in Western Europe.
    CP850 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
}

impl CodePage {
    fn of(letters: &str) -> Self {
        let mut page = Self { letters: [char::REPLACEMENT_CHARACTER; 128], bytes: Vec::with_capacity(128) };
        for ((letter, known), byte) in letters.chars().zip(&mut page.letters).zip(0x80..=0xFF) {
            *known = letter;
            if letter != char::REPLACEMENT_CHARACTER {
                page.bytes.push((letter, byte));
            }
        }
        page.bytes.sort_unstable();
        page
    }

    /// Returns the letter of a byte.
    pub(crate) fn letter(&self, byte: u8) -> char {
        let letter = byte.checked_sub(0x80).and_then(|index| self.letters.get(usize::from(index)));
        letter.copied().unwrap_or(char::from(byte))
    }

    /// Returns the byte of a letter, if the letter has one.
    pub(crate) fn byte(&self, letter: char) -> Option<u8> {
        if letter.is_ascii() {
            return u8::try_from(letter).ok();
        }
        let at = self.bytes.binary_search_by_key(&letter, |(letter, _)| *letter).ok()?;
        self.bytes.get(at).map(|(_, byte)| *byte)
    }

    /// Returns the bytes of a text, if every letter has a byte.
    pub(crate) fn bytes(&self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|letter| self.byte(letter)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_page_has_the_letters_of_the_encoding_standard() {
        let pages = [
            (&WINDOWS_1252, encoding_rs::WINDOWS_1252),
            (&WINDOWS_1250, encoding_rs::WINDOWS_1250),
            (&MAC_ROMAN, encoding_rs::MACINTOSH),
            (&LATIN_2, encoding_rs::ISO_8859_2),
            #[cfg(feature = "workbook")]
            (&WINDOWS_1251, encoding_rs::WINDOWS_1251),
            #[cfg(feature = "workbook")]
            (&WINDOWS_1253, encoding_rs::WINDOWS_1253),
            #[cfg(feature = "workbook")]
            (&WINDOWS_1254, encoding_rs::WINDOWS_1254),
            #[cfg(feature = "workbook")]
            (&WINDOWS_1257, encoding_rs::WINDOWS_1257),
        ];
        for (page, standard) in pages {
            for byte in 0..=0xFF_u8 {
                let (letter, _) = standard.decode_without_bom_handling(std::slice::from_ref(&byte));
                assert_eq!(letter, page.letter(byte).to_string(), "{byte:#X} of {}", standard.name());
                if page.letter(byte) == char::REPLACEMENT_CHARACTER {
                    continue;
                }
                assert_eq!(page.byte(page.letter(byte)), Some(byte), "{byte:#X} of {}", standard.name());
            }
        }
        // The Encoding Standard does not include this DOS encoding.
        assert_eq!((CP850.letter(0x89), CP850.byte('ë'), CP850.byte('Ł')), ('ë', Some(0x89), None));
        assert_eq!(CP850.letters.iter().filter(|letter| **letter == char::REPLACEMENT_CHARACTER).count(), 0);
    }
}
