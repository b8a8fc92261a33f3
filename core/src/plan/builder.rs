//! From matched accounts and students to a plan: the guards are checked, and each pair gives its change.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::column::{Column, Columns};
use crate::ethnicity::Ethnicities;
use crate::roster::{Held, Roster};
use crate::student::{Ids, Student};
use crate::text::{self, Private};
use crate::username::{FreeUsernames, SignIn};
use crate::watch::{Ended, Steps};
use crate::year_group::YearGroup;

use super::change::{Changes, are_same};
use super::decision::Decided;
use super::evidence::Evidence;
use super::matcher::{FETCHED, find_matches};
use super::matches::{Matches, differ, is_made_alike, is_made_of};
use super::near::{Candidate, near_pairs};
use super::{
    ChangeKind, Conflict, ConflictReason, Guard, KeptUsername, NearPair, Plan, PlanEntry, PlanRefused, Planner,
    PlannerError,
};

mod guards;

/// So many may leave at once, however small the school.
const ALWAYS_MAY_LEAVE: usize = 5;

/// What it takes to find a username for a joiner whose own is taken, in steps.
const CONTESTED_STEPS: usize = 20;

pub(super) fn plan(planner: &Planner, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
    let mut steps = planner.watch.steps(0);
    let decided = Decided::of(&planner.decisions, accounts, roster);
    let matches = find_matches(accounts, roster, &planner.leaving_years, decided, &mut steps)?;
    let listed_ids = match matches.decided.is_empty() {
        true => HashSet::new(),
        false => (0..roster.len()).flat_map(|slot| roster.students().sure_ids(slot)).flatten().collect(),
    };
    let mut builder = PlanBuilder {
        planner,
        listed_ids,
        accounts,
        roster,
        matches,
        not_kept: accounts.not_kept().into_iter().collect(),
        active: accounts.active(),
        passed: Vec::new(),
        rename: false,
    };
    builder.check_school()?;
    builder.check_ids()?;
    builder.check_names()?;
    builder.check_usernames()?;
    builder.check_held()?;
    let held_joiners = builder.held_joiners(&mut steps)?;
    let new_usernames = builder.new_usernames();
    let mut kept_usernames = Vec::new();
    let mut conflicts = builder.conflicts();
    let both = Ethnicities::joined(roster.students().ethnicities(), accounts.students().ethnicities());
    let mut changes = Changes::new(both);
    let unchanged = builder.continuing(&mut changes, &new_usernames, &mut kept_usernames, &mut steps)?;
    steps.take(accounts.len())?;
    let leavers = builder.leaving(&mut changes, &new_usernames)?;
    let joined = builder.joining(&mut changes, &mut conflicts, &mut steps)?;
    steps.take(leavers.len() + joined.students.len())?;
    let near = builder.near(&leavers, &joined.students);
    changes.sort();
    if roster.allocates_passwords() {
        let passwords = planner.passwords.generate(changes.new_passwords())?;
        changes.set_passwords(passwords.into_iter());
    } else {
        changes.without_passwords();
    }
    conflicts.sort_by(|a, b| (a.reason, &a.accounts).cmp(&(b.reason, &b.accounts)));
    kept_usernames.sort_by(|a: &KeptUsername, b| a.kept.cmp(&b.kept));
    Ok(Plan {
        fingerprint: builder.matches.fingerprint,
        school_id: planner.school_id.as_deref().or(roster.school_id()).or(accounts.school_id()).map(str::to_owned),
        sign_in: if builder.rename { roster.sign_in() } else { accounts.sign_in() },
        changes,
        conflicts,
        near,
        kept_usernames,
        unchanged,
        held: builder.matches.held.len() as u64,
        held_joiners,
        erased: joined.erased,
        erased_by_username: joined.erased_by_username,
        passed: builder.passed,
        decisions: builder.matches.decided.recorded,
    })
}

struct PlanBuilder<'a> {
    planner: &'a Planner,
    /// Every id in the roster, if people decided anything.
    listed_ids: HashSet<&'a str>,
    accounts: &'a Accounts,
    roster: &'a Roster,
    matches: Matches,
    /// The columns that the host does not keep, so that accounts stay as they are.
    not_kept: Columns,
    active: usize,
    passed: Vec<Guard>,
    /// Whether accounts are given the usernames of the roster.
    rename: bool,
}

/// The students of a roster that have no account.
#[derive(Default)]
struct Joined {
    /// Those who get one, by slot.
    students: Vec<usize>,
    /// How many were left out because they are erased.
    erased: u64,
    /// Those of them who are known by their username alone.
    erased_by_username: Vec<PlanEntry>,
}

impl PlanBuilder<'_> {
    fn conflicts(&self) -> Vec<Conflict> {
        self.matches
            .conflicts
            .iter()
            .map(|(reason, accounts, students)| self.conflict(*reason, accounts, students))
            .collect()
    }

    fn conflict(&self, reason: ConflictReason, accounts: &[usize], students: &[usize]) -> Conflict {
        let mut accounts: Vec<_> = accounts.iter().filter_map(|&slot| self.account_entry(slot)).collect();
        accounts.sort();
        let mut students: Vec<_> = students.iter().filter_map(|&slot| self.student_entry(slot)).collect();
        students.sort();
        Conflict { reason, accounts, students }
    }

    fn account_entry(&self, slot: usize) -> Option<PlanEntry> {
        self.accounts.at(slot).map(|a| PlanEntry::new(&a.student, [a.source_id, a.upn]))
    }

    fn student_entry(&self, slot: usize) -> Option<PlanEntry> {
        self.roster.get(slot).map(|student| PlanEntry::new(&student, self.roster.students().ids(slot)))
    }

    /// Pairs of a leaver and a joiner who are perhaps the same student.
    fn near(&self, leavers: &[usize], joiners: &[usize]) -> Vec<NearPair> {
        if leavers.is_empty() || joiners.is_empty() {
            return Vec::new();
        }
        let mut evidence = Evidence::of(self.roster);
        let (own, listed) = (self.accounts.students(), self.roster.students());
        let classes = self.matches.pairs().map(|(place, student)| (own.texts(place)[3], listed.texts(student)[3]));
        evidence.learn_classes(classes);
        let leaver =
            |&slot: &usize| self.accounts.at(slot).map(|a| Candidate::new(slot, a.full_name, a.national_year()));
        // In no order of the host's, so that the same three of many are listed each time.
        let mut leavers = leavers.to_vec();
        leavers.sort_by_key(|&slot| own.names(slot)[1]);
        let leavers: Vec<Candidate> = leavers.iter().filter_map(leaver).collect();
        let joiner =
            |&slot: &usize| self.roster.get(slot).map(|s| Candidate::new(slot, s.full_name, s.national_year()));
        let joiners: Vec<Candidate> = joiners.iter().filter_map(joiner).collect();
        // Of years that are none of the country's, only those of one text are the same.
        let are_years_same = |place: usize, student: usize| {
            let [own, listed] = [own.texts(place)[2], listed.texts(student)[2]];
            YearGroup::read(listed).is_some() || text::same(own, listed)
        };
        let may_be = |place: usize, student: usize| {
            !differ(own.sure_ids(place)[1], listed.sure_ids(student)[1])
                && !self.matches.decided.are_different(place, student)
                && are_years_same(place, student)
        };
        let agree = |place: usize, student: usize| {
            self.accounts
                .at(place)
                .is_some_and(|account| evidence.agree_with_class(&account, &self.roster.students().at(student)))
        };
        let pairs = near_pairs(&leavers, &joiners, may_be, agree);
        let entry = |(account, student)| {
            Some(NearPair { account: self.account_entry(account)?, student: self.student_entry(student)? })
        };
        let mut near: Vec<NearPair> = pairs.into_iter().filter_map(entry).collect();
        near.sort();
        near
    }

    /// The changes of students who have an account; of how many nothing changes.
    fn continuing(
        &self,
        changes: &mut Changes,
        new_usernames: &HashMap<usize, String>,
        kept: &mut Vec<KeptUsername>,
        steps: &mut Steps<'_>,
    ) -> Result<u64, Ended> {
        let (own, listed) = (self.accounts.students(), self.roster.students());
        let is_unchanged = |&(place, student): &(usize, usize)| {
            let mut ids = listed.ids(student).into_iter().zip(own.ids(place));
            self.matches.is_copy[student]
                && self.accounts.is_active(place)
                && ids.all(|(id, known)| id.is_none() || id == known)
                && (new_usernames.is_empty() || !new_usernames.contains_key(&place))
        };
        let others: Vec<_> = self.matches.pairs().filter(|pair| !is_unchanged(pair)).collect();
        for pairs in others.chunks(FETCHED) {
            steps.take(FETCHED)?;
            own.fetch(pairs.iter().map(|(place, _)| *place));
            listed.fetch(pairs.iter().map(|(_, student)| *student));
            for &(place, student) in pairs {
                let Some(before) = self.accounts.at(place) else { continue };
                let new_username = new_usernames.get(&place).map(String::as_str);
                let after = self.becomes(&before, student, new_username, kept);
                if let Some(kind) = kind_of(&before, &after) {
                    let new_password = kind == ChangeKind::Return && !self.is_sure(place, student);
                    changes.push(kind, &before, &after, new_password);
                }
            }
        }
        Ok((self.matches.pairs().count() - changes.len()) as u64)
    }

    /// Whether a pair is sure by an id or by a decision. A name or a username alone may be another child's by now, who would
    /// get the leaver's password.
    fn is_sure(&self, place: usize, student: usize) -> bool {
        let listed = self.roster.students().sure_ids(student);
        let mut ids = self.accounts.students().sure_ids(place).into_iter().zip(listed);
        ids.any(|(own, listed)| own.is_some() && own == listed)
            || self.matches.decided.same.binary_search(&(place, student)).is_ok()
    }

    /// What an account with a student will be; its username may be kept in spite of the roster.
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
        let (source_id, upn) = (source_id.or(own(account.source_id)), upn.or(own(account.upn)));
        Account { student: after, source_id, upn, active: true, ..*account }
    }

    /// The student, with what the account has where the roster says nothing of this student, or the host does not keep it.
    fn as_recorded<'s>(&self, student: usize, incoming: Student<'s>, account: &Account<'s>) -> Student<'s> {
        let mut after = Student { gender: incoming.gender.or(account.gender), ..incoming };
        for column in self.roster.not_recorded(student).or(self.not_kept).iter() {
            match column {
                Column::PupilPremium => after.pupil_premium = account.pupil_premium,
                Column::Ethnicity => after.ethnicity = account.student.ethnicity,
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

    /// The accounts that get another username: by decision, or since the host overrides `usernames-changed`. None gets a
    /// username that another account keeps; which may in turn be one of those that cannot be renamed.
    fn new_usernames(&self) -> HashMap<usize, String> {
        let mut wanted = self.matches.decided.renames.clone();
        if !self.rename {
            return wanted;
        }
        let key_of = |place: usize| text::key(self.accounts.students().names(place)[1]).into_owned();
        let mut taken: HashSet<String> = wanted.values().map(|username| text::key(username).into_owned()).collect();
        let (mut by_key, mut kept) = (HashMap::new(), Vec::new());
        for &(place, student) in &self.matches.renamed {
            let username = self.roster.students().names(student)[1];
            let key = text::key(username).into_owned();
            // What a person decided comes first.
            if wanted.contains_key(&place) {
                continue;
            }
            match taken.insert(key.clone()) {
                true => drop(by_key.insert(key, (place, username))),
                false => kept.push(key_of(place)),
            }
        }
        let renamed: HashSet<usize> = by_key.values().map(|(place, _)| *place).collect();
        let stays = |place: &usize| !renamed.contains(place) && !wanted.contains_key(place);
        kept.extend((0..self.accounts.len()).filter(stays).map(key_of));
        while let Some(username) = kept.pop() {
            if let Some((place, _)) = by_key.remove(&username) {
                kept.push(key_of(place));
            }
        }
        wanted.extend(by_key.into_values().map(|(place, username)| (place, username.to_owned())));
        wanted
    }

    /// Accounts that nobody in a full roster has, or that a partial one names as left; and that no conflict or held
    /// student keeps. Returns their slots.
    fn leaving(
        &mut self,
        changes: &mut Changes,
        new_usernames: &HashMap<usize, String>,
    ) -> Result<Vec<usize>, PlanRefused> {
        let mut leavers = Vec::new();
        let is_named = !self.roster.is_partial() || !self.roster.left().is_empty();
        let only_renamed = new_usernames.keys().any(|place| !self.matches.has_student[*place]);
        if !is_named && !only_renamed && self.matches.decided.is_empty() {
            return Ok(leavers);
        }
        let left = Left::of(self.roster);
        let unclear: HashSet<usize> =
            self.matches.conflicts.iter().flat_map(|(_, accounts, _)| accounts).copied().collect();
        let mut expected = 0;
        for place in (0..self.accounts.len()).filter(|&place| !self.matches.has_student[place]) {
            let Some(account) = self.accounts.at(place) else { continue };
            let stays = unclear.contains(&place) || self.matches.held.contains(&place);
            let leaves = account.active && is_named && !stays && left.has(&account);
            let after = self.parted(&account, new_usernames.get(&place).map(String::as_str), !leaves);
            if leaves {
                let year = account.national_year();
                expected += usize::from(year.is_some_and(|year| self.planner.leaving_years.contains(&year)));
                leavers.push(place);
                changes.push(ChangeKind::Leave, &account, &after, false);
            } else if !are_same(&account, &after) {
                let renamed = account.username != after.username;
                changes.push(if renamed { ChangeKind::Rename } else { ChangeKind::Update }, &account, &after, false);
            }
        }
        let share = (self.active as f64 * self.planner.max_leavers.max(0.0)).floor() as usize;
        let limit = share.max(ALWAYS_MAY_LEAVE);
        if leavers.len() - expected > limit {
            let numbers =
                [("active", self.active), ("leavers", leavers.len()), ("expected", expected), ("limit", limit)];
            self.check_guard(Guard::TooManyLeavers, numbers)?;
        }
        Ok(leavers)
    }

    /// An account without a student, as it will be: with the username that a person decided, and without an id that is now
    /// another student's by decision.
    fn parted<'s>(&self, account: &Account<'s>, new_username: Option<&'s str>, is_kept: bool) -> Account<'s> {
        let mut after = Account { active: account.active && is_kept, ..*account };
        after.student.username = new_username.unwrap_or(account.username);
        after.source_id = after.source_id.filter(|id| !self.are_anothers(id));
        after.upn = after.upn.filter(|id| !self.are_anothers(id));
        after
    }

    /// Whether an id is a student's by the roster, so that no other account may keep it: asked where people decided, since otherwise
    /// an id is followed.
    fn are_anothers(&self, id: &str) -> bool {
        self.listed_ids.contains(id)
    }

    /// Students who have no account and get none, since their name or username is not known.
    fn nameless_joiners(&self) -> impl Iterator<Item = usize> {
        (0..self.roster.len()).filter(|&s| self.matches.account_of(s).is_none() && self.roster.is_nameless(s))
    }

    /// How many students are held who have no account: by ids, username and name.
    fn held_joiners(&self, steps: &mut Steps<'_>) -> Result<u64, Ended> {
        let nameless = self.nameless_joiners().count() as u64;
        if self.roster.held().is_empty() {
            return Ok(nameless);
        }
        let mut known = HashSet::new();
        for (slot, account) in self.accounts.iter().enumerate() {
            steps.step()?;
            known.extend(self.accounts.students().sure_ids(slot).into_iter().flatten().map(Cow::Borrowed));
            known.extend([text::key(account.username), text::key(account.full_name)]);
        }
        let has_account = |held: &&Held| {
            let ids = [held.source_id(), held.upn()].into_iter().flatten().map(Cow::Borrowed);
            ids.chain([text::key(held.username()), text::key(held.full_name())]).any(|text| known.contains(&text))
        };
        Ok(nameless + self.roster.held().iter().filter(|held| !has_account(held)).count() as u64)
    }

    /// New accounts for students who have none.
    fn joining(
        &self,
        changes: &mut Changes,
        conflicts: &mut Vec<Conflict>,
        steps: &mut Steps<'_>,
    ) -> Result<Joined, Ended> {
        let unclear: HashSet<usize> =
            self.matches.conflicts.iter().flat_map(|(.., students)| students).copied().collect();
        let key = |name: &str| text::key(name).into_owned();
        let usernames = changes.iter().map(|change| [change.username(), change.account().username]);
        let may_rename = self.rename || !self.matches.decided.renames.is_empty();
        let renamed: Vec<_> = usernames.filter(|[old, new]| may_rename && !text::same(old, new)).collect();
        let mut taken: HashSet<String> = renamed.iter().map(|[_, new]| key(new)).collect();
        // A username that a renamed account gives up is free again.
        let given_up: HashSet<String> =
            renamed.iter().filter(|[old, _]| !self.accounts.shares_key(old)).map(|[old, _]| key(old)).collect();
        let given_up: HashSet<String> = given_up.into_iter().filter(|name| !taken.contains(name)).collect();
        let owner = |student| self.matches.owner(self.accounts, self.roster, student);
        let is_taken = |taken: &HashSet<String>, name: &str, owner: Option<usize>| {
            let name = text::key(name);
            taken.contains(name.as_ref()) || (owner.is_some() && !given_up.contains(name.as_ref()))
        };

        let mut joined = Joined::default();
        let (mut free, mut contested) = (Vec::new(), Vec::new());
        let is_new =
            |s: &usize| self.matches.account_of(*s).is_none() && !unclear.contains(s) && !self.roster.is_nameless(*s);
        for student in (0..self.roster.len()).filter(is_new) {
            steps.step()?;
            let Some(incoming) = self.roster.get(student) else { continue };
            if let Some(by_username) = self.is_erased(student, &incoming) {
                joined.erased += 1;
                joined.erased_by_username.extend(self.student_entry(student).filter(|_| by_username));
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
        let mut usernames = FreeUsernames::default();
        for (student, s) in contested {
            steps.take(CONTESTED_STEPS)?;
            if self.roster.sign_in() == SignIn::Password && is_made_of(s.full_name, s.username) {
                let is_taken = |name: &str| is_taken(&taken, name, self.accounts.place(name));
                let username = usernames.next(s.full_name, s.year_group, s.class_name, is_taken);
                taken.insert(text::key(&username).into_owned());
                free.push((student, Cow::Owned(username)));
            } else {
                let owner: Vec<usize> = owner(student).into_iter().collect();
                conflicts.push(self.conflict(ConflictReason::UsernameTaken, &owner, &[student]));
            }
        }
        for (student, username) in &free {
            let [source_id, upn] = self.roster.students().ids(*student);
            joined.students.push(*student);
            let student = Student { username, ..self.roster.students().at(*student) };
            let account = Account { student, source_id, upn, host_id: None, active: true, password: None };
            changes.push(ChangeKind::Join, &account, &account, true);
        }
        Ok(joined)
    }

    /// Whether a student is erased, and if so whether by the username alone. Where the student has an id, only an id counts: a
    /// namesake is another child.
    fn is_erased(&self, student: usize, incoming: &Student<'_>) -> Option<bool> {
        let erased = &self.planner.erased;
        let is_in = |id: &str| erased.contains(&Private::new(id));
        match self.roster.students().ids(student) {
            _ if erased.is_empty() => None,
            [None, None] => {
                self.planner.erased_keys.contains(&Private::new(text::key(incoming.username).as_ref())).then_some(true)
            }
            ids => ids.into_iter().flatten().any(is_in).then_some(false),
        }
    }
}

/// Who has left of those that a roster does not list.
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
