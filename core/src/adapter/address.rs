//! Where another service is: over TLS at a domain that may be asked, or on this machine, for tests.

use url::{Host, Url};

/// The root of a service at a domain: over TLS if the token may be sent there, without it on this machine; none for what is no
/// domain, or one that may not be asked.
pub(crate) fn address(domain: &str, root: &str, may_ask: impl FnOnce(&Url) -> bool) -> Option<Url> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let parse = |scheme: &str| Url::parse(&format!("{scheme}://{domain}{root}")).ok();
    let url = parse("https").filter(|_| !domain.is_empty() && domain.chars().all(plain))?;
    if is_loopback(&url) {
        return parse("http");
    }
    may_ask(&url).then_some(url)
}

/// Whether this is this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(domain)) => domain == "localhost",
        None => false,
    }
}
