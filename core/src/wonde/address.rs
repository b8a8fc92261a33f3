//! Checks Wonde's address and a school's id. The address must be one of Wonde's domains with TLS, or a domain that you
//! confirm. For tests, it can also be this machine.

use url::Url;

use crate::adapter;

use super::error::WondeError;

/// The domain of UK schools, and of all schools that have no region of their own.
pub(super) const DEFAULT: &str = "api.wonde.com";

/// The root of the API on one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(Url);

impl Address {
    /// Creates an address on a domain. The domain belongs to Wonde, or the host confirms it. For tests, it can also be
    /// this machine, without TLS.
    pub(super) fn new(domain: &str, vouched: bool) -> Result<Self, WondeError> {
        adapter::address(domain, "/v1.0/", |url| vouched || is_wonde(url)).map(Self).ok_or(WondeError::InvalidDomain)
    }

    /// Returns the address of another region, for a school that is not on this domain. Returns `None` if the old or the
    /// new domain does not belong to Wonde, or if the two are equal.
    pub(super) fn other_region(&self, domain: &str) -> Option<Self> {
        let other = Self::new(domain, false).ok()?;
        (is_wonde(&self.0) && is_wonde(&other.0) && other != *self).then_some(other)
    }

    pub(super) fn path(&self, path: &str) -> Url {
        // Joining cannot fail, because the path has only letters and slashes.
        self.0.join(path).unwrap_or_else(|_| self.0.clone())
    }

    pub(super) fn of_school(&self, school: &SchoolId, path: &str) -> Url {
        self.path(&format!("schools/{}{path}", school.0))
    }
}

fn is_wonde(url: &Url) -> bool {
    url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| host.ends_with(".wonde.com"))
}

/// Wonde's id for a school. We check its characters, because we insert the id into a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchoolId(String);

impl SchoolId {
    pub(super) fn new(id: &str) -> Result<Self, WondeError> {
        let good =
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if good { Ok(Self(id.to_owned())) } else { Err(WondeError::InvalidSchool) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_wonde_domains_unless_other_domains_are_allowed() {
        for domain in ["api.wonde.com", "API.wonde.com", "api-af-south-1.wonde.com"] {
            assert_eq!(Address::new(domain, false).unwrap().path("schools").scheme(), "https");
        }
        for domain in [
            "evil.example",
            "wonde.com.evil.example",
            "evilwonde.com",
            "api.wonde.com:8443",
            "127.0.0.1.evil.example",
            "wonde.com.",
        ] {
            assert_eq!(Address::new(domain, false), Err(WondeError::InvalidDomain), "{domain}");
            assert_eq!(Address::new(domain, true).unwrap().path("x").scheme(), "https");
        }
        for domain in
            ["", "https://api.wonde.com", "api.wonde.com/x", "a@api.wonde.com", "api.wonde.com?x", "a b", "a#b", "a\\b"]
        {
            assert_eq!(Address::new(domain, true), Err(WondeError::InvalidDomain), "{domain}");
        }
        for domain in ["127.0.0.1:8080", "localhost:1", "[::1]:9", "127.9.9.9"] {
            assert_eq!(Address::new(domain, false).unwrap().path("x").scheme(), "http", "{domain}");
        }
    }

    #[test]
    fn moves_to_another_region_only_between_wonde_domains() {
        let at = |domain| Address::new(domain, true).unwrap();
        assert!(at(DEFAULT).other_region("api-af-south-1.wonde.com").is_some());
        assert!(at(DEFAULT).other_region("evil.example").is_none());
        assert!(at(DEFAULT).other_region("127.0.0.1").is_none());
        assert!(at("127.0.0.1").other_region(DEFAULT).is_none());
        assert!(at(DEFAULT).other_region(DEFAULT).is_none());
    }

    #[test]
    fn refuses_a_school_id_that_would_change_the_url_path() {
        assert!(SchoolId::new("A1329183376").is_ok());
        for id in ["", "A1/students", "..", "A1?x", "A 1", "é", &"A".repeat(65)] {
            assert_eq!(SchoolId::new(id), Err(WondeError::InvalidSchool), "{id}");
        }
    }
}
