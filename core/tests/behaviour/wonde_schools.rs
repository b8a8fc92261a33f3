//! Tests forms of Wonde's data that have broken a sync at real schools. They come from public captures and from the
//! code of integrators. For each form, a test checks the right result.

use std::cell::RefCell;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::json;

use onroll::account::AccountRow;
use onroll::adapter::{Request, Response};
use onroll::plan::{ChangeKind, ConflictReason, Guard, PlannerError};
use onroll::wonde::{Client, FieldState, NamesFrom, Options, Snapshot, SnapshotWarning};
use onroll::{Accounts, Column, PasswordPolicy, Plan, Planner, ProblemCode, Roster, SignIn};

use crate::fake_wonde::{Answer, Asked, Fake, SCHOOL, TOKEN};
use crate::wonde::{InProcess, client};

fn since() -> Option<DateTime<Utc>> {
    Some(Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).unwrap())
}

fn read(fake: &Fake, client: &Client, since: Option<DateTime<Utc>>) -> Snapshot {
    client.snapshot(&InProcess::to(fake), SCHOOL, since).unwrap()
}

fn roster(fake: &Fake, options: &Options) -> Roster {
    read(fake, &client(), None).roster(options)
}

fn accounts(roster: &Roster) -> Accounts {
    Accounts::create(roster, &PasswordPolicy::default()).unwrap()
}

fn hide(fake: &Fake, names: &[&str]) {
    fake.school().hidden = names.iter().map(|name| (*name).to_owned()).collect();
}

fn forbid(fake: &Fake, names: &[&str]) {
    fake.school().forbidden = names.iter().map(|name| (*name).to_owned()).collect();
}

fn kinds(plan: &Plan) -> Vec<(ChangeKind, usize)> {
    let count = |kind: ChangeKind| (kind, plan.of_kind(kind).count());
    ChangeKind::ALL.into_iter().map(count).filter(|(_, count)| *count > 0).collect()
}

// 1: placeholders instead of a UPN.

#[test]
fn a_joiner_with_a_placeholder_upn_does_not_get_a_leavers_account() {
    for placeholder in ["TBC", "0", "N/A", "-", "UNKNOWN", "None", "0000000000000", "' H80…'"] {
        let fake = Fake::of(40);
        fake.school().pupils[7].upn = Some(placeholder.to_owned());
        let before = accounts(&roster(&fake, &Options::new()));
        let leaver = fake.school().pupils.remove(7);
        let username = format!("{} {}", leaver.forename, leaver.surname);
        let newcomer = crate::fake_wonde::Pupil {
            id: "A1999999999".to_owned(),
            upi: "another".to_owned(),
            forename: "Wilhelmina".to_owned(),
            surname: "Ashdown".to_owned(),
            ..leaver
        };
        fake.school().pupils.push(newcomer);
        let roster = roster(&fake, &Options::new());
        assert_eq!(roster.held().len(), 0, "{placeholder}");
        assert!(roster.report().problems().iter().any(|p| p.code() == ProblemCode::UpnInvalid), "{placeholder}");
        let plan = Plan::between(&before, &roster).unwrap();
        assert_eq!(kinds(&plan), [(ChangeKind::Join, 1), (ChangeKind::Leave, 1)], "{placeholder}: {}", plan.diff());
        let old = before.get(&username).unwrap().password.unwrap().expose().to_owned();
        let after = plan.apply(before).unwrap();
        let joined = after.get("Wilhelmina Ashdown").unwrap();
        assert_ne!(joined.password.unwrap().expose(), old, "{placeholder}");
    }
}

#[test]
fn a_upn_matches_even_in_lower_case_or_with_spaces() {
    let fake = Fake::of(40);
    let before = accounts(&roster(&fake, &Options::new()));
    for pupil in &mut fake.school().pupils {
        pupil.upn = pupil.upn.as_ref().map(|upn| format!(" {} ", upn.to_lowercase()));
    }
    assert!(Plan::between(&before, &roster(&fake, &Options::new())).unwrap().is_empty());
    // After a change of MIS, students are recognised by this UPN alone.
    for (number, pupil) in fake.school().pupils.iter_mut().enumerate() {
        pupil.id = format!("A77{number:08}");
    }
    let planner = Planner::new().override_guards([Guard::SourceIdsChanged]);
    let plan = planner.plan(&before, &roster(&fake, &Options::new())).unwrap();
    assert_eq!(plan.of_kind(ChangeKind::Join).count() + plan.of_kind(ChangeKind::Leave).count(), 0, "{}", plan.diff());
}

// 2: fields that a school withholds.

#[test]
fn creates_accounts_without_a_gender_or_a_birth_date_or_legal_names() {
    let fake = Fake::of(64);
    hide(&fake, &["gender", "date_of_birth", "legal"]);
    let roster = roster(&fake, &Options::new());
    assert_eq!((roster.len(), roster.held().len(), roster.unrecorded()), (64, 0, &[Column::Gender][..]));
    assert!(Plan::between(&Accounts::default(), &roster).unwrap().summary().starts_with("64 join"));
}

#[test]
fn a_school_of_437_students_that_withholds_many_fields_gets_437_accounts() {
    let fake = Fake::of(437);
    hide(&fake, &["year", "year_group", "date_of_birth", "gender", "sen", "eal"]);
    let roster = roster(&fake, &Options::new());
    assert_eq!((roster.len(), roster.held().len()), (437, 0));
    assert_eq!(roster.unrecorded(), [Column::YearGroup, Column::Gender, Column::Send, Column::Eal]);
    let plan = Plan::between(&Accounts::default(), &roster).unwrap();
    assert_eq!(plan.of_kind(ChangeKind::Join).count(), 437);
    // The year can be read from the class, if the host allows it.
    let years = self::roster(&fake, &Options::new().year_from_class(true));
    assert!(years.iter().all(|student| student.national_year().is_some()));
}

#[test]
fn withdrawing_a_permission_later_changes_no_account() {
    for hidden in [&["gender"][..], &["surname", "legal"], &["year", "year_group"], &["groups", "registration"]] {
        let fake = Fake::of(60);
        let before = accounts(&roster(&fake, &Options::new()));
        hide(&fake, hidden);
        let newcomer = fake.school().pupils[0].clone();
        let roster = roster(&fake, &Options::new());
        let plan = Plan::between(&before, &roster).unwrap();
        assert!(plan.is_empty(), "{hidden:?}: {}", plan.diff());
        // Other changes are still made.
        fake.school().pupils.pop();
        drop(newcomer);
        let plan = Plan::between(&before, &self::roster(&fake, &Options::new())).unwrap();
        assert_eq!(kinds(&plan), [(ChangeKind::Leave, 1)], "{hidden:?}");
    }
}

#[test]
fn withheld_surnames_do_not_change_the_names_of_accounts() {
    let fake = Fake::of(30);
    let before = accounts(&roster(&fake, &Options::new()));
    for names in [NamesFrom::Preferred, NamesFrom::Legal] {
        hide(&fake, &["surname", "legal"]);
        let roster = roster(&fake, &Options::new().names_from(names));
        let plan = Plan::between(&before, &roster).unwrap();
        assert!(plan.is_empty(), "{}", plan.diff());
    }
}

#[test]
fn holds_back_only_the_students_without_a_required_field() {
    let fake = Fake::of(60);
    for number in 0..10 {
        fake.school().pupils[number].hidden = ["groups", "registration"].map(str::to_owned).into();
    }
    let roster = roster(&fake, &Options::new());
    assert_eq!((roster.len(), roster.held().len(), roster.unrecorded()), (50, 10, &[][..]));
}

// 3: the values that an MIS has in optional fields.

#[test]
fn an_unreadable_optional_field_never_holds_back_a_student() {
    let ethnicities = [
        ("Arab", "OARA"),
        ("Irish", "WIRI"),
        ("White - Polish", "NOBT"),
        ("Nigerian", "BNGN"),
        ("Black or Black British - Caribbean", "BCRB"),
        ("Gypsy or Irish Traveller", "NOBT"),
        ("Unknown", "NOBT"),
        ("Prefer not to say", "NOBT"),
        ("Martian", "NOBT"),
    ];
    let sens = ["Monitoring", "None", "SEND Support", "E - Education, Health and Care Plan", "Z"];
    let eals = ["Not yet assessed", "Not applicable", "New to English", "??"];
    let genders = [
        "male",
        "female",
        "intersex or indeterminate",
        "not stated/inadequately described",
        "redacted for privacy",
        "other",
    ];
    let fake = Fake::of(60);
    for (number, pupil) in fake.school().pupils.iter_mut().enumerate() {
        pupil.ethnicity = json!(ethnicities[number % ethnicities.len()].0);
        pupil.sen = json!(sens[number % sens.len()]);
        pupil.eal = json!(eals[number % eals.len()]);
        pupil.gender = json!(genders[number % genders.len()]);
    }
    let roster = roster(&fake, &Options::new());
    assert_eq!((roster.len(), roster.held().len()), (60, 0), "{}", roster.report().text());
    for (number, student) in roster.iter().enumerate() {
        assert_eq!(student.ethnicity.code(), ethnicities[number % ethnicities.len()].1, "{number}");
        assert_eq!(student.send, [false, false, true, true, false][number % sens.len()], "{number}");
    }
    assert!(roster.report().problems().iter().all(|problem| problem.code() == ProblemCode::NotRecorded));
}

#[test]
fn options_can_define_the_meaning_of_an_mis_value() {
    let fake = Fake::of(30);
    for pupil in &mut fake.school().pupils {
        pupil.ethnicity = json!("White - Polish");
        pupil.sen = json!("Monitoring");
        pupil.gender = json!("Other");
        pupil.class = "Puffins".to_owned();
    }
    let options = Options::new()
        .value(Column::Ethnicity, "white - polish", "WEEU")
        .and_then(|options| options.value(Column::Send, " MONITORING ", "Yes"))
        .and_then(|options| options.value(Column::Gender, "other", ""))
        .and_then(|options| options.value_named("class_name", "Puffins", "Puffin Class"))
        .and_then(|options| options.value_named("year_group", "Year 1", "Infants"))
        .unwrap();
    let roster = roster(&fake, &options);
    assert!(roster.report().problems().is_empty(), "{}", roster.report().text());
    let first = roster.get(0).unwrap();
    assert_eq!((first.ethnicity.code(), first.send, first.gender), ("WEEU", true, None));
    assert_eq!((first.class_name, first.year_group), ("Puffin Class", "Infants"));
}

#[test]
fn refuses_a_value_map_with_an_unknown_field_or_value() {
    let code = |field, value| Options::new().value_named(field, "x", value).map(drop).map_err(|error| error.code());
    for field in ["colour", "", "Gender", "full_name", "username", "upn"] {
        assert_eq!(code(field, "Yes"), Err("unknown-field"), "{field}");
    }
    for (field, value) in [("gender", "male"), ("send", "yes"), ("ethnicity", "Polish"), ("eal", "1")] {
        assert_eq!(code(field, value), Err("unknown-value"), "{field}");
        assert_eq!(code(field, ""), Ok(()), "{field}");
    }
    for domain in ["", "oak", "a@oak.example", "oak .example", "oak..example"] {
        let refused = Options::new().email_domains([domain]).unwrap_err();
        assert_eq!(refused.code(), "invalid-domain", "{domain}");
    }
}

// 4: email addresses.

#[test]
fn holds_back_a_student_with_a_parents_email_address_and_says_why() {
    let sso = Options::new().sign_in(SignIn::Sso);
    let fake = Fake::of(40);
    {
        let mut school = fake.school();
        // Wonde's preferred address is missing, so only the home address is left.
        (school.pupils[3].email, school.pupils[3].home_email) = (None, Some("parent@home.example".to_owned()));
        // Two siblings have a parent's address in the field for the school's address.
        for number in [5, 6] {
            school.pupils[number].email = Some("Family@home.example".to_owned());
        }
        school.pupils[8].email = Some("me@elsewhere.example".to_owned());
        school.pupils[9].email = None;
    }
    let roster = roster(&fake, &sso);
    let held: Vec<_> =
        roster.held().iter().map(|held| (held.source_id().unwrap(), held.reasons()[0].as_str())).collect();
    let shared = "another pupil has the same email address, which may be a parent's; each pupil needs one of their own";
    let home =
        "the only email address in the MIS is the home one, which is a parent's; the pupil needs a school address";
    let none = "the MIS has no school email address for this pupil";
    assert_eq!(held, [("A1000000003", home), ("A1000000005", shared), ("A1000000006", shared), ("A1000000009", none)]);
    // The host can name the school's domains.
    let own = sso.email_domains(["oakfield.example"]).unwrap();
    let roster = self::roster(&fake, &own);
    let other = "the email address in the MIS is not at one of the school's domains";
    let reason = |id| roster.held().iter().find(|held| held.source_id() == Some(id)).unwrap().reasons();
    assert_eq!((reason("A1000000008"), reason("A1000000005")), (&[other.to_owned()][..], &[other.to_owned()][..]));
    assert!(roster.iter().all(|student| student.username.ends_with("@oakfield.example")));
}

// 5: registration groups.

#[test]
fn chooses_the_registration_group_of_the_students_year() {
    let fake = Fake::of(40);
    for pupil in &mut fake.school().pupils {
        (pupil.year, pupil.class) = (7, "7S".to_owned());
        pupil.groups = vec![("6B".to_owned(), "REGISTRATION".to_owned())];
    }
    assert!(roster(&fake, &Options::new()).iter().all(|student| student.class_name == "7S"));
    hide(&fake, &["registration"]);
    assert!(roster(&fake, &Options::new()).iter().all(|student| student.class_name == "7S"));
    // Without groups, the class comes from the `registration` include. Without both, it comes from `classes`.
    hide(&fake, &["groups"]);
    assert!(roster(&fake, &Options::new()).iter().all(|student| student.class_name == "7S"));
    hide(&fake, &["groups", "registration"]);
    for pupil in &mut fake.school().pupils {
        pupil.classes = vec!["7S/Ma1".to_owned()];
    }
    assert!(roster(&fake, &Options::new()).iter().all(|student| student.class_name == "7S/Ma1"));
}

#[test]
fn uses_the_teaching_class_of_students_without_a_registration_group() {
    let fake = Fake::of(60);
    for pupil in fake.school().pupils.iter_mut().filter(|pupil| pupil.year > 1) {
        pupil.classes = vec![format!("{}Oak", pupil.year)];
        pupil.hidden = ["groups", "registration"].map(str::to_owned).into();
    }
    let roster = roster(&fake, &Options::new());
    assert_eq!(roster.held().len(), 0);
    assert!(roster.iter().all(|s| s.class_name.ends_with("Oak") == (s.year_group != "Year 1")), "{:?}", roster.len());
}

// 7: counts.

#[test]
fn a_snapshot_succeeds_despite_a_wrong_or_missing_student_count() {
    for off in [1, -1, 20] {
        let fake = Fake::of(450);
        fake.school().count_off = off;
        let snapshot = read(&fake, &client(), None);
        let counted = (450 + off) as u64;
        assert_eq!(snapshot.warnings(), [SnapshotWarning::CountDiffers { listed: 450, counted }]);
        assert_eq!(snapshot.warnings()[0].code(), "count-differs");
        let strict = client().strict_count(true).snapshot(&InProcess::to(&fake), SCHOOL, None);
        assert_eq!(strict.unwrap_err().reason(), "count-differs");
    }
    for status in ["400", "401", "422", "429", "429-later", "500", "503", "drop", "cut", "huge", "shape"] {
        let fake = Fake::of(40);
        fake.fault("counts", 1, status, 1000);
        let snapshot = read(&fake, &client(), None);
        assert_eq!((snapshot.len(), snapshot.is_counted(), snapshot.count()), (40, false, None), "{status}");
    }
}

// 8: includes.

#[test]
fn if_wonde_refuses_an_include_its_fields_count_as_unrecorded() {
    for (forbidden, unrecorded) in [
        (&["extended_details"][..], &[Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal][..]),
        (&["classes"], &[]),
        (&["education_details", "contact_details"], &[]),
        (&["groups", "registration", "classes"], &[Column::Class]),
        (&["year", "education_details", "groups"], &[Column::YearGroup]),
    ] {
        let fake = Fake::of(250);
        let before = accounts(&roster(&fake, &Options::new()));
        forbid(&fake, forbidden);
        for since in [None, since()] {
            fake.school().pupils[3].updated = "2026-09-02 06:00:00".to_owned();
            let snapshot = read(&fake, &client(), since);
            let refused: Vec<_> = snapshot.warnings().iter().map(|warning| warning.code()).collect();
            assert_eq!(refused, vec!["include-refused"; forbidden.len()]);
            assert!(snapshot.includes().iter().all(|include| !forbidden.contains(include)));
            let roster = snapshot.roster(&Options::new());
            assert_eq!((roster.held().len(), roster.unrecorded()), (0, unrecorded), "{forbidden:?} {since:?}");
            let plan = Plan::between(&before, &roster).unwrap();
            assert!(plan.is_empty(), "{forbidden:?} {since:?}: {}", plan.diff());
        }
    }
    // With SSO, usernames are addresses. Without the include `contact_details`, nobody has an address or a username.
    let fake = Fake::of(30);
    forbid(&fake, &["contact_details"]);
    let roster = roster(&fake, &Options::new().sign_in(SignIn::Sso));
    assert_eq!((roster.held().len(), roster.unrecorded()), (0, &[Column::Username][..]));
}

#[test]
fn reads_the_leavers_of_a_delta_without_permission_for_upns() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    forbid(&fake, &["education_details"]);
    let leaver = fake.school().pupils.pop().unwrap();
    fake.school().leavers.push(crate::fake_wonde::Pupil { updated: "2026-09-02 06:00:00".to_owned(), ..leaver });
    let delta = read(&fake, &client(), since());
    assert_eq!(delta.left(), 1);
    assert_eq!(kinds(&Plan::between(&before, &delta.roster(&Options::new())).unwrap()), [(ChangeKind::Leave, 1)]);
}

#[test]
fn a_token_without_permissions_gives_the_error_forbidden() {
    let fake = Fake::of(30);
    fake.fault("students", 1, "403", 1000);
    let error = client().snapshot(&InProcess::to(&fake), SCHOOL, None).unwrap_err();
    assert_eq!((error.reason(), error.page()), ("forbidden", Some(("students", 1))));
    assert_eq!(fake.log().len(), 2, "the first page, and one without includes");
    // If a later page is refused, the cause is not an include, so the includes are not tried.
    let fake = Fake::of(450);
    fake.fault("students", 2, "403", 1);
    assert_eq!(client().snapshot(&InProcess::to(&fake), SCHOOL, None).unwrap_err().reason(), "forbidden");
}

#[test]
fn a_host_can_choose_the_includes_but_not_unknown_includes() {
    let fake = Fake::of(30);
    let few = client().includes(["year", "groups"]).unwrap();
    let snapshot = read(&fake, &few, None);
    assert_eq!(snapshot.includes(), ["groups", "year"]);
    assert!(fake.log()[0].0.contains("include=groups%2Cyear&"), "{}", fake.log()[0].0);
    let roster = snapshot.roster(&Options::new());
    assert_eq!(roster.unrecorded(), [Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal]);
    assert!(roster.upn(0).is_none() && roster.held().is_empty());
    for unknown in ["hobbies", "photo", "Year", "", "year,groups"] {
        assert_eq!(client().includes([unknown]).unwrap_err().reason(), "invalid-include", "{unknown}");
    }
}

// 9: dates that are blank or false.

#[test]
fn a_blank_or_false_restoration_date_restores_no_student() {
    for restored in ["null", "false", "\"\"", "0", r#"{"date": ""}"#, r#"{"date": false}"#, r#"{"date": null}"#] {
        let deletion = format!(r#"{{"data": [{{"id": "A7", "type": "student", "restored_at": {restored}}}]}}"#);
        let answer = |request: Request| match request.url() {
            url if url.contains("/deletions") => Ok(Response::new(200, deletion.clone())),
            _ => Ok(Response::new(200, r#"{"data": []}"#)),
        };
        assert_eq!(client().snapshot(&answer, SCHOOL, since()).unwrap().left(), 1, "{restored}");
    }
}

// 10: year codes.

#[test]
fn reads_the_year_codes_of_real_schools() {
    let codes = [
        "R",
        "Year R",
        "Girls Reception",
        "Boys Reception",
        "N1",
        "N2",
        "Nursery",
        "Year N",
        "Year N1",
        "Year N2",
        "0",
        "FY",
        "E1",
        "E2",
        "FS1",
        "FS2",
        "Year Six",
        "Yr6",
        "12",
    ];
    for code in codes {
        let body = json!({ "data": [{ "id": "A1", "forename": "Zoë", "surname": "Okafor", "gender": "F",
            "year": { "data": { "code": code } }, "registration": { "data": { "name": "Oak" } } }] });
        let answer = |request: Request| match request.url().contains("/counts") {
            true => Ok(Response::new(404, "")),
            false => Ok(Response::new(200, body.to_string())),
        };
        let roster = client().snapshot(&answer, SCHOOL, None).unwrap().roster(&Options::new());
        assert!(roster.get(0).unwrap().national_year().is_some(), "{code}");
    }
}

// Leaving dates.

#[test]
fn a_past_leaving_date_makes_a_student_a_leaver_if_today_is_set() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    fake.school().pupils[4].leaving_date = Some("2026-07-20".to_owned());
    fake.school().pupils[5].leaving_date = Some("2027-07-20".to_owned());
    fake.school().pupils[4].updated = "2026-09-02 06:00:00".to_owned();
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    for (today, leavers) in
        [(None, 0), (Some(day(2026, 7, 20)), 0), (Some(day(2026, 7, 21)), 1), (Some(day(2027, 9, 1)), 2)]
    {
        let options = today.map_or(Options::new(), |today| Options::new().today(today));
        let plan = Plan::between(&before, &roster(&fake, &options)).unwrap();
        assert_eq!(plan.of_kind(ChangeKind::Leave).count(), leavers, "{today:?}");
        assert_eq!(plan.len(), leavers);
    }
    // In a delta, a missing student is not a leaver, but a student with a past leaving date is a leaver.
    let delta = read(&fake, &client(), since());
    assert_eq!(Plan::between(&before, &delta.roster(&Options::new())).unwrap().len(), 0);
    let plan = Plan::between(&before, &delta.roster(&Options::new().today(day(2026, 9, 2)))).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Leave, 1)]);
}

// The check of access before the first sync.

#[test]
fn the_access_check_lists_permitted_fields_and_the_effect_of_missing_fields() {
    let fake = Fake::of(60);
    hide(&fake, &["gender", "surname", "premium"]);
    fake.school().pupils[7].updated = "2026-09-03 05:10:00".to_owned();
    for pupil in &mut fake.school().pupils {
        pupil.eal = json!(null);
    }
    let check = client().check_access(&InProcess::to(&fake), SCHOOL).unwrap();
    assert_eq!((check.school_id(), check.is_online(), check.is_approved()), (SCHOOL, Some(true), Some(true)));
    assert_eq!(check.last_synced(), Some(Utc.with_ymd_and_hms(2026, 9, 3, 5, 10, 0).unwrap()));
    assert!(check.text().contains("Last read from the MIS: at 2026-09-03 05:10 UTC or later"), "{}", check.text());
    assert_eq!((check.students(), check.are_permissions_known()), (60, true));
    let not = |state| {
        let fields = check.fields().iter().filter(|field| field.state() == state);
        fields.map(|field| field.field()).collect::<Vec<_>>()
    };
    assert_eq!(not(FieldState::NotPermitted), ["gender", "pupil_premium"]);
    // The full name counts as empty, because the surname is hidden.
    assert_eq!(not(FieldState::Empty), ["full_name", "eal"]);
    assert_eq!(check.withheld(), [Column::FullName, Column::Gender, Column::PupilPremium, Column::Eal]);
    let text = check.text();
    assert!(text.contains("gender: the school has not permitted it. New accounts have no gender"), "{text}");
    assert!(text.contains("class name: 60 of 60 students have one\n"), "{text}");
    assert_eq!(text, check.to_string());
    assert!(!text.contains("Amelia") && !text.contains(TOKEN), "{text}");
    assert!(check.fields().iter().all(|field| field.consequence().ends_with('.')));
    let sent: Vec<_> = fake.log().into_iter().map(|(target, _)| target).collect();
    assert_eq!(sent[..2], [format!("/v1.0/meta/schools/{SCHOOL}"), format!("/v1.0/meta/schools/{SCHOOL}/permissions")]);
    assert_eq!(sent.len(), 3);
}

#[test]
fn the_access_check_works_with_unknown_permissions_and_refused_includes() {
    // If the permissions are unknown, a field that nobody has counts as empty, not as forbidden.
    let fake = Fake::of(60);
    hide(&fake, &["gender"]);
    fake.school().no_permissions = true;
    fake.school().offline = true;
    let check = client().check_access(&InProcess::to(&fake), SCHOOL).unwrap();
    assert_eq!((check.are_permissions_known(), check.is_online()), (false, Some(false)));
    assert_eq!(check.fields().iter().find(|field| field.field() == "gender").unwrap().state(), FieldState::Empty);
    // Fields of a refused include are not permitted.
    forbid(&fake, &["extended_details"]);
    let check = client().check_access(&InProcess::to(&fake), SCHOOL).unwrap();
    assert_eq!(check.refused_includes(), ["extended_details"]);
    assert_eq!(check.fields().iter().filter(|field| field.state() == FieldState::NotPermitted).count(), 4);
    // The permissions list every field, but one field is always null. That field counts as withheld.
    let fake = Fake::of(60);
    hide(&fake, &["gender"]);
    fake.school().permits_all = true;
    let check = client().check_access(&InProcess::to(&fake), SCHOOL).unwrap();
    assert_eq!(check.withheld(), [Column::Gender]);
    // A school that cannot be read gives an error. For a school without students, the check says that there are none.
    for (status, reason) in [("401", "unauthorised"), ("403", "forbidden"), ("500", "server-error")] {
        let fake = Fake::of(10);
        fake.fault("students", 1, status, 1000);
        assert_eq!(client().check_access(&InProcess::to(&fake), SCHOOL).unwrap_err().reason(), reason);
    }
    let nobody = client().check_access(&InProcess::to(&Fake::of(0)), SCHOOL).unwrap();
    assert!(nobody.students() == 0 && nobody.text().contains("Wonde lists no students"));
    let never = |_: Request| -> Result<Response, onroll::adapter::AdapterError> { panic!("nothing is sent") };
    assert_eq!(client().check_access(&never, "../A1").unwrap_err().reason(), "invalid-school");
}

// The text that tells the school's office what to correct.

#[test]
fn lists_the_students_who_were_not_imported_and_the_necessary_corrections() {
    let fake = Fake::of(60);
    {
        let mut school = fake.school();
        school.pupils[0].class = String::new();
        school.pupils[1].hidden = ["year", "year_group", "groups"].map(str::to_owned).into();
        school.pupils[2].hidden = vec!["forename".to_owned(), "legal".to_owned()];
    }
    let roster = roster(&fake, &Options::new());
    let roster = Roster::from_json(&roster.to_json()).unwrap();
    let text = roster.not_imported_text();
    let expected = "3 students were not imported. Correct these records in the MIS, then import again.
  Amelia Smith (no class): the MIS has no registration group or class for this pupil
  Noah Smith (2A): the MIS has no year group for this pupil
  no name (3A): the MIS has no forename and surname for this pupil
";
    assert_eq!(text, expected);
    for word in ["cell", "file", "row", "save"] {
        assert!(!text.contains(word), "{word}");
    }
    let mut csv = Vec::new();
    roster.write_not_imported(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("Noah Smith,Year 2,") || csv.contains("Noah Smith,,2A,the MIS has no year group"), "{csv}");
    assert_eq!(csv.lines().count(), 4);
    let held = &roster.held()[1];
    assert_eq!((held.class_name(), held.year_group(), held.reasons().len()), ("2A", "", 1));
    assert_eq!(self::roster(&Fake::of(30), &Options::new()).not_imported_text(), "");
}

// The fake Wonde answers as the real one does, as far as that is known.

fn ask(fake: &Fake, authorization: &str, target: &str) -> (u16, serde_json::Value) {
    request(fake, "GET", authorization, target, "")
}

fn request(fake: &Fake, method: &str, authorization: &str, target: &str, body: &str) -> (u16, serde_json::Value) {
    let asked = Asked {
        method: method.to_owned(),
        root: "https://api.wonde.com".to_owned(),
        target: format!("/v1.0/{target}"),
        authorization: authorization.to_owned(),
        body: body.to_owned(),
    };
    match fake.answer(&asked) {
        Answer::Said { status, body, .. } => (status, serde_json::from_str(&body).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_fake_wonde_server_answers_requests_of_wondes_client_libraries() {
    use base64::Engine;
    let fake = Fake::of(60);
    for pupil in &mut fake.school().pupils {
        pupil.classes = vec![format!("{}/Ma", pupil.class)];
    }
    // The PHP client sends the token as the user name of Basic authorisation, and ends paths with a slash.
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{TOKEN}:")));
    let bearer = format!("Bearer {TOKEN}");
    for authorization in [&basic, &bearer] {
        for target in [
            "schools",
            "schools/",
            "schools/audited",
            "schools/A1329183376/students/?include=registration,classes&per_page=2",
            "schools/A1329183376/classes/",
            "schools/A1329183376/groups?type=REGISTRATION",
            "schools/A1329183376/counts?include=students",
            "schools/A1329183376/deletions/?type=student",
            "meta/schools/A1329183376",
            "meta/schools/A1329183376/permissions",
        ] {
            assert_eq!(ask(&fake, authorization, target).0, 200, "{target}");
        }
    }
    assert_eq!(ask(&fake, "Basic eDo=", "schools").0, 401);
    let (_, page) = ask(&fake, &bearer, "schools/A1329183376/students?include=registration,groups&per_page=2");
    assert_eq!(page["meta"]["pagination"]["per_page"], "2");
    assert_eq!(page["data"][0]["registration"]["data"]["name"], "1A");
    // The answer describes its pages if the request gave a page size. Without a page size, an answer that fits on one
    // page does not describe its pages.
    let (_, all) = ask(&fake, &bearer, "schools/A1329183376/groups?per_page=200");
    assert_eq!(all["meta"]["pagination"]["more"], false);
    assert!(ask(&fake, &bearer, "schools/A1329183376/groups").1["meta"]["pagination"].is_null());
    let (status, past) = ask(&fake, &bearer, "schools/A1329183376/students?per_page=200&page=9");
    assert_eq!((status, past["data"].as_array().unwrap().len()), (200, 0));
    assert_eq!(ask(&fake, &bearer, "schools/A1329183376/classes").1["data"].as_array().unwrap().len(), 12);
    forbid(&fake, &["classes"]);
    let (status, refused) = ask(&fake, &bearer, "schools/A1329183376/students?include=classes");
    assert_eq!((status, refused["error"].as_str()), (403, Some("invalid_permissions")));
}

/// Sends the requests of Wonde's PHP client, as public copies of that client show them. Paths end with a slash. One
/// record is requested by its id. A list continues at its `next`, to which the client sends the token again. Requests
/// for access have the body `[]`.
#[test]
fn the_fake_wonde_server_answers_requests_of_wondes_php_client() {
    use base64::Engine;
    let fake = Fake::of(450);
    fake.school().pupils[3].classes = vec!["1A-Ma".to_owned()];
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{TOKEN}:")));
    let school = format!("schools/{SCHOOL}");
    let (status, own) = ask(&fake, &basic, &format!("{school}/"));
    assert_eq!(
        (status, own["data"]["id"].as_str(), own["data"]["region"]["domain"].as_str()),
        (200, Some(SCHOOL), Some("api.wonde.com"))
    );

    // The client's iterator follows `next`, which is a complete address and keeps the parameters of the request.
    let (mut next, mut ids) = (Some(format!("{school}/students/?include=registration&per_page=200")), Vec::new());
    while let Some(target) = next {
        let (status, page) = ask(&fake, &basic, &target);
        assert_eq!(status, 200, "{target}");
        let rows = page["data"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["registration"]["data"]["name"].is_string()), "{target}");
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let root = "https://api.wonde.com/v1.0/";
        next = page["meta"]["pagination"]["next"].as_str().map(|next| next.strip_prefix(root).unwrap().to_owned());
    }
    assert_eq!(ids.len(), 450);

    let (_, classes) = ask(&fake, &basic, &format!("{school}/classes/?has_students=true"));
    let (_, groups) = ask(&fake, &basic, &format!("{school}/groups/?type=REGISTRATION"));
    let id = |rows: &serde_json::Value| rows["data"][0]["id"].as_str().unwrap().to_owned();
    for (list, id) in [("students", ids[449].clone()), ("classes", id(&classes)), ("groups", id(&groups))] {
        let (status, one) = ask(&fake, &basic, &format!("{school}/{list}/{id}?include=registration"));
        assert_eq!((status, one["data"]["id"].as_str()), (200, Some(id.as_str())), "{list}");
        assert_eq!(ask(&fake, &basic, &format!("{school}/{list}/A0000000000")).0, 404, "{list}");
    }
    for list in ["students-leaver", "students-pre-admission", "deletions"] {
        let (status, page) = ask(&fake, &basic, &format!("{school}/{list}/?per_page=50"));
        assert_eq!((status, page["data"].is_array()), (200, true), "{list}");
    }

    let asked = |method, what| request(&fake, method, &basic, &format!("{school}/{what}/"), "[]");
    let state = |answer: (u16, serde_json::Value)| (answer.0, answer.1["success"].clone(), answer.1["state"].clone());
    assert_eq!(state(asked("POST", "request-access")), (200, json!(true), json!("pending")));
    assert_eq!(ask(&fake, &basic, "schools/pending/").1["data"][0]["id"], SCHOOL);
    assert_eq!(state(asked("DELETE", "revoke-access")), (200, json!(true), json!("revoked")));
}

#[test]
fn several_schools_have_separate_students() {
    let fake = Fake::of(30);
    let other = fake.school_of("A2000000002");
    {
        let mut other = other.lock().unwrap();
        other.pupils = Fake::of(45).school().pupils.clone();
        other.state = "audited".to_owned();
    }
    let adapter = InProcess::to(&fake);
    let ids = |schools: Vec<onroll::wonde::School>| schools.into_iter().map(|school| school.id).collect::<Vec<_>>();
    assert_eq!(ids(client().schools(&adapter).unwrap()), [SCHOOL]);
    assert_eq!(ids(client().audited(&adapter).unwrap()), ["A2000000002"]);
    for (list, state) in [("declined", "declined"), ("revoked", "revoked")] {
        other.lock().unwrap().state = state.to_owned();
        let listed = match list {
            "declined" => client().declined(&adapter).unwrap(),
            _ => client().revoked(&adapter).unwrap(),
        };
        assert_eq!(ids(listed), ["A2000000002"], "{list}");
    }
    assert_eq!(client().snapshot(&adapter, "A2000000002", None).unwrap().len(), 45);
    assert_eq!(client().snapshot(&adapter, SCHOOL, None).unwrap().len(), 30);
    // A plan for one school's accounts refuses the other school's roster.
    let [own, others] =
        [SCHOOL, "A2000000002"].map(|id| client().snapshot(&adapter, id, None).unwrap().roster(&Options::new()));
    let refused = Plan::between(&accounts(&own), &others).unwrap_err();
    assert!(matches!(refused, PlannerError::Refused(refused) if refused.guard == Guard::SchoolMismatch));
}

#[test]
fn finds_a_refused_include_with_few_requests() {
    let fake = Fake::of(450);
    fake.school().by_cursor = true;
    forbid(&fake, &["contact_details"]);
    let adapter = InProcess::to(&fake);
    let seen = RefCell::new(0);
    let call = client().call_snapshot(SCHOOL, None).unwrap();
    call.run_with(&adapter, |_| *seen.borrow_mut() += 1).unwrap();
    // The first page, the page without includes, seven pages with one include each, three pages, and the count.
    assert_eq!(*seen.borrow(), 1 + 1 + 7 + 3 + 1);
    assert!(adapter.sent.borrow().iter().all(|root| root == "https://api.wonde.com"));
}

// Wonde's id for a person (`upi`) stays the same when a student is enrolled again.

#[test]
fn a_student_who_enrols_again_keeps_the_account_because_of_the_same_upi() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    let old = before.at(7).unwrap();
    assert!(old.upi.is_some_and(|upi| upi.ends_with("9f1c00000007")));
    let (username, password) = (old.username.to_owned(), old.password.unwrap().expose().to_owned());
    {
        let mut school = fake.school();
        // The source id, the UPN and the class change. Only the name and the person id show who the student is.
        (school.pupils[7].id, school.pupils[7].upn, school.pupils[7].class) =
            ("A1999999999".to_owned(), None, "6X".to_owned());
    }
    let roster = roster(&fake, &Options::new());
    let roster = Roster::from_json(&roster.to_json()).unwrap();
    let plan = Plan::between(&before, &roster).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Relink, 1)], "{}", plan.diff());
    // A plan and accounts that were stored as JSON give the same result.
    assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
    let before = Accounts::from_json(&before.to_json_with_passwords()).unwrap();
    let after = plan.apply(before).unwrap();
    let account = after.get(&username).unwrap();
    assert_eq!((account.source_id, account.password.unwrap().expose()), (Some("A1999999999"), password.as_str()));
    assert!(account.upi.is_some_and(|upi| upi.ends_with("9f1c00000007")));
    assert!(Plan::between(&after, &roster).unwrap().is_empty());
}

#[test]
fn a_upi_identifies_a_student_only_if_the_names_partly_agree() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    let old: Vec<String> = before.iter().map(|account| account.full_name.to_owned()).collect();
    {
        // Three students are enrolled again under new ids and without UPNs. One has a different family name, and is
        // otherwise unchanged. One has a middle name, and a different gender and class. One has a completely different
        // name.
        let mut school = fake.school();
        for number in [7, 8, 9] {
            (school.pupils[number].id, school.pupils[number].upn) = (format!("A19999999{number:02}"), None);
        }
        school.pupils[7].surname = "Quartermaine".to_owned();
        let gender = if school.pupils[8].gender == json!("FEMALE") { "MALE" } else { "FEMALE" };
        school.pupils[8].gender = json!(gender);
        school.pupils[8].forename += " Grace";
        school.pupils[8].class = "4Z".to_owned();
        (school.pupils[9].forename, school.pupils[9].surname) = ("Ottoline".to_owned(), "Fairweather".to_owned());
    }
    // One person id now belongs to a different person. A guard refuses the plan, and once it is overridden, the pair is
    // a conflict.
    let planner = Planner::new().override_guards([Guard::SourceIdsReused]);
    let plan = planner.plan(&before, &roster(&fake, &Options::new())).unwrap();
    let relinked: Vec<&str> = plan.of_kind(ChangeKind::Relink).map(|change| change.username()).collect();
    let mut expected = [before.at(7).unwrap().username, before.at(8).unwrap().username];
    expected.sort_unstable();
    assert_eq!(relinked, expected, "{}", plan.diff());
    let [conflict] = plan.conflicts() else { panic!("one is asked about: {}", plan.diff()) };
    assert_eq!(
        (conflict.reason, conflict.accounts[0].full_name.as_str()),
        (ConflictReason::SourceIdReused, old[9].as_str())
    );
    assert_eq!((plan.of_kind(ChangeKind::Join).count(), plan.of_kind(ChangeKind::Leave).count()), (0, 0));
}

#[test]
fn a_upi_that_now_belongs_to_another_student_matches_no_account() {
    // A different MIS gives the same numbers to other children. All source ids are new. Each upi was another child's.
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    let upis: Vec<String> = fake.school().pupils.iter().map(|pupil| pupil.upi.clone()).collect();
    for (number, pupil) in fake.school().pupils.iter_mut().enumerate() {
        pupil.id = format!("A77{number:08}");
        pupil.upi.clone_from(&upis[(number + 1) % 60]);
    }
    let planner = Planner::new().override_guards([Guard::SourceIdsChanged]);
    let plan = planner.plan(&before, &roster(&fake, &Options::new())).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Relink, 60)], "by UPN: {}", plan.diff());
    assert!(plan.conflicts().is_empty());
    for change in plan.changes() {
        let own = before.get(change.username()).unwrap();
        assert_eq!((change.account().upn, change.account().full_name), (own.upn, own.full_name));
    }
    // Without UPNs, a upi that was another child's gives a conflict, never a match. If there are many such conflicts,
    // the plan is refused.
    for pupil in &mut fake.school().pupils {
        pupil.upn = None;
    }
    let refused = planner.plan(&before, &roster(&fake, &Options::new())).unwrap_err();
    assert!(matches!(refused, PlannerError::Refused(refused) if refused.guard == Guard::SourceIdsReused));
    let planner = planner.override_guards([Guard::SourceIdsChanged, Guard::SourceIdsReused]);
    let plan = planner.plan(&before, &roster(&fake, &Options::new())).unwrap();
    assert_eq!((plan.len(), plan.conflicts().is_empty()), (0, false), "{}", plan.diff());
}

#[test]
fn a_upi_that_two_students_share_identifies_neither_student() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    {
        let mut school = fake.school();
        let twin = school.pupils[7].clone();
        for (number, id) in [(7, "A1999999998"), (8, "A1999999999")] {
            let names = (twin.forename.clone(), twin.surname.clone());
            let pupil = &mut school.pupils[number];
            (pupil.id, pupil.upn, pupil.upi) = (id.to_owned(), None, twin.upi.clone());
            (pupil.forename, pupil.surname) = names;
        }
    }
    let plan = Planner::new().plan(&before, &roster(&fake, &Options::new())).unwrap();
    assert_eq!(plan.of_kind(ChangeKind::Relink).count(), 0, "{}", plan.diff());
}

#[test]
fn accounts_do_not_change_if_the_host_stores_no_upis() {
    let fake = Fake::of(60);
    let before = accounts(&roster(&fake, &Options::new()));
    let rows = before.iter().map(|account| AccountRow { upi: None, ..AccountRow::of(&account, true) });
    let before = Accounts::from_rows(rows, SignIn::Password).unwrap();
    let roster = roster(&fake, &Options::new());
    assert!(Plan::between(&before, &roster).unwrap().is_empty());
    assert_eq!(roster.upi(7), Some("00000000000000000000 9f1c00000007".replace(' ', "").as_str()));

    // If the host stores only some upis, a plan fills in the missing upis once, like the values of any other field.
    let rows = before.iter().enumerate().map(|(index, account)| {
        let upi = roster.upi(index).filter(|_| index > 2).map(str::to_owned);
        AccountRow { upi, ..AccountRow::of(&account, true) }
    });
    let before = Accounts::from_rows(rows, SignIn::Password).unwrap();
    let plan = Plan::between(&before, &roster).unwrap();
    let plan = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
    assert_eq!(kinds(&plan), [(ChangeKind::Update, 3)]);
    assert!(plan.changes().all(|change| change.fields().map(|field| field.name()).eq(["upi"])));
    assert!(plan.statements().iter().all(|statement| statement.set().iter().map(|(name, _)| *name).eq(["upi"])));
    let after = plan.apply(before).unwrap();
    assert!(Plan::between(&after, &roster).unwrap().is_empty());
}

#[test]
fn a_snapshot_can_be_stored_as_json_and_restored() {
    let fake = Fake::of(64);
    hide(&fake, &["gender"]);
    forbid(&fake, &["contact_details"]);
    let before = read(&fake, &client(), None);
    fake.school().pupils.remove(3);
    for snapshot in [before, read(&fake, &client(), since())] {
        let text = serde_json::to_string(&snapshot).unwrap();
        let kept: Snapshot = serde_json::from_str(&text).unwrap();
        let facts = |snapshot: &Snapshot| {
            let counts = [snapshot.len(), snapshot.duplicates(), snapshot.left(), snapshot.pages() as usize];
            (counts, snapshot.count(), snapshot.since(), snapshot.includes().to_vec(), snapshot.warnings().to_vec())
        };
        assert_eq!(facts(&kept), facts(&snapshot));
        let rosters = [&kept, &snapshot].map(|snapshot| snapshot.roster(&Options::new()).to_json());
        assert_eq!(rosters[0], rosters[1]);
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
        let later = text.replacen("\"format\":1", "\"format\":2", 1);
        assert!(serde_json::from_str::<Snapshot>(&later).unwrap_err().to_string().contains("later version"));
        let other = text.replacen("education_details", "wages", 1);
        assert!(serde_json::from_str::<Snapshot>(&other).is_err());
    }
}
