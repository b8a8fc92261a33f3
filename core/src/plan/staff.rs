//! Finds joiners who may be staff, because their name begins with a title and they have no school year.

use crate::student::Student;

use super::{ChangeKind, Plan, PlanEntry};

impl Plan {
    /// Returns the joiners who may be staff. Their names begin with a title, such as `Mr`, and their year group is not
    /// a school year.
    pub fn perhaps_staff(&self) -> Vec<PlanEntry> {
        let joiners = self.of_kind(ChangeKind::Join).map(|change| change.account());
        let staff = joiners.filter(|account| looks_like_staff(&account.student()));
        staff.map(|account| PlanEntry::new(&account.student(), [account.source_id, account.upn])).collect()
    }
}

/// Returns whether a name begins with a title and the year group is not a school year.
fn looks_like_staff(student: &Student<'_>) -> bool {
    const TITLES: [&str; 15] = [
        "mr",
        "mrs",
        "miss",
        "ms",
        "mx",
        "dr",
        "sir",
        "dame",
        "prof",
        "professor",
        "rev",
        "revd",
        "fr",
        "sr",
        "madame",
    ];
    let title = student.full_name.split([' ', '.']).next().unwrap_or_default().to_lowercase();
    student.national_year().is_none() && TITLES.contains(&title.as_str()) && student.full_name.contains([' ', '.'])
}
