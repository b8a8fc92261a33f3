//! The characters of generated passwords (`CHARACTERS`), the words that no such password contains (`OFFENSIVE`), and
//! the sources of both. `chosen.rs` has the words that a person may not choose.

/// The letters and digits of a password. We chose them from published research on characters that people confuse.
///
/// | left out | because |
/// | --- | --- |
/// | 0 1 I L O D Q Z S B G | they look like another character: 0/O/D/Q, 1/I/L, 2/Z, 5/S, 8/B, 6/G, 9/Q. I/1, O/0, Z/2 and 1/7 made over half of the errors in a study by Bell Laboratories (ISMP Medication Safety Alert, 12 January 2000) |
/// | M N | children who cannot read yet confuse M/N most of all capitals (8 errors), then M/W (5): Blair and Ryckman 1968, ERIC ED028033, 75 children, every pair |
/// | A E U 3 4 | vowels, and digits that stand in for them, spell words; E makes numbers for Excel |
///
/// Among the remaining letters, Blair and Ryckman found 3 errors for K/X, and 2 each for P/R, H/X and H/W. They list
/// neither V/Y nor digits. 5/8 and 6/8 look alike in poor print. If a child types G for 6 or Q for 9, the password is
/// wrong. But S, Z and B are read as 5, 2 and 8 ([`Password::canonical_form`](super::Password::canonical_form)).
pub(super) const CHARACTERS: &[u8] = b"256789CFHJKPRTVWXY";
pub(super) const DIGITS: &[u8] = b"0123456789";

/// Returns the letters that a digit can be read as, for the digits in [`CHARACTERS`].
pub(super) fn read_as(digit: u8) -> &'static [u8] {
    match digit {
        b'2' => b"Z",
        b'5' => b"S",
        b'6' => b"GB",
        b'7' => b"T",
        b'8' => b"B",
        b'9' => b"GQ",
        _ => b"",
    }
}

/// The refused words: offensive words and their usual abbreviations, drugs, and numbers with a meaning. A word is also
/// refused if digits that can be read as letters replace some or all of its letters. The list has only words that
/// [`CHARACTERS`] can spell in this way. A password that contains a refused word is refused. In a word, a full stop
/// means any one character.
pub(super) const OFFENSIVE: &[&str] = &[
    "69", "88", "BCH", "BGGR", "BGR", "BJ", "BTC", "BTT", "BVG", "BVT", "BYTCH", "CCK", "CRP", "CVC", "CVX", "CYCK",
    "F.VG", "F.XG", "FCQ", "FCK", "FCX", "FFS", "FGG", "FGS", "FGT", "FGX", "FK", "FRT", "FTW", "FV.G", "FVC", "FVG",
    "FVK", "FVQ", "FVX", "FX.G", "FXC", "FXG", "FXK", "FYC", "FYK", "GBH", "GHB", "GTF", "GVBX", "GXBX", "GYP", "H8",
    "HYV", "J.ZZ", "JFC", "JGF", "JXZ", "JZZ", "K.KK", "K.YB", "K.YS", "KK.K", "KKK", "KY.B", "KY.S", "KYB", "KYK",
    "KYS", "KYZ", "PHK", "PHQ", "PKY", "PP", "PRC", "PRK", "PRQ", "PRV", "PRX", "PSS", "PVB", "PVS", "PXBX", "PYK",
    "PYS", "QVBX", "QXBX", "SCK", "SCT", "SHG", "SHT", "SHYT", "SPC", "SPX", "SPZ", "STF", "SVC", "SVK", "SVX", "SXX",
    "SXY", "THC", "TTS", "TTY", "TVT", "TWT", "TYT", "VJJ", "WHR", "WKR", "WTF", "XTC", "YKY",
];
