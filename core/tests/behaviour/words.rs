//! The words that hosts store and other languages pass on: promised, each as it is.

use std::time::{Duration, Instant};

use onroll::wonde::{AccessState, Client, Lock, Locks, Task, WondeError};
use onroll::{
    Adapter, AdapterError, ChangeKind, ConflictReason, Fault, Gender, Guard, MatchedBy, PersonKind, Request, Response,
};

#[test]
fn words_stay_as_they_are() {
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
fn a_response_shows_its_size_and_no_more() {
    let shown = format!("{:?}", Response::new(200, b"Kestrelname".to_vec()).header("x", "Kestrelname"));
    assert_eq!(shown, "Response { status: 200, len: 11, .. }");
}

#[test]
fn waiting_waits_where_the_host_does_not_say_how() {
    let asleep = |_: Request| Err::<Response, _>(AdapterError::TimedOut);
    let begun = Instant::now();
    asleep.wait(Duration::from_millis(30));
    assert!(begun.elapsed() >= Duration::from_millis(30));
}

#[test]
fn a_school_is_locked_until_it_is_unlocked() {
    let locks = Locks::default();
    assert!(locks.try_lock("A1") && locks.try_lock("A2") && !locks.try_lock("A1"));
    locks.unlock("A1");
    assert!(locks.try_lock("A1") && !locks.try_lock("A2"));
}
