//! Writes letters to parents and class lists: the default letter (`LETTER`), the names in braces (`PLACEHOLDERS`), and
//! the styles. The HTML has only sections, headings, paragraphs and tables, because word processors open it too.

use std::io::{self, Write};

use crate::username::SignIn;

use super::{Account, AccountError, CardText, Cards, FOOT, Html, by_class, write_head};

/// The default text of a letter.
pub(super) const LETTER: &str = "\
Dear parent or carer,

{name} now has an account to use at school and at home. Please keep this letter safe: anyone who has it can sign in as your child.

Address: {address}
Username: {username}
Password: {password}

Capital and small letters are the same. If the password does not work, or if you think that someone else has seen it, please tell the \
class teacher, who will give {name} a new one. Please do not send it in a message or a photo.

{class}
{date}";

/// The allowed names in braces.
const PLACEHOLDERS: [&str; 7] = ["name", "username", "password", "class", "year", "address", "date"];

/// A piece of a letter's text: plain words, or a placeholder.
enum WordingPart<'w> {
    Words(&'w str),
    Value(&'w str),
}

/// Splits a line into words and placeholders. Returns an error if a name in braces is unknown, or if a brace is not
/// closed.
fn parts(line: &str) -> Result<Vec<WordingPart<'_>>, AccountError> {
    let (mut parts, mut rest) = (Vec::new(), line);
    while let Some((before, after)) = rest.split_once('{') {
        parts.push(WordingPart::Words(before));
        if let Some(after) = after.strip_prefix('{') {
            parts.push(WordingPart::Words("{"));
            rest = after;
            continue;
        }
        let (name, after) = after.split_once('}').ok_or(AccountError::Placeholder)?;
        parts.push(WordingPart::Value(
            PLACEHOLDERS.into_iter().find(|known| *known == name).ok_or(AccountError::Placeholder)?,
        ));
        rest = after;
    }
    parts.push(WordingPart::Words(rest));
    Ok(parts)
}

/// Returns an error if a letter's text has an unknown name in braces, or a brace that is not closed.
pub(super) fn check(wording: &str) -> Result<(), AccountError> {
    wording.lines().try_for_each(|line| parts(line).map(drop))
}

/// The attribute that starts a new sheet. Use it on a paragraph or a heading, because word processors ignore it on a
/// section.
const NEW_SHEET: &str = " style=\"page-break-before: always\"";

const LETTER_STYLE: &str = "\
@page { size: A4; margin: 25mm 25mm 20mm; }
body { font-family: Arial, \"Segoe UI\", \"DejaVu Sans\", sans-serif; font-size: 12pt; line-height: 1.5; color: #000; }
p { margin: 0 0 12pt; unicode-bidi: plaintext; }
b { font-size: 14pt; unicode-bidi: isolate; overflow-wrap: anywhere; }
";

const LIST_STYLE: &str = "\
@page { size: A4; margin: 15mm; }
body { font-family: Arial, \"Segoe UI\", \"DejaVu Sans\", sans-serif; font-size: 11pt; color: #000; }
table { width: 100%; border-collapse: collapse; }
th, td { border: 1px solid #888; padding: 3pt 5pt; text-align: left; unicode-bidi: plaintext; overflow-wrap: anywhere; }
tr { page-break-inside: avoid; }
thead { display: table-header-group; }
";

pub(super) fn write_letters(
    to: &mut impl Write,
    accounts: &[Account<'_>],
    cards: &Cards,
    sign_in: SignIn,
) -> io::Result<()> {
    write_head(to, "Letters", LETTER_STYLE)?;
    let (wording, day) = (cards.words(CardText::Letter), cards.day());
    for (number, account) in accounts.iter().enumerate() {
        let mut sheet = if number > 0 { NEW_SHEET } else { "" };
        let password = cards.password(account, sign_in).map_or_else(str::to_owned, |shown| shown.join(" / "));
        let value = |name: &str| match name {
            "name" => Some(account.full_name),
            "username" => Some(account.username),
            "password" => Some(password.as_str()),
            "class" => Some(account.class_name),
            "year" => Some(account.year_group),
            "address" => cards.sign_in_url.as_deref(),
            _ => day.as_deref(),
        };
        writeln!(to, "<section>")?;
        for paragraph in paragraphs(wording) {
            let lines: Vec<String> = paragraph.iter().filter_map(|line| letter_line(line, value)).collect();
            if !lines.is_empty() {
                writeln!(to, "<p{}>{}</p>", std::mem::take(&mut sheet), lines.join("<br>\n"))?;
            }
        }
        writeln!(to, "</section>")?;
    }
    to.write_all(FOOT.as_bytes())
}

/// Returns the lines of each paragraph. Blank lines separate the paragraphs.
fn paragraphs(wording: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = wording.lines().collect();
    lines.split(|line| line.trim().is_empty()).map(<[&str]>::to_vec).collect()
}

/// Returns a line with its placeholders filled in, or `None` if a value is unknown.
fn letter_line<'v>(line: &str, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    let mut html = String::new();
    // The wording was checked when it was set, so `parts` does not fail here.
    for part in parts(line).ok()? {
        match part {
            WordingPart::Words(words) => html.push_str(&Html(words).to_string()),
            WordingPart::Value(name) => {
                let value = value(name).filter(|value| !value.is_empty())?;
                let is_copied = matches!(name, "username" | "password" | "address");
                let [open, close] = if is_copied { ["<b>", "</b>"] } else { ["", ""] };
                html.push_str(&format!("{open}{}{close}", Html(value)));
            }
        }
    }
    Some(html)
}

pub(super) fn write_class_list(
    to: &mut impl Write,
    accounts: &[Account<'_>],
    cards: &Cards,
    sign_in: SignIn,
) -> io::Result<()> {
    write_head(to, "Class list", LIST_STYLE)?;
    let day = cards.day().unwrap_or_default();
    let mut headings = vec!["Name", cards.words(CardText::Username)];
    headings.extend(cards.lists_passwords.then(|| cards.words(CardText::Password)));
    headings.extend([cards.words(CardText::Given), cards.words(CardText::Notes)]);
    for (number, (first, class)) in by_class(accounts).enumerate() {
        let sheet = if number > 0 { NEW_SHEET } else { "" };
        writeln!(
            to,
            "<section>\n<h1{sheet}>{} <small>{}</small></h1>",
            Html(first.class_name),
            Html(first.year_group)
        )?;
        let secret = if cards.lists_passwords { cards.words(CardText::Secret) } else { "" };
        writeln!(to, "<p>{} {}</p>", Html(&day), Html(secret))?;
        writeln!(to, "<table>\n<thead><tr><th>#</th>")?;
        for heading in &headings {
            writeln!(to, "<th>{}</th>", Html(heading))?;
        }
        writeln!(to, "</tr></thead>\n<tbody>")?;
        for (number, account) in class.iter().enumerate() {
            write!(to, "<tr><td>{}</td><td>{}</td>", number + 1, Html(account.full_name))?;
            write!(to, "<td>{}</td>", Html(account.username))?;
            if cards.lists_passwords {
                let password = cards.password(account, sign_in).map_or_else(str::to_owned, |shown| shown.join(" / "));
                write!(to, "<td><b>{}</b></td>", Html(&password))?;
            }
            writeln!(to, "<td>\u{2610}</td><td></td></tr>")?;
        }
        writeln!(to, "</tbody>\n</table>\n</section>")?;
    }
    to.write_all(FOOT.as_bytes())
}
