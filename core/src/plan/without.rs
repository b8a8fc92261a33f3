//! Leaves changes out of a plan (`Plan::without`), unless other changes depend on them.

use std::collections::HashSet;

use crate::text;

use super::{Change, ChangeKind, Field, LeftOut, Plan, PlanError};

impl Plan {
    /// Returns the plan without the changes of the given kinds, and without the changes for the given usernames.
    /// [`left_out`](Self::left_out) of the result lists these changes, and the next plan contains them again. Pass the
    /// account's current username. For a joiner, pass the username of the new account.
    ///
    /// ```
    /// use onroll::plan::ChangeKind;
    /// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let read = |rows: &str| Reader::new().read_bytes(format!("{}{rows}", onroll::template_csv()).into_bytes());
    /// # let accounts = Accounts::create(&read("Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n")?, &PasswordPolicy::default())?;
    /// # let roster = read("Noah Khan,Noah Khan,Year 5,5A,Male,No,APKN,No,No\n")?;
    /// let plan = Plan::between(&accounts, &roster)?;
    /// assert_eq!(plan.summary(), "1 join, 1 leave");
    /// let plan = plan.without([ChangeKind::Leave], [])?;
    /// assert_eq!(plan.summary(), "1 join, 1 left out, 1 unchanged");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PlanError::NoSuchChange`] if a username has no change in the plan. [`PlanError::PartBreaks`] if a remaining
    /// change needs a username or an id that a left-out change would free.
    pub fn without<'u>(
        &self,
        kinds: impl IntoIterator<Item = ChangeKind>,
        usernames: impl IntoIterator<Item = &'u str>,
    ) -> Result<Self, PlanError> {
        let kinds: HashSet<ChangeKind> = kinds.into_iter().collect();
        let usernames: HashSet<String> = usernames.into_iter().map(key).collect();
        let known: HashSet<String> = self.changes().map(|change| key(change.username())).collect();
        let count = usernames.iter().filter(|username| !known.contains(*username)).count();
        if count > 0 {
            return Err(PlanError::NoSuchChange { count });
        }
        let is_kept =
            |change: &Change<'_>| !kinds.contains(&change.kind()) && !usernames.contains(&key(change.username()));
        let (kept, out): (Vec<_>, Vec<_>) = self.changes().partition(is_kept);
        let held_on_to: HashSet<UniqueField> = out.iter().flat_map(given_up).collect();
        let rests_on_others = |change: &&Change<'_>| taken(change).iter().any(|value| held_on_to.contains(value));
        let broken = kept.iter().filter(rests_on_others).map(|change| change.username().to_owned());
        let usernames: Vec<String> = if held_on_to.is_empty() { Vec::new() } else { broken.collect() };
        if !usernames.is_empty() {
            return Err(PlanError::PartBreaks { usernames });
        }
        let mut left_out = self.left_out.clone();
        left_out.extend(out.iter().map(|change| LeftOut::new(change.kind(), change.username())));
        left_out.sort();
        let stay = out.iter().filter(|change| change.kind() != ChangeKind::Join && change.before().active).count();
        Ok(Self {
            changes: self.changes.filtered(is_kept),
            left_out,
            unchanged: self.unchanged + stay as u64,
            ..self.clone()
        })
    }
}

fn key(username: &str) -> String {
    text::key(username).into_owned()
}

/// A unique field and its value.
type UniqueField = (&'static str, String);

fn unique_values(change: &Change<'_>, value: impl Fn(&Field<'_>) -> String) -> Vec<UniqueField> {
    let fields = change.fields().filter(|field| ["username", "source_id", "upn"].contains(&field.name()));
    let value = |field: Field<'_>| match (field.name(), value(&field)) {
        ("username", username) => ("username", key(&username)),
        other => other,
    };
    fields.map(value).filter(|(_, text)| !text.is_empty()).collect()
}

/// Returns the unique values that a change gives up.
fn given_up(change: &Change<'_>) -> Vec<UniqueField> {
    unique_values(change, |field| field.old().as_str().to_owned())
}

/// Returns the unique values that an account gets through a change. Before the change, a different account may have
/// them.
fn taken(change: &Change<'_>) -> Vec<UniqueField> {
    if change.kind() != ChangeKind::Join {
        return unique_values(change, |field| field.new_value().as_str().to_owned());
    }
    let account = change.account();
    let ids = [("source_id", account.source_id), ("upn", account.upn)];
    let ids = ids.into_iter().filter_map(|(name, id)| Some((name, id?.to_owned())));
    ids.chain([("username", key(account.username))]).collect()
}
