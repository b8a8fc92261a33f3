//! Accounts from the host's own rows.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize};

use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::flag;
use crate::gender::Gender;
use crate::password::Password;
use crate::problem::{Detail, Place, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::row::{Rules, Suggestions};
use crate::sheet::Limits;
use crate::student::{Ids, Students};
use crate::text;
use crate::username::SignIn;

use super::edit::problem;
use super::{Account, AccountError, Accounts, MAY_BE_BLANK};

/// One account as a row of the host's database. What the host does not keep may be left out: the
/// flags are then false, the ethnicity `NOBT`, and the password unknown. Year group, class or gender that is blank in every row is
/// one that the host does not keep: plans leave it as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::exhaustive_structs)] // so that it can be written with `..AccountRow::default()`
pub struct AccountRow {
    /// The id that the host gives the account, such as the primary key of its row: any text, or in JSON an integer. It is
    /// carried through every change of a plan.
    #[serde(deserialize_with = "read_text", skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// The id that the school's MIS, or Wonde, gives the student.
    #[serde(deserialize_with = "read_text", skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The unique pupil number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// The name as it is listed.
    pub full_name: String,
    /// The username.
    pub username: String,
    /// The year group as it is listed; blank where the host keeps none.
    pub year_group: String,
    /// The class as it is listed; blank where the host keeps none.
    pub class_name: String,
    /// `Male`, `Female` or `Non-Binary`; blank where it is not known, or the host keeps none.
    pub gender: String,
    /// In JSON, true or false, or `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub pupil_premium: bool,
    /// A code of four characters.
    pub ethnicity: String,
    /// In JSON, true or false, or `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub send: bool,
    /// In JSON, true or false, or `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub eal: bool,
    /// Whether the student may sign in; true where it is not said.
    #[serde(deserialize_with = "read_flag")]
    pub active: bool,
    /// The password, where the host keeps it as such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl Default for AccountRow {
    fn default() -> Self {
        Self {
            host_id: None,
            source_id: None,
            upn: None,
            full_name: String::new(),
            username: String::new(),
            year_group: String::new(),
            class_name: String::new(),
            gender: String::new(),
            pupil_premium: false,
            ethnicity: "NOBT".to_owned(),
            send: false,
            eal: false,
            active: true,
            password: None,
        }
    }
}

impl fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountRow(<hidden>)")
    }
}

impl AccountRow {
    /// The account as a row, with its password only if that is asked for.
    pub fn of(account: &Account<'_>, with_password: bool) -> Self {
        let password = account.password.filter(|_| with_password);
        Self {
            host_id: account.host_id.map(str::to_owned),
            source_id: account.source_id.map(str::to_owned),
            upn: account.upn.map(str::to_owned),
            full_name: account.full_name.to_owned(),
            username: account.username.to_owned(),
            year_group: account.year_group.to_owned(),
            class_name: account.class_name.to_owned(),
            gender: account.gender.map_or("", Gender::as_str).to_owned(),
            pupil_premium: account.pupil_premium,
            ethnicity: account.ethnicity.code().to_owned(),
            send: account.send,
            eal: account.eal,
            active: account.active,
            password: password.map(|p| p.expose().to_owned()),
        }
    }

    /// The nine cells, in template order.
    pub(crate) fn cells(&self) -> [&str; Column::COUNT] {
        [
            &self.full_name,
            &self.username,
            &self.year_group,
            &self.class_name,
            &self.gender,
            flag::as_str(self.pupil_premium),
            &self.ethnicity,
            flag::as_str(self.send),
            flag::as_str(self.eal),
        ]
    }
}

/// A text as databases keep one, such as an id: an integer is its decimal text.
#[derive(Deserialize)]
#[serde(from = "WrittenText")]
pub(super) struct Text(pub(super) String);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenText {
    Text(String),
    Number(i64),
}

impl From<WrittenText> for Text {
    fn from(written: WrittenText) -> Self {
        Self(match written {
            WrittenText::Text(text) => text,
            WrittenText::Number(number) => number.to_string(),
        })
    }
}

fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
}

/// A flag as databases and people write one.
#[derive(Deserialize)]
#[serde(try_from = "WrittenFlag")]
pub(super) struct Flag(pub(super) bool);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenFlag {
    Flag(bool),
    Number(u8),
    Text(String),
}

impl TryFrom<WrittenFlag> for Flag {
    type Error = &'static str;

    fn try_from(written: WrittenFlag) -> Result<Self, Self::Error> {
        match written {
            WrittenFlag::Flag(flag) => Ok(Self(flag)),
            WrittenFlag::Number(number @ 0..=1) => Ok(Self(number == 1)),
            WrittenFlag::Number(_) => Err("not 0 or 1"),
            WrittenFlag::Text(text) => flag::exact(text.as_bytes()).map(Self).ok_or("not Yes or No"),
        }
    }
}

fn read_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Flag::deserialize(deserializer)?.0)
}

impl Accounts {
    /// Accounts from the host's rows. Names and usernames are kept to the letter, as the host has them;
    /// a gender or ethnicity may be written as a school system writes it.
    ///
    /// # Errors
    /// [`AccountError::Rejected`] with everything that is wrong: a blank name or username, two equal
    /// usernames or source ids, a gender or ethnicity that cannot be read.
    pub fn from_rows(rows: impl IntoIterator<Item = AccountRow>, sign_in: SignIn) -> Result<Self, AccountError> {
        Self::rows_with(rows, sign_in, Ethnicities::shared())
    }

    /// [`from_rows`](Self::from_rows), where the host has added ethnicity codes.
    ///
    /// # Errors
    /// As there.
    pub fn from_rows_with(
        rows: impl IntoIterator<Item = AccountRow>,
        sign_in: SignIn,
        ethnicities: Ethnicities,
    ) -> Result<Self, AccountError> {
        Self::rows_with(rows, sign_in, Arc::new(ethnicities))
    }

    pub(super) fn rows_with(
        rows: impl IntoIterator<Item = AccountRow>,
        sign_in: SignIn,
        ethnicities: Arc<Ethnicities>,
    ) -> Result<Self, AccountError> {
        let mut accounts = Self {
            school_id: None,
            shared_keys: false,
            sign_in,
            students: Students::new(ethnicities.clone()),
            passwords: Vec::new(),
            host_ids: Vec::new(),
            from_rows: true,
            active: Vec::new(),
            index: OnceLock::new(),
        };
        // Usernames of the host's are not judged anew, so by the laxer of the two rules; and what a safe
        // fix would put right is understood.
        let rules = Rules {
            sign_in: SignIn::Password,
            fix: true,
            main_codes_only: false,
            may_be_blank: MAY_BE_BLANK.into_iter().collect(),
            cell_bytes: usize::from(u16::MAX),
            ethnicities,
        };
        let mut suggestions = Suggestions::default();
        let mut report = Report::new(Limits::default().problems);
        let mut usernames = HashMap::new();
        // The keys of usernames in which apostrophes or hyphens were folded.
        let mut folded = HashSet::new();
        let mut source_ids = HashMap::new();
        let mut host_ids = HashMap::new();
        for (index, row) in rows.into_iter().enumerate() {
            report.count_row(false);
            let cells = row.cells().map(Some);
            let mut findings = Vec::new();
            suggestions.want(!report.is_full(false));
            let checked = rules.check(cells, &mut findings, &mut suggestions);
            let wrong = |code: Code, column| code == Code::Blank || code == Code::TooLong || column >= Column::Gender;
            for finding in findings {
                let stands = !finding.fixed && finding.code.severity() == Severity::Error;
                if stands && wrong(finding.code, finding.column) {
                    let place = Place::Record { index, column: Some(finding.column) };
                    report.add(problem(place, finding, cells), false);
                }
            }
            let mut unique = |taken: Option<usize>, code: Code, column, value: &str| {
                if let Some(other) = taken {
                    let problem = Problem::new(code, Place::Record { index, column });
                    report.add(problem.with_value(value).with_detail(Detail::OtherRecord(other as u64)), false);
                }
            };
            let username = Some(Column::Username);
            // Usernames that differ in an apostrophe or a hyphen may be there already: they load, and are listed.
            let (key, key_with_marks) = (text::key(&row.username), text::key_with_marks(&row.username));
            if key != key_with_marks.as_str() {
                accounts.shared_keys |= !folded.insert(key.into_owned());
            }
            unique(usernames.insert(key_with_marks, index), Code::UsernameDuplicate, username, &row.username);
            if let Some(id) = &row.source_id {
                unique(source_ids.insert(id.clone(), index), Code::SourceIdDuplicate, None, id);
            }
            if let Some(id) = &row.host_id {
                unique(host_ids.insert(id.clone(), index), Code::HostIdDuplicate, None, id);
            }
            if let Some(codes) = checked.codes {
                let [name, username, year, class, ..] = row.cells();
                accounts.students.push([name, username, year, class], codes);
                accounts.passwords.push(row.password.as_deref().map(Password::existing));
                accounts.active.push(row.active);
                let ids = Ids::new(row.source_id.as_deref(), row.upn.as_deref());
                accounts.students.set_ids(accounts.students.len() - 1, ids);
                accounts.set_host_id(accounts.students.len() - 1, row.host_id.as_deref());
            }
        }
        accounts.shared_keys |= folded.iter().any(|key| usernames.contains_key(key));
        report.finish(|_| {});
        if !report.ok() {
            return Err(AccountError::Rejected(report));
        }
        Ok(accounts)
    }
}
