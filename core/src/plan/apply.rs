//! Carrying a plan out on the accounts it was made for, and on no others.

use std::collections::HashSet;

use crate::account::{AccountError, Accounts};
use crate::text;

use super::{ChangeKind, Plan};

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
    /// The text is not JSON of a plan.
    #[error("this is not JSON of a plan: it goes wrong at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The plan is of a later version of the format than this one reads.
    #[error("the plan is in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that is read.
        newest: u64,
    },
}

impl PlanError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherAccounts(_) => "plan-other-accounts",
            Self::Edited(_) => "plan-edited",
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
    /// [`PlanError::Edited`] if the plan does not hang together. The accounts come back as they were.
    pub fn apply(&self, accounts: Accounts) -> Result<Accounts, PlanError> {
        if accounts.fingerprint() != self.fingerprint {
            return Err(PlanError::OtherAccounts(Box::new(accounts)));
        }
        if !self.hangs_together(&accounts) {
            return Err(PlanError::Edited(Some(Box::new(accounts))));
        }
        let mut after = accounts.clone();
        match self.carry_out(&mut after) {
            Ok(()) => Ok(after),
            Err(_) => Err(PlanError::Edited(Some(Box::new(accounts)))),
        }
    }

    /// Whether each change is of an account that is there, once, and no username will be there twice.
    fn hangs_together(&self, accounts: &Accounts) -> bool {
        let mut changed = HashSet::new();
        let mut usernames = HashSet::new();
        for change in &self.changes {
            if change.kind != ChangeKind::Join {
                match accounts.place(change.username.expose()) {
                    Some(place) if changed.insert(place) => {}
                    _ => return false,
                }
            }
            if !usernames.insert(text::key(&change.account.username).into_owned()) {
                return false;
            }
        }
        let kept = |username: &str| accounts.place(username).is_some_and(|place| !changed.contains(&place));
        self.changes.iter().all(|change| !kept(&change.account.username))
    }

    fn carry_out(&self, accounts: &mut Accounts) -> Result<(), AccountError> {
        let places: Vec<Option<usize>> = self
            .changes
            .iter()
            .map(|change| match change.kind {
                ChangeKind::Join => None,
                _ => accounts.place(change.username.expose()),
            })
            .collect();
        for (change, place) in self.changes.iter().zip(places) {
            accounts.put(place, &change.account, change.password.clone())?;
        }
        accounts.set_sign_in(self.sign_in);
        Ok(())
    }
}
