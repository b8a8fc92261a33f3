//! The result of checking a token (`AccessCheck`): the list of fields, the words of their permissions, and what each
//! state means for accounts. `access_check/requests.rs` makes the requests.

mod requests;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::column::Column;

use super::fields::{Said, YearGroups};
use super::includes;
use super::loose::LooseText;
use super::model::Student;
use super::options::Options;
pub(super) use requests::Checking;

/// The fields that a token may read at one school, according to its permissions and to a first page of students.
///
/// ```no_run
/// # #[cfg(feature = "http")]
/// # fn check() -> Result<(), Box<dyn std::error::Error>> {
/// use onroll::wonde::Client;
/// let client = Client::new(&std::env::var("WONDE_TOKEN")?)?;
/// let check = client.check_access(&onroll::adapter::Http::new()?, "A1329183376")?;
/// print!("{}", check.text());
/// # Ok(()) }
/// ```
///
/// You can also read each result separately.
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// # use onroll::wonde::Client;
/// # let fake = FakeWonde::start(60)?;
/// # fake.control(r#"{"set": {"hidden": ["ethnicity"]}}"#);
/// # let client = Client::new(FakeWonde::TOKEN)?.domain(&fake.domain())?;
/// let check = client.check_access(&onroll::adapter::Http::new()?, FakeWonde::SCHOOL)?;
/// assert_eq!((check.school_id(), check.is_online(), check.is_approved()), (FakeWonde::SCHOOL, Some(true), Some(true)));
/// assert!(check.students() > 0 && check.are_permissions_known() && check.refused_includes().is_empty());
/// for field in check.fields() {
///     println!("{}: {}", field.field(), field.consequence());
/// }
/// println!("not permitted: {:?}; last read from the MIS: {:?}", check.withheld(), check.last_synced());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessCheck {
    pub(super) school: String,
    pub(super) is_online: Option<bool>,
    pub(super) is_approved: Option<bool>,
    pub(super) last_synced: Option<DateTime<Utc>>,
    pub(super) are_permissions_known: bool,
    pub(super) students: usize,
    #[serde(deserialize_with = "includes::read")]
    pub(super) refused: Vec<&'static str>,
    pub(super) fields: Vec<FieldCheck>,
}

/// Whether one field can be read.
///
/// ```
/// # #[cfg(all(feature = "http", feature = "testing"))] {
/// # use onroll::testing::FakeWonde;
/// # use onroll::wonde::{Client, FieldState};
/// # let fake = FakeWonde::start(60)?;
/// # let client = Client::new(FakeWonde::TOKEN)?.domain(&fake.domain())?;
/// let check = client.check_access(&onroll::adapter::Http::new()?, FakeWonde::SCHOOL)?;
/// for field in check.fields().iter().filter(|field| field.state() != FieldState::Readable) {
///     println!("{} ({} students have it): {}", field.field(), field.filled(), field.consequence());
/// }
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCheck {
    pub(super) field: AccessField,
    pub(super) state: FieldState,
    pub(super) filled: usize,
}

/// The state of a field.
///
/// ```
/// use onroll::wonde::FieldState;
/// fn colour(state: FieldState) -> &'static str {
///     match state {
///         FieldState::Readable => "green",
///         FieldState::Empty => "yellow",
///         _ => "red",
///     }
/// }
/// assert_eq!((colour(FieldState::NotPermitted), FieldState::NotPermitted.as_str()), ("red", "not-permitted"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FieldState {
    /// Students have a value in this field.
    Readable,
    /// As far as we know, the field is permitted, but it has almost no values. At most 2% of the students have a value.
    /// If there are fewer than 20 students, none has a value.
    Empty,
    /// The school has not permitted this field.
    NotPermitted,
}

impl FieldState {
    /// Returns the state in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Empty => "empty",
            Self::NotPermitted => "not-permitted",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub(super) enum AccessField {
    FullName,
    LegalName,
    Email,
    Upn,
    Of(Column),
}

/// The fields, in the order in which [`AccessCheck::text`] lists them.
const FIELDS: [AccessField; 11] = [
    AccessField::FullName,
    AccessField::LegalName,
    AccessField::Of(Column::YearGroup),
    AccessField::Of(Column::Class),
    AccessField::Of(Column::Gender),
    AccessField::Of(Column::PupilPremium),
    AccessField::Of(Column::Ethnicity),
    AccessField::Of(Column::Send),
    AccessField::Of(Column::Eal),
    AccessField::Upn,
    AccessField::Email,
];

impl From<AccessField> for &'static str {
    fn from(field: AccessField) -> Self {
        field.key()
    }
}

impl TryFrom<String> for AccessField {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        FIELDS.into_iter().find(|field| field.key() == key).ok_or("no field of a check")
    }
}

impl AccessField {
    fn key(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::LegalName => "legal_name",
            Self::Email => "email",
            Self::Upn => "upn",
            Self::Of(column) => column.key(),
        }
    }

    /// Returns the column that the field fills.
    fn column(self) -> Option<Column> {
        match self {
            Self::FullName => Some(Column::FullName),
            Self::Email => Some(Column::Username),
            Self::Of(column) => Some(column),
            Self::LegalName | Self::Upn => None,
        }
    }

    /// Returns the includes that contain the field. The list is empty if every record has the field.
    pub(super) fn sources(self) -> &'static [&'static str] {
        match self {
            Self::FullName | Self::LegalName | Self::Of(Column::Gender) => &[],
            Self::Email => &["contact_details"],
            Self::Upn => &["education_details"],
            Self::Of(Column::YearGroup) => &["year", "education_details", "groups"],
            Self::Of(Column::Class) => &["registration", "groups", "classes"],
            Self::Of(_) => &["extended_details"],
        }
    }

    /// Returns words that identify the field's permission. Wonde publishes no list of permissions, so the words come
    /// from the names in its portal.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::FullName => &["forename", "surname"],
            Self::LegalName => &["legal"],
            Self::Email => &["emails", "email"],
            Self::Upn => &["upn"],
            Self::Of(Column::YearGroup) => &["nc year"],
            Self::Of(Column::Gender) => &["gender"],
            Self::Of(Column::PupilPremium) => &["premium"],
            Self::Of(Column::Ethnicity) => &["ethnicity"],
            Self::Of(Column::Send) => &["sen status"],
            Self::Of(Column::Eal) => &["additional language"],
            Self::Of(_) => &[],
        }
    }

    /// Returns what happens if the field cannot be read.
    fn consequence(self) -> &'static str {
        match self {
            Self::FullName => {
                "New accounts cannot be made without forename and surname; existing accounts keep their names."
            }
            Self::LegalName => "New accounts get the preferred name, even if you chose legal names.",
            Self::Email => {
                "With SSO, the email address is the username, so no new accounts can be made; existing accounts keep their usernames."
            }
            Self::Upn => {
                "Accounts are matched by Wonde's ids alone, so after a change of MIS they cannot be matched with certainty."
            }
            Self::Of(Column::YearGroup) => {
                "New accounts have no year group, unless it is read from the class name; existing ones keep theirs."
            }
            Self::Of(Column::Class) => "New accounts have no class; existing ones keep theirs.",
            Self::Of(Column::Ethnicity) => "New accounts get NOBT (not obtained); existing ones keep theirs.",
            Self::Of(Column::Gender) => "New accounts have no gender; existing ones keep theirs.",
            Self::Of(_) => "New accounts get No; existing ones keep theirs.",
        }
    }

    pub(super) fn is_filled<'s>(self, student: &'s Student, options: &'s Options, years: &mut YearGroups<'s>) -> bool {
        let both = |names: [&LooseText; 2]| names.iter().all(|name| name.get().is_some());
        match self {
            Self::FullName => both([&student.forename, &student.surname]),
            Self::LegalName => both([&student.legal_forename, &student.legal_surname]),
            Self::Email => !options.email(student).address().is_empty(),
            Self::Upn => student.education.0.as_ref().is_some_and(|education| education.upn.get().is_some()),
            Self::Of(Column::YearGroup) => !years.of(student, options).is_empty(),
            Self::Of(Column::Class) => !options.class(student).is_empty(),
            Self::Of(column) => options.said(column, student) != Said::Nothing,
        }
    }
}

impl FieldCheck {
    /// Returns the name of the field: a student's field, or `legal_name`, `upn` or `email`.
    pub fn field(&self) -> &'static str {
        self.field.key()
    }

    /// Returns the state of the field.
    pub fn state(&self) -> FieldState {
        self.state
    }

    /// Returns the number of students on the first page who have a value in this field.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// Returns what the state means, in one sentence.
    pub fn consequence(&self) -> &'static str {
        match self.state {
            FieldState::Readable => "Accounts get this value, and are updated when it changes.",
            _ => self.field.consequence(),
        }
    }
}

impl AccessCheck {
    /// Returns the school's id.
    pub fn school_id(&self) -> &str {
        &self.school
    }

    /// Returns whether Wonde is connected to the school's MIS. Returns `None` if Wonde does not say.
    pub fn is_online(&self) -> Option<bool> {
        self.is_online
    }

    /// Returns whether the school has approved access. Returns `None` if Wonde does not say.
    pub fn is_approved(&self) -> Option<bool> {
        self.is_approved
    }

    /// Returns the time of the newest change on the first page. Wonde last read the MIS at this time or later. If
    /// nothing changes in a school, this time is old, even if Wonde still reads the MIS. See also
    /// [`is_online`](Self::is_online).
    pub fn last_synced(&self) -> Option<DateTime<Utc>> {
        self.last_synced
    }

    /// Returns the number of students on the first page, at most 200.
    pub fn students(&self) -> usize {
        self.students
    }

    /// Returns whether the token may read its own permissions. If the token may not, a field that is not permitted is
    /// reported as empty, unless Wonde [refuses](Self::refused_includes) the whole part that contains it.
    pub fn are_permissions_known(&self) -> bool {
        self.are_permissions_known
    }

    /// Returns the parts of the records that the token may not read at all, by Wonde's names.
    pub fn refused_includes(&self) -> &[&'static str] {
        &self.refused
    }

    /// Returns every field, and whether the token can read it.
    pub fn fields(&self) -> &[FieldCheck] {
        &self.fields
    }

    /// Returns the withheld columns, which you can pass to [`Options::withheld`].
    pub fn withheld(&self) -> Vec<Column> {
        let withheld = self.fields.iter().filter(|field| field.state != FieldState::Readable);
        withheld.filter_map(|field| field.field.column()).collect()
    }

    /// Returns the result as a text for people. It contains no personal data.
    pub fn text(&self) -> String {
        let known = |flag: Option<bool>, yes, no| flag.map_or("not known", |flag| if flag { yes } else { no });
        let mut lines = vec![
            format!("School {}", self.school),
            format!("Access: {}", known(self.is_approved, "approved", "not approved")),
            format!("Connection to the MIS: {}", known(self.is_online, "online", "offline; Wonde's data may be old")),
        ];
        lines.push(match self.last_synced {
            Some(time) => format!("Last read from the MIS: at {} or later", time.format("%Y-%m-%d %H:%M UTC")),
            None => "Last read from the MIS: not known".to_owned(),
        });
        if self.students == 0 {
            let what = "Wonde lists no students. Check that the domain is for the school's region, and that the token may read \
                 students.";
            lines.push(what.to_owned());
        }
        for field in &self.fields {
            let (name, of) = (field.field().replace('_', " "), self.students);
            lines.push(match field.state {
                FieldState::Readable => format!("{name}: {} of {of} students have one", field.filled),
                FieldState::Empty => {
                    format!("{name}: {} of {of} students have one. {}", field.filled, field.consequence())
                }
                FieldState::NotPermitted => format!("{name}: the school has not permitted it. {}", field.consequence()),
            });
        }
        lines.join("\n") + "\n"
    }
}

impl fmt::Display for AccessCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
