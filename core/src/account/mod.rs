//! Accounts as a host stores them. You can create, edit and export accounts, reset passwords, and print cards.

// This file has `Accounts` itself: how accounts are created from a roster, stored, and compared by their fingerprint.

mod borrowed;
#[cfg(feature = "cards")]
mod cards;
mod credentials;
mod edit;
mod error;
mod index;
mod iter;
mod json;
mod passwords;
mod rows;
mod state;
mod transfer;

use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use twox_hash::XxHash3_64;

use crate::check::Rules;
use crate::column::Column;
use crate::password::{EntropyError, Password, PasswordPolicy};
use crate::roster::Roster;
use crate::student::{Ids, Students};
use crate::text::Private;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

pub use borrowed::Account;
#[cfg(feature = "cards")]
pub use cards::{CardLayout, CardLetters, CardText, Cards};
pub use credentials::CredentialsRead;
pub use edit::Edit;
pub use error::AccountError;
use index::UsernameIndex;
pub use iter::AccountsIter;
pub use rows::AccountRow;
pub use state::AccountState;
pub use transfer::TransferRefused;

/// The accounts of one school. Usernames are unique. Passwords may be unknown.
///
/// ```
/// use onroll::account::Edit;
/// use onroll::{Accounts, PasswordPolicy, Reader};
/// let csv = "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\n\
///            Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// let roster = Reader::new().read_bytes(csv.as_bytes())?;
/// let mut accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
///
/// let zoe = accounts.get("ZOË OKAFOR").unwrap();
/// assert_eq!(zoe.full_name, "Zoë Okafor");
/// assert_eq!(zoe.password.unwrap().expose().len(), 4);
///
/// accounts.edit("Zoë Okafor", &Edit::new().class_name("5B"))?;
/// assert_eq!(accounts.get("Zoë Okafor").unwrap().class_name, "5B");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Accounts are listed in the order in which they were created. You can store them as rows or as JSON.
///
/// ```
/// use onroll::account::AccountRow;
/// use onroll::{Accounts, PasswordPolicy, SignIn};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
/// let accounts = Accounts::create(&roster, &PasswordPolicy::default())?.with_school_id("A1329183376");
/// assert_eq!((accounts.school_id(), accounts.is_empty()), (Some("A1329183376"), false));
/// assert_eq!(accounts.at(0).unwrap().username, "Zoë Okafor");
/// assert_eq!(accounts.ethnicities().get(accounts.at(0).unwrap().ethnicity.code()).unwrap().group(), "Black");
///
/// let rows: Vec<AccountRow> = accounts.iter().map(|account| AccountRow::of(&account, true)).collect();
/// let restored = Accounts::from_rows(rows, SignIn::Password)?.with_school_id("A1329183376");
/// assert_eq!(restored.fingerprint(), accounts.fingerprint());
///
/// let restored = Accounts::from_json(&accounts.to_json_with_passwords())?;
/// assert!(restored == accounts);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Accounts {
    school_id: Option<String>,
    sign_in: SignIn,
    students: Students,
    passwords: Vec<Option<Password>>,
    /// The host's id of each account. The list ends at the last account that has such an id.
    host_ids: Vec<Option<Private>>,
    /// Whether the accounts come from the host's rows. If so, we assume that the host does not store a column that is
    /// blank in every row.
    from_rows: bool,
    active: Vec<bool>,
    /// The state of each account, by slot. An account beyond the end of the list has the default state.
    states: Vec<AccountState>,
    /// The last promotion, in which a plan moved the school up by a year. The inner `None` means that the day of the
    /// promotion is unknown.
    promotion: Option<Option<NaiveDate>>,
    /// Whether the host's rows contained usernames with the same key. Later changes never add such usernames.
    shared_keys: bool,
    /// The index of usernames, which is built when an account is first looked up.
    index: OnceLock<UsernameIndex>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("len", &self.len()).field("sign_in", &self.sign_in).finish_non_exhaustive()
    }
}

/// The columns that a host need not store.
const MAY_BE_BLANK: [Column; 3] = [Column::YearGroup, Column::Class, Column::Gender];

/// Returns the rules for the values of an account.
fn rules(sign_in: SignIn, ethnicities: &Arc<Ethnicities>) -> Rules {
    Rules::new(sign_in, ethnicities).may_be_blank(MAY_BE_BLANK.into_iter().collect())
}

impl Accounts {
    /// Creates an active account with a new password for every student in a roster. Students from an MIS who sign in
    /// with SSO get no password. Students from a file always get one.
    ///
    /// ```
    /// use onroll::{Accounts, PasswordPolicy};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
    /// assert_eq!(accounts.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EntropyError`] if the operating system does not supply random bytes.
    pub fn create(roster: &Roster, policy: &PasswordPolicy) -> Result<Self, EntropyError> {
        let passwords = match roster.allocates_passwords() {
            true => policy.generate(roster.len())?.into_iter().map(Some).collect(),
            false => vec![None; roster.len()],
        };
        Ok(Self {
            shared_keys: false,
            school_id: roster.school_id().map(str::to_owned),
            sign_in: roster.sign_in(),
            students: roster.students().clone(),
            passwords,
            host_ids: Vec::new(),
            from_rows: false,
            active: vec![true; roster.len()],
            states: Vec::new(),
            promotion: None,
            index: OnceLock::new(),
        })
    }

    /// Returns the number of accounts, active or not.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Returns whether there are no accounts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the allowed ethnicity codes: the Department for Education's codes, and the codes that you added.
    pub fn ethnicities(&self) -> &Ethnicities {
        self.students.ethnicities()
    }

    /// Returns how the students sign in.
    pub fn sign_in(&self) -> SignIn {
        self.sign_in
    }

    /// Returns the account with this username. Usernames are compared as in [`same_username`](crate::username::same_username).
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// assert!(accounts.get("zoë  okafor").is_some()); // case and spaces do not matter
    /// assert!(accounts.get("Zoe Okafor").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(&self, username: &str) -> Option<Account<'_>> {
        self.slot_of(username).and_then(|slot| self.at(slot))
    }

    /// Returns the account at an index.
    pub fn at(&self, index: usize) -> Option<Account<'_>> {
        let student = self.students.get(index)?;
        let [source_id, upn] = self.students.ids(index);
        Some(Account {
            source_id,
            upn,
            upi: self.students.upi(index),
            host_id: self.host_id(index),
            active: self.active[index],
            state: self.state(index),
            password: self.passwords[index].as_ref(),
            ..Account::of(student)
        })
    }

    /// Iterates over the accounts in the order in which they were created.
    pub fn iter(&self) -> AccountsIter<'_> {
        self.into_iter()
    }

    /// Returns a fingerprint of the accounts. Two sets of accounts have the same fingerprint if they differ only in
    /// order or passwords. A fingerprint identifies no person.
    pub fn fingerprint(&self) -> String {
        self.fingerprint_by(self.students.row_hashes())
    }

    /// Returns the fingerprint, computed from the hashes of all students.
    pub(crate) fn fingerprint_by(&self, row_hashes: impl Iterator<Item = u64>) -> String {
        // A sum does not depend on the order. The rotation makes active and inactive accounts count differently.
        let each = |(slot, row_hash)| {
            let hash = self.students.hash_with_ids(slot, row_hash).rotate_left(u32::from(self.is_active(slot)));
            self.hash_of_state(slot, hash)
        };
        let sum = row_hashes.enumerate().map(each).fold(self.len() as u64, u64::wrapping_add);
        let school = self.school_id.as_deref().map_or(0, |id| XxHash3_64::oneshot(id.as_bytes()));
        format!("{:016x}", sum.wrapping_add(school))
    }

    fn host_id(&self, slot: usize) -> Option<&str> {
        self.host_ids.get(slot).and_then(Option::as_ref).map(Private::expose)
    }

    /// Stores the host's id of an account. A blank id removes it.
    fn set_host_id(&mut self, slot: usize, host_id: Option<&str>) {
        let host_id = host_id.map(str::trim).filter(|id| !id.is_empty()).map(Private::new);
        if host_id.is_some() && slot >= self.host_ids.len() {
            self.host_ids.resize(slot + 1, None);
        }
        if let Some(kept) = self.host_ids.get_mut(slot) {
            *kept = host_id;
        }
    }

    /// Returns the columns that the host does not store. Plans do not change them.
    pub(crate) fn not_kept(&self) -> Vec<Column> {
        let is_blank = |column: &Column| self.iter().all(|account| account.cells()[*column as usize].is_empty());
        MAY_BE_BLANK.into_iter().filter(|column| self.from_rows && !self.is_empty() && is_blank(column)).collect()
    }

    pub(crate) fn students(&self) -> &Students {
        &self.students
    }

    /// Puts an account into a slot, or at the end if `slot` is `None`. If `account` has no password, the
    /// slot keeps its old password.
    pub(crate) fn put(&mut self, slot: Option<usize>, account: &Account<'_>) -> usize {
        let (texts, codes) = (account.texts(), account.codes(self.students.ethnicities()));
        let slot = match slot {
            Some(slot) => {
                self.students.set(slot, texts, codes);
                slot
            }
            None => {
                self.students.push(texts, codes);
                self.passwords.push(None);
                self.active.push(true);
                self.len() - 1
            }
        };
        self.students.set_ids(slot, Ids::new(account.source_id, account.upn).with_upi(account.upi));
        self.set_host_id(slot, account.host_id);
        if let Some(active) = self.active.get_mut(slot) {
            *active = account.active;
        }
        if let (Some(kept), Some(password)) = (self.passwords.get_mut(slot), account.password) {
            *kept = Some(password.clone());
        }
        // The password may have changed after the plan was made.
        let elsewhere = account.state.password_elsewhere || self.state(slot).password_elsewhere;
        let password_elsewhere = elsewhere && self.passwords.get(slot).is_some_and(Option::is_none);
        self.set_state(slot, AccountState { password_elsewhere, ..account.state });
        self.index.take();
        slot
    }

    /// Gives an account a password, if the account exists.
    pub(crate) fn give_password(&mut self, username: &str, password: Password) {
        if let Some(slot) = self.slot_of(username) {
            self.keep_password(slot, Some(password));
        }
    }

    /// Removes an account's password.
    pub(crate) fn forget_password(&mut self, slot: usize) {
        self.keep_password(slot, None);
    }

    /// Sets or removes the account's password. After that, the account has no password that only the host stores as a
    /// hash.
    fn keep_password(&mut self, slot: usize, password: Option<Password>) {
        if let Some(kept) = self.passwords.get_mut(slot) {
            *kept = password;
        }
        self.set_state(slot, AccountState { password_elsewhere: false, ..self.state(slot) });
    }

    /// Returns the id of the school that the accounts belong to, if known.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Sets the school's id, which can be any id that you use. An empty text removes the id. Once an id is set, plans
    /// from another school are refused, even for a first import into empty accounts.
    #[must_use]
    pub fn with_school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    pub(crate) fn set_school_id(&mut self, school_id: Option<String>) {
        self.school_id = school_id;
    }

    /// Adds these ethnicity codes to the allowed codes.
    pub(crate) fn add_ethnicities(&mut self, others: &Arc<Ethnicities>) {
        self.students.add_ethnicities(others);
    }

    pub(crate) fn set_sign_in(&mut self, sign_in: SignIn) {
        self.sign_in = sign_in;
    }

    pub(crate) fn is_active(&self, slot: usize) -> bool {
        self.active.get(slot) == Some(&true)
    }

    /// Returns the number of active accounts.
    pub(crate) fn active(&self) -> usize {
        self.active.iter().filter(|active| **active).count()
    }
}

impl Default for Accounts {
    /// Creates an empty set of accounts, for students who sign in with a password.
    fn default() -> Self {
        Self {
            school_id: None,
            sign_in: SignIn::Password,
            students: Students::new(Ethnicities::shared()),
            passwords: Vec::new(),
            host_ids: Vec::new(),
            from_rows: false,
            active: Vec::new(),
            states: Vec::new(),
            promotion: None,
            shared_keys: false,
            index: OnceLock::new(),
        }
    }
}

impl PartialEq for Accounts {
    /// Compares the schools, the accounts, their order and their passwords.
    fn eq(&self, other: &Self) -> bool {
        (&self.school_id, self.sign_in) == (&other.school_id, other.sign_in) && self.iter().eq(other.iter())
    }
}
