//! The choice whether columns that the template does not have are refused or ignored (`ExtraColumns`).
//! `check/headings.rs` applies it.

use crate::code::coded;

/// The treatment of columns that are not in the template.
///
/// ```
/// use onroll::reader::ExtraColumns;
/// use onroll::Reader;
/// // The choice of a host's settings page.
/// let extra: ExtraColumns = "ignore".parse()?;
/// assert_eq!(ExtraColumns::ALL.map(ExtraColumns::as_str), ["refuse", "ignore"]);
/// let reader = Reader::new().extra_columns(extra);
/// # let _ = reader;
/// # Ok::<(), onroll::code::UnknownCode>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_enums)]
pub enum ExtraColumns {
    /// Each extra column is a problem, and the file is refused.
    #[default]
    Refuse,
    /// Extra columns are not read, and not reported.
    Ignore,
}

impl ExtraColumns {
    /// All choices.
    pub const ALL: [Self; 2] = [Self::Refuse, Self::Ignore];

    /// Returns `"refuse"` or `"ignore"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Ignore => "ignore",
        }
    }
}

coded!(ExtraColumns: "extra columns");
