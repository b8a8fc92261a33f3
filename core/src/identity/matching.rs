//! Finds the account that certainly belongs to a person (`match_identity`). Otherwise, refuses the sign-in with a
//! reason from `refused.rs`.
//!
//! We try an id first, then a link, and then an email address. A later step never overrules an earlier one, because a
//! school may give the address of a leaver to a new student.

use crate::account::{Account, Accounts};
use crate::code::coded;
use crate::text;
use crate::username::{SignIn, is_email};

use super::links::{Link, Links};
use super::refused::{RefusedReason as Why, SignInRefused};
use super::{Identity, PersonKind};

/// The account that belongs to a person.
///
/// ```
/// use onroll::identity::{Links, MatchedBy};
/// use onroll::{Accounts, Identity, match_identity};
/// # use chrono::{TimeZone, Utc};
/// # use onroll::{PasswordPolicy, Reader, Record};
/// # let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
/// # let cells = ["Zoë Okafor", "zoe@oak.example", "Year 5", "5A", "Female", "No", "BAFR", "No", "No"];
/// # let reader = Reader::new().sign_in(onroll::SignIn::Sso);
/// # let csv = onroll::template_csv() + &cells.join(",") + "\n";
/// # let accounts = Accounts::create(&reader.read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let claims = br#"{"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "zoe@oak.example"}"#;
/// # let identity = Identity::from_claims(claims, "our-app", &[], now)?.of_school("A1329183376").as_student().vouch_for_email();
/// let mut links = Links::new();
/// let found = match_identity(&identity, &accounts, "A1329183376", &links)?;
/// assert_eq!((found.account.full_name, found.by), ("Zoë Okafor", MatchedBy::Email));
/// links.extend(found.link); // the next sign-in needs no address
/// assert_eq!(match_identity(&identity, &accounts, "A1329183376", &links)?.by, MatchedBy::Link);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match<'a> {
    /// The account. It is active and not blocked.
    pub account: Account<'a>,
    /// The evidence for the match.
    pub by: MatchedBy,
    /// A new link for you to store. It is `None` if the links that you passed already contain it. Store the new link
    /// instead of this person's earlier link. Later sign-ins then need no email address.
    pub link: Option<Link>,
}

/// The evidence for a match.
///
/// ```
/// use onroll::identity::MatchedBy;
/// assert_eq!(MatchedBy::ALL.map(MatchedBy::as_str), ["source-id", "link", "email"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchedBy {
    /// `source-id`: Wonde's id for the student.
    SourceId,
    /// `link`: a link from an earlier sign-in.
    Link,
    /// `email`: a verified email address that is also the username.
    Email,
}

coded!(MatchedBy: "way of matching");

impl MatchedBy {
    /// Every kind of evidence.
    pub const ALL: [Self; 3] = [Self::SourceId, Self::Link, Self::Email];

    /// Returns the evidence in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceId => "source-id",
            Self::Link => "link",
            Self::Email => "email",
        }
    }
}

/// Returns the account that a person may sign in to at a school.
///
/// We compare Wonde's id first, and then look for a link from an earlier sign-in. If the accounts came from a CSV with
/// email addresses as usernames, we then compare an address that the provider or you have verified.
///
/// ```
/// use onroll::identity::Links;
/// use onroll::{Accounts, Identity, PasswordPolicy, Reader, SignIn, match_identity};
/// # use chrono::{TimeZone, Utc};
/// # let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
/// # let csv = onroll::template_csv() + "Zoë Okafor,zoe@oak.example,Year 5,5A,Female,No,BAFR,No,No\n";
/// let roster = Reader::new().sign_in(SignIn::Sso).read_bytes(csv.into_bytes())?;
/// let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
/// // Claims that the host's OpenID Connect library has verified.
/// let claims = r#"{"iss": "https://accounts.google.com", "sub": "110169484474386276334", "aud": "our client id",
///     "iat": 1788771600, "exp": 1788775200, "email": "Zoe@oak.example", "email_verified": true, "hd": "oak.example"}"#;
/// let identity = Identity::from_claims(claims.as_bytes(), "our client id", &[], now)?.of_school("A1329183376").as_student();
///
/// let found = match_identity(&identity, &accounts, "A1329183376", &Links::new())?;
/// assert_eq!(found.account.full_name, "Zoë Okafor");
/// let link = found.link.unwrap(); // store it: then the next sign-in needs no address
/// # assert_eq!(link.username, "zoe@oak.example");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SignInRefused`], with the reason.
pub fn match_identity<'a>(
    identity: &Identity,
    accounts: &'a Accounts,
    school_id: &str,
    links: &Links,
) -> Result<Match<'a>, SignInRefused> {
    if school_id.is_empty() || identity.school_id() != Some(school_id) {
        return Err(Why::WrongSchool.into());
    }
    if identity.kind() != PersonKind::Student {
        return Err(Why::NotAStudent.into());
    }
    // The accounts that this person is linked to. After a rename, there may be a link for the old username and a link
    // for the new username.
    let linked: Vec<Account<'a>> = links.of(identity).filter_map(|username| accounts.get(username)).collect();
    let is_linked = |account: &Account<'_>| linked.iter().any(|other| text::same(other.username, account.username));
    let (account, by) = match (by_source_id(identity, accounts)?, linked.as_slice()) {
        (Some(account), [_, ..]) if !is_linked(&account) => return Err(Why::IdDisagrees.into()),
        (Some(account), _) => (account, MatchedBy::SourceId),
        (None, [account, others @ ..]) => {
            if others.iter().any(|other| !text::same(other.username, account.username)) {
                return Err(Why::Ambiguous.into());
            }
            (*account, MatchedBy::Link)
        }
        // If the person is linked to a deleted account, we do not look up the address, because it may now belong to a
        // different person.
        (None, []) if links.of(identity).next().is_some() => return Err(Why::NoAccount.into()),
        (None, []) => (by_email(identity, accounts, links)?, MatchedBy::Email),
    };
    if by != MatchedBy::SourceId && differ(identity.source_id(), account.source_id) {
        return Err(Why::IdDisagrees.into());
    }
    if account.state.blocked {
        return Err(Why::Blocked.into());
    }
    if !account.active {
        return Err(Why::Inactive.into());
    }
    let link = (!is_linked(&account)).then(|| Link::of(identity, account.username));
    Ok(Match { account, by, link })
}

fn by_source_id<'a>(identity: &Identity, accounts: &'a Accounts) -> Result<Option<Account<'a>>, SignInRefused> {
    let Some(id) = identity.source_id() else { return Ok(None) };
    let mut found = accounts.iter().filter(|account| account.source_id == Some(id));
    let first = found.next();
    if found.next().is_some() { Err(Why::Ambiguous.into()) } else { Ok(first) }
}

fn by_email<'a>(identity: &Identity, accounts: &'a Accounts, links: &Links) -> Result<Account<'a>, SignInRefused> {
    // The address must have only ASCII letters. Otherwise, a look-alike letter could be folded to an ASCII letter.
    let email = identity.email().filter(|email| accounts.sign_in() == SignIn::Sso && is_email(email));
    let email = email.ok_or(Why::NoAccount)?;
    if !identity.is_email_vouched() {
        return Err(Why::EmailNotVerified.into());
    }
    let found = accounts.get(email).filter(|account| account.username.eq_ignore_ascii_case(email));
    let account = found.ok_or(Why::NoAccount)?;
    if differ(identity.source_id(), account.source_id) {
        return Err(Why::IdDisagrees.into());
    }
    // This student comes from the MIS and has an id there, so the address does not count.
    if account.source_id.is_some() {
        return Err(Why::NoAccount.into());
    }
    if links.has_another(identity, account.username) {
        return Err(Why::EmailShared.into());
    }
    Ok(account)
}

/// Returns whether both ids are known and differ.
fn differ(left: Option<&str>, right: Option<&str>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}
