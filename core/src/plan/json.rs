//! Writes and reads a plan as JSON, with its format number and a checksum that shows whether it was edited.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::{Account, AccountRow};
use crate::format::{self, UnreadableJson};
use crate::password::Password;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

use super::change::{ACTIVE_UNTIL, FIELDS, account, values};
use super::changes::Changes;
use super::{
    Change, ChangeKind, Conflict, Field, Guard, KeptUsername, LeftOut, NearPair, Plan, PlanEntry, PlanError,
    RecordedDecision, SchoolBefore,
};

/// The format that this version writes, and the only one that it reads. Format 1 did not say who gets a new password.
const FORMAT: u64 = 2;

#[derive(Serialize, Deserialize)]
struct PlanDocument<'p> {
    format: u64,
    /// The fingerprint of the accounts that the plan was made for.
    fingerprint: Cow<'p, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school_id: Option<Cow<'p, str>>,
    /// The checksum of the document's other fields, which shows whether it was edited by hand.
    checksum: String,
    sign_in: SignIn,
    summary: String,
    passed: Cow<'p, [Guard]>,
    unchanged: u64,
    held: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    held_joiners: u64,
    erased: u64,
    /// The code, description and main code of each ethnicity that the host added.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<BeforeDocument>,
    #[serde(default, skip_serializing_if = "is_zero")]
    in_grace: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    promotes: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    today: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    left_out: Cow<'p, [LeftOut]>,
}

/// The school's data before the plan.
#[derive(Serialize, Deserialize)]
struct BeforeDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school_id: Option<String>,
    sign_in: SignIn,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promotion: Option<PromotionDocument>,
}

#[derive(Serialize, Deserialize)]
struct PromotionDocument {
    on: Option<NaiveDate>,
}

#[derive(Serialize, Deserialize)]
struct ChangeDocument {
    kind: ChangeKind,
    username: String,
    account: AccountRow,
    /// The changed fields, each with its name, old value and new value.
    fields: Vec<(String, String, String)>,
    /// Whether the account gets a new password, from this plan or from the host.
    new_password: bool,
    /// Whether the new password replaces an old password. `replaced_password` is the old password, for reversing the
    /// plan.
    #[serde(default, skip_serializing_if = "is_false")]
    replaces_password: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_password: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_false(flag: &bool) -> bool {
    !flag
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Plan {
    /// Returns the plan as JSON without new passwords: `{"format": 2, "fingerprint": …, "changes": […], …}`. The JSON
    /// says which accounts need a password. If any account needs one, [`apply`](Self::apply) refuses a plan that was
    /// read from this JSON.
    ///
    /// ```
    /// # use onroll::plan::PlanError;
    /// # use onroll::{Accounts, Plan, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// # let accounts = Accounts::from_rows([], roster.sign_in())?;
    /// let stored = Plan::between(&accounts, &roster)?.to_json();
    /// let plan = Plan::from_json(&stored)?;
    /// assert_eq!(plan.summary(), "1 join");
    /// assert!(matches!(plan.apply(accounts), Err(PlanError::WithoutPasswords { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> String {
        self.json(false)
    }

    /// Returns the plan as JSON with the new passwords. Protect this text as you protect passwords.
    ///
    /// ```
    /// # use onroll::{Accounts, Plan, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// # let accounts = Accounts::from_rows([], roster.sign_in())?;
    /// let stored = Plan::between(&accounts, &roster)?.to_json_with_passwords();
    /// let accounts = Plan::from_json(&stored)?.apply(accounts)?;
    /// assert!(accounts.at(0).unwrap().password.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json_with_passwords(&self) -> String {
        self.json(true)
    }

    fn json(&self, with_passwords: bool) -> String {
        format::write(&self.with_checksum(with_passwords))
    }

    fn with_checksum(&self, with_passwords: bool) -> PlanDocument<'_> {
        let mut document = self.document(with_passwords);
        document.checksum = checksum(&document);
        document
    }

    fn document(&self, with_passwords: bool) -> PlanDocument<'_> {
        PlanDocument {
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
            ethnicities: self.changes.ethnicities().own(),
            changes: self.changes().map(|change| document_of(change, with_passwords)).collect(),
            conflicts: Cow::Borrowed(&self.conflicts),
            near: Cow::Borrowed(&self.near),
            kept_usernames: Cow::Borrowed(&self.kept_usernames),
            erased_by_username: Cow::Borrowed(&self.erased_by_username),
            decisions: Cow::Borrowed(&self.decisions),
            before: self.before.as_ref().map(|before| BeforeDocument {
                school_id: before.school_id.clone(),
                sign_in: before.sign_in,
                promotion: before.promotion.map(|on| PromotionDocument { on }),
            }),
            in_grace: self.in_grace,
            promotes: self.promotes,
            today: self.today,
            left_out: Cow::Borrowed(&self.left_out),
        }
    }

    /// Reads a plan from its JSON, with or without passwords.
    ///
    /// ```
    /// # use onroll::plan::PlanError;
    /// # use onroll::{Accounts, Plan, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// # let stored = Plan::between(&Accounts::from_rows([], roster.sign_in())?, &roster)?.to_json();
    /// assert_eq!(Plan::from_json(&stored)?.len(), 1);
    /// // A plan that was changed by hand is refused.
    /// assert!(matches!(Plan::from_json(&stored.replace("5A", "5B")), Err(PlanError::Edited(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PlanError::Json`] if the text is not the JSON of a plan, [`PlanError::Version`] if it has a different format,
    /// and [`PlanError::Edited`] if the JSON was edited.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        Self::whole(format::read(text, FORMAT)?)
    }

    /// Returns the plan in a document. Returns an error if the document was edited.
    fn whole(document: PlanDocument<'_>) -> Result<Self, PlanError> {
        let (written, summary) = (document.checksum.clone(), document.summary.clone());
        let plan = Self::of(document).filter(|plan| {
            // If the plan would be written differently now, the document was edited.
            let again = plan.document(true);
            checksum(&again) == written && again.summary == summary
        });
        plan.ok_or(PlanError::Edited(None))
    }

    fn of(document: PlanDocument<'_>) -> Option<Self> {
        let mut ethnicities = Ethnicities::shared();
        for [code, description, main_code] in &document.ethnicities {
            Arc::make_mut(&mut ethnicities).add(code, description, main_code).ok()?;
        }
        let mut changes = Changes::new(Arc::clone(&ethnicities));
        for change in &document.changes {
            let [before, after] = both_sides(change, &ethnicities)?;
            changes.push(change.kind, &before, &after, change.new_password);
            if change.replaces_password {
                changes.restore_replaced(change.replaced_password.as_deref().map(Password::existing));
            }
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
            before: document.before.map(|before| SchoolBefore {
                school_id: before.school_id,
                sign_in: before.sign_in,
                promotion: before.promotion.map(|promotion| promotion.on),
            }),
            in_grace: document.in_grace,
            promotes: document.promotes,
            today: document.today,
            left_out: document.left_out.into_owned(),
        })
    }
}

impl Serialize for Plan {
    /// Serialises the plan as [`to_json`](Self::to_json) does, without passwords.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_checksum(false).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = PlanDocument::deserialize(deserializer)?;
        format::check(document.format, FORMAT).map_err(|error| D::Error::custom(PlanError::from(error)))?;
        Self::whole(document).map_err(D::Error::custom)
    }
}

impl Serialize for Change<'_> {
    /// Serialises the change as `{"kind": …, "username": …, "account": …, "fields": [[name, old, new]], "new_password":
    /// …}`, without a password.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        document_of(*self, false).serialize(serializer)
    }
}

/// Returns two accounts: the account before the change, and the account after the change. Returns `None` if a value is
/// not valid in an account.
fn both_sides<'a>(document: &'a ChangeDocument, ethnicities: &'a Ethnicities) -> Option<[Account<'a>; 2]> {
    let row = &document.account;
    let ids = [&row.source_id, &row.upn, &row.upi].map(|id| id.as_deref().unwrap_or_default());
    let mut values = values(row.cells(), row.active, ids);
    let after = Account { state: row.state(), ..account(values, ethnicities)? };
    let mut state = row.state();
    for (name, old, _) in &document.fields {
        if name == ACTIVE_UNTIL {
            state.active_until = if old.is_empty() { None } else { Some(old.parse().ok()?) };
            continue;
        }
        let index = FIELDS.iter().position(|known| known == name)?;
        values[index] = old;
    }
    let host_id = row.host_id.as_deref();
    let before = Account { host_id, state, ..account(values, ethnicities)? };
    Some([before, Account { host_id, ..after }])
}

fn document_of(change: Change<'_>, with_passwords: bool) -> ChangeDocument {
    let field = |f: Field<'_>| (f.name().to_owned(), f.old().as_str().to_owned(), f.new_value().as_str().to_owned());
    ChangeDocument {
        kind: change.kind(),
        username: change.username().to_owned(),
        // A plan does not depend on whether the host stores a hash.
        account: AccountRow { has_password: false, ..AccountRow::of(&change.account(), with_passwords) },
        fields: change.fields().map(field).collect(),
        new_password: change.new_password(),
        replaces_password: change.replaces_password(),
        replaced_password: change.replaced_password().filter(|_| with_passwords).map(|p| p.expose().to_owned()),
    }
}

/// Returns the checksum of a document whose own checksum is still empty.
fn checksum(document: &PlanDocument<'_>) -> String {
    format!("{:016x}", twox_hash::XxHash3_64::oneshot(format::write(document).as_bytes()))
}

impl From<UnreadableJson> for PlanError {
    fn from(error: UnreadableJson) -> Self {
        match error {
            UnreadableJson::Json { line, column } => Self::Json { line, column },
            UnreadableJson::Version { found, newest } => Self::Version { found, newest },
        }
    }
}
