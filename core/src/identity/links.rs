//! Which person of a provider's has which account, as the host keeps it from sign-in to sign-in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text;

use super::Identity;

/// That a person of a provider's has an account at a school. A row of the host's, unique by provider, subject and school: whoever
/// changes school keeps the subject, and has another account there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs)] // made of the host's row
pub struct Link {
    /// `mylogin`, or the issuer of the claims.
    pub provider: String,
    /// The provider's id of the person.
    pub subject: String,
    /// The school, as Wonde numbers them.
    pub school_id: String,
    /// The username of the account. Where a host changes a username it changes this too, and where it deletes an account it deletes
    /// this.
    pub username: String,
}

impl Link {
    pub(super) fn of(identity: &Identity, username: &str) -> Self {
        Self {
            provider: identity.provider().to_owned(),
            subject: identity.subject().to_owned(),
            school_id: identity.school_id().unwrap_or_default().to_owned(),
            username: username.to_owned(),
        }
    }

    fn is_of(&self, identity: &Identity) -> bool {
        self.subject == identity.subject() && self.is_of_provider(identity)
    }

    /// Whether it is of the same provider, at the same school.
    fn is_of_provider(&self, identity: &Identity) -> bool {
        self.provider == identity.provider() && Some(self.school_id.as_str()) == identity.school_id()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(<hidden>)")
    }
}

/// The links of one school; or, of a large one, those of the person who signs in and of the accounts that could be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Links(Vec<Link>);

impl Links {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a link, in the place of what the same person had.
    pub fn add(&mut self, link: Link) {
        let person = |link: &Link| [&link.provider, &link.subject, &link.school_id].map(String::clone);
        self.0.retain(|own| person(own) != person(&link));
        self.0.push(link);
    }

    /// Forgets the links of an account that is deleted: whoever gets its username next is another person.
    pub fn forget(&mut self, username: &str) {
        self.0.retain(|link| !text::same(&link.username, username));
    }

    /// Has the links follow their accounts to other usernames, all at once: of two children who change names each has the other's in
    /// between, if it is done one by one.
    pub fn rename<'n>(&mut self, renames: impl IntoIterator<Item = (&'n str, &'n str)> + Clone) {
        for link in &mut self.0 {
            let is_of = |(from, _): &(&str, &str)| text::same(&link.username, from);
            if let Some((_, to)) = renames.clone().into_iter().find(is_of) {
                to.clone_into(&mut link.username);
            }
        }
    }

    /// The links, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The usernames that a person is linked to: one, or there is something wrong.
    pub(super) fn of(&self, identity: &Identity) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|link| link.is_of(identity)).map(|link| link.username.as_str())
    }

    /// Whether an account is linked to another person of the same provider.
    pub(super) fn has_another(&self, identity: &Identity, username: &str) -> bool {
        let of_account = |link: &&Link| link.is_of_provider(identity) && text::same(&link.username, username);
        self.0.iter().filter(of_account).any(|link| !link.is_of(identity))
    }
}

impl Extend<Link> for Links {
    /// [Adds](Self::add) each.
    fn extend<I: IntoIterator<Item = Link>>(&mut self, links: I) {
        links.into_iter().for_each(|link| self.add(link));
    }
}

impl FromIterator<Link> for Links {
    /// As they are, so that two of one person are seen.
    fn from_iter<I: IntoIterator<Item = Link>>(links: I) -> Self {
        Self(links.into_iter().collect())
    }
}
