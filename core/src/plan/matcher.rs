//! Matches accounts and students by decision, source id, UPN, username and full name, the most certain first. An
//! uncertain match is a conflict, never a guess.

mod by_upi;

use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::keys::KeyHasher;
use crate::roster::Roster;
use crate::text;
use crate::upn;
use crate::values::year_group::YearGroup;
use crate::watch::{Ended, Steps};

use super::ConflictReason;
use super::decided::Decided;
use super::evidence::{Evidence, Verdict, Years};
use super::matches::{Matches, classes, differ};

/// Finds whose each account is.
pub(super) fn find_matches(
    accounts: &Accounts,
    roster: &Roster,
    leaving_years: &[YearGroup],
    decided: Decided,
    steps: &mut Steps<'_>,
) -> Result<Matches, Ended> {
    let mut matches = Matches::none(accounts, roster, decided);
    let mut matcher = Matcher {
        steps,
        accounts,
        roster,
        leaving_years,
        evidence: Evidence::of(roster),
        matches: &mut matches,
        settled_accounts: HashSet::new(),
        settled_students: HashSet::new(),
        shared_upns: shared_upns(roster),
        held_by_name: Vec::new(),
        reused: Vec::new(),
    };
    matcher.by_decision();
    matcher.set_held_aside()?;
    matcher.by_source_id()?;
    matcher.by_upi()?;
    matcher.by_upn()?;
    // An account that is in use comes before a leaver's of the same name.
    let active = accounts.active();
    let there_are = |kind: &bool| if *kind { active > 0 } else { active < accounts.len() };
    for active in [true, false].into_iter().filter(there_are) {
        matcher.by_row_hash(active)?;
        matcher.by_username(active)?;
        matcher.by_name(active)?;
        matcher.settle_reused()?;
    }
    matcher.refuse_namesakes_of_held()?;
    matcher.refuse_contested_names()?;
    Ok(matches)
}

fn shared_upns(roster: &Roster) -> HashSet<&str> {
    let mut seen = HashSet::new();
    if !roster.students().has_ids() {
        return seen;
    }
    let upns = (0..roster.len()).filter_map(|student| roster.students().sure_ids(student)[1]);
    let shared: Vec<&str> = upns.filter(|upn| !seen.insert(*upn)).collect();
    shared.into_iter().collect()
}

pub(super) struct Matcher<'a, 's, 'w> {
    pub(super) steps: &'s mut Steps<'w>,
    pub(super) accounts: &'a Accounts,
    pub(super) roster: &'a Roster,
    leaving_years: &'a [YearGroup],
    pub(super) evidence: Evidence<'a>,
    pub(super) matches: &'a mut Matches,
    /// Accounts and students that are in a conflict or doubtful, so that nothing more is tried.
    settled_accounts: HashSet<usize>,
    settled_students: HashSet<usize>,
    /// UPNs that several students of the roster have, and so identify nobody.
    shared_upns: HashSet<&'a str>,
    /// Accounts that are kept for a held student because of a name only.
    held_by_name: Vec<usize>,
    /// Accounts and students of one username who are not one person by the evidence.
    reused: Vec<(usize, usize)>,
}

impl<'a> Matcher<'a, '_, '_> {
    /// Pairs what a person decided.
    fn by_decision(&mut self) {
        for (account, student) in self.matches.decided.same.clone() {
            self.pair(account, student);
        }
    }

    /// Accounts of held students are out of it: by id, UPN and username, and every account of that name.
    fn set_held_aside(&mut self) -> Result<(), Ended> {
        if self.roster.held().is_empty() {
            return Ok(());
        }
        let held = self.roster.held();
        let known = |id: Option<&'a str>| id.filter(|id| !id.is_empty());
        let source_ids: HashSet<_> = held.iter().filter_map(|h| known(h.source_id())).collect();
        let upns: HashSet<_> = held.iter().filter_map(|h| h.upn().filter(|upn| upn::is_valid(upn))).collect();
        let texts: HashSet<_> = held.iter().flat_map(|h| [text::key(h.full_name()), text::key(h.username())]).collect();
        for (place, account) in self.accounts.iter().enumerate() {
            self.steps.step()?;
            let by_id = match account.source_id {
                Some(id) if source_ids.contains(id) => true,
                _ => self.account_ids(place)[1].is_some_and(|upn| upns.contains(upn)),
            };
            let by_name =
                || texts.contains(&text::key(account.username)) || texts.contains(&text::key(account.full_name));
            // No account that was made by hand is a student's by name.
            let by_name = || !account.state.manual && by_name();
            if !by_id && by_name() {
                self.held_by_name.push(place);
            }
            if (by_id || by_name()) && !self.matches.has_student[place] {
                self.matches.held.insert(place);
            }
        }
        // An account that a valid student names by id or UPN is that student's, whatever a held one is called.
        let of = |which: usize| -> HashSet<_> {
            (0..self.roster.len()).filter_map(|s| self.student_ids(s)[which]).collect()
        };
        let [listed_ids, listed_upns] = [of(0), of(1)];
        let accounts = self.accounts;
        self.matches.held.retain(|&place| match accounts.students().sure_ids(place) {
            [Some(id), _] if source_ids.contains(id) => true,
            [Some(id), _] if listed_ids.contains(id) => false,
            [_, upn] => upn.is_none_or(|upn| !listed_upns.contains(upn)),
        });
        // And so is one that has a valid student's username, unless a held one has it too.
        if !self.held_by_name.is_empty() {
            let usernames: HashSet<_> = held.iter().map(|h| text::key(h.username())).collect();
            let owner = |student| self.matches.owner(accounts, self.roster, student);
            let owned: HashSet<usize> = (0..self.roster.len()).filter_map(owner).collect();
            for place in &self.held_by_name {
                let username = text::key(accounts.students().names(*place)[1]);
                if owned.contains(place) && !usernames.contains(&username) {
                    self.matches.held.remove(place);
                }
            }
        }
        Ok(())
    }

    /// Whether an account is a held student's, or that of a valid one of the same name, cannot be known where no id tells
    /// them apart; and so the valid one gets no other.
    fn refuse_namesakes_of_held(&mut self) -> Result<(), Ended> {
        let accounts = self.accounts.students();
        let held = |place: &usize| self.matches.held.contains(place);
        let places: Vec<usize> = std::mem::take(&mut self.held_by_name).into_iter().filter(held).collect();
        let mut students: HashMap<_, Vec<usize>> =
            places.iter().map(|place| (text::key(accounts.names(*place)[0]), Vec::new())).collect();
        if students.is_empty() {
            return Ok(());
        }
        for student in self.open_students() {
            if let Some(namesakes) = students.get_mut(&text::key(self.roster.students().names(student)[0])) {
                namesakes.push(student);
            }
        }
        for place in places {
            self.steps.take(MOST_NAMESAKES)?;
            let [source_id, upn] = accounts.sure_ids(place);
            let Some(namesakes) = students.get_mut(&text::key(accounts.names(place)[0])) else { continue };
            // Students who are in a conflict already are asked about once.
            namesakes.retain(|student| self.is_open_student(*student));
            let could_be = |student: &usize| {
                let [id, other] = self.student_ids(*student);
                !differ(source_id, id) && !differ(upn, other)
            };
            let compared = namesakes.len().min(MOST_NAMESAKES);
            let all = namesakes.iter().take(compared).copied().filter(could_be).collect::<Vec<_>>();
            // From this number of children with one name on, all are in doubt.
            let namesakes = if namesakes.len() > compared { std::mem::take(namesakes) } else { all };
            if !namesakes.is_empty() {
                self.matches.held.remove(&place);
                self.conflict(ConflictReason::NameShared, vec![place], namesakes);
            }
        }
        Ok(())
    }

    fn by_source_id(&mut self) -> Result<(), Ended> {
        let places = self.places_by(0);
        if places.is_empty() {
            return Ok(());
        }
        for student in self.open_students() {
            self.steps.step()?;
            let [id, upn] = self.student_ids(student);
            let Some(&Some(place)) = id.and_then(|id| places.get(id)) else { continue };
            let Some(account) = self.open_account(place).filter(|_| self.may_pair(place, student)) else { continue };
            let incoming = self.roster.students().at(student);
            let renamed = !self.roster.is_nameless(student) && !text::same(account.full_name, incoming.full_name);
            if renamed && differ(self.account_ids(place)[1], upn) {
                self.conflict(ConflictReason::SourceIdReused, vec![place], vec![student]);
            } else {
                self.pair(place, student);
            }
        }
        Ok(())
    }

    fn by_upn(&mut self) -> Result<(), Ended> {
        let places = self.places_by(1);
        if places.is_empty() {
            return Ok(());
        }
        for student in self.open_students() {
            self.steps.step()?;
            let [id, upn] = self.student_ids(student);
            let Some(&Some(place)) = upn.and_then(|upn| places.get(upn)) else { continue };
            if let Some(account) = self.open_account(place).filter(|_| self.may_pair(place, student)) {
                self.matches.relinked += usize::from(differ(account.source_id, id));
                self.pair(place, student);
            }
        }
        Ok(())
    }

    /// Matches students without changes, as most are.
    fn by_row_hash(&mut self, active: bool) -> Result<(), Ended> {
        let (own, incoming) = (self.accounts.students(), self.roster.students());
        let row_hash = incoming.printer();
        for student in 0..self.roster.len() {
            self.steps.step()?;
            if !self.is_open_student(student) || self.roster.is_nameless(student) {
                continue;
            }
            let hash = row_hash(student);
            let Some(place) = self.matches.usernames.find(student, |place| self.matches.row_hashes[place] == hash)
            else {
                continue;
            };
            let [[source_id, upn], [new_id, new_upn]] = [own.sure_ids(place), incoming.sure_ids(student)];
            let free = self.accounts.is_active(place) == active
                && self.is_open_account(place)
                && !self.accounts.is_manual(place);
            if free && !differ(source_id, new_id) && !differ(upn, new_upn) && self.may_pair(place, student) {
                self.matches.pair_of_one_username(place, student);
                self.matches.is_copy[student] = true;
            }
        }
        Ok(())
    }

    /// Pairs those of one username who may be one child.
    fn by_username(&mut self, active: bool) -> Result<(), Ended> {
        let open = self.open_named_students();
        for (number, &student) in open.iter().enumerate() {
            self.steps.step()?;
            if number % FETCHED == 0 {
                let students = open.iter().copied().skip(number).take(FETCHED);
                let places = students.clone().filter_map(|student| self.matches.usernames.first(student));
                self.accounts.students().fetch(places);
                self.roster.students().fetch(students);
            }
            let Some(place) = self.matches.owner(self.accounts, self.roster, student) else { continue };
            let Some(account) = self.open_account(place).filter(|a| a.active == active && !a.state.manual) else {
                continue;
            };
            let incoming = self.roster.students().at(student);
            let [source_id, upn] = self.student_ids(student);
            if differ(self.account_ids(place)[1], upn) || !self.may_pair(place, student) {
                continue;
            }
            match self.evidence.by_username(&account, &incoming, self.leaves_now(&account)) {
                Verdict::Unrelated => {}
                Verdict::Same if differ(account.source_id, source_id) => self.doubt(place, student),
                Verdict::Same => self.matches.pair_of_one_username(place, student),
                // A username may be given to the next pupil, and its owner be listed with another.
                _ => self.reused.push((place, student)),
            }
        }
        Ok(())
    }

    /// The open students whose names are known.
    pub(super) fn open_named_students(&self) -> Vec<usize> {
        let mut open = self.open_students();
        open.retain(|student| !self.roster.is_nameless(*student));
        open
    }

    fn leaves_now(&self, account: &Account<'_>) -> bool {
        account.national_year().is_some_and(|year| self.leaving_years.contains(&year))
    }

    /// Judges those with one username and different names again, after the fate of each class is known; a person decides to which
    /// of the others the username belongs.
    fn settle_reused(&mut self) -> Result<(), Ended> {
        if self.reused.is_empty() {
            return Ok(());
        }
        let roster = self.roster.students();
        self.evidence.learn_classes(classes(self.matches, self.accounts, self.roster));
        let of_student = |(number, (_, _, students)): (usize, &(_, _, Vec<usize>))| {
            students.iter().map(|student| (*student, number)).collect::<Vec<_>>()
        };
        let unclear: HashMap<usize, usize> = self.matches.conflicts.iter().enumerate().flat_map(of_student).collect();
        for (place, student) in std::mem::take(&mut self.reused) {
            let Some(account) = self.open_account(place) else { continue };
            if let Some(number) = unclear.get(&student) {
                // The student may be the one of this account too.
                self.matches.conflicts[*number].1.push(place);
                self.settled_accounts.insert(place);
                continue;
            }
            if !self.is_open_student(student) {
                continue;
            }
            let incoming = roster.at(student);
            let reason = match self.evidence.by_username(&account, &incoming, self.leaves_now(&account)) {
                Verdict::Same => {
                    self.matches.pair_of_one_username(place, student);
                    continue;
                }
                Verdict::YearsApart => ConflictReason::YearsApart,
                Verdict::OtherPerson => ConflictReason::PersonDiffers,
                Verdict::OtherName | Verdict::Unrelated => ConflictReason::UsernameReused,
            };
            self.conflict(reason, vec![place], vec![student]);
        }
        Ok(())
    }

    fn by_name(&mut self, active: bool) -> Result<(), Ended> {
        let hasher = KeyHasher::default();
        let names = |student: usize| self.roster.students().names(student);
        self.steps.take(self.accounts.len())?;
        let wanted: HashSet<u64> = self.open_named_students().into_iter().map(|s| hasher.hash(names(s)[0])).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let mut groups: HashMap<_, Namesakes> = HashMap::new();
        // A student who has an account already is known by the name in the roster, and counts there.
        let has_none = |place: &usize| {
            !self.matches.has_student[*place]
                && self.accounts.is_active(*place) == active
                && !self.accounts.is_manual(*place)
        };
        for place in (0..self.accounts.len()).filter(has_none) {
            let [name, _] = self.accounts.students().names(place);
            if wanted.contains(&hasher.hash(name)) {
                groups.entry(text::key(name)).or_default().accounts.push(place);
            }
        }
        if groups.is_empty() {
            return Ok(());
        }
        let is_wanted =
            |student: &usize| !self.roster.is_nameless(*student) && wanted.contains(&hasher.hash(names(*student)[0]));
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

    /// Pairs an account and a student of one name, if there is only one of each.
    fn pair_namesakes(&mut self, group: &Namesakes) -> Result<(), Ended> {
        let students: Vec<usize> = group.students.iter().copied().filter(|&s| self.is_open_student(s)).collect();
        // The data of the students without a UPN, of each and of all, so that an account is not compared with each.
        let (mut all, mut without, mut by_upn) = (Years::default(), Years::default(), HashMap::<_, Years<'_>>::new());
        for &student in &students {
            let incoming = self.roster.students().at(student);
            all.add(&incoming);
            match self.student_ids(student)[1] {
                Some(upn) => by_upn.entry(upn).or_default().add(&incoming),
                None => without.add(&incoming),
            }
        }
        let could_be = |place: &usize| {
            let Some(account) = self.accounts.at(*place) else { return false };
            match self.account_ids(*place)[1] {
                Some(upn) => {
                    let own = by_upn.get(upn).is_some_and(|years| years.any_may_be(&account));
                    own || without.any_may_be(&account)
                }
                None => all.any_may_be(&account),
            }
        };
        let all: Vec<usize> = group.accounts.iter().copied().filter(could_be).collect();
        let accounts: Vec<usize> = all.iter().copied().filter(|&place| self.is_open_account(place)).collect();
        match (accounts.as_slice(), students.as_slice()) {
            ([], _) | (_, []) => {}
            (&[place], &[student]) if all.len() == 1 && group.students.len() == 1 => self.pair_by_name(place, student),
            _ => self.conflict(ConflictReason::NameShared, accounts, students),
        }
        Ok(())
    }

    /// Matches the only account and the only student of a name, unless the evidence is against it.
    fn pair_by_name(&mut self, place: usize, student: usize) {
        let Some(account) = self.accounts.at(place).filter(|_| self.may_pair(place, student)) else { return };
        let incoming = self.roster.students().at(student);
        match self.evidence.by_name(&account, &incoming, self.leaves_now(&account)) {
            Verdict::Unrelated => {}
            Verdict::YearsApart => self.conflict(ConflictReason::YearsApart, vec![place], vec![student]),
            Verdict::OtherPerson => self.conflict(ConflictReason::PersonDiffers, vec![place], vec![student]),
            _ if differ(account.source_id, self.student_ids(student)[0]) => self.doubt(place, student),
            Verdict::Same | Verdict::OtherName => self.pair(place, student),
        }
    }

    /// The place of each account without a student by an id; `None` where two have it. If two have one UPN, the other is free
    /// once a source id has identified the first.
    fn places_by(&self, which: usize) -> HashMap<&'a str, Option<usize>> {
        let mut places = HashMap::new();
        if self.accounts.students().has_ids() {
            for place in (0..self.accounts.len()).filter(|place| !self.matches.has_student[*place]) {
                if let Some(id) = self.account_ids(place)[which] {
                    places.entry(id).and_modify(|place| *place = None).or_insert(Some(place));
                }
            }
        }
        places
    }

    /// The source id of an account, and its UPN if it is valid.
    pub(super) fn account_ids(&self, place: usize) -> [Option<&'a str>; 2] {
        self.accounts.students().sure_ids(place)
    }

    pub(super) fn student_ids(&self, student: usize) -> [Option<&'a str>; 2] {
        let [source_id, upn] = self.roster.students().sure_ids(student);
        [source_id, upn.filter(|upn| !self.shared_upns.contains(upn))]
    }

    /// Whether a person has not decided that these two are different.
    pub(super) fn may_pair(&self, place: usize, student: usize) -> bool {
        !self.matches.decided.are_different(place, student)
    }

    fn is_open_account(&self, place: usize) -> bool {
        let free = self.matches.has_student.get(place) == Some(&false);
        free && !self.settled_accounts.contains(&place) && !self.matches.held.contains(&place)
    }

    fn open_account(&self, place: usize) -> Option<Account<'a>> {
        self.accounts.at(place).filter(|_| self.is_open_account(place))
    }

    fn is_open_student(&self, student: usize) -> bool {
        self.matches.has_none(student) && !self.settled_students.contains(&student)
    }

    fn open_students(&self) -> Vec<usize> {
        (0..self.roster.len()).filter(|&student| self.is_open_student(student)).collect()
    }

    fn pair(&mut self, account: usize, student: usize) {
        self.matches.pair(account, student, self.accounts, self.roster);
    }

    fn doubt(&mut self, account: usize, student: usize) {
        self.matches.doubtful.push((account, student));
        self.settled_accounts.insert(account);
        self.settled_students.insert(student);
    }

    pub(super) fn conflict(&mut self, reason: ConflictReason, accounts: Vec<usize>, students: Vec<usize>) {
        self.settled_accounts.extend(&accounts);
        self.settled_students.extend(&students);
        self.matches.conflicts.push((reason, accounts, students));
    }
}

/// The most students of one name that an account is compared with one by one.
pub(super) const MOST_NAMESAKES: usize = 64;

/// The number of students that are fetched at once.
pub(super) const FETCHED: usize = 256;

/// The accounts of one name that have no student yet, and all students of it.
#[derive(Default)]
struct Namesakes {
    accounts: Vec<usize>,
    students: Vec<usize>,
}
