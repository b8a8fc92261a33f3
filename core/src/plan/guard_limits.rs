//! The numbers and shares at which a guard refuses a plan, such as `MAX_LEAVERS`. `builder/` checks them.
//! The docs of `plan/planner.rs`, the signature in `bindings-python/src/plan/planner.rs`, and `docs/sync-nightly.md`
//! repeat the defaults.

/// The default for the largest share of active accounts that may leave in one plan.
pub(crate) const MAX_LEAVERS: f64 = 0.1;
/// The number of students who may always leave at once.
pub(super) const ALWAYS_MAY_LEAVE: usize = 5;
/// If a class or year group of at least this many students leaves as a whole, the guard `too-many-leavers` refuses the
/// plan.
pub(super) const WHOLE_CLASS: usize = 10;
/// The number of students who may always join at once.
pub(super) const ALWAYS_MAY_JOIN: usize = 5;
/// If a field changes for at most this number of students, the guard `too-many-changes` does not refuse the plan.
pub(super) const ALWAYS_MAY_CHANGE: usize = 5;
/// If fewer than one in this number of students matches an account, the roster belongs to a different school.
pub(super) const LEAST_IN_COMMON: usize = 10;
/// With fewer students than this, a school is too small to be distinguished from another school.
pub(super) const TELLS_A_SCHOOL: usize = 10;
/// If fewer than this many usernames, names or ids have changed, we judge each change on its own.
pub(super) const MANY: usize = 3;
