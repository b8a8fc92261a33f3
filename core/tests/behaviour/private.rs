//! Searches every text that is made for logs for personal data.

use chrono::{TimeZone, Utc};
use onroll::account::{AccountRow, Edit};
use onroll::adapter::Step;
use onroll::identity::{AttemptPolicy, Link, Links};
use onroll::mylogin::{self, AuthorizeOptions};
use onroll::{
    Accounts, Attempts, Column, Identity, Password, PasswordPolicy, Plan, Planner, Reader, Record, SignIn, wonde,
};
use serde_json::json;

use crate::file;

/// Made-up values. No text may contain these values unless it was requested with values.
const CANARIES: [&str; 8] = [
    "Kestrelname",
    "kestrel.user",
    "KestrelYear",
    "KestrelClass",
    "KestrelGender",
    "KestrelFlag",
    "KestrelEth",
    "KestrelHeading",
];

fn search(texts: &[String], secrets: &[String]) {
    for text in texts {
        for canary in CANARIES.iter().map(|c| (*c).to_owned()).chain(secrets.iter().cloned()) {
            assert!(!text.contains(&canary), "{canary} is in {text}");
        }
    }
}

#[test]
fn logs_about_a_refused_file_contain_no_values_from_the_file() {
    let bad = "Kestrelname  X,kestrel.user,KestrelYear ,KestrelClass\u{7},KestrelGender,KestrelFlag,KestrelEth,KestrelFlag,KestrelFlag";
    let duplicate = "Kestrelname,kestrel.user,KestrelYear,KestrelClass,Male,No,WBRI,No,No";
    let reversed = "\"Kestrelname, Ann\",Kestrelname,KestrelYear,07-Feb,Male,Y,White British,No,No";
    let unclosed = "Kestrelname,\"kestrel.user,KestrelYear,KestrelClass,Male,No,WBRI,No,No";
    let (mut texts, mut told) = (Vec::new(), 0);
    let headings = String::from_utf8(file(&[duplicate])).unwrap().replace("Class,", "KestrelHeading,");
    for bytes in
        [file(&[bad, duplicate, reversed, unclosed]), headings.into_bytes(), b"Kestrelname,KestrelYear\r\n".to_vec()]
    {
        for fix in [false, true] {
            for sign_in in [SignIn::Password, SignIn::Sso] {
                let reader = Reader::new().fix(fix).sign_in(sign_in);
                let report = reader.check_bytes(&bytes);
                assert!(!report.ok());
                told += CANARIES.iter().filter(|c| report.text().contains(**c)).count();
                texts.extend([report.to_string(), format!("{report:?}"), report.to_json(false), format!("{reader:?}")]);
                texts.extend([serde_json::to_string(&report).unwrap(), format!("{:?}", report.with_values())]);
                for problem in report.problems().iter().chain(report.fixed()) {
                    texts.extend([problem.to_string(), format!("{problem:?}"), format!("{:?}", problem.fix())]);
                    texts.push(serde_json::to_string(problem).unwrap());
                }
                let error = reader.read_bytes(&bytes).unwrap_err();
                texts.extend([error.to_string(), format!("{error:?}")]);
            }
        }
    }
    assert!(told >= CANARIES.len(), "people are told");
    search(&texts, &[]);
}

#[test]
fn the_debug_text_of_accounts_and_rosters_shows_no_personal_data() {
    let row = "Kestrelname,kestrel.user,KestrelYear,KestrelClass,Male,No,WBRI,No,No";
    let roster = Reader::new().read_bytes(file(&[row])).unwrap();
    let policy = PasswordPolicy::default();
    let mut accounts = Accounts::create(&roster, &policy).unwrap();
    let account = accounts.get("kestrel.user").unwrap();
    let secret = account.password.unwrap().expose().to_owned();
    let mut texts = vec![
        format!("{roster:?} {:?} {:?}", roster.get(0), roster.iter()),
        format!("{accounts:?} {account:?} {:?} {policy:?}", account.password),
        format!("{:?}", AccountRow::of(&account, true)),
        format!("{:?}", Edit::new().full_name("Kestrelname").set(Column::Class, "KestrelClass")),
        format!("{:?}", Password::chosen("Kestrelname7")),
    ];
    assert!(format!("{accounts:?}").starts_with("Accounts"));
    assert_eq!(texts[1], format!("{accounts:?} Account(<hidden>) Some(Password(<hidden>)) {policy:?}"));
    assert!(!roster.is_empty());
    // The JSON of accounts is for the host's database. It contains names, and contains passwords only on request.
    assert!(!accounts.to_json().contains(&secret) && accounts.to_json_with_passwords().contains(&secret));
    let errors = [
        accounts.edit("kestrel.user", &Edit::new().set(Column::Gender, "KestrelGender")).unwrap_err(),
        accounts.edit("Kestrelname", &Edit::new()).unwrap_err(),
        accounts.set_password("kestrel.user", "KestrelGender").unwrap_err(),
        Accounts::from_json(&accounts.to_json().replace("true", "\"KestrelFlag\"")).unwrap_err(),
        Accounts::from_json(&accounts.to_json().replace("Male", "KestrelGender")).unwrap_err(),
    ];
    texts.extend(errors.iter().flat_map(|error| [error.to_string(), format!("{error:?}")]));
    search(&texts, &[secret]);
}

#[test]
fn the_debug_text_of_plans_shows_no_personal_data() {
    let read = |names: &[&str], class| {
        let row = |name| format!("Kestrelname {name},Kestrelname {name},KestrelYear,{class},Male,No,WBRI,No,No");
        let rows: Vec<String> = names.iter().map(row).collect();
        Reader::new().read_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap()
    };
    let accounts = Accounts::create(&read(&["A", "B"], "KestrelClass A"), &PasswordPolicy::default()).unwrap();
    let roster = read(&["B", "C", "D"], "KestrelClass B");
    let plan = Plan::between(&accounts, &roster).unwrap();
    assert_eq!(plan.summary(), "2 join, 1 leave, 1 move");

    let told = plan.diff();
    assert!(told.contains("Kestrelname") && told.contains("KestrelClass"), "people are told: {told}");
    let secrets: Vec<String> = plan.changes().filter_map(|c| Some(c.password()?.expose().to_owned())).collect();
    assert_eq!(secrets.len(), 2);
    // A plan that is stored for approval contains names, and contains passwords only on request.
    let stored = plan.to_json();
    assert!(secrets.iter().all(|secret| !stored.contains(secret) && plan.to_json_with_passwords().contains(secret)));

    let mut texts =
        vec![plan.summary(), accounts.fingerprint(), format!("{plan:?} {:?}", plan.changes().collect::<Vec<_>>())];
    texts.extend(
        plan.changes()
            .map(|change| format!("{change:?} {:?} {:?}", change.fields().collect::<Vec<_>>(), change.password())),
    );
    texts.push(format!("{:?}", Planner::new().erased(["kestrel.user"])));
    let errors = [
        plan.apply(Accounts::create(&roster, &PasswordPolicy::default()).unwrap()).unwrap_err(),
        Plan::from_json(&stored.replace("Kestrelname C", "Kestrelname E")).unwrap_err(),
        Plan::from_json(&stored[..stored.len() / 2]).unwrap_err(),
    ];
    texts.extend(errors.iter().flat_map(|error| [error.to_string(), format!("{error:?}")]));
    let nobody = Plan::between(&accounts, &Reader::new().read_records([]).unwrap()).unwrap_err();
    texts.extend([nobody.to_string(), format!("{nobody:?}")]);
    search(&texts, &secrets);
}

/// Logs show the type of a value, and nothing that identifies a person.
#[test]
fn debug_text_shows_the_type_and_hides_personal_data() {
    let roster = Reader::new().read_bytes(file(&["Kestrelname,kestrel.user,Year 5,5A,Male,No,WBRI,No,No"])).unwrap();
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let account = accounts.at(0).unwrap();
    let empty = Reader::new().read_bytes(file(&["Other Name,Other Name,Year 5,5A,Male,No,WBRI,No,No"])).unwrap();
    let plan = Planner::new().plan(&accounts, &empty).unwrap();
    let person = json!({ "data": { "id": "Kestrelname", "type": "student", "organisation": { "wonde_id": "A1" } } });
    let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
    let identity = Identity::from_mylogin(person.to_string().as_bytes(), now).unwrap();
    let mut attempts = Attempts::new();
    attempts.begin(&AttemptPolicy::new(), "kestrel.user", now).unwrap();
    let [provider, subject, school_id, username] =
        [identity.provider(), identity.subject(), "A1", "kestrel.user"].map(str::to_owned);
    let links: Links = [Link { provider, subject, school_id, username }].into_iter().collect();
    let client = mylogin::Client::new("an id", "Kestrelname", "https://host.example/").unwrap_err();
    assert_eq!(client.reason(), "invalid-client");
    let client = mylogin::Client::new("an-id", "Kestrelname", "https://host.example/").unwrap();
    let webhook = br#"{"payload_type": "schoolApproved", "school_id": "A1", "school_token": "Kestrelname"}"#;
    let webhook = wonde::Webhook::read(webhook).unwrap();
    let declined = br#"{"payload_type": "accessDeclined", "school_id": "A1", "school_name": "Kestrelname", "decline_reason": "Kestrelname"}"#;
    let mut access = wonde::Access::new("A1");
    access.apply(wonde::AccessEvent::Webhook(&wonde::Webhook::read(declined).unwrap()));
    assert_eq!(access.reason(), Some("Kestrelname"));
    let mut school = wonde::School::of_id("A1");
    school.name = "Kestrelname".to_owned();
    let wonde = wonde::Client::new("Kestrelname").unwrap();
    let mut call = wonde.call_schools();
    let Some(Step::Send(request)) = call.step().ok() else { panic!("it asks first") };
    let shown = [
        (format!("{account:?}"), "Account(<hidden>)"),
        (format!("{:?}", AccountRow::of(&account, true)), "AccountRow(<hidden>)"),
        (format!("{:?}", Edit::new().username("kestrel.user")), "Edit(<hidden>)"),
        (format!("{:?}", roster.get(0).unwrap()), "Student(<hidden>)"),
        (format!("{roster:?}"), "Roster { len: 1, sign_in: Password, .. }"),
        (format!("{plan:?}"), "Plan(1 join, 1 leave)"),
        (format!("{identity:?}"), "Identity { kind: Student, .. }"),
        (format!("{attempts:?}"), "Attempts { accounts: 1, .. }"),
        (format!("{links:?}"), "Links([Link(<hidden>)])"),
        (format!("{client:?}"), "Client { id: \"an-id\", root: \"https://app.mylogin.com/\", .. }"),
        (format!("{:?}", AuthorizeOptions::default()), "AuthorizeOptions { organisation: None, .. }"),
        (format!("{webhook:?}"), "Webhook { kind: Approved, school_id: \"A1\", .. }"),
        (format!("{access:?}"), "Access { school_id: \"A1\", state: Declined, .. }"),
        (format!("{school:?}"), "School { id: \"A1\", .. }"),
        (format!("{:?}", wonde::Contact::default()), "Contact(<hidden>)"),
        (format!("{call:?}"), "Call { list: \"schools\", page: 1, .. }"),
        (format!("{request:?}"), "Request { method: \"GET\", url: \"https://api.wonde.com/v1.0/schools\", .. }"),
    ];
    for (shown, expected) in &shown {
        assert_eq!(shown, expected);
    }
    assert!(format!("{wonde:?}").starts_with("Client { address: "));
    assert_eq!(format!("{plan}"), plan.summary());
    #[cfg(feature = "http")]
    assert_eq!(format!("{:?}", onroll::adapter::Http::new().unwrap()), "Http");
    let record = Record::new(["Kestrelname"; 9]);
    assert!(format!("{record:?}").starts_with("Record"), "{record:?}");
    let texts: Vec<String> =
        shown.into_iter().map(|(shown, _)| shown).chain([format!("{record:?} {wonde:?}")]).collect();
    search(&texts, &[account.password.unwrap().expose().to_owned()]);
}
