//! Keeps the accounts of students who were not imported because of an error.

use std::collections::{HashMap, HashSet};

use crate::plan::ConflictReason;
use crate::plan::matches::differ;
use crate::text;
use crate::upn;
use crate::watch::Ended;

use super::{MOST_NAMESAKES, Matcher};

impl<'a> Matcher<'a, '_, '_> {
    /// Accounts of held students are out of it: by id, UPN and username, and every account of that name.
    pub(super) fn set_held_aside(&mut self) -> Result<(), Ended> {
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
    pub(super) fn refuse_namesakes_of_held(&mut self) -> Result<(), Ended> {
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
}
