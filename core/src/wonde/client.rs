//! What a host asks of Wonde, each as a call.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::adapter::{Adapter, Ask, Body, Sender};
use crate::text::Private;

use super::access::{Listing, Outcome, School, Search};
use super::address::{self, Address, SchoolId};
use super::call::{Call, sender};
use super::error::WondeError;
use super::read::Reading;
use super::snapshot::Snapshot;

/// Wonde with one token: of the vendor, for all its schools, or of one school.
///
/// It holds no connection; every method but those that begin with `call_` does its exchanges by the adapter it is given.
///
/// ```no_run
/// # #[cfg(feature = "http")]
/// # fn sync() -> Result<(), Box<dyn std::error::Error>> {
/// use onroll::wonde::{Client, Mapping};
/// let client = Client::new(&std::env::var("WONDE_TOKEN")?)?;
/// let snapshot = client.snapshot(&onroll::Http::new()?, "A1329183376", None)?;
/// let roster = snapshot.roster(&Mapping::new());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    sender: Sender,
    address: Address,
}

/// Somebody at the school who is told of a request for access.
#[derive(Clone, Default, Serialize)]
#[allow(clippy::exhaustive_structs)] // written with `..Contact::default()`
pub struct Contact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Telephone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone_number: String,
    /// Email address.
    pub email_address: String,
    /// Anything else.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(<hidden>)")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for schools in the UK, at `api.wonde.com`.
    ///
    /// # Errors
    /// [`WondeError::InvalidToken`] if the token is blank or has white space or control characters in it.
    pub fn new(token: &str) -> Result<Self, WondeError> {
        let good = (1..=4096).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        let address = Address::new(address::DEFAULT, false)?;
        if good { Ok(Self { sender: sender(token), address }) } else { Err(WondeError::InvalidToken) }
    }

    /// The same at another domain of Wonde's: a school's region says which. `127.0.0.1:8080` and the like are spoken to without
    /// TLS, for tests.
    ///
    /// # Errors
    /// [`WondeError::InvalidDomain`] if it is not one of Wonde's.
    pub fn domain(self, domain: &str) -> Result<Self, WondeError> {
        Ok(Self { address: Address::new(domain, false)?, ..self })
    }

    /// The same at any domain, for which the host vouches: the token is sent there.
    ///
    /// # Errors
    /// [`WondeError::InvalidDomain`] if it is no domain.
    pub fn vouched_domain(self, domain: &str) -> Result<Self, WondeError> {
        Ok(Self { address: Address::new(domain, true)?, ..self })
    }

    /// How long one exchange may take, which the adapter is asked to see to; a minute by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.sender.timeout = timeout;
        self
    }

    /// All students of a school; or, with a time, what changed of them since. That time is when the last sync *began*.
    ///
    /// # Errors
    /// [`WondeError`]; there is never a part of a snapshot.
    pub fn snapshot(
        &self,
        adapter: &dyn Adapter,
        school_id: &str,
        since: Option<DateTime<Utc>>,
    ) -> Result<Snapshot, WondeError> {
        self.call_snapshot(school_id, since)?.run(adapter)
    }

    /// [`snapshot`](Self::snapshot) as a call, for async hosts, and for those who want to see it go on.
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`]
    pub fn call_snapshot(&self, school_id: &str, since: Option<DateTime<Utc>>) -> Result<Call<Snapshot>, WondeError> {
        let (first, reading) = Reading::new(self.address.clone(), SchoolId::new(school_id)?, since);
        Ok(Call::new(self.sender.clone(), first, reading))
    }

    /// The schools that have approved access.
    ///
    /// # Errors
    /// [`WondeError`]
    pub fn schools(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_schools().run(adapter)
    }

    /// [`schools`](Self::schools) as a call.
    pub fn call_schools(&self) -> Call<Vec<School>> {
        self.list("schools", "schools")
    }

    /// The schools that were asked for access and have not answered.
    ///
    /// # Errors
    /// [`WondeError`]
    pub fn pending(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_pending().run(adapter)
    }

    /// [`pending`](Self::pending) as a call.
    pub fn call_pending(&self) -> Call<Vec<School>> {
        self.list("schools/pending", "pending schools")
    }

    /// Schools that Wonde knows, whether they have approved access or not.
    ///
    /// # Errors
    /// [`WondeError`]; [`WondeError::InvalidSearch`] if nothing is searched for.
    pub fn search(&self, adapter: &dyn Adapter, search: &Search) -> Result<Vec<School>, WondeError> {
        self.call_search(search)?.run(adapter)
    }

    /// [`search`](Self::search) as a call.
    ///
    /// # Errors
    /// [`WondeError::InvalidSearch`]
    pub fn call_search(&self, search: &Search) -> Result<Call<Vec<School>>, WondeError> {
        let mut url = self.address.path("schools/all");
        let mut any = false;
        for (name, value) in search.terms() {
            url.query_pairs_mut().append_pair(name, value);
            any = true;
        }
        if !any {
            return Err(WondeError::InvalidSearch);
        }
        let (first, listing) = Listing::new(url, "schools found");
        Ok(Call::new(self.sender.clone(), first, listing))
    }

    /// Asks a school for access; gives the state that Wonde says it is in then.
    ///
    /// # Errors
    /// [`WondeError`]; [`WondeError::Refused`] if Wonde did not do it.
    pub fn request_access(
        &self,
        adapter: &dyn Adapter,
        school_id: &str,
        contacts: &[Contact],
    ) -> Result<Option<String>, WondeError> {
        self.call_request_access(school_id, contacts)?.run(adapter)
    }

    /// [`request_access`](Self::request_access) as a call.
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`]
    pub fn call_request_access(
        &self,
        school_id: &str,
        contacts: &[Contact],
    ) -> Result<Call<Option<String>>, WondeError> {
        let body = match contacts {
            [] => "{}".to_owned(),
            _ => serde_json::json!({ "contacts": contacts }).to_string(),
        };
        self.change(school_id, "POST", "/request-access", "request for access", Some(body))
    }

    /// Gives up access to a school; gives the state that Wonde says it is in then.
    ///
    /// # Errors
    /// [`WondeError`]; [`WondeError::Refused`] if Wonde did not do it.
    pub fn revoke_access(&self, adapter: &dyn Adapter, school_id: &str) -> Result<Option<String>, WondeError> {
        self.call_revoke_access(school_id)?.run(adapter)
    }

    /// [`revoke_access`](Self::revoke_access) as a call.
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`]
    pub fn call_revoke_access(&self, school_id: &str) -> Result<Call<Option<String>>, WondeError> {
        self.change(school_id, "DELETE", "/revoke-access", "end of access", None)
    }

    fn list(&self, path: &str, list: &'static str) -> Call<Vec<School>> {
        let (first, listing) = Listing::new(self.address.path(path), list);
        Call::new(self.sender.clone(), first, listing)
    }

    fn change(
        &self,
        school_id: &str,
        method: &'static str,
        path: &str,
        list: &'static str,
        body: Option<String>,
    ) -> Result<Call<Option<String>>, WondeError> {
        let url = self.address.of_school(&SchoolId::new(school_id)?, path);
        let body = body.map(|json| Body { content_type: "application/json", text: Private::new(json) });
        let ask = Ask { method, body, ..Ask::get(url, list) };
        Ok(Call::new(self.sender.clone(), ask, Outcome::of(list)))
    }
}
