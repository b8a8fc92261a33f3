//! A person at a school whom Wonde informs about a request for access (`Contact`).

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
    /// The person's first name.
    pub first_name: String,
    /// The person's last name.
    pub last_name: String,
    /// The person's telephone number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone_number: String,
    /// The person's email address.
    pub email_address: String,
    /// Anything else that you want to say about the person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(<hidden>)")
    }
}
