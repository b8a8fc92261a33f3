//! A change to one account (`Change`): its kinds, the fields that a plan may change (`FIELDS`), and their old and new
//! values. A kind is also in `bindings-node/lib/plan/change.ts` and `bindings-python/python/onroll/types.py`.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use crate::account::Account;
use crate::code::coded;
use crate::column::Column;
use crate::password::Password;
use crate::student::Student;
use crate::values::ethnicity::Ethnicities;
use crate::values::flag;

use super::changes::{Changes, CompactChange};

/// The kind of a change.
///
/// ```
/// use onroll::plan::ChangeKind;
/// // A page that groups the changes of a plan by kind.
/// for kind in ChangeKind::ALL {
///     println!("{}", kind.as_str());
/// }
/// assert_eq!("leave".parse(), Ok(ChangeKind::Leave));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A new account is created.
    Join,
    /// The account is deactivated. If you give leavers a grace period, the account gets a last day instead, and stays
    /// active until then.
    Leave,
    /// A leaver's account is activated again.
    Return,
    /// The account gets a new source id for the same student.
    Relink,
    /// The account gets a new username. A person decided this, or you override `usernames-changed`.
    Rename,
    /// The student changes class or year group.
    Move,
    /// The account changes only in fields that no kind above covers, such as `send`.
    Update,
}

coded!(ChangeKind: "kind of change");

impl ChangeKind {
    /// Every kind, in the order in which a plan lists them.
    pub const ALL: [Self; 7] =
        [Self::Join, Self::Leave, Self::Return, Self::Relink, Self::Rename, Self::Move, Self::Update];

    /// Returns the kind in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Return => "return",
            Self::Relink => "relink",
            Self::Rename => "rename",
            Self::Move => "move",
            Self::Update => "update",
        }
    }
}

/// All changes to one account, borrowed from the plan.
///
/// ```
/// use onroll::plan::ChangeKind;
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let next = csv.replace("5A", "5B") + "Noah Khan,Noah Khan,Year 5,5B,Male,No,APKN,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(next.into_bytes())?;
/// for change in Plan::between(&accounts, &roster)?.changes() {
///     match change.kind() {
///         ChangeKind::Join => {
///             assert_eq!((change.account().full_name, change.fields().count()), ("Noah Khan", 0));
///             assert!(change.new_password() && change.password().is_some());
///         }
///         ChangeKind::Move => println!("{} (row {:?}): {}", change.username(), change.host_id(), change.account().class_name),
///         kind => println!("{kind}"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Change<'p> {
    pub(super) changes: &'p Changes,
    pub(super) index: usize,
    pub(super) step: CompactChange,
}

/// A field that changes.
///
/// ```
/// use onroll::plan::FieldValue;
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let next = csv.replace("5A", "5B");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(next.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?;
/// let field = plan.at(0).unwrap().fields().next().unwrap();
/// assert_eq!((field.name(), field.old(), field.new_value()), ("class_name", FieldValue::Text("5A".into()), FieldValue::Text("5B".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'p> {
    name: &'static str,
    old: StoredValue<'p>,
    new: StoredValue<'p>,
}

/// The value of a field, as a change stores it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StoredValue<'p> {
    Text(&'p str),
    Day(Option<NaiveDate>),
}

impl<'p> StoredValue<'p> {
    fn value(self, name: &str) -> FieldValue<'p> {
        match self {
            Self::Text(text) => FieldValue::of(name, text),
            Self::Day(None) => FieldValue::Null,
            Self::Day(Some(day)) => FieldValue::Text(Cow::Owned(day.to_string())),
        }
    }
}

/// The value of a field, as a database stores it.
///
/// ```
/// use onroll::plan::FieldValue;
/// // Makes a parameter for a database statement.
/// fn parameter(value: FieldValue<'_>) -> String {
///     match value {
///         FieldValue::Flag(flag) => flag.to_string(),
///         FieldValue::Text(text) => text.into_owned(),
///         _ => "NULL".to_owned(),
///     }
/// }
/// assert_eq!(parameter(FieldValue::Flag(true)), "true");
/// assert_eq!(FieldValue::Flag(true).as_str(), "Yes"); // as in a CSV
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FieldValue<'p> {
    /// The field has no value: an id or a gender is unknown, or a last day is not set.
    Null,
    /// The value of `pupil_premium`, `send`, `eal` or `active`.
    Flag(bool),
    /// The value of any other field. It is a text as the school writes it, an ethnicity code, an id, or a day such as
    /// `2026-08-20`.
    Text(Cow<'p, str>),
}

impl<'p> FieldValue<'p> {
    fn of(name: &str, written: &'p str) -> Self {
        match name {
            "pupil_premium" | "send" | "eal" | "active" => Self::Flag(written == flag::as_str(true)),
            "gender" | "source_id" | "upn" | "upi" if written.is_empty() => Self::Null,
            _ => Self::Text(Cow::Borrowed(written)),
        }
    }

    /// Returns the value as written in a CSV. A flag is `Yes` or `No`, and a missing value is an empty text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Null => "",
            Self::Flag(flag) => flag::as_str(*flag),
            Self::Text(text) => text,
        }
    }
}

impl fmt::Debug for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue(<hidden>)")
    }
}

/// The day until which a leaver's account stays active. It is the only setting of the host that a plan changes.
pub(super) const ACTIVE_UNTIL: &str = "active_until";

/// The names of the fields that a plan may change, except [`ACTIVE_UNTIL`].
pub(super) const FIELDS: [&str; 13] = [
    "full_name",
    "username",
    "year_group",
    "class_name",
    "gender",
    "pupil_premium",
    "ethnicity",
    "send",
    "eal",
    "active",
    "source_id",
    "upn",
    "upi",
];

impl<'p> Change<'p> {
    /// Returns the kind of change.
    pub fn kind(&self) -> ChangeKind {
        self.step.kind
    }

    /// Returns the username before the plan. For a joiner, returns the username of the new account.
    pub fn username(&self) -> &'p str {
        self.changes.students.names(self.step.was as usize)[1]
    }

    /// Returns your own id for the account, or `None` for a joiner.
    pub fn host_id(&self) -> Option<&'p str> {
        self.changes.host_id(self.step.was)
    }

    /// Returns the account after the plan. It has a password only if the change [gives a new
    /// password](Self::new_password).
    pub fn account(&self) -> Account<'p> {
        let state = self.changes.states(self.step.was)[1];
        let account = Account { state, ..self.changes.account(self.step.will_be, self.step.active.1) };
        Account { password: self.password(), host_id: self.host_id(), ..account }
    }

    /// Returns the account before the plan. For a joiner, returns the new account.
    pub(super) fn before(&self) -> Account<'p> {
        let state = self.changes.states(self.step.was)[0];
        Account { state, ..self.changes.account(self.step.was, self.step.active.0) }
    }

    /// Returns whether the account has a password that the change replaces.
    pub(super) fn replaces_password(&self) -> bool {
        self.changes.replaced.contains_key(&self.step.was)
    }

    /// Returns the password that the change replaces. Returns `None` if no password is replaced, or if the plan was
    /// read from JSON without passwords.
    pub(super) fn replaced_password(&self) -> Option<&'p Password> {
        self.changes.replaced.get(&self.step.was).and_then(Option::as_ref)
    }

    /// Returns whether the account gets a new password. Joiners get a new password. So do returning leavers who were
    /// matched only by name or username, because their account may have belonged to a different child. Returns false
    /// for students who sign in without a password from onroll.
    pub fn new_password(&self) -> bool {
        self.step.new_password
    }

    /// Returns the changed fields, in the order of an account's fields. A joiner has no changed fields, because the
    /// whole account is new.
    pub fn fields(&self) -> impl Iterator<Item = Field<'p>> + Clone {
        let (before, after) = (self.before(), self.account());
        let each = FIELDS.into_iter().zip(values_of(&before)).zip(values_of(&after));
        let fields =
            each.map(|((name, old), new)| Field { name, old: StoredValue::Text(old), new: StoredValue::Text(new) });
        let [old, new] = [before, after].map(|account| StoredValue::Day(account.state.active_until));
        fields.chain([Field { name: ACTIVE_UNTIL, old, new }]).filter(|field| field.old != field.new)
    }

    /// Returns every field of the new account, with its name. Leaves out `active_until`, which only leavers have. Also
    /// leaves out a missing `upi`, which a host without Wonde need not store.
    pub(super) fn values(&self) -> impl Iterator<Item = (&'static str, FieldValue<'p>)> {
        let fields = FIELDS.into_iter().zip(values_of(&self.account()));
        let fields = fields.filter(|(name, written)| *name != "upi" || !written.is_empty());
        fields.map(|(name, written)| (name, FieldValue::of(name, written)))
    }

    /// Returns the new password. Returns `None` if the change sets no password, or if the plan's JSON had no passwords.
    pub fn password(&self) -> Option<&'p Password> {
        self.changes.passwords.get(self.index).and_then(Option::as_ref)
    }
}

impl PartialEq for Change<'_> {
    fn eq(&self, other: &Self) -> bool {
        let kinds = [self, other].map(|change| (change.kind(), change.new_password()));
        kinds[0] == kinds[1]
            && self.host_id() == other.host_id()
            && self.before() == other.before()
            && self.account() == other.account()
            && self.replaces_password() == other.replaces_password()
            && self.replaced_password() == other.replaced_password()
    }
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change(<hidden>)")
    }
}

impl<'p> Field<'p> {
    /// Returns the field's name: `class_name`, `active`, …
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the value before the plan.
    pub fn old(&self) -> FieldValue<'p> {
        self.old.value(self.name)
    }

    /// Returns the value after the plan.
    pub fn new_value(&self) -> FieldValue<'p> {
        self.new.value(self.name)
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(<hidden>)")
    }
}

/// Returns the values of an account, in the order of [`FIELDS`].
pub(super) fn values<'a>(cells: [&'a str; Column::COUNT], active: bool, ids: [&'a str; 3]) -> [&'a str; FIELDS.len()] {
    let [name, username, year, class, gender, premium, ethnicity, send, eal] = cells;
    let ([source_id, upn, upi], active) = (ids, flag::as_str(active));
    [name, username, year, class, gender, premium, ethnicity, send, eal, active, source_id, upn, upi]
}

/// Returns the account with these values, or `None` if a value is not valid.
pub(super) fn account<'a>(values: [&'a str; FIELDS.len()], ethnicities: &'a Ethnicities) -> Option<Account<'a>> {
    let [name, username, year, class, gender, premium, ethnicity, send, eal, active, source_id, upn, upi] = values;
    let student = Student::of_cells([name, username, year, class, gender, premium, ethnicity, send, eal], ethnicities)?;
    let [source_id, upn, upi] = [source_id, upn, upi].map(|id| Some(id).filter(|id| !id.is_empty()));
    let active = flag::exact(active.as_bytes())?;
    Some(Account { source_id, upn, upi, active, ..Account::of(student) })
}

/// Returns whether two accounts have equal values and settings. If they do, nothing changes.
pub(super) fn are_same(one: &Account<'_>, other: &Account<'_>) -> bool {
    one.state == other.state && values_of(one) == values_of(other)
}

fn values_of<'a>(account: &Account<'a>) -> [&'a str; FIELDS.len()] {
    let ids = [account.source_id, account.upn, account.upi].map(Option::unwrap_or_default);
    values(account.cells(), account.active, ids)
}
