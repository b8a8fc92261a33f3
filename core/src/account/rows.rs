//! Accounts as rows of your database: the fields of `AccountRow`, how they are read, and the checks of `from_rows`.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

use crate::check::{Suggestions, Undecided, UniqueValues};
use crate::column::Column;
use crate::password::Password;
use crate::problem::{Position, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::student::{Ids, Students};
use crate::table::Limits;
use crate::text;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;
use crate::values::flag;
use crate::values::gender::Gender;

use super::edit::problem;
use super::state::{read_day, read_fields};
use super::{Account, AccountError, AccountState, Accounts, rules};

/// One account as a row in your database. You may leave out fields that you do not store. If `active` is missing, it is
/// true. Any other missing flag is false, a missing ethnicity is `NOBT`, and a missing password is unknown. If year
/// group, class or gender is blank in every row, plans treat that column as not stored and do not change it.
///
/// ```
/// use onroll::account::AccountRow;
/// use onroll::{Accounts, SignIn};
/// // Rows as JSON, as a database gives them: flags may be 0 or 1.
/// let rows = r#"[{"host_id": 17, "full_name": "Zoë Okafor", "username": "Zoë Okafor", "class_name": "5A", "send": 1}]"#;
/// let rows: Vec<AccountRow> = serde_json::from_str(rows)?;
/// let accounts = Accounts::from_rows(rows, SignIn::Password)?;
/// assert!(accounts.get("Zoë Okafor").unwrap().send);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::exhaustive_structs)] // so that it can be written with `..AccountRow::default()`
pub struct AccountRow {
    /// Your own id for the account, such as its primary key. In JSON, it is a text or an integer. Every change in a
    /// plan includes it.
    #[serde(deserialize_with = "read_text", skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// The student's id in the school's MIS or in Wonde.
    #[serde(deserialize_with = "read_text", skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The unique pupil number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// Wonde's id for the person. It stays the same when a student enrols again with a different source id.
    #[serde(deserialize_with = "read_text", skip_serializing_if = "Option::is_none")]
    pub upi: Option<String>,
    /// The full name.
    pub full_name: String,
    /// The username.
    pub username: String,
    /// The year group as the school writes it. Leave it blank if you do not store year groups.
    pub year_group: String,
    /// The class as the school writes it. Leave it blank if you do not store classes.
    pub class_name: String,
    /// The gender: `Male`, `Female` or `Non-Binary`. Leave it blank if it is unknown or you do not store genders.
    pub gender: String,
    /// Whether the school receives the pupil premium for the student. In JSON, write true, false, `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub pupil_premium: bool,
    /// The ethnicity, as a code with four characters.
    pub ethnicity: String,
    /// Whether the student has SEND. In JSON, write true, false, `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub send: bool,
    /// Whether English is an additional language. In JSON, write true, false, `"Yes"` or `"No"`.
    #[serde(deserialize_with = "read_flag")]
    pub eal: bool,
    /// Whether the student is on roll. The default is true.
    #[serde(deserialize_with = "read_flag")]
    pub active: bool,
    /// Whether you or a teacher blocked the account. Plans never unblock it.
    #[serde(deserialize_with = "read_flag", skip_serializing_if = "is_false")]
    pub blocked: bool,
    /// Whether the account was made by hand. Plans never deactivate it.
    #[serde(deserialize_with = "read_flag", skip_serializing_if = "is_false")]
    pub manual: bool,
    /// The fields that you maintain yourself. Plans do not change them. In JSON, write a list of names, or one text
    /// with commas between the names.
    #[serde(deserialize_with = "read_fields", skip_serializing_if = "Vec::is_empty")]
    pub own_fields: Vec<Column>,
    /// The last day on which a leaver can sign in. In JSON, it is a text such as `"2026-08-20"`.
    #[serde(deserialize_with = "read_day", skip_serializing_if = "Option::is_none")]
    pub active_until: Option<NaiveDate>,
    /// Whether the account has a password, even if `password` is `None` because you store only a hash. If this field is
    /// true, [`Accounts::fill_passwords`] gives the account no new password.
    #[serde(deserialize_with = "read_flag", skip_serializing_if = "is_false")]
    pub has_password: bool,
    /// The password, if you store it as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl Default for AccountRow {
    fn default() -> Self {
        Self {
            host_id: None,
            source_id: None,
            upn: None,
            upi: None,
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
            blocked: false,
            manual: false,
            own_fields: Vec::new(),
            active_until: None,
            has_password: false,
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
    /// Returns the account as a row. The row contains the password only if `with_password` is true.
    ///
    /// ```
    /// # use onroll::account::AccountRow;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let row = AccountRow::of(&accounts.at(0).unwrap(), false);
    /// assert_eq!((row.username.as_str(), row.password, row.has_password), ("Zoë Okafor", None, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(account: &Account<'_>, with_password: bool) -> Self {
        let password = account.password.filter(|_| with_password);
        Self {
            host_id: account.host_id.map(str::to_owned),
            source_id: account.source_id.map(str::to_owned),
            upn: account.upn.map(str::to_owned),
            upi: account.upi.map(str::to_owned),
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
            blocked: account.state.blocked,
            manual: account.state.manual,
            own_fields: account.state.own_fields().collect(),
            active_until: account.state.active_until,
            has_password: account.has_password(),
            password: password.map(|p| p.expose().to_owned()),
        }
    }

    /// Returns the account's state: the settings that you or a teacher made.
    pub(crate) fn state(&self) -> AccountState {
        AccountState {
            blocked: self.blocked,
            manual: self.manual,
            own: self.own_fields.iter().copied().collect(),
            active_until: self.active_until,
            password_elsewhere: self.has_password && self.password.is_none(),
        }
    }

    /// Returns the nine cells, in template order.
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

/// A text as databases store it, such as an id. An integer is read as its decimal digits.
#[derive(Deserialize)]
#[serde(from = "WrittenText")]
pub(super) struct RowText(pub(super) String);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenText {
    Text(String),
    Number(i64),
}

impl From<WrittenText> for RowText {
    fn from(written: WrittenText) -> Self {
        Self(match written {
            WrittenText::Text(text) => text,
            WrittenText::Number(number) => number.to_string(),
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_false(flag: &bool) -> bool {
    !flag
}

fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<RowText>::deserialize(deserializer)?.map(|text| text.0))
}

/// A flag as databases and people write it: true, 1 or `Yes`.
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
    /// Creates accounts from your own rows. Names and usernames are kept exactly as they are. You can write gender and
    /// ethnicity as an MIS does.
    ///
    /// ```
    /// use onroll::account::AccountRow;
    /// use onroll::{Accounts, SignIn};
    /// // Rows from the database of a host that stores only some of the columns.
    /// let rows = [AccountRow {
    ///     host_id: Some("17".into()),
    ///     full_name: "Zoë Okafor".into(),
    ///     username: "Zoë Okafor".into(),
    ///     class_name: "5A".into(),
    ///     has_password: true, // the host stores the hash
    ///     ..AccountRow::default()
    /// }];
    /// let accounts = Accounts::from_rows(rows, SignIn::Password)?;
    /// assert_eq!(accounts.get("Zoë Okafor").unwrap().host_id, Some("17"));
    /// # Ok::<(), onroll::account::AccountError>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::Rejected`] with every problem: a blank name or username, two equal usernames or source ids, or a
    /// gender or ethnicity that cannot be read.
    pub fn from_rows(rows: impl IntoIterator<Item = AccountRow>, sign_in: SignIn) -> Result<Self, AccountError> {
        Self::rows_with(rows, sign_in, Ethnicities::shared())
    }

    /// Creates accounts as [`from_rows`](Self::from_rows) does, and adds your own ethnicity codes.
    ///
    /// ```
    /// use onroll::account::AccountRow;
    /// use onroll::values::Ethnicities;
    /// use onroll::{Accounts, SignIn};
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
    /// let row = AccountRow {
    ///     full_name: "Zoë Okafor".into(),
    ///     username: "Zoë Okafor".into(),
    ///     ethnicity: "WSHE".into(),
    ///     ..AccountRow::default()
    /// };
    /// let accounts = Accounts::from_rows_with([row], SignIn::Password, codes)?;
    /// assert_eq!(accounts.at(0).unwrap().ethnicity.main_code(), "WBRI");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`from_rows`](Self::from_rows).
    pub fn from_rows_with(
        rows: impl IntoIterator<Item = AccountRow>,
        sign_in: SignIn,
        ethnicities: Ethnicities,
    ) -> Result<Self, AccountError> {
        Self::rows_with(rows, sign_in, Arc::new(ethnicities))
    }

    fn without_rows(sign_in: SignIn, ethnicities: Arc<Ethnicities>) -> Self {
        Self {
            school_id: None,
            shared_keys: false,
            sign_in,
            students: Students::new(ethnicities),
            passwords: Vec::new(),
            host_ids: Vec::new(),
            from_rows: true,
            active: Vec::new(),
            states: Vec::new(),
            promotion: None,
            index: OnceLock::new(),
        }
    }

    pub(super) fn rows_with(
        rows: impl IntoIterator<Item = AccountRow>,
        sign_in: SignIn,
        ethnicities: Arc<Ethnicities>,
    ) -> Result<Self, AccountError> {
        let mut accounts = Self::without_rows(sign_in, ethnicities.clone());
        // The host's usernames are not checked again, so we use the less strict rules. Values with a safe fix are
        // accepted.
        let rules = rules(SignIn::Password, &ethnicities).fix(true).cell_bytes(usize::from(u16::MAX));
        let mut suggestions = Suggestions::default();
        let mut report = Report::new(Limits::default().problems);
        let mut usernames = UniqueValues::new(Code::UsernameDuplicate, Some(Column::Username));
        // The keys of usernames in which apostrophes or hyphens were folded.
        let mut folded = HashSet::new();
        let mut source_ids = UniqueValues::new(Code::SourceIdDuplicate, None);
        let mut host_ids = UniqueValues::new(Code::HostIdDuplicate, None);
        for (index, row) in rows.into_iter().enumerate() {
            report.count_row(false);
            let cells = row.cells();
            let mut findings = Vec::new();
            suggestions.want(!report.is_full(false));
            let checked = rules.check(cells.map(Some), Undecided::default(), &mut findings, &mut suggestions);
            let wrong = |code: Code, column| code == Code::Blank || code == Code::TooLong || column >= Column::Gender;
            for finding in findings {
                let stands = !finding.fixed && finding.code.severity() == Severity::Error;
                if stands && wrong(finding.code, finding.column) {
                    let position = Position::Record { index, column: Some(finding.column) };
                    report.add(problem(position, finding, cells), false);
                }
            }
            let mut note = |values: &mut UniqueValues, key: String, value: &str| {
                if let Some(other) = values.note(key, index) {
                    report.add(values.problem(index, other, value), false);
                }
            };
            // Older accounts can have usernames that differ only in an apostrophe or a hyphen. We accept such accounts,
            // and `sharing_a_key` lists them.
            let (key, key_with_marks) = (text::key(&row.username), text::key_with_marks(&row.username));
            if key != key_with_marks.as_str() {
                accounts.shared_keys |= !folded.insert(key.into_owned());
            }
            note(&mut usernames, key_with_marks, &row.username);
            if let Some(id) = &row.source_id {
                note(&mut source_ids, id.clone(), id);
            }
            if let Some(id) = &row.host_id {
                note(&mut host_ids, id.clone(), id);
            }
            if let Some(codes) = checked.codes {
                let [name, username, year, class, ..] = row.cells();
                accounts.students.push([name, username, year, class], codes);
                accounts.passwords.push(row.password.as_deref().map(Password::existing));
                accounts.active.push(row.active);
                let ids = Ids::new(row.source_id.as_deref(), row.upn.as_deref()).with_upi(row.upi.as_deref());
                accounts.students.set_ids(accounts.students.len() - 1, ids);
                accounts.set_host_id(accounts.students.len() - 1, row.host_id.as_deref());
                accounts.set_state(accounts.students.len() - 1, row.state());
            }
        }
        accounts.shared_keys |= folded.iter().any(|key| usernames.contains(key));
        report.finish(0, |_| {});
        if !report.ok() {
            return Err(AccountError::Rejected(report));
        }
        Ok(accounts)
    }
}
