//! Writes a plan as statements for your database, in an order that unique indexes accept.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use crate::code::coded;
use crate::password::Password;
use crate::text;

use super::change::Field;
use super::{Change, ChangeKind, FieldValue, Plan};

/// The kind of a [`Statement`].
///
/// ```
/// use onroll::plan::StatementKind;
/// assert_eq!(StatementKind::ALL.map(StatementKind::as_str), ["insert", "update"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// The statement inserts a row.
    Insert,
    /// The statement updates fields in a row.
    Update,
}

coded!(StatementKind: "kind of statement");

impl StatementKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Insert, Self::Update];

    /// Returns the kind in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
        }
    }
}

/// One statement for your database. It inserts a row, or updates fields in one row. You find that row by its host id or
/// username.
///
/// ```
/// use onroll::plan::StatementKind;
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let next = csv.replace("5A", "5B") + "Noah Khan,Noah Khan,Year 5,5B,Male,No,APKN,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(next.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?;
/// for statement in plan.statements() {
///     for (field, value) in statement.set() {
///         println!("SET {field} = {value:?}");
///     }
///     if let (true, Some(password)) = (statement.new_password(), statement.password()) {
///         println!("and a hash of {} characters' password", password.expose().len());
///     }
///     match statement.kind() {
///         StatementKind::Insert => println!("of a new row for {}", statement.username()),
///         _ => println!("of row {:?}, or of {}", statement.host_id(), statement.username()),
///     }
///     assert!(!statement.makes_room() && statement.change().username() == statement.username());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Statement<'p> {
    kind: StatementKind,
    change: Change<'p>,
    username: Cow<'p, str>,
    set: Vec<(&'static str, FieldValue<'p>)>,
    makes_room: bool,
}

impl<'p> Statement<'p> {
    /// Returns the kind of statement.
    pub fn kind(&self) -> StatementKind {
        self.kind
    }

    /// Returns your own id for the account, by which you find its row. Returns `None` for a row to insert, or if you
    /// gave no id.
    pub fn host_id(&self) -> Option<&'p str> {
        self.change.host_id()
    }

    /// Returns the username of the row just before this statement runs. For a row to insert, returns its new username.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Returns the fields to set, by the names of an account's fields. A row to insert sets every field, except a
    /// missing `upi`. An update sets only the changed fields.
    pub fn set(&self) -> &[(&'static str, FieldValue<'p>)] {
        &self.set
    }

    /// Returns whether the row gets a new password. If it does, do not keep the old password.
    pub fn new_password(&self) -> bool {
        !self.makes_room && self.change.new_password()
    }

    /// Returns the new password. Returns `None` if the change sets no password, or if the plan's JSON had no passwords.
    pub fn password(&self) -> Option<&'p Password> {
        self.change.password().filter(|_| !self.makes_room)
    }

    /// Returns whether this statement only frees a username or an id for another row. If so, the statement sets a
    /// temporary username, or removes an id. A later statement sets the row's final value.
    pub fn makes_room(&self) -> bool {
        self.makes_room
    }

    /// Returns the change that the statement belongs to.
    pub fn change(&self) -> Change<'p> {
        self.change
    }
}

impl fmt::Debug for Statement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The unique fields.
const UNIQUE: [&str; 3] = ["username", "source_id", "upn"];

impl Plan {
    /// Returns the plan as statements for your database, each for one row. Run them in this order, in one transaction.
    /// No statement breaks a unique index on username or source id, because each row releases a value before another row
    /// gets the same value. If two rows swap usernames, one of them first gets a temporary username.
    ///
    /// Do not put a unique index on the UPN. Two students can have the same UPN by mistake. A text that is not a valid
    /// UPN, such as `TBC`, can occur many times.
    ///
    /// ```
    /// # use onroll::plan::StatementKind;
    /// # use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let csv = format!("{}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n", onroll::template_csv());
    /// # let roster = Reader::new().read_bytes(csv.as_bytes())?;
    /// # let accounts = Accounts::from_rows([], roster.sign_in())?;
    /// let plan = Plan::between(&accounts, &roster)?;
    /// for statement in plan.statements() {
    ///     match statement.kind() {
    ///         StatementKind::Insert => { /* INSERT INTO pupil (full_name, …) */ }
    ///         StatementKind::Update => { /* UPDATE pupil SET … WHERE id = host_id, or username = username */ }
    ///         _ => unreachable!("there are two kinds"),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statements(&self) -> Vec<Statement<'_>> {
        let mut order = Order::new(self);
        let is_join = |change: &Change<'_>| change.kind() == ChangeKind::Join;
        for index in 0..order.changes.len() {
            if !is_join(&order.changes[index]) {
                order.visit(index);
            }
        }
        // A joiner may take a value that another row has freed, so joiners come last.
        let joined = self.changes().filter(is_join).map(|change| Statement {
            kind: StatementKind::Insert,
            change,
            username: Cow::Borrowed(change.username()),
            set: change.values().collect(),
            makes_room: false,
        });
        order.statements.into_iter().chain(joined).collect()
    }
}

/// Puts changes in order. Each row releases a username or an id before another row gets the same value.
struct Order<'p> {
    plan: &'p Plan,
    changes: Vec<Change<'p>>,
    /// The changes that release a value, by that value. A value has two parts: the field's index in [`UNIQUE`], and the
    /// username's key or the id.
    given_up: HashMap<(usize, Cow<'p, str>), Vec<usize>>,
    state: Vec<WriteState>,
    statements: Vec<Statement<'p>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WriteState {
    New,
    /// The statement waits for the statements of other changes.
    Waiting,
    /// The statement still waits, but the row has given up its values.
    Vacated,
    Done,
}

/// Returns the value of a unique field, with the field's index in [`UNIQUE`]. Returns `None` if the field is not unique
/// or has no value.
fn unique_value<'p>(field: &Field<'p>, value: FieldValue<'p>) -> Option<(usize, Cow<'p, str>)> {
    let index = UNIQUE.iter().position(|name| *name == field.name())?;
    match value {
        FieldValue::Text(text) if index == 0 => Some((index, Cow::Owned(text::key(&text).into_owned()))),
        FieldValue::Text(text) => Some((index, text)),
        _ => None,
    }
}

impl<'p> Order<'p> {
    fn new(plan: &'p Plan) -> Self {
        let changes: Vec<Change<'p>> = plan.changes().collect();
        let mut given_up: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, change) in changes.iter().enumerate().filter(|(_, change)| change.kind() != ChangeKind::Join) {
            for value in change.fields().filter_map(|field| unique_value(&field, field.old())) {
                given_up.entry(value).or_default().push(index);
            }
        }
        let state = vec![WriteState::New; changes.len()];
        Self { plan, changes, given_up, state, statements: Vec::new() }
    }

    /// Returns the changes that must come before this change, because they release values that it needs.
    fn awaited(&self, index: usize) -> Vec<usize> {
        let taken = self.changes[index].fields().filter_map(|field| unique_value(&field, field.new_value()));
        taken.filter_map(|value| self.given_up.get(&value)).flatten().copied().filter(|other| *other != index).collect()
    }

    /// Puts a change in order, after the changes that it waits for. If changes wait for each other, one of their rows
    /// first gets a temporary username or loses an id.
    fn visit(&mut self, index: usize) {
        if self.state[index] != WriteState::New {
            return;
        }
        self.state[index] = WriteState::Waiting;
        let mut path = vec![(index, self.awaited(index))];
        while let Some((index, awaited)) = path.last_mut() {
            let index = *index;
            match awaited.pop() {
                Some(other) if self.state[other] == WriteState::New => {
                    self.state[other] = WriteState::Waiting;
                    path.push((other, self.awaited(other)));
                }
                Some(other) if self.state[other] == WriteState::Waiting => self.make_room(other),
                Some(_) => {}
                None => {
                    self.finish(index);
                    path.pop();
                }
            }
        }
    }

    fn temporary(&self, index: usize) -> String {
        format!("renaming-{}-{index}", self.plan.fingerprint)
    }

    /// Releases the old unique values of a row before the row can get its new values.
    fn make_room(&mut self, index: usize) {
        self.state[index] = WriteState::Vacated;
        let change = self.changes[index];
        let freed = change.fields().filter(|field| unique_value(field, field.old()).is_some());
        let set = freed.map(|field| match field.name() {
            "username" => ("username", FieldValue::Text(Cow::Owned(self.temporary(index)))),
            name => (name, FieldValue::Null),
        });
        let set = set.collect();
        self.update(index, Cow::Borrowed(change.username()), set, true);
    }

    fn finish(&mut self, index: usize) {
        let change = self.changes[index];
        let renamed = change.fields().any(|field| field.name() == "username");
        let username = match self.state[index] {
            WriteState::Vacated if renamed => Cow::Owned(self.temporary(index)),
            _ => Cow::Borrowed(change.username()),
        };
        self.state[index] = WriteState::Done;
        self.update(index, username, change.fields().map(|field| (field.name(), field.new_value())).collect(), false);
    }

    fn update(
        &mut self,
        index: usize,
        username: Cow<'p, str>,
        set: Vec<(&'static str, FieldValue<'p>)>,
        makes_room: bool,
    ) {
        let change = self.changes[index];
        self.statements.push(Statement { kind: StatementKind::Update, change, username, set, makes_room });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::account::{AccountRow, Accounts};
    use crate::plan::changes::Changes;
    use crate::reader::{Reader, template_csv};
    use crate::username::SignIn;

    /// A table with unique indexes on the key of the username, the source id and the UPN.
    #[derive(Default)]
    struct Table {
        rows: Vec<BTreeMap<&'static str, String>>,
    }

    impl Table {
        fn run(&mut self, statement: &Statement<'_>) {
            let row = match statement.kind() {
                StatementKind::Insert => {
                    self.rows.push(BTreeMap::new());
                    self.rows.len() - 1
                }
                StatementKind::Update => {
                    let named: Vec<usize> = (0..self.rows.len())
                        .filter(|row| self.rows[*row]["username"] == statement.username())
                        .collect();
                    assert_eq!(named.len(), 1, "a statement is about one row");
                    named[0]
                }
            };
            for (name, value) in statement.set() {
                self.rows[row].insert(name, value.as_str().to_owned());
            }
            for unique in UNIQUE {
                let key = |row: &BTreeMap<&str, String>| row.get(unique).map(|text| text::key(text).into_owned());
                let mut keys: Vec<String> = self.rows.iter().filter_map(key).filter(|key| !key.is_empty()).collect();
                keys.sort();
                assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{unique} is unique after each statement");
            }
        }
    }

    /// Returns the statements of a plan that consists of these renames. Each statement is its old and its new username.
    fn renames(usernames: &[[&str; 2]]) -> Vec<[String; 2]> {
        let row = |username: &&str| AccountRow {
            full_name: "Amy Li".to_owned(),
            username: (*username).to_owned(),
            gender: "Female".to_owned(),
            year_group: "7".to_owned(),
            class_name: "7B".to_owned(),
            ..AccountRow::default()
        };
        let load = |side: usize| {
            Accounts::from_rows(usernames.iter().map(|names| row(&names[side])), SignIn::Password).unwrap()
        };
        let (old, new) = (load(0), load(1));
        let mut changes = Changes::new(Arc::clone(old.students().ethnicities()));
        for (from, to) in old.iter().zip(new.iter()) {
            changes.push(ChangeKind::Rename, &from, &to, false);
        }
        let plan = Plan { changes, ..nothing() };
        let temporary = |name: &str| name.replace(&format!("renaming-{}", plan.fingerprint), "temporary");
        let to = |statement: &Statement<'_>| temporary(statement.set()[0].1.as_str());
        plan.statements().iter().map(|statement| [temporary(statement.username()), to(statement)]).collect()
    }

    fn nothing() -> Plan {
        let nobody = Accounts::from_rows([], SignIn::Password).unwrap();
        Plan::between(&nobody, &Reader::new().read_bytes(template_csv().into_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn only_swapped_usernames_need_a_temporary_username() {
        assert_eq!(renames(&[["a", "b"], ["b", "c"], ["c", "d"]]), [["c", "d"], ["b", "c"], ["a", "b"]]);
        assert_eq!(renames(&[["a", "b"], ["b", "A"]]), [["a", "temporary-0"], ["b", "A"], ["temporary-0", "b"]]);
        assert_eq!(renames(&[["a", "A"], ["b", "b2"]]), [["a", "A"], ["b", "b2"]]);
    }

    fn id(letter: char, number: Option<usize>) -> Option<String> {
        number.map(|number| format!("{letter}{number}"))
    }

    proptest! {
        #[test]
        fn statements_run_one_by_one_without_breaking_a_unique_index(
            usernames in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
            ids in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
            without in prop::collection::vec(any::<bool>(), 12),
            accounts in 0..10_usize,
        ) {
            // The first `accounts` rows have an account. All rows get the usernames and ids that the shuffles give
            // them.
            let row = |username: usize, ids: usize, without: bool| AccountRow {
                full_name: "Amy Li".to_owned(),
                username: format!("Pupil {username}"),
                source_id: id('A', Some(ids).filter(|_| !without)),
                upn: id('U', Some(ids)),
                gender: "Female".to_owned(),
                year_group: "7".to_owned(),
                class_name: "7B".to_owned(),
                ..AccountRow::default()
            };
            let before: Vec<AccountRow> = (0..accounts).map(|index| row(index, index, without[index])).collect();
            let after: Vec<AccountRow> = (0..12).map(|index| row(usernames[index], ids[index], false)).collect();
            let load = |rows: &[AccountRow]| Accounts::from_rows(rows.to_vec(), SignIn::Password).unwrap();
            let (old, new) = (load(&before), load(&after));
            let mut changes = Changes::new(Arc::clone(old.students().ethnicities()));
            for index in 0..12 {
                let to = new.at(index).unwrap();
                match old.at(index) {
                    Some(from) => changes.push(ChangeKind::Update, &from, &to, false),
                    None => changes.push(ChangeKind::Join, &to, &to, true),
                }
            }
            let plan = Plan { changes, ..nothing() };
            let mut table = Table::default();
            for account in old.iter() {
                let values = [("username", account.username), ("source_id", account.source_id.unwrap_or("")), ("upn", account.upn.unwrap_or(""))];
                table.rows.push(values.into_iter().map(|(name, value)| (name, value.to_owned())).collect());
            }
            for statement in plan.statements() {
                table.run(&statement);
            }
            for (row, account) in table.rows.iter().zip(new.iter()) {
                prop_assert_eq!(row["username"].as_str(), account.username);
                prop_assert_eq!([Some(row["source_id"].as_str()), Some(row["upn"].as_str())], [account.source_id, account.upn]);
            }
        }
    }
}
