//! What must not be seen is not: every text made for logs is searched for the canaries of a run.

use onroll::{AccountRow, Accounts, Column, Edit, Password, PasswordPolicy, Plan, Planner, Reader, SignIn};

use crate::file;

/// None of these may be in any text that is not asked for with values.
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
fn a_refused_file_is_told_to_logs_without_its_values() {
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
                for problem in report.problems().iter().chain(report.fixed()) {
                    texts.extend([problem.to_string(), format!("{problem:?}"), format!("{:?}", problem.fix())]);
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
fn accounts_and_rosters_show_nobody() {
    let row = "Kestrelname,kestrel.user,KestrelYear,KestrelClass,Male,No,WBRI,No,No";
    let roster = Reader::new().read_bytes(file(&[row])).unwrap();
    let policy = PasswordPolicy::default();
    let mut accounts = Accounts::create(&roster, &policy);
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
    // JSON of accounts is for the host's database: names are in it, passwords only when asked for.
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
fn plans_show_nobody_until_asked() {
    let read = |names: &[&str], class| {
        let row = |name| format!("Kestrelname {name},Kestrelname {name},KestrelYear,{class},Male,No,WBRI,No,No");
        let rows: Vec<String> = names.iter().map(row).collect();
        Reader::new().read_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap()
    };
    let accounts = Accounts::create(&read(&["A", "B"], "KestrelClass A"), &PasswordPolicy::default());
    let roster = read(&["B", "C", "D"], "KestrelClass B");
    let plan = Plan::between(&accounts, &roster).unwrap();
    assert_eq!(plan.summary(), "2 join, 1 leave, 1 move");

    let told = plan.diff();
    assert!(told.contains("Kestrelname") && told.contains("KestrelClass"), "people are told: {told}");
    let secrets: Vec<String> = plan.changes().iter().filter_map(|c| Some(c.password()?.expose().to_owned())).collect();
    assert_eq!(secrets.len(), 2);
    // What is stored for approval has names in it, and passwords only when asked for.
    let stored = plan.to_json();
    assert!(secrets.iter().all(|secret| !stored.contains(secret) && plan.to_json_with_passwords().contains(secret)));

    let mut texts = vec![plan.summary(), accounts.fingerprint(), format!("{plan:?} {:?}", plan.changes())];
    texts.extend(plan.changes().iter().map(|change| format!("{:?} {:?}", change.fields(), change.password())));
    texts.push(format!("{:?}", Planner::new().erased(["kestrel.user"])));
    let errors = [
        plan.apply(Accounts::create(&roster, &PasswordPolicy::default())).unwrap_err(),
        Plan::from_json(&stored.replace("Kestrelname C", "Kestrelname E")).unwrap_err(),
        Plan::from_json(&stored[..stored.len() / 2]).unwrap_err(),
    ];
    texts.extend(errors.iter().flat_map(|error| [error.to_string(), format!("{error:?}")]));
    let nobody = Plan::between(&accounts, &Reader::new().read_records([]).unwrap()).unwrap_err();
    texts.extend([nobody.to_string(), format!("{nobody:?}")]);
    search(&texts, &secrets);
}
