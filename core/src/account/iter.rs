//! Iterates over accounts (`AccountsIter`).

use super::{Account, Accounts};

impl<'a> IntoIterator for &'a Accounts {
    type Item = Account<'a>;
    type IntoIter = AccountsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        AccountsIter { accounts: self, next: 0 }
    }
}

/// An iterator over accounts.
///
/// ```
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\nNoah Khan,Noah Khan,Year 6,6A,Male,No,APKN,No,No\n";
/// # let roster = Reader::new().read_bytes((onroll::template_csv() + rows).into_bytes())?;
/// # let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
/// let year_6 = accounts.iter().filter(|account| account.active && account.year_group == "Year 6");
/// assert_eq!(year_6.map(|account| account.username).collect::<Vec<_>>(), ["Noah Khan"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccountsIter<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) next: usize,
}

impl<'a> Iterator for AccountsIter<'a> {
    type Item = Account<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let account = self.accounts.at(self.next)?;
        self.next += 1;
        Some(account)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.accounts.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for AccountsIter<'_> {}
