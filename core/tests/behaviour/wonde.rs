//! Tests the requests to Wonde and the answers that are accepted. Also tests that a fault at Wonde never turns a
//! student into a leaver.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;

use onroll::adapter::{Adapter, AdapterError, Request, Response, Step};
use onroll::plan::{ChangeKind, Guard, PlannerError};
use onroll::values::Ethnicities;
use onroll::wonde::{
    Access, AccessEvent, AccessState, ClassFrom, Client, Contact, EmailFrom, NamesFrom, Options, School, Search,
    Snapshot, SnapshotWarning, Task, Webhook, WebhookError, WebhookKind, WondeError,
};
use onroll::{Accounts, Column, PasswordPolicy, Plan, Planner, ProblemCode, Reader, Record, Roster, SignIn};

use crate::fake_wonde::{Answer, Asked, Fake, SCHOOL, TOKEN};

/// Calls the fake in this process, under the requested domain. It counts waiting times and does not wait.
pub(crate) struct InProcess<'f> {
    fake: &'f Fake,
    pub(crate) waited: RefCell<Vec<u64>>,
    pub(crate) sent: RefCell<Vec<String>>,
}

impl<'f> InProcess<'f> {
    pub(crate) fn to(fake: &'f Fake) -> Self {
        Self { fake, waited: RefCell::default(), sent: RefCell::default() }
    }
}

impl Adapter for InProcess<'_> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let path = request.url().find("://").and_then(|at| Some(at + 3 + request.url()[at + 3..].find('/')?)).unwrap();
        let (root, target) = request.url().split_at(path);
        self.sent.borrow_mut().push(root.to_owned());
        let authorization = request.headers().find(|(name, _)| *name == "authorization").map(|(_, value)| value);
        let authorization = authorization.unwrap_or_default().to_owned();
        let asked = Asked {
            method: request.method().to_owned(),
            root: root.to_owned(),
            target: target.to_owned(),
            authorization,
            body: request.body().unwrap_or_default().to_owned(),
        };
        match self.fake.answer(&asked) {
            Answer::Said { status, headers, body } => Ok(headers
                .into_iter()
                .fold(Response::new(status, body), |response, (name, value)| response.header(name, value))),
            Answer::Drop => Err(AdapterError::Unreachable),
            Answer::Stall => Err(AdapterError::TimedOut),
            Answer::Huge => Err(AdapterError::TooLarge),
            Answer::Cut(body) => Ok(Response::new(200, body)),
        }
    }

    fn wait(&self, time: Duration) {
        self.waited.borrow_mut().push(time.as_secs());
    }
}

pub(crate) fn client() -> Client {
    Client::new(TOKEN).unwrap()
}

fn since() -> Option<DateTime<Utc>> {
    Some(Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).unwrap())
}

fn snapshot(fake: &Fake, since: Option<DateTime<Utc>>) -> Result<Snapshot, WondeError> {
    client().snapshot(&InProcess::to(fake), SCHOOL, since)
}

fn roster(fake: &Fake) -> Roster {
    snapshot(fake, None).unwrap().roster(&Options::new())
}

fn accounts(fake: &Fake) -> Accounts {
    Accounts::create(&roster(fake), &PasswordPolicy::default()).unwrap()
}

fn reason(result: &Result<Snapshot, WondeError>) -> &'static str {
    result.as_ref().map_or_else(WondeError::reason, |_| "read")
}

#[test]
fn creates_accounts_for_all_students_of_a_school() {
    let fake = Fake::of(1200);
    let snapshot = snapshot(&fake, None).unwrap();
    assert_eq!((snapshot.len(), snapshot.duplicates(), snapshot.is_counted()), (1200, 0, true));
    let roster = snapshot.roster(&Options::new());
    assert_eq!((roster.len(), roster.held().len()), (1200, 0));
    let first = roster.get(0).unwrap();
    assert_eq!(first.cells(), ["Amelia Smith", "Amelia Smith", "Year 1", "1A", "Male", "Yes", "WBRI", "Yes", "Yes"]);
    assert_eq!((roster.source_id(0), roster.upn(0)), (Some("A1000000000"), Some("M823200000001")));
    // Many students share a name, but every username is different.
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let same = accounts.iter().filter(|account| account.full_name == "Noah Smith").count();
    let usernames: std::collections::HashSet<_> = accounts.iter().map(|account| account.username.to_owned()).collect();
    assert!(same > 1 && usernames.len() == 1200);
    assert!(accounts.iter().all(|account| account.username.starts_with(account.full_name)));
    assert!(accounts.iter().all(|account| account.password.is_some()));
}

#[test]
fn with_sso_the_username_is_the_email_address_and_there_is_no_password() {
    let fake = Fake::of(30);
    fake.school().pupils[3].email = None;
    fake.school().pupils[5].email = Some("PUPIL4@oakfield.example".to_owned());
    let roster = snapshot(&fake, None).unwrap().roster(&Options::new().sign_in(SignIn::Sso));
    // If two children share an address, nobody knows whose it is. Both are held, whichever comes first.
    let held: Vec<_> = roster.held().iter().map(|held| held.source_id().unwrap()).collect();
    assert_eq!(held, ["A1000000003", "A1000000004", "A1000000005"]);
    let problems: Vec<_> = roster.report().problems().iter().map(|p| (p.code(), p.record())).collect();
    assert_eq!(problems, [(ProblemCode::Blank, Some(3)), (ProblemCode::UsernameDuplicate, Some(5))]);
    assert_eq!(roster.get(0).unwrap().username, "pupil0@oakfield.example");
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    assert!(accounts.iter().all(|account| account.password.is_none()));
}

#[test]
fn a_full_sync_and_a_delta_both_find_the_changes_of_a_term() {
    for since in [None, since()] {
        let fake = Fake::of(600);
        let before = accounts(&fake);
        fake.school().change("a term");
        let snapshot = snapshot(&fake, since).unwrap();
        let roster = snapshot.roster(&Options::new());
        assert_eq!(roster.is_partial(), since.is_some());
        let plan = Plan::between(&before, &roster).unwrap();
        let counts = ChangeKind::ALL.map(|kind| plan.of_kind(kind).count());
        assert_eq!(counts[..2], [10, 10], "{}", plan.summary());
        assert_eq!(plan.of_kind(ChangeKind::Move).count(), 50, "{}", plan.summary());
        assert_eq!(plan.conflicts().len(), 0);
        assert!(!self::snapshot(&fake, since).unwrap().is_empty());
        let after = plan.apply(before).unwrap();
        // The accounts are as after a full sync, and later plans in the same night have nothing to do.
        assert_eq!(after.iter().filter(|account| account.active).count(), 600);
        for again in [None, since] {
            let again = self::snapshot(&fake, again).unwrap().roster(&Options::new());
            assert!(Plan::between(&after, &again).unwrap().is_empty());
        }
    }
}

#[test]
fn a_student_missing_from_a_delta_is_unchanged() {
    let fake = Fake::of(600);
    let accounts = accounts(&fake);
    let nothing = snapshot(&fake, since()).unwrap();
    assert!(nothing.is_empty() && nothing.left() == 0);
    let plan = Plan::between(&accounts, &nothing.roster(&Options::new())).unwrap();
    assert!(plan.is_empty());
    // A delta with only joiners does not count as another school's.
    let fake = Fake::of(600);
    let mut joiners = fake.school().pupils.split_off(500);
    let accounts = self::accounts(&fake);
    joiners.iter_mut().for_each(|pupil| pupil.updated = "2026-09-02 06:00:00".to_owned());
    fake.school().pupils.extend(joiners);
    let delta = snapshot(&fake, since()).unwrap().roster(&Options::new());
    assert_eq!(Plan::between(&accounts, &delta).unwrap().summary().split(',').next(), Some("100 join"));
}

#[test]
fn a_student_who_returned_is_not_a_leaver() {
    let fake = Fake::of(100);
    let accounts = accounts(&fake);
    let now = "2026-09-02 06:00:00";
    fake.school().deleted.push(("A1000000007".to_owned(), now.to_owned()));
    fake.school().pupils[7].updated = now.to_owned();
    let snapshot = snapshot(&fake, since()).unwrap();
    assert_eq!((snapshot.len(), snapshot.left()), (1, 0));
    assert!(Plan::between(&accounts, &snapshot.roster(&Options::new())).unwrap().is_empty());
}

#[test]
fn a_plan_includes_the_leavers_of_a_delta() {
    let fake = Fake::of(100);
    let accounts = accounts(&fake);
    let gone = (0..20).map(|n| (format!("A{}", 1_000_000_000 + n), "2026-09-02 06:00:00".to_owned()));
    fake.school().deleted.extend(gone);
    fake.school().pupils.drain(..20);
    let roster = snapshot(&fake, since()).unwrap().roster(&Options::new());
    let roster = Roster::from_json(&roster.to_json()).unwrap();
    let Err(PlannerError::Refused(refused)) = Planner::new().plan(&accounts, &roster) else { panic!("a guard") };
    assert_eq!(refused.guard, Guard::TooManyLeavers);
    assert!(
        refused
            .text()
            .starts_with("No account was changed. The MIS says that 20 of the 100 students with an account have left")
    );
    assert!(refused.text().ends_with(", so their accounts would be deactivated. Check this in the MIS."));
    assert!(!refused.to_string().contains("partial"), "a delta is already a partial roster");
    let plan = Planner::new().override_guards([Guard::TooManyLeavers]).plan(&accounts, &roster).unwrap();
    assert_eq!(plan.of_kind(ChangeKind::Leave).count(), 20);
}

#[test]
fn a_held_student_keeps_the_account_through_several_nightly_syncs() {
    let fake = Fake::of(300);
    let mut accounts = accounts(&fake);
    let before =
        accounts.get("Amelia Smith").map(|a| (a.full_name.to_owned(), a.password.unwrap().expose().to_owned()));
    for (night, held, since) in
        [("break a record", 1, None), ("nothing", 1, None), ("nothing", 1, since()), ("mend a record", 0, None)]
    {
        fake.school().change(night);
        let roster = snapshot(&fake, since).unwrap().roster(&Options::new());
        assert_eq!(roster.held().len(), held, "{night}");
        let plan = Plan::between(&accounts, &roster).unwrap();
        assert!(plan.is_empty(), "{night}: {}", plan.diff());
        accounts = plan.apply(accounts).unwrap();
        let amelia = accounts.get("Amelia Smith").unwrap();
        assert!(amelia.active && amelia.source_id == Some("A1000000000"));
        let now = Some((amelia.full_name.to_owned(), amelia.password.unwrap().expose().to_owned()));
        assert_eq!(now, before);
    }
}

#[test]
fn a_held_joiner_gets_an_account_after_the_record_is_corrected() {
    let fake = Fake::of(300);
    let broken = fake.school().pupils.remove(0);
    let accounts = accounts(&fake);
    fake.school().pupils.push(broken);
    let class = std::mem::take(&mut fake.school().pupils.last_mut().unwrap().class);
    let held = roster(&fake);
    let problem = &held.report().problems()[0];
    assert_eq!((problem.code(), problem.column()), (ProblemCode::Blank, Some(Column::Class)));
    assert!(Plan::between(&accounts, &held).unwrap().is_empty());
    fake.school().pupils.last_mut().unwrap().class = class;
    assert_eq!(Plan::between(&accounts, &roster(&fake)).unwrap().summary(), "1 join, 299 unchanged");
}

#[test]
fn a_later_student_with_the_same_name_gets_another_username() {
    let fake = Fake::of(60);
    fake.school().pupils[3].forename = "Wilhelmina".to_owned();
    let namesake = fake.school().pupils[3].clone();
    let accounts = accounts(&fake);
    let full_name = format!("{} {}", namesake.forename, namesake.surname);
    // By the order of ids, Wonde recorded the newcomer first. So the roster gives the newcomer the plain username.
    let newcomer = crate::fake_wonde::Pupil {
        id: "A0000000001".to_owned(),
        upn: Some("K804200000001".to_owned()),
        year: 2,
        ..namesake
    };
    fake.school().pupils.push(newcomer);
    let plan = Plan::between(&accounts, &roster(&fake)).unwrap();
    assert_eq!(plan.summary(), "1 join, 60 unchanged");
    assert_eq!(plan.at(0).unwrap().username(), format!("{full_name} Year 2"));
    assert!(plan.conflicts().is_empty());
}

#[test]
fn fields_that_the_token_may_no_longer_read_stay_unchanged() {
    let fake = Fake::of(120);
    let accounts = accounts(&fake);
    fake.school().change("hide everything");
    let roster = roster(&fake);
    let unrecorded = [Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];
    assert_eq!(roster.unrecorded(), unrecorded);
    let roster = Roster::from_json(&roster.to_json()).unwrap();
    assert!(Plan::between(&accounts, &roster).unwrap().is_empty());
    let first = roster.get(0).unwrap();
    assert_eq!((first.pupil_premium, first.ethnicity.code(), first.send, first.eal), (false, "NOBT", false, false));
}

/// The faults, and the error that each leads to.
const FAULTS: [(&str, &str); 17] = [
    ("drop", "unreachable"),
    ("stall", "timed-out"),
    ("401", "unauthorised"),
    ("403", "forbidden"),
    ("404", "not-found"),
    ("422", "invalid"),
    ("429", "rate-limited"),
    ("429-after", "rate-limited"),
    ("429-later", "rate-limited"),
    ("500", "server-error"),
    ("cut", "not-json"),
    ("shape", "wrong-shape"),
    ("no-next", "next-missing"),
    ("elsewhere", "next-elsewhere"),
    ("downgrade", "next-elsewhere"),
    ("for-ever", "page-repeated"),
    ("huge", "too-large"),
];

/// The faults after which a further attempt may succeed.
const PASSING: [&str; 6] = ["drop", "stall", "429", "429-after", "500", "cut"];

#[test]
fn a_network_fault_never_gives_a_partial_snapshot() {
    let mut cells = 0;
    for (list, page, since) in [
        ("students", 1, None),
        ("students", 2, None),
        ("students", 3, None),
        ("students", 1, since()),
        ("deletions", 1, since()),
        ("deletions", 2, since()),
        ("students-leaver", 1, since()),
        ("counts", 1, None),
    ] {
        for (kind, expected) in FAULTS {
            for times in [1, 4, 1000] {
                let fake = Fake::of(500);
                if since.is_some() {
                    let mut school = fake.school();
                    school.change("a term");
                    let old = (0..300).map(|n| (format!("A9{n:09}"), "2026-09-02 07:00:00".to_owned()));
                    school.deleted.extend(old);
                }
                fake.fault(list, page, kind, times);
                let adapter = InProcess::to(&fake);
                let result = client().snapshot(&adapter, SCHOOL, since);
                let cell = format!("{kind} × {times} at page {page} of {list}");
                let is_optional = match list {
                    "students-leaver" => matches!(kind, "403" | "404"),
                    // Without a count, a snapshot is still complete.
                    "counts" => true,
                    // The refusal may have been about an include, so each include is then tried alone.
                    "students" => kind == "403" && page == 1 && times == 1,
                    _ => false,
                };
                let passes = times < 5 && PASSING.contains(&kind);
                // A list that repeats and then stops is accepted, although it has repeated rows.
                let stops = kind == "for-ever" && times < 1000;
                match &result {
                    Ok(snapshot) => {
                        assert!(is_optional || passes || stops, "{cell}");
                        let students = if since.is_some() { 60 } else { 500 };
                        assert!(snapshot.len().abs_diff(students) <= 10, "{cell}: {}", snapshot.len());
                        assert!(since.is_some() || snapshot.len() == 500, "{cell}");
                    }
                    Err(error) => {
                        assert!(!passes, "{cell}: {error}");
                        // A list that names a next page, and then stops too early, gives `wrong-shape`.
                        let stops = stops && error.reason() == "wrong-shape";
                        assert!(error.reason() == expected || stops, "{cell}: {error}");
                        let named = if list == "students-leaver" { "leavers" } else { list };
                        let at = error.page().unwrap();
                        assert!(at.0.starts_with(named) && (at.1 == page || kind == "for-ever"), "{cell}: {at:?}");
                    }
                }
                // The token is sent only to Wonde, and the total wait is limited.
                assert!(adapter.sent.borrow().iter().all(|root| root == "https://api.wonde.com"), "{cell}");
                let waited: u64 = adapter.waited.borrow().iter().sum();
                assert!(waited <= 900, "{cell}: {waited}");
                assert!(!result.as_ref().err().is_some_and(|e| format!("{e} {e:?}").contains(TOKEN)), "{cell}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 8 * 17 * 3);
}

#[test]
fn an_empty_list_of_students_is_an_error_except_in_a_delta() {
    let fake = Fake::of(500);
    fake.fault("students", 1, "empty", 1000);
    assert_eq!(reason(&snapshot(&fake, None)), "no-students");
    // Wonde lists no students at all.
    let fake = Fake::of(500);
    fake.school().change("lose everybody");
    assert_eq!(reason(&snapshot(&fake, None)), "no-students");
    // A delta may be empty.
    assert_eq!(snapshot(&fake, since()).unwrap().len(), 0);
    for (list, page, since, expected) in [
        ("students", 2, None, "wrong-shape"),
        ("students", 3, None, "wrong-shape"),
        ("students", 1, since(), "read"),
        ("deletions", 1, since(), "read"),
        ("deletions", 2, since(), "wrong-shape"),
        ("students-leaver", 1, since(), "read"),
    ] {
        let fake = Fake::of(500);
        let accounts = accounts(&fake);
        fake.school().no_counts = true;
        let old = (0..300).map(|n| (format!("A9{n:09}"), "2026-09-02 07:00:00".to_owned()));
        fake.school().deleted.extend(old);
        fake.fault(list, page, "empty", 1000);
        let result = snapshot(&fake, since);
        assert_eq!(reason(&result), expected, "{list} {page}");
        if let Ok(snapshot) = result {
            let plan = Plan::between(&accounts, &snapshot.roster(&Options::new())).unwrap();
            assert_eq!(plan.of_kind(ChangeKind::Leave).count(), 0);
        }
    }
}

#[test]
fn changes_while_a_list_is_read_cause_no_false_leavers() {
    for by_cursor in [false, true] {
        for counts in [true, false] {
            for kind in ["remove", "insert", "swap"] {
                for (times, page) in [(1, 1), (1, 2), (2, 1), (1000, 1)] {
                    let fake = Fake::of(700);
                    fake.school().no_counts = !counts;
                    fake.school().by_cursor = by_cursor;
                    fake.fault("students", page, kind, times);
                    let pupils = || fake.school().pupils.iter().map(|p| p.id.clone()).collect::<BTreeSet<_>>();
                    let before = pupils();
                    match snapshot(&fake, None) {
                        Ok(snapshot) => {
                            let cell =
                                format!("{kind} × {times} at page {page}, counts {counts}, by cursor {by_cursor}");
                            let roster = snapshot.roster(&Options::new());
                            let read: BTreeSet<_> =
                                (0..roster.len()).map(|n| roster.source_id(n).unwrap().to_owned()).collect();
                            let after = pupils();
                            // Every student who was there all the time is in the roster, and no student who never was
                            // there. A list that is read by cursor shows the school at some moment. A list that is read
                            // by page shows the school at the end.
                            assert!(before.intersection(&after).all(|id| read.contains(id)), "{cell}");
                            assert!(read.iter().all(|id| before.contains(id) || after.contains(id)), "{cell}");
                            // If Wonde's count differs from the list, there is a warning.
                            let is_warned = !counts || !snapshot.warnings().is_empty();
                            assert!(read == after || (by_cursor && is_warned), "{cell}");
                            assert!(times < 1000 || by_cursor, "{cell}");
                        }
                        Err(error) => {
                            assert!(times == 1000, "{kind} × {times}");
                            assert!(["drifting", "count-differs"].contains(&error.reason()), "{error}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn reads_a_list_only_once_if_wonde_gives_a_cursor() {
    let requests = |by_cursor| {
        let fake = Fake::of(500);
        fake.school().by_cursor = by_cursor;
        snapshot(&fake, None).unwrap();
        fake.log().len()
    };
    assert_eq!([requests(true), requests(false)], [3 + 1, 3 + 3 + 1]);
}

#[test]
fn a_wrong_student_count_gives_a_warning_or_with_strict_count_an_error() {
    let fake = Fake::of(100);
    fake.school().no_counts = true;
    assert!(!snapshot(&fake, None).unwrap().is_counted());
    let lies = |request: Request| {
        let body = match request.url().contains("/counts") {
            true => r#"{"data": {"students": {"data": {"count": 3}}}}"#,
            false => r#"{"data": [{"id": "A1"}]}"#,
        };
        Ok(Response::new(200, body))
    };
    let told = client().snapshot(&lies, SCHOOL, None).unwrap();
    assert_eq!((told.len(), told.count(), told.is_counted()), (1, Some(3), false));
    assert_eq!(told.warnings(), [SnapshotWarning::CountDiffers { listed: 1, counted: 3 }]);
    let error = client().strict_count(true).snapshot(&lies, SCHOOL, None).unwrap_err();
    assert_eq!(error, WondeError::CountDiffers { listed: 1, counted: 3 });
}

#[test]
fn finds_a_school_in_another_region() {
    let answers = |request: Request| {
        let url = request.url();
        let body = match (url.contains("api-af-south-1.wonde.com"), url.contains("/students")) {
            (true, true) => r#"{"data": [{"id": "A1", "forename": "Zoë", "surname": "Okafor"}]}"#,
            (false, true) => r#"{"data": []}"#,
            _ if url.contains("/counts") => return Ok(Response::new(403, "{}")),
            _ => r#"{"data": {"id": "A1", "region": {"code": "ZA", "domain": "api-af-south-1.wonde.com"}}}"#,
        };
        Ok(Response::new(200, body))
    };
    assert_eq!(client().snapshot(&answers, SCHOOL, None).unwrap().len(), 1);
    // The client sends no request to an address outside Wonde, even if Wonde names one.
    let sent = RefCell::new(Vec::new());
    let lured = |request: Request| {
        sent.borrow_mut().push(request.url().to_owned());
        let body = if request.url().contains("/students") {
            r#"{"data":[]}"#
        } else {
            r#"{"data":{"region":{"domain":"evil.example"}}}"#
        };
        Ok(Response::new(200, body))
    };
    assert_eq!(client().snapshot(&lured, SCHOOL, None).unwrap_err(), WondeError::NoStudents);
    assert!(sent.borrow().iter().all(|url| url.starts_with("https://api.wonde.com/")));
}

#[test]
fn refuses_invalid_input_before_sending_a_request() {
    for token in ["", " ", "a b", "a\nb", "é"] {
        assert_eq!(Client::new(token).unwrap_err().reason(), "invalid-token", "{token}");
    }
    for domain in ["", "evil.example", "api.wonde.com/v1.0", "https://api.wonde.com"] {
        assert_eq!(client().domain(domain).unwrap_err().reason(), "invalid-domain", "{domain}");
    }
    assert!(client().vouched_domain("wonde-proxy.trust.example").is_ok());
    let never = |_: Request| -> Result<Response, AdapterError> { panic!("nothing is sent") };
    for school in ["", "A1/students", "../A1", "A1?x=1"] {
        assert_eq!(client().snapshot(&never, school, None).unwrap_err().reason(), "invalid-school", "{school}");
        assert_eq!(client().revoke_access(&never, school).unwrap_err().reason(), "invalid-school", "{school}");
    }
    assert_eq!(client().search(&never, &Search::new().urn(" ")).unwrap_err().reason(), "invalid-search");
}

#[test]
fn access_to_a_school_can_be_requested_and_listed_and_revoked() {
    let fake = Fake::of(1);
    let adapter = InProcess::to(&fake);
    assert_eq!(client().schools(&adapter).unwrap()[0].name, "Oakfield Primary School");
    assert_eq!(client().request_access(&adapter, SCHOOL, &[]).unwrap().as_deref(), Some("pending"));
    let pending = client().pending(&adapter).unwrap();
    assert_eq!((pending[0].id.as_str(), pending[0].urn.as_deref()), (SCHOOL, Some("100000")));
    assert!(client().schools(&adapter).unwrap().is_empty());
    assert_eq!(client().search(&adapter, &Search::new().postcode("AB1 2CD")).unwrap().len(), 1);
    assert_eq!(client().revoke_access(&adapter, SCHOOL).unwrap().as_deref(), Some("revoked"));
    assert!(fake.log().iter().any(|(target, _)| target.contains("postcode=AB1+2CD")));
    let refused = |_: Request| Ok(Response::new(200, r#"{"success": false, "state": "declined"}"#));
    let error = client().request_access(&refused, SCHOOL, &[]).unwrap_err();
    assert_eq!((error.reason(), error.to_string().contains("declined")), ("refused", true));
}

#[test]
fn a_call_can_run_step_by_step_and_report_its_progress() {
    let fake = Fake::of(450);
    let mut seen = Vec::new();
    let adapter = InProcess::to(&fake);
    let call = client().call_snapshot(SCHOOL, None).unwrap();
    call.run_with(&adapter, |progress| seen.push((progress.list, progress.page, progress.students))).unwrap();
    assert_eq!(
        seen,
        [
            ("students", 1, 0),
            ("students", 2, 200),
            ("students", 3, 400),
            ("students again", 1, 450),
            ("students again", 2, 450),
            ("students again", 3, 450),
            ("counts", 1, 450)
        ]
    );
    // A request without an answer is returned again. An answer without a request changes nothing.
    let mut call = client().call_snapshot(SCHOOL, None).unwrap();
    let mut urls = Vec::new();
    for _ in 0..2 {
        let Ok(Step::Send(request)) = call.step() else { panic!() };
        urls.push(request.url().to_owned());
    }
    assert_eq!(urls[0], urls[1]);
    call.answer(Ok(Response::new(401, "")));
    call.answer(Ok(Response::new(200, r#"{"data":[]}"#)));
    assert_eq!(call.step().unwrap_err().reason(), "unauthorised");
    assert_eq!(call.step().unwrap_err().reason(), "unauthorised");
}

/// Returns the roster of a school whose list is this JSON.
pub(crate) fn one(json: &str, options: &Options) -> Roster {
    let body = format!(r#"{{"data": [{json}]}}"#);
    let adapter = |request: Request| match request.url().contains("/counts") {
        true => Ok(Response::new(404, "")),
        false => Ok(Response::new(200, body.clone())),
    };
    client().snapshot(&adapter, SCHOOL, None).unwrap().roster(options)
}

#[test]
fn reads_values_as_different_mis_systems_write_them() {
    let student = |extra: &str| {
        format!(
            r#"{{"id": 7, "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {{"data": {{"code": "6"}}}},
            "groups": {{"data": [{{"name": "6B", "type": "Registration"}}]}}, {extra}}}"#
        )
    };
    for (extra, expected) in [
        (r#""extended_details": null"#, ["No", "NOBT", "No", "No"]),
        (r#""extended_details": {"data": null}"#, ["No", "NOBT", "No", "No"]),
        (r#""extended_details": {"data": []}"#, ["No", "NOBT", "No", "No"]),
        (r#""classes": []"#, ["No", "NOBT", "No", "No"]),
        (
            r#""extended_details": {"data": {"ethnicity": "White - British", "sen_status": "K", "pupil_premium": "Y", "eal_status": "New to English"}}"#,
            ["Yes", "WBRI", "Yes", "Yes"],
        ),
        (
            r#""extended_details": {"ethnicity_code": "WBRI", "ethnicity": "something local", "sen_status": "N", "premium_pupil_indicator": 1}"#,
            ["Yes", "WBRI", "No", "No"],
        ),
        (
            r#""extended_details": {"data": [{"key": "ethnicity", "value": "AIND"}, {"key": "sen_status", "value": "E"}, {"key": "premium_pupil_indicator", "value": true}, 7, null, "x", [1]]}"#,
            ["Yes", "AIND", "Yes", "No"],
        ),
        (
            r#""extended_details": {"data": {"english_as_additional_language": null, "english_as_additional_language_status": "Not applicable", "premium_pupil_indicator": "false", "new_field": {"a": [1]}}}"#,
            ["No", "NOBT", "No", "No"],
        ),
    ] {
        let roster = one(&student(extra), &Options::new());
        assert!(roster.held().is_empty(), "{extra}: {}", roster.report().text());
        let cells = roster.get(0).unwrap().cells();
        assert_eq!(cells[..5], ["Zoë Okafor", "Zoë Okafor", "Year 6", "6B", "Female"], "{extra}");
        assert_eq!(cells[5..], expected, "{extra}");
        assert_eq!(roster.source_id(0), Some("7"));
    }
}

#[test]
fn holds_back_a_student_only_if_a_required_field_is_unreadable() {
    let with = |field: &str, value: &str| {
        let mut student = serde_json::json!({
            "id": "A1", "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {"data": {"name": "Year 6"}},
            "groups": {"data": [{"name": "6B", "type": "REGISTRATION"}]}, "extended_details": {"data": {}},
        });
        let value: serde_json::Value = serde_json::from_str(value).unwrap();
        match field {
            "ethnicity" | "sen_status" | "premium_pupil_indicator" => {
                student["extended_details"]["data"][field] = value
            }
            _ => student[field] = value,
        }
        one(&student.to_string(), &Options::new())
    };
    // A field that an account does not need is left out with a warning. The student keeps the account.
    for (field, value, column) in [
        ("gender", "\"Intersex or indeterminate\"", Column::Gender),
        ("gender", "{\"code\": \"F\"}", Column::Gender),
        ("ethnicity", "\"Martian\"", Column::Ethnicity),
        ("sen_status", "\"Z\"", Column::Send),
        ("premium_pupil_indicator", "\"perhaps\"", Column::PupilPremium),
    ] {
        let roster = with(field, value);
        assert_eq!((roster.len(), roster.held().len()), (1, 0), "{field} {value}");
        let problem = &roster.report().problems()[0];
        assert_eq!((problem.code(), problem.column()), (ProblemCode::NotRecorded, Some(column)), "{field} {value}");
    }
    for value in ["null", "\"Redacted for privacy\"", "\"Not stated/inadequately described\""] {
        let roster = with("gender", value);
        assert!(roster.get(0).is_some_and(|student| student.gender.is_none()) && roster.report().problems().is_empty());
    }
    let roster = with("forename", "[\"Zoë\"]");
    assert_eq!((roster.len(), roster.held().len()), (0, 1));
    let problem = &roster.report().problems()[0];
    let found = (problem.code(), problem.column(), problem.record());
    assert_eq!(found, (ProblemCode::ForbiddenCharacter, Some(Column::FullName), Some(0)));
    assert_eq!(roster.held()[0].source_id(), Some("A1"));
}

#[test]
fn options_select_the_sources_of_the_class_and_the_name_and_the_email() {
    let json = r#"{"id": "A1", "forename": "Joanna", "surname": "Lee", "legal_forename": "Joanna", "legal_surname": "Lee-Smith", "gender": "FEMALE",
        "year": {"data": {"name": "Girls Reception", "code": "R"}},
        "classes": {"data": [{"name": "Music"}, {"name": "English", "main_class": true}]},
        "groups": {"data": [{"name": "Red", "type": "HOUSE"}, {"name": "RB", "type": "REGISTRATION"}]},
        "contact_details": {"data": {"emails": {"email": null, "primary": "p@oak.example", "work": "w@oak.example", "home": "h@home.example"}}}}"#;
    let cell =
        |options: Options, column: Column| one(json, &options).get(0).unwrap().cells()[column as usize].to_owned();
    let map = Options::new;
    for (class_from, class) in
        [(ClassFrom::Registration, "RB"), (ClassFrom::MainClass, "English"), (ClassFrom::First, "English")]
    {
        assert_eq!(cell(map().class_from(class_from), Column::Class), class);
    }
    assert_eq!(cell(map(), Column::FullName), "Joanna Lee");
    assert_eq!(cell(map().names_from(NamesFrom::Legal), Column::FullName), "Joanna Lee-Smith");
    assert_eq!(cell(map(), Column::YearGroup), "Reception");
    let sso = || map().sign_in(SignIn::Sso);
    assert_eq!(cell(sso(), Column::Username), "p@oak.example");
    assert_eq!(cell(sso().email_from(EmailFrom::Work), Column::Username), "w@oak.example");
    assert_eq!(cell(sso().email_from(EmailFrom::Home), Column::Username), "h@home.example");
    let withheld = one(json, &sso().email_from(EmailFrom::Email));
    assert_eq!((withheld.get(0).unwrap().username, withheld.unrecorded().contains(&Column::Username)), ("", true));
}

#[test]
fn usernames_do_not_depend_on_the_order_of_the_student_list() {
    let usernames = |reversed: bool| {
        let fake = Fake::of(150);
        if reversed {
            fake.school().pupils.reverse();
        }
        let roster = roster(&fake);
        let mut all: Vec<_> = (0..roster.len())
            .map(|n| (roster.source_id(n).unwrap().to_owned(), roster.get(n).unwrap().username.to_owned()))
            .collect();
        all.sort();
        all
    };
    assert_eq!(usernames(false), usernames(true));
}

#[test]
fn logs_show_no_token_and_no_personal_data() {
    let fake = Fake::of(3);
    let call = client().call_snapshot(SCHOOL, None).unwrap();
    let mut texts = vec![format!("{:?} {call:?}", client())];
    let spied = |request: Request| {
        let shown = format!("{request:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains("include"), "{shown}");
        let response = InProcess::to(&fake).send(request);
        assert!(!format!("{response:?}").contains("Amelia"));
        response
    };
    let snapshot = client().snapshot(&spied, SCHOOL, None).unwrap();
    let roster = snapshot.roster(&Options::new());
    texts.push(format!("{snapshot:?} {roster:?} {:?}", roster.held()));
    assert!(
        texts
            .iter()
            .all(|text| !text.contains(TOKEN) && !text.contains("Amelia") && !text.contains("oakfield.example"))
    );
}

/// Returns an answer with this body, without a network.
fn said(body: &str) -> Result<Response, AdapterError> {
    Ok(Response::new(200, body))
}

/// Returns a page of rows that says whether there is a next page.
fn page(rows: &[String], next: Option<&str>) -> Result<Response, AdapterError> {
    let next = next.map_or("null".to_owned(), |next| format!("\"https://api.wonde.com/{next}\""));
    said(&format!(
        r#"{{"data": [{}], "meta": {{"pagination": {{"next": {next}, "more": {}}}}}}}"#,
        rows.join(","),
        next != "null"
    ))
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| format!(r#"{{"id": "{id}"}}"#)).collect()
}

#[test]
fn a_snapshot_counts_its_students_and_leavers_and_pages_and_duplicates() {
    let answer = |request: Request| match request.url() {
        url if url.contains("/counts") => said(r#"{"data": {"students": {"data": {"count": 3}}}}"#),
        url if url.contains("?page=2") => page(&ids(&["A2", "A3"]), None),
        _ => page(&ids(&["A1", "A2"]), Some("students?page=2")),
    };
    let full = client().snapshot(&answer, SCHOOL, None).unwrap();
    assert_eq!((full.school_id(), full.len(), full.since(), full.left()), (SCHOOL, 3, None, 0));
    assert_eq!((full.duplicates(), full.pages(), full.is_counted()), (1, 4, true));
    assert!(format!("{full:?}").starts_with("Snapshot { school: \"A1329183376\", len: 3, since: None"));
    let deletion = |id: &str, of: &str, restored: &str| {
        format!(
            r#"{{"id": "{id}", "type": "{of}", "deleted_at": {{"date": "2026-09-01"}}, "restored_at": {restored}}}"#
        )
    };
    let date = r#"{"date": "2026-09-02 06:00:00"}"#;
    // A blank or false value is not the date of a return.
    let deletions = [
        deletion("A7", "Student", "null"),
        deletion("A8", "employee", "null"),
        deletion("A9", "student", date),
        deletion("A10", "student", "false"),
        deletion("A11", "student", "\"\""),
        deletion("A12", "student", r#"{"date": ""}"#),
    ];
    let answer = |request: Request| match request.url() {
        url if url.contains("/deletions") => page(&deletions, None),
        url if url.contains("/students-leaver") => page(&[], None),
        _ => page(&ids(&["A1"]), None),
    };
    let delta = client().snapshot(&answer, SCHOOL, since()).unwrap();
    assert_eq!((delta.len(), delta.since(), delta.left(), delta.is_empty()), (1, since(), 4, false));
}

#[test]
fn stops_reading_a_list_whose_pages_contain_nothing_new() {
    // Each page names a next page, but has only students who were on an earlier page.
    for list in ["students", "again", "deletions", "leavers", "schools"] {
        let asked = RefCell::new(0);
        let answer = |request: Request| {
            let url = request.url();
            let at = match () {
                () if url.contains("deletions") => "deletions",
                () if url.contains("leaver") => "leavers",
                () if url.contains("counts") => "counts",
                () if url.contains("/v1.0/schools?")
                    || url.ends_with("/v1.0/schools")
                    || url.contains("schools-more") =>
                {
                    "schools"
                }
                // The second reading requests only ids.
                () if url.contains("include") || url.contains("students-more") => "students",
                () => "again",
            };
            let is_more = url.contains("-more");
            *asked.borrow_mut() += 1;
            if at == list || (list == "again" && url.contains("again-more")) {
                let more = if list == "leavers" { "students-leaver" } else { list };
                return page(&ids(&["A1"]), Some(&format!("{more}-more?page={}", asked.borrow())));
            }
            match (at, is_more) {
                ("students", false) if list == "again" => page(&ids(&["A1"]), Some("students-more?page=2")),
                _ => page(&ids(&["A2"]), None),
            }
        };
        let since = if ["deletions", "leavers"].contains(&list) { since() } else { None };
        let reason = match list {
            "schools" => client().schools(&answer).map(drop).map_err(|error| error.reason()),
            _ => client().snapshot(&answer, SCHOOL, since).map(drop).map_err(|error| error.reason()),
        };
        assert_eq!(reason, Err("page-repeated"), "{list}");
        assert!(*asked.borrow() < 20, "{list}: {}", asked.borrow());
    }
}

#[test]
fn reads_a_list_again_after_a_change_during_reading() {
    for (second, readings) in [(&["A1", "A2"][..], 3), (&["A1", "A2", "A4"], 3)] {
        for settles in [false, true] {
            let times = RefCell::new(0);
            let answer = |request: Request| {
                let url = request.url();
                if url.contains("/counts") {
                    return Ok(Response::new(404, ""));
                }
                if url.contains("?page=2") {
                    return page(&ids(&["A3"]), None);
                }
                if url.contains("include") {
                    return page(&ids(&["A1", "A2"]), Some("students?page=2"));
                }
                *times.borrow_mut() += 1;
                let whole = settles && *times.borrow() == readings;
                page(&ids(if whole { &["A1", "A2", "A3"] } else { second }), None)
            };
            let result = client().snapshot(&answer, SCHOOL, None);
            assert_eq!(*times.borrow(), readings);
            match result {
                Ok(snapshot) => assert!(settles && snapshot.len() == 3),
                Err(error) => assert!(!settles && error == WondeError::Drifting { readings: 3 }),
            }
        }
    }
}

#[test]
fn more_than_200_000_students_are_an_error() {
    for (students, expected) in [(200_000, "read"), (200_001, "too-many"), (200_002, "too-many")] {
        let rows: Vec<String> = (0..students).map(|n| format!(r#"{{"id":{n}}}"#)).collect();
        let body = format!(r#"{{"data":[{}]}}"#, rows.join(","));
        let answer = |request: Request| match request.url().contains("/counts") {
            true => Ok(Response::new(404, "")),
            false => said(&body),
        };
        let result = client().snapshot(&answer, SCHOOL, None);
        assert_eq!(reason(&result), expected, "{students}");
        assert_eq!(result.err().and_then(|error| error.page()), (expected != "read").then_some(("students", 1)));
    }
}

#[test]
fn an_error_gives_the_list_and_page_of_the_fault() {
    let rows: Vec<String> = (0..200_000).map(|n| format!(r#"{{"id":{n}}}"#)).collect();
    let first = RefCell::new(Some(page(&rows, Some("students?page=2"))));
    let answer = |_: Request| first.borrow_mut().take().unwrap_or_else(|| page(&ids(&["A1"]), None));
    let error = client().snapshot(&answer, SCHOOL, None).unwrap_err();
    assert_eq!((error.reason(), error.page()), ("too-many", Some(("students", 2))));
    // The name of a class may be any number.
    let student = r#"{"id": 7, "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {"data": {"code": "6"}},
        "groups": {"data": [{"name": 1.5, "type": "Registration"}]}}"#;
    assert_eq!(one(student, &Options::new()).get(0).map(|student| student.class_name), Some("1.5"));
}

#[test]
fn a_sync_waits_at_most_15_minutes_in_total() {
    struct Slow(RefCell<(usize, Duration)>);
    impl Adapter for Slow {
        fn send(&self, _: Request) -> Result<Response, AdapterError> {
            let mut state = self.0.borrow_mut();
            state.0 += 1;
            match state.0 % 2 {
                1 => Ok(Response::new(429, "").header("retry-after", "200")),
                _ => page(&ids(&[&format!("A{}", state.0)]), Some(&format!("students?page={}", state.0))),
            }
        }

        fn wait(&self, time: Duration) {
            self.0.borrow_mut().1 += time;
        }
    }
    let slow = Slow(RefCell::new((0, Duration::ZERO)));
    assert_eq!(reason(&client().snapshot(&slow, SCHOOL, None)), "rate-limited");
    let waited = slow.0.borrow().1.as_secs();
    assert!((600..=900).contains(&waited), "{waited}");
    // The error says how often the request was tried.
    let dropped = |_: Request| Err::<Response, _>(AdapterError::Unreachable);
    let dropped = NoWait(dropped);
    let Err(error) = client().snapshot(&dropped, SCHOOL, None) else { panic!() };
    assert!(error.to_string().ends_with("(tried 5 times)"), "{error}");
}

struct NoWait<F>(F);

impl<F: Fn(Request) -> Result<Response, AdapterError>> Adapter for NoWait<F> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        (self.0)(request)
    }

    fn wait(&self, _: Duration) {}
}

#[test]
fn sends_the_expected_requests_for_searches_and_access() {
    let sent = RefCell::new(Vec::new());
    let spied = |request: Request| {
        let body = request.body().unwrap_or("none").to_owned();
        sent.borrow_mut().push(format!("{} {} {body}", request.method(), request.url()));
        said(r#"{"data": []}"#)
    };
    let search = Search::new().urn("1").la_code(" 873 ").establishment_number("2001").postcode("CB1").urn("100000");
    client().search(&spied, &search.la_code("874").postcode(" ")).unwrap();
    let vouched = client().vouched_domain("wonde.host.example").unwrap();
    vouched.schools(&spied).unwrap();
    let _ = client().request_access(&spied, SCHOOL, &[]);
    let contact = Contact { first_name: "Ada".to_owned(), ..Contact::default() };
    let _ = client().request_access(&spied, SCHOOL, &[contact]);
    assert_eq!(
        *sent.borrow(),
        [
            "GET https://api.wonde.com/v1.0/schools/all?establishment_number=2001&urn=100000&la_code=874 none",
            "GET https://wonde.host.example/v1.0/schools none",
            "POST https://api.wonde.com/v1.0/schools/A1329183376/request-access {}",
            "POST https://api.wonde.com/v1.0/schools/A1329183376/request-access \
             {\"contacts\":[{\"email_address\":\"\",\"first_name\":\"Ada\",\"last_name\":\"\"}]}",
        ]
    );
}

#[test]
fn the_access_state_follows_the_lists_and_webhooks_of_wonde() {
    let hook = |kind: &str, more: &str| {
        Webhook::read(format!(r#"{{"payload_type": "{kind}", "school_id": "A1"{more}}}"#).as_bytes()).unwrap()
    };
    let declined = hook("accessDeclined", r#", "decline_reason": "not now""#);
    let mut access = Access::new("A1");
    assert_eq!((access.school_id(), access.needs_full_sync()), ("A1", false));
    assert_eq!(access.apply(AccessEvent::Requested), None);
    assert_eq!(access.apply(AccessEvent::Webhook(&declined)), None);
    assert_eq!((access.state(), access.reason()), (AccessState::Declined, Some("not now")));
    // Only another school is in a list. That does not change the state of this school.
    let of_others = [School::of_id("A2")];
    assert_eq!(access.apply(AccessEvent::Listed { approved: &of_others, pending: &[] }), None);
    assert_eq!((access.state(), access.reason()), (AccessState::Declined, Some("not now")));
    let own = [School::of_id("A1")];
    assert_eq!(access.apply(AccessEvent::Listed { approved: &own, pending: &[] }), Some(Task::FullSync));
    assert_eq!((access.state(), access.reason(), access.needs_full_sync()), (AccessState::Approved, None, true));
    assert_eq!(access.apply(AccessEvent::FullySynced), None);
    assert_eq!(
        (access.needs_full_sync(), access.apply(AccessEvent::Webhook(&declined))),
        (false, Some(Task::AskWonde))
    );
    assert_eq!(access.apply(AccessEvent::Listed { approved: &own, pending: &[] }), None);
    assert_eq!(access.apply(AccessEvent::Listed { approved: &of_others, pending: &[] }), Some(Task::StopSyncing));
    assert_eq!(access.state(), AccessState::Revoked);
    assert_eq!(access.apply(AccessEvent::Listed { approved: &[], pending: &own }), None);
    assert_eq!(access.state(), AccessState::Pending);
    assert_eq!(access.apply(AccessEvent::Listed { approved: &[], pending: &[] }), Some(Task::AskWonde));
    assert_eq!(access.state(), AccessState::Unknown);
}

#[test]
fn refuses_webhooks_that_are_too_large_or_not_an_object() {
    let of_size = |size: usize| {
        let mut body = br#"{"payload_type": "accessRevoked", "school_id": "A1", "note": ""#.to_vec();
        body.resize(size - 2, b'x');
        body.extend(b"\"}");
        Webhook::read(&body).map(|webhook| webhook.kind()).map_err(WebhookError::code)
    };
    assert_eq!(of_size(1 << 20), Ok(WebhookKind::Revoked));
    assert_eq!(of_size((1 << 20) + 1), Err("webhook-too-large"));
    for (body, expected) in [("[1]", "webhook-unknown-type"), ("5", "webhook-wrong-shape"), ("{", "webhook-not-json")] {
        assert_eq!(Webhook::read(body.as_bytes()).unwrap_err().code(), expected, "{body}");
    }
}

#[test]
fn reads_student_records_with_values_in_unusual_forms() {
    let options = Options::new();
    let student = |more: &str| {
        format!(
            r#"{{"id": 7, "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {{"data": {{"code": "6"}}}},
            "groups": {{"data": [{{"name": -5, "type": "Registration"}}]}}, "created_at": [1, {{}}], {more}}}"#
        )
    };
    // Two fields give the premium, and only one of them can be read, so that one is used. A class may be a number.
    let details = r#""extended_details": {"data": {"premium_pupil_indicator": "maybe", "pupil_premium": "Y", "eal": 1.5,
        "eal_status": true, "ethnicity_code": "WCOR", "sen_status": "K"}}"#;
    let roster = one(&student(details), &options);
    let cells = ["Zoë Okafor", "Zoë Okafor", "Year 6", "-5", "Female", "Yes", "WCOR", "Yes", "Yes"];
    assert_eq!(roster.get(0).map(|student| student.cells()), Some(cells), "{}", roster.report().text());
    assert!(roster.unrecorded().is_empty());
    let main = one(&student(details), &options.clone().main_codes_only(true));
    assert_eq!(main.get(0).map(|student| student.ethnicity.code()), Some("WBRI"));
    let own = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI").unwrap();
    let details = details.replace("WCOR", "WSHE");
    let unknown = one(&student(&details), &options);
    assert_eq!(unknown.report().problems()[0].code(), ProblemCode::NotRecorded);
    assert_eq!(unknown.get(0).map(|student| student.ethnicity.code()), Some("NOBT"));
    let roster = one(&student(&details), &options.clone().ethnicities(own));
    assert_eq!(roster.get(0).map(|student| student.ethnicity.code()), Some("WSHE"));
    let roster = one(&student(r#""extended_details": {"data": {"sen_status": "N"}}"#), &options);
    assert_eq!(roster.unrecorded(), [Column::PupilPremium, Column::Ethnicity, Column::Eal]);
    // JSON that is not a list of objects is an error at once. A body that is not JSON is requested again.
    for (body, expected) in
        [(r#"{"data": 5}"#, "wrong-shape"), (r#"{"data": [5]}"#, "wrong-shape"), (r#"{"data": ["#, "not-json")]
    {
        let answer = NoWait(|_: Request| said(body));
        assert_eq!(reason(&client().snapshot(&answer, SCHOOL, None)), expected, "{body}");
    }
}

#[test]
fn held_students_have_the_ids_and_names_of_their_records() {
    let broken = r#"{"id": "A7", "forename": "Zoë", "surname": "Okafor", "education_details": {"data": {"upn": "G801200000007"}}}"#;
    let other = r#"{"id": "A8", "forename": "Amy", "surname": "Li", "gender": "F", "year": {"data": {"name": "Year 6"}},
        "registration": {"data": {"name": "6B"}}}"#;
    let roster = one(&format!("{broken}, {other}"), &Options::new());
    let held = &roster.held()[0];
    let ids = (held.source_id(), held.upn());
    assert_eq!(
        (ids, held.full_name(), held.username()),
        ((Some("A7"), Some("G801200000007")), "Zoë Okafor", "Zoë Okafor")
    );
    assert!(format!("{held:?}").contains("<hidden>") && !format!("{held:?}").contains("Zoë"));
}

/// The fields that a school in the fake Wonde can hide by its permissions.
const HIDEABLE: [&str; 20] = [
    "gender",
    "forename",
    "surname",
    "legal",
    "year",
    "groups",
    "registration",
    "ethnicity",
    "sen",
    "premium",
    "eal",
    "upn",
    "upi",
    "year_group",
    "nc_year",
    "classes",
    "education_details",
    "extended_details",
    "contact_details",
    "date_of_birth",
];

fn hide(fake: &Fake, names: &[&str]) {
    fake.school().hidden = names.iter().map(|name| (*name).to_owned()).collect();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn permissions_that_a_school_withholds_change_no_account(
        hidden in prop::sample::subsequence(HIDEABLE.to_vec(), 0..=HIDEABLE.len()),
        legal in any::<bool>(),
        sso in any::<bool>(),
    ) {
        let options = Options::new()
            .names_from(if legal { NamesFrom::Legal } else { NamesFrom::Preferred })
            .sign_in(if sso { SignIn::Sso } else { SignIn::Password });
        let fake = Fake::of(60);
        let whole = snapshot(&fake, None).unwrap().roster(&options);
        let accounts = Accounts::create(&whole, &PasswordPolicy::default()).unwrap();
        hide(&fake, &hidden);
        // One child changes class in the meantime. The plan contains this change unless the class itself is hidden.
        fake.school().pupils[7].class = "2X".to_owned();
        let roster = snapshot(&fake, None).unwrap().roster(&options);
        prop_assert_eq!((roster.len(), roster.held().len()), (60, 0), "{:?}: {}", hidden, roster.report().text());
        let plan = Plan::between(&accounts, &roster).unwrap();
        let class_is_known = !(hidden.contains(&"groups") && hidden.contains(&"registration"));
        let changes: Vec<_> = plan.changes().map(|c| (c.kind(), c.fields().map(|f| f.name()).collect::<Vec<_>>())).collect();
        let expected: &[_] = &[(ChangeKind::Move, vec!["class_name"])];
        prop_assert_eq!(changes.as_slice(), &expected[..usize::from(class_is_known)], "{:?}: {}", hidden, plan.diff());
        prop_assert!(plan.conflicts().is_empty() && plan.kept_usernames().is_empty(), "{:?}: {}", hidden, plan.diff());
        // A stored roster gives the same plan.
        let kept = Roster::from_json(&roster.to_json()).unwrap();
        prop_assert_eq!(Plan::between(&accounts, &kept).unwrap().diff(), plan.diff());
    }
}

#[test]
fn creates_accounts_although_a_school_withholds_many_fields() {
    let fake = Fake::of(60);
    hide(&fake, &["gender", "legal", "year", "groups", "ethnicity", "sen", "premium", "eal"]);
    for pupil in &mut fake.school().pupils {
        pupil.class = format!("{}D", pupil.year);
    }
    let answer = snapshot(&fake, None).unwrap();
    let roster = answer.roster(&Options::new());
    assert_eq!((roster.len(), roster.held().len()), (60, 0), "{}", roster.report().text());
    let known = |column: &Column| !roster.unrecorded().contains(column);
    assert_eq!(
        Column::ALL.into_iter().filter(known).collect::<Vec<_>>(),
        [Column::FullName, Column::Username, Column::Class]
    );
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let amelia = accounts.get("Amelia Smith").unwrap();
    assert!(amelia.gender.is_none() && amelia.year_group.is_empty() && amelia.password.is_some());
    // The year can be read from the class, if the host allows it. Fields that become known later are filled in.
    let with_years = answer.roster(&Options::new().year_from_class(true));
    assert!(with_years.iter().all(|student| student.national_year().is_some()));
    let plan = Plan::between(&Accounts::from_json(&accounts.to_json()).unwrap(), &with_years).unwrap();
    assert_eq!(plan.summary(), "60 move");
    // Without surnames nobody can join, and the text says so.
    hide(&fake, &["surname", "legal"]);
    let nameless = snapshot(&fake, None).unwrap().roster(&Options::new());
    let refused = Plan::between(&Accounts::default(), &nameless).unwrap_err();
    assert!(refused.to_string().contains("60 of 60 students are held"), "{refused}");
    let planner = Planner::new().override_guards([Guard::MostlyHeld]);
    let plan = planner.plan(&Accounts::default(), &nameless).unwrap();
    assert_eq!((plan.summary().as_str(), plan.held_joiners()), ("nothing to do, 60 cannot join yet", 60));
}

#[test]
fn an_invalid_or_shared_upn_identifies_no_student() {
    let row = |id: &str, name: &str, upn: &str| {
        let cells = [name, name, "Year 4", "4A", "Female", "No", "WBRI", "No", "No"].map(str::to_owned);
        Record::new(cells).source_id(id.to_owned()).upn(upn.to_owned())
    };
    let valid = "H801200000000";
    let before = Reader::new().hold_records([
        row("A1", "Ada Reid", "TBC"),
        row("A2", "Mia Hall", valid),
        row("A3", "Noah Khan", valid),
    ]);
    let texts: Vec<_> = before.report().problems().iter().map(|p| (p.code(), p.message())).collect();
    let [invalid, shared] = [ProblemCode::UpnInvalid, ProblemCode::UpnDuplicate];
    assert_eq!(
        texts,
        [
            (invalid, "row 1 of the data: 'TBC' is not a valid UPN, so it cannot identify a student; copy the UPN from your MIS again".to_owned()),
            (
                shared,
                format!(
                    "row 3 of the data: '{valid}' is also the UPN in row 2 of the data, so it cannot identify a student; check both UPNs in your MIS"
                )
            ),
        ]
    );
    let accounts = Accounts::create(&before, &PasswordPolicy::default()).unwrap();
    // By source id, every student is new. No student gets another child's account through a UPN that identifies nobody.
    let after = [row("B1", "Isla Moss", "TBC"), row("B2", "Zoe Lee", valid), row("B3", "Omar Said", valid)];
    let planner = Planner::new().max_leavers(1.0);
    let plan = planner.plan(&accounts, &Reader::new().hold_records(after)).unwrap();
    assert_eq!(plan.summary(), "3 join, 3 leave");
}

#[test]
fn uses_a_parents_email_address_as_username_only_on_request() {
    let json = |email: &str, home: &str| {
        format!(
            r#"{{"id": "A1", "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {{"data": {{"name": "Year 6"}}}},
            "registration": {{"data": {{"name": "6B"}}}},
            "contact_details": {{"data": {{"emails": {{"email": "{email}", "home": "{home}"}}}}}}}}"#
        )
    };
    let username = |json: &str, options: &Options| one(json, options).get(0).map(|student| student.username.to_owned());
    let sso = Options::new().sign_in(SignIn::Sso);
    assert_eq!(username(&json("zoe@oak.example", "mum@home.example"), &sso).as_deref(), Some("zoe@oak.example"));
    assert_eq!(username(&json("Mum@home.example", "mum@home.example"), &sso).as_deref(), Some(""));
    let asked = sso.clone().email_from(EmailFrom::Home);
    assert_eq!(username(&json("mum@home.example", "mum@home.example"), &asked).as_deref(), Some("mum@home.example"));
    let own = sso.email_domains(["@Oak.example"]).unwrap();
    assert_eq!(username(&json("zoe@oak.example", ""), &own).as_deref(), Some("zoe@oak.example"));
    assert_eq!(username(&json("zoe@home.example", ""), &own).as_deref(), Some(""));
}

#[test]
fn an_unreadable_value_does_not_change_the_account() {
    let fake = Fake::of(60);
    let accounts = accounts(&fake);
    let before = accounts.get("Amelia Smith").unwrap();
    let (ethnicity, send) = (before.ethnicity.code(), before.send);
    let amelia =
        fake.school().pupils.iter().position(|pupil| pupil.surname == "Smith" && pupil.forename == "Amelia").unwrap();
    fake.school().pupils[amelia].ethnicity = serde_json::json!("Martian");
    fake.school().pupils[amelia].sen = serde_json::json!("??");
    let roster = roster(&fake);
    let found: Vec<_> = roster.report().problems().iter().map(|p| (p.code(), p.column())).collect();
    let unread = |column| (ProblemCode::NotRecorded, Some(column));
    assert_eq!(found, [unread(Column::Ethnicity), unread(Column::Send)]);
    let after = Plan::between(&accounts, &roster).unwrap().apply(accounts.clone()).unwrap();
    let after = after.get("Amelia Smith").unwrap();
    assert_eq!((after.ethnicity.code(), after.send), (ethnicity, send));
}

#[cfg(feature = "http")]
mod over_http {
    use super::*;
    use onroll::adapter::Http;

    fn client_at(fake: &Fake) -> Client {
        client().domain(&fake.serve().to_string()).unwrap()
    }

    /// An `Http` adapter that does not wait.
    struct Impatient(Http);

    impl Adapter for Impatient {
        fn send(&self, request: Request) -> Result<Response, AdapterError> {
            self.0.send(request)
        }

        fn wait(&self, _: Duration) {}
    }

    #[test]
    fn reads_the_students_of_a_school() {
        let fake = Fake::of(450);
        let client = client_at(&fake);
        let http = Http::new().unwrap();
        let snapshot = client.snapshot(&http, SCHOOL, None).unwrap();
        assert_eq!((snapshot.len(), snapshot.is_counted()), (450, true));
        assert_eq!(client.request_access(&http, SCHOOL, &[]).unwrap().as_deref(), Some("pending"));
        assert!(fake.log().iter().all(|(_, with_token)| *with_token));
    }

    #[test]
    fn gives_the_right_reason_for_each_network_error() {
        for (kind, expected) in [
            ("drop", "unreachable"),
            ("stall", "timed-out"),
            ("cut", "unreachable"),
            ("huge", "too-large"),
            ("429", "rate-limited"),
            ("302", "redirected"),
            ("500", "server-error"),
            ("401", "unauthorised"),
        ] {
            for times in [1, 1000] {
                let fake = Fake::of(250);
                fake.fault("students", 2, kind, times);
                // Only the stalled answer gets a short time limit. On a busy machine, the other answers need more time.
                let client = match kind {
                    "stall" => client_at(&fake).timeout(Duration::from_millis(400)),
                    _ => client_at(&fake),
                };
                let result = client.snapshot(&Impatient(Http::new().unwrap()), SCHOOL, None);
                let passes = times == 1 && !["huge", "302", "401"].contains(&kind);
                assert_eq!(reason(&result), if passes { "read" } else { expected }, "{kind} × {times}");
            }
        }
        let nobody = client().domain("127.0.0.1:9").unwrap();
        let error = nobody.snapshot(&Impatient(Http::new().unwrap()), SCHOOL, None).unwrap_err();
        assert_eq!((error.reason(), error.page()), ("unreachable", Some(("students", 1))));
    }
}
