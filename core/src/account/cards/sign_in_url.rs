//! Checks the host in the address of the page where students sign in. `Cards::sign_in_url` in `mod.rs` checks the rest
//! of the address and its length.

use std::net::Ipv6Addr;

/// Returns whether the text after `https://` begins with a host, and optionally a port. Nothing else may come before
/// the path: `https://school.example@evil.example` looks like the school's address but leads to another host.
pub(super) fn has_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (is_host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            let is_label = |label: &str| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            };
            (name.strip_suffix('.').unwrap_or(name).split('.').all(is_label), port)
        }
    };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}
