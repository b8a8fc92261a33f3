//! Tests the sheets, texts and errors of printed pages.

use crate::account::{AccountRow, Edit};
use crate::password::PasswordPolicy;

use super::*;

fn row(full_name: &str, class_name: &str) -> AccountRow {
    AccountRow {
        full_name: full_name.into(),
        username: full_name.into(),
        year_group: "Year 5".into(),
        class_name: class_name.into(),
        gender: "Female".into(),
        password: Some("CX57".into()),
        ..AccountRow::default()
    }
}

fn accounts(rows: impl IntoIterator<Item = AccountRow>) -> Accounts {
    Accounts::from_rows(rows, SignIn::Password).unwrap()
}

fn school() -> Accounts {
    let names = (0..34).map(|n| row(&format!("Pupil {n:02}"), "5A"));
    accounts(names.chain([row("Zoë Lee", "5B"), AccountRow { password: None, ..row("Kai Ito", "5B") }]))
}

fn html(accounts: &Accounts, cards: &Cards) -> String {
    let mut html = Vec::new();
    accounts.write_cards(&mut html, cards).unwrap();
    String::from_utf8(html).unwrap()
}

fn sheets(accounts: &Accounts, layout: CardLayout) -> usize {
    html(accounts, &Cards::new().layout(layout)).matches("<section>").count()
}

#[test]
fn starts_the_cards_of_each_class_on_a_new_sheet() {
    let school = school();
    assert_eq!(CardLayout::ALL.map(|layout| sheets(&school, layout)), [3, 3, 4, 6]);
    let one = Cards::new().class_name("5b");
    assert_eq!(html(&school, &one).matches("<article>").count(), 2);
    assert_eq!(html(&school, &one.year_group("YEAR 5")).matches("<section>").count(), 1);
}

#[test]
fn prints_cards_only_for_the_named_accounts_and_includes_named_leavers() {
    let mut school = school();
    let cards = Cards::new().usernames(["zoë lee", "Pupil 07", "ZOË LEE"]);
    let page = html(&school, &cards);
    assert!(page.matches("<article>").count() == 2 && page.contains("<h2>Zoë Lee</h2>"), "{page}");
    assert_eq!(html(&school, &Cards::new().usernames(["Zoë Lee"]).class_name("5A")).matches("<article>").count(), 0);
    school.edit("Zoë Lee", &Edit::new().active(false)).unwrap();
    assert!(!html(&school, &Cards::new()).contains("Zoë"));
    assert!(html(&school, &Cards::new().usernames(["Zoë Lee"])).contains("Zoë"));
    assert_eq!(format!("{:?}", Cards::new().usernames(["Zoë Lee"])).matches("Zoë").count(), 0);
}

#[test]
fn refuses_an_unknown_username_or_class_without_writing_a_file() {
    let school = school();
    let long = format!("https://oakfield.example/{}", "x".repeat(300));
    let cards: [(Cards, &str); 4] = [
        (Cards::new().usernames(["Zoë Lee", "Nobody"]), "account-not-found"),
        (Cards::new().class_name("9Z"), "class-not-found"),
        (Cards::new().class_name("5A").year_group("Year 6"), "class-not-found"),
        (Cards::new().sign_in_url(&long).unwrap(), "sign-in-url-too-long"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (cards, code) in cards {
        let mut written = Vec::new();
        let error = school.write_cards(&mut written, &cards).unwrap_err();
        assert_eq!((error.code(), written.len()), (code, 0));
        assert_eq!(school.save_cards(folder.path().join("cards.html"), &cards).unwrap_err().code(), code);
        if code != "sign-in-url-too-long" {
            assert_eq!(school.write_letters(&mut written, &cards).unwrap_err().code(), code);
            assert_eq!(school.save_class_list(folder.path().join("list.html"), &cards).unwrap_err().code(), code);
        }
        assert_eq!(written.len(), 0);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let error = Cards::new().text(CardText::Letter, "Dear {parent}").unwrap_err();
    assert_eq!(error.code(), "letter-placeholder");
    assert!(
        error.to_string().contains("{name}, {username}") && error.to_string().ends_with("to print a brace, write {{"),
        "{error}"
    );
    assert!(
        Cards::new().text(CardText::Letter, "{name").is_err() && Cards::new().text(CardText::Secret, "{name").is_ok()
    );
}

#[test]
fn refuses_a_sign_in_address_too_long_for_a_readable_qr_code() {
    let school = school();
    let url = |length: usize| format!("https://{}.example/{}", "o".repeat(20), "x".repeat(length - 37));
    let written = |layout, length| {
        let cards = Cards::new().layout(layout).sign_in_url(&url(length)).unwrap();
        school.write_cards(Vec::new(), &cards)
    };
    for layout in CardLayout::ALL {
        let Err(AccountError::SignInUrlTooLong { most }) = written(layout, 500) else { continue };
        assert!(written(layout, most).is_ok() && written(layout, most + 1).is_err(), "{layout}: {most}");
        assert!(most >= 100, "{layout}: {most}");
    }
    assert!(written(CardLayout::A4x33, 500).is_err());
    let too_long = Cards::new().sign_in_url(&url(501)).map(drop).unwrap_err();
    assert_eq!(too_long.code(), "sign-in-url-too-long");
}

#[test]
fn prints_passwords_in_the_chosen_letter_case() {
    let shown = |letters: CardLetters, password| letters.shown(password);
    assert_eq!(shown(CardLetters::Upper, "frog7"), ["FROG7"]);
    assert_eq!(shown(CardLetters::Lower, "CX57"), ["cx57"]);
    assert_eq!(shown(CardLetters::Both, "CX57"), ["CX57", "cx57"]);
    assert_eq!(shown(CardLetters::Both, "40712"), ["40712"]);
    // A password typed as it is printed matches the original password.
    for password in ["straße7", "ﬁsh7", "İ7ab", "ŉ7ab", "FROG LAMP RAIN"] {
        for letters in CardLetters::ALL {
            for text in letters.shown(password) {
                assert!(Password::existing(password).matches(&text), "{password} as {text}");
            }
        }
    }
}

#[test]
fn a_card_with_an_unknown_password_tells_the_student_what_to_do() {
    let school = school();
    let cards = Cards::new().usernames(["Kai Ito"]);
    assert!(html(&school, &cards).contains("<dd class=\"instead\"><span>Ask your teacher</span></dd>"));
    let welsh = cards.clone().text(CardText::Ask, "Gofynnwch i'ch athro").unwrap();
    assert!(html(&school, &welsh).contains("Gofynnwch i&#39;ch athro"));
    let row = AccountRow { username: "kai@oak.example".into(), password: None, ..row("Kai Ito", "5B") };
    let sso = Accounts::from_rows([row], SignIn::Sso).unwrap();
    assert!(html(&sso, &Cards::new()).contains("<span>Your school password</span>"));
}

#[test]
fn every_card_shows_its_class_and_a_warning_and_the_date() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
    for url in [false, true] {
        let mut cards = Cards::new().date(day);
        if url {
            cards = cards.sign_in_url("https://oakfield.example/go").unwrap();
        }
        let page = html(&school(), &cards);
        for wanted in ["<small>5A</small></div>", "<small>Keep this secret</small>", "<small>26 Nov 2026</small>"] {
            assert_eq!(page.matches(wanted).count(), if wanted.contains("5A") { 34 } else { 36 }, "{wanted}");
        }
        assert_eq!(page.matches("href=\"#qr\"").count(), if url { 36 } else { 0 });
    }
}

#[test]
fn marks_a_line_break_within_a_word_and_explains_the_mark() {
    let long =
        accounts([AccountRow { username: "bartholomew.featherstonehaugh@oakfield.example".into(), ..row("B", "5A") }]);
    let page = html(&long, &Cards::new());
    assert!(page.contains("<span class=\"on\">") && page.contains("↵ goes on in the next line"), "{page}");
    assert!(!html(&school(), &Cards::new()).contains("goes on in the next line"));
}

fn text(write: impl Fn(&mut Vec<u8>) -> Result<(), AccountError>) -> String {
    let mut html = Vec::new();
    write(&mut html).unwrap();
    String::from_utf8(html).unwrap()
}

#[test]
fn a_letter_to_parents_leaves_out_unknown_data() {
    let school = school();
    let cards = Cards::new().usernames(["Zoë Lee"]);
    let letter = text(|to| school.write_letters(to, &cards));
    assert!(letter.contains("Zoë Lee now has an account") && letter.contains("Password: <b>CX57</b>"), "{letter}");
    assert!(!letter.contains("Address") && !letter.contains("{name}"), "{letter}");
    let cards = cards.sign_in_url("https://oak.example/?a=1&b=2").unwrap();
    assert!(text(|to| school.write_letters(to, &cards)).contains("Address: <b>https://oak.example/?a=1&amp;b=2</b>"));
    let own =
        cards.text(CardText::Letter, "Annwyl <riant>,\n{{name} {name}, {class}, {year}\n\n{date}\n{username}").unwrap();
    let letter = text(|to| school.write_letters(to, &own));
    assert!(
        letter.contains("<p>Annwyl &lt;riant&gt;,<br>\n{name} Zoë Lee, 5B, Year 5</p>\n<p><b>Zoë Lee</b></p>"),
        "{letter}"
    );
    let all = text(|to| school.write_letters(to, &Cards::new()));
    assert_eq!(all.matches("<section>").count(), 36);
    assert!(all.contains("Password: <b>Ask your teacher</b>"));
}

#[test]
fn class_lists_show_passwords_only_on_request() {
    let school = school();
    let list = text(|to| school.write_class_list(to, &Cards::new()));
    assert_eq!((list.matches("<section>").count(), list.matches('☐').count()), (2, 36));
    assert!(!list.contains("CX57") && list.contains("<td>34</td><td>Pupil 33</td>"), "{list}");
    let with = text(|to| school.write_class_list(to, &Cards::new().list_passwords(true).class_name("5B")));
    assert!(with.contains("<td><b>CX57</b></td>") && with.contains("<td><b>Ask your teacher</b></td>"), "{with}");
    assert_eq!(with.matches("<th>").count(), 6);
}

#[test]
fn resetting_the_passwords_of_a_class_returns_the_reset_accounts() {
    let mut school = school();
    school.edit("Pupil 03", &Edit::new().active(false)).unwrap();
    let policy = PasswordPolicy::pin(5).unwrap();
    let reset = school.reset_class("5a", None, &policy).unwrap();
    let reset: Vec<String> = reset.iter().map(|account| account.username.to_owned()).collect();
    assert_eq!(reset.len(), 33);
    assert!(reset.iter().all(|username| school.get(username).unwrap().password.unwrap().expose().len() == 5));
    assert!(["Pupil 03", "Zoë Lee"].iter().all(|name| school.get(name).unwrap().password.unwrap().expose() == "CX57"));
    assert_eq!(html(&school, &Cards::new().usernames(reset)).matches("<article>").count(), 33);
    let before = school.clone();
    assert_eq!(school.reset_class("9Z", None, &policy).unwrap_err().code(), "class-not-found");
    assert_eq!(school.reset_class("5A", Some("Year 6"), &policy).unwrap_err().code(), "class-not-found");
    assert!(school == before);
}

#[test]
fn card_texts_and_letter_cases_can_be_parsed_from_their_codes() {
    assert!(CardText::ALL.iter().all(|text| text.as_str().parse() == Ok(*text) && !text.default_text().is_empty()));
    assert!(CardLetters::ALL.iter().all(|letters| letters.as_str().parse() == Ok(*letters)));
}
