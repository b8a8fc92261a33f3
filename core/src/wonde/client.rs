//! The client for Wonde (`Client`): its settings, and its requests, each as a call. `read.rs` reads the students, and
//! `schools.rs` the lists of schools.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::adapter::{Adapter, Body, PendingRequest, Sender};
use crate::text::Private;

use super::access_check::{AccessCheck, Checking};
use super::address::{self, Address, SchoolId};
use super::call::{Call, sender};
use super::contact::Contact;
use super::error::WondeError;
use super::includes::Includes;
use super::read::{SnapshotOptions, SnapshotReader};
use super::schools::{Listing, Outcome, School, Search};
use super::snapshot::Snapshot;

/// A client for Wonde with one token. The token is either yours as a vendor, for all your schools, or the token for one
/// school.
///
/// A client holds no connection. A method whose name begins with `call_` returns a call. The method without `call_`
/// sends the requests through the adapter that you pass.
///
/// ```no_run
/// # #[cfg(feature = "http")]
/// # fn sync() -> Result<(), Box<dyn std::error::Error>> {
/// use onroll::wonde::{Client, Options};
/// let client = Client::new(&std::env::var("WONDE_TOKEN")?)?;
/// let snapshot = client.snapshot(&onroll::adapter::Http::new()?, "A1329183376", None)?;
/// let roster = snapshot.roster(&Options::new());
/// # Ok(()) }
/// ```
///
/// With your token as a vendor, a client lists schools, requests access and gives up access. This example uses the
/// school in [`testing`](crate::testing).
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// use onroll::wonde::{Client, Contact, Search};
/// # use std::time::Duration;
/// # let fake = FakeWonde::start(60)?;
/// # let (token, domain, http) = (FakeWonde::TOKEN, fake.domain(), onroll::adapter::Http::new()?);
/// let client = Client::new(token)?.domain(&domain)?.timeout(Duration::from_secs(20));
/// assert_eq!(client.schools(&http)?.len(), 1);
/// for school in client.search(&http, &Search::new().urn("100000"))? {
///     client.request_access(&http, &school.id, &[Contact { first_name: "Amy".into(), ..Contact::default() }])?;
/// }
/// // What became of requests.
/// let (waiting, seen) = (client.pending(&http)?, client.audited(&http)?);
/// let (no, ended) = (client.declined(&http)?, client.revoked(&http)?);
/// println!("{} wait, {} seen, {} declined, {} ended", waiting.len(), seen.len(), no.len(), ended.len());
///
/// let check = client.check_access(&http, "A1329183376")?;
/// print!("{}", check.text());
/// client.revoke_access(&http, "A1329183376")?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Each method also has a version that returns a call, for async HTTP libraries.
///
/// ```
/// use onroll::adapter::Step;
/// use onroll::wonde::{Client, Search};
/// let client = Client::new("token")?;
/// let lists = [
///     client.call_schools(),
///     client.call_pending(),
///     client.call_audited(),
///     client.call_declined(),
///     client.call_revoked(),
///     client.call_search(&Search::new().la_code("823"))?,
/// ];
/// for mut call in lists {
///     let Step::Send(request) = call.step()? else { panic!() };
///     println!("{} {}", request.method(), request.url());
/// }
/// let mut check = client.call_check_access("A1329183376")?;
/// let mut asks = [client.call_request_access("A1329183376", &[])?, client.call_revoke_access("A1329183376")?];
/// # assert!(check.step().is_ok() && asks.iter_mut().all(|call| call.step().is_ok()));
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Clone)]
pub struct Client {
    sender: Sender,
    address: Address,
    includes: Includes,
    strict_count: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client for UK schools, at `api.wonde.com`.
    ///
    /// # Errors
    /// [`WondeError::InvalidToken`] if the token is blank or contains white space or control characters.
    pub fn new(token: &str) -> Result<Self, WondeError> {
        let good = (1..=4096).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        let address = Address::new(address::DEFAULT, false)?;
        let new = || Self { sender: sender(token), address, includes: Includes::default(), strict_count: false };
        if good { Ok(new()) } else { Err(WondeError::InvalidToken) }
    }

    /// Sets another Wonde domain. [`School::domain`](super::School::domain) is the right domain for a school.
    /// `127.0.0.1:8080` and similar addresses work without TLS, for tests.
    ///
    /// # Errors
    /// [`WondeError::InvalidDomain`] if the domain does not belong to Wonde.
    pub fn domain(self, domain: &str) -> Result<Self, WondeError> {
        Ok(Self { address: Address::new(domain, false)?, ..self })
    }

    /// Sets any domain that you confirm as trusted. The token is sent there.
    ///
    /// ```
    /// use onroll::wonde::Client;
    /// // A proxy of the host's own.
    /// assert!(Client::new("token")?.domain("wonde.proxy.example").is_err());
    /// let client = Client::new("token")?.vouched_domain("wonde.proxy.example")?;
    /// # let _ = client;
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    ///
    /// # Errors
    /// [`WondeError::InvalidDomain`] if the text is not a domain.
    pub fn vouched_domain(self, domain: &str) -> Result<Self, WondeError> {
        Ok(Self { address: Address::new(domain, true)?, ..self })
    }

    /// Sets the time limit for one exchange. The adapter must enforce it. The default is one minute.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.sender.timeout = timeout;
        self
    }

    /// Sets which parts of a student's record to read, by Wonde's names: `education_details`, `extended_details`,
    /// `contact_details`, `classes`, `groups`, `year` and `registration`. By default, all parts are read. Fields in a
    /// part that is not read are unrecorded, so accounts keep their values.
    ///
    /// ```
    /// use onroll::wonde::Client;
    /// // No contact details: nobody needs email addresses here.
    /// let client = Client::new("token")?.includes(["education_details", "extended_details", "year", "registration"])?;
    /// assert!(Client::new("token")?.includes(["medical"]).is_err());
    /// # let _ = client;
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    ///
    /// # Errors
    /// [`WondeError::InvalidInclude`] if a part is unknown.
    pub fn includes<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Result<Self, WondeError> {
        self.includes = Includes::named(names)?;
        Ok(self)
    }

    /// Sets whether a snapshot fails if Wonde's count differs from its list of students. The default is false, because
    /// Wonde also counts students whom a school hides from a token. By default, a difference is one of the
    /// [warnings](Snapshot::warnings).
    ///
    /// ```
    /// use onroll::wonde::Client;
    /// let client = Client::new("token")?.strict_count(true); // a count that differs is then an error
    /// # let _ = client;
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    #[must_use]
    pub fn strict_count(mut self, strict: bool) -> Self {
        self.strict_count = strict;
        self
    }

    /// Reads all students of a school. If you pass `since`, only the changes since that time are read. Pass the time at
    /// which the last sync *began*.
    ///
    /// # Errors
    /// [`WondeError`] if the snapshot is not complete.
    pub fn snapshot(
        &self,
        adapter: &dyn Adapter,
        school_id: &str,
        since: Option<DateTime<Utc>>,
    ) -> Result<Snapshot, WondeError> {
        self.call_snapshot(school_id, since)?.run(adapter)
    }

    /// Returns the call that does the work of [`snapshot`](Self::snapshot). Use it in async code, or to show progress.
    ///
    /// ```
    /// use onroll::adapter::Step;
    /// use onroll::wonde::Client;
    /// // Every method has such a twin for hosts that make the exchange themselves, such as async ones.
    /// let client = Client::new("token")?.includes(["education_details", "registration"])?.strict_count(true);
    /// let mut call = client.call_snapshot("A1329183376", None)?;
    /// let Step::Send(request) = call.step()? else { panic!() };
    /// assert!(request.url().contains("/schools/A1329183376/students?"));
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`] if the id is not valid.
    pub fn call_snapshot(&self, school_id: &str, since: Option<DateTime<Utc>>) -> Result<Call<Snapshot>, WondeError> {
        let wanted = SnapshotOptions { since, includes: self.includes.clone(), strict_count: self.strict_count };
        let (first, reading) = SnapshotReader::new(self.address.clone(), SchoolId::new(school_id)?, wanted);
        Ok(Call::new(self.sender.clone(), first, reading))
    }

    /// Checks, before the first sync, what the token may read at a school. Reads the token's permissions and a first
    /// page of students. For each field, the result says whether it can be read and what that means for accounts.
    ///
    /// # Errors
    /// [`WondeError`] if the token may not even read students.
    pub fn check_access(&self, adapter: &dyn Adapter, school_id: &str) -> Result<AccessCheck, WondeError> {
        self.call_check_access(school_id)?.run(adapter)
    }

    /// Returns the call that does the work of [`check_access`](Self::check_access).
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`] if the id is not valid.
    pub fn call_check_access(&self, school_id: &str) -> Result<Call<AccessCheck>, WondeError> {
        let (first, checking) = Checking::new(self.address.clone(), SchoolId::new(school_id)?, self.includes.clone());
        Ok(Call::new(self.sender.clone(), first, checking))
    }

    /// Returns the schools that have approved access.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn schools(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_schools().run(adapter)
    }

    /// Returns the call that does the work of [`schools`](Self::schools).
    pub fn call_schools(&self) -> Call<Vec<School>> {
        self.list("schools", "schools")
    }

    /// Returns the schools that have not answered a request for access.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn pending(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_pending().run(adapter)
    }

    /// Returns the call that does the work of [`pending`](Self::pending).
    pub fn call_pending(&self) -> Call<Vec<School>> {
        self.list("schools/pending", "pending schools")
    }

    /// Returns the schools that have agreed, but whose request Wonde still checks. You cannot read their data yet.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn audited(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_audited().run(adapter)
    }

    /// Returns the call that does the work of [`audited`](Self::audited).
    pub fn call_audited(&self) -> Call<Vec<School>> {
        self.list("schools/audited", "audited schools")
    }

    /// Returns the schools that have declined a request for access.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn declined(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_declined().run(adapter)
    }

    /// Returns the call that does the work of [`declined`](Self::declined).
    pub fn call_declined(&self) -> Call<Vec<School>> {
        self.list("schools/declined", "declined schools")
    }

    /// Returns the schools that gave access and withdrew it.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn revoked(&self, adapter: &dyn Adapter) -> Result<Vec<School>, WondeError> {
        self.call_revoked().run(adapter)
    }

    /// Returns the call that does the work of [`revoked`](Self::revoked).
    pub fn call_revoked(&self) -> Call<Vec<School>> {
        self.list("schools/revoked", "revoked schools")
    }

    /// Searches all schools that Wonde knows, whether they have approved access or not.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely, and [`WondeError::InvalidSearch`] if the search has no
    /// terms.
    pub fn search(&self, adapter: &dyn Adapter, search: &Search) -> Result<Vec<School>, WondeError> {
        self.call_search(search)?.run(adapter)
    }

    /// Returns the call that does the work of [`search`](Self::search).
    ///
    /// # Errors
    /// [`WondeError::InvalidSearch`] if the search has no terms.
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

    /// Asks a school for access, and returns the school's new state at Wonde.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer, and [`WondeError::Refused`] if it refused the request.
    pub fn request_access(
        &self,
        adapter: &dyn Adapter,
        school_id: &str,
        contacts: &[Contact],
    ) -> Result<Option<String>, WondeError> {
        self.call_request_access(school_id, contacts)?.run(adapter)
    }

    /// Returns the call that does the work of [`request_access`](Self::request_access).
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`] if the id is not valid.
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

    /// Gives up access to a school, and returns the school's new state at Wonde.
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer, and [`WondeError::Refused`] if it refused the request.
    pub fn revoke_access(&self, adapter: &dyn Adapter, school_id: &str) -> Result<Option<String>, WondeError> {
        self.call_revoke_access(school_id)?.run(adapter)
    }

    /// Returns the call that does the work of [`revoke_access`](Self::revoke_access).
    ///
    /// # Errors
    /// [`WondeError::InvalidSchool`] if the id is not valid.
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
        let ask = PendingRequest { method, body, ..PendingRequest::get(url, list) };
        Ok(Call::new(self.sender.clone(), ask, Outcome::of(list)))
    }
}
