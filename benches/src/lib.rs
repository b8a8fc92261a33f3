//! Benchmarks of onroll: the rosters, the jobs, and instruction counts. Criterion runs the jobs while you work on the
//! code; `results` runs them for RESULTS.md and INSTRUCTIONS.md.

pub mod instructions;
pub mod jobs;
pub mod plot;
pub mod ready;
pub mod rosters;
mod versions;
pub mod wonde;

pub use versions::locked_version;
