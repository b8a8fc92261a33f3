//! From a UK school's roster to working student accounts.
//!
//! A school uploads its students as a CSV file in an exact format of nine columns. [`Reader`] turns it
//! into a [`Roster`], in which every row is valid and every username unique, or into a [`Report`] of
//! everything that is wrong, each problem with its place and, where there is one right answer, its
//! fix. [`Accounts`] gives every student of a roster an account with a [`Password`] that a
//! five-year-old can type, and writes the credentials for the teachers.
//!
//! ```
//! use onroll::{Accounts, PasswordPolicy, ReadError, Reader, SignIn};
//!
//! # let folder = tempfile::tempdir()?;
//! # std::env::set_current_dir(&folder)?;
//! # std::fs::write("students.csv", onroll::template_csv() + "Amelia Smith,Amelia Smith,Year 7,7B,F,No,WBRI,No,No")?;
//! let roster = match Reader::new().sign_in(SignIn::Password).fix(true).read_path("students.csv") {
//!     Ok(roster) => roster,
//!     // For the person who uploaded the file: what is wrong, where, and what to write instead.
//!     Err(ReadError::Rejected(report)) => return Ok(print!("{}", report.text())),
//!     Err(error) => return Err(error.into()),
//! };
//! let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
//! accounts.save_credentials("credentials.csv")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`wonde`] reads the students from the school's MIS instead, and a [`Plan`] keeps accounts in step with either. Who signs in
//! by SSO is somebody's [`Identity`], by [`mylogin`] or by the host's OpenID Connect library, and [`match_identity`] says whose
//! account that is; who signs in with a password does so by [`Attempts`], which counts the wrong ones.
//!
//! # What it does not do
//! It keeps nothing: accounts live in the host's database, and this is the calculation. It does not
//! guess: what has no one right answer is a suggestion for a person. It owns no clock and no socket. A
//! password of four characters is only as safe as the lock-out around it ([`AttemptPolicy`], [`PasswordPolicy::advice`]).
//!
//! # Whose data this is
//! Names, ethnicity and special needs of children. `Debug`, `Display` and every error leave the cells
//! out; [`Report::text`], [`Problem::message`] and [`Password::expose`] show them, and are asked for by name.
//!
//! # Features
//! * `argon2`: `PasswordHasher`, for hosts that keep only hashes.
//! * `http`: `Http`, an adapter for [`wonde`] and [`mylogin`] on `reqwest` with rustls.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::string_slice, clippy::unwrap_used)
)]

mod account;
mod adapter;
mod code;
mod column;
mod ethnicity;
mod flag;
mod gender;
mod identity;
mod keys;
mod meaning;
pub mod mylogin;
mod password;
mod plan;
mod problem;
mod reader;
mod report;
mod roster;
mod row;
mod sheet;
mod student;
mod text;
mod threads;
mod upn;
mod username;
mod watch;
pub mod wonde;
mod year_group;

pub use account::{Account, AccountError, AccountRow, Accounts, AccountsIter, Cards, CredentialsRead, Edit};
#[cfg(feature = "http")]
pub use adapter::Http;
pub use adapter::{Adapter, AdapterError, Call, CallError, Fault, Request, Response, Step};
pub use code::UnknownCode;
pub use column::Column;
pub use ethnicity::{Ethnicities, Ethnicity, EthnicityError};
pub use gender::Gender;
pub use identity::{
    AttemptPolicy, Attempts, Identity, IdentityError, Link, Links, Match, MatchedBy, PersonKind, RefusedReason,
    SignInRefused, match_identity,
};
pub use password::{EntropyError, Password, PasswordPolicy, PolicyError};
#[cfg(feature = "argon2")]
pub use password::{PasswordHashError, PasswordHasher};
pub use plan::{
    Change, ChangeKind, Conflict, ConflictReason, Decision, DecisionOutcome, Field, FieldValue, Guard, KeptUsername,
    NearPair, PersonRef, Plan, PlanEntry, PlanError, PlanRefused, Planner, PlannerError, RecordedDecision, Statement,
    StatementKind,
};
pub use problem::{Fix, Place, Problem, ProblemCode, Severity, WithValues};
pub use reader::{ReadError, Reader, Record, template_csv};
pub use report::Report;
pub use roster::{Held, Iter, Roster};
pub use sheet::{Limits, NotARegularFile, save_file};
pub use student::Student;
pub use username::{SignIn, loose_username_key, same_username, username_key};
pub use year_group::{KeyStage, UnknownYearGroup, YearGroup};

/// What the fuzz targets hold equal to the `csv` crate. No part of the interface.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    pub use crate::sheet::whole::{by_lanes, by_short_ways, with_more};
}

/// The README's Rust is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
