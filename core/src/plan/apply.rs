//! Carrying a plan out on the accounts it was made for, and on no others.

use std::collections::HashSet;

use crate::account::Accounts;
use crate::password::{EntropyError, PasswordPolicy};
use crate::text;

use super::{Change, ChangeKind, Plan};

/// Why a plan was not read or not applied. Nothing was changed. Its text is for logs: it names nobody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The accounts are not those the plan was made for, or have changed since: make a new plan. They are given back.
    #[error("the accounts are not those the plan was made for, or have changed since; make a new plan")]
    OtherAccounts(Box<Accounts>),
    /// The plan does not hang together: it was edited, or damaged on its way. The accounts are given
    /// back, if there were any.
    #[error("the plan has been edited or damaged")]
    Edited(Option<Box<Accounts>>),
    /// The plan was stored without passwords, and so many accounts would have none: [apply it with](Plan::apply_with_passwords) new ones, or
    /// [without](Plan::apply_without_passwords) where the host keeps only hashes. The accounts are given back.
    #[error(
        "the plan was stored without passwords, which {count} of its accounts would lack; apply it with new ones, or without any"
    )]
    WithoutPasswords {
        /// How many accounts would have no password.
        count: usize,
        /// The accounts.
        accounts: Box<Accounts>,
    },
    /// The operating system gave no randomness for new passwords.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The text is not JSON of a plan.
    #[error("this is not JSON of a plan: it goes wrong at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The plan is in another version of the format than this one reads: make it again.
    #[error("the plan is in format {found}, and this version of onroll reads format {newest}; make the plan again")]
    Version {
        /// The format of the text.
        found: u64,
        /// The format that is read.
        newest: u64,
    },
}

impl PlanError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherAccounts(_) => "plan-other-accounts",
            Self::Edited(_) => "plan-edited",
            Self::WithoutPasswords { .. } => "plan-without-passwords",
            Self::Entropy(error) => error.code(),
            Self::Json { .. } => "plan-not-json",
            Self::Version { .. } => "plan-version",
        }
    }
}

impl Plan {
    /// The accounts as the plan makes them.
    ///
    /// # Errors
    /// [`PlanError::OtherAccounts`] if they are not those it was made for, or have changed since in anything but passwords;
    /// [`PlanError::WithoutPasswords`] if it was stored without those that accounts need; [`PlanError::Edited`] if the plan does not hang
    /// together. The accounts come back as they were.
    pub fn apply(&self, accounts: Accounts) -> Result<Accounts, PlanError> {
        match self.missing_passwords().count() {
            0 => self.apply_without_passwords(accounts),
            _ if accounts.fingerprint() != self.fingerprint => Err(PlanError::OtherAccounts(Box::new(accounts))),
            count => Err(PlanError::WithoutPasswords { count, accounts: Box::new(accounts) }),
        }
    }

    /// [`apply`](Self::apply) of a plan that was stored without passwords, with new ones for whoever needs one: others than the plan
    /// had when it was made.
    ///
    /// # Errors
    /// As there, but for `WithoutPasswords`; and [`PlanError::Entropy`].
    pub fn apply_with_passwords(&self, accounts: Accounts, policy: &PasswordPolicy) -> Result<Accounts, PlanError> {
        let passwords = policy.generate(self.missing_passwords().count())?;
        let mut accounts = self.apply_without_passwords(accounts)?;
        for (change, password) in self.missing_passwords().zip(passwords) {
            accounts.give_password(change.account().username, password);
        }
        Ok(accounts)
    }

    /// The changes whose accounts get a new password that the plan does not have.
    fn missing_passwords(&self) -> impl Iterator<Item = Change<'_>> {
        self.changes().filter(|change| change.new_password() && change.password().is_none())
    }

    /// [`apply`](Self::apply) where accounts that get a new password may have none: for a host that keeps only hashes, or that gives
    /// passwords later by [`Accounts::fill_passwords`].
    ///
    /// # Errors
    /// As there, but for `WithoutPasswords`.
    pub fn apply_without_passwords(&self, mut accounts: Accounts) -> Result<Accounts, PlanError> {
        if accounts.fingerprint() != self.fingerprint {
            return Err(PlanError::OtherAccounts(Box::new(accounts)));
        }
        let Some(places) = self.places(&accounts) else {
            return Err(PlanError::Edited(Some(Box::new(accounts))));
        };
        accounts.add_ethnicities(self.changes.ethnicities());
        for (change, place) in self.changes().zip(places) {
            let place = accounts.put(place, &change.account());
            if change.new_password() && change.password().is_none() {
                // The old password may be another child's. `Accounts::fill_passwords` gives a new one.
                accounts.forget_password(place);
            }
        }
        accounts.set_sign_in(self.sign_in);
        if self.school_id.is_some() {
            accounts.set_school_id(self.school_id.clone());
        }
        Ok(accounts)
    }

    /// For each change the place of its account; none of them unless each account is there, once, and no username
    /// or source id will be there twice.
    fn places(&self, accounts: &Accounts) -> Option<Vec<Option<usize>>> {
        let owners = accounts.places(self.changes().map(|change| change.username()));
        let mut changed = HashSet::new();
        let mut places = Vec::with_capacity(self.len());
        for (change, owner) in self.changes().zip(owners) {
            let place = if change.kind() == ChangeKind::Join { None } else { Some(owner?) };
            if place.is_some_and(|place| !changed.insert(place)) {
                return None;
            }
            places.push(place);
        }
        // No username that a change brings may be another account's. Two that share a key already, from before apostrophes and
        // hyphens were folded, may stay.
        let is_new = |change: &Change<'_>| {
            change.kind() == ChangeKind::Join || !text::same(change.username(), change.account().username)
        };
        let mut usernames = HashSet::new();
        let fresh = || self.changes().filter(is_new);
        let unique = fresh().all(|change| usernames.insert(text::key(change.account().username).into_owned()));
        let stay = self.changes().filter(|change| !is_new(change));
        let stays_taken = !usernames.is_empty()
            && stay.into_iter().any(|change| usernames.contains(text::key(change.account().username).as_ref()));
        let owners = accounts.places(fresh().map(|change| change.account().username).collect::<Vec<_>>().into_iter());
        let is_kept = owners.into_iter().flatten().any(|place| !changed.contains(&place));
        let ids_unique = self.source_ids_stay_unique(accounts, &changed);
        (unique && !stays_taken && !is_kept && ids_unique).then_some(places)
    }

    /// Whether no two accounts will have one source id.
    fn source_ids_stay_unique(&self, accounts: &Accounts, changed: &HashSet<usize>) -> bool {
        let mut ids = HashSet::new();
        if !self.changes().all(|change| change.account().source_id.is_none_or(|id| ids.insert(id.to_owned()))) {
            return false;
        }
        let students = accounts.students();
        let kept = (0..if ids.is_empty() { 0 } else { accounts.len() }).filter(|place| !changed.contains(place));
        kept.filter_map(|place| students.ids(place)[0]).all(|id| !ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::password::PasswordPolicy;
    use crate::plan::change::Changes;
    use crate::reader::{Reader, template_csv};

    /// A plan that was put together by a host's own hand, its checksum made to fit.
    #[test]
    fn a_plan_that_does_not_hang_together_is_not_carried_out() {
        let read = |names: &[&str]| {
            let rows = names.iter().map(|name| format!("{name},{name},Year 7,7A,Female,No,WBRI,No,No\r\n"));
            Reader::new().read_bytes((template_csv() + &rows.collect::<String>()).into_bytes()).unwrap()
        };
        let accounts = Accounts::create(&read(&["Ada Reid", "Kai Ito"]), &PasswordPolicy::default()).unwrap();
        let good = Plan::between(&accounts, &read(&["Ada Reid", "Kai Ito", "Mia Hall", "Noah Khan"])).unwrap();
        assert!(good.apply(accounts.clone()).is_ok());
        let refused = |plan: Plan| {
            let before = accounts.to_json_with_passwords();
            match plan.apply_without_passwords(accounts.clone()) {
                Err(PlanError::Edited(Some(back))) => back.to_json_with_passwords() == before,
                _ => false,
            }
        };
        // Of what is in no plan by itself: two changes, each from one username to another.
        let made = |steps: [(ChangeKind, [&str; 2]); 2]| {
            let mut changes = Changes::new(Arc::clone(good.changes.ethnicities()));
            for (kind, usernames) in steps {
                let mut sides = [accounts.at(0).unwrap(); 2];
                sides.iter_mut().zip(usernames).for_each(|(side, username)| side.student.username = username);
                changes.push(kind, &sides[0], &sides[1], kind == ChangeKind::Join);
            }
            Plan { changes, ..good.clone() }
        };
        use ChangeKind::{Join, Update};
        assert!(
            made([(Join, ["Mia Hall"; 2]), (Update, ["Ada Reid"; 2])])
                .apply_without_passwords(accounts.clone())
                .is_ok()
        );
        // A username that another joiner has, and one that an account has and keeps.
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Join, ["MIA hall"; 2])])));
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Join, ["Kai Ito"; 2])])));
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Update, ["Ada Reid", "Kai Ito"])])));
        // A source id that another change brings, and one that an account keeps.
        let with_ids = |ids: [&str; 2]| {
            let mut changes = Changes::new(Arc::clone(good.changes.ethnicities()));
            for (id, username) in ids.into_iter().zip(["Mia Hall", "Noah Khan"]) {
                let mut joined = accounts.at(0).unwrap();
                (joined.student.username, joined.source_id) = (username, Some(id));
                changes.push(Join, &joined, &joined, true);
            }
            Plan { changes, ..good.clone() }
        };
        assert!(with_ids(["A1", "A2"]).apply_without_passwords(accounts.clone()).is_ok());
        assert!(refused(with_ids(["A1", "A1"])));
        // A change of nobody, and two of one.
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Update, ["Noah Khan"; 2])])));
        assert!(refused(made([(Update, ["Ada Reid"; 2]), (Update, ["Ada Reid", "Mia Hall"])])));
    }
}
