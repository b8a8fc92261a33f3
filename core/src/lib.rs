//! onroll turns a UK school's roster into working student accounts.
//!
//! A school uploads its students as a CSV file with nine fixed columns. [`Reader`] turns it into a [`Roster`], in which
//! every row is valid and every username unique. If the file has errors, the reader returns a [`Report`]. The report
//! lists every problem with its position and, if there is one right answer, its fix. [`Accounts`] gives every student an
//! account with a [`Password`] that a five-year-old can type, and writes the credentials for the teachers.
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
//! [`wonde`] reads the students from the school's MIS instead. A [`Plan`] keeps accounts in step with a file or with
//! Wonde. For a student who signs in with SSO, [`match_identity`] finds the account of an [`Identity`], which comes
//! from [`mylogin`] or from your OpenID Connect library. For a student who signs in with a password, [`Attempts`] finds
//! the account and counts wrong passwords.
//!
//! # What it does not do
//! onroll stores nothing. You keep the accounts in your own database. onroll does not guess: if there is more than one
//! possible answer, it only suggests one to a person. It reads no clock and opens no sockets. A four-character password
//! is safe only if you lock accounts after wrong passwords ([`AttemptPolicy`](identity::AttemptPolicy), [`PasswordPolicy::advice`]).
//!
//! # Whose data this is
//! onroll handles names, ethnicity and special needs of children. `Debug`, `Display` and every error leave out values.
//! [`Report::text`], [`Problem::message`] and [`Password::expose`] show them.
//!
//! # Where to find a type
//! The types that most programs need are here. The modules have all other types. For example, [`account`] has the types
//! for editing and printing, and [`plan`] has the types of changes. [`problem`] has the codes of problems, and
//! [`values`] has the coded values.
//!
//! # Features
//! * `wonde`, `mylogin` and `cards`, on by default: the modules [`wonde`] and [`mylogin`], and login cards, letters and
//!   class lists to print. A program that only reads files can turn them off, and then builds only 59 crates.
//! * `argon2`: `PasswordHasher`, for hosts that store only hashes.
//! * `workbook`: reads Excel and OpenDocument workbooks. `template_workbook`, `Reader::mark_path` and
//!   `Accounts::write_credentials_workbook` write workbooks.
//! * `http`: `Http`, an adapter for [`wonde`] and [`mylogin`] that uses `ureq` with rustls.
//! * `command`: the command `onroll`, as a binary and as the module `command`.
//! * `testing`: a small copy of Wonde and MyLogin, for your own tests.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::string_slice, clippy::unwrap_used)
)]
// Code that only these features use is compiled even without them. The linker then removes it.
#![cfg_attr(
    not(all(feature = "wonde", feature = "mylogin", feature = "cards")),
    allow(dead_code, unused_imports, unreachable_pub)
)]

pub mod account;
#[cfg(any(feature = "wonde", feature = "mylogin"))]
pub mod adapter;
mod check;
pub mod code;
mod column;
#[cfg(feature = "command")]
pub mod command;
mod excel;
mod format;
pub mod identity;
mod keys;
#[cfg(any(feature = "wonde", feature = "command"))]
mod london;
pub mod mapping;
mod meaning;
#[cfg(feature = "mylogin")]
pub mod mylogin;
pub mod password;
pub mod plan;
pub mod problem;
pub mod reader;
pub mod report;
pub mod roster;
mod simd;
mod student;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod threads;
mod upn;
pub mod username;
pub mod values;
mod vocabulary;
mod watch;
#[cfg(feature = "wonde")]
pub mod wonde;

#[doc(inline)]
pub use account::{Account, Accounts};
pub use column::Column;
#[doc(inline)]
pub use identity::{Attempts, Identity, match_identity};
#[doc(inline)]
pub use mapping::{Detected, Mapping};
#[doc(inline)]
pub use password::{Password, PasswordPolicy};
#[doc(inline)]
pub use plan::{Decision, Plan, PlanRefused, Planner};
#[doc(inline)]
pub use problem::{Problem, ProblemCode};
#[doc(inline)]
pub use reader::{Limits, ReadError, Reader, Record, template_csv};
#[doc(inline)]
pub use report::Report;
#[doc(inline)]
pub use roster::Roster;
pub use student::Student;
#[doc(inline)]
pub use username::{SignIn, username_key};

/// Functions that the fuzz targets compare with the `csv` crate. They are not part of the public interface.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    pub use crate::table::whole::{across_stretches, read_rows, split_rows, with_more};
}

/// Compiles and runs the Rust examples of the guides with the tests.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../docs/check-an-upload.md")]
    mod check_an_upload {}
    #[doc = include_str!("../../docs/any-export.md")]
    mod any_export {}
    #[doc = include_str!("../../docs/store-accounts.md")]
    mod store_accounts {}
    #[doc = include_str!("../../docs/sync-nightly.md")]
    mod sync_nightly {}
    #[doc = include_str!("../../docs/sign-in.md")]
    mod sign_in {}
}

/// Compiles and runs the Rust examples of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
