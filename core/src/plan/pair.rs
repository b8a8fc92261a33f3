//! Which account is whose: by source id, UPN, username, and full name, surest first; what stays
//! ambiguous is a conflict, never a guess.

use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::keys::{Candidates, KeyHasher};
use crate::roster::Roster;
use crate::student::Student;
use crate::text;
use crate::year_group::YearGroup;

use super::ConflictReason;

/// No account has this place.
const NONE: u32 = u32::MAX;

/// How accounts and students were paired, each by place.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// For each account whether it has a student.
    pub(super) has_student: Vec<bool>,
    /// For each student the place of its account, or `NONE`.
    account_of: Vec<u32>,
    /// Accounts and students that stay as they are, and why.
    pub(super) conflicts: Vec<(ConflictReason, Vec<usize>, Vec<usize>)>,
    /// Accounts of students who are held.
    pub(super) held: HashSet<usize>,
    /// For each student, which account may have the username.
    usernames: Candidates,
    /// The fingerprint of the accounts.
    pub(super) fingerprint: String,
    /// For each student whether the account is known to be the same to the letter, their ids aside.
    pub(super) is_copy: Vec<bool>,
    /// The prints of accounts, which tell that.
    prints: Vec<u64>,
    /// Pairs whose usernames differ.
    pub(super) renamed: Vec<(usize, usize)>,
    /// Pairs whose source ids differ: sure by UPN.
    pub(super) relinked: usize,
    /// Pairs whose source ids differ, by username or name alone: sure only where nearly all differ.
    pub(super) doubtful: Vec<(usize, usize)>,
}

impl Pairing {
    pub(super) fn of(accounts: &Accounts, roster: &Roster, leaving_years: &[YearGroup]) -> Self {
        let mut prints = Vec::with_capacity(accounts.len());
        let each = accounts.students().prints().inspect(|print| prints.push(*print));
        let mut pairing = Self {
            fingerprint: accounts.fingerprint_by(each),
            has_student: vec![false; accounts.len()],
            account_of: vec![NONE; roster.len()],
            usernames: roster.students().usernames().candidates(accounts.students().usernames()),
            is_copy: vec![false; roster.len()],
            prints,
            ..Self::default()
        };
        let mut pairs = Pairs {
            accounts,
            roster,
            leaving_years,
            pairing: &mut pairing,
            settled: HashSet::new(),
            asked: HashSet::new(),
            held_by_name: Vec::new(),
            reused: Vec::new(),
        };
        pairs.set_held_aside();
        pairs.by_source_id();
        pairs.by_upn();
        // Whoever may sign in now comes before leavers of the same name.
        let active = accounts.active();
        let there_are = |kind: &bool| if *kind { active > 0 } else { active < accounts.len() };
        for active in [true, false].into_iter().filter(there_are) {
            pairs.by_print(active);
            pairs.by_username(active);
            pairs.by_name(active);
            pairs.refuse_reused();
        }
        pairs.refuse_namesakes_of_held();
        pairing
    }

    /// The account of a student.
    pub(super) fn account_of(&self, student: usize) -> Option<usize> {
        self.account_of.get(student).filter(|place| **place != NONE).map(|place| *place as usize)
    }

    /// The account that has a student's username.
    pub(super) fn owner(&self, accounts: &Accounts, roster: &Roster, student: usize) -> Option<usize> {
        let username = |place: usize| accounts.students().names(place)[1];
        let wanted = roster.students().names(student)[1];
        self.usernames.find(student, |place| text::same(username(place), wanted))
    }

    /// Pairs the doubtful too: a host has said that the school's ids have all changed.
    pub(super) fn accept_doubtful(&mut self, accounts: &Accounts, roster: &Roster) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.pair(account, student, accounts, roster);
        }
    }

    fn pair(&mut self, account: usize, student: usize, accounts: &Accounts, roster: &Roster) {
        let own = accounts.students().names(account);
        let listed = roster.students().names(student);
        if !text::same(own[1], listed[1]) && !is_made_alike(roster, listed, own[1]) {
            self.renamed.push((account, student));
        }
        self.pair_of_one_username(account, student);
    }

    fn pair_of_one_username(&mut self, account: usize, student: usize) {
        self.has_student[account] = true;
        self.account_of[student] = account as u32;
    }

    /// Makes a conflict of each doubtful pair: one changed id may be a mended record or another child.
    pub(super) fn refuse_doubtful(&mut self) {
        for (account, student) in std::mem::take(&mut self.doubtful) {
            self.conflicts.push((ConflictReason::SourceIdChanged, vec![account], vec![student]));
        }
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.account_of.len()).filter_map(|student| self.account_of(student).map(|account| (account, student)))
    }
}

struct Pairs<'a> {
    accounts: &'a Accounts,
    roster: &'a Roster,
    leaving_years: &'a [YearGroup],
    pairing: &'a mut Pairing,
    /// Accounts and students that are in a conflict or doubtful, so that nothing more is tried.
    settled: HashSet<usize>,
    asked: HashSet<usize>,
    /// Accounts that are set aside for a held student because of a name alone.
    held_by_name: Vec<usize>,
    /// Accounts and students of one username and of names without a word in common.
    reused: Vec<(usize, usize)>,
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
            let by_name =
                || texts.contains(&text::key(account.username)) || texts.contains(&text::key(account.full_name));
            if !by_id && by_name() {
                self.held_by_name.push(place);
            }
            if by_id || by_name() {
                self.pairing.held.insert(place);
            }
        }
        // An account that a valid student names by id or UPN is that student's, whatever a held one is called.
        let of = |which: usize| -> HashSet<_> {
            (0..self.roster.len()).filter_map(|s| self.student_ids(s)[which]).collect()
        };
        let [listed_ids, listed_upns] = [of(0), of(1)];
        let accounts = self.accounts;
        self.pairing.held.retain(|&place| match accounts.students().ids(place) {
            [Some(id), _] if source_ids.contains(id) => true,
            [Some(id), _] if listed_ids.contains(id) => false,
            [_, upn] => upn.is_none_or(|upn| !listed_upns.contains(upn)),
        });
        // And so is one that has a valid student's username, unless a held one has it too.
        if !self.held_by_name.is_empty() {
            let usernames: HashSet<_> = held.iter().map(|h| text::key(h.username())).collect();
            let owner = |student| self.pairing.owner(accounts, self.roster, student);
            let owned: HashSet<usize> = (0..self.roster.len()).filter_map(owner).collect();
            for place in &self.held_by_name {
                let username = text::key(accounts.students().names(*place)[1]);
                if owned.contains(place) && !usernames.contains(&username) {
                    self.pairing.held.remove(place);
                }
            }
        }
    }

    /// Whether an account is a held student's, or that of a valid one of the same name, cannot be known where no id tells
    /// them apart; and so the valid one gets no other.
    fn refuse_namesakes_of_held(&mut self) {
        let accounts = self.accounts.students();
        let held = |place: &usize| self.pairing.held.contains(place);
        let places: Vec<usize> = std::mem::take(&mut self.held_by_name).into_iter().filter(held).collect();
        let mut students: HashMap<_, Vec<usize>> =
            places.iter().map(|place| (text::key(accounts.names(*place)[0]), Vec::new())).collect();
        if students.is_empty() {
            return;
        }
        for student in self.open_students() {
            if let Some(namesakes) = students.get_mut(&text::key(self.roster.students().names(student)[0])) {
                namesakes.push(student);
            }
        }
        for place in places {
            let [source_id, upn] = accounts.ids(place);
            let could_be = |student: &usize| {
                let [id, other] = self.student_ids(*student);
                self.is_open_student(*student) && !differ(source_id, id) && !differ(upn, other)
            };
            let namesakes = students.get(&text::key(accounts.names(place)[0])).into_iter().flatten();
            let namesakes: Vec<usize> = namesakes.copied().filter(could_be).collect();
            if !namesakes.is_empty() {
                self.pairing.held.remove(&place);
                self.conflict(ConflictReason::NameShared, vec![place], namesakes);
            }
        }
    }

    fn by_source_id(&mut self) {
        let places = self.places_by(|account| account.source_id);
        if places.is_empty() {
            return;
        }
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
        if places.is_empty() {
            return;
        }
        for student in self.open_students() {
            let [id, upn] = self.student_ids(student);
            let Some(&Some(place)) = upn.and_then(|upn| places.get(upn)) else { continue };
            if let Some(account) = self.open_account(place) {
                self.pairing.relinked += usize::from(differ(account.source_id, id));
                self.pair(place, student);
            }
        }
    }

    /// Pairs students of whom nothing has changed, as with most.
    fn by_print(&mut self, active: bool) {
        let (own, incoming) = (self.accounts.students(), self.roster.students());
        let print = incoming.printer();
        for student in 0..self.roster.len() {
            if !self.is_open_student(student) {
                continue;
            }
            let print = print(student);
            let Some(place) = self.pairing.usernames.find(student, |place| self.pairing.prints[place] == print) else {
                continue;
            };
            let [[source_id, upn], [new_id, new_upn]] = [own.ids(place), incoming.ids(student)];
            let free = self.accounts.is_active(place) == active && self.is_open_account(place);
            if free && !differ(source_id, new_id) && !differ(upn, new_upn) {
                self.pairing.pair_of_one_username(place, student);
                self.pairing.is_copy[student] = true;
            }
        }
    }

    /// Pairs those of one username who may be one child.
    fn by_username(&mut self, active: bool) {
        let open = self.open_students();
        for (number, &student) in open.iter().enumerate() {
            if number % FETCHED == 0 {
                let students = open.iter().copied().skip(number).take(FETCHED);
                let places = students.clone().filter_map(|student| self.pairing.usernames.first(student));
                self.accounts.students().fetch(places);
                self.roster.students().fetch(students);
            }
            let Some(place) = self.pairing.owner(self.accounts, self.roster, student) else { continue };
            let Some(account) = self.open_account(place).filter(|a| a.active == active) else { continue };
            let Some(incoming) = self.roster.get(student) else { continue };
            if differ(account.upn, self.student_ids(student)[1]) {
                continue;
            }
            if !may_be(&account, &incoming) {
                // A leaver, or one of a year that leaves now, has only the name in common with this child. Of
                // others it may be a year that was wrong.
                if account.active && !account.national_year().is_some_and(|year| self.leaving_years.contains(&year)) {
                    self.conflict(ConflictReason::YearsApart, vec![place], vec![student]);
                }
                continue;
            }
            if differ(account.source_id, self.student_ids(student)[0]) {
                self.doubt(place, student);
            } else if share_a_word(account.full_name, incoming.full_name) {
                self.pairing.pair_of_one_username(place, student);
            } else {
                // An address may be given to the next pupil, and its owner be listed with another.
                self.reused.push((place, student));
            }
        }
    }

    /// Nobody can say whose a username is that an account and a student of other names share, once no name has said it.
    fn refuse_reused(&mut self) {
        for (place, student) in std::mem::take(&mut self.reused) {
            if self.is_open_account(place) && self.is_open_student(student) {
                self.conflict(ConflictReason::UsernameReused, vec![place], vec![student]);
            }
        }
    }

    fn by_name(&mut self, active: bool) {
        let hasher = KeyHasher::default();
        let names = |student: usize| self.roster.students().names(student);
        let wanted: HashSet<u64> = self.open_students().into_iter().map(|s| hasher.hash(names(s)[0])).collect();
        if wanted.is_empty() {
            return;
        }
        let mut groups: HashMap<_, Namesakes> = HashMap::new();
        // Whoever has an account already is known by the name in the roster, and counts there.
        let has_none = |place: &usize| !self.pairing.has_student[*place] && self.accounts.is_active(*place) == active;
        for place in (0..self.accounts.len()).filter(has_none) {
            let [name, _] = self.accounts.students().names(place);
            if wanted.contains(&hasher.hash(name)) {
                groups.entry(text::key(name)).or_default().accounts.push(place);
            }
        }
        if groups.is_empty() {
            return;
        }
        for student in (0..self.roster.len()).filter(|&student| wanted.contains(&hasher.hash(names(student)[0]))) {
            if let Some(group) = groups.get_mut(&text::key(names(student)[0])) {
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
        let open = |place: &usize| {
            let Some(account) = self.accounts.at(*place) else { return false };
            students.iter().any(|&student| {
                let Some(incoming) = self.roster.get(student) else { return false };
                !differ(account.upn, self.student_ids(student)[1]) && may_be(&account, &incoming)
            })
        };
        let all: Vec<usize> = group.accounts.iter().copied().filter(open).collect();
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

    /// The place of each account without a student by an id; `None` where two have it. Of two with one UPN the other is left
    /// once a source id has said whose the first is.
    fn places_by(&self, id: impl Fn(&Account<'a>) -> Option<&'a str>) -> HashMap<&'a str, Option<usize>> {
        let mut places = HashMap::new();
        if self.accounts.students().has_ids() {
            for (place, account) in self.accounts.iter().enumerate() {
                if let Some(id) = id(&account).filter(|_| !self.pairing.has_student[place]) {
                    places.entry(id).and_modify(|place| *place = None).or_insert(Some(place));
                }
            }
        }
        places
    }

    fn student_ids(&self, student: usize) -> [Option<&'a str>; 2] {
        self.roster.students().ids(student)
    }

    fn is_open_account(&self, place: usize) -> bool {
        let free = self.pairing.has_student.get(place) == Some(&false);
        free && !self.settled.contains(&place) && !self.pairing.held.contains(&place)
    }

    fn open_account(&self, place: usize) -> Option<Account<'a>> {
        self.accounts.at(place).filter(|_| self.is_open_account(place))
    }

    fn is_open_student(&self, student: usize) -> bool {
        self.pairing.account_of.get(student) == Some(&NONE) && !self.asked.contains(&student)
    }

    fn open_students(&self) -> Vec<usize> {
        (0..self.roster.len()).filter(|&student| self.is_open_student(student)).collect()
    }

    fn pair(&mut self, account: usize, student: usize) {
        self.pairing.pair(account, student, self.accounts, self.roster);
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

/// So many students are fetched at once.
pub(super) const FETCHED: usize = 256;

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

/// Whether a student's username and one that an account has are both made of the name: then one of them has more after it,
/// because others of that name were there, and nothing has changed. In a file they are as the school wants them.
pub(super) fn is_made_alike(roster: &Roster, [full_name, username]: [&str; 2], other: &str) -> bool {
    !roster.is_from_file() && is_made_of(full_name, username) && is_made_of(full_name, other)
}

/// Whether a username is the full name, with or without a word after it.
pub(super) fn is_made_of(full_name: &str, username: &str) -> bool {
    let (name, username) = (text::key(full_name), text::key(username));
    username.strip_prefix(name.as_ref()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn share_a_word(left: &str, right: &str) -> bool {
    if text::same(left, right) {
        return true;
    }
    let right = text::words(right);
    text::words(left).split(' ').any(|word| right.split(' ').any(|other| other == word))
}

/// Whether an account can be a student's of whom a name says so: in no younger year, or in the year
/// before if the account is in use and its year was a mistake.
fn may_be(account: &Account<'_>, student: &Student<'_>) -> bool {
    if account.year_group == student.year_group {
        return true;
    }
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) => now >= then || (account.active && now.next() == Some(then)),
        _ => true,
    }
}
