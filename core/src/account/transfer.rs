//! Moves an account to another of your schools, and merges two accounts that belong to one child. `TransferRefused` has
//! the reasons for a refusal, with their messages.

use std::collections::HashSet;

use crate::student::Student;

use super::{Account, AccountError, AccountRow, AccountState, Accounts};

/// The reason why an account was not [moved](Accounts::transfer) or [merged](Accounts::merge). Nothing was changed.
///
/// ```
/// use onroll::account::{AccountError, TransferRefused};
/// use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
/// let mut oak = Accounts::create(&roster, &PasswordPolicy::default())?.with_school_id("oak");
/// let mut elm = Accounts::create(&roster, &PasswordPolicy::default())?.with_school_id("elm");
/// let Err(AccountError::Transfer(refused)) = oak.transfer("Zoë Okafor", &mut elm) else { panic!() };
/// assert_eq!(refused, TransferRefused::UsernameTaken);
/// assert_eq!(refused.code(), "account-username-taken");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferRefused {
    /// `account-same-school`: both schools are the same.
    #[error("the account is already in this school")]
    SameSchool,
    /// `account-other-sign-in`: one school signs in with passwords, and the other with SSO.
    #[error("the other school's students sign in by a different method")]
    OtherSignIn,
    /// `account-username-taken`: an account at the other school has the same username.
    #[error("an account of the other school has the same username; rename one of the two first")]
    UsernameTaken,
    /// `account-id-taken`: an account at the other school has the same UPN or the same host id. If the UPN is the same,
    /// the student already has an account there.
    #[error("an account of the other school has the same UPN or host id")]
    IdTaken,
    /// `account-same`: both usernames belong to the same account.
    #[error("both usernames belong to the same account")]
    SameAccount,
    /// `account-two-students`: the ids show that the accounts belong to two students.
    #[error("the accounts belong to two students: their UPNs differ, or both are active and their source ids differ")]
    TwoStudents,
}

impl TransferRefused {
    /// Returns the refusal's code in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameSchool => "account-same-school",
            Self::OtherSignIn => "account-other-sign-in",
            Self::UsernameTaken => "account-username-taken",
            Self::IdTaken => "account-id-taken",
            Self::SameAccount => "account-same",
            Self::TwoStudents => "account-two-students",
        }
    }
}

impl Accounts {
    /// Moves an account to the accounts of another school. Use it for a student who moves between two of your schools.
    /// The account keeps its username, password and host id. It also keeps its UPN, by which the new school's next plan
    /// recognises the student. The account loses the old school's source id, last day and own fields.
    ///
    /// ```
    /// use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let read = |rows: &str| Reader::new().read_bytes(format!("{}{rows}", onroll::template_csv()).into_bytes());
    /// # let create = |rows: &str| Accounts::create(&read(rows).unwrap(), &PasswordPolicy::default());
    /// let mut oak = create("Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n")?.with_school_id("oak");
    /// let mut elm = create("Noah Khan,Noah Khan,Year 5,5B,Male,No,APKN,No,No\n")?.with_school_id("elm");
    /// oak.transfer("Zoë Okafor", &mut elm)?;
    /// assert!(oak.is_empty() && elm.get("Zoë Okafor").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// * [`AccountError::NotFound`] if no account has the username.
    /// * [`TransferRefused::SameSchool`] if both schools are the same.
    /// * [`TransferRefused::OtherSignIn`] if one school uses passwords and the other SSO.
    /// * [`TransferRefused::UsernameTaken`] if an account at the other school has the same username.
    /// * [`TransferRefused::IdTaken`] if an account at the other school has the same UPN or the same host id.
    ///
    /// After an error, neither school is changed.
    pub fn transfer(&mut self, username: &str, to: &mut Self) -> Result<(), AccountError> {
        let slot = self.slot_of(username).ok_or(AccountError::NotFound)?;
        let account = self.at(slot).ok_or(AccountError::NotFound)?;
        if self.school_id.is_some() && self.school_id == to.school_id {
            return Err(TransferRefused::SameSchool.into());
        }
        if self.sign_in != to.sign_in {
            return Err(TransferRefused::OtherSignIn.into());
        }
        if to.slot_of(account.username).is_some() {
            return Err(TransferRefused::UsernameTaken.into());
        }
        let is_taken = |other: Account<'_>| {
            let ids = [(account.upn, other.upn), (account.host_id, other.host_id)];
            ids.into_iter().any(|(own, others)| own.is_some() && own == others)
        };
        if to.iter().any(is_taken) {
            return Err(TransferRefused::IdTaken.into());
        }
        let state = AccountState { active_until: None, own: Default::default(), ..account.state };
        to.add_ethnicities(self.students.ethnicities());
        to.put(None, &Account { source_id: None, state, ..account });
        self.remove(slot);
        Ok(())
    }

    /// Merges the account `gone` into the account `keep`, which belongs to the same child. Returns the row of `gone`,
    /// without its password. In your database, move the child's work from the row of `gone` to the row of `keep`, and
    /// then delete the row of `gone`. The merged account has the username, password and host id of `keep`. The
    /// student's data comes from the active account, or from `keep` if both or neither are active. Ids that only one
    /// account has are kept. If either account is blocked, the merged account is blocked.
    ///
    /// ```
    /// use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = format!("{}{}", onroll::template_csv(), "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No\nThomas Lee,Thomas Lee,Year 5,5A,Male,No,WBRI,No,No\n");
    /// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let gone = accounts.merge("Tom Lee", "Thomas Lee")?;
    /// assert_eq!((gone.username.as_str(), accounts.len()), ("Thomas Lee", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`]; [`TransferRefused::SameAccount`] if both usernames belong to the same account;
    /// [`TransferRefused::TwoStudents`] if the UPNs differ, or if both accounts are active and their source ids differ.
    /// After an error, nothing is changed.
    pub fn merge(&mut self, keep: &str, gone: &str) -> Result<AccountRow, AccountError> {
        let [keep, gone] = [keep, gone].map(|username| self.slot_of(username));
        let (keep, gone) = (keep.ok_or(AccountError::NotFound)?, gone.ok_or(AccountError::NotFound)?);
        if keep == gone {
            return Err(TransferRefused::SameAccount.into());
        }
        let before = self.clone();
        let at = |slot: usize| before.at(slot).ok_or(AccountError::NotFound);
        let (own, other) = (at(keep)?, at(gone)?);
        let [[own_id, own_upn], [other_id, other_upn]] = [keep, gone].map(|slot| before.students.sure_ids(slot));
        let differ = |one: Option<&str>, two: Option<&str>| one.is_some() && two.is_some() && one != two;
        if differ(own_upn, other_upn) || (own.active && other.active && differ(own_id, other_id)) {
            return Err(TransferRefused::TwoStudents.into());
        }
        // If both or neither are active, `keep` supplies the student's data.
        let (listed, older) = if other.active && !own.active { (other, own) } else { (own, other) };
        let student = Student { username: own.username, ..listed.student() };
        let state = AccountState {
            blocked: own.state.blocked || other.state.blocked,
            manual: own.state.manual && other.state.manual,
            active_until: listed.state.active_until,
            ..own.state
        };
        // A valid UPN is preferred to an invalid one.
        let upn = own_upn.or(other_upn).or(listed.upn).or(older.upn);
        let source_id = listed.source_id.or(older.source_id);
        let merged = Account { source_id, upn, state, active: listed.active, ..own.with_student(student) };
        self.put(Some(keep), &merged);
        self.remove(gone);
        Ok(AccountRow::of(&other, false))
    }

    /// Removes an account.
    fn remove(&mut self, slot: usize) {
        let own = std::mem::take(self);
        *self = own.without(&HashSet::from([slot]));
    }
}
