//! The coded values of a student, and the words that an MIS uses for them.

// Each value has its own file.

pub(crate) mod ethnicity;
pub(crate) mod flag;
pub(crate) mod gender;
pub(crate) mod gender_letters;
pub(crate) mod proficiency;
pub(crate) mod year_group;

pub use ethnicity::{Ethnicities, Ethnicity, EthnicityEntry, EthnicityError};
pub use gender::Gender;
pub use year_group::{KeyStage, UnknownYearGroup, YearGroup};
