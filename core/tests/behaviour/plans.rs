//! Plans: who joins, leaves, returns and moves; matches that are never guessed; and refused plans.

use std::borrow::Cow;

use onroll::account::{AccountError, AccountRow, Edit};
use onroll::plan::{ChangeKind, ConflictReason, FieldValue, Guard, PlanError, PlannerError};
use onroll::values::{Ethnicities, YearGroup};
use onroll::{Accounts, PasswordPolicy, Plan, Planner, ProblemCode, Reader, Record, Roster, SignIn};

use crate::{file, sso};

fn student(name: &str, year: &str, class: &str) -> String {
    format!("{name},{name},{year},{class},Female,No,WBRI,No,No")
}

fn roster(rows: &[String]) -> Roster {
    Reader::new().read_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap()
}

fn accounts(rows: &[String]) -> Accounts {
    Accounts::create(&roster(rows), &PasswordPolicy::default()).unwrap()
}

/// Returns rows for this range of students in Year 7.
fn year_7(students: std::ops::Range<usize>) -> Vec<String> {
    students.map(|i| student(&format!("Pupil N{i}x"), "Year 7", "7A")).collect()
}

/// Returns a record with this name, username and gender, and usual values in all other fields.
fn named(name: &str, username: &str, gender: &str) -> Record<'static> {
    Record::new([name, username, "Year 7", "7A", gender, "No", "WBRI", "No", "No"].map(str::to_owned))
}

fn record(id: &str, upn: &str, name: &str, username: &str) -> Record<'static> {
    named(name, username, "Female").source_id(id.to_owned()).upn(upn.to_owned())
}

fn from_mis(records: Vec<Record>) -> Roster {
    Reader::new().read_records(records).unwrap()
}

fn kinds(plan: &Plan) -> Vec<(ChangeKind, &str)> {
    plan.changes().map(|change| (change.kind(), change.username())).collect()
}

fn refused(result: Result<Plan, PlannerError>) -> (Guard, Vec<(&'static str, u64)>) {
    match result {
        Err(PlannerError::Refused(refused)) => (refused.guard, refused.numbers.into_iter().collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_maximum_share_of_leavers_must_be_from_0_to_1() {
    let old = accounts(&year_7(0..3));
    for share in [-0.1, 1.01, 50.0, f64::NAN, f64::INFINITY] {
        let refused = Planner::new().max_leavers(share).plan(&old, &roster(&year_7(0..3))).unwrap_err();
        assert_eq!(refused.code(), "max-leavers", "{share}");
        assert!(refused.to_string().starts_with("max_leavers must be a share from 0 to 1, not "), "{refused}");
    }
    for share in [0.0, 1.0] {
        assert!(Planner::new().max_leavers(share).plan(&old, &roster(&year_7(0..3))).is_ok(), "{share}");
    }
}

#[test]
fn a_plan_contains_joiners_leavers_movers_and_updates() {
    let mut before = year_7(0..60);
    let old = accounts(&before);
    before.truncate(57);
    before[0] = before[0].replace("7A", "7B");
    before[1] = before[1].replace(",No,WBRI,No,", ",Yes,AIND,Yes,");
    before.push(student("Zoë New", "Year 7", "7A"));
    let plan = Plan::between(&old, &roster(&before)).unwrap();
    assert_eq!(plan.summary(), "1 join, 3 leave, 1 move, 1 update, 55 unchanged");
    assert_eq!((plan.unchanged(), plan.held()), (55, 0));
    let update = plan.of_kind(ChangeKind::Update).next().unwrap();
    let fields: Vec<_> = update.fields().map(|f| (f.name(), f.old(), f.new_value())).collect();
    let [premium, send] = ["pupil_premium", "send"].map(|name| (name, FieldValue::Flag(false), FieldValue::Flag(true)));
    let code = |code| FieldValue::Text(Cow::Borrowed(code));
    assert_eq!(fields, [premium, ("ethnicity", code("WBRI"), code("AIND")), send]);
    assert_eq!(update.account().ethnicity.code(), "AIND");

    let new = plan.apply(old.clone()).unwrap();
    assert_eq!(new.len(), 61);
    assert_eq!(new.iter().filter(|a| a.active).count(), 58);
    assert!(Plan::between(&new, &roster(&before)).unwrap().is_empty());
    for account in old.iter() {
        let after = new.get(account.username).unwrap();
        assert_eq!(after.password, account.password, "nobody's password changes");
    }
    assert_eq!(new.get("zoë new").unwrap().password.unwrap().expose().len(), 4);
}

#[test]
fn a_returning_student_gets_the_same_account_with_a_new_password() {
    let all = year_7(0..20);
    let first = accounts(&all);
    let gone = Plan::between(&first, &roster(&all[1..])).unwrap().apply(first.clone()).unwrap();
    assert!(!gone.get("Pupil N0x").unwrap().active);
    let mut back = all.clone();
    back[0] = back[0].replace("Year 7,7A", "Year 8,8C");
    let plan = Plan::between(&gone, &roster(&back)).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Return, "Pupil N0x")]);
    let again = plan.apply(gone).unwrap();
    let account = again.get("Pupil N0x").unwrap();
    assert!(account.active && account.class_name == "8C");
    // The name alone does not show that this is the child who had the old password.
    assert!(plan.changes().next().unwrap().new_password() && plan.diff().contains("(new password)"));
    assert_ne!(account.password, first.get("Pupil N0x").unwrap().password);
}

#[test]
fn a_younger_student_does_not_get_the_account_of_a_same_named_leaver() {
    let mut rows = vec![student("Amelia Smith", "Year 6", "6A")];
    rows.extend(year_7(0..20));
    let first = accounts(&rows);
    let gone = Plan::between(&first, &roster(&rows[1..])).unwrap().apply(first).unwrap();
    rows[0] = student("Amelia Smith", "Year 2", "2A");
    let plan = Plan::between(&gone, &roster(&rows)).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Join, "Amelia Smith Year 2")]);
    let after = plan.apply(gone).unwrap();
    assert!(!after.get("Amelia Smith").unwrap().active);
    let next = Plan::between(&after, &roster(&rows)).unwrap();
    assert!(next.is_empty() && next.conflicts().is_empty(), "{}", next.diff());
    assert_eq!(next.kept_usernames().len(), 1);
}

#[test]
fn a_much_younger_student_does_not_get_an_older_students_active_account() {
    let old = accounts(&[student("Amelia Smith", "Year 6", "6A"), student("Noah Khan", "Year 6", "6A")]);
    let next = roster(&[student("Amelia Smith", "Year 2", "2A"), student("Noah Khan", "Year 5", "5A")]);
    let plan = Plan::between(&old, &next).unwrap();
    assert_eq!(plan.summary(), "1 move, 1 conflict");
    assert_eq!(plan.conflicts()[0].reason, ConflictReason::YearsApart);
    // If Year 6 leaves, the Amelia in Year 2 is a different child.
    let plan = Planner::new().leaving_years([YearGroup::Year(6)]).plan(&old, &next).unwrap();
    assert_eq!(kinds(&plan)[..2], [(ChangeKind::Join, "Amelia Smith Year 2"), (ChangeKind::Leave, "Amelia Smith")]);
}

#[test]
fn matches_students_by_id_before_name() {
    let old = vec![
        record("A1", "X801200000001", "Amelia Smith", "Amelia Smith"),
        record("A2", "L801200000002", "Noah Khan", "Noah Khan"),
    ];
    let old = Accounts::create(&from_mis(old), &PasswordPolicy::default()).unwrap();
    // Both students have new names, and one has the other's old name.
    let new = vec![
        record("A1", "X801200000001", "Noah Khan", "Noah Khan"),
        record("A2", "L801200000002", "Mia Hall", "Mia Hall"),
    ];
    let plan = Plan::between(&old, &from_mis(new)).unwrap();
    assert_eq!(plan.summary(), "2 update");
    let after = plan.apply(old).unwrap();
    assert_eq!(after.get("Amelia Smith").unwrap().full_name, "Noah Khan");
    assert_eq!(after.get("Noah Khan").unwrap().full_name, "Mia Hall");
    assert_eq!(plan.kept_usernames().len(), 2);
}

#[test]
fn an_absent_column_does_not_change_accounts() {
    let old = accounts(&["Zoë Hall,Zoë Hall,Year 7,7A,Female,Yes,BAFR,Yes,Yes".to_owned()]);
    let optional = Reader::new().optional_columns(true);
    let text = |rest: [&str; 2]| {
        format!(
            "Student Full Name,Username,Year Group,Class,Gender{}\r\nZoë Hall,Zoë Hall,Year 7,7A,Female{}\r\n",
            rest[0], rest[1]
        )
    };
    let absent = optional.read_bytes(text(["", ""]).into_bytes()).unwrap();
    assert_eq!(absent.unrecorded().len(), 4);
    let given = Record::new(["Zoë Hall", "Zoë Hall", "Year 7", "7A", "Female", "", "", "", ""]);
    let given = absent.unrecorded().iter().fold(given, |record, column| record.not_recorded(*column));
    let given = optional.read_records([given]).unwrap();
    assert_eq!(given.unrecorded(), absent.unrecorded());
    let kept: Roster = Roster::from_json(&absent.to_json()).unwrap();
    for roster in [absent, given, kept] {
        assert_eq!(Plan::between(&old, &roster).unwrap().summary(), "nothing to do, 1 unchanged");
    }
    // A blank column in the file means that there are no values.
    let blank = optional.clone().fix(true).read_bytes(text([",SEND", ","]).into_bytes()).unwrap();
    assert_eq!(blank.unrecorded().len(), 3);
    let plan = Plan::between(&old, &blank).unwrap();
    assert_eq!(plan.summary(), "1 update");
    let change = plan.at(0).unwrap();
    let fields: Vec<_> = change.fields().map(|field| field.name()).collect();
    assert_eq!(fields, ["send"]);
}

#[test]
fn a_new_source_id_with_the_same_upn_gives_a_relink() {
    let many = |prefix: &str, changed: usize| -> Vec<Record> {
        (0..20)
            .map(|i| {
                let id = if i < changed { format!("{prefix}{i}") } else { format!("A{i}") };
                record(
                    &id,
                    &crate::plan_properties::valid_upn(801, i),
                    &format!("Pupil N{i}x"),
                    &format!("Pupil N{i}x"),
                )
            })
            .collect()
    };
    let old = Accounts::create(&from_mis(many("A", 0)), &PasswordPolicy::default()).unwrap();
    let plan = Plan::between(&old, &from_mis(many("B", 2))).unwrap();
    assert_eq!(plan.summary(), "2 relink, 18 unchanged");
    assert_eq!(plan.apply(old.clone()).unwrap().get("Pupil N0x").unwrap().source_id, Some("B0"));

    // If all source ids are new, the MIS may have changed, so the host must override a guard.
    let (guard, numbers) = refused(Planner::new().plan(&old, &from_mis(many("B", 20))));
    assert_eq!((guard, numbers), (Guard::SourceIdsChanged, vec![("active", 20), ("incoming", 20), ("matched", 20)]));
    let plan = Planner::new().override_guards([Guard::SourceIdsChanged]).plan(&old, &from_mis(many("B", 20))).unwrap();
    assert_eq!((plan.summary().as_str(), plan.passed()), ("20 relink", &[Guard::SourceIdsChanged][..]));
}

#[test]
fn recognises_a_change_of_mis_although_students_have_no_upns() {
    let many = |prefix: &str| -> Vec<Record> {
        (0..20)
            .map(|i| {
                let name = format!("Pupil N{i}x");
                named(&name, &name, "Female").source_id(format!("{prefix}{i}"))
            })
            .collect()
    };
    let old = Accounts::create(&from_mis(many("A")), &PasswordPolicy::default()).unwrap();
    assert_eq!(refused(Planner::new().plan(&old, &from_mis(many("B")))).0, Guard::SourceIdsChanged);
    let plan = Planner::new().override_guards([Guard::SourceIdsChanged]).plan(&old, &from_mis(many("B"))).unwrap();
    assert_eq!(plan.summary(), "20 relink");

    // A single new id may belong to a different child with that name, so onroll does not guess.
    let mut one = many("A");
    one[3] = many("B").swap_remove(3);
    let plan = Plan::between(&old, &from_mis(one)).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 conflict, 19 unchanged");
    assert_eq!(plan.conflicts()[0].reason, ConflictReason::SourceIdChanged);
}

#[test]
fn refuses_a_source_id_that_now_belongs_to_another_student() {
    let old = vec![
        record("A1", "X801200000001", "Amelia Smith", "Amelia Smith"),
        record("A2", "L801200000002", "Noah Khan", "Noah Khan"),
    ];
    let old = Accounts::create(&from_mis(old), &PasswordPolicy::default()).unwrap();
    let new = vec![
        record("A1", "K801200000009", "Mia Hall", "Mia Hall"),
        record("A2", "L801200000002", "Noah Khan", "Noah Khan"),
    ];
    assert_eq!(refused(Planner::new().plan(&old, &from_mis(new.clone()))).0, Guard::SourceIdsReused);
    let plan = Planner::new().override_guards([Guard::SourceIdsReused]).plan(&old, &from_mis(new)).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 conflict, 1 unchanged");
}

#[test]
fn never_guesses_between_students_with_the_same_name() {
    let sheet = |users: [&str; 2]| users.map(|u| format!("Amelia Smith,{u},Year 7,7A,Female,No,WBRI,No,No")).to_vec();
    let plan = Plan::between(&accounts(&sheet(["S1", "S2"])), &roster(&sheet(["S3", "S4"]))).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 conflict");
    let conflict = &plan.conflicts()[0];
    assert_eq!((conflict.reason, conflict.accounts.len(), conflict.students.len()), (ConflictReason::NameShared, 2, 2));
    // A known username matches one of the two accounts. That does not prove that the second account and the second
    // student belong together.
    let plan = Plan::between(&accounts(&sheet(["S1", "S2"])), &roster(&sheet(["S1", "S4"]))).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 conflict, 1 unchanged");
}

#[test]
fn an_email_address_that_now_belongs_to_another_student_is_a_conflict() {
    let row = |name: &str| format!("{name},a.smith@oak.example,Year 7,7A,Female,No,WBRI,No,No");
    let read = |rows: &[String]| sso().read_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let old = Accounts::create(&read(&[row("Amelia Smith")]), &PasswordPolicy::default()).unwrap();
    let plan = Plan::between(&old, &read(&[row("Arthur Jones")])).unwrap();
    assert_eq!(plan.conflicts()[0].reason, ConflictReason::UsernameReused);
    assert!(plan.is_empty());
    // A new surname alone does not mean a different pupil.
    let plan = Plan::between(&old, &read(&[row("Amelia Jones")])).unwrap();
    assert_eq!(plan.summary(), "1 update");
}

#[test]
fn a_change_to_email_usernames_creates_no_second_accounts() {
    let emails: Vec<String> =
        (0..30).map(|i| format!("Pupil N{i}x,p{i}@oak.example,Year 7,7A,Female,No,WBRI,No,No")).collect();
    let rows: Vec<&str> = emails.iter().map(String::as_str).collect();
    let incoming = sso().read_bytes(file(&rows)).unwrap();
    let old = accounts(&year_7(0..30));
    let (guard, numbers) = refused(Planner::new().plan(&old, &incoming));
    assert_eq!(guard, Guard::UsernamesChanged);
    assert_eq!(numbers, [("active", 30), ("changed", 30), ("incoming", 30), ("matched", 30)]);
    let plan = Planner::new().override_guards([guard]).plan(&old, &incoming).unwrap();
    assert_eq!(plan.summary(), "30 rename");
    let after = plan.apply(old.clone()).unwrap();
    assert_eq!((after.len(), after.sign_in()), (30, SignIn::Sso));
    assert_eq!(after.get("p3@oak.example").unwrap().password, old.get("Pupil N3x").unwrap().password);
    assert!(Plan::between(&after, &incoming).unwrap().is_empty());
}

#[test]
fn keeps_the_old_username_if_only_one_username_changes() {
    let mut rows = year_7(0..20);
    let old = accounts(&rows);
    rows[0] = rows[0].replacen("Pupil N0x,Pupil N0x", "Pupil N0x,S77", 1);
    let plan = Plan::between(&old, &roster(&rows)).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 20 unchanged");
    assert_eq!(
        (plan.kept_usernames()[0].kept.as_str(), plan.kept_usernames()[0].listed.as_str()),
        ("Pupil N0x", "S77")
    );
}

#[test]
fn guards_report_their_numbers_and_can_be_overridden() {
    let old = accounts(&year_7(0..100));
    let (guard, numbers) = refused(Planner::new().plan(&old, &roster(&[])));
    assert_eq!((guard, numbers), (Guard::EmptyRoster, vec![("active", 100), ("incoming", 0)]));
    let (guard, numbers) = refused(Planner::new().plan(&old, &roster(&year_7(11..100))));
    assert_eq!(guard, Guard::TooManyLeavers);
    assert_eq!(numbers, [("active", 100), ("expected", 0), ("leavers", 11), ("limit", 10)]);
    assert_eq!(Plan::between(&old, &roster(&year_7(10..100))).unwrap().summary(), "10 leave, 90 unchanged");
    let (guard, numbers) = refused(Planner::new().plan(&old, &roster(&year_7(500..600))));
    assert_eq!((guard, numbers), (Guard::SchoolMismatch, vec![("active", 100), ("incoming", 100), ("matched", 0)]));

    let all = [Guard::EmptyRoster, Guard::TooManyLeavers];
    let plan = Planner::new().override_guards(all).plan(&old, &roster(&[])).unwrap();
    assert_eq!((plan.summary().as_str(), plan.passed()), ("100 leave", &all[..]));
    let plan = Planner::new().max_leavers(0.2).plan(&old, &roster(&year_7(11..100))).unwrap();
    assert_eq!((plan.summary().as_str(), plan.passed().len()), ("11 leave, 89 unchanged", 0));
    let error = Planner::new().plan(&old, &roster(&year_7(11..100))).unwrap_err();
    assert_eq!(error.code(), "plan-refused");
    assert_eq!(
        error.to_string(),
        "the plan was refused (too-many-leavers): 11 of 100 active accounts would leave; 0 of them are expected to leave, and at most 10 others may leave; to add students only, use a partial roster"
    );
    assert!(Guard::ALL.iter().all(|guard| guard.as_str().parse::<Guard>().ok() == Some(*guard)));
}

#[test]
fn a_plan_for_the_new_school_year_passes_every_guard_with_leaving_years() {
    // A primary school of 210 students, 30 in each year. A year later, each cohort is a year older.
    let cohorts = |newest: i32| -> Vec<String> {
        (0..7)
            .flat_map(|year: i32| {
                (0..30).map(move |i| {
                    let name = format!("Pupil C{}N{i}x", newest - year + 10);
                    match year {
                        0 => student(&name, "Reception", "R"),
                        _ => student(&name, &format!("Year {year}"), &format!("{year}A")),
                    }
                })
            })
            .collect()
    };
    let old = accounts(&cohorts(0));
    let next = roster(&cohorts(1));
    assert_eq!(refused(Planner::new().plan(&old, &next)).0, Guard::TooManyLeavers);
    let plan = Planner::new().leaving_years([YearGroup::Year(6)]).plan(&old, &next).unwrap();
    assert_eq!(plan.summary(), "30 join, 30 leave, 180 move");
    assert!(plan.passed().is_empty() && plan.conflicts().is_empty());
}

#[test]
fn a_student_missing_from_a_partial_roster_does_not_leave() {
    let old = accounts(&year_7(0..50));
    let mut rows = year_7(0..2);
    rows.push(student("Zoë New", "Year 7", "7A"));
    let plan = Plan::between(&old, &roster(&rows).into_partial()).unwrap();
    assert_eq!(plan.summary(), "1 join, 2 unchanged");
    assert!(Plan::between(&old, &roster(&[]).into_partial()).unwrap().is_empty());
}

#[test]
fn a_held_student_stays_unchanged_until_the_record_is_corrected() {
    let good = |i: usize| record(&format!("A{i}"), &format!("U{i}"), &format!("Pupil N{i}x"), &format!("Pupil N{i}x"));
    let broken = |i: usize| {
        let name = format!("Pupil N{i}x");
        named(&name, &name, "").source_id(format!("A{i}"))
    };
    let old = Accounts::create(&from_mis((0..10).map(good).collect()), &PasswordPolicy::default()).unwrap();
    let night = Reader::new().hold_records((0..11).map(|i| if i == 3 || i == 10 { broken(i) } else { good(i) }));
    assert_eq!(night.held().iter().map(onroll::roster::Held::record).collect::<Vec<_>>(), [3, 10]);
    let plan = Plan::between(&old, &night).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 held, 1 cannot join yet, 9 unchanged");
    assert_eq!((plan.held(), plan.held_joiners()), (1, 1));
    let after = plan.apply(old.clone()).unwrap();
    let mended = Reader::new().hold_records((0..11).map(good));
    let plan = Plan::between(&after, &mended).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Join, "Pupil N10x")]);
    assert_eq!(after.get("Pupil N3x").unwrap().password, old.get("Pupil N3x").unwrap().password);
}

#[test]
fn never_creates_an_account_for_an_erased_student() {
    let old = accounts(&year_7(0..20));
    let mut rows = year_7(0..20);
    rows.push(student("Zoë New", "Year 7", "7A"));
    let planner = Planner::new().erased(["ZOË  new"]);
    let plan = planner.plan(&old, &roster(&rows)).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 erased, 20 unchanged");
}

#[test]
fn makes_a_plan_for_a_school_without_accounts() {
    let none = Accounts::from_rows([], SignIn::Password).unwrap();
    let plan = Plan::between(&none, &roster(&year_7(0..40))).unwrap();
    assert_eq!(plan.summary(), "40 join");
    assert_eq!(plan.apply(none).unwrap().len(), 40);
}

#[test]
fn detects_edits_in_the_json_of_a_plan() {
    let old = accounts(&year_7(0..20));
    let mut rows = year_7(1..20);
    rows.push(student("Zoë New", "Year 7", "7A"));
    let plan = Plan::between(&old, &roster(&rows)).unwrap();
    let read = |text: &str| Plan::from_json(text);
    assert_eq!(read(&plan.to_json_with_passwords()).unwrap(), plan);
    let without = read(&plan.to_json()).unwrap();
    assert_eq!(without.to_json(), plan.to_json());
    // A plan without its passwords cannot be applied by mistake.
    let refused = without.apply(old.clone()).unwrap_err();
    assert!(refused.code() == "plan-without-passwords" && refused.to_string().contains("without 1 of its passwords"));
    let filled = without.apply_with_passwords(old.clone(), &PasswordPolicy::default()).unwrap();
    assert!(
        filled.get("Zoë New").unwrap().password.is_some()
            && filled.fingerprint() == plan.apply(old.clone()).unwrap().fingerprint()
    );
    let mut after = without.apply_without_passwords(old.clone()).unwrap();
    assert!(after.get("Zoë New").unwrap().password.is_none());
    assert_eq!(after.fill_passwords(&PasswordPolicy::default()).unwrap(), 1);
    let secret = plan.of_kind(ChangeKind::Join).next().unwrap().password().unwrap().expose();
    assert!(!plan.to_json().contains(secret) && !plan.diff().contains(secret) && !format!("{plan:?}").contains("Zoë"));

    let json = plan.to_json();
    assert_eq!(read(&json.replace("Zoë New", "Zoë Old")).unwrap_err().code(), "plan-edited");
    assert_eq!(read(&json.replace("\"format\":2", "\"format\":1")).unwrap_err().code(), "plan-version");
    assert_eq!(read(&json[1..]).unwrap_err().code(), "plan-not-json");
    assert_eq!(
        read(&json.replace("\"kind\":\"join\"", "\"kind\":\"Zoë\"")).unwrap_err().to_string().matches("Zoë").count(),
        0
    );
}

#[test]
fn host_ids_are_kept_in_a_plan_and_in_its_json() {
    let row = |host_id: &str, name: &str| AccountRow {
        host_id: Some(host_id.to_owned()),
        full_name: name.to_owned(),
        username: name.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7A".to_owned(),
        gender: "Female".to_owned(),
        ethnicity: "WBRI".to_owned(),
        ..AccountRow::default()
    };
    let old = Accounts::from_rows([row("41", "Ada Reid"), row(" 42 ", "Mia Hall")], SignIn::Password).unwrap();
    assert_eq!(old.get("Mia Hall").unwrap().host_id, Some("42"));
    let next = roster(&[student("Ada Reid", "Year 7", "7B"), student("Noah Khan", "Year 7", "7B")]);
    let plan = Plan::between(&old, &next).unwrap();
    let plan = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
    let ids: Vec<_> =
        plan.changes().map(|change| (change.kind(), change.host_id(), change.account().host_id)).collect();
    let known = |kind, id| (kind, Some(id), Some(id));
    assert_eq!(ids, [(ChangeKind::Join, None, None), known(ChangeKind::Leave, "42"), known(ChangeKind::Move, "41")]);

    let statements: Vec<_> =
        plan.statements().iter().map(|s| (s.kind().as_str(), s.host_id(), s.set().len())).collect();
    assert_eq!(statements, [("update", Some("42"), 1), ("update", Some("41"), 1), ("insert", None, 12)]);

    let new = plan.apply(old.clone()).unwrap();
    let new = Accounts::from_json(&new.to_json()).unwrap();
    let host_ids: Vec<_> = new.iter().map(|account| account.host_id).collect();
    assert_eq!(host_ids, [Some("41"), Some("42"), None]);

    // Accounts that differ only in their host ids have the same fingerprint. Two accounts with one host id are refused.
    // JSON may contain integers as ids.
    let other = Accounts::from_rows([row("1", "Ada Reid"), row("2", "Mia Hall")], SignIn::Password).unwrap();
    assert_eq!(other.fingerprint(), old.fingerprint());
    let Err(AccountError::Rejected(report)) = Accounts::from_rows([row("1", "A"), row("1", "B")], SignIn::Password)
    else {
        panic!("one host id twice")
    };
    assert_eq!(report.problems()[0].code(), ProblemCode::HostIdDuplicate);
    let row: AccountRow = serde_json::from_str(r#"{"host_id": 7, "username": "x"}"#).unwrap();
    assert_eq!(row.host_id.as_deref(), Some("7"));
}

#[test]
fn fields_that_the_host_does_not_store_stay_blank() {
    let row = |name: &str, gender: &str| AccountRow {
        full_name: name.to_owned(),
        username: name.to_owned(),
        gender: gender.to_owned(),
        ethnicity: "WBRI".to_owned(),
        ..AccountRow::default()
    };
    let next = roster(&[student("Ada Reid", "Year 7", "7B"), student("Mia Hall", "Year 7", "7B")]);
    let bare = Accounts::from_rows([row("Ada Reid", ""), row("Mia Hall", "")], SignIn::Password).unwrap();
    assert_eq!(bare.get("Ada Reid").unwrap().gender, None);
    assert_eq!(Plan::between(&bare, &next).unwrap().summary(), "nothing to do, 2 unchanged");
    // A joiner gets all fields. If any account has a value in a column, the host stores that column for all accounts.
    let joiner = roster(&[
        student("Ada Reid", "Year 7", "7B"),
        student("Mia Hall", "Year 7", "7B"),
        student("Noah Khan", "Year 7", "7B"),
    ]);
    let plan = Plan::between(&bare, &joiner).unwrap();
    assert_eq!(plan.summary(), "1 join, 2 unchanged");
    assert_eq!(plan.at(0).unwrap().account().class_name, "7B");
    let some = Accounts::from_rows([row("Ada Reid", "Female"), row("Mia Hall", "")], SignIn::Password).unwrap();
    let plan = Plan::between(&some, &next).unwrap();
    let fields: Vec<_> =
        plan.changes().map(|c| (c.username(), c.fields().map(|f| f.name()).collect::<Vec<_>>())).collect();
    assert_eq!(fields, [("Mia Hall", vec!["gender"])]);
    // In accounts that onroll stored, a blank gender means that it is not known yet.
    let ours = Accounts::from_json(&bare.to_json()).unwrap();
    assert_eq!(Plan::between(&ours, &next).unwrap().len(), 2);
    // An edit cannot remove a value that an account has.
    let mut some = some;
    assert!(some.edit("Ada Reid", &Edit::new().class_name("")).is_err());
    assert!(some.edit("Mia Hall", &Edit::new().class_name("7C")).is_ok());
}

#[test]
fn a_plan_contains_the_ethnicity_codes_of_the_host() {
    let shetland = |codes: Ethnicities| codes.with("WSHE", "White - Shetlander", "WBRI").unwrap();
    let orkney = |codes: Ethnicities| codes.with("WORK", "White - Orcadian", "WBRI").unwrap();
    // A different code for the same group of people.
    let other = |codes: Ethnicities| codes.with("WSHX", "White - Shetlander", "WSHX").unwrap();
    let mut rows = year_7(0..3);
    let old = |rows: &[String], codes| {
        let roster = Reader::new().ethnicities(codes).read_bytes(file(&[&rows.join("\n")])).unwrap();
        Accounts::create(&roster, &PasswordPolicy::default()).unwrap()
    };
    rows[1] = rows[1].replace("WBRI", "WORK");
    let orcadian = old(&rows, other(orkney(Ethnicities::default())));
    // The accounts were made before the host added the code `WSHE`.
    rows[0] = rows[0].replace("WBRI", "WSHE");
    rows[2] = rows[2].replace("7A", "7B");
    let now = Reader::new()
        .ethnicities(orkney(shetland(Ethnicities::default())))
        .read_bytes(file(&[&rows.join("\n")]))
        .unwrap();
    let plan = Plan::between(&orcadian, &now).unwrap();
    assert_eq!(plan.summary(), "1 move, 1 update, 1 unchanged");
    let stored = Plan::from_json(&plan.to_json()).unwrap();
    assert_eq!(stored, plan);
    for plan in [plan, stored] {
        let after = plan.apply(orcadian.clone()).unwrap();
        let ethnicity = |name: &str| after.get(name).unwrap().ethnicity.description().to_owned();
        assert_eq!(ethnicity("Pupil N0x"), "White - Shetlander");
        assert_eq!(ethnicity("Pupil N1x"), "White - Orcadian");
        assert!(Plan::between(&after, &now).unwrap().is_empty());
    }
}

#[test]
fn a_plan_applies_only_to_the_accounts_that_it_was_made_for() {
    let old = accounts(&year_7(0..20));
    let plan = Plan::between(&old, &roster(&year_7(1..20))).unwrap();
    let mut other = old.clone();
    other.edit("Pupil N5x", &onroll::account::Edit::new().class_name("7C")).unwrap();
    let before = other.to_json();
    match plan.apply(other) {
        Err(PlanError::OtherAccounts(back)) => assert_eq!(back.to_json(), before),
        unexpected => panic!("{unexpected:?}"),
    }
    // A teacher may reset a password in the meantime. The plan still applies, and the new password stays.
    let mut reset = old.clone();
    reset.set_password("Pupil N5x", "frog7").unwrap();
    let after = plan.apply(reset).unwrap();
    assert_eq!(after.get("Pupil N5x").unwrap().password.unwrap().expose(), "frog7");
    assert_eq!(old.fingerprint().len(), 16);
}

#[test]
fn refuses_accounts_with_the_same_username_or_source_id() {
    let row = |id: &str, username: &str| AccountRow {
        source_id: Some(id.to_owned()),
        full_name: "A B".to_owned(),
        username: username.to_owned(),
        year_group: "7".to_owned(),
        class_name: "7A".to_owned(),
        gender: "Male".to_owned(),
        ..AccountRow::default()
    };
    for rows in [[row("1", "a"), row("2", "A")], [row("1", "a"), row("1", "b")]] {
        assert!(matches!(Accounts::from_rows(rows, SignIn::Password), Err(AccountError::Rejected(_))));
    }
}

#[test]
fn the_diff_of_a_plan_shows_every_change() {
    let old = accounts(&year_7(0..8));
    let mut rows = year_7(1..8);
    rows[0] = rows[0].replace("7A", "7B");
    rows.push(student("Zoë New", "Year 7", "7A"));
    let plan = Plan::between(&old, &roster(&rows)).unwrap();
    let expected = "\
1 new student, 1 leaver, 1 changes class or year, 6 unchanged

Join
  + Zoë New, Year 7, 7A

Leave (the account is deactivated, and kept)
  - Pupil N0x, Year 7, 7A

Move
  ~ Pupil N1x, Year 7, 7B: class name '7A' to '7B'
";
    assert_eq!(plan.diff(), expected);
}

#[test]
fn a_student_with_a_held_students_name_gets_no_second_account() {
    // No id distinguishes the two students. One record is right, and the other has an error.
    let night = || {
        Reader::new().hold_records([named("Ada Reid", "Ada Reid", "?"), named("Ada Reid", "Ada Reid Year 7", "Female")])
    };
    let none = Accounts::from_rows([], onroll::SignIn::Password).unwrap();
    let accounts = Plan::between(&none, &night()).unwrap().apply(none).unwrap();
    assert_eq!(accounts.len(), 1);
    // In the next plan, the account has the username of the valid student, so it belongs to that student.
    assert!(Plan::between(&accounts, &night()).unwrap().is_empty());
    // If the account has a username that neither student has, it could belong to either of them.
    let accounts = accounts_of("Ada Reid", "a.reid");
    let plan = Plan::between(&accounts, &night()).unwrap();
    assert_eq!((plan.changes().len(), plan.conflicts().len()), (0, 1));
    assert_eq!(plan.conflicts()[0].reason, ConflictReason::NameShared);
}

fn accounts_of(full_name: &str, username: &str) -> Accounts {
    let row = onroll::account::AccountRow {
        full_name: full_name.to_owned(),
        username: username.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7B".to_owned(),
        gender: "Female".to_owned(),
        ..onroll::account::AccountRow::default()
    };
    Accounts::from_rows([row], onroll::SignIn::Password).unwrap()
}

#[test]
fn a_plan_records_only_overridden_guards_that_would_have_refused() {
    let rows = year_7(0..30);
    let records = |id: &str| {
        from_mis(
            (0..30)
                .map(|i| record(&format!("{id}{i}"), "", &format!("Pupil N{i}x"), &format!("Pupil N{i}x")))
                .collect(),
        )
    };
    let accounts = Accounts::create(&records("A"), &PasswordPolicy::default()).unwrap();
    let despite = Planner::new().override_guards([Guard::SourceIdsChanged]);
    assert_eq!(despite.plan(&accounts, &records("A")).unwrap().passed(), []);
    assert_eq!(despite.plan(&self::accounts(&rows), &roster(&rows)).unwrap().passed(), []);
    assert_eq!(refused(Planner::new().plan(&accounts, &records("B"))).0, Guard::SourceIdsChanged);
    assert_eq!(despite.plan(&accounts, &records("B")).unwrap().passed(), [Guard::SourceIdsChanged]);
}

#[test]
fn the_summary_counts_joiners_and_erased_students() {
    let none = Accounts::from_rows([], SignIn::Password).unwrap();
    let rows = year_7(0..1200);
    let planner = Planner::new().erased(["Pupil N7x"]).passwords(PasswordPolicy::words(3).unwrap());
    let plan = planner.plan(&none, &roster(&rows)).unwrap();
    assert_eq!((plan.summary().as_str(), plan.erased(), plan.is_empty()), ("1,199 join, 1 erased", 1, false));
    let first = plan.at(0).unwrap().password().unwrap().expose();
    assert_eq!(first.split(' ').count(), 3, "the host says how passwords are made");
}

#[test]
fn a_callback_can_cancel_planning() {
    use std::ops::ControlFlow;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let rows: Vec<String> = (0..30_000).map(|i| student(&format!("Pupil N{i}x"), "Year 7", "7A")).collect();
    let (old, new) = (accounts(&rows), roster(&rows));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let watched = Planner::new().watch(move || {
        count.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert_eq!(watched.plan(&old, &new).unwrap().summary(), "nothing to do, 30,000 unchanged");
    assert!(asked.load(Ordering::Relaxed) >= 3);
    let ended = Planner::new().watch(|| ControlFlow::Break(())).plan(&old, &new).unwrap_err();
    assert_eq!((ended.code(), ended.to_string().as_str()), ("plan-ended", "the watch function cancelled the planning"));
}
