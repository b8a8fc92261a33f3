//! Gives accounts new passwords, generated or chosen by a teacher, for one student or for a class. `password/` decides
//! how passwords are made, and which chosen ones are refused.

use crate::password::{Password, PasswordPolicy};
use crate::text;

use super::{Account, AccountError, Accounts};

impl Accounts {
    /// Gives a new password to every active account without a password. Returns the number of new passwords. An account
    /// whose password you store as a hash ([`AccountRow::has_password`](super::AccountRow::has_password)) keeps its
    /// password.
    ///
    /// ```
    /// use onroll::account::AccountRow;
    /// use onroll::{Accounts, PasswordPolicy, SignIn};
    /// let row = |name: &str, has_password| AccountRow {
    ///     full_name: name.into(),
    ///     username: name.into(),
    ///     has_password,
    ///     ..AccountRow::default()
    /// };
    /// let rows = [row("Zoë Okafor", false), row("Noah Khan", true)];
    /// let mut accounts = Accounts::from_rows(rows, SignIn::Password)?;
    /// assert_eq!(accounts.fill_passwords(&PasswordPolicy::default())?, 1); // the host stores Noah's hash
    /// # Ok::<(), onroll::account::AccountError>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::Entropy`] if the operating system does not supply random bytes.
    pub fn fill_passwords(&mut self, policy: &PasswordPolicy) -> Result<usize, AccountError> {
        let slots: Vec<usize> =
            (0..self.len()).filter(|slot| self.is_active(*slot) && !self.has_password(*slot)).collect();
        for (slot, password) in slots.iter().zip(policy.generate(slots.len())?) {
            self.put_password(*slot, Some(password))?;
        }
        Ok(slots.len())
    }

    /// Gives an account a new password.
    ///
    /// ```
    /// use onroll::PasswordPolicy;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// accounts.reset_password("Zoë Okafor", &PasswordPolicy::words(3)?)?;
    /// assert_eq!(accounts.get("Zoë Okafor").unwrap().password.unwrap().expose().split(' ').count(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`] or [`AccountError::Entropy`]. In both cases, nothing is changed.
    pub fn reset_password(&mut self, username: &str, policy: &PasswordPolicy) -> Result<Account<'_>, AccountError> {
        let slot = self.slot_of(username).ok_or(AccountError::NotFound)?;
        let password = policy.generate(1)?.pop();
        self.put_password(slot, password)
    }

    /// Gives new passwords to all of these accounts. If there is an error, no password changes.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.reset_passwords(["Zoë Okafor"], &PasswordPolicy::pin(5)?)?;
    /// assert_eq!(accounts.get("Zoë Okafor").unwrap().password.unwrap().expose().len(), 5);
    /// // One username is unknown, so no password changes.
    /// assert!(accounts.reset_passwords(["Zoë Okafor", "Noah Khan"], &PasswordPolicy::default()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`] or [`AccountError::Entropy`]. In both cases, nothing is changed.
    pub fn reset_passwords<'u>(
        &mut self,
        usernames: impl IntoIterator<Item = &'u str>,
        policy: &PasswordPolicy,
    ) -> Result<(), AccountError> {
        let usernames: Vec<&str> = usernames.into_iter().collect();
        let slots: Option<Vec<usize>> = self.slots_of(usernames.into_iter()).into_iter().collect();
        let slots = slots.ok_or(AccountError::NotFound)?;
        for (slot, password) in slots.iter().zip(policy.generate(slots.len())?) {
            self.put_password(*slot, Some(password))?;
        }
        Ok(())
    }

    /// Returns the slots of the accounts in a class or year group, including leavers, in order.
    pub(super) fn in_class(
        &self,
        class_name: Option<&str>,
        year_group: Option<&str>,
    ) -> Result<Vec<usize>, AccountError> {
        let is_wanted = |wanted: Option<&str>, own: &str| wanted.is_none_or(|wanted| text::same(wanted, own));
        let slots: Vec<usize> = (0..self.len())
            .filter(|slot| {
                let [_, _, year, class] = self.students.texts(*slot);
                is_wanted(class_name, class) && is_wanted(year_group, year)
            })
            .collect();
        if slots.is_empty() { Err(AccountError::ClassNotFound) } else { Ok(slots) }
    }

    /// Gives new passwords to the active accounts in a class. Returns these accounts, so that you can print only their
    /// cards. If `year_group` is `None`, the class with this name in every year group is included.
    ///
    /// # Errors
    /// [`AccountError::ClassNotFound`] or [`AccountError::Entropy`]. In both cases, no password is changed.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let reset = accounts.reset_class("5A", None, &PasswordPolicy::default())?;
    /// let cards = Cards::new().usernames(reset.iter().map(|account| account.username));
    /// let mut html = Vec::new();
    /// accounts.write_cards(&mut html, &cards)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reset_class(
        &mut self,
        class_name: &str,
        year_group: Option<&str>,
        policy: &PasswordPolicy,
    ) -> Result<Vec<Account<'_>>, AccountError> {
        let mut slots = self.in_class(Some(class_name), year_group)?;
        slots.retain(|slot| self.is_active(*slot));
        for (slot, password) in slots.iter().zip(policy.generate(slots.len())?) {
            self.put_password(*slot, Some(password))?;
        }
        Ok(slots.into_iter().filter_map(|slot| self.at(slot)).collect())
    }

    /// Gives an account a password that a teacher chose.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// assert!(accounts.set_password("Zoë Okafor", "frog7").is_ok());
    /// assert!(accounts.set_password("Zoë Okafor", "zoe123").is_err()); // made from the student's name
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`], or [`AccountError::Policy`] with the reason if the password is too short or easy to
    /// guess for this student ([`Password::chosen_for`]).
    pub fn set_password(&mut self, username: &str, chosen: &str) -> Result<Account<'_>, AccountError> {
        let slot = self.slot_of(username).ok_or(AccountError::NotFound)?;
        let [full_name, username, ..] = self.students.texts(slot);
        let password = Password::chosen_for(chosen, &[full_name, username])?;
        self.put_password(slot, Some(password))
    }

    pub(super) fn put_password(
        &mut self,
        slot: usize,
        password: Option<Password>,
    ) -> Result<Account<'_>, AccountError> {
        self.keep_password(slot, password);
        self.at(slot).ok_or(AccountError::NotFound)
    }
}
