//! The coded values of a student, and the words that an MIS uses for them.

pub(crate) mod ethnicity;
pub(crate) mod flag;
pub(crate) mod gender;
pub(crate) mod proficiency;
pub(crate) mod year_group;
