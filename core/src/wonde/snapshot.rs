//! Everything that Wonde says of one school at one time, complete or not at all.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::roster::Roster;

use super::map::{self, Mapping};
use super::model::Student;

/// Everything that Wonde says of one school's students at one time: complete, or there is none. One made of what changed
/// since a time is a delta: absence from it means nothing.
///
/// Of a student it holds what an account needs; dates of birth, addresses and all else are never read.
pub struct Snapshot {
    pub(super) school: String,
    pub(super) students: Vec<Student>,
    pub(super) gone: Vec<Gone>,
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) duplicates: usize,
    pub(super) pages: u32,
    pub(super) counted: bool,
}

/// A student whom Wonde lists as deleted or a leaver.
pub(super) struct Gone {
    pub(super) id: Box<str>,
    pub(super) upn: Option<Box<str>>,
}

impl Snapshot {
    /// The id of the school.
    pub fn school_id(&self) -> &str {
        &self.school
    }

    /// How many students it has.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Whether it has none, as a delta may.
    pub fn is_empty(&self) -> bool {
        self.students.is_empty()
    }

    /// The time since which changes were asked for; none for a full one.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    /// How many rows were left out because the same student came on another page too.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// How many pages were read.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// Whether Wonde's own count was permitted, and agreed; where it did not agree there is no snapshot.
    pub fn is_counted(&self) -> bool {
        self.counted
    }

    /// How many students a delta names as deleted or left.
    pub fn left(&self) -> usize {
        self.gone.len()
    }

    /// The students as a roster. Who cannot be one, because the record has an error, is in [`Roster::held`], and the
    /// report says why.
    pub fn roster(&self, mapping: &Mapping) -> Roster {
        map::roster(self, mapping).with_school_id(self.school_id())
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
