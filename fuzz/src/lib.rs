//! The properties to fuzz. Each fuzz target checks the property with the target's name.

mod files;
mod plans;
mod services;
#[path = "../../core/tests/growth/steps.rs"]
mod steps;
mod stored;

pub use files::*;
pub use plans::*;
pub use services::*;
pub use stored::*;
