//! The options of commands that generate passwords: how passwords are made, and which credentials and cards are written
//! for handing them out.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::account::{Accounts, CardLayout, CardLetters, Cards};
use crate::password::PasswordPolicy;

use super::arguments::code;
use super::failure::Failure;

/// How passwords are made.
#[derive(Args)]
#[command(next_help_heading = "Passwords")]
#[group(id = "kind of password", multiple = false)]
pub(super) struct Passwords {
    /// Passwords with this number of characters; 4 by default
    #[arg(long, value_name = "N")]
    characters: Option<usize>,

    /// Passwords with this number of digits
    #[arg(long, value_name = "N")]
    pin: Option<usize>,

    /// Passwords with this number of words
    #[arg(long, value_name = "N")]
    words: Option<usize>,
}

impl Passwords {
    pub(super) fn policy(&self) -> Result<PasswordPolicy, Failure> {
        let policy = match (self.characters, self.pin, self.words) {
            (_, Some(digits), _) => PasswordPolicy::pin(digits),
            (_, _, Some(words)) => PasswordPolicy::words(words),
            (Some(characters), ..) => PasswordPolicy::characters(characters),
            (None, None, None) => Ok(PasswordPolicy::default()),
        };
        policy.map_err(|error| Failure::Failed(error.to_string()))
    }
}

/// The files for handing out passwords to the students.
#[derive(Args)]
#[command(next_help_heading = "Credentials and cards")]
pub(super) struct HandedOut {
    /// Write the credentials as CSV, or - for standard output
    #[arg(long, value_name = "FILE")]
    pub(super) credentials: Option<PathBuf>,

    /// Write login cards to print, as HTML
    #[arg(long, value_name = "FILE")]
    pub(super) cards: Option<PathBuf>,

    /// Print this https address and its QR code on the cards
    #[arg(long, value_name = "URL")]
    sign_in_url: Option<String>,

    /// The layout of the cards on a sheet
    #[arg(long, default_value = "a4-33", value_parser = code(CardLayout::ALL, CardLayout::as_str))]
    layout: CardLayout,

    /// The case of passwords on the cards
    #[arg(long, value_name = "CASE", default_value = "upper", value_parser = code(CardLetters::ALL, CardLetters::as_str))]
    letters: CardLetters,

    /// Replace existing files; the passwords in them are lost
    #[arg(long)]
    overwrite: bool,
}

impl HandedOut {
    /// Refuses to replace a file, because its passwords may be stored nowhere else.
    pub(super) fn refuse_to_replace(&self, files: &[&Path]) -> Result<(), Failure> {
        if files.iter().filter(|file| super::console::is_output(file)).count() > 1 {
            return Err(Failure::Usage("only one file can go to standard output".to_owned()));
        }
        let exists = files.iter().find(|file| !super::console::is_output(file) && file.is_file());
        match exists.filter(|_| !self.overwrite) {
            Some(file) => Err(Failure::Failed(format!(
                "{} exists already. Choose another name, or add --overwrite.",
                super::failure::shown(file)
            ))),
            None => Ok(()),
        }
    }

    /// Returns the page with the cards of all accounts, or of the given usernames. Returns `None` if no cards are
    /// wanted. A wrong address is always an error, before any file is written.
    pub(super) fn page(&self, accounts: &Accounts, usernames: Option<&[String]>) -> Result<Option<Vec<u8>>, Failure> {
        let mut cards = Cards::new().layout(self.layout).letters(self.letters);
        if let Some(url) = &self.sign_in_url {
            cards = cards.sign_in_url(url)?;
        }
        if let Some(usernames) = usernames {
            cards = cards.usernames(usernames.iter().map(String::as_str));
        }
        let mut page = Vec::new();
        accounts.write_cards(&mut page, &cards)?;
        Ok(self.cards.as_ref().map(|_| page))
    }
}
