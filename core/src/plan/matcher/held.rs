//! Keeps the accounts of students who were not imported because of an error.

use std::collections::{HashMap, HashSet};

use crate::plan::ConflictReason;
use crate::plan::matches::differ;
use crate::text;
use crate::upn;
use crate::watch::Cancelled;

use super::{MOST_NAMESAKES, Matcher};

impl<'a> Matcher<'a, '_, '_> {
    /// Sets aside the accounts of students who were not imported. Such an account has the same id, UPN, username or
    /// name as one of these students.
    pub(super) fn set_held_aside(&mut self) -> Result<(), Cancelled> {
        if self.roster.held().is_empty() {
            return Ok(());
        }
        let held = self.roster.held();
        let known = |id: Option<&'a str>| id.filter(|id| !id.is_empty());
        let source_ids: HashSet<_> = held.iter().filter_map(|h| known(h.source_id())).collect();
        let upns: HashSet<_> = held.iter().filter_map(|h| h.upn().filter(|upn| upn::is_valid(upn))).collect();
        let texts: HashSet<_> = held.iter().flat_map(|h| [text::key(h.full_name()), text::key(h.username())]).collect();
        for (slot, account) in self.accounts.iter().enumerate() {
            self.steps.step()?;
            let by_id = match account.source_id {
                Some(id) if source_ids.contains(id) => true,
                _ => self.account_ids(slot)[1].is_some_and(|upn| upns.contains(upn)),
            };
            let by_name =
                || texts.contains(&text::key(account.username)) || texts.contains(&text::key(account.full_name));
            // An account made by hand is never matched by name.
            let by_name = || !account.state.manual && by_name();
            if !by_id && by_name() {
                self.held_by_name.push(slot);
            }
            if (by_id || by_name()) && !self.matches.has_student[slot] {
                self.matches.held.insert(slot);
            }
        }
        // If a valid student has the account's source id or UPN, the account is that student's, even if a held student
        // has its name.
        let of = |which: usize| -> HashSet<_> {
            (0..self.roster.len()).filter_map(|s| self.student_ids(s)[which]).collect()
        };
        let [listed_ids, listed_upns] = [of(0), of(1)];
        let accounts = self.accounts;
        self.matches.held.retain(|&slot| match accounts.students().sure_ids(slot) {
            [Some(id), _] if source_ids.contains(id) => true,
            [Some(id), _] if listed_ids.contains(id) => false,
            [_, upn] => upn.is_none_or(|upn| !listed_upns.contains(upn)),
        });
        // If a valid student has the account's username, the account is that student's too, unless a held student also
        // has that username.
        if !self.held_by_name.is_empty() {
            let usernames: HashSet<_> = held.iter().map(|h| text::key(h.username())).collect();
            let owner = |student| self.matches.owner(accounts, self.roster, student);
            let owned: HashSet<usize> = (0..self.roster.len()).filter_map(owner).collect();
            for slot in &self.held_by_name {
                let username = text::key(accounts.students().names(*slot)[1]);
                if owned.contains(slot) && !usernames.contains(&username) {
                    self.matches.held.remove(slot);
                }
            }
        }
        Ok(())
    }

    /// Turns an account into a conflict if it may belong to either of two students, and no id distinguishes them. One
    /// student was not imported, and has the account's username or name. The other student is valid, and has the
    /// account's name. The valid student does not get a new account.
    pub(super) fn refuse_namesakes_of_held(&mut self) -> Result<(), Cancelled> {
        let accounts = self.accounts.students();
        let held = |slot: &usize| self.matches.held.contains(slot);
        let slots: Vec<usize> = std::mem::take(&mut self.held_by_name).into_iter().filter(held).collect();
        let mut students: HashMap<_, Vec<usize>> =
            slots.iter().map(|slot| (text::key(accounts.names(*slot)[0]), Vec::new())).collect();
        if students.is_empty() {
            return Ok(());
        }
        for student in self.open_students() {
            if let Some(namesakes) = students.get_mut(&text::key(self.roster.students().names(student)[0])) {
                namesakes.push(student);
            }
        }
        for slot in slots {
            self.steps.take(MOST_NAMESAKES)?;
            let [source_id, upn] = accounts.sure_ids(slot);
            let Some(namesakes) = students.get_mut(&text::key(accounts.names(slot)[0])) else { continue };
            // Leaves out students who are already in a conflict, so that a person decides about each only once.
            namesakes.retain(|student| self.is_open_student(*student));
            let could_be = |student: &usize| {
                let [id, other] = self.student_ids(*student);
                !differ(source_id, id) && !differ(upn, other)
            };
            let compared = namesakes.len().min(MOST_NAMESAKES);
            let all = namesakes.iter().take(compared).copied().filter(could_be).collect::<Vec<_>>();
            // If more than [`MOST_NAMESAKES`] children share one name, all of them are in doubt.
            let namesakes = if namesakes.len() > compared { std::mem::take(namesakes) } else { all };
            if !namesakes.is_empty() {
                self.matches.held.remove(&slot);
                self.conflict(ConflictReason::NameShared, vec![slot], namesakes);
            }
        }
        Ok(())
    }
}
