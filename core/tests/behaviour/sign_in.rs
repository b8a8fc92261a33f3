//! Signing in: which account an identity opens, who is refused and why, and how often a password can be guessed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use onroll::account::{AccountRow, Edit};
use onroll::adapter::{Adapter, Request, Response};
use onroll::identity::{
    AttemptPolicy, IdentityError, Link, Links, MatchedBy, PersonKind, RefusedReason, SignInRefused,
};
use onroll::mylogin::{self, AuthorizeOptions, Client, MyLoginError};
use onroll::{Accounts, Attempts, Identity, PasswordPolicy, Reader, SignIn, match_identity};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fake_wonde::mylogin::{CLIENT, CLIENT_SECRET, user};
use crate::fake_wonde::{Answer, Asked, Fake, SCHOOL, TOKEN};
use crate::wonde::InProcess;
use crate::{file, school, sso};

const REDIRECT: &str = "http://127.0.0.1:5000/callback";

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap()
}

fn client() -> Client {
    Client::new(CLIENT, CLIENT_SECRET, REDIRECT).unwrap()
}

fn of_user(user: &Value) -> Identity {
    Identity::from_mylogin(user.to_string().as_bytes(), now()).unwrap()
}

/// Google's verified claims about a person.
fn google(subject: &str, email: &str) -> Value {
    json!({ "iss": "https://accounts.google.com", "sub": subject, "aud": "ours", "iat": now().timestamp() - 5,
        "exp": now().timestamp() + 3600, "email": email, "email_verified": true, "hd": "oak.example" })
}

fn of_claims(claims: &Value) -> Result<Identity, IdentityError> {
    Identity::from_claims(claims.to_string().as_bytes(), "ours", &[], now())
}

fn pupil(claims: &Value) -> Identity {
    of_claims(claims).unwrap().of_school(SCHOOL).as_student()
}

/// Returns two pupils from a CSV who sign in with SSO, and one who left.
fn of_csv() -> Accounts {
    let rows = ["zoe@oak.example", "noah@oak.example", "isla@oak.example"];
    let row = |(number, username): (usize, &&str)| AccountRow {
        full_name: format!("Pupil {number}"),
        username: (*username).to_owned(),
        year_group: "Year 5".to_owned(),
        class_name: "5A".to_owned(),
        gender: "Female".to_owned(),
        active: number != 2,
        ..AccountRow::default()
    };
    Accounts::from_rows(rows.iter().enumerate().map(row), SignIn::Sso).unwrap()
}

/// Returns the accounts of the school in the fake Wonde, with or without SSO.
fn of_wonde(sign_in: SignIn) -> Accounts {
    let fake = Fake::of(30);
    let client = onroll::wonde::Client::new(TOKEN).unwrap();
    let snapshot = client.snapshot(&InProcess::to(&fake), SCHOOL, None).unwrap();
    let roster = snapshot.roster(&onroll::wonde::Options::new().sign_in(sign_in));
    Accounts::create(&roster, &PasswordPolicy::default()).unwrap()
}

/// Returns the username of the account that an identity opens, or the reason why it opens none.
fn opens(identity: &Identity, accounts: &Accounts, links: &Links) -> String {
    match match_identity(identity, accounts, SCHOOL, links) {
        Ok(found) => found.account.username.to_owned(),
        Err(refused) => refused.reason.as_str().to_owned(),
    }
}

fn link(provider: &str, subject: &str, username: &str) -> Link {
    let [provider, subject, school_id, username] = [provider, subject, SCHOOL, username].map(str::to_owned);
    Link { provider, subject, school_id, username }
}

#[test]
fn a_student_can_sign_in_with_each_source_and_sign_in_method() {
    let fake = Fake::of(30);
    let adapter = InProcess::to(&fake);
    let wonde = onroll::wonde::Client::new(TOKEN).unwrap();
    let snapshot = wonde.snapshot(&adapter, SCHOOL, None).unwrap();
    let policy = AttemptPolicy::new();

    // 1. Wonde, with SSO through MyLogin.
    let roster = snapshot.roster(&onroll::wonde::Options::new().sign_in(SignIn::Sso));
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    assert!(accounts.iter().all(|account| account.password.is_none()));
    fake.school().desk.user = user(7, None);
    let state = mylogin::new_state().unwrap();
    let code = client().callback(&sent_back(&fake, &client().authorize_url(&state).unwrap()), Some(&state)).unwrap();
    let identity = client().identity(&adapter, &code, None, now()).unwrap();
    let found = match_identity(&identity, &accounts, SCHOOL, &Links::new()).unwrap();
    assert_eq!((found.account.source_id, found.by), (Some("A1000000007"), MatchedBy::SourceId));

    // 2. Wonde, with a password.
    let accounts =
        Accounts::create(&snapshot.roster(&onroll::wonde::Options::new()), &PasswordPolicy::default()).unwrap();
    let typed = accounts.get("Amelia Smith").unwrap().password.unwrap().expose().to_lowercase();
    let account = Attempts::new().sign_in(&policy, &accounts, "amelia smith", &typed, now()).unwrap();
    assert_eq!(account.source_id, Some("A1000000000"));

    // 3. A CSV, with SSO through the school's own provider.
    let row = "Zoë Okafor,zoe@oak.example,Year 5,5A,Female,No,BAFR,No,No";
    let accounts = Accounts::create(&sso().read_bytes(file(&[row])).unwrap(), &PasswordPolicy::default()).unwrap();
    let identity = pupil(&google("1101", "Zoe@Oak.example"));
    let found = match_identity(&identity, &accounts, SCHOOL, &Links::new()).unwrap();
    assert_eq!((found.account.full_name, found.by), ("Zoë Okafor", MatchedBy::Email));
    let links: Links = found.link.into_iter().collect();
    let again = pupil(&google("1101", "married@oak.example"));
    assert_eq!(match_identity(&again, &accounts, SCHOOL, &links).unwrap().by, MatchedBy::Link);

    // 4. A CSV, with a password.
    let accounts =
        Accounts::create(&Reader::new().read_bytes(school(30)).unwrap(), &PasswordPolicy::default()).unwrap();
    let account = accounts.at(12).unwrap();
    let found =
        Attempts::new().sign_in(&policy, &accounts, account.username, account.password.unwrap().expose(), now());
    assert_eq!(found.unwrap().full_name, account.full_name);
}

/// Returns the address to which MyLogin sends the browser back.
fn sent_back(fake: &Fake, address: &str) -> String {
    let target = address.strip_prefix("https://app.mylogin.com").unwrap().to_owned();
    let root = "https://app.mylogin.com".to_owned();
    let asked = Asked { method: "GET".to_owned(), root, target, authorization: String::new(), body: String::new() };
    match fake.answer(&asked) {
        Answer::Said { status: 302, headers, .. } => headers[0].1.clone(),
        other => panic!("{other:?}"),
    }
}

/// Returns a sign-in code, which the browser brings back from MyLogin.
fn code(fake: &Fake) -> String {
    let state = mylogin::new_state().unwrap();
    client().callback(&sent_back(fake, &client().authorize_url(&state).unwrap()), Some(&state)).unwrap()
}

#[test]
fn refuses_each_attack_with_the_right_reason() {
    let csv = of_csv();
    let wonde = of_wonde(SignIn::Sso);
    let none = Links::new();
    let mut claims = google("1101", "zoe@oak.example");

    // A leaver's address now belongs to a new pupil who has not been imported. The leaver's account stays closed.
    assert_eq!(opens(&pupil(&google("2201", "isla@oak.example")), &csv, &none), "inactive");
    // A pupil's address now belongs to a second pupil, while the account still belongs to the first.
    let known: Links = [link("https://accounts.google.com", "1101", "zoe@oak.example")].into_iter().collect();
    assert_eq!(opens(&pupil(&google("2202", "ZOE@oak.example")), &csv, &known), "email-shared");
    assert_eq!(opens(&pupil(&google("1101", "other@oak.example")), &csv, &known), "zoe@oak.example");
    // Two schools have a pupil with the same address.
    let elsewhere = of_claims(&claims).unwrap().of_school("A999").as_student();
    assert_eq!(opens(&elsewhere, &csv, &none), "wrong-school");
    assert_eq!(opens(&of_claims(&claims).unwrap().as_student(), &csv, &none), "wrong-school");
    assert_eq!(opens(&of_claims(&claims).unwrap().as_student().of_school(""), &csv, &none), "wrong-school");
    assert_eq!(match_identity(&pupil(&claims), &csv, "", &none).unwrap_err().reason, RefusedReason::WrongSchool);
    // Upper and lower case are equal, but letters that only look alike are different.
    assert_eq!(opens(&pupil(&google("1", "ZOE@OAK.EXAMPLE")), &csv, &none), "zoe@oak.example");
    for lookalike in [
        "z\u{43e}e@oak.example",
        "zoe@oa\u{212a}.example",
        "zoe@oak\u{200b}.example",
        "zoe\u{301}@oak.example",
        "zoe @oak.example",
    ] {
        assert_eq!(opens(&pupil(&google("1", lookalike)), &csv, &none), "no-account", "{lookalike}");
    }
    // The provider has not verified these addresses.
    for (name, value) in
        [("email_verified", json!(false)), ("email_verified", json!(null)), ("hd", json!(null)), ("hd", json!(" "))]
    {
        let mut unverified = claims.clone();
        unverified[name] = value;
        assert_eq!(opens(&pupil(&unverified), &csv, &none), "email-not-verified", "{name}");
    }
    claims["iss"] = json!("https://login.microsoftonline.com/5d2c/v2.0");
    assert_eq!(opens(&pupil(&claims), &csv, &none), "email-not-verified");
    claims["xms_edov"] = json!(true);
    assert_eq!(opens(&pupil(&claims), &csv, &none), "zoe@oak.example");
    let mut by_mylogin = user(0, Some("zoe@oak.example"));
    by_mylogin["data"]["service_providers"]["wonde"] = json!(null);
    assert_eq!(opens(&of_user(&by_mylogin), &csv, &none), "email-not-verified");
    assert_eq!(opens(&of_user(&by_mylogin).vouch_for_email(), &csv, &none), "zoe@oak.example");
    // Staff with a student's id and people of an unknown kind are refused. So is a student with the address of a member
    // of staff, because staff have no account here.
    for kind in ["employee", "admin", "Student", "governor"] {
        let mut staff = user(7, None);
        staff["data"]["type"] = json!(kind);
        assert_eq!(opens(&of_user(&staff), &wonde, &none), "not-a-student", "{kind}");
    }
    assert_eq!(
        opens(&of_claims(&google("1101", "zoe@oak.example")).unwrap().of_school(SCHOOL), &csv, &none),
        "not-a-student"
    );
    assert_eq!(opens(&pupil(&google("1", "head@oak.example")), &csv, &none), "no-account");
    // The id belongs to a leaver.
    let mut left = wonde.clone();
    left.edit("pupil7@oakfield.example", &Edit::new().active(false)).unwrap();
    assert_eq!(opens(&of_user(&user(7, None)), &left, &none), "inactive");
    // The Wonde id comes from a different school, and the address belongs to this school. The id counts more.
    let mut foreign = user(900, Some("pupil7@oakfield.example"));
    assert_eq!(opens(&of_user(&foreign).vouch_for_email(), &wonde, &none), "id-disagrees");
    foreign["data"]["organisation"]["wonde_id"] = json!("A999");
    assert_eq!(opens(&of_user(&foreign).vouch_for_email(), &wonde, &none), "wrong-school");
    // The school has not matched the person yet. For accounts from the MIS, the address alone is not enough.
    let mut unmatched = user(7, Some("pupil7@oakfield.example"));
    unmatched["data"]["service_providers"]["wonde"] = json!(null);
    assert_eq!(opens(&of_user(&unmatched).vouch_for_email(), &wonde, &none), "no-account");
    let linked: Links = [link("mylogin", "M5000000007", "pupil7@oakfield.example")].into_iter().collect();
    assert_eq!(opens(&of_user(&unmatched), &wonde, &linked), "pupil7@oakfield.example");
    // A link to a child comes together with the same child's id, and then together with a different child's id.
    assert_eq!(opens(&of_user(&user(7, None)), &wonde, &linked), "pupil7@oakfield.example");
    let crossed: Links = [link("mylogin", "M5000000007", "pupil8@oakfield.example")].into_iter().collect();
    assert_eq!(opens(&of_user(&user(7, None)), &wonde, &crossed), "id-disagrees");
    let mut gone = user(900, None);
    gone["data"]["id"] = json!("M5000000007");
    assert_eq!(opens(&of_user(&gone), &wonde, &crossed), "id-disagrees");
    // A different provider sends the same subject.
    let replayed =
        pupil(&json!({ "iss": "https://idp.example", "sub": "1101", "aud": "ours", "exp": now().timestamp() + 60 }));
    assert_eq!(opens(&replayed, &csv, &known), "no-account");
    // One person has two links. Then a person whose link leads to a removed account has another pupil's address.
    let twice: Links = ["zoe@oak.example", "noah@oak.example"]
        .map(|name| link("https://accounts.google.com", "1101", name))
        .into_iter()
        .collect();
    assert_eq!(opens(&pupil(&google("1101", "zoe@oak.example")), &csv, &twice), "ambiguous");
    let same: Links = ["zoe@oak.example", "ZOE@oak.example"]
        .map(|name| link("https://accounts.google.com", "1101", name))
        .into_iter()
        .collect();
    assert_eq!(opens(&pupil(&google("1101", "zoe@oak.example")), &csv, &same), "zoe@oak.example");
    let stale: Links = [link("https://accounts.google.com", "1101", "gone@oak.example")].into_iter().collect();
    assert_eq!(opens(&pupil(&google("1101", "noah@oak.example")), &csv, &stale), "no-account");
    // An address alone never opens an account that has a password.
    let by_password = of_wonde(SignIn::Password);
    assert_eq!(opens(&of_user(&unmatched).vouch_for_email(), &by_password, &none), "no-account");
    assert_eq!(opens(&of_user(&user(0, None)), &by_password, &none), "Amelia Smith");
}

#[test]
fn only_the_first_sign_in_returns_an_account_link() {
    let csv = of_csv();
    let mut links = Links::new();
    let first = match_identity(&pupil(&google("1101", "zoe@oak.example")), &csv, SCHOOL, &links).unwrap();
    links.add(first.link.unwrap());
    let second = match_identity(&pupil(&google("1101", "zoe@oak.example")), &csv, SCHOOL, &links).unwrap();
    assert_eq!((second.by, second.link.is_none(), links.len()), (MatchedBy::Link, true, 1));
    let stored = serde_json::to_string(&links).unwrap();
    assert_eq!(serde_json::from_str::<Links>(&stored).unwrap(), links);
    // A match by id gives a link too, for a day on which the provider does not send the id.
    let wonde = of_wonde(SignIn::Sso);
    let found = match_identity(&of_user(&user(3, None)), &wonde, SCHOOL, &Links::new()).unwrap();
    assert_eq!(found.link, Some(link("mylogin", "M5000000003", "pupil3@oakfield.example")));
    // The provider's own statement counts more than what a host adds. Staff of another school never become students of
    // this school.
    let mut staff = user(3, None);
    staff["data"]["type"] = json!("employee");
    staff["data"]["organisation"]["wonde_id"] = json!("A999");
    let staff = of_user(&staff).of_school(SCHOOL).as_student();
    assert_eq!((staff.school_id(), staff.kind()), (Some("A999"), PersonKind::Staff));
    // If an account is deleted, its links are deleted too. If it is renamed, its links are renamed too.
    let mut kept: Links =
        [link("mylogin", "M1", "a@oak.example"), link("mylogin", "M2", "b@oak.example")].into_iter().collect();
    kept.forget("A@oak.example");
    kept.add(link("mylogin", "M3", "c@oak.example"));
    kept.rename([("b@oak.example", "c@oak.example"), ("c@oak.example", "b@oak.example")]);
    assert_eq!(kept.iter().map(|link| link.username.as_str()).collect::<Vec<_>>(), ["c@oak.example", "b@oak.example"]);
    // A link at another school does not count at this one.
    let elsewhere =
        Link { school_id: "A999".to_owned(), ..link("https://accounts.google.com", "1101", "noah@oak.example") };
    let found =
        match_identity(&pupil(&google("1101", "zoe@oak.example")), &csv, SCHOOL, &[elsewhere].into_iter().collect())
            .unwrap();
    assert_eq!((found.account.username, found.by), ("zoe@oak.example", MatchedBy::Email));
    // An old link next to a new one does not lock a student out.
    let both: Links = ["before@oakfield.example", "pupil3@oakfield.example"]
        .map(|name| link("mylogin", "M5000000003", name))
        .into_iter()
        .collect();
    assert_eq!(opens(&of_user(&user(3, None)), &wonde, &both), "pupil3@oakfield.example");
    // A link with a username that has since changed is corrected.
    let old: Links = [link("mylogin", "M5000000003", "before@oakfield.example")].into_iter().collect();
    assert!(match_identity(&of_user(&user(3, None)), &wonde, SCHOOL, &old).unwrap().link.is_some());
}

#[test]
fn refuses_invalid_identity_claims() {
    let good = google("1101", "zoe@oak.example");
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        of_claims(&claims).map(|_| "read").unwrap_or_else(|error| error.code())
    };
    let at = |seconds: i64| json!(now().timestamp() + seconds);
    for (name, value, expected) in [
        ("iss", json!(null), "identity-missing"),
        ("sub", json!(""), "identity-missing"),
        ("sub", json!(7), "identity-unreadable"),
        ("aud", json!(null), "identity-unreadable"),
        ("aud", json!("theirs"), "identity-audience"),
        ("aud", json!(["theirs"]), "identity-audience"),
        ("aud", json!(["theirs", "ours"]), "read"),
        ("azp", json!("another"), "identity-audience"),
        ("azp", json!("ours"), "read"),
        ("exp", json!(null), "identity-missing"),
        ("exp", at(-301), "identity-expired"),
        ("exp", at(-300), "read"),
        ("iat", at(300), "read"),
        ("email", json!("x".repeat(2048)), "read"),
        ("email", json!("x".repeat(2049)), "identity-unreadable"),
        ("exp", at(-60), "read"),
        ("exp", json!("tomorrow"), "identity-unreadable"),
        ("exp", json!(1e300), "identity-unreadable"),
        ("iat", at(301), "identity-in-future"),
        ("iat", at(60), "read"),
        ("nbf", at(3600), "identity-in-future"),
        ("auth_time", at(3600), "identity-in-future"),
        ("email", json!(["zoe@oak.example"]), "identity-unreadable"),
        ("email", json!(null), "read"),
    ] {
        assert_eq!(with(name, value.clone()), expected, "{name} {value}");
    }
    for (json, expected) in
        [("", "identity-not-json"), ("{\"iss\":", "identity-not-json"), ("[]", "identity-wrong-shape")]
    {
        assert_eq!(Identity::from_claims(json.as_bytes(), "ours", &[], now()).unwrap_err().code(), expected);
    }
    assert_eq!(Identity::from_claims(good.to_string().as_bytes(), "", &[], now()), Err(IdentityError::Audience));
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(Identity::from_claims(good.to_string().as_bytes(), "ours", &[], now).is_err());
        let _ = Identity::from_mylogin(user(1, None).to_string().as_bytes(), now);
    }
    // An address is verified only if the host trusts the issuer.
    let mut school = good.clone();
    (school["iss"], school["hd"]) = (json!("https://id.oak.example"), json!(null));
    let vouched = |trusted: &[&str]| {
        Identity::from_claims(school.to_string().as_bytes(), "ours", trusted, now()).unwrap().is_email_vouched()
    };
    assert!(!vouched(&[]) && !vouched(&["https://id.elm.example"]) && vouched(&["https://id.oak.example"]));
    // One name occurs twice in the JSON. Some libraries would read its first value, and others its last.
    let twice = good.to_string().replacen('{', "{\"sub\":\"another\",", 1);
    assert_eq!(Identity::from_claims(twice.as_bytes(), "ours", &[], now()).unwrap_err().code(), "identity-name-twice");
    let mut several = good.clone();
    (several["aud"], several["azp"]) = (json!(["theirs", "ours"]), json!("theirs"));
    assert_eq!(of_claims(&several).unwrap_err().code(), "identity-audience");
    for issuer in [
        "https://LOGIN.microsoftonline.com/t/v2.0",
        "https://login.microsoftonline.us/t/v2.0",
        "https://t.b2clogin.com/t/v2.0",
        "https://sts.windows.net:443/t/",
    ] {
        let mut microsofts = good.clone();
        microsofts["iss"] = json!(issuer);
        assert!(!of_claims(&microsofts).unwrap().is_email_vouched(), "{issuer}");
    }
    let mut others = good.clone();
    others["iss"] = json!("https://evilmicrosoftonline.com/");
    assert!(!of_claims(&others).unwrap().is_email_vouched(), "an issuer that nobody trusts");
    let tenant = |claims: &Value| of_claims(claims).unwrap().tenant().map(str::to_owned);
    assert_eq!(tenant(&good).as_deref(), Some("oak.example"));
    // The organisation in `hd` counts only if Google itself sends the claims.
    let mut other = good.clone();
    other["iss"] = json!("https://idp.example");
    assert_eq!(tenant(&other), None);
}

#[test]
fn refuses_invalid_user_data_from_mylogin() {
    let with = |path: &[&str], value: Value| {
        let mut user = user(7, Some("pupil7@oakfield.example"));
        let mut at = &mut user;
        for part in path {
            at = &mut at[*part];
        }
        *at = value;
        let read = Identity::from_mylogin(user.to_string().as_bytes(), now());
        let refused = |identity: Identity| {
            let found = match_identity(&identity, &of_wonde(SignIn::Sso), SCHOOL, &Links::new()).map(|_| ());
            found.map_or_else(|refused| refused.reason.as_str(), |()| "opens")
        };
        read.map_or_else(|error| error.code(), refused)
    };
    for (path, value, expected) in [
        (&["data"][..], json!(null), "identity-missing"),
        (&["data"], json!([]), "identity-wrong-shape"),
        (&["data", "id"], json!(null), "identity-missing"),
        (&["data", "id"], json!({}), "identity-unreadable"),
        (&["data", "type"], json!(null), "identity-missing"),
        (&["data", "organisation"], json!(null), "identity-missing"),
        (&["data", "organisation"], json!("A329362542"), "identity-wrong-shape"),
        (&["data", "organisation", "wonde_id"], json!(null), "wrong-school"),
        (&["data", "organisation", "wonde_id"], json!(""), "wrong-school"),
        (&["data", "organisation", "wonde_id"], json!([]), "identity-unreadable"),
        (&["data", "service_providers"], json!(null), "email-not-verified"),
        (&["data", "service_providers"], json!("wonde"), "identity-wrong-shape"),
        (&["data", "service_providers", "wonde"], json!(null), "email-not-verified"),
        (&["data", "service_providers", "wonde"], json!("A1000000007"), "identity-wrong-shape"),
        (&["data", "service_providers", "wonde", "service_provider_id"], json!(null), "email-not-verified"),
        (&["data", "service_providers", "wonde", "service_provider_id"], json!(["A1000000007"]), "identity-unreadable"),
        (&["data", "last_online"], json!("2026-09-08T09:01:00.000000Z"), "identity-in-future"),
        (&["data", "last_online"], json!("2026-09-08T08:59:00.000000Z"), "opens"),
        (&["data", "last_online"], json!("yesterday"), "opens"),
        (&["data", "last_online"], json!(null), "opens"),
        (&["data", "email"], json!(null), "opens"),
        (&["data", "email"], json!(true), "identity-unreadable"),
        (&["data", "first_name"], json!(null), "opens"),
    ] {
        assert_eq!(with(path, value.clone()), expected, "{path:?} {value}");
    }
    for (json, code) in [
        ("", "identity-not-json"),
        ("{", "identity-not-json"),
        ("7", "identity-wrong-shape"),
        ("{}", "identity-missing"),
    ] {
        assert_eq!(Identity::from_mylogin(json.as_bytes(), now()).unwrap_err().code(), code, "{json}");
    }
}

proptest! {
    #[test]
    fn any_answer_of_a_provider_gives_an_identity_or_an_error(json in "\\PC{0,200}", index in 0_usize..700, byte: u8) {
        let mut user = user(7, Some("pupil7@oakfield.example")).to_string().into_bytes();
        let index = index % user.len();
        user[index] = byte;
        for text in [json.as_bytes(), &user] {
            let _ = Identity::from_claims(text, "ours", &[], now());
            if let Ok(identity) = Identity::from_mylogin(text, now()) {
                // This checks only that nothing panics. A fuzzed property checks that an identity never opens another
                // person's account.
                let _ = match_identity(&identity, &of_csv(), SCHOOL, &Links::new());
            }
        }
    }
}

#[test]
fn accepts_a_callback_only_from_the_same_browser() {
    let client = client();
    let state = mylogin::new_state().unwrap();
    let other = mylogin::new_state().unwrap();
    assert_ne!(state, other);
    let callback = |query: &str, state: Option<&str>| {
        client.callback(query, state).unwrap_or_else(|error| error.reason().to_owned())
    };
    let query = format!("code=c0de&state={state}");
    assert_eq!(callback(&query, Some(&state)), "c0de");
    assert_eq!(callback(&format!("?{query}&next=https://evil.example"), Some(&state)), "c0de");
    assert_eq!(callback(&format!("{query}&next=https://evil.example"), Some(&state)), "c0de");
    let explained = format!("error=access_denied&error_uri=https://app.mylogin.com/help&state={state}");
    assert_eq!(callback(&explained, Some(&state)), "denied");
    // An answer without our state may come from any link, so it does not count as a denial.
    assert_eq!(callback("error=server_error", None), "unsolicited");
    assert_eq!(callback("error=access_denied", Some(&state)), "unsolicited");
    assert_eq!(callback(&format!("error=access_denied&state={other}"), Some(&state)), "state-mismatch");
    assert_eq!(callback(&format!("{REDIRECT}?{query}"), Some(&state)), "c0de");
    for (query, expected_state, reason) in [
        // The state is missing: the sign-in began at MyLogin itself, or by another person's link.
        ("code=c0de".to_owned(), Some(&state), "unsolicited"),
        ("code=c0de".to_owned(), None, "unsolicited"),
        // The callback is used again, when the session has no state any more.
        (query.clone(), None, "state-unknown"),
        // The state is forged.
        (query.clone(), Some(&other), "state-mismatch"),
        (format!("code=c0de&state={}", &state[1..]), Some(&state), "state-mismatch"),
        ("code=c0de&state=".to_owned(), Some(&state), "state-mismatch"),
        (format!("code=c0de&state={state}&state={other}"), Some(&state), "callback-invalid"),
        (format!("{query}&code=another"), Some(&state), "callback-invalid"),
        (format!("error=access_denied&state={state}"), Some(&state), "denied"),
        (format!("state={state}"), Some(&state), "no-code"),
        (format!("code=&state={state}"), Some(&state), "no-code"),
        (format!("code=a%0d%0ab&state={state}"), Some(&state), "no-code"),
        (String::new(), Some(&state), "unsolicited"),
        (format!("https://evil.example/callback?{query}"), Some(&state), "callback-elsewhere"),
        (format!("{REDIRECT}/other?{query}"), Some(&state), "callback-elsewhere"),
    ] {
        assert_eq!(callback(&query, expected_state.map(String::as_str)), reason, "{query}");
    }
    let lenient = client.clone().allow_unsolicited(true);
    assert_eq!(lenient.callback("error=access_denied", None).unwrap_err().reason(), "unsolicited");
    assert_eq!(lenient.callback("code=c0de", None).as_deref(), Ok("c0de"));
    // Even a client that allows unsolicited callbacks refuses a wrong state.
    assert_eq!(lenient.callback(&query, Some(&other)), Err(MyLoginError::StateMismatch));
    assert_eq!(lenient.callback(&query, None), Err(MyLoginError::StateUnknown));
}

#[test]
fn accepts_only_a_safe_redirect_uri() {
    for uri in [
        "",
        "/callback",
        "//evil.example/callback",
        "app.example/callback",
        "http://app.example/callback",
        "https://app.example/callback#@evil.example",
        "https://app.example@evil.example/callback",
        "https://user:pass@app.example/callback",
        "https:\\\\evil.example/callback",
        "https:/app.example/callback",
        "https:app.example/callback",
        "https://app.example\\@evil.example/callback",
        "https://app.example/a/../callback",
        "https://app.example/call back",
        "https://app.example/callback\n",
        " https://app.example/callback",
        "javascript:alert(1)",
        "data:text/html,hi",
        "https://",
    ] {
        assert_eq!(Client::new("id", "secret", uri).unwrap_err().reason(), "invalid-redirect-uri", "{uri}");
    }
    for uri in [
        "https://app.example/callback",
        "https://app.example:8443/a?school=1",
        "http://127.0.0.1:5000/cb",
        "http://localhost/cb",
        "http://[::1]:3000/cb",
    ] {
        let address = Client::new("id", "secret", uri).unwrap().authorize_url(&mylogin::new_state().unwrap()).unwrap();
        let query: std::collections::HashMap<_, _> =
            url::Url::parse(&address).unwrap().query_pairs().into_owned().collect();
        assert_eq!(query["redirect_uri"], uri);
    }
}

#[test]
fn refuses_invalid_mylogin_settings() {
    let new = |id: &str, secret: &str| Client::new(id, secret, REDIRECT).map(|_| "made").unwrap_or_else(|e| e.reason());
    for (id, secret) in [("", "s"), ("i", ""), ("i:d", "s"), ("i d", "s"), ("i", "s\n"), ("é", "s")] {
        assert_eq!(new(id, secret), "invalid-client", "{id} {secret}");
    }
    for domain in [
        "",
        "evil.example",
        "app.mylogin.com.evil.example",
        "evilmylogin.com",
        "https://app.mylogin.com",
        "app.mylogin.com:1",
    ] {
        assert_eq!(client().domain(domain).unwrap_err().reason(), "invalid-domain", "{domain}");
    }
    assert!(client().vouched_domain("login.trust.example").is_ok());
    for state in ["", "short", "has a space in it!", &"x".repeat(513)] {
        assert_eq!(client().authorize_url(state), Err(MyLoginError::InvalidState), "{state}");
    }
    let with = |organisation: Option<&str>, verifier: Option<&str>| {
        let options =
            AuthorizeOptions { organisation: organisation.map(str::to_owned), verifier: verifier.map(str::to_owned) };
        client().authorize_url_with(&"s".repeat(20), &options)
    };
    assert_eq!(with(Some("oak&scope=all"), None), Err(MyLoginError::InvalidOrganisation));
    assert_eq!(with(None, Some("short")), Err(MyLoginError::InvalidVerifier));
    assert!(with(Some("oakfield-primary"), None).unwrap().ends_with("&organisation=oakfield-primary"));
    // The example in RFC 7636.
    let challenged = with(None, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).unwrap();
    assert!(
        challenged.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
    );
    for code in ["", "a b", "a\nb", &"x".repeat(4097)] {
        assert_eq!(client().call_identity(code, None, now()).unwrap_err(), MyLoginError::InvalidCode);
    }
    assert_eq!(client().call_identity("c", Some("short"), now()).unwrap_err(), MyLoginError::InvalidVerifier);
    assert_eq!(client().logout_url(), format!("https://app.mylogin.com/oauth/logout?client_id={CLIENT}"));
}

#[test]
fn a_sign_in_code_can_be_used_only_once() {
    let fake = Fake::of(30);
    let adapter = InProcess::to(&fake);
    fake.school().desk.user = user(7, Some("Pupil7@oakfield.example"));
    let code = code(&fake);
    let identity = client().identity(&adapter, &code, None, now()).unwrap();
    assert_eq!(
        (identity.provider(), identity.subject(), identity.kind()),
        ("mylogin", "M5000000007", PersonKind::Student)
    );
    assert_eq!((identity.school_id(), identity.source_id()), (Some(SCHOOL), Some("A1000000007")));
    assert_eq!((identity.email(), identity.is_email_vouched()), (Some("Pupil7@oakfield.example"), false));
    assert_eq!(client().identity(&adapter, &code, None, now()), Err(MyLoginError::CodeRefused));
    let vouching = client().vouch_for_email(true);
    assert!(vouching.identity(&adapter, &self::code(&fake), None, now()).unwrap().is_email_vouched());
    let stranger = Client::new(CLIENT, "another", REDIRECT).unwrap();
    assert_eq!(stranger.identity(&adapter, &self::code(&fake), None, now()), Err(MyLoginError::ClientRefused));
    assert!(adapter.sent.borrow().iter().all(|root| root == "https://app.mylogin.com"));
}

#[test]
fn pkce_makes_a_stolen_sign_in_code_useless() {
    let fake = Fake::of(1);
    let adapter = InProcess::to(&fake);
    assert_eq!(client().allows_pkce(&adapter), Ok(true));
    let begin = || {
        let (state, verifier) = (mylogin::new_state().unwrap(), mylogin::new_verifier().unwrap());
        let options = AuthorizeOptions { verifier: Some(verifier.clone()), ..AuthorizeOptions::default() };
        let back = sent_back(&fake, &client().authorize_url_with(&state, &options).unwrap());
        (client().callback(&back, Some(&state)).unwrap(), verifier)
    };
    let (code, verifier) = begin();
    assert!(client().identity(&adapter, &code, Some(&verifier), now()).is_ok());
    let (stolen, _) = begin();
    assert_eq!(client().identity(&adapter, &stolen, None, now()), Err(MyLoginError::CodeRefused));
    let (stolen, _) = begin();
    let other = mylogin::new_verifier().unwrap();
    assert_eq!(client().identity(&adapter, &stolen, Some(&other), now()), Err(MyLoginError::CodeRefused));
    fake.school().desk.no_pkce = true;
    assert_eq!(client().allows_pkce(&adapter), Ok(false));
}

#[test]
fn refuses_a_provider_configuration_with_an_endpoint_on_another_host() {
    for name in ["issuer", "authorization_endpoint", "token_endpoint"] {
        let told = |_: Request| {
            let root = "https://app.mylogin.com";
            let mut told = json!({ "issuer": root, "authorization_endpoint": format!("{root}/oauth/authorize"),
                "token_endpoint": format!("{root}/oauth/token"), "code_challenge_methods_supported": ["S256"] });
            told[name] = json!("https://evil.example/oauth/token");
            Ok(Response::new(200, told.to_string()))
        };
        assert_eq!(client().allows_pkce(&told), Err(MyLoginError::EndpointElsewhere));
    }
}

#[test]
fn a_persistent_fault_at_mylogin_gives_an_error_instead_of_an_identity() {
    for at in ["token", "user"] {
        for (kind, reason) in [
            ("drop", "unreachable"),
            ("stall", "timed-out"),
            ("401", "unauthorised"),
            ("403", "forbidden"),
            ("404", "not-found"),
            ("429", "rate-limited"),
            ("500", "server-error"),
            ("302", "redirected"),
            ("cut", "not-json"),
            ("shape", "wrong-shape"),
            ("huge", "too-large"),
        ] {
            for times in [1, 1000] {
                let fake = Fake::of(30);
                let code = code(&fake);
                fake.fault(at, 1, kind, times);
                let adapter = InProcess::to(&fake);
                let result = client().identity(&adapter, &code, None, now());
                // A code is sent only once, because MyLogin may have accepted it. The request for the user is sent
                // again.
                let passes = times == 1
                    && match at {
                        "token" => kind == "429",
                        _ => ["drop", "stall", "429", "500", "cut"].contains(&kind),
                    };
                let expected = match (at, kind) {
                    _ if passes => "read",
                    ("token", "401") => "client-refused",
                    ("user", "shape") => "identity-missing",
                    _ => reason,
                };
                let found = result.as_ref().map_or_else(MyLoginError::reason, |_| "read");
                assert_eq!(found, expected, "{kind} × {times} at {at}");
                // Secrets and codes go only to MyLogin, and never into a text.
                assert!(adapter.sent.borrow().iter().all(|root| root == "https://app.mylogin.com"));
                let told =
                    format!("{result:?} {}", result.as_ref().map_or_else(ToString::to_string, |_| String::new()));
                assert!(!told.contains(CLIENT_SECRET) && !told.contains(&code), "{told}");
                assert!(adapter.waited.borrow().iter().sum::<u64>() <= 900);
            }
        }
    }
}

#[test]
fn sign_in_logs_show_no_secret_and_no_personal_data() {
    let fake = Fake::of(30);
    fake.school().desk.user = user(7, Some("pupil7@oakfield.example"));
    let code = code(&fake);
    let shown = std::cell::RefCell::new(String::new());
    let spied = |request: Request| {
        shown.borrow_mut().push_str(&format!("{request:?}"));
        let response = InProcess::to(&fake).send(request);
        shown.borrow_mut().push_str(&format!("{response:?}"));
        response
    };
    let call = client().call_identity(&code, None, now()).unwrap();
    shown.borrow_mut().push_str(&format!("{:?} {call:?}", client()));
    let identity = call.run(&spied).unwrap();
    let accounts = of_wonde(SignIn::Sso);
    let found = match_identity(&identity, &accounts, SCHOOL, &Links::new()).unwrap();
    let links: Links = found.link.clone().into_iter().collect();
    shown.borrow_mut().push_str(&format!("{identity:?} {found:?} {links:?}"));
    let refused = match_identity(&identity, &of_csv(), SCHOOL, &Links::new()).unwrap_err();
    shown.borrow_mut().push_str(&format!("{refused:?} {refused}"));
    let by_password = of_wonde(SignIn::Password);
    let mut attempts = Attempts::new();
    let wrong = attempts.sign_in(&AttemptPolicy::new(), &by_password, "Amelia Smith", "t0ps3cret", now()).unwrap_err();
    shown
        .borrow_mut()
        .push_str(&format!("{wrong:?} {wrong} {attempts:?} {}", serde_json::to_string(&attempts).unwrap()));
    for secret in
        [CLIENT_SECRET, &code, "M5000000007", "A1000000007", "pupil7", "Amelia", "t0ps3cret", "Bearer ", "Basic "]
    {
        assert!(!shown.borrow().contains(secret), "{secret} is in {}", shown.borrow());
    }
}

/// Returns the class whose passwords are guessed.
fn a_class() -> Accounts {
    Accounts::create(&Reader::new().read_bytes(school(30)).unwrap(), &PasswordPolicy::default()).unwrap()
}

fn password(accounts: &Accounts, index: usize) -> &str {
    accounts.at(index).unwrap().password.unwrap().expose()
}

#[test]
fn repeated_wrong_passwords_cause_waits_and_then_lock_the_account() {
    let policy = AttemptPolicy::new();
    let mut accounts = a_class();
    let mut attempts = Attempts::new();
    let mut at = now();
    let mut told = Vec::new();
    for _ in 0..40 {
        let refused = attempts.sign_in(&policy, &accounts, "pupil NUMBER3", "????", at).unwrap_err();
        told.push(refused.reason.as_str());
        at += refused.retry_after.map_or(TimeDelta::zero(), |wait| TimeDelta::from_std(wait).unwrap());
    }
    assert_eq!(told.iter().filter(|reason| **reason == "not-recognised").count(), 10);
    assert_eq!(told[..3], ["not-recognised"; 3]);
    assert_eq!(told[told.len() - 20..], ["locked"; 20]);
    assert!(attempts.is_locked(&policy, "Pupil Number3") && !attempts.is_locked(&policy, "Pupil Number4"));
    // Neither time nor the right password unlocks the account, even after the attempts were stored and read again.
    let mut attempts: Attempts = serde_json::from_str(&serde_json::to_string(&attempts).unwrap()).unwrap();
    let right = password(&accounts, 3).to_owned();
    let later = at + TimeDelta::days(300);
    let refused = attempts.sign_in(&policy, &accounts, "Pupil Number3", &right, later).unwrap_err();
    assert_eq!((refused.reason, refused.retry_after), (RefusedReason::Locked, None));
    accounts.reset_password("Pupil Number3", &PasswordPolicy::default()).unwrap();
    attempts.unlock("Pupil Number3");
    assert!(attempts.sign_in(&policy, &accounts, "Pupil Number3", password(&accounts, 3), later).is_ok());
}

#[test]
fn a_student_who_often_mistypes_is_not_locked_out() {
    let (policy, accounts) = (AttemptPolicy::new(), a_class());
    let mut attempts = Attempts::new();
    for lesson in 0..200 {
        let at = now() + TimeDelta::hours(lesson);
        for typed in ["oops", "0ops", password(&accounts, 5)] {
            let result = attempts.sign_in(&policy, &accounts, "Pupil Number5", typed, at);
            assert_eq!(result.is_ok(), typed.len() == 4 && typed == password(&accounts, 5), "{lesson} {result:?}");
        }
    }
}

#[test]
fn answers_unknown_usernames_exactly_like_known_usernames() {
    let (policy, accounts) = (AttemptPolicy::new(), a_class());
    let answers = |username: &str| -> Vec<(RefusedReason, Option<Duration>)> {
        let mut attempts = Attempts::new();
        (0..30)
            .map(|n| {
                attempts.sign_in(&policy, &accounts, username, "????", now() + TimeDelta::seconds(n * n)).unwrap_err()
            })
            .map(|SignInRefused { reason, retry_after, .. }| (reason, retry_after))
            .collect()
    };
    assert_eq!(answers("Pupil Number3"), answers("Nobody At All"));
    // An account without a password in onroll is never opened, whatever is typed.
    for accounts in [of_csv(), of_wonde(SignIn::Sso)] {
        let username = accounts.at(0).unwrap().username;
        for typed in ["", "CX57", "cx-57"] {
            let refused = Attempts::new().sign_in(&policy, &accounts, username, typed, now()).unwrap_err();
            assert_eq!(refused.reason, RefusedReason::NotRecognised);
        }
    }
    assert!(Attempts::new().sign_in(&policy, &accounts, "Nobody", "CX57", now()).is_err());
    // A blank password matches nothing.
    for password in ["", " ", "-"] {
        let row = AccountRow {
            full_name: "Zoë Okafor".to_owned(),
            username: "Zoë Okafor".to_owned(),
            year_group: "Year 5".to_owned(),
            class_name: "5A".to_owned(),
            gender: "Female".to_owned(),
            password: Some(password.to_owned()),
            ..AccountRow::default()
        };
        let accounts = Accounts::from_rows([row], SignIn::Password).unwrap();
        for typed in ["", "-", password] {
            assert!(Attempts::new().sign_in(&policy, &accounts, "Zoë Okafor", typed, now()).is_err());
        }
    }
}

#[test]
fn reveals_that_an_account_is_inactive_only_after_the_right_password() {
    let policy = AttemptPolicy::new();
    let mut accounts = a_class();
    accounts.edit("Pupil Number3", &Edit::new().active(false)).unwrap();
    let reason = |typed: &str| {
        let refused = Attempts::new().sign_in(&policy, &accounts, "Pupil Number3", typed, now()).unwrap_err();
        refused.reason.as_str()
    };
    assert_eq!((reason("????"), reason(password(&accounts, 3))), ("not-recognised", "inactive"));
}

#[test]
fn limits_the_number_of_wrong_passwords_in_a_whole_school() {
    let (policy, accounts) = (AttemptPolicy::new(), a_class());
    let mut attempts = Attempts::new();
    let mut wrong = 0;
    // Someone tries one password with many usernames, known and unknown.
    let refused = loop {
        match attempts.sign_in(&policy, &accounts, &format!("Pupil Number{wrong}"), "????", now()) {
            Err(refused) if refused.reason == RefusedReason::NotRecognised => wrong += 1,
            other => break other.unwrap_err(),
        }
    };
    assert_eq!((wrong, refused.reason), (100, RefusedReason::SchoolPaused));
    let wait = TimeDelta::from_std(refused.retry_after.unwrap()).unwrap();
    assert!(wait <= TimeDelta::minutes(15), "{wait}");
    let name = "Pupil Number29";
    let right = password(&accounts, 29);
    let too_early =
        attempts.sign_in(&policy, &accounts, name, right, now() + wait - TimeDelta::seconds(2)).unwrap_err();
    assert_eq!(too_early.reason, RefusedReason::SchoolPaused);
    // Right passwords do not count towards the limit, so the whole school can sign in.
    for index in 0..30 {
        if index != 29 {
            attempts.unlock(&format!("Pupil Number{index}"));
        }
        let username = format!("Pupil Number{index}");
        assert!(attempts.sign_in(&policy, &accounts, &username, password(&accounts, index), now() + wait).is_ok());
    }
}

#[test]
fn counts_an_attempt_before_the_password_is_compared() {
    let policy = AttemptPolicy::new();
    let mut attempts = Attempts::new();
    // The attempts overlap. Each is counted, although none has ended.
    let begun =
        (0..50).filter(|n| attempts.begin(&policy, "Zoë Okafor", now() + TimeDelta::minutes(2 * n)).is_ok()).count();
    assert_eq!(begun, 10);
    let mut attempts = Attempts::new();
    for lesson in 0..50 {
        attempts.begin(&policy, "Zoë Okafor", now() + TimeDelta::hours(lesson)).unwrap();
        attempts.succeeded(&policy, "ZOË OKAFOR");
    }
}

/// How someone guesses the passwords of a class.
#[derive(Clone, Copy, PartialEq)]
enum Guesser {
    /// Guesses as often as the policy allows.
    Steady,
    /// Guesses just before the child signs in, which takes guesses back. The guesses are few enough that the account
    /// never locks, so nobody notices.
    Timed,
}

/// Simulates a month of guesses at a class of 30, in which each child signs in once on each of 22 school days. Returns
/// the number of guesses that the policy allows, and whether any was right. `is_right` says whether a guess is right.
fn a_month(
    policy: &AttemptPolicy,
    taken_back: i32,
    guesser: Guesser,
    mut is_right: impl FnMut(usize) -> bool,
) -> (u32, bool) {
    let mut attempts = Attempts::new();
    let (mut guesses, mut hit) = (0, false);
    // The number of guesses that are left for each child before the account locks.
    let mut left = [9; 30];
    for day in 0..22_i64 {
        let morning = now() + TimeDelta::days(day / 5 * 7 + day % 5);
        for (child, left) in left.iter_mut().enumerate() {
            let username = child.to_string();
            let mut at = morning + TimeDelta::minutes(8 * child as i64);
            while guesser == Guesser::Steady || *left > 0 {
                match attempts.begin(policy, &username, at) {
                    Ok(()) => {
                        guesses += 1;
                        *left -= 1;
                        hit |= is_right(child);
                    }
                    Err(refused) if refused.reason == RefusedReason::TooSoon => {
                        at += TimeDelta::from_std(refused.retry_after.unwrap()).unwrap();
                    }
                    Err(_) => break,
                }
            }
            if attempts.begin(policy, &username, at + TimeDelta::minutes(2)).is_ok() {
                attempts.succeeded(policy, &username);
                *left = (*left + taken_back).min(9);
            }
        }
    }
    (guesses, hit)
}

#[test]
fn guessing_passwords_for_a_month_succeeds_as_rarely_as_documented() {
    let policy = AttemptPolicy::new();
    let passwords = PasswordPolicy::default();
    let space = passwords.entropy_bits().exp2();
    let rate = |policy: &AttemptPolicy, taken_back, guesser| {
        let (guesses, _) = a_month(policy, taken_back, guesser, |_| false);
        (guesses, 1.0 - (1.0 - 1.0 / space).powf(guesses.into()))
    };
    // These numbers are in the documentation of `AttemptPolicy`.
    let (steady, timed) = (rate(&policy, 2, Guesser::Steady), rate(&policy, 2, Guesser::Timed));
    assert!(steady.0 == 300 && steady.1 < 0.005, "{steady:?}");
    assert!(timed.0 > 1000 && timed.1 < 0.025, "{timed:?}");
    let forgiving = rate(&policy.taken_back(10).school_a_day(u32::MAX).unwrap(), 9, Guesser::Timed);
    assert!(forgiving.0 > 5000 && forgiving.1 > 0.07, "{forgiving:?}");
    // The probability, in per cent, of finding a password at a school in a month, as `school_a_day` documents it.
    let sprayed = |a_day: f64| (100.0 * (1.0 - (1.0 - 1.0 / space).powf(a_day * 31.0))).round();
    assert_eq!([100.0, 400.0].map(sprayed), [4.0, 16.0]);
    // Guesses at real passwords succeed as often as computed, within six standard deviations.
    for (guesser, (_, rate), months) in [(Guesser::Steady, steady, 2000), (Guesser::Timed, timed, 500)] {
        let mut drawn = passwords.generate(200_000).unwrap().into_iter().cycle();
        let mut lost = 0_u32;
        for _ in 0..months {
            let own = passwords.generate(30).unwrap();
            lost += u32::from(a_month(&policy, 2, guesser, |child| drawn.next() == Some(own[child].clone())).1);
        }
        let (expected, months) = (rate * f64::from(months), f64::from(months));
        let measure = (months * rate * (1.0 - rate)).sqrt();
        assert!(
            (f64::from(lost) - expected).abs() < 6.0 * measure,
            "{lost} of {months}, where {expected} are expected"
        );
    }
}

#[cfg(feature = "http")]
#[test]
fn signs_in_over_http() {
    let fake = Fake::of(30);
    let http = onroll::adapter::Http::new().unwrap();
    let client = client().domain(&fake.serve().to_string()).unwrap();
    // The browser follows the redirect. The adapter does not, because a request may carry a secret.
    let state = mylogin::new_state().unwrap();
    let address = client.authorize_url(&state).unwrap();
    let target = address[address.find("/oauth").unwrap()..].to_owned();
    let back = sent_back(&fake, &format!("https://app.mylogin.com{target}"));
    let code = client.callback(&back, Some(&state)).unwrap();
    assert_eq!(client.allows_pkce(&http), Ok(true));
    let identity = client.identity(&http, &code, None, now()).unwrap();
    assert_eq!(identity.source_id(), Some("A1000000000"));
    for (kind, reason) in
        [("drop", "unreachable"), ("cut", "unreachable"), ("302", "redirected"), ("huge", "too-large")]
    {
        let code =
            client.callback(&sent_back(&fake, &format!("https://app.mylogin.com{target}")), Some(&state)).unwrap();
        fake.fault("token", 1, kind, 1);
        assert_eq!(client.identity(&http, &code, None, now()).unwrap_err().reason(), reason);
    }
}

#[test]
fn reads_each_form_in_which_providers_mark_an_address_as_verified() {
    for (value, expected) in [
        (json!(true), true),
        (json!(1), true),
        (json!("true"), true),
        (json!("1"), true),
        (json!(false), false),
        (json!(2), false),
        (json!("yes"), false),
        (json!(null), false),
    ] {
        let mut claims = google("1101", "zoe@oak.example");
        claims["email_verified"] = value.clone();
        assert_eq!(of_claims(&claims).unwrap().is_email_vouched(), expected, "{value}");
    }
}

#[test]
fn keeps_one_account_link_for_each_person() {
    let mut links = Links::new();
    assert!(links.is_empty() && links.iter().next().is_none());
    links.extend([link("a", "1", "zoe@oak.example"), link("a", "1", "noah@oak.example"), link("a", "2", "x")]);
    assert_eq!((links.len(), links.is_empty()), (2, false));
    assert_eq!(links.iter().map(|link| link.username.as_str()).collect::<Vec<_>>(), ["noah@oak.example", "x"]);
}

#[test]
fn never_signs_in_through_another_persons_account_link() {
    let zoe = pupil(&google("1101", "zoe@oak.example"));
    let of_noah: Links = [link(zoe.provider(), "1102", "noah@oak.example")].into_iter().collect();
    assert_eq!(opens(&zoe, &of_csv(), &of_noah), "zoe@oak.example");
    let of_zoe: Links = [link(zoe.provider(), "1102", "zoe@oak.example")].into_iter().collect();
    assert_eq!(opens(&zoe, &of_csv(), &of_zoe), "email-shared");
    let elsewhere: Links = [link("another", "1102", "zoe@oak.example")].into_iter().collect();
    assert_eq!(opens(&zoe, &of_csv(), &elsewhere), "zoe@oak.example");
}

#[test]
fn an_email_address_opens_only_accounts_that_use_sso() {
    let row = AccountRow {
        full_name: "Zoë Okafor".to_owned(),
        username: "zoe@oak.example".to_owned(),
        year_group: "Year 5".to_owned(),
        class_name: "5A".to_owned(),
        gender: "Female".to_owned(),
        ..AccountRow::default()
    };
    let zoe = pupil(&google("1101", "zoe@oak.example"));
    for (sign_in, expected) in [(SignIn::Sso, "zoe@oak.example"), (SignIn::Password, "no-account")] {
        let accounts = Accounts::from_rows([row.clone()], sign_in).unwrap();
        assert_eq!(opens(&zoe, &accounts, &Links::new()), expected);
    }
}

#[test]
fn a_host_can_set_the_limits_for_wrong_passwords() {
    let accounts = a_class();
    // Returns the number of wrong passwords, each typed as early as possible, until the account locks.
    let until_locked = |policy: AttemptPolicy| {
        let (mut attempts, mut at) = (Attempts::new(), now());
        let mut wrong = 0;
        loop {
            match attempts.sign_in(&policy, &accounts, "Pupil Number3", "????", at).unwrap_err() {
                refused if refused.reason == RefusedReason::Locked => return wrong,
                refused if refused.reason == RefusedReason::NotRecognised => wrong += 1,
                refused => at += TimeDelta::from_std(refused.retry_after.unwrap()).unwrap(),
            }
        }
    };
    let policy = AttemptPolicy::new();
    assert_eq!([3, 5, 10].map(|wrong| until_locked(policy.lock_after(wrong).unwrap())), [3, 5, 10]);
    let refused = policy.lock_after(2).unwrap_err();
    assert_eq!(refused.code(), "lock-after");
    assert_eq!(
        refused.to_string(),
        "lock_after must be at least 3, not 2; a lower limit locks out children who mistype"
    );
    // Returns the number of wrong passwords that are still counted after a right one.
    let counted = |policy: AttemptPolicy| {
        let mut attempts = Attempts::new();
        for _ in 0..2 {
            let _ = attempts.sign_in(&policy, &accounts, "Pupil Number3", "????", now());
        }
        attempts.sign_in(&policy, &accounts, "Pupil Number3", password(&accounts, 3), now()).unwrap();
        serde_json::to_value(&attempts).unwrap()["accounts"]
            .as_object()
            .unwrap()
            .values()
            .map(|of| of["wrong"].as_u64())
            .sum::<Option<u64>>()
    };
    assert_eq!([0, 1, 2].map(|back| counted(policy.taken_back(back))), [Some(2), Some(1), Some(0)]);
    // Returns the number of wrong passwords that a school may type in a day, if they are spread over many usernames.
    let a_day = |policy: AttemptPolicy| {
        let mut attempts = Attempts::new();
        (0..).take_while(|n| attempts.begin(&policy, &format!("nobody {n}"), now()).is_ok()).count()
    };
    assert_eq!([10, 20, 100].map(|wrong| a_day(policy.school_a_day(wrong).unwrap())), [10, 20, 100]);
    let refused = policy.school_a_day(9).unwrap_err();
    assert_eq!(refused.code(), "school-a-day");
    assert_eq!(refused.to_string(), "school_a_day must be at least 10, not 9; one class can use up a lower limit");
    // A username that is too long belongs to no account.
    let long = "é".repeat(3000);
    let refused = Attempts::new().sign_in(&policy, &accounts, &long, &long, now()).unwrap_err();
    assert_eq!(refused.reason, RefusedReason::NotRecognised);
}

#[test]
fn the_mylogin_client_uses_the_domain_and_timeout_of_the_host() {
    let seen = std::cell::RefCell::new(Vec::new());
    let spied = |request: Request| {
        seen.borrow_mut().push((request.url().to_owned(), request.timeout()));
        Ok(Response::new(404, ""))
    };
    let client = client().vouched_domain("sign-in.host.example").unwrap().timeout(Duration::from_secs(7));
    assert!(client.allows_pkce(&spied).is_err());
    let seen = seen.borrow();
    assert!(seen[0].0.starts_with("https://sign-in.host.example/"), "{seen:?}");
    assert_eq!(seen[0].1, Duration::from_secs(7));
    for uri in ["https://me@host.example/", "https://me:word@host.example/", "https://host.example/@x", "https:///"] {
        assert_eq!(Client::new(CLIENT, CLIENT_SECRET, uri).unwrap_err().reason(), "invalid-redirect-uri", "{uri}");
    }
}

#[test]
fn reports_a_refused_code_only_for_errors_of_the_token_endpoint() {
    let answer = |at: &'static str, status: u16| {
        move |request: Request| match request.url().contains(at) {
            true => Ok(Response::new(status, "{}")),
            false => Ok(Response::new(200, r#"{"access_token": "x", "token_type": "Bearer"}"#)),
        }
    };
    let reason = |at, status| client().identity(&answer(at, status), "code", None, now()).unwrap_err().reason();
    assert_eq!(
        [400, 422, 401].map(|status| reason("token", status)),
        ["code-refused", "code-refused", "client-refused"]
    );
    assert_eq!([400, 422, 401].map(|status| reason("user", status)), ["unexpected-status", "invalid", "unauthorised"]);
}

#[test]
fn detects_whether_the_provider_supports_pkce() {
    let allows = |methods: Value| {
        let root = "https://app.mylogin.com";
        let told = json!({ "issuer": root, "authorization_endpoint": format!("{root}/oauth/authorize"),
            "token_endpoint": format!("{root}/oauth/token"), "code_challenge_methods_supported": methods });
        client().allows_pkce(&move |_: Request| Ok(Response::new(200, told.to_string()))).unwrap()
    };
    assert_eq!(
        [json!(["S256"]), json!(["plain", "S256"]), json!(["plain"]), json!([]), json!(null)].map(allows),
        [true, true, false, false, false]
    );
}

#[test]
fn accepts_user_ids_that_are_numbers_or_texts_of_limited_length() {
    let read = |id: Value, last_online: &str| {
        let user = json!({ "data": { "id": id, "type": "student", "last_online": last_online,
            "organisation": { "wonde_id": "A1" } } });
        let identity = Identity::from_mylogin(user.to_string().as_bytes(), now());
        identity.map(|identity| identity.subject().len()).map_err(|error| error.code())
    };
    let past = "2026-09-07T08:00:00Z";
    assert_eq!(read(json!(12345), past), Ok(5));
    assert_eq!(read(json!("x".repeat(1024)), past), Ok(1024));
    for id in [json!(-7), json!(1.5), json!(true), json!("x".repeat(1025))] {
        assert_eq!(read(id, past), Err("identity-unreadable"));
    }
    assert_eq!(read(json!("1"), "2026-09-08T09:00:00Z"), Ok(1));
    assert_eq!(read(json!("1"), "2026-09-08T09:00:01Z"), Err("identity-in-future"));
}

#[test]
fn wrong_passwords_are_forgotten_after_ninety_days() {
    let kept = |after: TimeDelta| {
        let mut attempts = Attempts::new();
        attempts.begin(&AttemptPolicy::new(), "one", now()).unwrap();
        attempts.begin(&AttemptPolicy::new(), "another", now() + after).unwrap();
        serde_json::to_value(&attempts).unwrap()["accounts"].as_object().unwrap().len()
    };
    assert_eq!([TimeDelta::days(90) - TimeDelta::seconds(1), TimeDelta::days(90)].map(kept), [2, 1]);
}
