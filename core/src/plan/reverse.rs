//! Undoes a plan that was applied (`Plan::reverse`).

use std::collections::HashSet;

use crate::account::{Account, Accounts};

use super::{Change, ChangeKind, Plan, PlanError};

impl Plan {
    /// Returns the accounts as they were before the plan was applied, with their old passwords. Use this function after
    /// you applied a plan from the wrong file. Joiners' accounts are removed again. Host ids are not changed.
    ///
    /// ```
    /// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let read = |rows: &str| Reader::new().read_bytes(format!("{}{rows}", onroll::template_csv()).into_bytes());
    /// # let accounts = Accounts::create(&read("Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n")?, &PasswordPolicy::default())?;
    /// # let wrong = read("Noah Khan,Noah Khan,Year 5,5A,Male,No,APKN,No,No\n")?;
    /// let plan = Plan::between(&accounts, &wrong)?;
    /// let stored = plan.to_json_with_passwords();
    /// let after = plan.apply(accounts.clone())?;
    ///
    /// let restored = Plan::from_json(&stored)?.reverse(after)?;
    /// assert!(restored == accounts);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PlanError::AlreadyReversed`] if the accounts are as they were before the plan. [`PlanError::ChangedSince`] if
    /// the accounts have changed since the plan was applied. [`PlanError::WithoutPasswords`] if the plan was stored
    /// without the passwords that it replaced. The error returns the accounts unchanged.
    pub fn reverse(&self, accounts: Accounts) -> Result<Accounts, PlanError> {
        if !self.is_empty() && accounts.fingerprint() == self.fingerprint {
            return Err(PlanError::AlreadyReversed(Box::new(accounts)));
        }
        let Some(slots) = self.applied_slots(&accounts) else {
            return Err(PlanError::ChangedSince(Box::new(accounts)));
        };
        let count = self.changes().filter(|c| c.replaces_password() && c.replaced_password().is_none()).count();
        if count > 0 {
            return Err(PlanError::WithoutPasswords { count, accounts: Box::new(accounts) });
        }
        let restored = self.restored(&accounts, &slots);
        // Everything that the plan does not change must also be as it was before the plan.
        if restored.fingerprint() != self.fingerprint {
            return Err(PlanError::ChangedSince(Box::new(accounts)));
        }
        Ok(restored)
    }

    /// Returns the slot of each change's account. Returns `None` if an account has changed since the plan was applied.
    fn applied_slots(&self, accounts: &Accounts) -> Option<Vec<usize>> {
        let owners =
            accounts.slots_of(self.changes().map(|change| change.account().username).collect::<Vec<_>>().into_iter());
        let is_left_so = |(change, slot): (Change<'_>, Option<usize>)| {
            let slot = slot?;
            let (now, left) = (accounts.at(slot)?, change.account());
            // If the host stores only hashes, there is no password to compare.
            let is_password_kept = left.password.is_none() || now.password.is_none() || left.password == now.password;
            let left = Account { host_id: now.host_id, password: now.password, ..left };
            (is_password_kept && now == left).then_some(slot)
        };
        self.changes().zip(owners).map(is_left_so).collect()
    }

    fn restored(&self, accounts: &Accounts, slots: &[usize]) -> Accounts {
        let mut restored = accounts.clone();
        let mut joined = HashSet::new();
        for (change, &slot) in self.changes().zip(slots) {
            if change.kind() == ChangeKind::Join {
                joined.insert(slot);
                continue;
            }
            let host_id = accounts.at(slot).and_then(|account| account.host_id);
            restored.put(Some(slot), &Account { host_id, password: change.replaced_password(), ..change.before() });
            if change.new_password() && !change.replaces_password() {
                restored.forget_password(slot);
            }
        }
        if let Some(before) = &self.before {
            restored.set_sign_in(before.sign_in);
            restored.set_school_id(before.school_id.clone());
            restored.set_promotion(before.promotion);
        }
        restored.without(&joined)
    }
}
