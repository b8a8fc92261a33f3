//! Stores the matches that were found between accounts and students (`Matches`), and the conflicts. Also recognises
//! usernames that onroll made from a name.

use std::collections::HashSet;

use crate::account::Accounts;
use crate::keys::Candidates;
use crate::roster::Roster;
use crate::text;

use super::ConflictReason;
use super::decided::Decided;

/// Marks a student without an account in `account_of`.
const NONE: u32 = u32::MAX;

/// How accounts and students were matched, each by slot.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// For each account, whether it has a student.
    pub(super) has_student: Vec<bool>,
    /// For each student, the slot of its account, or `NONE`.
    account_of: Vec<u32>,
    /// The conflicts: each has a reason, accounts and students. None of these accounts leaves, and none of these
    /// students gets a new account.
    pub(super) conflicts: Vec<(ConflictReason, Vec<usize>, Vec<usize>)>,
    /// The accounts that stay unchanged because their student was not imported.
    pub(super) held: HashSet<usize>,
    /// For each student, the accounts that may have the student's username.
    pub(super) usernames: Candidates,
    /// The fingerprint of the accounts.
    pub(super) fingerprint: String,
    /// For each student, whether we know that the account has exactly the same values. The ids may still differ.
    pub(super) is_copy: Vec<bool>,
    /// The row hashes of the accounts. An equal row has an equal hash.
    pub(super) row_hashes: Vec<u64>,
    /// The pairs whose usernames differ.
    pub(super) renamed: Vec<(usize, usize)>,
    /// The number of source ids that were ignored, because they point to another account.
    pub(super) ignored: usize,
    /// The number of pairs with different source ids that were matched by UPN or by Wonde's person id.
    pub(super) relinked: usize,
    /// The doubtful pairs of an account and a student. The two have different source ids, and share only a username or
    /// a name. We match them only if the host overrides `source-ids-changed`.
    pub(super) doubtful: Vec<(usize, usize)>,
    /// The students whose valid UPN another student in the roster has too.
    pub(super) shared_upns: Vec<usize>,
    /// The decisions that people have made.
    pub(super) decided: Decided,
}

impl Matches {
    /// Returns the state before any account and student of a roster are matched.
    pub(super) fn none(accounts: &Accounts, roster: &Roster, decided: Decided) -> Self {
        let mut row_hashes = Vec::with_capacity(accounts.len());
        let each = accounts.students().row_hashes().inspect(|hash| row_hashes.push(*hash));
        Self {
            fingerprint: accounts.fingerprint_by(each),
            has_student: vec![false; accounts.len()],
            account_of: vec![NONE; roster.len()],
            usernames: roster.students().usernames().candidates(accounts.students().usernames()),
            is_copy: vec![false; roster.len()],
            row_hashes,
            decided,
            ..Self::default()
        }
    }

    /// Returns the slot of a student's account.
    pub(super) fn account_of(&self, student: usize) -> Option<usize> {
        self.account_of.get(student).filter(|slot| **slot != NONE).map(|slot| *slot as usize)
    }

    /// Returns the account with a student's username. If two accounts share the username's key, returns the exact match
    /// if there is one.
    pub(super) fn owner(&self, accounts: &Accounts, roster: &Roster, student: usize) -> Option<usize> {
        let username = |slot: usize| accounts.students().names(slot)[1];
        let wanted = roster.students().names(student)[1];
        let first = self.usernames.find(student, |slot| text::same(username(slot), wanted))?;
        if username(first) == wanted {
            return Some(first);
        }
        self.usernames.find(student, |slot| username(slot) == wanted).or(Some(first))
    }

    /// Returns whether a student has no account yet.
    pub(super) fn has_none(&self, student: usize) -> bool {
        self.account_of.get(student) == Some(&NONE)
    }

    /// Matches the doubtful pairs too, because the host has said that the school's ids have changed.
    pub(super) fn accept_doubtful(&mut self, accounts: &Accounts, roster: &Roster) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.pair(account, student, accounts, roster);
        }
    }

    pub(super) fn pair(&mut self, account: usize, student: usize, accounts: &Accounts, roster: &Roster) {
        let own = accounts.students().names(account);
        let listed = roster.students().names(student);
        if !roster.is_nameless(student) && !text::same(own[1], listed[1]) && !is_made_alike(roster, listed, own[1]) {
            self.renamed.push((account, student));
        }
        self.pair_of_one_username(account, student);
    }

    pub(super) fn pair_of_one_username(&mut self, account: usize, student: usize) {
        self.has_student[account] = true;
        self.account_of[student] = account as u32;
    }

    /// Undoes a pair, if the account and the student are one. Call [`forget_unpaired`](Self::forget_unpaired) after the
    /// last pair.
    pub(super) fn unpair(&mut self, account: usize, student: usize) {
        if self.account_of(student) == Some(account) {
            self.has_student[account] = false;
            self.account_of[student] = NONE;
        }
    }

    /// Removes the pairs that were undone from the pairs with different usernames.
    pub(super) fn forget_unpaired(&mut self) {
        let mut renamed = std::mem::take(&mut self.renamed);
        renamed.retain(|(account, student)| self.account_of(*student) == Some(*account));
        self.renamed = renamed;
    }

    /// Turns each doubtful pair into a conflict. A changed id may mean a corrected record or a different child.
    pub(super) fn refuse_doubtful(&mut self) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.conflicts.push((ConflictReason::SourceIdChanged, vec![account], vec![student]));
        }
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.account_of.len()).filter_map(|student| self.account_of(student).map(|account| (account, student)))
    }
}

/// Returns the old and the new class of each matched student. If the account and the student have the same values, we
/// look the class up only once.
pub(super) fn classes<'s>(
    matches: &Matches,
    accounts: &'s Accounts,
    roster: &'s Roster,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    let [own, listed] = [accounts.students(), roster.students()];
    matches.pairs().map(move |(account, student)| {
        let [.., after] = listed.texts(student);
        if matches.is_copy[student] {
            return (after, after);
        }
        let [.., before] = own.texts(account);
        (before, after)
    })
}

/// Returns whether both values are known and differ.
pub(super) fn differ(left: Option<&str>, right: Option<&str>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

/// Returns whether a student's username and an account's username are both made from the student's name. If so, they
/// differ only in a suffix, and nothing has changed. Returns false if the roster is from a file, because the school
/// chose the usernames in it.
pub(super) fn is_made_alike(roster: &Roster, [full_name, username]: [&str; 2], other: &str) -> bool {
    !roster.is_from_file() && is_made_of(full_name, username) && is_made_of(full_name, other)
}

/// Returns whether a username is the full name, or the full name and a suffix after a space.
pub(super) fn is_made_of(full_name: &str, username: &str) -> bool {
    let (name, username) = (text::key(full_name), text::key(username));
    username.strip_prefix(name.as_ref()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
