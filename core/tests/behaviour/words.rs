//! Tests that codes do not change. Hosts store these words, and the packages in other languages pass them on.

use std::time::{Duration, Instant};

use onroll::adapter::{Adapter, AdapterError, Fault, Request, Response};
use onroll::identity::{MatchedBy, PersonKind, RefusedReason, SignInRefused};
use onroll::mylogin::MyLoginError;
use onroll::plan::{ChangeKind, ConflictReason, Guard};
use onroll::values::{Ethnicities, Gender, YearGroup};
use onroll::wonde::{AccessState, Client, Exclusive, Lock, Locks, Schedule, ScheduleError, Task, WondeError};
use onroll::{Reader, SignIn};

use crate::file;

#[test]
fn the_codes_of_tasks_and_states_and_faults_and_changes_stay_the_same() {
    let tasks = [Task::FullSync, Task::StopSyncing, Task::AskWonde].map(Task::as_str);
    assert_eq!(tasks, ["full-sync", "stop-syncing", "ask-wonde"]);
    let states =
        [AccessState::None, AccessState::Pending, AccessState::Approved, AccessState::Declined, AccessState::Revoked];
    assert_eq!(states.map(AccessState::as_str), ["none", "pending", "approved", "declined", "revoked"]);
    assert_eq!(
        [PersonKind::Student, PersonKind::Staff, PersonKind::Unknown].map(PersonKind::as_str),
        ["student", "staff", "unknown"]
    );
    assert_eq!(
        [MatchedBy::SourceId, MatchedBy::Link, MatchedBy::Email].map(MatchedBy::as_str),
        ["source-id", "link", "email"]
    );
    assert_eq!(Gender::Female.to_string(), "Female");
    let kinds = [ChangeKind::Join, ChangeKind::Leave, ChangeKind::Return, ChangeKind::Relink, ChangeKind::Rename];
    assert_eq!(kinds.map(ChangeKind::as_str), ["join", "leave", "return", "relink", "rename"]);
    assert_eq!([ChangeKind::Move, ChangeKind::Update].map(ChangeKind::as_str), ["move", "update"]);
    assert_eq!(ConflictReason::UsernameReused.as_str(), "username-reused");
    assert_eq!(Guard::SourceIdsChanged.as_str(), "source-ids-changed");
    let faults = [
        (Fault::Unreachable, "unreachable"),
        (Fault::TimedOut, "timed-out"),
        (Fault::TooLarge, "too-large"),
        (Fault::NotSent, "not-sent"),
        (Fault::Unauthorised, "unauthorised"),
        (Fault::Forbidden, "forbidden"),
        (Fault::NotFound, "not-found"),
        (Fault::Invalid, "invalid"),
        (Fault::ServerError(500), "server-error"),
        (Fault::UnexpectedStatus(418), "unexpected-status"),
        (Fault::NotJson, "not-json"),
    ];
    for (fault, word) in faults {
        assert_eq!(fault.as_str(), word);
    }
    let token = Client::new("").unwrap_err();
    assert_eq!((token.code(), token.reason()), ("wonde", WondeError::InvalidToken.reason()));
    assert_eq!(token.reason(), "invalid-token");
}

#[test]
fn the_debug_text_of_a_response_shows_only_its_status_and_size() {
    let shown = format!("{:?}", Response::new(200, b"Kestrelname".to_vec()).header("x", "Kestrelname"));
    assert_eq!(shown, "Response { status: 200, len: 11, .. }");
}

#[test]
fn the_default_wait_of_an_adapter_lasts_the_given_time() {
    let asleep = |_: Request| Err::<Response, _>(AdapterError::TimedOut);
    let begun = Instant::now();
    asleep.wait(Duration::from_millis(30));
    assert!(begun.elapsed() >= Duration::from_millis(30));
}

#[test]
fn a_school_can_be_locked_again_only_after_unlocking() {
    let locks = Locks::default();
    assert!(locks.try_lock("A1") && locks.try_lock("A2") && !locks.try_lock("A1"));
    locks.unlock("A1");
    assert!(locks.try_lock("A1") && !locks.try_lock("A2"));
}

#[test]
fn a_sync_locks_its_school_until_the_sync_ends() {
    let locks = Locks::default();
    let sync = Exclusive::of(&locks, "A1").unwrap();
    assert_eq!(Exclusive::of(&locks, "A1").unwrap_err().reason(), "busy");
    assert!(Exclusive::of(&locks, "A2").is_ok());
    assert_eq!(format!("{sync:?}"), "Exclusive { school_id: \"A1\", .. }");
    drop(sync);
    assert!(Exclusive::of(&locks, "A1").is_ok());
}

#[test]
fn errors_have_the_expected_codes_and_different_texts() {
    let with = |code: &str, description: &str, main: &str| {
        Ethnicities::default().with(code, description, main).unwrap_err().code()
    };
    assert_eq!(with("wshe", "White - Shetlander", "WBRI"), "ethnicity-not-a-code");
    assert_eq!(with("WSHE", "White - Irish", "WBRI"), "ethnicity-taken");
    assert_eq!(with("WBRI", "White - Shetlander", "WBRI"), "ethnicity-taken");
    assert_eq!(with("WSHE", "White - Shetlander", "WXYZ"), "ethnicity-no-main-code");
    let own = Ethnicities::default().with("WSHE", "Shetlander", "WSHE").unwrap();
    assert_eq!(own.get("WSHE").unwrap().group(), "Other", "a main code of its own");
    let codes = [ScheduleError::Time, ScheduleError::Weekday, ScheduleError::Spread].map(ScheduleError::code);
    assert_eq!(codes, ["schedule-time", "schedule-weekday", "schedule-spread"]);
    assert_eq!(MyLoginError::Ended.code(), "mylogin");
    let mut sentences = Vec::new();
    for reason in RefusedReason::ALL {
        let refused = SignInRefused::from(reason);
        assert_eq!((refused.code(), refused.retry_after), ("sign-in-refused", None));
        sentences.push(refused.to_string());
    }
    assert_eq!(sentences[1], "only students can sign in here; staff use the sign-in page for staff");
    let long = sentences.iter().filter(|sentence| sentence.len() > 20).count();
    sentences.sort();
    sentences.dedup();
    assert_eq!((sentences.len(), long), (RefusedReason::ALL.len(), RefusedReason::ALL.len()));
    let rejected = Reader::new().read_bytes(file(&["Zoë Okafor,,Year 5,5A,Female,No,BAFR,No,No"])).unwrap_err();
    assert_eq!(
        (rejected.code(), rejected.report().map(|report| report.problems().len())),
        ("roster-rejected", Some(1))
    );
    assert!(Reader::new().read_path("no such file.csv").unwrap_err().report().is_none());
}

#[test]
fn a_wonde_error_gives_the_list_and_the_page_and_the_number_of_attempts() {
    let (list, page) = ("students", 3);
    let retry_after = Some(Duration::from_secs(90));
    let failed = |tries, fault| WondeError::Exchange { list, page, tries, fault };
    assert_eq!(failed(1, Fault::Forbidden).to_string().matches("times").count(), 0);
    assert!(failed(2, Fault::TimedOut).to_string().ends_with(" (tried 2 times)"));
    let limited = failed(1, Fault::RateLimited { retry_after });
    assert_eq!(limited.retry_after(), Some(90));
    assert_eq!(failed(1, Fault::RateLimited { retry_after: None }).retry_after(), None);
    let all = [
        limited,
        WondeError::WrongShape { list, page, what: "it" },
        WondeError::NextMissing { list, page },
        WondeError::NextElsewhere { list, page },
        WondeError::PageRepeated { list, page },
        WondeError::TooMany { list, page },
    ];
    for error in all {
        assert_eq!(error.page(), Some(("students", 3)), "{error}");
        assert!(error.to_string().contains("page 3") || matches!(error, WondeError::TooMany { .. }), "{error}");
    }
    assert_eq!((WondeError::NoStudents.page(), WondeError::NoStudents.retry_after()), (None, None));
}

#[test]
fn a_schedule_and_a_key_stage_can_be_displayed_as_text() {
    assert_eq!(Schedule::daily("02:30").unwrap().to_string(), "daily at 02:30 in London");
    assert_eq!([SignIn::Password, SignIn::Sso].map(SignIn::as_str), ["password", "sso"]);
    let stage = |year| YearGroup::Year(year).key_stage().map(|stage| stage.to_string());
    assert_eq!([1, 3, 7, 10].map(stage), [1, 2, 3, 4].map(|stage| Some(format!("Key Stage {stage}"))));
    assert!(Schedule::daily("02:30").unwrap().spread(720).is_ok());
    assert_eq!(Schedule::daily("02:30").unwrap().spread(721).unwrap_err(), ScheduleError::Spread);
}
