//! The Python package: translates `onroll`, and holds no rule of its own.

mod accounts;
mod adapter;
mod arrow;
mod decision;
mod errors;
mod input;
mod link;
mod mylogin;
mod options;
mod plan;
mod read;
mod report;
mod roster;
mod rows;
mod sign_in;
mod table;
mod values;
mod wonde;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _onroll {
    #[pymodule_export]
    use super::accounts::{Account, Accounts, create_accounts};
    #[pymodule_export]
    use super::adapter::AsyncCall;
    #[pymodule_export]
    use super::decision::{Decision, PlanEntry};
    #[pymodule_export]
    use super::link::Link;
    #[pymodule_export]
    use super::mylogin::{MyLoginClient, new_state, new_verifier};
    #[pymodule_export]
    use super::plan::{Change, Conflict, Plan, Statement, plan};
    #[pymodule_export]
    use super::read::{check_csv, fix_csv, read_csv, save_file, template_csv};
    #[pymodule_export]
    use super::report::{Problem, Report};
    #[pymodule_export]
    use super::roster::{Held, Roster, Student};
    #[pymodule_export]
    use super::sign_in::{Attempts, Identity, match_identity};
    #[pymodule_export]
    use super::values::{Password, PasswordPolicy, canonical_password, ethnicities, same_username, username_key};
    #[pymodule_export]
    use super::wonde::{
        Access, Client, Locks, Schedule, School, Snapshot, Token, Webhook, same_secret, webhook, wonde_busy,
    };

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
