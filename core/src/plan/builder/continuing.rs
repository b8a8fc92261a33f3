//! Finds the changes of students who have an account: which values and usernames change, and which kind of change it is
//! (`kind_of`).

use std::collections::{HashMap, HashSet};

use crate::account::{Account, AccountState};
use crate::column::Column;
use crate::student::Student;
use crate::text;
use crate::upn;
use crate::watch::{Cancelled, Steps};

use super::super::change::are_same;
use super::super::changes::Changes;
use super::super::matcher::FETCHED;
use super::super::matches::is_made_alike;
use super::super::{ChangeKind, KeptUsername};
use super::PlanBuilder;
use super::tally::ChangeTally;

impl PlanBuilder<'_> {
    /// Adds the changes of students who have an account. Returns the number of unchanged students, and the counted
    /// changes.
    pub(super) fn continuing(
        &self,
        changes: &mut Changes,
        new_usernames: &HashMap<usize, String>,
        kept: &mut Vec<KeptUsername>,
        steps: &mut Steps<'_>,
    ) -> Result<(u64, ChangeTally), Cancelled> {
        let mut tally = ChangeTally::default();
        let (own, listed) = (self.accounts.students(), self.roster.students());
        let is_unchanged = |&(slot, student): &(usize, usize)| {
            let mut ids = listed.ids(student).into_iter().zip(own.ids(slot));
            self.matches.is_copy[student]
                && self.accounts.is_active(slot)
                && ids.all(|(id, known)| id.is_none() || id == known)
                && self.accounts.state(slot).active_until.is_none()
                && (new_usernames.is_empty() || !new_usernames.contains_key(&slot))
        };
        let others: Vec<_> = self.matches.pairs().filter(|pair| !is_unchanged(pair)).collect();
        for pairs in others.chunks(FETCHED) {
            steps.take(FETCHED)?;
            own.fetch(pairs.iter().map(|(slot, _)| *slot));
            listed.fetch(pairs.iter().map(|(_, student)| *student));
            for &(slot, student) in pairs {
                let Some(before) = self.accounts.at(slot) else { continue };
                let new_username = new_usernames.get(&slot).map(String::as_str);
                let after = self.becomes(&before, student, new_username, kept);
                if let Some(kind) = kind_of(&before, &after) {
                    if before.active {
                        tally.add((slot, student), &before, &after);
                    }
                    let new_password = kind == ChangeKind::Return && !self.is_sure(slot, student);
                    changes.push(kind, &before, &after, new_password);
                }
            }
        }
        Ok(((self.matches.pairs().count() - changes.len()) as u64, tally))
    }

    /// Returns whether a pair was matched by an id or by a decision. If only the username or the name is equal, the
    /// student may be a different child. This child must not get the leaver's password.
    fn is_sure(&self, slot: usize, student: usize) -> bool {
        let listed = self.roster.students().sure_ids(student);
        let mut ids = self.accounts.students().sure_ids(slot).into_iter().zip(listed);
        ids.any(|(own, listed)| own.is_some() && own == listed)
            || self.matches.decided.same.binary_search(&(slot, student)).is_ok()
    }

    /// Returns the account after the plan. If the account keeps its username although the roster has a different one,
    /// adds both usernames to `kept`.
    fn becomes<'s>(
        &'s self,
        account: &Account<'s>,
        student: usize,
        new_username: Option<&'s str>,
        kept: &mut Vec<KeptUsername>,
    ) -> Account<'s> {
        let incoming = self.roster.students().at(student);
        let mut after = self.as_recorded(student, incoming, account);
        let alike = is_made_alike(self.roster, [incoming.full_name, incoming.username], account.username);
        after.username = new_username.unwrap_or(account.username);
        if !alike && !self.roster.is_nameless(student) && !text::same(after.username, incoming.username) {
            kept.push(KeptUsername { kept: after.username.to_owned(), listed: incoming.username.to_owned() });
        }
        let [source_id, upn] = self.roster.students().ids(student);
        let own = |id: Option<&'s str>| id.filter(|id| !self.are_anothers(id));
        // A text that is not a UPN does not replace a UPN.
        let known = own(account.upn);
        let upn = upn.filter(|upn| upn::is_valid(upn) || !known.is_some_and(upn::is_valid)).or(known);
        let source_id = source_id.or(own(account.source_id));
        // Only a leaver has a last day.
        let state = AccountState { active_until: None, ..account.state };
        let upi = self.roster.upi(student).filter(|_| self.keeps_upis).or(account.upi);
        Account { source_id, upn, upi, active: true, state, ..account.with_student(after) }
    }

    /// Returns the student, but takes some values from the account. These are the values that the roster does not
    /// record, the host does not store, or the host maintains itself.
    fn as_recorded<'s>(&self, student: usize, incoming: Student<'s>, account: &Account<'s>) -> Student<'s> {
        let mut after = Student { gender: incoming.gender.or(account.gender), ..incoming };
        for column in self.roster.not_recorded(student).or(self.not_kept).or(account.state.own).iter() {
            match column {
                Column::PupilPremium => after.pupil_premium = account.pupil_premium,
                Column::Ethnicity => after.ethnicity = account.ethnicity,
                Column::Send => after.send = account.send,
                Column::Eal => after.eal = account.eal,
                Column::YearGroup => after.year_group = account.year_group,
                Column::Class => after.class_name = account.class_name,
                Column::Gender => after.gender = account.gender,
                Column::FullName => after.full_name = account.full_name,
                _ => {}
            }
        }
        after
    }

    /// Returns the accounts that get a new username: by a decision, or because the host overrides
    /// `usernames-changed`. No account gets a username that another account keeps. An account whose new username is
    /// taken keeps its old username. No other account can then get the old username.
    pub(super) fn new_usernames(&self) -> HashMap<usize, String> {
        let mut wanted = self.matches.decided.renames.clone();
        if !self.rename {
            return wanted;
        }
        let key_of = |slot: usize| text::key(self.accounts.students().names(slot)[1]).into_owned();
        let mut taken: HashSet<String> = wanted.values().map(|username| text::key(username).into_owned()).collect();
        let (mut by_key, mut kept) = (HashMap::new(), Vec::new());
        for &(slot, student) in &self.matches.renamed {
            let username = self.roster.students().names(student)[1];
            let key = text::key(username).into_owned();
            // A person's decision comes first.
            if wanted.contains_key(&slot) || self.is_own(slot, Column::Username) {
                continue;
            }
            match taken.insert(key.clone()) {
                true => drop(by_key.insert(key, (slot, username))),
                false => kept.push(key_of(slot)),
            }
        }
        let renamed: HashSet<usize> = by_key.values().map(|(slot, _)| *slot).collect();
        let stays = |slot: &usize| !renamed.contains(slot) && !wanted.contains_key(slot);
        kept.extend((0..self.accounts.len()).filter(stays).map(key_of));
        while let Some(username) = kept.pop() {
            if let Some((slot, _)) = by_key.remove(&username) {
                kept.push(key_of(slot));
            }
        }
        wanted.extend(by_key.into_values().map(|(slot, username)| (slot, username.to_owned())));
        wanted
    }
}

/// Returns the kind of a change, from its most important field. Returns `None` if the accounts are equal.
fn kind_of(before: &Account<'_>, after: &Account<'_>) -> Option<ChangeKind> {
    Some(if !before.active {
        ChangeKind::Return
    } else if before.source_id.is_some() && before.source_id != after.source_id {
        ChangeKind::Relink
    } else if before.username != after.username {
        ChangeKind::Rename
    } else if is_moved(before, after) {
        ChangeKind::Move
    } else if !are_same(before, after) {
        ChangeKind::Update
    } else {
        return None;
    })
}

/// Returns whether a student moves to a different class or year. A different spelling of the same class or year is not
/// a move.
fn is_moved(before: &Account<'_>, after: &Account<'_>) -> bool {
    let is_other = |own: &str, listed: &str| own != listed && !text::same(own, listed);
    is_other(before.class_name, after.class_name)
        || (is_other(before.year_group, after.year_group)
            && (before.national_year().is_none() || before.national_year() != after.national_year()))
}
