//! The native client for Wonde, and the native classes for access, webhooks, schedules and locks. The package sends the
//! requests of a call with `fetch` or the host's own function.

use std::time::Duration;

use napi::bindgen_prelude::Uint8Array;
use napi::{Env, Result};
use napi_derive::napi;
use onroll::wonde::{self, AccessEvent, Contact, Lock, School, Search};
use serde::Deserialize;
use serde_json::json;

use crate::call::{Call, Kind};
use crate::error;
use crate::job::{Weigh, now};
use crate::values::instant;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientChoices {
    token: String,
    domain: String,
    any_domain: bool,
    timeout: u64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Person {
    first_name: String,
    last_name: String,
    phone_number: String,
    email_address: String,
    notes: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Terms {
    postcode: String,
    establishment_number: String,
    la_code: String,
    urn: String,
}

/// A client for Wonde with one token.
#[napi]
pub struct WondeClient(wonde::Client);

#[napi(catch_unwind)]
pub fn wonde_client(choices: String) -> Result<WondeClient> {
    let choices: ClientChoices = serde_json::from_str(&choices).map_err(error::of_protocol)?;
    let client = wonde::Client::new(&choices.token).and_then(|client| match choices.any_domain {
        true => client.vouched_domain(&choices.domain),
        false => client.domain(&choices.domain),
    });
    let client = client.map_err(|error| error::of_wonde(&error))?;
    Ok(WondeClient(client.timeout(Duration::from_millis(choices.timeout))))
}

#[napi]
impl WondeClient {
    #[napi(catch_unwind)]
    pub fn snapshot(
        &self,
        school_id: String,
        since: Option<f64>,
        includes: Option<Vec<String>>,
        strict_count: bool,
    ) -> Result<Call> {
        let since = since.map(instant).transpose()?;
        let client = self.including(includes)?.strict_count(strict_count);
        let call = client.call_snapshot(&school_id, since).map_err(|error| error::of_wonde(&error))?;
        Ok(Call::new(Kind::Snapshot(call)))
    }

    #[napi(catch_unwind)]
    pub fn check_access(&self, school_id: String, includes: Option<Vec<String>>) -> Result<Call> {
        let call = self.including(includes)?.call_check_access(&school_id).map_err(|error| error::of_wonde(&error))?;
        Ok(Call::new(Kind::Access(call)))
    }

    /// Returns the call that asks Wonde for the schools where a request for access had this outcome.
    #[napi(catch_unwind)]
    pub fn listed_as(&self, state: String) -> Call {
        Call::new(Kind::Schools(match state.as_str() {
            "audited" => self.0.call_audited(),
            "declined" => self.0.call_declined(),
            _ => self.0.call_revoked(),
        }))
    }

    #[napi(catch_unwind)]
    pub fn schools(&self) -> Call {
        Call::new(Kind::Schools(self.0.call_schools()))
    }

    #[napi(catch_unwind)]
    pub fn pending(&self) -> Call {
        Call::new(Kind::Schools(self.0.call_pending()))
    }

    #[napi(catch_unwind)]
    pub fn search(&self, terms: String) -> Result<Call> {
        let terms: Terms = serde_json::from_str(&terms).map_err(error::of_protocol)?;
        let search = Search::new()
            .postcode(terms.postcode)
            .establishment_number(terms.establishment_number)
            .la_code(terms.la_code)
            .urn(terms.urn);
        let call = self.0.call_search(&search).map_err(|error| error::of_wonde(&error))?;
        Ok(Call::new(Kind::Schools(call)))
    }

    #[napi(catch_unwind)]
    pub fn request_access(&self, school_id: String, contacts: String) -> Result<Call> {
        let people: Vec<Person> = serde_json::from_str(&contacts).map_err(error::of_protocol)?;
        let contact = |person: Person| Contact {
            first_name: person.first_name,
            last_name: person.last_name,
            phone_number: person.phone_number,
            email_address: person.email_address,
            notes: person.notes,
        };
        let people: Vec<Contact> = people.into_iter().map(contact).collect();
        let call = self.0.call_request_access(&school_id, &people).map_err(|error| error::of_wonde(&error))?;
        Ok(Call::new(Kind::State(call)))
    }

    #[napi(catch_unwind)]
    pub fn revoke_access(&self, school_id: String) -> Result<Call> {
        let call = self.0.call_revoke_access(&school_id).map_err(|error| error::of_wonde(&error))?;
        Ok(Call::new(Kind::State(call)))
    }
}

impl WondeClient {
    /// Returns a client that asks for these parts of a student's record.
    fn including(&self, includes: Option<Vec<String>>) -> Result<wonde::Client> {
        let client = self.0.clone();
        match includes {
            Some(includes) => client.includes(includes).map_err(|error| error::of_wonde(&error)),
            None => Ok(client),
        }
    }
}

/// The state of the access to one school.
#[napi]
pub struct WondeAccess(wonde::Access);

#[napi(catch_unwind)]
pub fn wonde_access(school_id: String) -> WondeAccess {
    WondeAccess(wonde::Access::new(school_id))
}

#[napi(catch_unwind)]
pub fn wonde_access_from_json(text: String) -> Result<WondeAccess> {
    serde_json::from_str(&text).map(WondeAccess).map_err(|_| error::of_protocol("this is not JSON of an Access"))
}

/// A school in a list. Only its id is used here.
#[derive(Deserialize)]
struct Listed {
    id: String,
}

#[napi]
impl WondeAccess {
    /// Records an event by its name, and returns the host's next task.
    #[napi(catch_unwind)]
    pub fn apply(&mut self, event: String) -> Option<&'static str> {
        let event = match event.as_str() {
            "requested" => AccessEvent::Requested,
            "given-up" => AccessEvent::GivenUp,
            _ => AccessEvent::FullySynced,
        };
        self.0.apply(event).map(wonde::Task::as_str)
    }

    #[napi(catch_unwind)]
    pub fn webhook(&mut self, webhook: &WondeWebhook) -> Option<&'static str> {
        self.0.apply(AccessEvent::Webhook(&webhook.0)).map(wonde::Task::as_str)
    }

    #[napi(catch_unwind)]
    pub fn listed(
        &mut self,
        approved: String,
        pending: String,
        others: Option<Vec<String>>,
    ) -> Result<Option<&'static str>> {
        let schools = |list: String| -> Result<Vec<School>> {
            let listed: Vec<Listed> = serde_json::from_str(&list).map_err(error::of_protocol)?;
            Ok(listed.into_iter().map(|school| School::of_id(school.id)).collect())
        };
        let (approved, pending) = (schools(approved)?, schools(pending)?);
        let others = others.map(|others| others.into_iter().map(schools).collect::<Result<Vec<_>>>()).transpose()?;
        let event = match others.as_deref() {
            Some([audited, declined, revoked]) => {
                AccessEvent::AllListed { approved: &approved, pending: &pending, audited, declined, revoked }
            }
            _ => AccessEvent::Listed { approved: &approved, pending: &pending },
        };
        Ok(self.0.apply(event).map(wonde::Task::as_str))
    }

    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        json!({
            "schoolId": self.0.school_id(),
            "state": self.0.state().as_str(),
            "reason": self.0.reason(),
            "needsFullSync": self.0.needs_full_sync(),
            "migrating": self.0.is_migrating(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(error::of_protocol)
    }
}

/// A webhook that Wonde posted.
#[napi]
pub struct WondeWebhook(wonde::Webhook);

impl Weigh for WondeWebhook {}

#[napi(catch_unwind)]
pub fn wonde_webhook(env: Env, body: Uint8Array) -> Result<WondeWebhook> {
    now(env, || wonde::Webhook::read(&body).map(WondeWebhook).map_err(error::of_webhook))
}

#[napi]
impl WondeWebhook {
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        json!({
            "kind": self.0.kind().as_str(),
            "schoolId": self.0.school_id(),
            "schoolName": self.0.school_name(),
            "reason": self.0.reason(),
            "migrated": self.0.is_migrated(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn token(&self) -> Option<String> {
        self.0.token().map(|token| token.expose().to_owned())
    }
}

#[napi(catch_unwind)]
pub fn wonde_same_secret(given: String, expected: String) -> bool {
    wonde::same_secret(&given, &expected)
}

/// The times at which a school is synced.
#[napi]
pub struct WondeSchedule(wonde::Schedule);

fn schedule(made: std::result::Result<wonde::Schedule, wonde::ScheduleError>) -> Result<WondeSchedule> {
    made.map(WondeSchedule).map_err(error::of_schedule)
}

#[napi(catch_unwind)]
pub fn wonde_daily(time: String) -> Result<WondeSchedule> {
    schedule(wonde::Schedule::daily(&time))
}

#[napi]
impl WondeSchedule {
    #[napi(catch_unwind)]
    pub fn full_on(&self, day: String) -> Result<WondeSchedule> {
        schedule(self.0.clone().full_on_named(&day))
    }

    #[napi(catch_unwind)]
    pub fn spread(&self, minutes: u32) -> Result<WondeSchedule> {
        schedule(self.0.clone().spread(u16::try_from(minutes).unwrap_or(u16::MAX)))
    }

    #[napi(catch_unwind)]
    pub fn of_school(&self, school_id: String) -> WondeSchedule {
        WondeSchedule(self.0.clone().of_school(&school_id))
    }

    /// Returns the next run after a time in milliseconds, as JSON.
    #[napi(catch_unwind)]
    pub fn next_run(&self, after: f64) -> Result<String> {
        let run = self.0.next_run(instant(after)?);
        Ok(json!({ "at": run.at.timestamp_millis(), "sync": run.sync.as_str() }).to_string())
    }

    #[napi(catch_unwind)]
    pub fn show(&self) -> String {
        self.0.to_string()
    }
}

/// Locks for a single process.
#[napi]
pub struct WondeLocks(wonde::Locks);

#[napi(catch_unwind)]
pub fn wonde_locks() -> WondeLocks {
    WondeLocks(wonde::Locks::default())
}

#[napi]
impl WondeLocks {
    #[napi(catch_unwind)]
    pub fn try_lock(&self, school_id: String) -> bool {
        self.0.try_lock(&school_id)
    }

    #[napi(catch_unwind)]
    pub fn unlock(&self, school_id: String) {
        self.0.unlock(&school_id);
    }
}

/// Throws the error for a sync that starts while another sync of the school is running.
#[napi(catch_unwind)]
pub fn wonde_busy() -> Result<()> {
    Err(error::of_wonde(&wonde::WondeError::Busy))
}
