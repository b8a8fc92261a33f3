//! Values that are never shown by accident (`Private`), and a comparison in constant time (`same_secret`).

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// A person's data. Its `Debug` output is `<hidden>`, and it has no `Display`. So types that contain it can safely
/// derive `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Private(Box<str>);

impl Private {
    pub(crate) fn new(value: impl Into<Box<str>>) -> Self {
        Self(value.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Returns whether two secrets are equal, in constant time. A blank secret never matches.
///
/// Use this function for the secret in your webhook address at Wonde. A plus sign in the expected secret also matches a
/// space, because a plus sign in the query of an address means a space.
///
/// ```
/// use onroll::wonde::same_secret;
/// assert!(same_secret("a long secret", "a long secret"));
/// assert!(!same_secret("", "")); // a blank secret is never right
/// ```
pub fn same_secret(given: &str, expected: &str) -> bool {
    let same = |given: &str| bool::from(given.as_bytes().ct_eq(expected.as_bytes()));
    let with_pluses = || !expected.contains(' ') && same(&given.replace(' ', "+"));
    !expected.is_empty() && (same(given) || with_pluses())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_secret_never_matches() {
        assert!(same_secret("s3cret", "s3cret"));
        assert!(!same_secret("s3cret", "s3creT") && !same_secret("", "") && !same_secret("x", ""));
    }

    #[test]
    fn a_secret_matches_if_its_plus_signs_have_become_spaces() {
        assert!(same_secret("a b/c=", "a+b/c=") && same_secret("a+b/c=", "a+b/c="));
        assert!(!same_secret("a+b", "a b") && !same_secret("a b", "a-b") && same_secret("a b", "a b"));
    }
}
