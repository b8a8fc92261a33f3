//! Writes credentials as CSV or as a workbook for teachers, and reads passwords back from such a file. Decides the
//! columns (`HEADINGS`), and the texts that stand for an unknown password.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::column::Column;
use crate::password::Password;
#[cfg(feature = "workbook")]
use crate::table::workbook::{self, Look, Workbook, WorkbookWriter};
use crate::table::{self, CsvWriter, Limits, Rows};
use crate::username::SignIn;

use super::{AccountError, Accounts};

/// The columns that teachers need. Ethnicity, SEND, EAL and pupil premium are left out.
const HEADINGS: [&str; 5] = [
    Column::FullName.heading(),
    Column::Username.heading(),
    "Password",
    Column::YearGroup.heading(),
    Column::Class.heading(),
];

/// The text in the Password column if the password is not known. Either the account has no password, or the host stores
/// only a hash.
const NO_PASSWORD: &str = "(not known: reset the password to print a new one)";
/// The text in the Password column for a school that signs in with SSO.
const NO_PASSWORD_SSO: &str = "(none: signs in with SSO)";
/// The texts that mean "no password" in credentials files, including those of older versions. Without this list, an old
/// text would be read as a password.
const NO_PASSWORDS: [&str; 4] = ["", NO_PASSWORD, NO_PASSWORD_SSO, "(not known here: reset it to print a new one)"];

/// The result of reading a credentials file.
///
/// ```
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
/// let first = Accounts::create(&roster, &PasswordPolicy::default())?;
/// let mut credentials = Vec::new();
/// first.write_credentials(&mut credentials)?;
///
/// // A second run takes over the passwords that the students already have.
/// let mut second = Accounts::create(&roster, &PasswordPolicy::default())?;
/// let read = second.read_credentials(credentials.as_slice())?;
/// assert_eq!((read.set, read.unknown, read.blank), (1, 0, 0));
/// assert!(second == first);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialsRead {
    /// The number of accounts that got a password from the file.
    pub set: usize,
    /// The number of rows whose username is not in the accounts.
    pub unknown: usize,
    /// The number of rows without a password.
    pub blank: usize,
}

impl Accounts {
    /// Writes a CSV with the credentials of all active accounts that are not blocked. Its columns are name, username,
    /// password, year group and class. Excel opens the file directly. No cell runs as a formula, because a value that
    /// Excel could run gets an apostrophe in front. If a password is unknown, its cell says so, and
    /// [`read_credentials`](Self::read_credentials) reads that cell as blank.
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// let mut file = Vec::new();
    /// accounts.write_credentials(&mut file)?;
    /// assert!(String::from_utf8(file)?.contains("Zoë Okafor"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn write_credentials(&self, to: impl Write) -> io::Result<()> {
        self.write_slots((0..self.len()).filter(|slot| self.may_sign_in(*slot)), to)
    }

    /// Writes the same file as [`write_credentials`](Self::write_credentials), but only for these usernames, in the
    /// given order.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.reset_password("Zoë Okafor", &PasswordPolicy::default())?;
    /// let mut csv = Vec::new();
    /// accounts.write_credentials_of(["Zoë Okafor"], &mut csv)?;
    /// assert_eq!(String::from_utf8(csv)?.lines().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`] if a username is not in the accounts; then nothing is written. [`AccountError::Io`]
    /// if writing fails.
    pub fn write_credentials_of<'u>(
        &self,
        usernames: impl IntoIterator<Item = &'u str>,
        to: impl Write,
    ) -> Result<(), AccountError> {
        let found = usernames.into_iter().map(|username| self.slot_of(username).ok_or(AccountError::NotFound));
        let found = found.collect::<Result<Vec<usize>, _>>()?;
        Ok(self.write_slots(found.into_iter(), to)?)
    }

    /// Writes the same content as [`write_credentials`](Self::write_credentials) to a file that only its owner can
    /// read. The file is written completely or not at all.
    ///
    /// # Errors
    /// Returns an error if writing fails; an existing file stays unchanged.
    pub fn save_credentials(&self, path: impl AsRef<Path>) -> io::Result<()> {
        table::save(path.as_ref(), |file| self.write_credentials(file))
    }

    /// Reads the passwords from a credentials file of an earlier run, to let students keep their passwords. Every
    /// account whose username is in the file gets the password from the file.
    ///
    /// ```
    /// # use onroll::account::AccountError;
    /// # use onroll::Accounts;
    /// let mut accounts = Accounts::default();
    /// let read = accounts.read_credentials("Username,Password\nZoë Okafor,CX57\n".as_bytes())?;
    /// assert_eq!((read.set, read.unknown), (0, 1));
    /// assert!(matches!(accounts.read_credentials(b"Name\n".as_slice()), Err(AccountError::NotCredentials)));
    /// # Ok::<(), AccountError>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotCredentials`] if the file is not a credentials file, and [`AccountError::Io`] if it cannot be
    /// read. In both cases, nothing is changed.
    pub fn read_credentials(&mut self, from: impl Read) -> Result<CredentialsRead, AccountError> {
        let limits = Limits::default().within_reach();
        let mut bytes = Vec::new();
        from.take(limits.file_bytes).read_to_end(&mut bytes)?;
        let (text, start) = text_of(bytes, &limits).ok_or(AccountError::NotCredentials)?;
        let mut rows = Rows::new(&text, start, b',', &limits);
        let [_, username, password, ..] = HEADINGS;
        let index_of = |headings: &[&str], wanted| headings.iter().position(|h| *h == wanted);
        let first = rows.next().ok_or(AccountError::NotCredentials)?;
        let headings: Vec<&str> = first.cells().collect();
        let (Some(username), Some(password)) = (index_of(&headings, username), index_of(&headings, password)) else {
            return Err(AccountError::NotCredentials);
        };
        let mut found = Vec::new();
        let mut read = CredentialsRead { set: 0, unknown: 0, blank: 0 };
        while let Some(row) = rows.next() {
            if row.broken.is_some() {
                return Err(AccountError::NotCredentials);
            }
            if row.cells().all(str::is_empty) {
                continue;
            }
            let password = table::written(row.cell(password));
            match self.slot_of(table::written(row.cell(username))) {
                None => read.unknown += 1,
                Some(_) if NO_PASSWORDS.contains(&password) => read.blank += 1,
                Some(slot) => found.push((slot, Password::existing(password))),
            }
        }
        read.set = found.len();
        for (slot, password) in found {
            self.put_password(slot, Some(password))?;
        }
        Ok(read)
    }

    /// Writes the same content as [`write_credentials`](Self::write_credentials) as an Excel workbook. Every cell is
    /// text, so no formula runs and no password becomes a number. [`read_credentials`](Self::read_credentials) can also
    /// read this workbook.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let mut workbook = Vec::new();
    /// accounts.write_credentials_workbook(&mut workbook)?;
    /// # assert!(workbook.starts_with(b"PK"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails, or if there are more accounts than the 1,048,575 that an Excel sheet can
    /// hold.
    #[cfg(feature = "workbook")]
    pub fn write_credentials_workbook(&self, to: impl Write) -> io::Result<()> {
        self.write_workbook_of_slots((0..self.len()).filter(|slot| self.may_sign_in(*slot)), to)
    }

    /// Writes the same workbook as [`write_credentials_workbook`](Self::write_credentials_workbook), but only for these
    /// usernames, in the given order.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let class_5a = accounts.iter().filter(|account| account.class_name == "5A").map(|account| account.username);
    /// let mut workbook = Vec::new();
    /// accounts.write_credentials_workbook_of(class_5a, &mut workbook)?;
    /// # assert!(workbook.starts_with(b"PK"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_credentials_of`](Self::write_credentials_of).
    #[cfg(feature = "workbook")]
    pub fn write_credentials_workbook_of<'u>(
        &self,
        usernames: impl IntoIterator<Item = &'u str>,
        to: impl Write,
    ) -> Result<(), AccountError> {
        let found = usernames.into_iter().map(|username| self.slot_of(username).ok_or(AccountError::NotFound));
        let found = found.collect::<Result<Vec<usize>, _>>()?;
        Ok(self.write_workbook_of_slots(found.into_iter(), to)?)
    }

    /// Writes the same workbook as [`write_credentials_workbook`](Self::write_credentials_workbook) to a file that only
    /// its owner can read. The file is written completely or not at all.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.save_credentials_workbook("credentials.xlsx")?;
    /// # assert!(std::fs::exists("credentials.xlsx")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails; an existing file stays unchanged.
    #[cfg(feature = "workbook")]
    pub fn save_credentials_workbook(&self, path: impl AsRef<Path>) -> io::Result<()> {
        table::save(path.as_ref(), |file| self.write_credentials_workbook(file))
    }

    #[cfg(feature = "workbook")]
    fn write_workbook_of_slots(&self, slots: impl Iterator<Item = usize>, mut to: impl Write) -> io::Result<()> {
        let mut book = WorkbookWriter::new("Credentials")?;
        let (_, mut sheet) = book.sheet("Credentials")?;
        let mut last = 0;
        for (column, heading) in (0..).zip(HEADINGS) {
            sheet.cell(0, column, heading, Look::Heading)?;
        }
        for slot in slots {
            last += 1;
            if last == workbook::MOST_ROWS {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "there are more accounts than the 1,048,575 that an Excel sheet can hold",
                ));
            }
            for (column, text) in (0..).zip(self.credentials_of(slot)) {
                sheet.cell(last, column, text, Look::Usual)?;
            }
        }
        sheet.freeze(1)?;
        sheet.finish(last)?;
        to.write_all(&book.finish()?)?;
        to.flush()
    }

    fn write_slots(&self, slots: impl Iterator<Item = usize>, to: impl Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(HEADINGS)?;
        for slot in slots {
            csv.row(self.credentials_of(slot))?;
        }
        csv.finish()
    }

    /// Returns an account's values in the order of [`HEADINGS`].
    fn credentials_of(&self, slot: usize) -> [&str; HEADINGS.len()] {
        let none = if self.sign_in == SignIn::Sso { NO_PASSWORD_SSO } else { NO_PASSWORD };
        let [name, username, year, class] = self.students.texts(slot);
        let password = self.passwords.get(slot).and_then(Option::as_ref).map_or(none, Password::expose);
        [name, username, password, year, class]
    }
}

/// Returns a file as text, and the offset at which the text begins. In a workbook, only the first visible sheet is
/// read.
fn text_of(bytes: Vec<u8>, limits: &Limits) -> Option<(Vec<u8>, usize)> {
    #[cfg(feature = "workbook")]
    if workbook::is_workbook(&bytes) {
        let unwatched = crate::watch::Watch::default();
        let mut book = Workbook::open(&bytes, limits, &unwatched).ok()?;
        let first = book.sheets().iter().position(|sheet| !sheet.is_hidden)?;
        return Some((book.read(first, None).ok()?.text, 0));
    }
    #[cfg(not(feature = "workbook"))]
    let _ = limits;
    let decoded = table::decode(Cow::Owned(bytes)).ok()?;
    Some((decoded.text, decoded.start))
}
