//! Tests the marks that a host or a teacher sets, plans that are reversed or applied in part, and accounts that are
//! moved and merged.

use chrono::NaiveDate;
use onroll::account::{AccountError, AccountRow, Edit, TransferRefused};
use onroll::plan::{ChangeKind, Guard, PlanError, PlannerError};
use onroll::{Accounts, Column, PasswordPolicy, Plan, Planner, Reader, Roster, SignIn};

use crate::file;

fn student(name: &str, year: u8, class: &str) -> String {
    format!("{name},{name},Year {year},{class},Female,No,WBRI,No,No")
}

fn roster(rows: &[String]) -> Roster {
    Reader::new().read_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap()
}

fn accounts(rows: &[String]) -> Accounts {
    Accounts::create(&roster(rows), &PasswordPolicy::default()).unwrap()
}

fn year(students: std::ops::Range<usize>) -> Vec<String> {
    students.map(|i| student(&format!("Pupil N{i}x"), 7, "7A")).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_state_of_an_account_is_kept_through_json_rows_and_edits() {
    let mut made = accounts(&year(0..3));
    let edit = Edit::new().blocked(true).manual(true).own_fields([Column::FullName, Column::Class]);
    made.edit("Pupil N1x", &edit.active_until(Some(day("2026-08-20")))).unwrap();
    let state = made.get("Pupil N1x").unwrap().state;
    assert!(state.blocked && state.manual && state.active_until == Some(day("2026-08-20")));
    assert!(state.own_fields().eq([Column::FullName, Column::Class]));
    let read = Accounts::from_json(&made.to_json_with_passwords()).unwrap();
    assert!(read == made && read.fingerprint() == made.fingerprint());
    let rows = made.iter().map(|account| AccountRow::of(&account, true));
    assert!(Accounts::from_rows(rows, SignIn::Password).unwrap() == made);

    // The form in which databases store marks, and the form of an edit.
    let json =
        r#"{"username": "a", "blocked": 1, "manual": "No", "own_fields": "full_name, class_name", "active_until": ""}"#;
    let row: AccountRow = serde_json::from_str(json).unwrap();
    assert!(
        row.blocked && !row.manual && row.own_fields == [Column::FullName, Column::Class] && row.active_until.is_none()
    );
    let edit: Edit = serde_json::from_str(r#"{"blocked": false, "own_fields": [], "active_until": ""}"#).unwrap();
    made.edit("Pupil N1x", &edit).unwrap();
    let state = made.get("Pupil N1x").unwrap().state;
    assert!(!state.blocked && state.manual && state.active_until.is_none() && state.own_fields().next().is_none());
    for wrong in
        [r#"{"own_fields": ["shoe_size"]}"#, r#"{"own_fields": "shoe_size"}"#, r#"{"active_until": "20/08/2026"}"#]
    {
        assert!(
            serde_json::from_str::<AccountRow>(wrong).is_err() && serde_json::from_str::<Edit>(wrong).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn a_plan_is_refused_if_an_account_was_blocked_after_planning() {
    let mut own = accounts(&year(0..20));
    let plan = Plan::between(&own, &roster(&year(0..19))).unwrap();
    own.edit("Pupil N3x", &Edit::new().blocked(true)).unwrap();
    assert_eq!(plan.apply(own).unwrap_err().code(), "plan-other-accounts");
}

#[test]
fn a_blocked_account_cannot_sign_in_and_gets_no_card() {
    let mut own = accounts(&year(0..3));
    own.edit("Pupil N1x", &Edit::new().blocked(true)).unwrap();
    let (mut cards, mut credentials) = (Vec::new(), Vec::new());
    own.write_cards(&mut cards, &onroll::account::Cards::new()).unwrap();
    own.write_credentials(&mut credentials).unwrap();
    for written in [cards, credentials] {
        let text = String::from_utf8(written).unwrap();
        assert!(text.contains("Pupil N0x") && !text.contains("Pupil N1x"));
    }
    let password = own.get("Pupil N1x").unwrap().password.unwrap().expose().to_owned();
    let mut attempts = onroll::Attempts::default();
    let policy = onroll::identity::AttemptPolicy::default();
    let now = "2026-09-07T09:00:00Z".parse().unwrap();
    let refused = attempts.sign_in(&policy, &own, "Pupil N1x", &password, now).unwrap_err();
    assert_eq!(refused.reason.as_str(), "blocked");
}

/// Returns accounts and a plan with a change of nearly every kind. The leaver who returns gets a new password.
fn eventful() -> (Accounts, Plan) {
    let first = accounts(&year(0..20));
    let own = Plan::between(&first, &roster(&year(1..20))).unwrap().apply(first).unwrap();
    let mut next = year(0..18);
    next[3] = next[3].replace("7A", "7B");
    next[4] = next[4].replace(",No,WBRI", ",Yes,WBRI");
    next.push(student("Zoë New", 7, "7A"));
    let plan = Plan::between(&own, &roster(&next)).unwrap();
    assert_eq!(plan.summary(), "1 join, 2 leave, 1 return, 1 move, 1 update, 15 unchanged");
    (own, plan)
}

#[test]
fn reversing_a_plan_restores_accounts_and_passwords() {
    let (own, plan) = eventful();
    let stored = plan.to_json_with_passwords();
    let after = plan.apply(own.clone()).unwrap();
    assert_ne!(after.get("Pupil N0x").unwrap().password, own.get("Pupil N0x").unwrap().password);
    let restored = Plan::from_json(&stored).unwrap().reverse(after.clone()).unwrap();
    assert_eq!(restored.to_json_with_passwords(), own.to_json_with_passwords());
    // The host has given the joiner an id, and has its rows in another order. The accounts are still the same.
    let mut rows: Vec<AccountRow> = after.iter().map(|account| AccountRow::of(&account, true)).collect();
    rows.reverse();
    rows.iter_mut().for_each(|row| row.host_id = Some(format!("id of {}", row.username)));
    let restored = plan.reverse(Accounts::from_rows(rows, SignIn::Password).unwrap()).unwrap();
    assert_eq!((restored.len(), restored.fingerprint()), (own.len(), own.fingerprint()));
    assert!(restored.iter().all(|account| account.password == own.get(account.username).unwrap().password));

    // A plan that was stored without passwords does not contain the password that it replaced.
    let without = Plan::from_json(&plan.to_json()).unwrap();
    assert!(!plan.to_json().contains("replaced_password"));
    match without.reverse(after) {
        Err(PlanError::WithoutPasswords { count: 1, accounts }) => assert_eq!(accounts.len(), own.len() + 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_cannot_be_reversed_twice_or_after_later_changes() {
    let (own, plan) = eventful();
    let after = plan.apply(own.clone()).unwrap();
    let refused = |accounts: &Accounts| match plan.reverse(accounts.clone()) {
        Err(error @ (PlanError::AlreadyReversed(_) | PlanError::ChangedSince(_))) => {
            let code = error.code();
            let (PlanError::AlreadyReversed(back) | PlanError::ChangedSince(back)) = error else { unreachable!() };
            assert!(*back == *accounts);
            code
        }
        other => panic!("{other:?}"),
    };
    let restored = plan.reverse(after.clone()).unwrap();
    assert_eq!(refused(&restored), "plan-already-reversed");
    // The edited account is one that the plan changed, one that it left unchanged, or one that it added.
    let edited = |username: &str| {
        let mut accounts = after.clone();
        accounts.edit(username, &Edit::new().class_name("7C")).unwrap();
        accounts
    };
    for username in ["Pupil N3x", "Pupil N9x", "Zoë New"] {
        assert_eq!(refused(&edited(username)), "plan-changed-since", "{username}");
    }
    let mut reset = after.clone();
    reset.reset_password("Pupil N0x", &PasswordPolicy::default()).unwrap();
    assert_eq!(refused(&reset), "plan-changed-since");
    let later = Plan::between(&after, &roster(&year(0..20))).unwrap().apply(after).unwrap();
    assert_eq!(refused(&later), "plan-changed-since");
    assert_eq!(refused(&accounts(&year(0..5))), "plan-changed-since");
    // A plan that changes nothing can be reversed any number of times.
    let nothing = Plan::between(&own, &roster(&year(1..20))).unwrap();
    assert!(nothing.is_empty() && nothing.reverse(own.clone()).unwrap() == own);
}

#[test]
fn reversing_a_plan_restores_the_school_id_and_the_kind_of_sign_in_and_the_promotion_date() {
    let own = accounts(&(0..10).map(|i| student(&format!("Pupil N{i}x"), 4, "4A")).collect::<Vec<_>>());
    let emails: Vec<String> =
        (0..10).map(|i| format!("Pupil N{i}x,p{i}@oak.example,Year 5,5A,Female,No,WBRI,No,No")).collect();
    let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
    let next = crate::sso().read_bytes(file(&emails)).unwrap().with_school_id("oak");
    let planner = Planner::new().override_guards([Guard::UsernamesChanged]).today(day("2026-09-03"));
    let plan = planner.plan(&own, &next).unwrap();
    let after = Plan::from_json(&plan.to_json_with_passwords()).unwrap().apply(own.clone()).unwrap();
    assert_eq!(
        (after.school_id(), after.sign_in(), after.last_promotion()),
        (Some("oak"), SignIn::Sso, Some(day("2026-09-03")))
    );
    let kept = Accounts::from_json(&after.to_json_with_passwords()).unwrap();
    assert_eq!(kept.last_promotion(), after.last_promotion());
    let restored = plan.reverse(after).unwrap();
    assert_eq!(restored.to_json_with_passwords(), own.to_json_with_passwords());
}

#[test]
fn applies_a_part_of_a_plan_and_lists_the_changes_left_out() {
    let (own, plan) = eventful();
    let part = plan.without([ChangeKind::Leave, ChangeKind::Return], ["PUPIL n3x"]).unwrap();
    assert_eq!(part.summary(), "1 join, 1 update, 4 left out, 18 unchanged");
    let left_out: Vec<_> = part.left_out().iter().map(|out| (out.kind, out.username.as_str())).collect();
    use ChangeKind::{Leave, Move, Return};
    let expected = [(Leave, "Pupil N18x"), (Leave, "Pupil N19x"), (Return, "Pupil N0x"), (Move, "Pupil N3x")];
    assert_eq!(left_out, expected);
    let part = Plan::from_json(&part.to_json_with_passwords()).unwrap();
    assert_eq!(part.left_out().len(), 4);
    assert!(part.diff().contains("Left out") && part.diff().contains("  / move 'Pupil N3x'"));
    let after = part.apply(own.clone()).unwrap();
    let active = |username: &str| after.get(username).unwrap().active;
    assert!(active("Pupil N19x") && !active("Pupil N0x") && active("Zoë New"));
    assert_eq!(after.get("Zoë New").unwrap().password, plan.at(0).unwrap().password());
    assert!(part.reverse(after).unwrap() == own);
    // If changes are left out in two steps, all of them are listed.
    let twice = part.without([], ["Zoë New"]).unwrap();
    assert_eq!((twice.left_out().len(), twice.summary().as_str()), (5, "1 update, 5 left out, 18 unchanged"));
    match plan.without([], ["Nobody", "Pupil N9x", "Zoë New"]) {
        Err(error @ PlanError::NoSuchChange { count: 2 }) => assert_eq!(error.code(), "plan-no-such-change"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn refuses_a_partial_plan_that_depends_on_changes_left_out() {
    let row = |id: &str, name: &str, username: &str| AccountRow {
        source_id: Some(id.to_owned()),
        full_name: name.to_owned(),
        username: username.to_owned(),
        year_group: "Year 7".to_owned(),
        class_name: "7A".to_owned(),
        gender: "Female".to_owned(),
        ethnicity: "WBRI".to_owned(),
        ..AccountRow::default()
    };
    let record = |id: &str, name: &str, username: &str| {
        let cells = [name, username, "Year 7", "7A", "Female", "No", "WBRI", "No", "No"].map(str::to_owned);
        onroll::Record::new(cells).source_id(id.to_owned())
    };
    let own = [row("A1", "Ada Reid", "u1"), row("A2", "Mia Hall", "u2"), row("A3", "Kai Ito", "u3")];
    let own = Accounts::from_rows(own, SignIn::Password).unwrap();
    let next = [
        record("A1", "Ada Reid", "u2"),
        record("A2", "Mia Hall", "u9"),
        record("A3", "Kai Ito", "u7"),
        record("A4", "Zoë New", "u1"),
    ];
    let next = Reader::new().read_records(next).unwrap();
    let plan = Planner::new().override_guards([Guard::UsernamesChanged]).plan(&own, &next).unwrap();
    assert_eq!(plan.summary(), "1 join, 3 rename");
    let broken = |usernames: &[&str]| match plan.without([], usernames.iter().copied()) {
        Err(error @ PlanError::PartBreaks { .. }) => {
            assert_eq!(error.code(), "plan-part-breaks");
            let PlanError::PartBreaks { usernames } = error else { unreachable!() };
            usernames
        }
        other => panic!("{other:?}"),
    };
    // The joiner takes the username of the first account, and the first account takes the username of the second.
    let joiner = plan.at(0).unwrap().username();
    assert_eq!((broken(&["u2"]), joiner), (vec!["u1".to_owned()], "u1"));
    assert!(plan.without([], ["u3"]).is_ok());
    assert_eq!(plan.without([ChangeKind::Rename], []).unwrap_err().code(), "plan-part-breaks");
    assert!(plan.without([ChangeKind::Rename, ChangeKind::Join], []).unwrap().is_empty());
}

#[test]
fn leavers_stay_active_until_their_last_day() {
    let own = accounts(&year(0..30));
    let planner = Planner::new().grace_until(day("2026-08-20"));
    let next = roster(&year(3..30));
    assert_eq!(planner.plan(&own, &next).unwrap_err().code(), "plan-needs-today");
    let plan = planner.clone().today(day("2026-07-01")).plan(&own, &next).unwrap();
    assert_eq!(plan.summary(), "3 leave, 27 unchanged");
    let fields: Vec<_> = plan.at(0).unwrap().fields().map(|f| (f.name(), f.new_value().as_str().to_owned())).collect();
    assert_eq!(fields, [("active_until", "2026-08-20".to_owned())]);
    assert_eq!(plan.statements()[0].set()[0].0, "active_until");
    let plan = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
    let own = plan.apply(own).unwrap();
    assert!(own.get("Pupil N0x").unwrap().may_sign_in());
    // The planner needs `today`, because an account now has a last day.
    assert!(matches!(Plan::between(&own, &next), Err(PlannerError::TodayNeeded)));
    let on = |today: &str, next: &Roster| Planner::new().today(day(today)).plan(&own, next).unwrap();
    assert_eq!(on("2026-08-20", &next).summary(), "nothing to do, 3 in grace, 27 unchanged");
    assert_eq!(on("2026-08-21", &next).summary(), "3 leave, 27 unchanged");
    assert_eq!(on("2026-08-21", &roster(&[]).into_partial()).summary(), "3 leave");
    let closed = on("2026-08-21", &next).apply(own.clone()).unwrap();
    let account = closed.get("Pupil N0x").unwrap();
    assert!(!account.active && account.state.active_until.is_none());
    // After the last day of grace, a student who leaves is deactivated at once.
    let late = planner.today(day("2026-09-10")).plan(&closed, &roster(&year(4..30))).unwrap();
    assert!(!late.at(0).unwrap().account().active);
}

#[test]
fn matches_a_manual_account_only_after_a_decision() {
    let mut own = accounts(&year(0..12));
    own.edit("Pupil N0x", &Edit::new().manual(true)).unwrap();
    // If the roster does not list the student, the account stays. If the roster lists a student with the same username,
    // the account is in doubt. A student who has only the same name joins, and the two are a near pair.
    assert_eq!(Plan::between(&own, &roster(&year(1..12))).unwrap().summary(), "nothing to do, 11 unchanged");
    let plan = Plan::between(&own, &roster(&year(0..12))).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 1 conflict, 11 unchanged");
    let same = onroll::Decision::same("Pupil N0x", "Pupil N0x");
    let plan = Planner::new().decisions([same]).plan(&own, &roster(&year(0..12))).unwrap();
    assert_eq!(plan.summary(), "nothing to do, 12 unchanged");
    let other = onroll::Decision::different("Pupil N0x", "Pupil N0x");
    let plan = Planner::new().decisions([other]).plan(&own, &roster(&year(0..12))).unwrap();
    assert_eq!((plan.summary().as_str(), plan.at(0).unwrap().username()), ("1 join, 11 unchanged", "Pupil N0x Year 7"));
    let mut rows = year(1..12);
    rows.push("Pupil N0x,S77,Year 7,7A,Female,No,WBRI,No,No".to_owned());
    let plan = Plan::between(&own, &roster(&rows)).unwrap();
    assert_eq!((plan.summary().as_str(), plan.near().len()), ("1 join, 11 unchanged", 1));
}

#[test]
fn does_not_change_a_username_that_the_host_manages() {
    let mut own = accounts(&year(0..10));
    own.edit("Pupil N4x", &Edit::new().own_fields([Column::Username])).unwrap();
    let ids: Vec<String> = (0..10).map(|i| format!("Pupil N{i}x,S{i},Year 7,7A,Female,No,WBRI,No,No")).collect();
    let plan = Planner::new().override_guards([Guard::UsernamesChanged]).plan(&own, &roster(&ids)).unwrap();
    assert_eq!(plan.summary(), "9 rename, 1 unchanged");
    assert_eq!(plan.kept_usernames().len(), 1);
}

fn with(mut row: AccountRow, change: impl Fn(&mut AccountRow)) -> AccountRow {
    change(&mut row);
    row
}

fn row(username: &str) -> AccountRow {
    AccountRow {
        host_id: Some(format!("id of {username}")),
        full_name: username.to_owned(),
        username: username.to_owned(),
        year_group: "Year 6".to_owned(),
        class_name: "6A".to_owned(),
        gender: "Female".to_owned(),
        ethnicity: "WBRI".to_owned(),
        password: Some(format!("pw of {username}")),
        ..AccountRow::default()
    }
}

fn school(id: &str, rows: &[AccountRow]) -> Accounts {
    Accounts::from_rows(rows.to_vec(), SignIn::Password).unwrap().with_school_id(id)
}

fn why(result: Result<impl Sized, AccountError>) -> TransferRefused {
    match result {
        Err(AccountError::Transfer(refused)) => refused,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[test]
fn moves_an_account_to_another_school() {
    let upn = "X801200000001";
    let ada = with(row("Ada Reid"), |row| {
        (row.source_id, row.upn, row.blocked) = (Some("A1".into()), Some(upn.into()), true);
        (row.own_fields, row.active_until) = (vec![Column::Class], Some(day("2026-08-20")));
    });
    let mut oak = school("oak", &[ada, row("Kai Ito")]);
    let mut elm = school("elm", &[row("Mia Hall")]);
    oak.transfer("ada reid", &mut elm).unwrap();
    assert!(oak.get("Ada Reid").is_none() && oak.get("Kai Ito").is_some() && (oak.len(), elm.len()) == (1, 2));
    let moved = elm.get("Ada Reid").unwrap();
    assert_eq!((moved.source_id, moved.upn, moved.host_id), (None, Some(upn), Some("id of Ada Reid")));
    assert_eq!(moved.password.unwrap().expose(), "pw of Ada Reid");
    assert!(moved.state.blocked && moved.state.active_until.is_none() && moved.state.own_fields().next().is_none());
    // In the new school, the next plan recognises the student by the UPN, although the name and the source id are new.
    let record = onroll::Record::new(["Ada Jones", "Ada Jones", "Year 7", "7A", "Female", "No", "WBRI", "No", "No"]);
    let next = Reader::new().read_records([record.source_id("B7").upn(upn)]).unwrap().into_partial();
    let plan = Planner::new().plan(&elm, &next).unwrap();
    assert_eq!((plan.summary().as_str(), plan.at(0).unwrap().account().source_id), ("1 move", Some("B7")));
}

#[test]
fn refuses_to_move_an_account_that_conflicts_with_the_other_school() {
    let upn = || Some("X801200000001".to_owned());
    let oak = school("oak", &[with(row("Ada Reid"), |row| row.upn = upn()), row("Kai Ito")]);
    let refused = |elm: Accounts| {
        let (mut own, mut other) = (oak.clone(), elm.clone());
        let refused = why(own.transfer("Ada Reid", &mut other));
        assert!(own == oak && other == elm, "nothing is changed");
        refused
    };
    assert_eq!(refused(school("oak", &[])), TransferRefused::SameSchool);
    assert_eq!(refused(school("elm", &[row("ADA reid")])), TransferRefused::UsernameTaken);
    assert_eq!(refused(school("elm", &[with(row("Zoë Lee"), |row| row.upn = upn())])), TransferRefused::IdTaken);
    let same_id = with(row("Zoë Lee"), |row| row.host_id = Some("id of Ada Reid".into()));
    assert_eq!(refused(school("elm", &[same_id])), TransferRefused::IdTaken);
    assert_eq!(refused(Accounts::from_rows([], SignIn::Sso).unwrap()), TransferRefused::OtherSignIn);
    let (mut own, mut other) = (oak.clone(), school("elm", &[]));
    assert_eq!(own.transfer("Nobody", &mut other).unwrap_err().code(), "account-not-found");
}

#[test]
fn merges_two_accounts_of_the_same_student() {
    // The old account left when the name changed, and a new account was made.
    let old = with(row("Amelia Smith"), |row| (row.active, row.source_id) = (false, Some("A1".into())));
    let new = with(row("Amelia Jones"), |row| {
        (row.year_group, row.class_name, row.blocked) = ("Year 7".into(), "7B".into(), true);
        (row.source_id, row.upn) = (Some("A9".into()), Some("X801200000001".into()));
    });
    let mut own = school("oak", &[old, new, row("Kai Ito")]);
    let gone = own.merge("Amelia Smith", "Amelia Jones").unwrap();
    assert_eq!(
        (gone.username.as_str(), gone.host_id.as_deref(), gone.password),
        ("Amelia Jones", Some("id of Amelia Jones"), None)
    );
    assert_eq!(own.len(), 2);
    let kept = own.get("Amelia Smith").unwrap();
    assert_eq!((kept.full_name, kept.class_name, kept.host_id), ("Amelia Jones", "7B", Some("id of Amelia Smith")));
    assert_eq!((kept.source_id, kept.upn), (Some("A9"), Some("X801200000001")));
    assert_eq!(kept.password.unwrap().expose(), "pw of Amelia Smith");
    assert!(kept.active && kept.state.blocked);
}

#[test]
fn does_not_merge_the_accounts_of_two_students() {
    let with_upn = |name: &str, upn: &str| with(row(name), |row| row.upn = Some(upn.to_owned()));
    let with_id = |name: &str, id: &str| with(row(name), |row| row.source_id = Some(id.to_owned()));
    let rows = [
        with_upn("Ada Reid", "X801200000001"),
        with_upn("Ada Read", "L801200000002"),
        with_id("Kai Ito", "A1"),
        with_id("Kay Ito", "A2"),
    ];
    let own = school("oak", &rows);
    let refused = |keep: &str, gone: &str| {
        let mut accounts = own.clone();
        let refused = why(accounts.merge(keep, gone));
        assert!(accounts == own, "nothing is changed");
        refused
    };
    assert_eq!(refused("Ada Reid", "Ada Read"), TransferRefused::TwoStudents);
    assert_eq!(refused("Kai Ito", "Kay Ito"), TransferRefused::TwoStudents);
    assert_eq!(refused("Kai Ito", "KAI ITO"), TransferRefused::SameAccount);
    assert_eq!(own.clone().merge("Kai Ito", "Nobody").unwrap_err().code(), "account-not-found");
}
