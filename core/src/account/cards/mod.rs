//! Writes pages for teachers to print: login cards, letters to parents, and class lists. Each page is HTML without
//! scripts or external resources. This file has the settings (`Cards`), and chooses and sorts the accounts to print.
//!
//! | file | for |
//! | --- | --- |
//! | `choices.rs` | the letter case, and the texts that you can replace |
//! | `layout.rs` | the sheets: how many cards, and their size |
//! | `fit.rs` | fits text by the widths of letters, so that a long name never makes a card or a page grow |
//! | `page.rs` | writes cards as HTML |
//! | `letter.rs` | writes letters and class lists as HTML |
//! | `sign_in_url.rs` | checks the host of the sign-in address |

mod choices;
mod fit;
mod layout;
mod letter;
mod page;
mod sign_in_url;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use chrono::NaiveDate;

use crate::password::Password;
use crate::table;
use crate::username::SignIn;

use super::{Account, AccountError, Accounts};
use sign_in_url::has_host;

pub use choices::{CardLetters, CardText};
pub use layout::CardLayout;

/// Settings for login cards, letters and class lists. They say which accounts to print, and what to print in addition
/// to names, usernames and passwords.
///
/// ```
/// use chrono::NaiveDate;
/// use onroll::account::{CardLayout, CardLetters, CardText, Cards};
/// use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Reception,Acorns,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::pin(5)?)?;
/// let cards = Cards::new()
///     .sign_in_url("https://oakfield.example/go")?
///     .layout(CardLayout::Large)
///     .letters(CardLetters::Both)
///     .class_name("Acorns")
///     .date(NaiveDate::from_ymd_opt(2026, 9, 7).unwrap())
///     .text(CardText::Secret, "Keep me secret")?;
/// let mut html = Vec::new();
/// accounts.write_cards(&mut html, &cards)?;
/// assert!(String::from_utf8(html)?.contains("7 Sep 2026"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A teacher prints cards for some students, a letter to each family, and a class list.
///
/// ```
/// use onroll::account::Cards;
/// use onroll::{Accounts, PasswordPolicy, Reader};
/// # let folder = tempfile::tempdir()?;
/// # std::env::set_current_dir(&folder)?;
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// let some = Cards::new().usernames(["Zoë Okafor"]);
/// accounts.save_cards("cards.html", &some)?;
///
/// let year_5 = Cards::new().year_group("Year 5").list_passwords(true);
/// accounts.save_letters("letters.html", &year_5)?;
/// accounts.save_class_list("class-list.html", &year_5)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Cards {
    sign_in_url: Option<String>,
    layout: CardLayout,
    letters: CardLetters,
    usernames: Option<Names>,
    class_name: Option<String>,
    year_group: Option<String>,
    date: Option<NaiveDate>,
    texts: BTreeMap<CardText, String>,
    lists_passwords: bool,
}

/// Usernames, which `Debug` output does not show.
#[derive(Clone)]
struct Names(Vec<String>);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} usernames", self.0.len())
    }
}

impl Cards {
    /// Creates settings that print all active accounts that are not blocked. Only name, username, password and class
    /// are printed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Prints the address for signing in, and its QR code.
    ///
    /// # Errors
    /// [`AccountError::SignInUrl`] if the address is not an https address with a host, or if it names a user.
    /// [`AccountError::SignInUrlTooLong`] if it has more than 500 characters. Whether the QR code fits is checked when
    /// you write the cards.
    pub fn sign_in_url(mut self, url: &str) -> Result<Self, AccountError> {
        let printable = url.bytes().all(|b| b.is_ascii_graphic());
        if !url.strip_prefix("https://").is_some_and(has_host) || !printable {
            return Err(AccountError::SignInUrl);
        }
        if url.len() > LONGEST_URL {
            return Err(AccountError::SignInUrlTooLong { most: LONGEST_URL });
        }
        self.sign_in_url = Some(url.to_owned());
        Ok(self)
    }

    /// Sets the layout. The default is [`CardLayout::A4x33`].
    pub fn layout(self, layout: CardLayout) -> Self {
        Self { layout, ..self }
    }

    /// Sets the letter case of printed passwords. The default is capitals.
    pub fn letters(self, letters: CardLetters) -> Self {
        Self { letters, ..self }
    }

    /// Prints only these accounts, such as those that were just reset. Leavers are printed too if you name them.
    pub fn usernames(self, usernames: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { usernames: Some(Names(usernames.into_iter().map(Into::into).collect())), ..self }
    }

    /// Prints only one class. If several year groups have a class with this name, all these classes are printed.
    pub fn class_name(self, class_name: impl Into<String>) -> Self {
        Self { class_name: Some(class_name.into()), ..self }
    }

    /// Prints only one year group.
    pub fn year_group(self, year_group: impl Into<String>) -> Self {
        Self { year_group: Some(year_group.into()), ..self }
    }

    /// Prints the day on which the passwords were valid.
    pub fn date(self, date: NaiveDate) -> Self {
        Self { date: Some(date), ..self }
    }

    /// Replaces a text.
    ///
    /// # Errors
    /// [`AccountError::Placeholder`] if a letter has an unknown name in braces, or a brace that is not closed.
    pub fn text(mut self, text: CardText, words: impl Into<String>) -> Result<Self, AccountError> {
        let words = words.into();
        if text == CardText::Letter {
            letter::check(&words)?;
        }
        self.texts.insert(text, words);
        Ok(self)
    }

    /// Sets whether class lists show passwords. By default they do not, because lists are often left lying about.
    pub fn list_passwords(self, lists_passwords: bool) -> Self {
        Self { lists_passwords, ..self }
    }

    fn words(&self, text: CardText) -> &str {
        self.texts.get(&text).map_or(text.default_text(), String::as_str)
    }

    fn day(&self) -> Option<String> {
        self.date.map(|date| date.format("%-d %b %Y").to_string())
    }

    /// Returns the password as it is printed, or the text that replaces it.
    fn password(&self, account: &Account<'_>, sign_in: SignIn) -> Result<Vec<String>, &str> {
        match account.password.map(Password::expose).filter(|password| !password.trim().is_empty()) {
            Some(password) => Ok(self.letters.shown(password)),
            None if sign_in == SignIn::Sso => Err(self.words(CardText::Sso)),
            None => Err(self.words(CardText::Ask)),
        }
    }
}

const LONGEST_URL: usize = 500;

impl Accounts {
    /// Writes login cards as one HTML page, to be printed on A4 at 100%. Each class begins on a new sheet, with its
    /// students sorted by name.
    ///
    /// If you store only a hash, the card shows [`CardText::Ask`] instead of the password.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let mut html = Vec::new();
    /// accounts.write_cards(&mut html, &Cards::new().class_name("5A"))?;
    /// assert!(String::from_utf8(html)?.contains("Zoë Okafor"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`] or [`AccountError::ClassNotFound`] for an unknown username or class, and
    /// [`AccountError::SignInUrlTooLong`] if the QR code would be too dense for a camera in this layout. In these
    /// cases, nothing is written. [`AccountError::Io`] if writing fails.
    pub fn write_cards(&self, mut to: impl Write, cards: &Cards) -> Result<(), AccountError> {
        Ok(page::CardsPage::of(self, cards)?.write(&mut to)?)
    }

    /// Writes the same page as [`write_cards`](Self::write_cards) to a file that only its owner can read. The file is
    /// written completely or not at all.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.save_cards("cards.html", &Cards::new().class_name("5A"))?;
    /// # assert!(std::fs::exists("cards.html")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_cards`](Self::write_cards). If writing fails, an existing file stays unchanged.
    pub fn save_cards(&self, path: impl AsRef<Path>, cards: &Cards) -> Result<(), AccountError> {
        let page = page::CardsPage::of(self, cards)?;
        Ok(table::save(path.as_ref(), |file| page.write(file))?)
    }

    /// Writes one HTML page with a letter to the parents of each student. Each letter starts on a new sheet. Word
    /// processors can open the page. [`CardText::Letter`] is the letter's text.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let mut letters = Vec::new();
    /// accounts.write_letters(&mut letters, &Cards::new())?;
    /// assert!(String::from_utf8(letters)?.contains("Dear parent or carer"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_cards`](Self::write_cards), except `SignInUrlTooLong`, because letters show the
    /// address only as text.
    pub fn write_letters(&self, mut to: impl Write, cards: &Cards) -> Result<(), AccountError> {
        let accounts = self.to_print(cards)?;
        Ok(letter::write_letters(&mut to, &accounts, cards, self.sign_in)?)
    }

    /// Writes the same page as [`write_letters`](Self::write_letters) to a file that only its owner can read. The file
    /// is written completely or not at all.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.save_letters("letters.html", &Cards::new().class_name("5A"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_letters`](Self::write_letters). If writing fails, an existing file stays unchanged.
    pub fn save_letters(&self, path: impl AsRef<Path>, cards: &Cards) -> Result<(), AccountError> {
        let accounts = self.to_print(cards)?;
        Ok(table::save(path.as_ref(), |file| letter::write_letters(file, &accounts, cards, self.sign_in))?)
    }

    /// Writes one HTML page with a list for each class. A list has names, usernames, a box to tick when the card is
    /// handed out, and space for notes. It shows passwords only if you [ask for them](Cards::list_passwords).
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// let mut list = Vec::new();
    /// accounts.write_class_list(&mut list, &Cards::new())?;
    /// let password = accounts.at(0).unwrap().password.unwrap().expose();
    /// assert!(!String::from_utf8(list)?.contains(password));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_letters`](Self::write_letters).
    pub fn write_class_list(&self, mut to: impl Write, cards: &Cards) -> Result<(), AccountError> {
        let accounts = self.to_print(cards)?;
        Ok(letter::write_class_list(&mut to, &accounts, cards, self.sign_in)?)
    }

    /// Writes the same page as [`write_class_list`](Self::write_class_list) to a file that only its owner can read. The
    /// file is written completely or not at all.
    ///
    /// ```
    /// # use onroll::account::Cards;
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// accounts.save_class_list("class-list.html", &Cards::new().year_group("Year 5"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`write_class_list`](Self::write_class_list). If writing fails, an existing file stays
    /// unchanged.
    pub fn save_class_list(&self, path: impl AsRef<Path>, cards: &Cards) -> Result<(), AccountError> {
        let accounts = self.to_print(cards)?;
        Ok(table::save(path.as_ref(), |file| letter::write_class_list(file, &accounts, cards, self.sign_in))?)
    }

    /// Returns the accounts to print, sorted by year, class and name.
    fn to_print(&self, cards: &Cards) -> Result<Vec<Account<'_>>, AccountError> {
        let mut slots = match &cards.usernames {
            Some(Names(names)) => {
                let found = self.slots_of(names.iter().map(String::as_str)).into_iter();
                found.collect::<Option<Vec<usize>>>().ok_or(AccountError::NotFound)?
            }
            None => (0..self.len()).filter(|slot| self.may_sign_in(*slot)).collect(),
        };
        if cards.class_name.is_some() || cards.year_group.is_some() {
            let class = self.in_class(cards.class_name.as_deref(), cards.year_group.as_deref())?;
            slots.retain(|slot| class.binary_search(slot).is_ok());
        }
        slots.sort_unstable();
        slots.dedup();
        let mut accounts: Vec<Account<'_>> = slots.into_iter().filter_map(|slot| self.at(slot)).collect();
        accounts.sort_by_key(|a| (a.national_year(), a.year_group, a.class_name, a.full_name, a.username));
        Ok(accounts)
    }
}

/// Groups sorted accounts by class. Yields the first account of each class, with all accounts of the class.
fn by_class<'s, 'a>(accounts: &'s [Account<'a>]) -> impl Iterator<Item = (&'s Account<'a>, &'s [Account<'a>])> {
    let classes = accounts.chunk_by(|a, b| (a.year_group, a.class_name) == (b.year_group, b.class_name));
    classes.filter_map(|class| Some((class.first()?, class)))
}

/// A text that is escaped for HTML when displayed.
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

/// Writes the beginning of a page. The page loads nothing, runs no script, and tells search engines not to list it.
fn write_head(to: &mut impl Write, title: &str, style: &str) -> io::Result<()> {
    writeln!(to, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(to, "<meta name=\"robots\" content=\"noindex\">")?;
    writeln!(
        to,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(to, "<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>")
}

const FOOT: &str = "</body>\n</html>\n";

#[cfg(test)]
mod tests;
