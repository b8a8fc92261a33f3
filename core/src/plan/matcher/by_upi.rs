//! Matches accounts and students by Wonde's id for the person (`upi`).

use std::collections::HashMap;

use crate::plan::ConflictReason;
use crate::plan::matches::differ;
use crate::watch::Cancelled;

use super::Matcher;

impl Matcher<'_, '_, '_> {
    /// Pairs accounts and students by Wonde's id for the person (`upi`). A student who enrols again keeps this id. The
    /// id contains the MIS's own number, and a different MIS may give that number to a different child. So either the
    /// names must belong to one person, or the UPNs must be equal. Gender, ethnicity, class and year may differ.
    pub(super) fn by_upi(&mut self) -> Result<(), Cancelled> {
        let (own, incoming) = (self.accounts.students(), self.roster.students());
        let slots =
            unique((0..self.accounts.len()).filter(|slot| !self.matches.has_student[*slot]), |slot| own.upi(slot));
        if slots.is_empty() {
            return Ok(());
        }
        let students = unique(0..self.roster.len(), |student| incoming.upi(student));
        for student in self.open_students() {
            self.steps.step()?;
            let Some(upi) = incoming.upi(student).filter(|upi| students.get(upi) == Some(&Some(student))) else {
                continue;
            };
            let Some(&Some(slot)) = slots.get(upi) else { continue };
            let Some(account) = self.open_account(slot).filter(|_| self.may_pair(slot, student)) else { continue };
            let ([id, upn], own_upn) = (self.student_ids(student), self.account_ids(slot)[1]);
            let has_name = self.evidence.is_same_person(&account, &incoming.at(student));
            if differ(own_upn, upn) || self.roster.is_nameless(student) {
                continue;
            }
            if !has_name && upn.is_none_or(|upn| own_upn != Some(upn)) {
                self.conflict(ConflictReason::SourceIdReused, vec![slot], vec![student]);
                continue;
            }
            self.matches.relinked += usize::from(differ(account.source_id, id));
            self.pair(slot, student);
        }
        Ok(())
    }
}

/// Returns the slot of each id, or `None` if two slots have the id.
fn unique<'i>(
    slots: impl Iterator<Item = usize>,
    id: impl Fn(usize) -> Option<&'i str>,
) -> HashMap<&'i str, Option<usize>> {
    let mut all = HashMap::new();
    for slot in slots {
        if let Some(id) = id(slot) {
            all.entry(id).and_modify(|slot| *slot = None).or_insert(Some(slot));
        }
    }
    all
}
