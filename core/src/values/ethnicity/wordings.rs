//! The list of other words for ethnicities that management information systems and schools use (`OTHER_WORDINGS`).
//! `mod.rs` looks them up.

/// Wordings in the census and in school systems that differ from the Department's descriptions.
pub(super) const OTHER_WORDINGS: [(&str, &str); 51] = [
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
    ("any other asian or asian british background", "AOTH"),
    ("any other black or black british background", "BOTH"),
    ("black or black british african", "BAFR"),
    ("black or black british caribbean", "BCRB"),
    ("black black british african", "BAFR"),
    ("black black british caribbean", "BCRB"),
    ("black african", "BAFR"),
    ("black british african", "BAFR"),
    ("black british caribbean", "BCRB"),
    ("black african caribbean black british african", "BAFR"),
    ("black african caribbean black british caribbean", "BCRB"),
    ("black black british caribbean or african african", "BAFR"),
    ("black black british caribbean or african caribbean", "BCRB"),
    ("asian british indian", "AIND"),
    ("asian british pakistani", "APKN"),
    ("asian british bangladeshi", "ABAN"),
    ("asian british chinese", "CHNE"),
    ("chinese or chinese british", "CHNE"),
    ("chinese british", "CHNE"),
    ("white white british", "WBRI"),
    ("white or white british british", "WBRI"),
    ("white or white british irish", "WIRI"),
    ("white gypsy roma", "WROM"),
    ("white black caribbean", "MWBC"),
    ("white black african", "MWBA"),
    ("white asian", "MWAS"),
    ("any other mixed or mixed british background", "MOTH"),
    ("any other ethnic background", "OOTH"),
    // Words that occur in only one description.
    ("irish", "WIRI"),
    ("arab", "OARA"),
    ("other ethnic group arab", "OARA"),
];

/// Nationalities that occur in only one description, after its group.
pub(super) const UNPREFIXED: [&str; 7] =
    ["angolan", "congolese", "ghanaian", "nigerian", "sierra leonean", "somali", "sudanese"];

/// Words of the census that can come before a description, with the groups in which each is used.
pub(super) const GROUP_PREFIXES: [(&str, &[&str]); 16] = [
    ("black african caribbean black british ", &["Black"]),
    ("black black british caribbean or african ", &["Black"]),
    ("mixed or mixed british ", &["Mixed"]),
    ("white or white british ", &["White"]),
    ("chinese or chinese british ", &["Chinese"]),
    ("other ethnic group ", &["Other", "Chinese"]),
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

/// Returns the likely code for ambiguous words. Most schools, but not all, use the words for this code.
pub(super) fn ambiguous(words: &str) -> Option<&'static str> {
    Some(match words {
        "british" | "english" | "white uk" => "WBRI",
        "african" => "BAFR",
        "caribbean" => "BCRB",
        "scottish" => "WSCO",
        "welsh" => "WWEL",
        "northern irish" => "WNIR",
        "cornish" => "WCOR",
        // The census has one code for Gypsy or Roma pupils and one for Irish Travellers. Most pupils with these words
        // are Irish Travellers.
        "gypsy or irish traveller" | "gypsy traveller" | "traveller" => "WIRT",
        "white gypsy or irish traveller" => "WIRT",
        "other white background" => "WOTH",
        "other black background" => "BOTH",
        "other asian background" => "AOTH",
        "not" | "unknown" | "not known" | "not recorded" | "not stated" | "none" => "NOBT",
        "prefer not to say" | "declined" => "REFU",
        "other" => "OOTH",
        words => return european(words),
    })
}

/// Returns the code of the part of Europe that a nationality belongs to. The census has no code for the nationality
/// itself.
pub(super) fn european(words: &str) -> Option<&'static str> {
    const EASTERN: [&str; 16] = [
        "polish",
        "romanian",
        "bulgarian",
        "ukrainian",
        "lithuanian",
        "latvian",
        "estonian",
        "slovak",
        "czech",
        "hungarian",
        "russian",
        "moldovan",
        "belarusian",
        "slovenian",
        "georgian",
        "eastern european",
    ];
    const WESTERN: [&str; 10] =
        ["french", "german", "spanish", "dutch", "belgian", "austrian", "swiss", "danish", "swedish", "norwegian"];
    let nationality = words.strip_prefix("white ").unwrap_or(words);
    if EASTERN.contains(&nationality) {
        return Some("WEEU");
    }
    WESTERN.contains(&nationality).then_some("WWEU")
}
