//! Login cards to print and cut out: A4, a class a page.

use std::io::{self, Write};
use std::net::Ipv6Addr;
use std::path::Path;

use qrcode::{Color, QrCode};

use crate::password::Password;
use crate::sheet;

use super::{Account, AccountError, Accounts};

/// What is printed on login cards besides names, usernames and passwords.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Cards {
    sign_in_url: Option<String>,
}

impl Cards {
    /// Cards with name, username and password alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Prints the address for signing in, and a QR code of it.
    ///
    /// # Errors
    /// [`AccountError::SignInUrl`] if it is not an https address with a host, names a user, or is over 500 characters
    /// long.
    pub fn sign_in_url(mut self, url: &str) -> Result<Self, AccountError> {
        let printable = url.bytes().all(|b| b.is_ascii_graphic());
        if !url.strip_prefix("https://").is_some_and(has_host) || url.len() > 500 || !printable {
            return Err(AccountError::SignInUrl);
        }
        self.sign_in_url = Some(url.to_owned());
        Ok(self)
    }
}

impl Accounts {
    /// Writes the login cards of the active accounts as one page of HTML, to be printed on A4: each
    /// class begins a page, its students in order of name.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_cards(&self, mut to: impl Write, cards: &Cards) -> io::Result<()> {
        let mut accounts: Vec<Account<'_>> = self.iter().filter(|account| account.active).collect();
        accounts.sort_by_key(|a| (a.national_year(), a.year_group, a.class_name, a.full_name, a.username));
        to.write_all(HEAD.as_bytes())?;
        if let Some(url) = &cards.sign_in_url {
            writeln!(to, "<svg class=\"shapes\" aria-hidden=\"true\">{}</svg>", qr_code(url)?)?;
        }
        for class in accounts.chunk_by(|a, b| (a.year_group, a.class_name) == (b.year_group, b.class_name)) {
            let Some(first) = class.first() else { continue };
            writeln!(to, "<section>\n<h1>{} <small>{}</small></h1>", Html(first.class_name), Html(first.year_group))?;
            writeln!(to, "<div class=\"cards\">")?;
            for account in class {
                write_card(&mut to, account, cards)?;
            }
            writeln!(to, "</div>\n</section>")?;
        }
        to.write_all(b"</body>\n</html>\n")
    }

    /// [`write_cards`](Self::write_cards) to a file, whole or not at all, readable by its owner alone.
    ///
    /// # Errors
    /// If writing fails; a file that was there stays as it was.
    pub fn save_cards(&self, path: impl AsRef<Path>, cards: &Cards) -> io::Result<()> {
        sheet::save(path.as_ref(), |file| self.write_cards(file, cards))
    }
}

/// Whether what follows `https://` begins with a host, and perhaps a port. Nothing else may stand before the path:
/// `https://school.example@evil.example` looks like the school's address and is not.
fn has_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (is_host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            let is_label = |label: &str| {
                !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            };
            (name.strip_suffix('.').unwrap_or(name).split('.').all(is_label), port)
        }
    };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn write_card(to: &mut impl Write, account: &Account<'_>, cards: &Cards) -> io::Result<()> {
    writeln!(to, "<article>\n<div>\n<h2>{}</h2>", Html(account.full_name))?;
    writeln!(to, "<dl><dt>Username</dt><dd>{}</dd>", Html(account.username))?;
    if let Some(password) = account.password.map(Password::expose) {
        writeln!(to, "<dt>Password</dt><dd class=\"password\">{}</dd>", Html(password))?;
    }
    writeln!(to, "</dl>")?;
    if let Some(url) = &cards.sign_in_url {
        writeln!(to, "<p>{}</p>\n</div>", Html(url))?;
        writeln!(to, "<svg class=\"qr\" role=\"img\" aria-label=\"QR code of the address\"><use href=\"#qr\"/></svg>")?;
    } else {
        writeln!(to, "</div>")?;
    }
    writeln!(to, "</article>")
}

/// The QR code of an address as an SVG symbol: a square a module, and a quiet zone of two.
fn qr_code(url: &str) -> io::Result<String> {
    const QUIET: usize = 2;
    let code = QrCode::new(url).map_err(|_| io::Error::other("the address is too long for a QR code"))?;
    let side = code.width() + 2 * QUIET;
    let mut symbol = format!("<symbol id=\"qr\" viewBox=\"0 0 {side} {side}\"><path d=\"");
    for (module, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (module % code.width() + QUIET, module / code.width() + QUIET);
            symbol.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    symbol.push_str("\"/></symbol>");
    Ok(symbol)
}

/// Text made safe to stand in HTML.
struct Html<'t>(&'t str);

impl std::fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

const HEAD: &str = include_str!("cards.html");
