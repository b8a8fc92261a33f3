//! Links between a provider's users and accounts (`Link`, `Links`). You store the links between sign-ins.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text;

use super::Identity;

/// A link from a provider's user to an account at a school. Store one row for each combination of provider, subject and
/// school. A student who moves to a new school keeps the same subject, but has a different account at the new school.
///
/// ```
/// use onroll::identity::{Link, Links};
/// let link = Link {
///     provider: "mylogin".into(),
///     subject: "17".into(),
///     school_id: "A1329183376".into(),
///     username: "Zoë Okafor".into(),
/// };
/// // Stored in a table of the host, and loaded for the next sign-in.
/// let stored = serde_json::to_string(&link)?;
/// let links: Links = [serde_json::from_str::<Link>(&stored)?].into_iter().collect();
/// assert_eq!(links.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs)] // made from the host's row
pub struct Link {
    /// The provider: `mylogin`, or the issuer of the claims.
    pub provider: String,
    /// The provider's id for the person.
    pub subject: String,
    /// The school's id at Wonde.
    pub school_id: String,
    /// The account's username. If you change the account's username, change this field too. If you delete the account,
    /// delete the link too.
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

    /// Returns whether the link has the provider and the school of the identity.
    fn is_of_provider(&self, identity: &Identity) -> bool {
        self.provider == identity.provider() && Some(self.school_id.as_str()) == identity.school_id()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(<hidden>)")
    }
}

/// The links at one school. For a large school, load only the links of the person who signs in and of the accounts that
/// may belong to this person.
///
/// ```
/// use onroll::identity::{Link, Links};
/// let link = |username: &str| Link {
///     provider: "mylogin".into(),
///     subject: "17".into(),
///     school_id: "A1329183376".into(),
///     username: username.into(),
/// };
/// let mut links = Links::new();
/// links.add(link("Zoë Okafor"));
/// links.add(link("Zoë Reid")); // the same person: the newest link stays
/// assert_eq!(links.len(), 1);
/// ```
///
/// Links follow their accounts: rename and delete them together.
///
/// ```
/// use onroll::identity::{Link, Links};
/// # let link = Link {
/// #     provider: "mylogin".into(), subject: "17".into(), school_id: "A1329183376".into(), username: "Zoë Okafor".into(),
/// # };
/// let mut links = Links::from_iter([link]);
/// links.rename([("Zoë Okafor", "Zoë Reid")]);
/// assert_eq!(links.iter().next().unwrap().username, "Zoë Reid");
/// links.forget("Zoë Reid");
/// assert!(links.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Links(Vec<Link>);

impl Links {
    /// Creates an empty set of links.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a link, and replaces the person's earlier link.
    pub fn add(&mut self, link: Link) {
        let person = |link: &Link| [&link.provider, &link.subject, &link.school_id].map(String::clone);
        self.0.retain(|own| person(own) != person(&link));
        self.0.push(link);
    }

    /// Removes the links of a deleted account, because the next student with its username is a different person.
    pub fn forget(&mut self, username: &str) {
        self.0.retain(|link| !text::same(&link.username, username));
    }

    /// Changes the usernames in all links at once, after accounts were renamed. If two children swap usernames,
    /// changing links one by one would mix up the children.
    pub fn rename<'n>(&mut self, renames: impl IntoIterator<Item = (&'n str, &'n str)> + Clone) {
        for link in &mut self.0 {
            let is_of = |(from, _): &(&str, &str)| text::same(&link.username, from);
            if let Some((_, to)) = renames.clone().into_iter().find(is_of) {
                to.clone_into(&mut link.username);
            }
        }
    }

    /// Iterates over the links in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.0.iter()
    }

    /// Returns the number of links.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no links.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the usernames that a person is linked to. If there is more than one username, something is wrong.
    pub(super) fn of(&self, identity: &Identity) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|link| link.is_of(identity)).map(|link| link.username.as_str())
    }

    /// Returns whether an account is linked to a different person of the same provider.
    pub(super) fn has_another(&self, identity: &Identity, username: &str) -> bool {
        let of_account = |link: &&Link| link.is_of_provider(identity) && text::same(&link.username, username);
        self.0.iter().filter(of_account).any(|link| !link.is_of(identity))
    }
}

impl Extend<Link> for Links {
    /// [Adds](Self::add) each link.
    fn extend<I: IntoIterator<Item = Link>>(&mut self, links: I) {
        links.into_iter().for_each(|link| self.add(link));
    }
}

impl FromIterator<Link> for Links {
    /// Keeps all links in the stored order, so that two links of one person are both seen.
    fn from_iter<I: IntoIterator<Item = Link>>(links: I) -> Self {
        Self(links.into_iter().collect())
    }
}
