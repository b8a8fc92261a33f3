//! The settings of the row check (`Rules`), for file rows, records and accounts: fixes, sign-in, ethnicity codes and
//! blank columns. `row.rs` and `name_and_class.rs` have the rules themselves.

use std::sync::Arc;

use crate::column::Columns;
use crate::table::Limits;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

/// Row validation settings.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) sign_in: SignIn,
    /// Whether safe fixes are applied.
    pub(crate) fix: bool,
    pub(crate) main_codes_only: bool,
    /// The columns that may be blank. A host's rows and an MIS's records can lack some columns.
    pub(crate) may_be_blank: Columns,
    pub(crate) cell_bytes: usize,
    pub(crate) ethnicities: Arc<Ethnicities>,
}

impl Rules {
    /// Returns rules that apply no fixes, accept every code in `ethnicities`, and let no required column be blank.
    pub(crate) fn new(sign_in: SignIn, ethnicities: &Arc<Ethnicities>) -> Self {
        Self {
            sign_in,
            fix: false,
            main_codes_only: false,
            may_be_blank: Columns::default(),
            cell_bytes: Limits::default().cell_bytes,
            ethnicities: Arc::clone(ethnicities),
        }
    }

    /// Sets whether safe fixes are applied.
    pub(crate) fn fix(mut self, fix: bool) -> Self {
        self.fix = fix;
        self
    }

    /// Sets whether only the main ethnicity codes and the status codes `REFU` and `NOBT` are accepted.
    pub(crate) fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// Sets the columns that may be blank.
    pub(crate) fn may_be_blank(mut self, columns: Columns) -> Self {
        self.may_be_blank = columns;
        self
    }

    /// Sets the largest size of a value in bytes.
    pub(crate) fn cell_bytes(mut self, most: usize) -> Self {
        self.cell_bytes = most;
        self
    }
}
