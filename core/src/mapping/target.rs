//! The list of targets for columns of an export (`Target`): the nine columns, the ids, and the email address. It is
//! also in `bindings-node/lib/shared/detection.ts` and `bindings-python/python/onroll/types.py`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::UnknownCode;
use crate::column::Column;

macro_rules! targets {
    ($($(#[$doc:meta])* $target:ident $key:literal $json:literal $heading:literal;)*) => {
        /// A field that columns of an export can supply: one of the nine columns, an id, or the email address.
        ///
        /// ```
        /// use onroll::mapping::Target;
        /// use onroll::Column;
        /// assert_eq!(Target::ALL.len(), 12);
        /// let class = Target::ClassName;
        /// assert_eq!((class.key(), class.json_key(), class.heading()), ("class_name", "className", "Class"));
        /// assert_eq!((class.column(), Target::Upn.column()), (Some(Column::Class), None));
        /// assert_eq!("fullName".parse(), Ok(Target::FullName));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Target {
            $($(#[$doc])* $target,)*
        }

        impl Target {
            /// Every target: the nine columns in template order, and then UPN, source id and email.
            pub const ALL: [Self; [$($key),*].len()] = [$(Self::$target,)*];

            const KEYS: [&'static str; Self::ALL.len()] = [$($key,)*];

            /// Returns the target's name in Python: `"full_name"`.
            pub fn key(self) -> &'static str {
                match self { $(Self::$target => $key,)* }
            }

            /// Returns the target's name in JSON and in Node: `"fullName"`.
            pub fn json_key(self) -> &'static str {
                match self { $(Self::$target => $json,)* }
            }

            /// Returns the target's heading in files that onroll writes: `"Student Full Name"`.
            pub fn heading(self) -> &'static str {
                match self { $(Self::$target => $heading,)* }
            }
        }

        impl FromStr for Target {
            type Err = UnknownCode;

            /// Reads a [key](Self::key) or a [JSON key](Self::json_key).
            fn from_str(key: &str) -> Result<Self, UnknownCode> {
                match key {
                    $($key => Ok(Self::$target),)*
                    _ => {
                        let found = Self::ALL.into_iter().find(|target| target.json_key() == key);
                        found.ok_or(UnknownCode { kind: "target", choices: &Self::KEYS })
                    }
                }
            }
        }
    };
}

targets! {
    /// The student's full name.
    FullName "full_name" "fullName" "Student Full Name";
    /// The username. If the school has no usernames, they are made from the names.
    Username "username" "username" "Username";
    /// The year group.
    YearGroup "year_group" "yearGroup" "Year Group";
    /// The class, which is the registration group in an MIS.
    ClassName "class_name" "className" "Class";
    /// `Male`, `Female` or `Non-Binary`.
    Gender "gender" "gender" "Gender";
    /// Pupil premium: `Yes` or `No`.
    PupilPremium "pupil_premium" "pupilPremium" "Pupil Premium";
    /// The ethnicity, as a code of the Department for Education.
    Ethnicity "ethnicity" "ethnicity" "Ethnicity";
    /// SEND: `Yes` or `No`.
    Send "send" "send" "SEND";
    /// EAL: `Yes` or `No`.
    Eal "eal" "eal" "EAL";
    /// The unique pupil number.
    Upn "upn" "upn" "UPN";
    /// The student's id in the school's MIS.
    SourceId "source_id" "sourceId" "Source ID";
    /// The school email address. With SSO, it is the username. Without SSO, it is not read.
    Email "email" "email" "Email";
}

impl Target {
    /// Returns the matching column of the roster, if there is one.
    pub fn column(self) -> Option<Column> {
        Column::ALL.get(self as usize).copied()
    }

    /// Returns whether a roster needs the target in the file. A username is not needed, because onroll can generate it.
    pub(crate) fn is_required(self) -> bool {
        matches!(self, Self::FullName | Self::YearGroup | Self::ClassName | Self::Gender)
    }

    /// Returns whether the target accepts only values from a list. A mapping can give a meaning to other texts.
    pub(crate) fn is_coded(self) -> bool {
        self.is_flag() || matches!(self, Self::Gender | Self::Ethnicity)
    }

    pub(crate) fn is_flag(self) -> bool {
        matches!(self, Self::PupilPremium | Self::Send | Self::Eal)
    }
}

impl From<Column> for Target {
    fn from(column: Column) -> Self {
        Self::ALL[column as usize]
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.json_key())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_column_is_a_target_with_the_same_heading_and_key() {
        for column in Column::ALL {
            let target = Target::from(column);
            assert_eq!(
                (target.column(), target.heading(), target.key()),
                (Some(column), column.heading(), column.key())
            );
        }
        assert_eq!([Target::Upn, Target::SourceId, Target::Email].map(Target::column), [None; 3]);
        for target in Target::ALL {
            assert_eq!((target.key().parse(), target.json_key().parse()), (Ok(target), Ok(target)));
        }
        assert!("name".parse::<Target>().is_err());
    }
}
