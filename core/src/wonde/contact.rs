//! A contact at a school, whom Wonde asks for access.

use std::fmt;

use serde::Serialize;

/// A person at the school who is informed about a request for access.
///
/// ```
/// use onroll::wonde::Contact;
/// let contact = Contact {
///     first_name: "Amy".into(),
///     last_name: "Lee".into(),
///     email_address: "office@oakfield.example".into(),
///     ..Contact::default()
/// };
/// # assert!(contact.notes.is_empty());
/// ```
#[derive(Clone, Default, Serialize)]
#[allow(clippy::exhaustive_structs)] // written with `..Contact::default()`
pub struct Contact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Telephone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone_number: String,
    /// Email address.
    pub email_address: String,
    /// Anything else.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(<hidden>)")
    }
}
