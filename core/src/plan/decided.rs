//! Applies a person's decisions to a plan: finds the accounts and students that they mean, and decides the outcome of
//! each. `decision.rs` has the decisions as the host stores them.

use std::collections::{HashMap, HashSet};

use crate::account::Accounts;
use crate::roster::Roster;
use crate::student::Ids;
use crate::text;
use crate::username::{self, SignIn};

use super::{Decision, DecisionOutcome, PersonRef, RecordedDecision};

/// The decisions given to a plan, in which accounts and students are slots.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Pairs of an account and a student that are one person, sorted by account.
    pub(super) same: Vec<(usize, usize)>,
    /// Pairs of an account and a student that are two people.
    different: HashSet<(usize, usize)>,
    /// The students that are the second record of a child with an account.
    pub(super) second: HashSet<usize>,
    /// The new username of each renamed account.
    pub(super) renames: HashMap<usize, String>,
    pub(super) recorded: Vec<RecordedDecision>,
    /// The index in `recorded` of each account's rename.
    rename_records: HashMap<usize, usize>,
}

impl Decided {
    pub(super) fn of(decisions: &[Decision], accounts: &Accounts, roster: &Roster) -> Self {
        let mut decided = Self::default();
        if decisions.is_empty() {
            return decided;
        }
        let find = PersonFinder::new(accounts, roster);
        let mut settled = Settled::default();
        for decision in decisions {
            let outcome = match decision {
                Decision::Same { account, student } => match find.both(account, student) {
                    Some((account, student)) => {
                        let second = find.second_record(account, student);
                        match second.filter(|second| decided.may_be_own(account, second.own, &settled)) {
                            Some(second) => decided.second(account, student, second, &mut settled),
                            None => decided.pair(account, student, &mut settled),
                        }
                    }
                    None => DecisionOutcome::NotFound,
                },
                Decision::Different { account, student } => match find.both(account, student) {
                    Some((account, student)) if settled.students.get(&student) == Some(&account) => {
                        DecisionOutcome::Contradicted
                    }
                    Some(pair) => {
                        decided.different.insert(pair);
                        DecisionOutcome::Applied
                    }
                    None => DecisionOutcome::NotFound,
                },
                Decision::Rename { account, username } => match find.account(account, &[]) {
                    None => DecisionOutcome::NotFound,
                    Some(account) if decided.renames.contains_key(&account) => DecisionOutcome::Contradicted,
                    Some(_) if !is_username(username, accounts.sign_in()) => DecisionOutcome::UsernameRefused,
                    Some(account) => {
                        decided.renames.insert(account, username.clone());
                        decided.rename_records.insert(account, decided.recorded.len());
                        DecisionOutcome::Applied
                    }
                },
            };
            decided.recorded.push(RecordedDecision { decision: decision.clone(), outcome });
        }
        decided.settle_renames(accounts, &find, &mut settled);
        decided.same.sort_unstable();
        decided
    }

    /// Keeps only the renames that are possible: no account may get a username that another account keeps. Each renamed
    /// account then belongs to the student with its new username.
    fn settle_renames(&mut self, accounts: &Accounts, find: &PersonFinder<'_>, settled: &mut Settled) {
        let mut order: Vec<usize> = self.renames.keys().copied().collect();
        order.sort_unstable_by_key(|account| self.rename_records.get(account));
        let key = |username: &str| text::key(username).into_owned();
        let mut wanted: HashMap<String, usize> = HashMap::new();
        let mut refused = Vec::new();
        for &account in &order {
            // If two accounts want the same username, the first decision wins.
            let first = *wanted.entry(key(&self.renames[&account])).or_insert(account);
            refused.extend(Some(account).filter(|account| *account != first));
        }
        // A username is free if no account has it, or if its owner gives it up. If the owner's rename is refused, the
        // owner keeps the username.
        let is_held =
            |owner: usize, username: &str| accounts.shares_key(username) || !self.renames.contains_key(&owner);
        for (username, account) in &wanted {
            let owner = accounts.slot_of(username).filter(|owner| owner != account);
            refused.extend(owner.filter(|owner| is_held(*owner, username)).map(|_| *account));
        }
        while let Some(account) = refused.pop() {
            if self.renames.contains_key(&account) {
                self.refuse_rename(account, DecisionOutcome::UsernameTaken);
                let own = key(accounts.students().names(account)[1]);
                refused.extend(wanted.get(&own).copied().filter(|other| *other != account));
            }
        }
        for account in order {
            let Some(username) = self.renames.get(&account) else { continue };
            let student = find.students.get(&key(username)).copied();
            if student.is_some_and(|student| self.pair(account, student, settled) != DecisionOutcome::Applied) {
                self.refuse_rename(account, DecisionOutcome::Contradicted);
            }
        }
    }

    fn pair(&mut self, account: usize, student: usize, settled: &mut Settled) -> DecisionOutcome {
        let agrees = |settled: Option<&usize>, one: usize| settled.is_none_or(|other| *other == one);
        if !agrees(settled.accounts.get(&account), student)
            || !agrees(settled.students.get(&student), account)
            || self.different.contains(&(account, student))
            || self.second.contains(&student)
        {
            return DecisionOutcome::Contradicted;
        }
        if settled.accounts.insert(account, student).is_none() {
            self.same.push((account, student));
        }
        settled.students.insert(student, account);
        DecisionOutcome::Applied
    }

    /// Returns whether earlier decisions allow that an account's own record belongs to it.
    fn may_be_own(&self, account: usize, own: Option<usize>, settled: &Settled) -> bool {
        own.is_none_or(|own| {
            !self.different.contains(&(account, own))
                && settled.students.get(&own).is_none_or(|other| *other == account)
        })
    }

    /// Notes that a student is the second record of the child with an account. The account stays with its own record.
    fn second(
        &mut self,
        account: usize,
        student: usize,
        second: SecondRecord,
        settled: &mut Settled,
    ) -> DecisionOutcome {
        let is_other = settled.students.get(&student).is_some_and(|other| *other != account);
        if is_other || self.different.contains(&(account, student)) {
            return DecisionOutcome::Contradicted;
        }
        let outcome = second.own.map_or(DecisionOutcome::Applied, |own| self.pair(account, own, settled));
        if outcome == DecisionOutcome::Applied {
            settled.students.insert(student, account);
            self.second.insert(student);
        }
        outcome
    }

    /// Returns whether a person decided that this account does not belong to this student.
    pub(super) fn are_different(&self, account: usize, student: usize) -> bool {
        !self.different.is_empty() && self.different.contains(&(account, student))
    }

    /// Returns whether a person decided that this student is the second record of a child with an account.
    pub(super) fn is_second(&self, student: usize) -> bool {
        self.second.contains(&student)
    }

    /// Returns whether no person has made a decision.
    pub(super) fn is_empty(&self) -> bool {
        self.recorded.is_empty()
    }

    /// Removes a rename that is not possible, and records the outcome.
    fn refuse_rename(&mut self, account: usize, outcome: DecisionOutcome) {
        self.renames.remove(&account);
        if let Some(record) = self.rename_records.get(&account).and_then(|record| self.recorded.get_mut(*record)) {
            record.outcome = outcome;
        }
    }
}

/// A second record of a child with an account.
#[derive(Debug, Clone, Copy)]
struct SecondRecord {
    /// The account's own record. `None` means that this roster does not list it.
    own: Option<usize>,
}

/// The pairs that decisions have made: the student of each account, and the account of each student.
#[derive(Default)]
struct Settled {
    accounts: HashMap<usize, usize>,
    students: HashMap<usize, usize>,
}

/// Returns whether an account can get this username. The same rules apply when a person edits a username.
fn is_username(username: &str, sign_in: SignIn) -> bool {
    let fits = !username.trim().is_empty() && username.len() <= username::LONGEST;
    let is_clean =
        text::forbidden(username).is_none() && text::tidy(username) == username && text::nfc(username) == username;
    fits && is_clean && (sign_in == SignIn::Password || username::is_email(username))
}

/// Finds the accounts and students that a [`PersonRef`] means.
struct PersonFinder<'a> {
    accounts: &'a Accounts,
    roster: &'a Roster,
    account_ids: SlotsById<'a>,
    student_ids: SlotsById<'a>,
    students: HashMap<String, usize>,
}

/// The slots by source id and by UPN. A slot is `None` if two people have the same id.
struct SlotsById<'a>([HashMap<&'a str, Option<usize>>; 2]);

impl<'a> SlotsById<'a> {
    fn of(people: impl Iterator<Item = [Option<&'a str>; 2]>) -> Self {
        let mut maps = [HashMap::new(), HashMap::new()];
        for (slot, ids) in people.enumerate() {
            for (map, id) in maps.iter_mut().zip(ids) {
                if let Some(id) = id {
                    map.entry(id).and_modify(|slot| *slot = None).or_insert(Some(slot));
                }
            }
        }
        Self(maps)
    }

    /// Returns whether a source id is that of `slot`, or of nobody if `slot` is `None`.
    fn owns(&self, source_id: &str, slot: Option<usize>) -> bool {
        self.0.first().is_none_or(|map| map.get(source_id).copied() == slot.map(Some))
    }

    fn find(&self, which: usize, id: &str) -> Option<usize> {
        self.0.get(which).and_then(|map| map.get(id)).copied().flatten()
    }
}

impl<'a> PersonFinder<'a> {
    fn new(accounts: &'a Accounts, roster: &'a Roster) -> Self {
        let students = roster.students();
        Self {
            accounts,
            roster,
            account_ids: SlotsById::of((0..accounts.len()).map(|slot| accounts.students().sure_ids(slot))),
            student_ids: SlotsById::of((0..roster.len()).map(|slot| students.sure_ids(slot))),
            students: (0..roster.len()).map(|slot| (text::key(students.names(slot)[1]).into_owned(), slot)).collect(),
        }
    }

    /// Returns the account and the student of a decision. If a plan has applied the decision, the account has the
    /// student's name. We therefore accept that name too.
    fn both(&self, account: &PersonRef, student: &PersonRef) -> Option<(usize, usize)> {
        let student = self.student(student)?;
        let name = self.roster.students().names(student)[0];
        Some((self.account(account, &[name])?, student))
    }

    /// Returns the own record of an account, if a student is a second record of the same child: the own record is another
    /// one, with the same name and the same valid UPN. The account keeps its own record. If the account got the id of the
    /// second record, the other record would be the second in the next plan.
    fn second_record(&self, account: usize, student: usize) -> Option<SecondRecord> {
        let (students, accounts) = (self.roster.students(), self.accounts.students());
        let [own_id, own_upn] = accounts.sure_ids(account);
        let [id, upn] = students.sure_ids(student);
        let is_same = |name: &str, other: Option<&str>| {
            upn.is_some() && upn == other && text::same(name, students.names(student)[0])
        };
        // The id of a record may be that of another account.
        let is_owner = |id: Option<&str>, owner: Option<usize>| id.is_none_or(|id| self.account_ids.owns(id, owner));
        let [own_name, own_username] = accounts.names(account);
        let own = match own_id {
            Some(own_id) => self.student_ids.find(0, own_id),
            None => self.students.get(text::key(own_username).as_ref()).copied(),
        };
        let is_second = is_owner(id, None)
            && match own {
                Some(own) => {
                    let [id, upn] = students.sure_ids(own);
                    let owner = own_id.map(|_| account);
                    own != student && is_owner(id, owner) && is_same(students.names(own)[0], upn.or(own_upn))
                }
                // The own record may still be in the MIS, although this roster does not list it.
                None => own_id.is_some_and(|id| self.may_be_unlisted(account, id)) && is_same(own_name, own_upn),
            };
        is_second.then_some(SecondRecord { own })
    }

    /// Returns whether a record may be in the MIS, although its student is not in the roster.
    fn may_be_unlisted(&self, account: usize, source_id: &str) -> bool {
        let is_held = self.roster.held().iter().any(|held| held.source_id() == Some(source_id));
        let has_left = || {
            let of_left = |ids: &Ids| ids.source_id.as_ref().is_some_and(|id| id.expose() == source_id);
            self.roster.left().iter().any(of_left)
        };
        // An inactive account has no record. If the student returns, the account gets the new record.
        is_held || self.roster.is_partial() && self.accounts.is_active(account) && !has_left()
    }

    /// Returns the account that a reference means. Instead of the reference's name, the account can have one of the
    /// names in `or_names`.
    fn account(&self, person: &PersonRef, or_names: &[&str]) -> Option<usize> {
        match person {
            PersonRef::SourceId { source_id } => self.account_ids.find(0, source_id),
            PersonRef::Upn { upn } => self.account_ids.find(1, upn),
            PersonRef::Username { username, full_name } => self.accounts.slot_of(username).filter(|slot| {
                let name = self.accounts.students().names(*slot)[0];
                let mut names = full_name.as_deref().into_iter().chain(or_names.iter().copied());
                full_name.is_none() || names.any(|other| text::same(name, other))
            }),
        }
    }

    fn student(&self, person: &PersonRef) -> Option<usize> {
        match person {
            PersonRef::SourceId { source_id } => self.student_ids.find(0, source_id),
            PersonRef::Upn { upn } => self.student_ids.find(1, upn),
            PersonRef::Username { username, full_name } => {
                let slot = self.students.get(text::key(username).as_ref()).copied()?;
                let is_theirs = |name: &String| text::same(self.roster.students().names(slot)[0], name);
                full_name.as_ref().is_none_or(is_theirs).then_some(slot)
            }
        }
    }
}
