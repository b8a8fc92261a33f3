//! Matches accounts and students by source id and by UPN. If the UPN contradicts a source id, or the ids have slipped
//! against the names (`MANY_SLIPPED`), the match becomes a conflict.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::plan::ConflictReason;
use crate::plan::evidence::share_no_name;
use crate::plan::groups::Groups;
use crate::plan::matches::differ;
use crate::text;
use crate::watch::Cancelled;

use super::Matcher;

/// The slot of the account with each id, or `None` if two accounts share the id.
type Slots<'a> = HashMap<&'a str, Option<usize>>;

/// The kind of an id, by its index in the ids of an account or a student.
const SOURCE_ID: usize = 0;
const UPN: usize = 1;

/// If this number of students have the id of one account, and the username and name of another, the ids have probably
/// slipped. Fewer students may really have exchanged their names.
const MANY_SLIPPED: usize = 3;

/// The verdict on an account and a student with the same id and different names.
enum IdVerdict {
    /// The student's name has changed.
    Same,
    /// The UPN finds another account, which has the student's name.
    Ignored(usize),
    /// The id contradicts the UPN.
    OtherUpn,
    /// This other account has exactly the student's username and name.
    OtherOwner(usize),
}

impl IdVerdict {
    /// Returns the account that the student's UPN finds.
    fn owned(&self) -> Option<usize> {
        match self {
            Self::Ignored(own) => Some(*own),
            _ => None,
        }
    }
}

impl<'a> Matcher<'a, '_, '_> {
    pub(super) fn by_source_id(&mut self) -> Result<(), Cancelled> {
        let slots = self.places_by(SOURCE_ID);
        if slots.is_empty() {
            return Ok(());
        }
        let by_upn = self.places_by(UPN);
        self.by_id(SOURCE_ID, &slots, &by_upn)
    }

    pub(super) fn by_upn(&mut self) -> Result<(), Cancelled> {
        let slots = self.places_by(UPN);
        if slots.is_empty() {
            return Ok(());
        }
        self.by_id(UPN, &slots, &slots)
    }

    /// Pairs accounts and students by one kind of id. Pairs those with the same name first, so that the order of rows
    /// does not decide which accounts are left for students with a different name.
    fn by_id(&mut self, kind: usize, slots: &Slots<'a>, by_upn: &Slots<'a>) -> Result<(), Cancelled> {
        let mut renamed = Vec::new();
        for student in self.open_students() {
            self.steps.step()?;
            let id = self.student_ids(student)[kind];
            let Some(&Some(slot)) = id.and_then(|id| slots.get(id)) else { continue };
            if !self.is_open_account(slot) || !self.may_pair(slot, student) {
                self.note_displaced_by_id(slot, student);
                continue;
            }
            let [own, listed] = [self.accounts.students().names(slot)[0], self.roster.students().names(student)[0]];
            match self.roster.is_nameless(student) || text::same(own, listed) {
                true => self.pair_by_id(slot, student),
                false => renamed.push((slot, student)),
            }
        }
        let judged: Vec<_> =
            renamed.into_iter().map(|pair| (pair, self.judge_id(kind, pair.0, pair.1, by_upn))).collect();
        let is_other = |verdict: &IdVerdict| matches!(verdict, IdVerdict::OtherOwner(_) | IdVerdict::Ignored(_));
        let have_slipped = judged.iter().filter(|(_, verdict)| is_other(verdict)).count() >= MANY_SLIPPED;
        // The accounts whose students were found by UPN.
        let owned: HashSet<usize> = judged.iter().filter_map(|(_, verdict)| verdict.owned()).collect();
        let (mut contradicted, mut same) = (Vec::new(), Vec::new());
        for ((slot, student), verdict) in judged {
            match verdict {
                IdVerdict::Ignored(own) => {
                    self.matches.ignored += 1;
                    self.displaced.push((own, student));
                }
                IdVerdict::Same | IdVerdict::OtherOwner(_) if owned.contains(&slot) => self.matches.ignored += 1,
                IdVerdict::OtherOwner(_) if kind == SOURCE_ID && self.have_ids_changed => self.matches.ignored += 1,
                IdVerdict::Same if kind == SOURCE_ID && self.is_old_number(slot, student) => self.matches.ignored += 1,
                IdVerdict::OtherOwner(other) if have_slipped => contradicted.push((vec![slot, other], student)),
                IdVerdict::OtherUpn => contradicted.push((vec![slot], student)),
                IdVerdict::Same | IdVerdict::OtherOwner(_) => same.push((slot, student)),
            }
        }
        self.refuse_contradicted(&contradicted);
        for (slot, student) in same {
            match self.is_open_account(slot) {
                true => self.pair_by_id(slot, student),
                false => self.displaced.push((slot, student)),
            }
        }
        Ok(())
    }

    /// Notes a student who has an id and the name of an account that is in a conflict with another student.
    fn note_displaced_by_id(&mut self, slot: usize, student: usize) {
        if !self.settled_accounts.contains(&slot) || !self.may_pair(slot, student) {
            return;
        }
        let is_same = |account| self.evidence.is_same_person(&account, &self.roster.students().at(student));
        if !self.roster.is_nameless(student) && self.accounts.at(slot).is_some_and(is_same) {
            self.displaced.push((slot, student));
        }
    }

    fn pair_by_id(&mut self, slot: usize, student: usize) {
        self.matches.relinked +=
            usize::from(differ(self.account_ids(slot)[SOURCE_ID], self.student_ids(student)[SOURCE_ID]));
        self.pair(slot, student);
    }

    /// Judges an account and a student with the same id and different names. An id settles who a student is, unless the
    /// UPNs differ.
    fn judge_id(&self, kind: usize, slot: usize, student: usize, by_upn: &Slots<'_>) -> IdVerdict {
        let [own_upn, upn] = [self.account_ids(slot)[UPN], self.student_ids(student)[UPN]];
        if kind == SOURCE_ID && differ(own_upn, upn) {
            let incoming = self.roster.students().at(student);
            let is_own = |other: &usize| {
                let account = self.open_account(*other).filter(|_| self.may_pair(*other, student));
                account.is_some_and(|account| self.evidence.is_same_person(&account, &incoming))
            };
            let own = upn.and_then(|upn| *by_upn.get(upn)?).filter(is_own);
            return own.map_or(IdVerdict::OtherUpn, IdVerdict::Ignored);
        }
        self.exact_owner(student).filter(|other| *other != slot).map_or(IdVerdict::Same, IdVerdict::OtherOwner)
    }

    /// Returns whether a source id is a number of the school's old MIS, and the name is another person's. The host has
    /// said that the ids have changed.
    fn is_old_number(&self, slot: usize, student: usize) -> bool {
        let [own, listed] = [self.accounts.students().names(slot)[0], self.roster.students().names(student)[0]];
        let [own_upn, upn] = [self.account_ids(slot)[UPN], self.student_ids(student)[UPN]];
        self.have_ids_changed && (own_upn.is_none() || own_upn != upn) && share_no_name(own, listed)
    }

    /// Returns the open account that has exactly the username and the name of a student.
    fn exact_owner(&self, student: usize) -> Option<usize> {
        let slot = self.matches.owner(self.accounts, self.roster, student)?;
        let [own, listed] = [self.accounts.students().names(slot)[0], self.roster.students().names(student)[0]];
        (text::same(own, listed) && self.is_open_account(slot) && !self.accounts.is_manual(slot)).then_some(slot)
    }

    /// Turns contradicted ids into conflicts. Those with an account in common become one conflict.
    fn refuse_contradicted(&mut self, contradicted: &[(Vec<usize>, usize)]) {
        if contradicted.is_empty() {
            return;
        }
        let mut groups = Groups::new(self.accounts.len());
        for (accounts, _) in contradicted {
            accounts.iter().for_each(|account| groups.join(accounts[0], *account));
        }
        let mut made: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (accounts, student) in contradicted {
            let (all, students) = made.entry(groups.find(accounts[0])).or_default();
            all.extend(accounts);
            students.push(*student);
        }
        for (mut accounts, students) in made.into_values() {
            accounts.sort_unstable();
            accounts.dedup();
            self.conflict(ConflictReason::SourceIdReused, accounts, students);
        }
    }

    /// Adds students to the conflict about an account that has their id, or their username and name. Otherwise the child
    /// whose account is in doubt would get a second account.
    pub(super) fn join_displaced(&mut self) {
        let displaced = std::mem::take(&mut self.displaced);
        if displaced.is_empty() {
            return;
        }
        let conflicts = self.matches.conflicts.iter().enumerate();
        let numbered = conflicts.flat_map(|(number, (_, slots, _))| slots.iter().map(move |slot| (*slot, number)));
        let conflict_of: HashMap<usize, usize> = numbered.collect();
        for (slot, student) in displaced {
            if let Some(number) = conflict_of.get(&slot).filter(|_| self.is_open_student(student)) {
                self.matches.conflicts[*number].2.push(student);
                self.settled_students.insert(student);
            }
        }
    }
}
