//! Checks the address of another service: an allowed domain with TLS or, for tests, this machine. `wonde/address.rs`
//! and `mylogin/client.rs` say which domains are allowed.

use url::{Host, Url};

/// Returns the root address of a service at a domain. The address is https for an allowed domain, and http for this
/// machine. Returns `None` for other domains.
pub(crate) fn address(domain: &str, root: &str, may_ask: impl FnOnce(&Url) -> bool) -> Option<Url> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let parse = |scheme: &str| Url::parse(&format!("{scheme}://{domain}{root}")).ok();
    let url = parse("https").filter(|_| !domain.is_empty() && domain.chars().all(plain))?;
    if is_loopback(&url) {
        return parse("http");
    }
    may_ask(&url).then_some(url)
}

/// Returns whether the address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(domain)) => domain == "localhost",
        None => false,
    }
}
