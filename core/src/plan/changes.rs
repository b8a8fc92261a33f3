//! The compact form in which a plan stores many changes (`Changes`), their order, and their passwords. `change.rs` has
//! one change, as the host sees it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::account::{Account, AccountState};
use crate::password::Password;
use crate::student::Students;
use crate::text::Private;
use crate::values::ethnicity::Ethnicities;

use super::change::{Change, ChangeKind};

/// A list of changes. One `Students` stores every account before and after its change. Each step has the slots of both.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    pub(super) students: Students,
    steps: Vec<CompactChange>,
    /// The new password of each step. The list ends at the last step with a new password.
    pub(super) passwords: Vec<Option<Password>>,
    /// The host's ids, indexed by the slot that each account had before the change. The list ends at the last account
    /// that has an id.
    host_ids: Vec<Option<Private>>,
    /// The states of each account before and after the change, indexed like `host_ids`. The list ends at the last
    /// account with a setting.
    states: Vec<[AccountState; 2]>,
    /// The passwords that new passwords replace, by the slot of the account before the change. A value is `None` if the
    /// plan was stored without passwords.
    pub(super) replaced: HashMap<u32, Option<Password>>,
}

/// A change, in 12 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct CompactChange {
    pub(super) kind: ChangeKind,
    /// Whether the account is active before the change, and whether it is active after the change.
    pub(super) active: (bool, bool),
    pub(super) new_password: bool,
    /// The slots of the account before and after the change. The two slots are equal for joiners and most leavers.
    pub(super) was: u32,
    pub(super) will_be: u32,
}

impl Changes {
    /// Returns an empty list of changes, for students with these ethnicity codes.
    pub(super) fn new(ethnicities: Arc<Ethnicities>) -> Self {
        Self {
            students: Students::new(ethnicities),
            steps: Vec::new(),
            passwords: Vec::new(),
            host_ids: Vec::new(),
            states: Vec::new(),
            replaced: HashMap::new(),
        }
    }

    /// Adds a change from one account to another. If the student and ids stay the same, both accounts share a slot.
    pub(super) fn push(&mut self, kind: ChangeKind, before: &Account<'_>, after: &Account<'_>, new_password: bool) {
        let was = self.keep(before);
        if let Some(host_id) = before.host_id {
            self.host_ids.resize(was as usize, None);
            self.host_ids.push(Some(Private::new(host_id)));
        }
        let states = [before.state, after.state];
        if states != [AccountState::default(); 2] {
            self.states.resize(was as usize, [AccountState::default(); 2]);
            self.states.push(states);
        }
        if let Some(password) = before.password.filter(|_| new_password && kind != ChangeKind::Join) {
            self.replaced.insert(was, Some(password.clone()));
        }
        let [ids, new_ids] = [before, after].map(|account| [account.source_id, account.upn, account.upi]);
        let is_same = before.student() == after.student() && ids == new_ids;
        let will_be = if is_same { was } else { self.keep(after) };
        self.steps.push(CompactChange { kind, active: (before.active, after.active), new_password, was, will_be });
    }

    fn keep(&mut self, account: &Account<'_>) -> u32 {
        let slot = self.students.push_copy(&account.student(), [account.source_id, account.upn]);
        if account.upi.is_some() {
            self.students.set_upi(slot, account.upi);
        }
        slot as u32
    }

    /// Sorts the changes by kind and username. Nearly every comparison needs only the first bytes of a username, as a
    /// number.
    pub(super) fn sort(&mut self) {
        let students = &self.students;
        let username = |step: &CompactChange| students.names(step.was as usize)[1];
        let key = |step: &CompactChange| first_bytes(step.kind as u8, username(step));
        let mut keyed: Vec<(u128, CompactChange)> = self.steps.iter().map(|step| (key(step), *step)).collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        for alike in keyed.chunk_by_mut(|(one, _), (other, _)| one == other) {
            alike.sort_by(|(_, one), (_, other)| username(one).cmp(username(other)));
        }
        self.steps = keyed.into_iter().map(|(_, step)| step).collect();
    }

    /// Returns the number of accounts that get a new password.
    pub(super) fn new_passwords(&self) -> usize {
        self.steps.iter().filter(|step| step.new_password).count()
    }

    /// Gives each account that needs a password the next of these passwords. Sort the changes first.
    pub(super) fn set_passwords(&mut self, passwords: impl Iterator<Item = Password>) {
        let last = self.steps.iter().rposition(|step| step.new_password);
        let steps = self.steps.get(..last.map_or(0, |last| last + 1)).unwrap_or_default();
        let mut passwords = passwords;
        self.passwords = steps.iter().map(|step| if step.new_password { passwords.next() } else { None }).collect();
    }

    /// Records that the last change replaces a password. `None` means that the password was not stored.
    pub(super) fn restore_replaced(&mut self, password: Option<Password>) {
        if let Some(step) = self.steps.last() {
            self.replaced.insert(step.was, password);
        }
    }

    /// Returns the changes that `is_kept` accepts, with their passwords.
    pub(super) fn filtered(&self, is_kept: impl Fn(&Change<'_>) -> bool) -> Self {
        let mut kept = Self::new(Arc::clone(self.ethnicities()));
        let mut passwords = Vec::new();
        for change in self.iter().filter(is_kept) {
            let password = change.replaced_password();
            let before = Account { host_id: change.host_id(), password, ..change.before() };
            kept.push(change.kind(), &before, &change.account(), change.new_password());
            if change.replaces_password() && password.is_none() {
                kept.restore_replaced(None);
            }
            passwords.push(change.password().cloned());
        }
        kept.restore_passwords(passwords);
        kept
    }

    /// Restores the stored passwords of the first steps.
    pub(super) fn restore_passwords(&mut self, passwords: Vec<Option<Password>>) {
        self.passwords = passwords;
    }

    /// Records that no account gets a password from onroll.
    pub(super) fn without_passwords(&mut self) {
        self.steps.iter_mut().for_each(|step| step.new_password = false);
        self.replaced.clear();
    }

    pub(super) fn ethnicities(&self) -> &Arc<Ethnicities> {
        self.students.ethnicities()
    }

    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn at(&self, index: usize) -> Option<Change<'_>> {
        self.steps.get(index).map(|step| Change { changes: self, index, step: *step })
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Change<'_>> + ExactSizeIterator + Clone {
        self.steps.iter().enumerate().map(|(index, step)| Change { changes: self, index, step: *step })
    }

    pub(super) fn account(&self, slot: u32, active: bool) -> Account<'_> {
        let [source_id, upn] = self.students.ids(slot as usize);
        let upi = self.students.upi(slot as usize);
        Account { source_id, upn, upi, active, ..Account::of(self.students.at(slot as usize)) }
    }

    /// Returns the states of the account in a slot before and after the change.
    pub(super) fn states(&self, slot: u32) -> [AccountState; 2] {
        self.states.get(slot as usize).copied().unwrap_or_default()
    }

    pub(super) fn host_id(&self, slot: u32) -> Option<&str> {
        self.host_ids.get(slot as usize).and_then(Option::as_ref).map(Private::expose)
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Returns a byte and the first 15 bytes of a text as one number. The numbers sort as the bytes do.
fn first_bytes(first: u8, text: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip([first].into_iter().chain(text.bytes())).for_each(|(target, byte)| *target = byte);
    u128::from_be_bytes(bytes)
}
