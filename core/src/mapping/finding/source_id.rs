//! Finds the column that has the id of each student in the MIS. A few repeated ids are mistakes, which the reader
//! reports (`MOST_REPEATED`). With many, the column is not an id.

use std::collections::HashSet;

use crate::check;
use crate::mapping::records::Records;
use crate::mapping::{Certainty, Target};

use super::Detector;

/// The largest number of ids that may repeat another one, in a column that is still an id.
const MOST_REPEATED: usize = 3;

/// The ids in a column.
struct ColumnIds {
    /// The number of ids that repeat an earlier one.
    repeated: usize,
    /// The number of ids. Texts such as `#N/A` identify nobody, and do not count.
    count: usize,
    has_invalid: bool,
}

impl ColumnIds {
    fn of(records: &Records, column: usize) -> Self {
        let (mut seen, mut ids) = (HashSet::new(), Self { repeated: 0, count: 0, has_invalid: false });
        for row in 0..records.len() {
            match check::source_id(records.cell(row, column)) {
                Ok(Some(id)) => {
                    ids.count += 1;
                    ids.repeated += usize::from(!seen.insert(id));
                }
                Ok(None) => {}
                Err(_) => ids.has_invalid = true,
            }
        }
        ids
    }

    /// Returns whether the ids are different for nearly all students. Returns false if all texts are invalid.
    fn are_of_students(&self) -> bool {
        (self.count > 0 || !self.has_invalid)
            && (self.repeated == 0 || self.repeated <= MOST_REPEATED && self.repeated * 4 <= self.count)
    }
}

impl Detector<'_> {
    /// Finds the column with an id that is different for each student. An id from the MIS is preferred. Texts such as
    /// `#N/A` identify nobody, so they may repeat, unless the column has nothing else.
    pub(super) fn source_id(&mut self, sure: &[usize], guesses: &[usize]) {
        let ids: Vec<ColumnIds> = sure.iter().map(|index| ColumnIds::of(&self.table.records, *index)).collect();
        let repeated = |index: &usize| sure.iter().position(|other| other == index).map_or(0, |at| ids[at].repeated);
        let (own, shared): (Vec<_>, Vec<_>) = sure.iter().zip(&ids).partition(|(_, ids)| ids.are_of_students());
        let [own, shared] =
            [own, shared].map(|columns| columns.into_iter().map(|(index, _)| *index).collect::<Vec<_>>());
        self.leave(&shared, "some students have the same value in it");
        let rank = |index: &usize| {
            const FIRST: [&str; 4] = ["sourceid", "misid", "personid", "admissionnumber"];
            let folded = self.headings[*index].folded.as_str();
            let place = FIRST.iter().position(|first| *first == folded).unwrap_or(FIRST.len());
            (repeated(index), place, folded.len(), folded.to_owned())
        };
        let Some(&best) = own.iter().min_by_key(|index| rank(index)) else {
            // A UPN also identifies each student, so we guess a source id only without a UPN.
            if !self.columns.contains_key(&Target::Upn) {
                self.guess(Target::SourceId, guesses);
            }
            return;
        };
        self.leave_all_but(&own, Some(best), "another column has the number of the pupil");
        self.leave(guesses, "another column has the number of the pupil");
        let twice = own.iter().filter(|index| self.headings[**index].folded == self.headings[best].folded).count() > 1;
        if twice {
            self.ask_which(Target::SourceId, "Source ID", &own);
            return;
        }
        let certainty = if self.headings[best].is_exact { Certainty::Exact } else { Certainty::Safe };
        let reason = self.headings[best].reason();
        self.read(Target::SourceId, self.source(best), vec![best], certainty, reason);
    }
}
