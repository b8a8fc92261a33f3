//! The students or accounts that a table is made from (`Source`), and whether the table has columns of ids and
//! settings. pandas uses it too.

use onroll::account::AccountState;
use onroll::values::Ethnicities;
use onroll::{Account, Column, Student};

pub(crate) const IDS: [&str; 2] = ["source_id", "upn"];

/// Students or accounts, by index.
pub(crate) trait Source: Send + Sync + 'static {
    fn len(&self) -> usize;
    fn student(&self, index: usize) -> Option<Student<'_>>;
    /// Returns the account at this index, or None if the source is a roster.
    fn account(&self, _index: usize) -> Option<Account<'_>> {
        None
    }
    /// Returns the source id and the UPN, if known.
    fn ids(&self, index: usize) -> [Option<&str>; 2];
    /// Returns Wonde's id for the person, if known.
    fn upi(&self, index: usize) -> Option<&str>;
    /// Returns the ethnicity codes that a student may have.
    fn ethnicities(&self) -> &Ethnicities;
    /// Returns whether the table has the columns of `IDS`.
    fn has_ids(&self) -> bool;
    /// Returns whether the table has a column of Wonde's ids for persons: true if at least one id is known.
    fn has_upis(&self) -> bool {
        (0..self.len()).any(|index| self.upi(index).is_some())
    }
    /// Returns whether the table has the columns of `STATE`: true if a host or a teacher has set one of them for at
    /// least one account.
    fn has_state(&self) -> bool {
        false
    }
    const ARE_ACCOUNTS: bool;
}

impl Source for onroll::Roster {
    const ARE_ACCOUNTS: bool = false;

    fn len(&self) -> usize {
        self.len()
    }

    fn student(&self, index: usize) -> Option<Student<'_>> {
        self.get(index)
    }

    fn ids(&self, index: usize) -> [Option<&str>; 2] {
        [self.source_id(index), self.upn(index)]
    }

    fn upi(&self, index: usize) -> Option<&str> {
        self.upi(index)
    }

    fn ethnicities(&self) -> &Ethnicities {
        self.ethnicities()
    }

    /// A roster from a CSV has no ids.
    fn has_ids(&self) -> bool {
        (0..self.len()).any(|index| self.ids(index) != [None, None])
    }
}

impl Source for onroll::Accounts {
    const ARE_ACCOUNTS: bool = true;

    fn has_state(&self) -> bool {
        self.iter().any(|account| account.state != AccountState::default())
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn student(&self, index: usize) -> Option<Student<'_>> {
        self.at(index).map(|account| account.student())
    }

    fn account(&self, index: usize) -> Option<Account<'_>> {
        self.at(index)
    }

    fn ids(&self, index: usize) -> [Option<&str>; 2] {
        self.at(index).map_or([None, None], |account| [account.source_id, account.upn])
    }

    fn upi(&self, index: usize) -> Option<&str> {
        self.at(index).and_then(|account| account.upi)
    }

    fn ethnicities(&self) -> &Ethnicities {
        self.ethnicities()
    }

    fn has_ids(&self) -> bool {
        true
    }
}

/// Returns the names of the fields that the host maintains itself.
pub(crate) fn own_fields(account: &Account<'_>) -> Vec<&'static str> {
    account.state.own_fields().map(Column::key).collect()
}
