//! onroll
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod account;
mod column;
mod ethnicity;
mod flag;
mod gender;
mod meaning;
mod password;
mod problem;
mod reader;
mod report;
mod roster;
mod row;
mod sheet;
mod student;
mod text;
mod username;
mod year_group;

pub use account::{Account, AccountError, AccountRow, Accounts, Cards, CredentialsRead, Edit};
pub use column::Column;
pub use ethnicity::{Ethnicities, Ethnicity, EthnicityError};
pub use gender::Gender;
pub use password::{EntropyError, Password, PasswordPolicy, PolicyError};
pub use problem::{Fix, Place, Problem, ProblemCode, Severity};
pub use reader::{ReadError, Reader, template_csv};
pub use report::Report;
pub use roster::Roster;
pub use sheet::Limits;
pub use student::Student;
pub use username::{SignIn, same_username};
pub use year_group::{KeyStage, YearGroup};
