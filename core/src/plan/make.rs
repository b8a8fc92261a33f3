//! From pairs of accounts and students to a plan: the guards are asked, and each pair says its change.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::roster::Roster;
use crate::student::{Ids, Student};
use crate::text::{self, Private};
use crate::username::{self, SignIn};

use super::change::{Changes, are_same};
use super::pair::{FETCHED, Pairing, is_made_alike, is_made_of};
use super::{
    ChangeKind, Conflict, ConflictReason, Guard, KeptUsername, Listed, Plan, PlanRefused, Planner, PlannerError,
};

/// So many may leave at once, however small the school.
const ALWAYS_MAY_LEAVE: usize = 5;
/// Below so many, a school is too small to be told from another.
const TELLS_A_SCHOOL: usize = 10;
/// Below so many, usernames or ids that change are single cases.
const MANY: usize = 3;

pub(super) fn plan(planner: &Planner, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
    let mut making = Making {
        planner,
        accounts,
        roster,
        pairing: Pairing::of(accounts, roster, &planner.leaving_years),
        active: accounts.active(),
        passed: Vec::new(),
        rename: false,
    };
    making.ask_whose_roster_it_is()?;
    making.ask_of_ids()?;
    making.ask_of_usernames()?;
    let mut kept_usernames = Vec::new();
    let mut conflicts = making.conflicts();
    let both = Ethnicities::joined(roster.students().ethnicities(), accounts.students().ethnicities());
    let mut changes = Changes::new(both);
    let unchanged = making.continuing(&mut changes, &mut kept_usernames);
    making.leaving(&mut changes)?;
    let (joiners, erased) = making.joining(&mut changes, &mut conflicts);
    changes.sort();
    if roster.allocates_passwords() {
        changes.set_passwords(planner.passwords.generate(joiners)?.into_iter().map(Some).collect());
    }
    conflicts.sort_by(|a, b| (a.reason, &a.usernames).cmp(&(b.reason, &b.usernames)));
    kept_usernames.sort_by(|a: &KeptUsername, b| a.kept.cmp(&b.kept));
    Ok(Plan {
        fingerprint: making.pairing.fingerprint,
        sign_in: if making.rename { roster.sign_in() } else { accounts.sign_in() },
        changes,
        conflicts,
        kept_usernames,
        unchanged,
        held: making.pairing.held.len() as u64,
        erased,
        passed: making.passed,
    })
}

struct Making<'a> {
    planner: &'a Planner,
    accounts: &'a Accounts,
    roster: &'a Roster,
    pairing: Pairing,
    active: usize,
    passed: Vec<Guard>,
    /// Whether accounts are given the usernames of the roster.
    rename: bool,
}

impl Making<'_> {
    /// Refuses the plan, unless the host passes the guard; then it is on record.
    fn ask<const N: usize>(&mut self, guard: Guard, numbers: [(&'static str, usize); N]) -> Result<(), PlanRefused> {
        if !self.planner.despite.contains(&guard) {
            return Err(PlanRefused::new(guard, numbers));
        }
        self.passed.push(guard);
        Ok(())
    }

    fn ask_whose_roster_it_is(&mut self) -> Result<(), PlanRefused> {
        let (active, incoming) = (self.active, self.roster.len());
        if incoming == 0 && active > 0 && self.roster.held().is_empty() && !self.roster.is_partial() {
            return self.ask(Guard::EmptyRoster, [("active", active), ("incoming", 0)]);
        }
        let conflicts: usize = self.pairing.conflicts.iter().map(|(_, _, students)| students.len()).sum();
        let matched = self.pairing.pairs().count() + self.pairing.doubtful.len() + conflicts;
        // Of what changed all may be joiners.
        let whole = !self.roster.is_partial();
        if whole && active.min(incoming) >= TELLS_A_SCHOOL && matched * 10 < active.min(incoming) {
            let numbers = [("active", active), ("incoming", incoming), ("matched", matched)];
            self.ask(Guard::SchoolMismatch, numbers)?;
        }
        Ok(())
    }

    fn ask_of_ids(&mut self) -> Result<(), PlanRefused> {
        let incoming = self.roster.len();
        let moved = self.pairing.relinked + self.pairing.doubtful.len();
        let has_id = |&(account, _): &(usize, usize)| self.accounts.students().ids(account)[0].is_some();
        let known = if moved > 0 { self.pairing.pairs().filter(has_id).count() } else { 0 };
        let many = moved >= MANY && moved * 2 > known + self.pairing.doubtful.len();
        if many || (moved > 0 && self.planner.despite.contains(&Guard::SourceIdsChanged)) {
            self.ask(Guard::SourceIdsChanged, [("active", self.active), ("incoming", incoming), ("matched", moved)])?;
            self.pairing.accept_doubtful(self.accounts, self.roster);
        } else {
            self.pairing.refuse_doubtful();
        }
        let reused = self.pairing.conflicts.iter().filter(|(why, ..)| *why == ConflictReason::SourceIdReused).count();
        if reused > 0 {
            self.ask(Guard::SourceIdsReused, [("active", self.active), ("incoming", incoming), ("reused", reused)])?;
        }
        Ok(())
    }

    fn ask_of_usernames(&mut self) -> Result<(), PlanRefused> {
        let matched = self.pairing.pairs().count();
        let changed = self.pairing.renamed.len();
        let many = changed >= MANY && changed * 2 > matched;
        if many || (changed > 0 && self.planner.despite.contains(&Guard::UsernamesChanged)) {
            let numbers =
                [("active", self.active), ("incoming", self.roster.len()), ("matched", matched), ("changed", changed)];
            self.ask(Guard::UsernamesChanged, numbers)?;
            self.rename = true;
        }
        Ok(())
    }

    fn conflicts(&self) -> Vec<Conflict> {
        self.pairing
            .conflicts
            .iter()
            .map(|(reason, accounts, students)| self.conflict(*reason, accounts, students))
            .collect()
    }

    fn conflict(&self, reason: ConflictReason, accounts: &[usize], students: &[usize]) -> Conflict {
        let mut usernames: Vec<_> =
            accounts.iter().filter_map(|&a| self.accounts.at(a)).map(|a| Private::new(a.username)).collect();
        usernames.sort();
        let mut students: Vec<_> = students.iter().filter_map(|&s| self.listed(s)).collect();
        students.sort_by(|a, b| a.username.cmp(&b.username));
        Conflict { reason, usernames, students }
    }

    fn listed(&self, student: usize) -> Option<Listed> {
        self.roster.get(student).map(|s| Listed {
            full_name: s.full_name.to_owned(),
            username: s.username.to_owned(),
            year_group: s.year_group.to_owned(),
            class_name: s.class_name.to_owned(),
        })
    }

    /// The changes of students who have an account; of how many nothing changes.
    fn continuing(&self, changes: &mut Changes, kept: &mut Vec<KeptUsername>) -> u64 {
        let keep = self.keep_their_usernames();
        let (own, listed) = (self.accounts.students(), self.roster.students());
        let is_unchanged = |&(place, student): &(usize, usize)| {
            let mut ids = listed.ids(student).into_iter().zip(own.ids(place));
            self.pairing.is_copy[student]
                && self.accounts.is_active(place)
                && ids.all(|(id, known)| id.is_none() || id == known)
        };
        let others: Vec<_> = self.pairing.pairs().filter(|pair| !is_unchanged(pair)).collect();
        for pairs in others.chunks(FETCHED) {
            own.fetch(pairs.iter().map(|(place, _)| *place));
            listed.fetch(pairs.iter().map(|(_, student)| *student));
            for &(place, student) in pairs {
                let Some(before) = self.accounts.at(place) else { continue };
                let after = self.becomes(&before, place, student, &keep, kept);
                if let Some(kind) = kind_of(&before, &after) {
                    changes.push(kind, &before, &after);
                }
            }
        }
        (self.pairing.pairs().count() - changes.len()) as u64
    }

    /// What an account with a student will be; its username may be kept in spite of the roster.
    fn becomes<'s>(
        &'s self,
        account: &Account<'s>,
        place: usize,
        student: usize,
        keep: &HashSet<usize>,
        kept: &mut Vec<KeptUsername>,
    ) -> Account<'s> {
        let incoming = self.roster.students().at(student);
        let mut after = self.as_recorded(incoming, account);
        let alike = is_made_alike(self.roster, [incoming.full_name, incoming.username], account.username);
        if alike || text::same(account.username, incoming.username) {
            after.username = account.username;
        } else if !self.rename || keep.contains(&place) {
            after.username = account.username;
            kept.push(KeptUsername { kept: account.username.to_owned(), listed: incoming.username.to_owned() });
        }
        let [source_id, upn] = self.roster.students().ids(student);
        let (source_id, upn) = (source_id.or(account.source_id), upn.or(account.upn));
        Account { student: after, source_id, upn, active: true, password: account.password }
    }

    /// The student, with what the account has where the roster says nothing of anybody.
    fn as_recorded<'s>(&self, incoming: Student<'s>, account: &Account<'s>) -> Student<'s> {
        let mut after = incoming;
        for column in self.roster.unrecorded() {
            match column {
                Column::PupilPremium => after.pupil_premium = account.pupil_premium,
                Column::Ethnicity => after.ethnicity = account.student.ethnicity,
                Column::Send => after.send = account.send,
                Column::Eal => after.eal = account.eal,
                _ => {}
            }
        }
        after
    }

    /// The accounts that cannot be renamed, because another account keeps the username that they would
    /// be given; which may in turn be one of them.
    fn keep_their_usernames(&self) -> HashSet<usize> {
        let mut keep = HashSet::new();
        if !self.rename {
            return keep;
        }
        let key_of = |place: usize| text::key(self.accounts.students().names(place)[1]);
        let wants = |&(place, student): &(usize, usize)| (text::key(self.roster.students().names(student)[1]), place);
        let wanted: HashMap<_, _> = self.pairing.renamed.iter().map(wants).collect();
        let renamed: HashSet<usize> = self.pairing.renamed.iter().map(|(place, _)| *place).collect();
        let mut kept: Vec<_> = (0..self.accounts.len()).filter(|place| !renamed.contains(place)).map(key_of).collect();
        while let Some(username) = kept.pop() {
            if let Some(&place) = wanted.get(&username).filter(|place| keep.insert(**place)) {
                kept.push(key_of(place));
            }
        }
        keep
    }

    /// Accounts that nobody in a full roster has, or that a partial one names as left; and that no conflict or held
    /// student keeps.
    fn leaving(&mut self, changes: &mut Changes) -> Result<(), PlanRefused> {
        if self.roster.is_partial() && self.roster.left().is_empty() {
            return Ok(());
        }
        let left = Left::of(self.roster);
        let unclear: HashSet<usize> =
            self.pairing.conflicts.iter().flat_map(|(_, accounts, _)| accounts).copied().collect();
        let mut expected = 0;
        let before = changes.len();
        for place in (0..self.accounts.len()).filter(|&place| !self.pairing.has_student[place]) {
            let Some(account) = self.accounts.at(place).filter(|account| account.active) else { continue };
            if unclear.contains(&place) || self.pairing.held.contains(&place) || !left.has(&account) {
                continue;
            }
            expected += usize::from(account.national_year().is_some_and(|y| self.planner.leaving_years.contains(&y)));
            changes.push(ChangeKind::Leave, &account, &account);
        }
        let leavers = changes.len() - before;
        let share = (self.active as f64 * self.planner.max_leavers.max(0.0)).floor() as usize;
        let limit = share.max(ALWAYS_MAY_LEAVE);
        if leavers - expected > limit {
            let numbers = [("active", self.active), ("leavers", leavers), ("expected", expected), ("limit", limit)];
            self.ask(Guard::TooManyLeavers, numbers)?;
        }
        Ok(())
    }

    /// New accounts for students who have none; how many there are, and how many were left out because they are erased.
    fn joining(&self, changes: &mut Changes, conflicts: &mut Vec<Conflict>) -> (usize, u64) {
        let unclear: HashSet<usize> =
            self.pairing.conflicts.iter().flat_map(|(.., students)| students).copied().collect();
        let key = |name: &str| text::key(name).into_owned();
        let usernames = changes.iter().filter(|_| self.rename);
        let usernames = usernames.map(|change| [change.username(), change.account().username]);
        let renamed: Vec<_> = usernames.filter(|[old, new]| !text::same(old, new)).collect();
        let mut taken: HashSet<String> = renamed.iter().map(|[_, new]| key(new)).collect();
        // A username that a renamed account gives up is free again.
        let given_up: HashSet<String> =
            renamed.iter().map(|[old, _]| key(old)).filter(|name| !taken.contains(name)).collect();
        let owner = |student| self.pairing.owner(self.accounts, self.roster, student);
        let is_taken = |taken: &HashSet<String>, name: &str, owner: Option<usize>| {
            let name = text::key(name);
            taken.contains(name.as_ref()) || (owner.is_some() && !given_up.contains(name.as_ref()))
        };

        let out = &self.planner.erased;
        let is_erased = |id| !out.is_empty() && out.contains(&Private::new(text::key(id).as_ref()));
        let (mut free, mut contested, mut erased) = (Vec::new(), Vec::new(), 0);
        for student in (0..self.roster.len()).filter(|&s| self.pairing.account_of(s).is_none() && !unclear.contains(&s))
        {
            let Some(incoming) = self.roster.get(student) else { continue };
            let [source_id, upn] = self.roster.students().ids(student);
            if [source_id, upn, Some(incoming.username)].into_iter().flatten().any(is_erased) {
                erased += 1;
            } else if is_taken(&taken, incoming.username, owner(student)) {
                contested.push((student, incoming));
            } else {
                free.push((student, Cow::Borrowed(incoming.username)));
            }
        }
        if !contested.is_empty() {
            taken.extend(free.iter().map(|(_, username)| key(username)));
        }
        // Those who must give way do so in an order that is not the roster's.
        contested.sort_by_key(|(_, s)| (s.username, s.full_name, s.year_group, s.class_name));
        for (student, s) in contested {
            if self.roster.sign_in() == SignIn::Password && is_made_of(s.full_name, s.username) {
                let is_taken = |name: &str| is_taken(&taken, name, self.accounts.place(name));
                let username = username::free(s.full_name, s.year_group, s.class_name, is_taken);
                taken.insert(text::key(&username).into_owned());
                free.push((student, Cow::Owned(username)));
            } else {
                let owner: Vec<usize> = owner(student).into_iter().collect();
                conflicts.push(self.conflict(ConflictReason::UsernameTaken, &owner, &[student]));
            }
        }
        for (student, username) in &free {
            let [source_id, upn] = self.roster.students().ids(*student);
            let student = Student { username, ..self.roster.students().at(*student) };
            let account = Account { student, source_id, upn, active: true, password: None };
            changes.push(ChangeKind::Join, &account, &account);
        }
        (free.len(), erased)
    }
}

/// Who of those that a roster does not list has left.
struct Left<'r> {
    source_ids: HashSet<&'r str>,
    upns: HashSet<&'r str>,
    /// Whether it lists everybody, so that all others have.
    all: bool,
}

impl<'r> Left<'r> {
    fn of(roster: &'r Roster) -> Self {
        let ids = |id: fn(&Ids) -> &Option<Private>| {
            roster.left().iter().filter_map(move |left| id(left).as_ref().map(Private::expose)).collect()
        };
        Self { source_ids: ids(|left| &left.source_id), upns: ids(|left| &left.upn), all: !roster.is_partial() }
    }

    /// By source id; by UPN only where none is known, for who is enrolled anew leaves a record behind under the old id.
    fn has(&self, account: &Account<'_>) -> bool {
        self.all
            || match account.source_id {
                Some(id) => self.source_ids.contains(id),
                None => account.upn.is_some_and(|upn| self.upns.contains(upn)),
            }
    }
}

/// What makes of one account another, by what matters most of it; nothing if they are the same.
fn kind_of(before: &Account<'_>, after: &Account<'_>) -> Option<ChangeKind> {
    Some(if !before.active {
        ChangeKind::Return
    } else if before.source_id.is_some() && before.source_id != after.source_id {
        ChangeKind::Relink
    } else if before.username != after.username {
        ChangeKind::Rename
    } else if [before.class_name, before.year_group] != [after.class_name, after.year_group] {
        ChangeKind::Move
    } else if !are_same(before, after) {
        ChangeKind::Update
    } else {
        return None;
    })
}
