//! Accounts: how they are made, found, edited, reset, exported and imported again.

use onroll::account::{AccountError, AccountRow, Cards, Edit};
use onroll::values::Gender;
use onroll::{Accounts, Column, PasswordPolicy, Plan, ProblemCode, Reader, SignIn};

use crate::{file, school};

const ROWS: [&str; 3] = [
    "Zoë Okafor,Zoë Okafor,Year 5,\"Oak, Room 2\",Female,No,BAFR,No,No",
    "Noah Khan,Noah Khan,Year 4,4B,Male,Yes,APKN,Yes,Yes",
    "'=Amelia,S12,Year 4,4B,Female,No,NOBT,No,No",
];

fn accounts() -> Accounts {
    let roster = Reader::new().read_bytes(file(&ROWS)).unwrap();
    Accounts::create(&roster, &PasswordPolicy::default()).unwrap()
}

fn passwords(accounts: &Accounts) -> Vec<String> {
    accounts.iter().map(|a| a.password.unwrap().expose().to_owned()).collect()
}

fn rejected(result: Result<impl Sized, AccountError>) -> Vec<(ProblemCode, Option<Column>, String)> {
    match result {
        Err(AccountError::Rejected(report)) => {
            report.problems().iter().map(|p| (p.code(), p.column(), p.message())).collect()
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[test]
fn creates_an_account_with_a_password_for_each_student() {
    let roster = Reader::new().read_bytes(school(500)).unwrap();
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    assert_eq!(accounts.len(), 500);
    assert!(accounts.iter().all(|a| a.active && a.source_id.is_none() && a.password.unwrap().expose().len() == 4));
    for (account, student) in accounts.iter().zip(&roster) {
        assert_eq!(account.student(), student);
    }
}

#[test]
fn finds_an_account_by_its_username_in_any_case_and_spacing() {
    let accounts = accounts();
    assert_eq!(accounts.get("ZOE\u{308}  OKAFOR ").unwrap().full_name, "Zoë Okafor");
    assert!(accounts.get("Zoe Okafor").is_none());
}

#[test]
fn checks_an_edit_as_strictly_as_an_import() {
    let mut accounts = accounts();
    let before = passwords(&accounts);
    let edited = accounts.edit("Noah Khan", &Edit::new().class_name("5A").year_group("Year 5")).unwrap();
    assert_eq!((edited.class_name, edited.year_group, edited.eal), ("5A", "Year 5", true));
    let edited = accounts.edit("noah khan", &Edit::new().username("N Khan").set(Column::Send, "No")).unwrap();
    assert_eq!((edited.username, edited.send), ("N Khan", false));
    assert!(accounts.get("Noah Khan").is_none() && accounts.get("n khan").is_some());

    let json = accounts.to_json_with_passwords();
    assert_eq!(
        rejected(accounts.edit("N Khan", &Edit::new().set(Column::Gender, "M").class_name(" 5A"))),
        [
            (
                ProblemCode::StraySpace,
                Some(Column::Class),
                "Class: ' 5A' has a stray space and should be '5A'".to_owned()
            ),
            (ProblemCode::Gender, Some(Column::Gender), "Gender: 'M' should be 'Male'".to_owned()),
        ]
    );
    assert_eq!(
        rejected(accounts.edit("N Khan", &Edit::new().username("zoë okafor"))),
        [(
            ProblemCode::UsernameDuplicate,
            Some(Column::Username),
            "Username: 'zoë okafor' is the username of another account".to_owned()
        )]
    );
    // Safe fixes are made on request, and an edit can be read from JSON.
    let edit: Edit =
        serde_json::from_str(r#"{"gender": "f", "class_name": " 5C ", "send": 1, "source_id": 7, "active": false}"#)
            .unwrap();
    let mut copy = accounts.clone();
    let edited = copy.edit("N Khan", &edit.clone().fix(true)).unwrap();
    assert_eq!((edited.gender, edited.class_name, edited.send), (Some(Gender::Female), "5C", true));
    assert_eq!((edited.source_id, edited.active), (Some("7"), false));
    assert!(accounts.edit("N Khan", &edit).is_err());
    assert!(serde_json::from_str::<Edit>(r#"{"clas_name": "5C"}"#).is_err());
    let mut two = accounts.clone();
    two.edit("N Khan", &Edit::new().source_id("A1").upn("H801200000000")).unwrap();
    assert_eq!(
        rejected(two.edit("Zoë Okafor", &Edit::new().source_id(" A1"))),
        [(ProblemCode::SourceIdDuplicate, None, "the edit: the source id belongs to another account".to_owned())]
    );
    assert_eq!(two.edit("N Khan", &Edit::new().source_id("").eal(false)).unwrap().source_id, None);
    assert!(matches!(accounts.edit("Nobody", &Edit::new().class_name("5A")), Err(AccountError::NotFound)));
    assert_eq!(accounts.to_json_with_passwords(), json, "nothing is changed by an edit that is refused");
    assert_eq!(passwords(&accounts), before);
}

#[test]
fn an_edit_checks_only_the_fields_that_it_sets() {
    let row = AccountRow {
        full_name: " Amelia  Smith".into(),
        username: "a".into(),
        gender: "F".into(),
        ..AccountRow::default()
    };
    let mut accounts =
        Accounts::from_rows([AccountRow { year_group: "7".into(), class_name: "B".into(), ..row }], SignIn::Sso)
            .unwrap();
    let edited = accounts.edit("a", &Edit::new().class_name("C").active(false)).unwrap();
    assert_eq!((edited.full_name, edited.class_name, edited.active), (" Amelia  Smith", "C", false));
    assert_eq!(rejected(accounts.edit("a", &Edit::new().username("b")))[0].0, ProblemCode::UsernameNotEmail);
}

#[test]
fn a_password_reset_changes_only_the_named_accounts() {
    let mut accounts = accounts();
    let before = passwords(&accounts);
    let policy = PasswordPolicy::words(3).unwrap();
    accounts.reset_password("Noah Khan", &policy).unwrap();
    let after = passwords(&accounts);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    assert_eq!(after[1].split(' ').count(), 3);

    accounts.reset_passwords(["Zoë Okafor", "s12"], &policy).unwrap();
    assert!(passwords(&accounts).iter().all(|p| p.contains(' ')));
    let all = passwords(&accounts);
    let error = accounts.reset_passwords(["Zoë Okafor", "Nobody"], &policy).unwrap_err();
    assert!(matches!(error, AccountError::NotFound));
    assert_eq!(passwords(&accounts), all, "none is changed if one is not there");

    accounts.set_password("s12", "frog7").unwrap();
    assert!(accounts.get("S12").unwrap().password.unwrap().matches("FROG7"));
    assert_eq!(accounts.set_password("s12", "frog").unwrap_err().code(), "password-not-allowed");
}

#[test]
fn accounts_can_be_stored_as_json_with_and_without_passwords() {
    let accounts = accounts();
    let with = accounts.to_json_with_passwords();
    let again = Accounts::from_json(&with).unwrap();
    assert_eq!(again.to_json_with_passwords(), with);
    assert_eq!(passwords(&again), passwords(&accounts));
    let without = Accounts::from_json(&accounts.to_json()).unwrap();
    assert!(without.iter().all(|account| account.password.is_none()));
    assert_eq!(without.to_json(), accounts.to_json());
    let first: serde_json::Value = serde_json::from_str(&accounts.to_json()).unwrap();
    assert_eq!((&first["format"], &first["sign_in"]), (&1.into(), &"password".into()));
    assert_eq!(first["accounts"][1]["eal"], true);
}

#[test]
fn errors_about_invalid_accounts_json_contain_no_personal_data() {
    let refused = |text: &str| Accounts::from_json(text).unwrap_err();
    let json = accounts().to_json();
    assert_eq!(refused(&json[..json.len() - 9]).code(), "accounts-not-json");
    let renamed = json.replace("\"active\":true", "\"active\":\"Zoë\"");
    let error = refused(&renamed);
    assert_eq!(error.code(), "accounts-not-json");
    assert!(!error.to_string().contains("Zoë"), "{error}");
    assert_eq!(refused(&json.replace("\"format\":1", "\"format\":2")).code(), "accounts-version");
    assert_eq!(refused("[]").code(), "accounts-not-json");
}

#[test]
fn reads_accounts_from_the_json_rows_of_a_host() {
    let json = r#"{"format":1,"sign_in":"sso","accounts":[
        {"source_id":"A1","upn":"X1","full_name":"Amelia Smith","username":"a@x.example","year_group":"7","class_name":"7B","gender":"F","send":"Yes","eal":1,"active":false},
        {"full_name":"Noah Khan","username":"n@x.example","year_group":"7","class_name":"7B","gender":"Male","ethnicity":"White British","password":"CX57"}]}"#;
    let accounts = Accounts::from_json(json).unwrap();
    let amelia = accounts.get("A@x.example").unwrap();
    assert_eq!((amelia.source_id, amelia.upn, amelia.active), (Some("A1"), Some("X1"), false));
    assert_eq!(
        (amelia.gender.map(|gender| gender.as_str()), amelia.send, amelia.eal, amelia.ethnicity.code()),
        (Some("Female"), true, true, "NOBT")
    );
    assert!(amelia.password.is_none());
    let noah = accounts.get("n@x.example").unwrap();
    assert_eq!((noah.source_id, noah.ethnicity.code()), (None, "WBRI"));
    assert_eq!(noah.password.unwrap().expose(), "CX57");
}

#[test]
fn reports_every_problem_in_a_hosts_rows() {
    let row = |id: &str, username: &str, gender: &str| AccountRow {
        source_id: Some(id.to_owned()),
        full_name: "Amelia Smith".to_owned(),
        username: username.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7B".to_owned(),
        gender: gender.to_owned(),
        ..AccountRow::default()
    };
    let rows = [row("1", "a", "F"), row("1", "A", "Female"), row("2", "", "Martian")];
    let problems = rejected(Accounts::from_rows(rows, SignIn::Password));
    let codes: Vec<_> = problems.iter().map(|(code, ..)| code.as_str()).collect();
    assert_eq!(codes, ["source-id-duplicate", "username-duplicate", "blank", "gender"]);
}

#[test]
fn writes_credentials_without_leavers_as_a_csv_for_excel() {
    let mut accounts = accounts();
    accounts.edit("Noah Khan", &Edit::new().active(false)).unwrap();
    let mut csv = Vec::new();
    accounts.write_credentials(&mut csv).unwrap();
    let [zoe, _, amelia] = passwords(&accounts).try_into().unwrap();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        format!(
            "\u{feff}Student Full Name,Username,Password,Year Group,Class\r\n\
             Zoë Okafor,Zoë Okafor,{zoe},Year 5,\"Oak, Room 2\"\r\n\
             '=Amelia,S12,{amelia},Year 4,4B\r\n"
        )
    );
}

#[test]
fn the_credentials_file_says_why_a_password_is_missing() {
    let stored = accounts().to_json();
    for (sign_in, said) in
        [("password", "(not known: reset the password to print a new one)"), ("sso", "(none: signs in with SSO)")]
    {
        let mut accounts =
            Accounts::from_json(&stored.replace("\"sign_in\":\"password\"", &format!("\"sign_in\":\"{sign_in}\"")))
                .unwrap();
        let mut csv = Vec::new();
        accounts.write_credentials(&mut csv).unwrap();
        let written = String::from_utf8(csv.clone()).unwrap();
        assert_eq!(written.matches(said).count(), 3, "{written}");
        // When the file is read again, neither this text nor the text of an earlier version is taken for a password.
        let earlier = written.replace(said, "(not known here: reset it to print a new one)");
        for file in [written, earlier] {
            let read = accounts.read_credentials(file.as_bytes()).unwrap();
            assert_eq!((read.set, read.unknown, read.blank), (0, 0, 3), "{file}");
        }
        assert!(accounts.iter().all(|account| account.password.is_none()));
    }
}

#[test]
fn reading_a_credentials_file_restores_its_passwords() {
    let first = accounts();
    let mut csv = Vec::new();
    first.write_credentials(&mut csv).unwrap();
    csv.extend(b"Somebody Else,Somebody Else,CX57,Year 4,4B\r\n");
    let mut second = accounts();
    assert_ne!(passwords(&second), passwords(&first));
    let read = second.read_credentials(csv.as_slice()).unwrap();
    assert_eq!((read.set, read.unknown, read.blank), (3, 1, 0));
    assert_eq!(passwords(&second), passwords(&first));

    let before = passwords(&second);
    for file in [&b""[..], b"Name,Login\r\na,b\r\n", b"Username,Password\r\n\"Noah Khan,XXXX\r\n", b"PK\x03\x04"] {
        assert_eq!(second.read_credentials(file).unwrap_err().code(), "not-credentials");
    }
    assert_eq!(passwords(&second), before);
}

#[test]
fn writes_credentials_completely_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.csv");
    accounts().save_credentials(&path).unwrap();
    let old = std::fs::read(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "its owner alone reads it");
    }
    let error = accounts().save_credentials(folder.path().join("no such folder/credentials.csv")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(error.raw_os_error().is_some() && !error.to_string().contains(".tmp"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), old);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn cards_start_a_new_page_for_each_class_and_escape_html() {
    let rows = [
        "<b>Mia</b> & \"Co\",m,Year 4,4B,Female,No,NOBT,No,No".replace("\"Co\"", "'Co'"),
        "Noah Khan,Noah Khan,Year 4,4B,Male,No,NOBT,No,No".to_owned(),
        "Ada Hall,Ada Hall,Reception,Acorns,Female,No,NOBT,No,No".to_owned(),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let accounts =
        Accounts::create(&Reader::new().read_bytes(file(&rows)).unwrap(), &PasswordPolicy::default()).unwrap();
    let mut html = Vec::new();
    let cards = Cards::new().sign_in_url("https://sign-in.example/?a=1&b=2").unwrap();
    accounts.write_cards(&mut html, &cards).unwrap();
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("<h2>&lt;b&gt;Mia&lt;/b&gt; &amp; &#39;Co&#39;</h2>"), "{html}");
    assert!(html.contains("https://sign-in.example/?a=1&amp;b=2") && html.matches("<use href=\"#qr\"/>").count() == 3);
    // The QR code is a square of 29 modules with a quiet zone of four, and has three finder patterns.
    let symbol =
        html.split("<symbol id=\"qr\" viewBox=\"0 0 37 37\"><path d=\"").nth(1).unwrap().split('"').next().unwrap();
    let dark: Vec<&str> = symbol.split_terminator('z').collect();
    for (x, y) in [(4, 4), (32, 4), (4, 32), (10, 10), (26, 10), (10, 26)] {
        assert!(dark.contains(&&*format!("M{x} {y}h1v1h-1")), "{x} {y} is dark");
    }
    assert!(!dark.contains(&"M5 5h1v1h-1") && dark.len() > 300, "{}", dark.len());
    let order: Vec<_> = ["Acorns", "Ada Hall", "4B", "&lt;b&gt;Mia", "Noah Khan"].map(|t| html.find(t).unwrap()).into();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(html.matches("<section>").count(), 2);
    assert!(passwords(&accounts).iter().all(|password| html.contains(password.as_str())));
}

#[test]
fn cards_accept_only_an_https_sign_in_address_with_a_host() {
    for url in [
        "https://sign-in.example",
        "https://sign-in.example./",
        "https://sign-in.example:8443/go?to=a@b#c",
        "https://sign_in.example?x",
        "https://localhost#x",
        "https://192.0.2.7/go",
        "https://[2001:db8::7]:443/go",
    ] {
        assert!(Cards::new().sign_in_url(url).is_ok(), "{url}");
    }
    for url in [
        "",
        "https:",
        "https://",
        "https:///go",
        "https://?a",
        "https://#a",
        "https://:443/go",
        "https://.",
        "https://..example/go",
        "https://sign-in..example/go",
        "https://sign-in.example:/go",
        "https://sign-in.example:99999/go",
        "https://sign-in.example:+80/go",
        "https://sign-in.example@evil.example/go",
        "https://user:pass@sign-in.example/go",
        "https://sign-in.example\\@evil.example",
        "https://%41.example",
        "https://[]/go",
        "https://[2001:db8::7/go",
        "https://[2001:db8::7]x/go",
        "https://<b>/go",
        "https:sign-in.example",
        "http://",
        "http://sign-in.example",
        "ftp://sign-in.example",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://x.example/ a",
        "https://x.example/\u{7}",
        &format!("https://{}", "x".repeat(500)),
    ] {
        assert_eq!(Cards::new().sign_in_url(url).map(drop).unwrap_err().code(), "sign-in-url", "{url}");
    }
}

#[test]
fn iterators_over_students_and_accounts_know_their_length() {
    let roster = Reader::new().read_bytes(school(5)).unwrap();
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let (mut students, mut each) = (roster.iter(), accounts.iter());
    assert_eq!((students.len(), each.len(), accounts.len(), roster.len()), (5, 5, 5, 5));
    assert!(students.next().is_some() && each.next().is_some());
    assert_eq!((students.size_hint(), each.size_hint()), ((4, Some(4)), (4, Some(4))));
    assert!(!accounts.is_empty() && !roster.is_empty());
    let nobody = Reader::new().read_records([]).unwrap();
    assert!(nobody.is_empty() && Accounts::create(&nobody, &PasswordPolicy::default()).unwrap().is_empty());
}

#[test]
fn fills_in_only_missing_passwords_of_active_accounts() {
    let fill = |accounts: &mut Accounts| accounts.fill_passwords(&PasswordPolicy::default()).unwrap();
    let made = self::accounts();
    let rows = made.iter().map(|account| AccountRow { has_password: false, ..AccountRow::of(&account, false) });
    let mut accounts = Accounts::from_rows(rows, SignIn::Password).unwrap();
    accounts.edit("Noah Khan", &Edit::new().active(false)).unwrap();
    assert_eq!(fill(&mut accounts), 2);
    assert_eq!(accounts.iter().map(|account| account.password.is_some()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(fill(&mut accounts), 0);
}

/// If the host stores a child's hash, a new password would lock the child out.
#[test]
fn does_not_replace_passwords_that_the_host_stores() {
    let fill = |accounts: &mut Accounts| accounts.fill_passwords(&PasswordPolicy::default()).unwrap();
    let made = self::accounts();
    let mut stored = Accounts::from_json(&made.to_json()).unwrap();
    assert!(stored.iter().all(|account| account.password.is_none() && account.has_password()));
    assert_eq!((fill(&mut stored), stored.to_json()), (0, made.to_json()));
    // The fingerprint does not depend on stored hashes.
    assert_eq!(stored.fingerprint(), made.fingerprint());

    let rows = |hashed: [bool; 3]| {
        let rows = made.iter().map(|account| AccountRow::of(&account, false));
        Accounts::from_rows(
            rows.zip(hashed).map(|(row, has_password)| AccountRow { has_password, ..row }),
            SignIn::Password,
        )
    };
    let mut accounts = rows([true, false, true]).unwrap();
    assert_eq!(fill(&mut accounts), 1);
    assert_eq!(accounts.iter().map(|account| account.password.is_some()).collect::<Vec<_>>(), [false, true, false]);
    // After a reset, onroll has the account's new password.
    let username = made.iter().next().unwrap().username;
    assert!(accounts.reset_password(username, &PasswordPolicy::default()).unwrap().has_password());
    // `has_password` stays true after an edit, and after a plan that was made before the host stored the hash.
    let mut accounts = rows([true, false, true]).unwrap();
    accounts.edit(username, &Edit::new().blocked(true)).unwrap();
    assert!(accounts.get(username).unwrap().has_password());
    let rows_of_file = ["Zoë Okafor,Zoë Okafor,Year 5,5B,Female,No,BAFR,No,No", ROWS[1], ROWS[2]];
    let moved = Reader::new().read_bytes(file(&rows_of_file)).unwrap();
    let plan = Plan::between(&rows([false; 3]).unwrap(), &moved).unwrap();
    let after = plan.apply_without_passwords(rows([true; 3]).unwrap()).unwrap();
    assert_eq!((after.get(username).unwrap().class_name, after.get(username).unwrap().has_password()), ("5B", true));
}

#[test]
fn an_edit_can_change_the_name_the_class_the_year_and_the_username() {
    let mut accounts = accounts();
    let edit = Edit::new().full_name("Noah Kahn").year_group("Year 6").class_name("6A").username("n.kahn");
    let after = accounts.edit("Noah Khan", &edit).unwrap();
    assert_eq!(
        [after.full_name, after.username, after.year_group, after.class_name],
        ["Noah Kahn", "n.kahn", "Year 6", "6A"]
    );
    // The row of a leaver shows that the account is not active.
    let left = accounts.edit("n.kahn", &Edit::new().active(false)).unwrap();
    assert!(!AccountRow::of(&left, false).active && !left.active);
    let rows: Vec<AccountRow> = accounts.iter().map(|account| AccountRow::of(&account, true)).collect();
    let again = Accounts::from_rows(rows, SignIn::Password).unwrap();
    assert_eq!((again.fingerprint(), passwords(&again)), (accounts.fingerprint(), passwords(&accounts)));
    let active: Vec<bool> = again.iter().map(|account| account.active).collect();
    assert_eq!(active, [true, false, true]);
}

#[test]
fn accepts_unusual_characters_in_names_that_the_host_already_stores() {
    let row = |full_name: &str, username: &str| AccountRow {
        full_name: full_name.to_owned(),
        username: username.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7B".to_owned(),
        gender: "Female".to_owned(),
        ..AccountRow::default()
    };
    // Old names may contain anything. An account is refused only if its name is blank or too long.
    assert!(Accounts::from_rows([row("Zoë\u{7}", "z\u{7}")], SignIn::Password).is_ok());
    let long = "x".repeat(70_000);
    for (name, username, code) in [("", "z", "blank"), ("Zoë", &long, "too-long")] {
        let problems = rejected(Accounts::from_rows([row(name, username)], SignIn::Password));
        assert_eq!(problems.iter().map(|(code, ..)| code.as_str()).collect::<Vec<_>>(), [code]);
    }
}

#[test]
fn writes_the_credentials_of_the_named_accounts_only() {
    let mut accounts = accounts();
    let mut csv = Vec::new();
    let unknown = accounts.write_credentials_of(["S12", "Nobody"], &mut csv).unwrap_err();
    assert_eq!((unknown.code(), csv.is_empty()), ("account-not-found", true));
    accounts.write_credentials_of(["S12"], &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.lines().count() == 2 && csv.contains("S12"), "{csv}");
    let before = passwords(&accounts);
    let typed = "Username,Password\r\nS12,\r\nNoah Khan,\r\nnobody,CX57\r\nno one,CX57\r\n,\r\nZoë Okafor,CX57\r\n";
    let read = accounts.read_credentials(typed.as_bytes()).unwrap();
    assert_eq!((read.set, read.unknown, read.blank), (1, 2, 2));
    assert_eq!(passwords(&accounts), ["CX57", &before[1], &before[2]]);
}

#[test]
fn saves_cards_with_a_sign_in_address_of_limited_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.html");
    let address = format!("https://oakfield.example/{}", "x".repeat(75));
    let cards = Cards::new().sign_in_url(&address).unwrap();
    accounts().save_cards(&path, &cards).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains(&address));
    let longest = format!("https://oakfield.example/{}", "x".repeat(475));
    assert!(Cards::new().sign_in_url(&longest).is_ok());
    assert!(Cards::new().sign_in_url(&format!("{longest}x")).is_err());
}

#[test]
fn save_csv_writes_the_same_bytes_as_write_csv() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("students.csv");
    let roster = Reader::new().read_bytes(school(5)).unwrap();
    roster.save_csv(&path).unwrap();
    let mut written = Vec::new();
    roster.write_csv(&mut written).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), written);
    assert!(roster.save_csv(folder.path()).is_err(), "not in the place of a folder");
    // A file name without a folder means the current folder.
    let name = format!("onroll-test-{}.csv", std::process::id());
    roster.save_csv(&name).unwrap();
    let here = std::fs::read(&name);
    std::fs::remove_file(&name).unwrap();
    assert_eq!(here.unwrap(), written);
}

#[test]
fn the_advice_about_a_password_policy_depends_on_its_strength() {
    let short = PasswordPolicy::default().advice();
    let long = PasswordPolicy::words(3).unwrap().advice();
    assert!(short.starts_with("Lock an account after 10") && long.starts_with("Limit the rate"), "{short} {long}");
}

#[test]
fn the_fingerprint_of_accounts_depends_on_their_ids() {
    let of = |source_id: Option<&str>, upn: Option<&str>| {
        let [source_id, upn] = [source_id, upn].map(|id| id.map(str::to_owned));
        let row = AccountRow {
            source_id,
            upn,
            full_name: "Ada Reid".into(),
            username: "ada".into(),
            year_group: "Year 7".into(),
            class_name: "7B".into(),
            gender: "Female".into(),
            ..AccountRow::default()
        };
        Accounts::from_rows([row], SignIn::Password).unwrap().fingerprint()
    };
    let all =
        [of(None, None), of(Some("A1"), None), of(None, Some("A1")), of(Some("A2"), None), of(Some("A1"), Some("U"))];
    assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), all.len());
}

#[test]
fn the_fingerprint_depends_on_which_accounts_are_active() {
    let mut accounts = accounts();
    let before = accounts.fingerprint();
    accounts.edit("Noah Khan", &Edit::new().active(false)).unwrap();
    let without = accounts.fingerprint();
    accounts.edit("Noah Khan", &Edit::new().active(true)).unwrap();
    accounts.edit("S12", &Edit::new().active(false)).unwrap();
    assert!(before != without && without != accounts.fingerprint());
    accounts.edit("S12", &Edit::new().active(true)).unwrap();
    assert_eq!(accounts.fingerprint(), before);
}

#[test]
fn lists_the_problems_of_a_row_before_the_problems_of_its_fields() {
    let row = |name: &str, username: &str| AccountRow {
        source_id: Some("1".to_owned()),
        full_name: name.to_owned(),
        username: username.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7B".to_owned(),
        gender: "F".to_owned(),
        ..AccountRow::default()
    };
    let problems = rejected(Accounts::from_rows([row("Ada Reid", "a"), row("", "b")], SignIn::Password));
    let codes: Vec<_> = problems.iter().map(|(code, column, _)| (code.as_str(), *column)).collect();
    assert_eq!(codes, [("source-id-duplicate", None), ("blank", Some(Column::FullName))]);
}

#[cfg(unix)]
#[test]
fn refuses_to_write_a_file_to_a_pipe_or_a_device() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::path::Path;

    use onroll::reader::NotARegularFile;
    let folder = tempfile::tempdir().unwrap();
    let [pipe, link, inner] = ["pipe", "link", "inner"].map(|name| folder.path().join(name));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The test opens the pipe for reading and writing. Opening a pipe only for writing would wait for a reader.
    let _open = std::fs::File::options().read(true).write(true).open(&pipe).unwrap();
    symlink(&pipe, &link).unwrap();
    std::fs::create_dir(&inner).unwrap();
    let school = folder.path().join("school.csv");
    std::fs::write(&school, self::school(5)).unwrap();
    let roster = Reader::new().read_path(&school).unwrap();
    type Write<'w> = &'w dyn Fn(&Path) -> std::io::Result<()>;
    let write: [Write<'_>; 5] = [
        &|to| roster.save_csv(to),
        &|to| accounts().save_credentials(to),
        &|to| match accounts().save_cards(to, &Cards::new()) {
            Err(AccountError::Io(error)) => Err(error),
            other => {
                other.unwrap();
                Ok(())
            }
        },
        &|to| onroll::reader::save_file(to, "bytes"),
        &|to| Reader::new().fix_path(&school, to).map(drop),
    ];
    for (writer, write) in write.iter().enumerate() {
        for to in [&*pipe, &*link, Path::new("/dev/null")] {
            let error = write(to).unwrap_err();
            let named = error.get_ref().and_then(|error| error.downcast_ref::<NotARegularFile>());
            assert_eq!(named.map(|named| named.code()), Some("not-a-regular-file"), "{writer} to {to:?}: {error}");
        }
        assert_eq!(write(&inner).unwrap_err().kind(), std::io::ErrorKind::IsADirectory);
    }
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing temporary is left");
    assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 0);
}
