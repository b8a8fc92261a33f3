//! Identifies an account or a student in a decision (`PersonRef`): by source id, UPN or username.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::upn;

use super::PlanEntry;

/// A reference to an account or a student in a decision. It has the source id or the valid UPN if known, and otherwise
/// the username. With a username, a reference made from an account or a plan's entry also has the full name. The
/// decision then does not apply to the next child who gets the username. A reference made from a text means any person
/// with that username.
///
/// ```
/// use onroll::plan::PersonRef;
/// use onroll::Decision;
/// // A form gives the account by its username, and the student by an id.
/// let account = PersonRef::from("Tom Lee");
/// let student = PersonRef::new(Some("77"), None, "Thomas Lee", Some("Thomas Lee"));
/// let decision = Decision::same(account, student);
/// # let _ = decision;
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum PersonRef {
    /// The student's id in the school's MIS or in Wonde.
    SourceId {
        /// The id.
        source_id: String,
    },
    /// The unique pupil number (UPN).
    Upn {
        /// The UPN.
        upn: String,
    },
    /// The username, and the full name if known. We compare both by their [key](crate::username_key).
    Username {
        /// The username.
        username: String,
        /// The full name at the time of the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        full_name: Option<String>,
    },
}

impl PersonRef {
    /// Returns the most certain reference that these values allow.
    ///
    /// ```
    /// use onroll::plan::PersonRef;
    /// assert_eq!(PersonRef::new(Some("A1"), None, "zoe", Some("Zoe Lee")), PersonRef::SourceId { source_id: "A1".into() });
    /// assert!(matches!(PersonRef::new(None, Some("TBC"), "zoe", Some("Zoe Lee")), PersonRef::Username { .. }));
    /// ```
    pub fn new(source_id: Option<&str>, upn: Option<&str>, username: &str, full_name: Option<&str>) -> Self {
        match (source_id.filter(|id| !id.trim().is_empty()), upn.and_then(upn::valid)) {
            (Some(id), _) => Self::SourceId { source_id: id.to_owned() },
            (None, Some(upn)) => Self::Upn { upn },
            (None, None) => Self::Username { username: username.to_owned(), full_name: full_name.map(str::to_owned) },
        }
    }
}

impl fmt::Debug for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonRef(<hidden>)")
    }
}

impl From<&str> for PersonRef {
    fn from(username: &str) -> Self {
        Self::Username { username: username.to_owned(), full_name: None }
    }
}

impl From<&Account<'_>> for PersonRef {
    fn from(account: &Account<'_>) -> Self {
        Self::new(account.source_id, account.upn, account.username, Some(account.full_name))
    }
}

impl From<&PlanEntry> for PersonRef {
    fn from(entry: &PlanEntry) -> Self {
        Self::new(entry.source_id.as_deref(), entry.upn.as_deref(), &entry.username, Some(&entry.full_name))
    }
}
