//! All of Wonde's data about one school's students at one time (`Snapshot`), and the warnings about it. `read.rs` reads
//! it, and `roster.rs` makes a roster of it.

use std::fmt;

use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use crate::roster::Roster;

use super::includes::Includes;
use super::model::Student;
use super::options::Options;
use super::roster;

/// All of Wonde's data about one school's students at one time. A snapshot is always complete: if anything is missing,
/// you get an error instead. A snapshot of the changes since a time is a delta. A student who is missing from a delta
/// is unchanged.
///
/// A snapshot contains only the fields from which onroll makes accounts. Dates of birth, postal addresses and other
/// fields are never read.
///
/// You can store a snapshot with serde, for example to try other [`Options`]. But it contains children's data, most of
/// which accounts do not need. If you only want to compare data later, store the [`roster`](Self::roster) instead.
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// use onroll::wonde::{Client, Options};
/// # let fake = FakeWonde::start(60)?;
/// # let client = Client::new(FakeWonde::TOKEN)?.domain(&fake.domain())?;
/// let snapshot = client.snapshot(&onroll::adapter::Http::new()?, "A1329183376", None)?;
/// assert_eq!((snapshot.school_id(), snapshot.len(), snapshot.is_empty()), ("A1329183376", 60, false));
/// assert_eq!((snapshot.since(), snapshot.count(), snapshot.is_counted()), (None, Some(60), true));
/// assert_eq!((snapshot.duplicates(), snapshot.left()), (0, 0));
/// println!("{} pages of {}", snapshot.pages(), snapshot.includes().join(", "));
/// for warning in snapshot.warnings() {
///     println!("{warning}");
/// }
/// let roster = snapshot.roster(&Options::new());
/// assert_eq!(roster.len(), 60);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Snapshot {
    pub(super) school: String,
    pub(super) students: Vec<Student>,
    pub(super) gone: Vec<Gone>,
    pub(super) since: Option<DateTime<Utc>>,
    /// The requested parts that the token may read.
    pub(super) includes: Includes,
    pub(super) warnings: Vec<SnapshotWarning>,
    pub(super) duplicates: usize,
    pub(super) pages: u32,
    pub(super) count: Option<u64>,
}

/// A warning about a snapshot. The snapshot is still complete. The warning's text contains no personal data.
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// use onroll::wonde::{Client, SnapshotWarning};
/// # let fake = FakeWonde::start(60)?;
/// # fake.control(r#"{"set": {"count_off": 2}}"#);
/// # let client = Client::new(FakeWonde::TOKEN)?.domain(&fake.domain())?;
/// let snapshot = client.snapshot(&onroll::adapter::Http::new()?, "A1329183376", None)?;
/// for warning in snapshot.warnings() {
///     match warning {
///         SnapshotWarning::CountDiffers { listed, counted } => println!("Wonde counts {counted}, and lists {listed}"),
///         warning => println!("{}: {warning}", warning.code()),
///     }
/// }
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotWarning {
    /// `count-differs`: Wonde's count differs from its list of students. The school may hide some students from this
    /// token.
    #[error("Wonde lists {listed} students but counts {counted}; the school may hide some students from this token")]
    CountDiffers {
        /// The number of students in the list.
        listed: u64,
        /// The number that Wonde states.
        counted: u64,
    },
    /// `include-refused`: the token may not read a part of the records, so the fields in that part are not recorded.
    #[error(
        "the token has no permission for {include} (status 403), so it was left out; accounts keep their old values"
    )]
    IncludeRefused {
        /// Wonde's name for the part.
        include: &'static str,
    },
}

impl SnapshotWarning {
    /// Returns the warning's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CountDiffers { .. } => "count-differs",
            Self::IncludeRefused { .. } => "include-refused",
        }
    }
}

/// A student whom Wonde lists as deleted or as a leaver.
#[derive(Serialize, Deserialize)]
pub(super) struct Gone {
    pub(super) id: Box<str>,
    pub(super) upn: Option<Box<str>>,
}

impl Snapshot {
    /// Returns the school's id.
    pub fn school_id(&self) -> &str {
        &self.school
    }

    /// Returns the number of students.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Returns whether there are no students, which is possible in a delta.
    pub fn is_empty(&self) -> bool {
        self.students.is_empty()
    }

    /// Returns the time since which changes were requested. Returns `None` for a full snapshot.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    /// Returns the number of rows that were left out because the same student was also on another page.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Returns the number of pages that were read.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// Returns whether Wonde's own count was available, and agrees with the number of students.
    pub fn is_counted(&self) -> bool {
        self.count == Some(self.len() as u64)
    }

    /// Returns Wonde's own count of students. Returns `None` for a delta, or if Wonde did not state a count.
    pub fn count(&self) -> Option<u64> {
        self.count
    }

    /// Returns Wonde's names of the parts of the records that were read, such as `groups`. Parts that the token may not
    /// read are left out.
    pub fn includes(&self) -> &[&'static str] {
        self.includes.names()
    }

    /// Returns the warnings. A warning reports a count that differs, or a part of the records that the token may not
    /// read.
    pub fn warnings(&self) -> &[SnapshotWarning] {
        &self.warnings
    }

    /// Returns the number of students whom a delta names as deleted or as leavers.
    pub fn left(&self) -> usize {
        self.gone.len()
    }

    /// Returns the students as a roster. Students whose record has an error are in [`Roster::held`], with the reason.
    pub fn roster(&self, options: &Options) -> Roster {
        roster::roster(self, options).with_school_id(self.school_id())
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("school", &self.school)
            .field("len", &self.len())
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}
