//! Which account is whose: by source id, UPN, username, and full name, surest first; what stays
//! ambiguous is a conflict, never a guess.

use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::roster::Roster;
use crate::student::Student;
use crate::text;

use super::ConflictReason;

/// How accounts and students were paired, each by place.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// For each account its student.
    pub(super) student_of: Vec<Option<usize>>,
    /// For each student its account.
    pub(super) account_of: Vec<Option<usize>>,
    /// Accounts and students that stay as they are, and why.
    pub(super) conflicts: Vec<(ConflictReason, Vec<usize>, Vec<usize>)>,
    /// Accounts of students who are held.
    pub(super) held: HashSet<usize>,
    /// Pairs whose source ids differ: sure by UPN.
    pub(super) relinked: usize,
    /// Pairs whose source ids differ, by username or name alone: sure only where nearly all differ.
    pub(super) doubtful: Vec<(usize, usize)>,
}

impl Pairing {
    pub(super) fn of(accounts: &Accounts, roster: &Roster) -> Self {
        let mut pairing =
            Self { student_of: vec![None; accounts.len()], account_of: vec![None; roster.len()], ..Self::default() };
        let mut pairs =
            Pairs { accounts, roster, pairing: &mut pairing, settled: HashSet::new(), asked: HashSet::new() };
        pairs.set_held_aside();
        pairs.by_source_id();
        pairs.by_upn();
        // Whoever may sign in now comes before leavers of the same name.
        for active in [true, false] {
            pairs.by_username(active);
            pairs.by_name(active);
        }
        pairing
    }

    /// Pairs the doubtful too: a host has said that the school's ids have all changed.
    pub(super) fn accept_doubtful(&mut self) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.student_of[account] = Some(student);
            self.account_of[student] = Some(account);
            self.relinked += 1;
        }
    }

    /// Makes a conflict of each doubtful pair: one changed id may be a mended record or another child.
    pub(super) fn refuse_doubtful(&mut self) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.conflicts.push((ConflictReason::SourceIdChanged, vec![account], vec![student]));
        }
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.account_of.iter().enumerate().filter_map(|(student, account)| account.map(|account| (account, student)))
    }
}

struct Pairs<'a> {
    accounts: &'a Accounts,
    roster: &'a Roster,
    pairing: &'a mut Pairing,
    /// Accounts and students that are in a conflict or doubtful, so that nothing more is tried.
    settled: HashSet<usize>,
    asked: HashSet<usize>,
}

impl<'a> Pairs<'a> {
    /// Accounts of held students are out of it: by id, UPN and username, and every account of that name.
    fn set_held_aside(&mut self) {
        if self.roster.held().is_empty() {
            return;
        }
        let held = self.roster.held();
        let known = |id: Option<&'a str>| id.filter(|id| !id.is_empty());
        let source_ids: HashSet<_> = held.iter().filter_map(|h| known(h.source_id())).collect();
        let upns: HashSet<_> = held.iter().filter_map(|h| known(h.upn())).collect();
        let texts: HashSet<_> = held.iter().flat_map(|h| [text::key(h.full_name()), text::key(h.username())]).collect();
        for (place, account) in self.accounts.iter().enumerate() {
            let by_id = match account.source_id {
                Some(id) if source_ids.contains(id) => true,
                _ => account.upn.is_some_and(|upn| upns.contains(upn)),
            };
            if by_id || texts.contains(&text::key(account.username)) || texts.contains(&text::key(account.full_name)) {
                self.pairing.held.insert(place);
            }
        }
        // An account that a valid student names by id is that student's, whatever a held one is called.
        let listed: HashSet<_> = (0..self.roster.len()).filter_map(|s| self.student_ids(s)[0]).collect();
        let accounts = self.accounts;
        self.pairing.held.retain(|&place| {
            accounts
                .at(place)
                .and_then(|a| a.source_id)
                .is_none_or(|id| source_ids.contains(id) || !listed.contains(id))
        });
    }

    fn by_source_id(&mut self) {
        let places = self.places_by(|account| account.source_id);
        for student in 0..self.roster.len() {
            let [id, upn] = self.student_ids(student);
            let Some(&Some(place)) = id.and_then(|id| places.get(id)) else { continue };
            let (Some(account), Some(incoming)) = (self.open_account(place), self.roster.get(student)) else {
                continue;
            };
            let renamed = !text::same(account.full_name, incoming.full_name);
            if renamed && differ(account.upn, upn) {
                self.conflict(ConflictReason::SourceIdReused, vec![place], vec![student]);
            } else {
                self.pair(place, student);
            }
        }
    }

    fn by_upn(&mut self) {
        let places = self.places_by(|account| account.upn);
        for student in self.open_students() {
            let [id, upn] = self.student_ids(student);
            let Some(&Some(place)) = upn.and_then(|upn| places.get(upn)) else { continue };
            if let Some(account) = self.open_account(place) {
                self.pairing.relinked += usize::from(differ(account.source_id, id));
                self.pair(place, student);
            }
        }
    }

    fn by_username(&mut self, active: bool) {
        for student in self.open_students() {
            let Some(incoming) = self.roster.get(student) else { continue };
            let Some(place) = self.accounts.place(incoming.username) else { continue };
            let Some(account) = self.open_account(place).filter(|a| a.active == active) else { continue };
            if differ(account.upn, self.student_ids(student)[1]) || !may_return(&account, &incoming) {
                continue;
            }
            if differ(account.source_id, self.student_ids(student)[0]) {
                self.doubt(place, student);
            } else if share_a_word(account.full_name, incoming.full_name) {
                self.pair(place, student);
            } else {
                // An address may be given to the next pupil.
                self.conflict(ConflictReason::UsernameReused, vec![place], vec![student]);
            }
        }
    }

    fn by_name(&mut self, active: bool) {
        let open = self.open_students();
        let wanted: HashSet<_> =
            open.iter().filter_map(|&s| self.roster.get(s)).map(|s| text::key(s.full_name)).collect();
        if wanted.is_empty() {
            return;
        }
        let mut groups: HashMap<_, Namesakes> = HashMap::new();
        for (place, account) in self.accounts.iter().enumerate() {
            let key = text::key(account.full_name);
            // Whoever has an account already is known by the name in the roster, and counts there.
            if account.active == active && self.pairing.student_of[place].is_none() && wanted.contains(&key) {
                groups.entry(key).or_default().accounts.push(place);
            }
        }
        if groups.is_empty() {
            return;
        }
        for (student, incoming) in self.roster.iter().enumerate() {
            if let Some(group) = groups.get_mut(&text::key(incoming.full_name)) {
                group.students.push(student);
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| group.accounts.first().copied());
        for group in groups {
            self.pair_namesakes(&group);
        }
    }

    /// Pairs an account and a student of one name, if there is but one of each.
    fn pair_namesakes(&mut self, group: &Namesakes) {
        let students: Vec<usize> = group.students.iter().copied().filter(|&s| self.is_open_student(s)).collect();
        let may_be = |place: &usize| {
            let Some(account) = self.accounts.at(*place) else { return false };
            students.iter().any(|&student| {
                let Some(incoming) = self.roster.get(student) else { return false };
                !differ(account.upn, self.student_ids(student)[1]) && may_be_by_name(&account, &incoming)
            })
        };
        let all: Vec<usize> = group.accounts.iter().copied().filter(may_be).collect();
        let accounts: Vec<usize> = all.iter().copied().filter(|&place| self.open_account(place).is_some()).collect();
        match (accounts.as_slice(), students.as_slice()) {
            ([], _) | (_, []) => {}
            (&[place], &[student]) if all.len() == 1 && group.students.len() == 1 => {
                let known = self.accounts.at(place).and_then(|account| account.source_id);
                if differ(known, self.student_ids(student)[0]) {
                    self.doubt(place, student);
                } else {
                    self.pair(place, student);
                }
            }
            _ => self.conflict(ConflictReason::NameShared, accounts, students),
        }
    }

    /// The place of each account by an id; `None` where two have it.
    fn places_by(&self, id: impl Fn(&Account<'a>) -> Option<&'a str>) -> HashMap<&'a str, Option<usize>> {
        let mut places = HashMap::new();
        if self.accounts.has_ids() {
            for (place, account) in self.accounts.iter().enumerate() {
                if let Some(id) = id(&account) {
                    places.entry(id).and_modify(|place| *place = None).or_insert(Some(place));
                }
            }
        }
        places
    }

    fn student_ids(&self, student: usize) -> [Option<&'a str>; 2] {
        self.roster.students().ids(student)
    }

    fn open_account(&self, place: usize) -> Option<Account<'a>> {
        let free = self.pairing.student_of.get(place).is_some_and(Option::is_none);
        let free = free && !self.settled.contains(&place) && !self.pairing.held.contains(&place);
        self.accounts.at(place).filter(|_| free)
    }

    fn is_open_student(&self, student: usize) -> bool {
        self.pairing.account_of.get(student).is_some_and(Option::is_none) && !self.asked.contains(&student)
    }

    fn open_students(&self) -> Vec<usize> {
        (0..self.roster.len()).filter(|&student| self.is_open_student(student)).collect()
    }

    fn pair(&mut self, account: usize, student: usize) {
        self.pairing.student_of[account] = Some(student);
        self.pairing.account_of[student] = Some(account);
    }

    fn doubt(&mut self, account: usize, student: usize) {
        self.pairing.doubtful.push((account, student));
        self.settled.insert(account);
        self.asked.insert(student);
    }

    fn conflict(&mut self, reason: ConflictReason, accounts: Vec<usize>, students: Vec<usize>) {
        self.settled.extend(&accounts);
        self.asked.extend(&students);
        self.pairing.conflicts.push((reason, accounts, students));
    }
}

/// The accounts of one name that have no student yet, and all students of it.
#[derive(Default)]
struct Namesakes {
    accounts: Vec<usize>,
    students: Vec<usize>,
}

/// Whether both are known and are not the same.
pub(super) fn differ(left: Option<&str>, right: Option<&str>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

fn share_a_word(left: &str, right: &str) -> bool {
    let right = text::words(right);
    text::words(left).split(' ').any(|word| right.split(' ').any(|other| other == word))
}

/// Whether an account can be this student's: a leaver comes back to no younger year.
fn may_return(account: &Account<'_>, student: &Student<'_>) -> bool {
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) => account.active || now >= then,
        _ => true,
    }
}

/// Whether an account can be a student's of whom only the name says so: in no younger year, or the
/// year before if the account is in use and its year was a mistake.
fn may_be_by_name(account: &Account<'_>, student: &Student<'_>) -> bool {
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) => now >= then || (account.active && now.next() == Some(then)),
        _ => true,
    }
}
