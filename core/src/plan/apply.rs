//! Applies a plan to the accounts for which it was made. All other accounts are refused. `PlanError` has the messages
//! and codes for plans; the codes are also in `bindings-node/lib/codes.ts`.

use std::collections::HashSet;

use crate::account::Accounts;
use crate::password::{EntropyError, PasswordPolicy};
use crate::text;

use super::{Change, ChangeKind, Plan};

/// The reason why a plan could not be read or applied. No account was changed. The text is for logs and contains no
/// names.
///
/// ```
/// use onroll::plan::PlanError;
/// use onroll::Plan;
/// let error = Plan::from_json("a page of HTML").unwrap_err();
/// assert!(matches!(error, PlanError::Json { .. }));
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The plan was made for different accounts, or the accounts have changed since. Make a new plan. The error returns
    /// the accounts.
    #[error("the plan was made for different accounts, or the accounts have changed since; make a new plan")]
    OtherAccounts(Box<Accounts>),
    /// The plan is inconsistent, because it was edited or damaged. The error returns the accounts, if you passed any.
    #[error("the plan was edited or damaged; make a new plan")]
    Edited(Option<Box<Accounts>>),
    /// The plan was stored without the passwords that `count` accounts need. Generate new passwords with
    /// [`Plan::apply_with_passwords`], or use [`Plan::apply_without_passwords`] if you store only hashes. The error
    /// returns the accounts.
    #[error(
        "the plan was stored without {count} of its passwords; to undo it, store it with passwords; to apply it, pass new passwords or none"
    )]
    WithoutPasswords {
        /// The number of accounts that would have no password.
        count: usize,
        /// The accounts.
        accounts: Box<Accounts>,
    },
    /// The accounts are as they were before the plan. The plan was already reversed, or was never applied. The error
    /// returns the accounts.
    #[error("the plan is not applied to these accounts; it was never applied, or it has been undone")]
    AlreadyReversed(Box<Accounts>),
    /// The accounts have changed since the plan was applied, so it cannot be reversed. The error returns the accounts.
    #[error("the plan was applied to different accounts, or the accounts have changed since")]
    ChangedSince(Box<Accounts>),
    /// Other changes depend on the changes that you leave out. For example, two renames swap usernames, and you leave
    /// out only one of them. Leave out the dependent changes too.
    #[error("other changes depend on the changes that you leave out; leave out the dependent changes too ({})", usernames.len())]
    PartBreaks {
        /// The current usernames of the accounts in the dependent changes. For a joiner, it is the new account's
        /// username.
        usernames: Vec<String>,
    },
    /// A username that you leave out has no change in the plan.
    #[error("the plan has no change for {count} of the usernames that you leave out; check how they are spelt")]
    NoSuchChange {
        /// The number of usernames without a change.
        count: usize,
    },
    /// The operating system did not supply random bytes for new passwords.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The text is not the JSON of a plan.
    #[error("the JSON of a plan is not valid at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The plan is in a format that this version of onroll cannot read. Make the plan again.
    #[error("the plan is in format {found}, and this version of onroll reads format {newest}; make the plan again")]
    Version {
        /// The format of the text.
        found: u64,
        /// The format that this version of onroll reads.
        newest: u64,
    },
}

impl PlanError {
    /// Returns the error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherAccounts(_) => "plan-other-accounts",
            Self::Edited(_) => "plan-edited",
            Self::WithoutPasswords { .. } => "plan-without-passwords",
            Self::AlreadyReversed(_) => "plan-already-reversed",
            Self::ChangedSince(_) => "plan-changed-since",
            Self::PartBreaks { .. } => "plan-part-breaks",
            Self::NoSuchChange { .. } => "plan-no-such-change",
            Self::Entropy(error) => error.code(),
            Self::Json { .. } => "plan-not-json",
            Self::Version { .. } => "plan-version",
        }
    }
}

impl Plan {
    /// Applies the plan, and returns the changed accounts.
    ///
    /// # Errors
    /// [`PlanError::OtherAccounts`] if the plan was made for different accounts, or if they have changed since in
    /// anything except passwords. [`PlanError::WithoutPasswords`] if the plan was stored without passwords that
    /// accounts need.
    /// [`PlanError::Edited`] if the plan is inconsistent. The error returns the accounts unchanged.
    pub fn apply(&self, accounts: Accounts) -> Result<Accounts, PlanError> {
        match self.missing_passwords().count() {
            0 => self.apply_without_passwords(accounts),
            _ if accounts.fingerprint() != self.fingerprint => Err(PlanError::OtherAccounts(Box::new(accounts))),
            count => Err(PlanError::WithoutPasswords { count, accounts: Box::new(accounts) }),
        }
    }

    /// Applies a plan that was stored without passwords. Generates every password that is needed. The new passwords
    /// differ from those that the plan had before it was stored.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// # let accounts = Accounts::from_rows([], roster.sign_in())?;
    /// // The plan was stored for approval without passwords, so joiners get their passwords now.
    /// let stored = Plan::between(&accounts, &roster)?.to_json();
    /// let accounts = Plan::from_json(&stored)?.apply_with_passwords(accounts, &PasswordPolicy::pin(5)?)?;
    /// assert_eq!(accounts.at(0).unwrap().password.unwrap().expose().len(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`apply`](Self::apply) except `WithoutPasswords`, and [`PlanError::Entropy`].
    pub fn apply_with_passwords(&self, accounts: Accounts, policy: &PasswordPolicy) -> Result<Accounts, PlanError> {
        let passwords = policy.generate(self.missing_passwords().count())?;
        let mut accounts = self.apply_without_passwords(accounts)?;
        for (change, password) in self.missing_passwords().zip(passwords) {
            accounts.give_password(change.account().username, password);
        }
        Ok(accounts)
    }

    /// Returns the changes whose accounts need a new password that the plan does not contain.
    fn missing_passwords(&self) -> impl Iterator<Item = Change<'_>> {
        self.changes().filter(|change| change.new_password() && change.password().is_none())
    }

    /// Applies a plan without giving passwords: an account that needs a new password has none afterwards. Use this
    /// function if you store only hashes, or if you give passwords later with [`Accounts::fill_passwords`].
    ///
    /// ```
    /// # use onroll::{Accounts, Plan, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// # let accounts = Accounts::from_rows([], roster.sign_in())?;
    /// // The host makes the passwords itself.
    /// let stored = Plan::between(&accounts, &roster)?.to_json();
    /// let accounts = Plan::from_json(&stored)?.apply_without_passwords(accounts)?;
    /// assert!(accounts.at(0).unwrap().password.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`apply`](Self::apply) except `WithoutPasswords`.
    pub fn apply_without_passwords(&self, mut accounts: Accounts) -> Result<Accounts, PlanError> {
        if accounts.fingerprint() != self.fingerprint {
            return Err(PlanError::OtherAccounts(Box::new(accounts)));
        }
        let Some(slots) = self.slots(&accounts) else {
            return Err(PlanError::Edited(Some(Box::new(accounts))));
        };
        accounts.add_ethnicities(self.changes.ethnicities());
        for (change, slot) in self.changes().zip(slots) {
            let slot = accounts.put(slot, &change.account());
            if change.new_password() && change.password().is_none() {
                // A different child may know the old password. `Accounts::fill_passwords` gives the account a new one.
                accounts.forget_password(slot);
            }
        }
        accounts.set_sign_in(self.sign_in);
        if self.school_id.is_some() {
            accounts.set_school_id(self.school_id.clone());
        }
        if self.promotes {
            accounts.set_promotion(Some(self.today));
        }
        Ok(accounts)
    }

    /// Returns the slot of each change's account. Returns `None` if an account does not exist, if it occurs in two
    /// changes, or if a username or source id would be repeated.
    fn slots(&self, accounts: &Accounts) -> Option<Vec<Option<usize>>> {
        let owners = accounts.slots_of(self.changes().map(|change| change.username()));
        let mut changed = HashSet::new();
        let mut slots = Vec::with_capacity(self.len());
        for (change, owner) in self.changes().zip(owners) {
            let slot = if change.kind() == ChangeKind::Join { None } else { Some(owner?) };
            if slot.is_some_and(|slot| !changed.insert(slot)) {
                return None;
            }
            slots.push(slot);
        }
        // A change must not introduce a username that another account has. Two accounts whose usernames already have
        // the same key may keep them, because older versions of onroll did not fold apostrophes and hyphens.
        let is_new = |change: &Change<'_>| {
            change.kind() == ChangeKind::Join || !text::same(change.username(), change.account().username)
        };
        let mut usernames = HashSet::new();
        let fresh = || self.changes().filter(is_new);
        let unique = fresh().all(|change| usernames.insert(text::key(change.account().username).into_owned()));
        let stay = self.changes().filter(|change| !is_new(change));
        let stays_taken = !usernames.is_empty()
            && stay.into_iter().any(|change| usernames.contains(text::key(change.account().username).as_ref()));
        let owners = accounts.slots_of(fresh().map(|change| change.account().username).collect::<Vec<_>>().into_iter());
        let is_kept = owners.into_iter().flatten().any(|slot| !changed.contains(&slot));
        let ids_unique = self.source_ids_stay_unique(accounts, &changed);
        (unique && !stays_taken && !is_kept && ids_unique).then_some(slots)
    }

    /// Returns whether the source ids stay unique after these changes.
    fn source_ids_stay_unique(&self, accounts: &Accounts, changed: &HashSet<usize>) -> bool {
        let mut ids = HashSet::new();
        if !self.changes().all(|change| change.account().source_id.is_none_or(|id| ids.insert(id.to_owned()))) {
            return false;
        }
        let students = accounts.students();
        let kept = (0..if ids.is_empty() { 0 } else { accounts.len() }).filter(|slot| !changed.contains(slot));
        kept.filter_map(|slot| students.ids(slot)[0]).all(|id| !ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::password::PasswordPolicy;
    use crate::plan::changes::Changes;
    use crate::reader::{Reader, template_csv};

    /// Tests plans that a host might write by hand, with a matching checksum.
    #[test]
    fn refuses_an_edited_plan_with_impossible_changes() {
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
        // Makes a plan that otherwise never occurs: two changes, each from one username to another.
        let made = |steps: [(ChangeKind, [&str; 2]); 2]| {
            let mut changes = Changes::new(Arc::clone(good.changes.ethnicities()));
            for (kind, usernames) in steps {
                let mut sides = [accounts.at(0).unwrap(); 2];
                sides.iter_mut().zip(usernames).for_each(|(side, username)| side.username = username);
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
        // Two joiners have the same username, or an account gets a username that another account keeps.
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Join, ["MIA hall"; 2])])));
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Join, ["Kai Ito"; 2])])));
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Update, ["Ada Reid", "Kai Ito"])])));
        // Two joiners have the same source id.
        let with_ids = |ids: [&str; 2]| {
            let mut changes = Changes::new(Arc::clone(good.changes.ethnicities()));
            for (id, username) in ids.into_iter().zip(["Mia Hall", "Noah Khan"]) {
                let mut joined = accounts.at(0).unwrap();
                (joined.username, joined.source_id) = (username, Some(id));
                changes.push(Join, &joined, &joined, true);
            }
            Plan { changes, ..good.clone() }
        };
        assert!(with_ids(["A1", "A2"]).apply_without_passwords(accounts.clone()).is_ok());
        assert!(refused(with_ids(["A1", "A1"])));
        // A change for a username without an account, and two changes for one account.
        assert!(refused(made([(Join, ["Mia Hall"; 2]), (Update, ["Noah Khan"; 2])])));
        assert!(refused(made([(Update, ["Ada Reid"; 2]), (Update, ["Ada Reid", "Mia Hall"])])));
    }
}
