//! Properties of what Wonde, MyLogin and other providers answer.

use std::cell::Cell;
use std::time::Duration;

use chrono::{DateTime, Utc};
use onroll::account::AccountRow;
use onroll::adapter::{Adapter, AdapterError, Request, Response};
use onroll::identity::Links;
use onroll::plan::Guard;
use onroll::wonde::{Client, Options, Webhook};
use onroll::{Accounts, Identity, Planner, SignIn, match_identity, mylogin};

/// An adapter that returns the answers of a script, whatever the request, and never waits.
struct Script<'s> {
    answers: Cell<&'s [u8]>,
    /// The domain to which all requests must go.
    domain: &'static str,
    asked: Cell<u32>,
}

impl<'s> Script<'s> {
    fn new(answers: &'s [u8], domain: &'static str) -> Self {
        Self { answers: Cell::new(answers), domain, asked: Cell::new(0) }
    }
}

impl Adapter for Script<'_> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let host = request.url().strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        assert!(host.is_some_and(|host| host.ends_with(self.domain)), "a secret goes elsewhere");
        self.asked.set(self.asked.get() + 1);
        // Each answer is a byte for its status, and a body that ends at the next NUL.
        let Some((&status, rest)) = self.answers.get().split_first() else { return Err(AdapterError::Unreachable) };
        let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
        let (body, after) = rest.split_at(end);
        self.answers.set(after.get(1..).unwrap_or_default());
        match status {
            b'd' => Err(AdapterError::Unreachable),
            b't' => Err(AdapterError::TimedOut),
            b'4' => Ok(Response::new(429, body).header("Retry-After", String::from_utf8_lossy(body))),
            b'5' => Ok(Response::new(503, body)),
            b'3' => Ok(Response::new(302, body).header("Location", "https://elsewhere.example/")),
            b'f' => Ok(Response::new(403, body)),
            _ => Ok(Response::new(200, body)),
        }
    }

    fn wait(&self, time: Duration) {
        assert!(time <= Duration::from_secs(375), "a service cannot make a host wait for ever");
    }
}

/// Whatever Wonde answers, the result is a complete snapshot or an error. After a plan for the snapshot's roster is
/// applied, a second plan for the same roster changes nothing.
pub fn any_wonde_answer_is_a_snapshot_or_an_error(data: &[u8]) {
    let Some((&choice, answers)) = data.split_first() else { return };
    let since = (choice & 1 == 1).then_some(DateTime::UNIX_EPOCH);
    let script = Script::new(answers, ".wonde.com");
    let snapshot = Client::new("token").expect("a token").snapshot(&script, "A1", since);
    assert!(script.asked.get() as usize <= answers.len() + 5, "it ends");
    let Ok(snapshot) = snapshot else { return };
    let sign_in = if choice & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let roster = snapshot.roster(&Options::new().sign_in(sign_in));
    assert_eq!(roster.len() + roster.held().len(), snapshot.len());
    let Ok(none) = Accounts::from_rows([], sign_in) else { return };
    let planner = Planner::new().override_guards(Guard::ALL);
    let Ok(plan) = planner.plan(&none, &roster) else { return };
    let accounts = plan.apply(none).expect("a plan of these accounts");
    let again = planner.plan(&accounts, &roster).expect("guards are passed");
    assert_eq!(again.len(), 0, "{}", again.summary());
}

/// Reading any posted data returns a webhook or an error. The debug text of a webhook does not show its token.
pub fn any_post_is_a_webhook_or_an_error(data: &[u8]) {
    if let Ok(webhook) = Webhook::read(data) {
        assert!(!webhook.school_id().is_empty());
        // The text shows the school's id between fixed words. By chance, the id or the words may contain the token.
        let plain = Webhook::read(br#"{"payload_type":"schoolApproved","school_id":"A1"}"#).expect("a webhook");
        let words = format!("{plain:?}");
        let shown = format!("{webhook:?}").replace(webhook.school_id(), "");
        let is_secret = |token: &str| token.len() > 5 && !words.contains(token);
        assert!(webhook.token().is_none_or(|token| !is_secret(token.expose()) || !shown.contains(token.expose())));
    }
}

/// Whatever a provider answers, an identity opens an account only in two cases. Either the identity and the account
/// have the same id, or the account has no id and the identity's trusted address is the account's username.
pub fn no_provider_answer_opens_another_account(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let row = |number: usize| AccountRow {
        source_id: (choice & 1 == 1).then(|| format!("S{number}")),
        full_name: format!("Pupil {number}"),
        username: format!("pupil{number}@oak.example"),
        year_group: "5".to_owned(),
        class_name: "5A".to_owned(),
        gender: "Female".to_owned(),
        ..AccountRow::default()
    };
    let accounts = Accounts::from_rows((0..3).map(row), SignIn::Sso).expect("three pupils");
    let client = mylogin::Client::new("id", "secret", "https://app.example/callback").expect("a client");
    let script = Script::new(data, ".mylogin.com");
    let state = "0123456789abcdef0123456789abcdef";
    let callback = client.callback(&String::from_utf8_lossy(data), Some(state));
    assert!(
        callback.is_err() || data.windows(state.len()).any(|window| window == state.as_bytes()) || data.contains(&b'%')
    );
    let identities = [
        Identity::from_mylogin(data, now).ok(),
        Identity::from_claims(data, "ours", &[], now).ok().map(|identity| identity.of_school("A1").as_student()),
        client.identity(&script, "code", None, now).ok(),
    ];
    for identity in identities.into_iter().flatten() {
        let identity = if choice & 2 == 2 { identity.vouch_for_email() } else { identity };
        let Ok(found) = match_identity(&identity, &accounts, "A1", &Links::new()) else { continue };
        let by_id = identity.source_id().is_some() && found.account.source_id == identity.source_id();
        let by_email = identity.is_email_vouched()
            && found.account.source_id.is_none()
            && identity.email().is_some_and(|email| email.eq_ignore_ascii_case(found.account.username));
        assert!(identity.school_id() == Some("A1") && (by_id || by_email));
    }
}
