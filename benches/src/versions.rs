//! Finds the versions of the peers, for the pages of results.

/// Returns a package's name and its version in Cargo.lock: `"csv 1.4.0"`.
pub fn locked_version(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1).unwrap_or_default();
    format!("{name} {}", after.split('"').next().unwrap_or_default())
}
