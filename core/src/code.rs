//! Gives enums their codes. All enums with a code have the same methods, and the same words for an unknown code
//! ([`UnknownCode`]).

/// The error for a text that is not one of the valid codes.
///
/// ```
/// use onroll::plan::Guard;
/// let error = "too-many-leaver".parse::<Guard>().unwrap_err();
/// assert_eq!(error.kind, "guard");
/// assert!(error.choices.contains(&"too-many-leavers"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} must be one of {}", choices.join(", "))]
#[non_exhaustive]
pub struct UnknownCode {
    /// The kind of code, such as `guard`.
    pub kind: &'static str,
    /// The valid codes.
    pub choices: &'static [&'static str],
}

/// Implements `Display`, `FromStr` and the serde traits for an enum with `ALL` and `as_str`. Each value is written and
/// read as the code that `as_str` returns.
macro_rules! coded {
    ($($type:ty: $kind:literal),*) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::code::UnknownCode;

            /// Reads a code that [`as_str`](Self::as_str) returned.
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                static CHOICES: std::sync::LazyLock<Vec<&str>> =
                    std::sync::LazyLock::new(|| <$type>::ALL.iter().map(|value| value.as_str()).collect());
                let found = <$type>::ALL.iter().copied().find(|value| value.as_str() == code);
                found.ok_or_else(|| $crate::code::UnknownCode { kind: $kind, choices: &CHOICES })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

pub(crate) use coded;
