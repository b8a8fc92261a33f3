//! A plan as JSON, both ways.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::account::AccountRow;
use crate::password::Password;
use crate::text::Private;
use crate::username::SignIn;

use super::{
    Change, ChangeKind, Conflict, ConflictReason, FIELDS, Field, Guard, KeptUsername, Listed, Plan, PlanError,
};

/// The format this version writes, and the newest it reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Document<'p> {
    format: u64,
    /// Of the accounts the plan was made for.
    fingerprint: Cow<'p, str>,
    /// Of the rest of the document, so that an edit by hand is seen.
    checksum: String,
    sign_in: SignIn,
    summary: String,
    passed: Cow<'p, [Guard]>,
    unchanged: u64,
    held: u64,
    erased: u64,
    changes: Vec<ChangeDocument>,
    conflicts: Vec<ConflictDocument>,
    kept_usernames: Cow<'p, [KeptUsername]>,
}

#[derive(Serialize, Deserialize)]
struct ChangeDocument {
    kind: ChangeKind,
    username: String,
    account: AccountRow,
    /// Name, old value, new value.
    fields: Vec<(String, String, String)>,
}

#[derive(Serialize, Deserialize)]
struct ConflictDocument {
    reason: ConflictReason,
    usernames: Vec<String>,
    students: Vec<Listed>,
}

#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl Plan {
    /// The plan as JSON, without the joiners' passwords: `{"format": 1, "fingerprint": …, "changes": […], …}`.
    /// After a plan read from it is applied, [`Accounts::fill_passwords`](crate::Accounts::fill_passwords) gives them theirs.
    pub fn to_json(&self) -> String {
        self.json(false)
    }

    /// The plan as JSON with the joiners' passwords. Keep it as you keep those.
    pub fn to_json_with_passwords(&self) -> String {
        self.json(true)
    }

    fn json(&self, with_passwords: bool) -> String {
        let mut document = self.document(with_passwords);
        document.checksum = checksum(&document);
        serialize(&document)
    }

    fn document(&self, with_passwords: bool) -> Document<'_> {
        let change = |change: &Change| {
            let password = change.password.as_ref().filter(|_| with_passwords).map(|p| p.expose().to_owned());
            let field = |f: &Field| (f.name.to_owned(), f.old().to_owned(), f.new_value().to_owned());
            ChangeDocument {
                kind: change.kind,
                username: change.username().to_owned(),
                account: AccountRow { password, ..change.account.clone() },
                fields: change.fields.iter().map(field).collect(),
            }
        };
        let conflict = |conflict: &Conflict| ConflictDocument {
            reason: conflict.reason,
            usernames: conflict.usernames().map(str::to_owned).collect(),
            students: conflict.students.clone(),
        };
        Document {
            format: FORMAT,
            fingerprint: Cow::Borrowed(&self.fingerprint),
            checksum: String::new(),
            sign_in: self.sign_in,
            summary: self.summary(),
            passed: Cow::Borrowed(&self.passed),
            unchanged: self.unchanged,
            held: self.held,
            erased: self.erased,
            changes: self.changes.iter().map(change).collect(),
            conflicts: self.conflicts.iter().map(conflict).collect(),
            kept_usernames: Cow::Borrowed(&self.kept_usernames),
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
        if format > FORMAT {
            return Err(PlanError::Version { found: format, newest: FORMAT });
        }
        let mut document: Document<'_> = serde_json::from_str(text).map_err(at)?;
        let written = std::mem::take(&mut document.checksum);
        if checksum(&document) != written {
            return Err(PlanError::Edited(None));
        }
        let changes: Option<Vec<Change>> = document.changes.into_iter().map(read_change).collect();
        let plan = Self {
            fingerprint: document.fingerprint.into_owned(),
            sign_in: document.sign_in,
            changes: changes.ok_or(PlanError::Edited(None))?,
            conflicts: document.conflicts.into_iter().map(read_conflict).collect(),
            kept_usernames: document.kept_usernames.into_owned(),
            unchanged: document.unchanged,
            held: document.held,
            erased: document.erased,
            passed: document.passed.into_owned(),
        };
        if plan.summary() == document.summary { Ok(plan) } else { Err(PlanError::Edited(None)) }
    }
}

fn read_change(document: ChangeDocument) -> Option<Change> {
    let mut account = document.account;
    let password = account.password.take().map(|password| Password::existing(&password));
    let fields = document.fields.into_iter().map(|(name, old, new)| {
        let name = FIELDS.into_iter().find(|known| *known == name)?;
        Some(Field { name, old: Private::new(old), new: Private::new(new) })
    });
    let fields = fields.collect::<Option<_>>()?;
    let renamed = Some(document.username).filter(|username| *username != account.username).map(Private::new);
    Some(Change { kind: document.kind, renamed, account, fields, password })
}

fn read_conflict(document: ConflictDocument) -> Conflict {
    Conflict {
        reason: document.reason,
        usernames: document.usernames.into_iter().map(Private::new).collect(),
        students: document.students,
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
