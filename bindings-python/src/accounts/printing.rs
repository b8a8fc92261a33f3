//! Reads the options of login cards, letters and class lists. `core/src/account/cards` makes the pages.

use chrono::NaiveDate;
use onroll::account::{AccountError, CardLayout, CardLetters, CardText, Cards};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use super::usernames::known_usernames;
use crate::input::{Output, Text, argument, named, no_choice, wrong};
use crate::report;

/// The arguments of a method that writes cards, letters or lists, as Python passed them.
#[derive(Default)]
pub(super) struct PrintOptions<'py> {
    usernames: Option<Bound<'py, PyAny>>,
    sign_in_url: Option<Bound<'py, PyAny>>,
    class_name: Option<Bound<'py, PyAny>>,
    year_group: Option<Bound<'py, PyAny>>,
    passwords: Option<Bound<'py, PyAny>>,
    layout: Option<Bound<'py, PyAny>>,
    letters: Option<Bound<'py, PyAny>>,
    date: Option<Bound<'py, PyAny>>,
    wording: Option<Bound<'py, PyAny>>,
}

impl<'py> PrintOptions<'py> {
    /// Takes the keyword arguments of `method`.
    pub(super) fn of(method: &str, arguments: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut options = Self::default();
        for (name, value) in arguments.into_iter().flatten() {
            let option = match name.extract::<&str>().unwrap_or_default() {
                "usernames" => &mut options.usernames,
                "sign_in_url" if method != "write_class_list" => &mut options.sign_in_url,
                "class_name" => &mut options.class_name,
                "year_group" => &mut options.year_group,
                "passwords" if method == "write_class_list" => {
                    // Unlike the other options, `passwords` must not be None.
                    options.passwords = Some(value);
                    continue;
                }
                "layout" if method == "write_cards" => &mut options.layout,
                "letters" => &mut options.letters,
                "date" => &mut options.date,
                "wording" => &mut options.wording,
                _ => {
                    let message = format!("Accounts.{method}() got an unexpected keyword argument '{name}'");
                    return Err(PyTypeError::new_err(message));
                }
            };
            *option = Some(value).filter(|value| !value.is_none());
        }
        Ok(options)
    }

    /// Returns the core's options, without usernames.
    fn cards(&self, py: Python<'_>) -> PyResult<Cards> {
        let mut cards = Cards::new();
        if let Some(passwords) = &self.passwords {
            cards = cards.list_passwords(named::passwords(passwords)?);
        }
        if let Some(url) = &self.sign_in_url {
            let url: Text = argument("sign_in_url", "a str", url)?;
            cards = cards.sign_in_url(&url).map_err(|error| report::of_account(py, error, None))?;
        }
        if let Some(class_name) = &self.class_name {
            cards = cards.class_name(argument::<Text>("class_name", "a str", class_name)?);
        }
        if let Some(year_group) = &self.year_group {
            cards = cards.year_group(argument::<Text>("year_group", "a str", year_group)?);
        }
        if let Some(layout) = &self.layout {
            let code: Text = argument("layout", "a str", layout)?;
            let found = CardLayout::ALL.into_iter().find(|layout| layout.as_str() == &*code);
            cards = cards
                .layout(found.ok_or_else(|| no_choice("layout", &CardLayout::ALL.map(CardLayout::as_str), &code))?);
        }
        if let Some(letters) = &self.letters {
            let code: Text = argument("letters", "a str", letters)?;
            let found = CardLetters::ALL.into_iter().find(|letters| letters.as_str() == &*code);
            cards = cards
                .letters(found.ok_or_else(|| no_choice("letters", &CardLetters::ALL.map(CardLetters::as_str), &code))?);
        }
        cards = cards.date(day(py, self.date.as_ref())?);
        if let Some(wording) = &self.wording {
            let given =
                wording.cast::<PyMapping>().map_err(|_| wrong("wording", "a mapping of str to str", wording))?;
            for item in given.items()?.try_iter()? {
                let (name, words): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
                let name: Text = argument("wording", "a mapping of str to str", &name)?;
                let words: Text = argument("wording", "a mapping of str to str", &words)?;
                let found = CardText::ALL.into_iter().find(|text| text.as_str() == &*name);
                let text = found.ok_or_else(|| no_choice("wording", &CardText::ALL.map(CardText::as_str), &name))?;
                cards = cards.text(text, words).map_err(|error| report::of_account(py, error, None))?;
            }
        }
        Ok(cards)
    }
}

/// Writes an HTML page to print. If the options name usernames, the page has only these accounts.
pub(super) fn print(
    accounts: &onroll::Accounts,
    dest: &Bound<'_, PyAny>,
    options: &PrintOptions<'_>,
    write: impl FnOnce(&onroll::Accounts, &mut Vec<u8>, &Cards) -> Result<(), AccountError> + Send,
) -> PyResult<()> {
    let py = dest.py();
    let cards = options.cards(py)?;
    let output = Output::of("dest", dest)?;
    let cards = match &options.usernames {
        Some(usernames) => cards.usernames(known_usernames(accounts, usernames)?),
        None => cards,
    };
    let mut html = Vec::new();
    crate::ending::detach(py, || write(accounts, &mut html, &cards))
        .map_err(|error| report::of_account(py, error, None))?;
    output.write_bytes(py, &html)
}

/// Reads the argument `date`. None means today.
fn day(py: Python<'_>, date: Option<&Bound<'_, PyAny>>) -> PyResult<NaiveDate> {
    let class = py.import("datetime")?.getattr("date")?;
    let given = match date {
        Some(date) if date.is_instance(&class)? => date.clone(),
        Some(other) => return Err(wrong("date", "a date", other)),
        None => class.call_method0("today")?,
    };
    let [year, month, day] =
        ["year", "month", "day"].map(|part| given.getattr(part).and_then(|part| part.extract::<i64>()));
    let [month, day] = [month?, day?].map(|part| u32::try_from(part).unwrap_or(0));
    let made = NaiveDate::from_ymd_opt(i32::try_from(year?).unwrap_or(0), month, day);
    made.ok_or_else(|| pyo3::exceptions::PyValueError::new_err("date is out of range"))
}
