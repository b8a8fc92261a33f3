//! The numbers and shares at which a guard refuses a plan.

/// The largest share of active accounts that may leave in one plan, if the host sets no other.
pub(crate) const MAX_LEAVERS: f64 = 0.1;
/// The number of students who may always leave at once.
pub(super) const ALWAYS_MAY_LEAVE: usize = 5;
/// The number of students who may always join at once.
pub(super) const ALWAYS_MAY_JOIN: usize = 5;
/// If a field changes for at most this number of students, no guard refuses the plan because of it.
pub(super) const ALWAYS_MAY_CHANGE: usize = 5;
/// If fewer than one student in this many matches an account, the roster is of another school.
pub(super) const LEAST_IN_COMMON: usize = 10;
/// Below this number of students, a school is too small to be distinguished from another.
pub(super) const TELLS_A_SCHOOL: usize = 10;
/// Below this number, changed usernames, names or ids are treated as single cases.
pub(super) const MANY: usize = 3;
