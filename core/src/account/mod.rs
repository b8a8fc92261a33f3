//! Students as the host keeps them: create, edit, reset, export, cards.

mod cards;
mod credentials;
mod edit;
mod index;
mod json;
mod rows;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use twox_hash::XxHash3_64;

use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::password::{EntropyError, Password, PasswordPolicy, PolicyError};
use crate::report::{Report, in_one_line};
use crate::roster::Roster;
use crate::row::Rules;
use crate::sheet::Limits;
use crate::student::{Ids, Student, Students};
use crate::text::Private;
use crate::username::SignIn;

pub use cards::Cards;
pub use credentials::CredentialsRead;
pub use edit::Edit;
use index::Index;
pub use rows::AccountRow;

/// The accounts of one school, as the host keeps them: usernames unique, passwords known or not.
///
/// ```
/// use onroll::{Accounts, Edit, PasswordPolicy, Reader};
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
#[derive(Clone)]
pub struct Accounts {
    school_id: Option<String>,
    sign_in: SignIn,
    students: Students,
    passwords: Vec<Option<Password>>,
    /// As far as the last account that has one.
    host_ids: Vec<Option<Private>>,
    /// Whether they come from the host's own rows: what is blank in all of them the host does not keep.
    from_rows: bool,
    active: Vec<bool>,
    /// Whether the host's rows held usernames of one key. Nothing adds to them.
    shared_keys: bool,
    /// Made when an account is first looked for.
    index: OnceLock<Index>,
}

/// One account, borrowed. The student's fields are its own: `account.full_name`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account<'a> {
    /// The student.
    pub student: Student<'a>,
    /// The id that the school's MIS, or Wonde, gives the student, if it is known.
    pub source_id: Option<&'a str>,
    /// The unique pupil number, if it is known.
    pub upn: Option<&'a str>,
    /// The id that the host gives the account, such as the primary key of its row, if it gave one: a plan's changes carry it.
    pub host_id: Option<&'a str>,
    /// Whether the student may sign in; leavers may not.
    pub active: bool,
    /// The password, where there is one and the host keeps it.
    pub password: Option<&'a Password>,
}

impl<'a> Deref for Account<'a> {
    type Target = Student<'a>;

    fn deref(&self) -> &Self::Target {
        &self.student
    }
}

impl fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(<hidden>)")
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("len", &self.len()).field("sign_in", &self.sign_in).finish_non_exhaustive()
    }
}

/// Why accounts were not made, found or changed. Its text is for logs: it names nobody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// What was given is wrong; nothing was changed. The report says what.
    #[error("the accounts were refused: {}", in_one_line(.0))]
    Rejected(Report),
    /// There is no account with that username.
    #[error("there is no account with that username")]
    NotFound,
    /// The password is not one that a person may choose.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The text is not JSON of accounts.
    #[error("this is not JSON of accounts: it goes wrong at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The JSON is of a later version of the format than this one reads.
    #[error("the accounts are in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that is read.
        newest: u64,
    },
    /// A file of credentials has no `Username` or no `Password` heading.
    #[error("this is no file of credentials: its first row must have the headings Username and Password")]
    NotCredentials,
    /// The sign-in address is not an https address with a host, or is too long for a QR code.
    #[error(
        "the sign-in address must be https:// and a host, such as https://school.example/sign-in, and at most 500 characters long"
    )]
    SignInUrl,
    /// Reading or writing failed. The text says why, and so it is no source beside it.
    #[error("reading or writing failed: {0}")]
    Io(std::io::Error),
}

impl From<std::io::Error> for AccountError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl AccountError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "account-rejected",
            Self::NotFound => "account-not-found",
            Self::Policy(error) => error.code(),
            Self::Entropy(error) => error.code(),
            Self::Json { .. } => "accounts-not-json",
            Self::Version { .. } => "accounts-version",
            Self::NotCredentials => "not-credentials",
            Self::SignInUrl => "sign-in-url",
            Self::Io(_) => "io",
        }
    }
}

/// The columns that a host need not keep.
const MAY_BE_BLANK: [Column; 3] = [Column::YearGroup, Column::Class, Column::Gender];

impl Accounts {
    /// Returns an account for every student of a roster, active, with a new password. Students who come from an MIS and sign in
    /// by SSO have no password; those from a file have one either way.
    ///
    /// # Errors
    /// [`EntropyError`] if the operating system gives no randomness.
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
            index: OnceLock::new(),
        })
    }

    /// How many accounts there are, active or not.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How the students sign in.
    pub fn sign_in(&self) -> SignIn {
        self.sign_in
    }

    /// The account with a username, compared as [`same_username`](crate::same_username) compares.
    pub fn get(&self, username: &str) -> Option<Account<'_>> {
        self.place(username).and_then(|place| self.at(place))
    }

    /// An account by place, counted from 0.
    pub fn at(&self, place: usize) -> Option<Account<'_>> {
        let [source_id, upn] = self.students.ids(place);
        Some(Account {
            student: self.students.get(place)?,
            source_id,
            upn,
            host_id: self.host_id(place),
            active: self.active.get(place).copied().unwrap_or_default(),
            password: self.passwords.get(place).and_then(Option::as_ref),
        })
    }

    /// The accounts, in the order in which they were made.
    pub fn iter(&self) -> AccountsIter<'_> {
        self.into_iter()
    }

    /// A fingerprint of the accounts, whatever their order and their passwords: equal where all else is.
    /// Nobody can be told from it.
    pub fn fingerprint(&self) -> String {
        self.fingerprint_by(self.students.prints())
    }

    /// The fingerprint by the prints of all students.
    pub(crate) fn fingerprint_by(&self, prints: impl Iterator<Item = u64>) -> String {
        // Sums do not know an order; an account that is not active counts otherwise than one that is.
        let each =
            |(place, print)| self.students.print_with_ids(place, print).rotate_left(u32::from(self.is_active(place)));
        let sum = prints.enumerate().map(each).fold(self.len() as u64, u64::wrapping_add);
        let school = self.school_id.as_deref().map_or(0, |id| XxHash3_64::oneshot(id.as_bytes()));
        format!("{:016x}", sum.wrapping_add(school))
    }

    fn host_id(&self, place: usize) -> Option<&str> {
        self.host_ids.get(place).and_then(Option::as_ref).map(Private::expose)
    }

    /// Keeps what the host calls an account; a blank id is none.
    fn set_host_id(&mut self, place: usize, host_id: Option<&str>) {
        let host_id = host_id.map(str::trim).filter(|id| !id.is_empty()).map(Private::new);
        if host_id.is_some() && place >= self.host_ids.len() {
            self.host_ids.resize(place + 1, None);
        }
        if let Some(kept) = self.host_ids.get_mut(place) {
            *kept = host_id;
        }
    }

    /// The columns that the host does not keep: a plan leaves them blank.
    pub(crate) fn not_kept(&self) -> Vec<Column> {
        let is_blank = |column: &Column| self.iter().all(|account| account.cells()[*column as usize].is_empty());
        MAY_BE_BLANK.into_iter().filter(|column| self.from_rows && !self.is_empty() && is_blank(column)).collect()
    }

    pub(crate) fn students(&self) -> &Students {
        &self.students
    }

    /// Puts an account in a place, or at the end; its password is kept where none is given.
    pub(crate) fn put(&mut self, place: Option<usize>, account: &Account<'_>) -> usize {
        let (texts, codes) = (account.texts(), account.codes(self.students.ethnicities()));
        let place = match place {
            Some(place) => {
                self.students.set(place, texts, codes);
                place
            }
            None => {
                self.students.push(texts, codes);
                self.passwords.push(None);
                self.active.push(true);
                self.len() - 1
            }
        };
        self.students.set_ids(place, Ids::new(account.source_id, account.upn));
        self.set_host_id(place, account.host_id);
        if let Some(active) = self.active.get_mut(place) {
            *active = account.active;
        }
        if let (Some(kept), Some(password)) = (self.passwords.get_mut(place), account.password) {
            *kept = Some(password.clone());
        }
        self.index.take();
        place
    }

    /// Gives an account a password, if it is there.
    pub(crate) fn give_password(&mut self, username: &str, password: Password) {
        if let Some(kept) = self.place(username).and_then(|place| self.passwords.get_mut(place)) {
            *kept = Some(password);
        }
    }

    /// Takes an account's password away.
    pub(crate) fn forget_password(&mut self, place: usize) {
        if let Some(kept) = self.passwords.get_mut(place) {
            *kept = None;
        }
    }

    /// Returns the id of the school whose accounts these are, if it is known.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Names the school, by any id that the host uses for it, a blank one being none: plans of another school are then refused, also the first import
    /// into accounts that are still empty.
    #[must_use]
    pub fn with_school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    pub(crate) fn set_school_id(&mut self, school_id: Option<String>) {
        self.school_id = school_id;
    }

    /// Knows these codes too from now on.
    pub(crate) fn add_ethnicities(&mut self, others: &Arc<Ethnicities>) {
        self.students.add_ethnicities(others);
    }

    pub(crate) fn set_sign_in(&mut self, sign_in: SignIn) {
        self.sign_in = sign_in;
    }

    /// Gives a password to every active account that has none, and says to how many.
    ///
    /// # Errors
    /// [`AccountError::Entropy`]
    pub fn fill_passwords(&mut self, policy: &PasswordPolicy) -> Result<usize, AccountError> {
        let without = |(place, password): (usize, &Option<Password>)| {
            (password.is_none() && self.active.get(place) == Some(&true)).then_some(place)
        };
        let places: Vec<usize> = self.passwords.iter().enumerate().filter_map(without).collect();
        for (place, password) in places.iter().zip(policy.generate(places.len())?) {
            self.put_password(*place, Some(password))?;
        }
        Ok(places.len())
    }

    pub(crate) fn is_active(&self, place: usize) -> bool {
        self.active.get(place) == Some(&true)
    }

    /// How many accounts are active.
    pub(crate) fn active(&self) -> usize {
        self.active.iter().filter(|active| **active).count()
    }

    /// Gives an account a new password.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] or [`AccountError::Entropy`]
    pub fn reset_password(&mut self, username: &str, policy: &PasswordPolicy) -> Result<Account<'_>, AccountError> {
        let place = self.place(username).ok_or(AccountError::NotFound)?;
        let password = policy.generate(1)?.pop();
        self.put_password(place, password)
    }

    /// Gives these accounts new passwords, or none of them.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] or [`AccountError::Entropy`]
    pub fn reset_passwords<'u>(
        &mut self,
        usernames: impl IntoIterator<Item = &'u str>,
        policy: &PasswordPolicy,
    ) -> Result<(), AccountError> {
        let usernames: Vec<&str> = usernames.into_iter().collect();
        let places: Option<Vec<usize>> = self.places(usernames.into_iter()).into_iter().collect();
        let places = places.ok_or(AccountError::NotFound)?;
        for (place, password) in places.iter().zip(policy.generate(places.len())?) {
            self.put_password(*place, Some(password))?;
        }
        Ok(())
    }

    /// Gives an account the password that a teacher chose.
    ///
    /// # Errors
    /// [`AccountError::NotFound`], or [`AccountError::Policy`] if it is not at least 4 letters and digits.
    pub fn set_password(&mut self, username: &str, chosen: &str) -> Result<Account<'_>, AccountError> {
        let place = self.place(username).ok_or(AccountError::NotFound)?;
        let password = Password::chosen(chosen)?;
        self.put_password(place, Some(password))
    }

    fn put_password(&mut self, place: usize, password: Option<Password>) -> Result<Account<'_>, AccountError> {
        if let Some(kept) = self.passwords.get_mut(place) {
            *kept = password;
        }
        self.at(place).ok_or(AccountError::NotFound)
    }

    fn rules(&self, sign_in: SignIn) -> Rules {
        Rules {
            sign_in,
            fix: false,
            main_codes_only: false,
            may_be_blank: MAY_BE_BLANK.into_iter().collect(),
            cell_bytes: Limits::default().cell_bytes,
            ethnicities: self.students.ethnicities().clone(),
        }
    }
}

impl Default for Accounts {
    /// No accounts, of students who sign in with a password.
    fn default() -> Self {
        Self {
            school_id: None,
            sign_in: SignIn::Password,
            students: Students::new(Ethnicities::shared()),
            passwords: Vec::new(),
            host_ids: Vec::new(),
            from_rows: false,
            active: Vec::new(),
            shared_keys: false,
            index: OnceLock::new(),
        }
    }
}

impl PartialEq for Accounts {
    /// The same accounts in the same order, with the same passwords.
    fn eq(&self, other: &Self) -> bool {
        (&self.school_id, self.sign_in) == (&other.school_id, other.sign_in) && self.iter().eq(other.iter())
    }
}

impl<'a> IntoIterator for &'a Accounts {
    type Item = Account<'a>;
    type IntoIter = AccountsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        AccountsIter { accounts: self, next: 0 }
    }
}

/// The accounts one after another.
#[derive(Debug, Clone)]
pub struct AccountsIter<'a> {
    accounts: &'a Accounts,
    next: usize,
}

impl<'a> Iterator for AccountsIter<'a> {
    type Item = Account<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let account = self.accounts.at(self.next)?;
        self.next += 1;
        Some(account)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.accounts.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for AccountsIter<'_> {}
