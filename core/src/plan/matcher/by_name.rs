//! Matches an account and a student by full name, if nobody else has the name.

use std::collections::{HashMap, HashSet};

use crate::keys::KeyHasher;
use crate::plan::ConflictReason;
use crate::plan::evidence::{NamesakeYears, Verdict};
use crate::plan::matches::differ;
use crate::text;
use crate::watch::Cancelled;

use super::Matcher;

/// The accounts with one name that are not matched yet, and all students with that name.
#[derive(Default)]
struct Namesakes {
    accounts: Vec<usize>,
    students: Vec<usize>,
}

impl Matcher<'_, '_, '_> {
    /// Pairs unmatched accounts with students by their names. `active` says whether to try active or inactive accounts.
    pub(super) fn by_name(&mut self, active: bool) -> Result<(), Cancelled> {
        let hasher = KeyHasher::default();
        let names = |student: usize| self.roster.students().names(student);
        self.steps.take(self.accounts.len())?;
        let wanted: HashSet<u64> = self.open_named_students().into_iter().map(|s| hasher.hash(names(s)[0])).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let mut groups: HashMap<_, Namesakes> = HashMap::new();
        // An account that already has a student is left out. Its student is counted under the name in the roster.
        let has_none = |slot: &usize| {
            !self.matches.has_student[*slot]
                && self.accounts.is_active(*slot) == active
                && !self.accounts.is_manual(*slot)
        };
        for slot in (0..self.accounts.len()).filter(has_none) {
            let [name, _] = self.accounts.students().names(slot);
            if wanted.contains(&hasher.hash(name)) {
                groups.entry(text::key(name)).or_default().accounts.push(slot);
            }
        }
        if groups.is_empty() {
            return Ok(());
        }
        let is_wanted = |student: &usize| {
            let is_person = !self.roster.is_nameless(*student) && !self.matches.decided.is_second(*student);
            is_person && wanted.contains(&hasher.hash(names(*student)[0]))
        };
        for student in (0..self.roster.len()).filter(is_wanted) {
            if let Some(group) = groups.get_mut(&text::key(names(student)[0])) {
                group.students.push(student);
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| group.accounts.first().copied());
        for group in groups {
            self.steps.take(group.accounts.len() + group.students.len())?;
            self.pair_namesakes(&group)?;
        }
        Ok(())
    }

    /// Pairs an account and a student with the same name, if nobody else has that name.
    fn pair_namesakes(&mut self, group: &Namesakes) -> Result<(), Cancelled> {
        let students: Vec<usize> = group.students.iter().copied().filter(|&s| self.is_open_student(s)).collect();
        // The years of all these students, of those without a UPN, and of those with each UPN. Because of these years,
        // we need not compare an account with each student.
        let (mut all, mut without, mut by_upn) =
            (NamesakeYears::default(), NamesakeYears::default(), HashMap::<_, NamesakeYears<'_>>::new());
        for &student in &students {
            let incoming = self.roster.students().at(student);
            all.add(&incoming);
            match self.student_ids(student)[1] {
                Some(upn) => by_upn.entry(upn).or_default().add(&incoming),
                None => without.add(&incoming),
            }
        }
        let could_be = |slot: &usize| {
            let Some(account) = self.accounts.at(*slot) else { return false };
            match self.account_ids(*slot)[1] {
                Some(upn) => {
                    let own = by_upn.get(upn).is_some_and(|years| years.any_may_be(&account));
                    own || without.any_may_be(&account)
                }
                None => all.any_may_be(&account),
            }
        };
        let all: Vec<usize> = group.accounts.iter().copied().filter(could_be).collect();
        let accounts: Vec<usize> = all.iter().copied().filter(|&slot| self.is_open_account(slot)).collect();
        match (accounts.as_slice(), students.as_slice()) {
            ([], _) | (_, []) => {}
            (&[slot], &[student]) if all.len() == 1 && group.students.len() == 1 => self.pair_by_name(slot, student),
            _ => self.conflict(ConflictReason::NameShared, accounts, students),
        }
        Ok(())
    }

    /// Pairs the only account and the only student with a name, unless the evidence is against it.
    fn pair_by_name(&mut self, slot: usize, student: usize) {
        let Some(account) = self.accounts.at(slot).filter(|_| self.may_pair(slot, student)) else { return };
        let incoming = self.roster.students().at(student);
        match self.evidence.by_name(&account, &incoming, self.leaves_now(&account)) {
            Verdict::Unrelated => {}
            Verdict::YearsApart => self.conflict(ConflictReason::YearsApart, vec![slot], vec![student]),
            Verdict::OtherPerson => self.conflict(ConflictReason::PersonDiffers, vec![slot], vec![student]),
            _ if differ(account.source_id, self.student_ids(student)[0]) => self.doubt(slot, student),
            Verdict::Same | Verdict::OtherName => self.pair(slot, student),
        }
    }
}
