//! Coded values display as their code, are parsed from their code, and are stored as their code in JSON. Serde can also
//! store rosters, accounts and plans.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use onroll::account::AccountRow;
use onroll::identity::{MatchedBy, PersonKind, RefusedReason};
use onroll::plan::{ChangeKind, ConflictReason, DecisionOutcome, Guard, StatementKind};
use onroll::problem::Severity;
use onroll::values::{Gender, YearGroup};
use onroll::{Accounts, Column, PasswordPolicy, Plan, ProblemCode, Reader, Roster, SignIn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::school;

fn is_its_code<T>(values: &[T])
where
    T: Copy + Debug + PartialEq + Display + FromStr<Err: Display> + Serialize + DeserializeOwned,
{
    for value in values {
        let code = value.to_string();
        assert_eq!(code.parse().ok(), Some(*value));
        assert_eq!(serde_json::to_value(value).unwrap(), code);
        assert_eq!(serde_json::from_value::<T>(code.clone().into()).unwrap(), *value);
        let Err(error) = "nothing".parse::<T>() else { panic!("{value:?} is of a kind with a value 'nothing'") };
        assert!(error.to_string().contains(&code), "{error} names the choices");
    }
}

#[test]
fn values_with_codes_can_be_displayed_and_parsed_and_stored_as_json() {
    is_its_code(&Gender::ALL);
    is_its_code(&Guard::ALL);
    is_its_code(ProblemCode::ALL);
    is_its_code(&Severity::ALL);
    is_its_code(&SignIn::ALL);
    is_its_code(&RefusedReason::ALL);
    is_its_code(&MatchedBy::ALL);
    is_its_code(&PersonKind::ALL);
    is_its_code(&ChangeKind::ALL);
    is_its_code(&ConflictReason::ALL);
    is_its_code(&DecisionOutcome::ALL);
    is_its_code(&StatementKind::ALL);
}

#[test]
fn a_column_is_stored_in_json_as_its_key() {
    for column in Column::ALL {
        assert_eq!(column.key().parse(), Ok(column));
        assert_eq!(serde_json::to_value(column).unwrap(), column.key());
        assert_eq!(serde_json::from_value::<Column>(column.key().into()).unwrap(), column);
    }
    let row = serde_json::to_value(AccountRow::default()).unwrap();
    assert!(Column::ALL.iter().all(|column| row.get(column.key()).is_some()), "{row}");
    assert!("Year Group".parse::<Column>().is_err());
}

#[test]
fn year_groups_can_be_displayed_and_parsed_and_stored_as_json() {
    for year in ["Nursery 1", "Reception", "Year 7", "P3", "S6"] {
        let read: YearGroup = year.parse().unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), year);
        assert_eq!(serde_json::from_value::<YearGroup>(year.into()).unwrap(), read);
    }
    assert!("Puffins".parse::<YearGroup>().is_err());
}

#[test]
fn serde_stores_rosters_and_accounts_and_plans_without_passwords() {
    let roster = Reader::new().read_bytes(school(30)).unwrap();
    let again: Roster = serde_json::from_str(&serde_json::to_string(&roster).unwrap()).unwrap();
    assert_eq!(again.to_json(), roster.to_json());
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let json = serde_json::to_string(&accounts).unwrap();
    let again: Accounts = serde_json::from_str(&json).unwrap();
    assert!(!json.contains("\"password\":") && again.iter().all(|account| account.password.is_none()));
    assert_eq!(again.fingerprint(), accounts.fingerprint());
    let plan = Plan::between(&Accounts::default(), &roster).unwrap();
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert!(again.len() == 30 && again.changes().all(|change| change.password().is_none()));
    assert!(serde_json::to_value(plan.at(0).unwrap()).unwrap()["account"].get("password").is_none());
    let edited = plan.to_json().replace("Year 5", "Year 4");
    assert!(serde_json::from_str::<Plan>(&edited).is_err());
    assert!(accounts == accounts.clone() && accounts != Accounts::default());
    assert_eq!((&accounts).into_iter().count(), 30);
}
