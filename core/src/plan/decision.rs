//! What a person decided about an account and a student, as data that later plans take.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::account::{Account, Accounts};
use crate::roster::Roster;
use crate::text;

use super::PlanEntry;

/// An account or a student as a decision names one: by source id or UPN where there is any, otherwise by username.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PersonRef {
    /// The id that the school's MIS, or Wonde, gives the student.
    SourceId(String),
    /// The unique pupil number.
    Upn(String),
    /// The username, compared by its [key](crate::username_key).
    Username(String),
}

impl PersonRef {
    /// Returns the surest reference that these ids and this username allow.
    ///
    /// ```
    /// use onroll::PersonRef;
    /// assert_eq!(PersonRef::new(Some("A1"), None, "zoe"), PersonRef::SourceId("A1".into()));
    /// assert_eq!(PersonRef::new(None, None, "zoe"), PersonRef::Username("zoe".into()));
    /// ```
    pub fn new(source_id: Option<&str>, upn: Option<&str>, username: &str) -> Self {
        let known = |id: Option<&str>| id.filter(|id| !id.trim().is_empty()).map(str::to_owned);
        match (known(source_id), known(upn)) {
            (Some(id), _) => Self::SourceId(id),
            (None, Some(upn)) => Self::Upn(upn),
            (None, None) => Self::Username(username.to_owned()),
        }
    }
}

impl fmt::Debug for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonRef(<hidden>)")
    }
}

impl From<&str> for PersonRef {
    /// A reference by username.
    fn from(username: &str) -> Self {
        Self::Username(username.to_owned())
    }
}

impl From<&Account<'_>> for PersonRef {
    fn from(account: &Account<'_>) -> Self {
        Self::new(account.source_id, account.upn, account.username)
    }
}

impl From<&PlanEntry> for PersonRef {
    fn from(entry: &PlanEntry) -> Self {
        Self::new(entry.source_id.as_deref(), entry.upn.as_deref(), &entry.username)
    }
}

/// What a person decided about an account and a student. Store decisions with the school, and pass all of them to every later
/// plan: a plan records each with what became of it, so that you can delete those that no longer fit.
///
/// ```
/// use onroll::{Decision, Planner};
/// let decisions = vec![
///     Decision::same("Amelia Smith", "Amelia Smith-Jones"),
///     Decision::different("apatel@oak.example", "apatel@oak.example"),
///     Decision::rename("Alex Moss", "Alexa Moss"),
/// ];
/// let stored = serde_json::to_string(&decisions)?;
/// assert!(stored.starts_with(r#"[{"same":{"account":{"username":"Amelia Smith"},"student":{"#));
/// let planner = Planner::new().decisions(serde_json::from_str::<Vec<Decision>>(&stored)?);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// The account is this student's. It keeps its username and password.
    Same {
        /// The account.
        account: PersonRef,
        /// The student in the roster.
        student: PersonRef,
    },
    /// The account is another person's than this student. The student gets an account of their own, if the username is free.
    Different {
        /// The account.
        account: PersonRef,
        /// The student in the roster.
        student: PersonRef,
    },
    /// The account gets this username, and is that of the student in the roster who has it, if there is one: for a child whose
    /// name changed. The password stays.
    Rename {
        /// The account.
        account: PersonRef,
        /// The new username.
        username: String,
    },
}

impl Decision {
    /// Decides that an account is a student's.
    pub fn same(account: impl Into<PersonRef>, student: impl Into<PersonRef>) -> Self {
        Self::Same { account: account.into(), student: student.into() }
    }

    /// Decides that an account is not a student's.
    pub fn different(account: impl Into<PersonRef>, student: impl Into<PersonRef>) -> Self {
        Self::Different { account: account.into(), student: student.into() }
    }

    /// Decides that an account gets another username.
    pub fn rename(account: impl Into<PersonRef>, username: impl Into<String>) -> Self {
        Self::Rename { account: account.into(), username: username.into() }
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same { .. } => "Same(<hidden>)",
            Self::Different { .. } => "Different(<hidden>)",
            Self::Rename { .. } => "Rename(<hidden>)",
        })
    }
}

/// What became of a decision in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DecisionOutcome {
    /// `applied`: the plan does as decided.
    Applied,
    /// `not-found`: no account, or no student, is the one that it names; or more than one is.
    NotFound,
    /// `contradicted`: an earlier decision says otherwise of the same account or student.
    Contradicted,
    /// `username-taken`: another account keeps the new username.
    UsernameTaken,
    /// `username-refused`: the new username is blank, too long, or with SSO not an email address.
    UsernameRefused,
}

impl DecisionOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::NotFound, Self::Contradicted, Self::UsernameTaken, Self::UsernameRefused];

    /// Returns the outcome's code in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NotFound => "not-found",
            Self::Contradicted => "contradicted",
            Self::UsernameTaken => "username-taken",
            Self::UsernameRefused => "username-refused",
        }
    }
}

/// A decision that a plan was given, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedDecision {
    /// The decision.
    pub decision: Decision,
    /// What became of it.
    pub outcome: DecisionOutcome,
}

/// The decisions of a plan by the slots of accounts and students.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Pairs of an account and a student that are one person, in order of account.
    pub(super) same: Vec<(usize, usize)>,
    /// Pairs that are not, and for each account its students of them.
    different: HashSet<(usize, usize)>,
    different_from: HashMap<usize, Vec<usize>>,
    /// The new username of an account.
    pub(super) renames: HashMap<usize, String>,
    pub(super) recorded: Vec<RecordedDecision>,
    /// Which record each rename is.
    rename_records: HashMap<usize, usize>,
}

impl Decided {
    pub(super) fn of(decisions: &[Decision], accounts: &Accounts, roster: &Roster) -> Self {
        let mut decided = Self::default();
        if decisions.is_empty() {
            return decided;
        }
        let find = Finder::new(accounts, roster);
        let (mut settled_accounts, mut settled_students) = (HashMap::new(), HashMap::new());
        for decision in decisions {
            let outcome = match decision {
                Decision::Same { account, student } => match (find.account(account), find.student(student)) {
                    (Some(account), Some(student)) => {
                        decided.pair(account, student, &mut settled_accounts, &mut settled_students)
                    }
                    _ => DecisionOutcome::NotFound,
                },
                Decision::Different { account, student } => match (find.account(account), find.student(student)) {
                    (Some(account), Some(_)) if settled_accounts.get(&account) == find.student(student).as_ref() => {
                        DecisionOutcome::Contradicted
                    }
                    (Some(account), Some(student)) => {
                        if decided.different.insert((account, student)) {
                            decided.different_from.entry(account).or_default().push(student);
                        }
                        DecisionOutcome::Applied
                    }
                    _ => DecisionOutcome::NotFound,
                },
                Decision::Rename { account, username } => match find.account(account) {
                    None => DecisionOutcome::NotFound,
                    Some(account) if decided.renames.contains_key(&account) => DecisionOutcome::Contradicted,
                    Some(account) => {
                        let student = find.student(&PersonRef::Username(username.clone()));
                        let paired = student.map_or(DecisionOutcome::Applied, |student| {
                            decided.pair(account, student, &mut settled_accounts, &mut settled_students)
                        });
                        if paired == DecisionOutcome::Applied {
                            decided.renames.insert(account, username.clone());
                            decided.rename_records.insert(account, decided.recorded.len());
                        }
                        paired
                    }
                },
            };
            decided.recorded.push(RecordedDecision { decision: decision.clone(), outcome });
        }
        decided.same.sort_unstable();
        decided
    }

    fn pair(
        &mut self,
        account: usize,
        student: usize,
        accounts: &mut HashMap<usize, usize>,
        students: &mut HashMap<usize, usize>,
    ) -> DecisionOutcome {
        let agrees = |settled: Option<&usize>, one: usize| settled.is_none_or(|other| *other == one);
        if !agrees(accounts.get(&account), student)
            || !agrees(students.get(&student), account)
            || self.different.contains(&(account, student))
        {
            return DecisionOutcome::Contradicted;
        }
        if accounts.insert(account, student).is_none() {
            self.same.push((account, student));
        }
        students.insert(student, account);
        DecisionOutcome::Applied
    }

    /// Whether a person decided that this account is not this student's.
    pub(super) fn are_different(&self, account: usize, student: usize) -> bool {
        !self.different.is_empty() && self.different.contains(&(account, student))
    }

    /// The students that an account is not, by decision.
    pub(super) fn different_from(&self, account: usize) -> &[usize] {
        self.different_from.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Whether any pair was decided not to be one person.
    pub(super) fn has_different(&self) -> bool {
        !self.different.is_empty()
    }

    /// Takes a rename back that cannot be made.
    pub(super) fn refuse_rename(&mut self, account: usize, outcome: DecisionOutcome) {
        self.renames.remove(&account);
        if let Some(record) = self.rename_records.get(&account).and_then(|record| self.recorded.get_mut(*record)) {
            record.outcome = outcome;
        }
    }
}

/// Finds the accounts and students that references name.
struct Finder<'a> {
    accounts: &'a Accounts,
    account_ids: Ids<'a>,
    student_ids: Ids<'a>,
    students: HashMap<String, usize>,
}

/// The slots by source id and by UPN; `None` where two have it.
struct Ids<'a>([HashMap<&'a str, Option<usize>>; 2]);

impl<'a> Ids<'a> {
    fn of(people: impl Iterator<Item = [Option<&'a str>; 2]>) -> Self {
        let mut maps = [HashMap::new(), HashMap::new()];
        for (slot, ids) in people.enumerate() {
            for (map, id) in maps.iter_mut().zip(ids) {
                if let Some(id) = id {
                    map.entry(id).and_modify(|slot| *slot = None).or_insert(Some(slot));
                }
            }
        }
        Self(maps)
    }

    fn find(&self, which: usize, id: &str) -> Option<usize> {
        self.0.get(which).and_then(|map| map.get(id)).copied().flatten()
    }
}

impl<'a> Finder<'a> {
    fn new(accounts: &'a Accounts, roster: &'a Roster) -> Self {
        let students = roster.students();
        Self {
            accounts,
            account_ids: Ids::of((0..accounts.len()).map(|slot| accounts.students().ids(slot))),
            student_ids: Ids::of((0..roster.len()).map(|slot| students.ids(slot))),
            students: (0..roster.len()).map(|slot| (text::key(students.names(slot)[1]).into_owned(), slot)).collect(),
        }
    }

    fn account(&self, person: &PersonRef) -> Option<usize> {
        match person {
            PersonRef::SourceId(id) => self.account_ids.find(0, id),
            PersonRef::Upn(upn) => self.account_ids.find(1, upn),
            PersonRef::Username(username) => self.accounts.place(username),
        }
    }

    fn student(&self, person: &PersonRef) -> Option<usize> {
        match person {
            PersonRef::SourceId(id) => self.student_ids.find(0, id),
            PersonRef::Upn(upn) => self.student_ids.find(1, upn),
            PersonRef::Username(username) => self.students.get(text::key(username).as_ref()).copied(),
        }
    }
}
