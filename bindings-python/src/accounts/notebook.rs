//! Makes the HTML that a notebook shows for accounts. The other classes make theirs in their own `_repr_html_`.

use crate::html;

/// Returns the number of active accounts in each year group.
pub(super) fn html(accounts: &onroll::Accounts) -> String {
    let active = accounts.iter().filter(|account| account.active);
    let counts = html::counts(active.map(|account| account.year_group));
    let active: usize = counts.values().sum();
    let sentence = format!("{} accounts, of which {active} are active. to_pandas() shows them.", accounts.len());
    html::counted(&sentence, ["Year group", "Active accounts"], &counts)
}
