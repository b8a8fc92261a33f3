//! Prints login cards, letters and class lists with the core. The options are JSON, which `lib/accounts/printing.ts`
//! has checked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use napi::Result;
use napi::bindgen_prelude::Buffer;
use onroll::Accounts;
use onroll::account::{AccountError, Cards};
use serde::Deserialize;

use crate::error;

/// The options, whose values the package has checked already.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Printing {
    kind: Kind,
    sign_in_url: Option<String>,
    usernames: Option<Vec<String>>,
    class_name: Option<String>,
    year_group: Option<String>,
    layout: Option<onroll::account::CardLayout>,
    letters: Option<onroll::account::CardLetters>,
    date: NaiveDate,
    wording: BTreeMap<onroll::account::CardText, String>,
    passwords: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Cards,
    Letters,
    ClassList,
}

impl Printing {
    pub(crate) fn of(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|_| error::of_panic())
    }

    pub(crate) fn print(self, accounts: &Accounts) -> Result<Buffer> {
        self.html(accounts).map(Buffer::from).map_err(error::of_account)
    }

    fn html(self, accounts: &Accounts) -> std::result::Result<Vec<u8>, AccountError> {
        let mut cards = Cards::new().date(self.date).list_passwords(self.passwords);
        if let Some(url) = &self.sign_in_url {
            cards = cards.sign_in_url(url)?;
        }
        cards = cards.layout(self.layout.unwrap_or_default()).letters(self.letters.unwrap_or_default());
        if let Some(usernames) = self.usernames {
            cards = cards.usernames(usernames);
        }
        if let Some(class_name) = self.class_name {
            cards = cards.class_name(class_name);
        }
        if let Some(year_group) = self.year_group {
            cards = cards.year_group(year_group);
        }
        for (text, words) in self.wording {
            cards = cards.text(text, words)?;
        }
        let mut html = Vec::new();
        match self.kind {
            Kind::Cards => accounts.write_cards(&mut html, &cards)?,
            Kind::Letters => accounts.write_letters(&mut html, &cards)?,
            Kind::ClassList => accounts.write_class_list(&mut html, &cards)?,
        }
        Ok(html)
    }
}
