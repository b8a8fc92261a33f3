//! A small copy of Wonde and MyLogin for your own tests. It uses only loopback.
//!
//! It sends lists in pages, as Wonde does for real schools. You can make requests to it fail. The school and its
//! students are invented.

mod fake;

use std::io;
use std::net::SocketAddr;

use fake::{Answer, Fake};

/// A small copy of Wonde and MyLogin, which listens on loopback until it is dropped.
///
/// ```
/// # #[cfg(feature = "http")] {
/// use onroll::testing::FakeWonde;
/// use onroll::wonde::{Client, Options};
///
/// let fake = FakeWonde::start(60)?;
/// let client = Client::new(FakeWonde::TOKEN)?.domain(&fake.domain())?;
/// let snapshot = client.snapshot(&onroll::adapter::Http::new()?, FakeWonde::SCHOOL, None)?;
/// assert_eq!(snapshot.roster(&Options::new()).len(), 60);
///
/// // Two students join and the rest of a term happens.
/// fake.control(r#"{"change": "a term"}"#);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The copy of MyLogin accepts one client.
///
/// ```
/// use onroll::mylogin::{Client, new_state};
/// use onroll::testing::FakeWonde;
///
/// let fake = FakeWonde::start(60)?;
/// let client = Client::new(FakeWonde::CLIENT_ID, FakeWonde::CLIENT_SECRET, "https://app.example/callback")?;
/// let client = client.domain(&fake.domain())?;
/// assert!(client.authorize_url(&new_state()?)?.starts_with("http://127.0.0.1:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FakeWonde {
    fake: Fake,
    address: SocketAddr,
}

impl std::fmt::Debug for FakeWonde {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeWonde").field("address", &self.address).finish_non_exhaustive()
    }
}

impl FakeWonde {
    /// The id of the copy's school.
    pub const SCHOOL: &str = fake::SCHOOL;
    /// The token that the copy accepts for its school.
    pub const TOKEN: &str = fake::TOKEN;
    /// The client id that the copy of MyLogin accepts.
    pub const CLIENT_ID: &str = fake::mylogin::CLIENT;
    /// The client secret that the copy of MyLogin accepts.
    pub const CLIENT_SECRET: &str = fake::mylogin::CLIENT_SECRET;

    /// Starts a copy that has one primary school with this number of students.
    ///
    /// # Errors
    /// Returns an error if the copy cannot listen on loopback.
    pub fn start(students: usize) -> io::Result<Self> {
        let fake = Fake::of(students);
        let address = fake.listen()?;
        Ok(Self { fake, address })
    }

    /// Returns the address of the copy, such as `127.0.0.1:40123`. Use this address as the client's domain. Clients use
    /// plain HTTP on loopback.
    pub fn domain(&self) -> String {
        self.address.to_string()
    }

    /// Changes the school or makes requests fail, according to this JSON. Returns JSON with `log` (each request, and
    /// whether it had an `Authorization` header) and `students` (the number of students). Unknown names have no effect.
    ///
    /// * `{"fault": {"list": "students", "page": 2, "kind": "503", "times": 1}}` makes a page fail; page 0 means every
    ///   page. Kinds are status codes, `drop`, `stall`, `cut`, `huge`, `302`, `429-after`, `429-later`, `shape`,
    ///   `no-ids`, `no-next`, `elsewhere`, `downgrade`, `for-ever`, `same-again`, `empty`, and for students `remove`,
    ///   `insert` and `swap`.
    /// * `{"change": "a term"}`: ten students leave, ten join, and class 2A moves to 2C. Other changes are `break a
    ///   record`, `mend a record`, `lose everybody` and `hide everything`.
    /// * `{"set": {"hidden": ["ethnicity"], "offline": true, "pupil": {"0": {"forename": "Zoë"}}}}` sets what the
    ///   school withholds and what it contains.
    /// * `{"user": 3, "email": "a@b.example"}` sets the student who signs in at MyLogin, by number.
    /// * `{"reset": 450}` starts a new school with this number of students.
    pub fn control(&self, wanted: &str) -> String {
        match self.fake.control(wanted) {
            Answer::Said { body, .. } => body,
            _ => String::new(),
        }
    }
}

impl Drop for FakeWonde {
    fn drop(&mut self) {
        self.fake.close(self.address);
    }
}
