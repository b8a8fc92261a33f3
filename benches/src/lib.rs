//! Benchmarks of onroll: the rosters and the jobs. Criterion runs the jobs while you work on the
//! code; `results` runs them for RESULTS.md.

pub mod jobs;
pub mod ready;
pub mod rosters;
mod versions;
pub mod wonde;

pub use versions::locked_version;
