//! One account that changes; and the compact form in which a plan keeps many.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::account::Account;
use crate::code::coded;
use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::flag;
use crate::password::Password;
use crate::student::{Student, Students};
use crate::text::Private;

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A new account is made.
    Join,
    /// The account is deactivated.
    Leave,
    /// A leaver's account is activated again.
    Return,
    /// The account is linked to a new source id; the student is the same.
    Relink,
    /// The account is given a new username: by decision, or because the host overrides `usernames-changed`.
    Rename,
    /// The student changes class or year group.
    Move,
    /// Only other fields change.
    Update,
}

coded!(ChangeKind: "kind of change");

impl ChangeKind {
    /// Every kind, in the order in which a plan lists them.
    pub const ALL: [Self; 7] =
        [Self::Join, Self::Leave, Self::Return, Self::Relink, Self::Rename, Self::Move, Self::Update];

    /// The kind in lower case.
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

/// One account that changes, borrowed from its plan. Whatever else changes of it is in the same change.
#[derive(Clone, Copy)]
pub struct Change<'p> {
    changes: &'p Changes,
    place: usize,
    step: Step,
}

/// A field that changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'p> {
    name: &'static str,
    old: &'p str,
    new: &'p str,
}

/// What a field holds, as a database would.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FieldValue<'p> {
    /// Nothing: an id or a gender that is not known.
    Null,
    /// Of `pupil_premium`, `send`, `eal` and `active`.
    Flag(bool),
    /// Of every other field: texts as the school lists them, the code of an ethnicity, an id.
    Text(Cow<'p, str>),
}

impl<'p> FieldValue<'p> {
    fn of(name: &str, written: &'p str) -> Self {
        match name {
            "pupil_premium" | "send" | "eal" | "active" => Self::Flag(written == flag::as_str(true)),
            "gender" | "source_id" | "upn" if written.is_empty() => Self::Null,
            _ => Self::Text(Cow::Borrowed(written)),
        }
    }

    /// Returns the value as it is written in a CSV: a flag as `Yes` or `No`, nothing as an empty text.
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

/// What may change of an account, by name.
pub(super) const FIELDS: [&str; 12] = [
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
];

impl<'p> Change<'p> {
    /// What it does.
    pub fn kind(&self) -> ChangeKind {
        self.step.kind
    }

    /// The username the account has now; of a joiner, the one it will have.
    pub fn username(&self) -> &'p str {
        self.changes.students.names(self.step.was as usize)[1]
    }

    /// The id that the host gives the account; of a joiner, none.
    pub fn host_id(&self) -> Option<&'p str> {
        self.changes.host_id(self.step.was)
    }

    /// The account as it will be. It has a password only if the change [gives it one](Self::new_password).
    pub fn account(&self) -> Account<'p> {
        let account = self.changes.account(self.step.will_be, self.step.active.1);
        Account { password: self.password(), host_id: self.host_id(), ..account }
    }

    /// The account as it is now; of a joiner, as it will be.
    fn before(&self) -> Account<'p> {
        self.changes.account(self.step.was, self.step.active.0)
    }

    /// Whether the account gets a new password: as a joiner, or as a leaver who returns and is known by a name or username
    /// alone, since the old password may be another child's. False for those who sign in without a password of ours.
    pub fn new_password(&self) -> bool {
        self.step.new_password
    }

    /// What changes of it, in the order of an account's fields; of a joiner, nothing, since all of it is new.
    pub fn fields(&self) -> impl Iterator<Item = Field<'p>> + Clone {
        let each = FIELDS.into_iter().zip(values_of(&self.before())).zip(values_of(&self.account()));
        each.map(|((name, old), new)| Field { name, old, new }).filter(|field| field.old != field.new)
    }

    /// Every field of the account as it will be, by name.
    pub(super) fn values(&self) -> impl Iterator<Item = (&'static str, FieldValue<'p>)> {
        FIELDS.into_iter().zip(values_of(&self.account())).map(|(name, written)| (name, FieldValue::of(name, written)))
    }

    /// The new password, unless there is none or the plan was read from JSON without passwords.
    pub fn password(&self) -> Option<&'p Password> {
        self.changes.passwords.get(self.place).and_then(Option::as_ref)
    }
}

impl PartialEq for Change<'_> {
    fn eq(&self, other: &Self) -> bool {
        let kinds = [self, other].map(|change| (change.kind(), change.new_password()));
        kinds[0] == kinds[1]
            && self.host_id() == other.host_id()
            && self.before() == other.before()
            && self.account() == other.account()
    }
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change(<hidden>)")
    }
}

impl<'p> Field<'p> {
    /// The field's name: `class_name`, `active`, …
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is now.
    pub fn old(&self) -> FieldValue<'p> {
        FieldValue::of(self.name, self.old)
    }

    /// What it will be.
    pub fn new_value(&self) -> FieldValue<'p> {
        FieldValue::of(self.name, self.new)
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(<hidden>)")
    }
}

/// What an account says, in the order of [`FIELDS`].
pub(super) fn values<'a>(cells: [&'a str; Column::COUNT], active: bool, ids: [&'a str; 2]) -> [&'a str; FIELDS.len()] {
    let [name, username, year, class, gender, premium, ethnicity, send, eal] = cells;
    let ([source_id, upn], active) = (ids, flag::as_str(active));
    [name, username, year, class, gender, premium, ethnicity, send, eal, active, source_id, upn]
}

/// The account that says this, if there can be such.
pub(super) fn account<'a>(values: [&'a str; FIELDS.len()], ethnicities: &'a Ethnicities) -> Option<Account<'a>> {
    let [name, username, year, class, gender, premium, ethnicity, send, eal, active, source_id, upn] = values;
    let student = Student::of_cells([name, username, year, class, gender, premium, ethnicity, send, eal], ethnicities)?;
    let [source_id, upn] = [source_id, upn].map(|id| Some(id).filter(|id| !id.is_empty()));
    Some(Account { student, source_id, upn, host_id: None, active: flag::exact(active.as_bytes())?, password: None })
}

/// Whether two accounts say the same, so that there is nothing to change.
pub(super) fn are_same(one: &Account<'_>, other: &Account<'_>) -> bool {
    let [one, other] = [one, other].map(values_of);
    one == other
}

fn values_of<'a>(account: &Account<'a>) -> [&'a str; FIELDS.len()] {
    let ids = [account.source_id, account.upn].map(Option::unwrap_or_default);
    values(account.cells(), account.active, ids)
}

/// Many changes: the accounts as they are and as they will be stand in one piece of memory, and a step says where.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    students: Students,
    steps: Vec<Step>,
    /// By step, as far as the last that has a new password.
    passwords: Vec<Option<Password>>,
    /// By the slot of the account as it is, as far as the last that has one.
    host_ids: Vec<Option<Private>>,
}

/// A change in 12 bytes.
#[derive(Debug, Clone, Copy)]
struct Step {
    kind: ChangeKind,
    /// Whether the account is active now, and will be.
    active: (bool, bool),
    new_password: bool,
    /// The slot of the account as it is, and as it will be; of joiners and most leavers, the same.
    was: u32,
    will_be: u32,
}

impl Changes {
    /// None yet, of students of these codes.
    pub(super) fn new(ethnicities: Arc<Ethnicities>) -> Self {
        Self { students: Students::new(ethnicities), steps: Vec::new(), passwords: Vec::new(), host_ids: Vec::new() }
    }

    /// A change from one account to another, which is kept once if it comes or goes as it is.
    pub(super) fn push(&mut self, kind: ChangeKind, before: &Account<'_>, after: &Account<'_>, new_password: bool) {
        let was = self.keep(before);
        if let Some(host_id) = before.host_id {
            self.host_ids.resize(was as usize, None);
            self.host_ids.push(Some(Private::new(host_id)));
        }
        let is_same = before.student == after.student && [before.source_id, before.upn] == [after.source_id, after.upn];
        let will_be = if is_same { was } else { self.keep(after) };
        self.steps.push(Step { kind, active: (before.active, after.active), new_password, was, will_be });
    }

    fn keep(&mut self, account: &Account<'_>) -> u32 {
        self.students.push_copy(&account.student, [account.source_id, account.upn]) as u32
    }

    /// Puts them in order of kind and username: by its first bytes, which tell nearly all, as a number.
    pub(super) fn sort(&mut self) {
        let students = &self.students;
        let username = |step: &Step| students.names(step.was as usize)[1];
        let key = |step: &Step| first_bytes(step.kind as u8, username(step));
        let mut keyed: Vec<(u128, Step)> = self.steps.iter().map(|step| (key(step), *step)).collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        for alike in keyed.chunk_by_mut(|(one, _), (other, _)| one == other) {
            alike.sort_by(|(_, one), (_, other)| username(one).cmp(username(other)));
        }
        self.steps = keyed.into_iter().map(|(_, step)| step).collect();
    }

    /// How many accounts get a new password.
    pub(super) fn new_passwords(&self) -> usize {
        self.steps.iter().filter(|step| step.new_password).count()
    }

    /// Gives each account that gets a new password the next of these, once all are in order.
    pub(super) fn set_passwords(&mut self, passwords: impl Iterator<Item = Password>) {
        let last = self.steps.iter().rposition(|step| step.new_password);
        let steps = self.steps.get(..last.map_or(0, |last| last + 1)).unwrap_or_default();
        let mut passwords = passwords;
        self.passwords = steps.iter().map(|step| if step.new_password { passwords.next() } else { None }).collect();
    }

    /// Takes the passwords of the first steps, as they were stored.
    pub(super) fn restore_passwords(&mut self, passwords: Vec<Option<Password>>) {
        self.passwords = passwords;
    }

    /// Says that none gets a password of ours.
    pub(super) fn without_passwords(&mut self) {
        self.steps.iter_mut().for_each(|step| step.new_password = false);
    }

    pub(super) fn ethnicities(&self) -> &Arc<Ethnicities> {
        self.students.ethnicities()
    }

    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn at(&self, place: usize) -> Option<Change<'_>> {
        self.steps.get(place).map(|step| Change { changes: self, place, step: *step })
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Change<'_>> + ExactSizeIterator + Clone {
        self.steps.iter().enumerate().map(|(place, step)| Change { changes: self, place, step: *step })
    }

    fn account(&self, place: u32, active: bool) -> Account<'_> {
        let [source_id, upn] = self.students.ids(place as usize);
        Account { student: self.students.at(place as usize), source_id, upn, host_id: None, active, password: None }
    }

    fn host_id(&self, slot: u32) -> Option<&str> {
        self.host_ids.get(slot as usize).and_then(Option::as_ref).map(Private::expose)
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// A byte and the first fifteen of a text as a number, of the same order.
fn first_bytes(first: u8, text: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip([first].into_iter().chain(text.bytes())).for_each(|(place, byte)| *place = byte);
    u128::from_be_bytes(bytes)
}
