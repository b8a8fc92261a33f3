//! Credentials as CSV: out for the teachers, and in again to carry on from another run.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::column::Column;
use crate::password::Password;
use crate::sheet::{self, CsvWriter, Limits, Rows};

use super::{AccountError, Accounts};

/// What teachers need and no more: no ethnicity, SEND, EAL or pupil premium.
const HEADINGS: [&str; 5] = [
    Column::FullName.heading(),
    Column::Username.heading(),
    "Password",
    Column::YearGroup.heading(),
    Column::Class.heading(),
];

/// What came of reading a file of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialsRead {
    /// How many accounts were given the password of the file.
    pub set: usize,
    /// How many rows name a username that no account has.
    pub unknown: usize,
    /// How many rows have no password.
    pub blank: usize,
}

impl Accounts {
    /// Writes the credentials of the active accounts as CSV that Excel opens as it is: name, username,
    /// password, year group and class. No cell is run as a formula; one that would be stands behind an
    /// apostrophe.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_credentials(&self, to: impl Write) -> io::Result<()> {
        self.write_places((0..self.len()).filter(|place| self.is_active(*place)), to)
    }

    /// [`write_credentials`](Self::write_credentials) of the accounts with these usernames alone, in their order; a
    /// username that no account has is passed over.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_credentials_of<'u>(
        &self,
        usernames: impl IntoIterator<Item = &'u str>,
        to: impl Write,
    ) -> io::Result<()> {
        self.write_places(usernames.into_iter().filter_map(|username| self.place(username)), to)
    }

    /// [`write_credentials`](Self::write_credentials) to a file, whole or not at all, readable by its owner alone.
    ///
    /// # Errors
    /// If writing fails; a file that was there stays as it was.
    pub fn save_credentials(&self, path: impl AsRef<Path>) -> io::Result<()> {
        sheet::save(path.as_ref(), |file| self.write_credentials(file))
    }

    /// Takes the passwords from the credentials that another run wrote, so that nobody's changes:
    /// for every account with a username of the file, its password there.
    ///
    /// # Errors
    /// [`AccountError::NotCredentials`] if the file is no such, [`AccountError::Io`] if it cannot be read;
    /// nothing is changed then.
    pub fn read_credentials(&mut self, from: impl Read) -> Result<CredentialsRead, AccountError> {
        let limits = Limits::default().within_reach();
        let mut bytes = Vec::new();
        from.take(limits.file_bytes).read_to_end(&mut bytes)?;
        let decoded = sheet::decode(Cow::Owned(bytes)).map_err(|_| AccountError::NotCredentials)?;
        let mut rows = Rows::new(&decoded.text, decoded.start, b',', &limits);
        let [_, username, password, ..] = HEADINGS;
        let place = |headings: &[&str], wanted| headings.iter().position(|h| *h == wanted);
        let first = rows.next().ok_or(AccountError::NotCredentials)?;
        let headings: Vec<&str> = first.cells().collect();
        let (Some(username), Some(password)) = (place(&headings, username), place(&headings, password)) else {
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
            let password = sheet::written(row.cell(password));
            match self.place(sheet::written(row.cell(username))) {
                None => read.unknown += 1,
                Some(_) if password.is_empty() => read.blank += 1,
                Some(place) => found.push((place, Password::existing(password))),
            }
        }
        read.set = found.len();
        for (place, password) in found {
            self.put_password(place, Some(password))?;
        }
        Ok(read)
    }

    fn write_places(&self, places: impl Iterator<Item = usize>, to: impl Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(HEADINGS)?;
        for place in places {
            let [name, username, year, class] = self.students.texts(place);
            let password = self.passwords.get(place).and_then(Option::as_ref).map_or("", Password::expose);
            csv.row([name, username, password, year, class])?;
        }
        csv.finish()
    }
}
