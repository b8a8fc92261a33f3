//! The Python package. It translates between Python and the crate `onroll`, and contains no rules of its own.

mod accounts;
mod adapter;
mod arrow;
mod command;
mod decision;
mod detect;
mod ending;
mod errors;
mod ethnicity;
mod html;
mod input;
mod link;
mod mapping;
mod mark;
mod mylogin;
mod pandas;
mod pickle;
mod plan;
mod premium;
mod read;
mod reading_options;
mod report;
mod roster;
mod rows;
mod sequence;
mod sign_in;
mod testing;
mod values;
mod vocabulary;
mod wonde;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _onroll {
    #[pymodule_export]
    use super::accounts::{Account, Accounts, create_accounts};
    #[pymodule_export]
    use super::adapter::AsyncCall;
    #[pymodule_export]
    use super::command::run_command;
    #[pymodule_export]
    use super::decision::Decision;
    #[pymodule_export]
    use super::detect::{Detected, DetectedColumn, DetectedValue, DetectedValues, IgnoredColumn, Question, detect};
    #[pymodule_export]
    use super::link::Link;
    #[pymodule_export]
    use super::mapping::Mapping;
    #[pymodule_export]
    use super::mylogin::{MyLoginClient, new_state, new_verifier};
    #[pymodule_export]
    use super::plan::{Change, Conflict, Plan, PlanEntry, Statement, plan};
    #[pymodule_export]
    use super::premium::PupilPremium;
    #[pymodule_export]
    use super::read::{check_csv, fix_csv, mark_csv, read_csv, save_file, template_csv, template_workbook};
    #[pymodule_export]
    use super::report::{Problem, Report};
    #[pymodule_export]
    use super::roster::{Held, Roster, Student};
    #[pymodule_export]
    use super::sign_in::{Attempts, Identity, match_identity};
    #[pymodule_export]
    use super::testing::_FakeWonde;
    #[pymodule_export]
    use super::values::{Password, PasswordPolicy, canonical_password, ethnicities, same_username, username_key};
    #[pymodule_export]
    use super::wonde::{
        Access, AccessCheck, Client, FieldCheck, Locks, Schedule, School, Snapshot, SnapshotWarning, Token, Webhook,
        same_secret, webhook, wonde_busy,
    };

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        super::ending::register(module)
    }
}
