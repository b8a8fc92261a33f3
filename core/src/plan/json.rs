//! A plan as JSON, both ways.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::{Account, AccountRow};
use crate::ethnicity::{Ethnicities, Ethnicity};
use crate::password::Password;
use crate::username::SignIn;

use super::change::{Changes, FIELDS, account, values};
use super::{
    Change, ChangeKind, Conflict, Field, Guard, KeptUsername, NearPair, Plan, PlanEntry, PlanError, RecordedDecision,
};

/// The format this version writes, and the only one it reads: format 1 did not say who gets a new password.
const FORMAT: u64 = 2;

#[derive(Serialize, Deserialize)]
struct Document<'p> {
    format: u64,
    /// Of the accounts the plan was made for.
    fingerprint: Cow<'p, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school_id: Option<Cow<'p, str>>,
    /// Of the rest of the document, so that an edit by hand is seen.
    checksum: String,
    sign_in: SignIn,
    summary: String,
    passed: Cow<'p, [Guard]>,
    unchanged: u64,
    held: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    held_joiners: u64,
    erased: u64,
    /// Code, description and main code of those that the host has added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ethnicities: Vec<[String; 3]>,
    changes: Vec<ChangeDocument>,
    conflicts: Cow<'p, [Conflict]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    near: Cow<'p, [NearPair]>,
    kept_usernames: Cow<'p, [KeptUsername]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    erased_by_username: Cow<'p, [PlanEntry]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    decisions: Cow<'p, [RecordedDecision]>,
}

#[derive(Serialize, Deserialize)]
struct ChangeDocument {
    kind: ChangeKind,
    username: String,
    account: AccountRow,
    /// Name, old value, new value.
    fields: Vec<(String, String, String)>,
    /// Whether the account gets a new password, here or from the host.
    new_password: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl Plan {
    /// Returns the plan as JSON, without new passwords: `{"format": 2, "fingerprint": …, "changes": […], …}`. A plan read from
    /// it says who needs one and has none, and [`apply`](Self::apply) refuses it.
    pub fn to_json(&self) -> String {
        self.json(false)
    }

    /// Returns the plan as JSON with the new passwords. Keep it as you keep those.
    pub fn to_json_with_passwords(&self) -> String {
        self.json(true)
    }

    fn json(&self, with_passwords: bool) -> String {
        serialize(&self.with_checksum(with_passwords))
    }

    fn with_checksum(&self, with_passwords: bool) -> Document<'_> {
        let mut document = self.document(with_passwords);
        document.checksum = checksum(&document);
        document
    }

    fn document(&self, with_passwords: bool) -> Document<'_> {
        let ethnicity = |e: &Ethnicity| [e.code(), e.description(), e.main_code()].map(str::to_owned);
        Document {
            format: FORMAT,
            fingerprint: Cow::Borrowed(&self.fingerprint),
            school_id: self.school_id.as_deref().map(Cow::Borrowed),
            checksum: String::new(),
            sign_in: self.sign_in,
            summary: self.summary(),
            passed: Cow::Borrowed(&self.passed),
            unchanged: self.unchanged,
            held: self.held,
            held_joiners: self.held_joiners,
            erased: self.erased,
            ethnicities: self.changes.ethnicities().added().map(ethnicity).collect(),
            changes: self.changes().map(|change| document_of(change, with_passwords)).collect(),
            conflicts: Cow::Borrowed(&self.conflicts),
            near: Cow::Borrowed(&self.near),
            kept_usernames: Cow::Borrowed(&self.kept_usernames),
            erased_by_username: Cow::Borrowed(&self.erased_by_username),
            decisions: Cow::Borrowed(&self.decisions),
        }
    }

    /// A plan from its JSON, with or without passwords.
    ///
    /// # Errors
    /// [`PlanError::Json`] if it is not such, [`PlanError::Version`] if it is of a later format, [`PlanError::Edited`]
    /// if it is not as it was written.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        let at = |error: serde_json::Error| PlanError::Json { line: error.line(), column: error.column() };
        let Version { format } = serde_json::from_str(text).map_err(at)?;
        if format != FORMAT {
            return Err(PlanError::Version { found: format, newest: FORMAT });
        }
        Self::whole(serde_json::from_str(text).map_err(at)?)
    }

    /// The plan of a document that is as it was written.
    fn whole(document: Document<'_>) -> Result<Self, PlanError> {
        let (written, summary) = (document.checksum.clone(), document.summary.clone());
        let plan = Self::of(document).filter(|plan| {
            // Whatever is not as this plan would be written is not as it was written.
            let again = plan.document(true);
            checksum(&again) == written && again.summary == summary
        });
        plan.ok_or(PlanError::Edited(None))
    }

    fn of(document: Document<'_>) -> Option<Self> {
        let mut ethnicities = Ethnicities::shared();
        for [code, description, main_code] in &document.ethnicities {
            Arc::make_mut(&mut ethnicities).add(code, description, main_code).ok()?;
        }
        let mut changes = Changes::new(Arc::clone(&ethnicities));
        for change in &document.changes {
            let [before, after] = both_sides(change, &ethnicities)?;
            changes.push(change.kind, &before, &after, change.new_password);
        }
        let password = |change: &ChangeDocument| change.account.password.as_deref().map(Password::existing);
        changes.restore_passwords(document.changes.iter().map(password).collect());
        Some(Self {
            fingerprint: document.fingerprint.into_owned(),
            school_id: document.school_id.map(Cow::into_owned),
            sign_in: document.sign_in,
            changes,
            conflicts: document.conflicts.into_owned(),
            near: document.near.into_owned(),
            kept_usernames: document.kept_usernames.into_owned(),
            erased_by_username: document.erased_by_username.into_owned(),
            decisions: document.decisions.into_owned(),
            unchanged: document.unchanged,
            held: document.held,
            held_joiners: document.held_joiners,
            erased: document.erased,
            passed: document.passed.into_owned(),
        })
    }
}

impl Serialize for Plan {
    /// As [`to_json`](Self::to_json), without passwords.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_checksum(false).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::deserialize(deserializer)?;
        if document.format != FORMAT {
            return Err(D::Error::custom(PlanError::Version { found: document.format, newest: FORMAT }));
        }
        Self::whole(document).map_err(D::Error::custom)
    }
}

impl Serialize for Change<'_> {
    /// `{"kind": …, "username": …, "account": …, "fields": [[name, old, new]], "new_password": …}`, without a password.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        document_of(*self, false).serialize(serializer)
    }
}

/// The account as it is and as it will be, unless a value is none that an account can have.
fn both_sides<'a>(document: &'a ChangeDocument, ethnicities: &'a Ethnicities) -> Option<[Account<'a>; 2]> {
    let row = &document.account;
    let ids = [&row.source_id, &row.upn].map(|id| id.as_deref().unwrap_or_default());
    let mut values = values(row.cells(), row.active, ids);
    let after = account(values, ethnicities)?;
    for (name, old, _) in &document.fields {
        let place = FIELDS.iter().position(|known| known == name)?;
        values[place] = old;
    }
    let host_id = row.host_id.as_deref();
    Some([Account { host_id, ..account(values, ethnicities)? }, Account { host_id, ..after }])
}

fn document_of(change: Change<'_>, with_passwords: bool) -> ChangeDocument {
    let field = |f: Field<'_>| (f.name().to_owned(), f.old().as_str().to_owned(), f.new_value().as_str().to_owned());
    ChangeDocument {
        kind: change.kind(),
        username: change.username().to_owned(),
        account: AccountRow::of(&change.account(), with_passwords),
        fields: change.fields().map(field).collect(),
        new_password: change.new_password(),
    }
}

/// A checksum of the document while it has none.
fn checksum(document: &Document<'_>) -> String {
    format!("{:016x}", twox_hash::XxHash3_64::oneshot(serialize(document).as_bytes()))
}

fn serialize(document: &Document<'_>) -> String {
    // Strings and numbers always serialize.
    serde_json::to_string(document).unwrap_or_default()
}
