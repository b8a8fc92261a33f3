//! Reads the options of login cards, letters and class lists.

use chrono::NaiveDate;
use onroll::{CardLayout, CardLetters, CardText, Cards};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::input::{Text, argument, no_choice, wrong};
use crate::report;

/// The arguments of a method that writes cards, letters or lists, as Python passed them.
#[derive(Default)]
pub(crate) struct Printing<'a, 'py> {
    pub(crate) sign_in_url: Option<&'a Bound<'py, PyAny>>,
    pub(crate) class_name: Option<&'a Bound<'py, PyAny>>,
    pub(crate) year_group: Option<&'a Bound<'py, PyAny>>,
    pub(crate) layout: Option<&'a Bound<'py, PyAny>>,
    pub(crate) letters: Option<&'a Bound<'py, PyAny>>,
    pub(crate) date: Option<&'a Bound<'py, PyAny>>,
    pub(crate) wording: Option<&'a Bound<'py, PyAny>>,
}

impl Printing<'_, '_> {
    /// Returns the core's options, without usernames. The caller looks up the usernames and adds them.
    pub(crate) fn cards(&self, py: Python<'_>) -> PyResult<Cards> {
        let mut cards = Cards::new();
        if let Some(url) = self.sign_in_url {
            let url: Text = argument("sign_in_url", "a str", url)?;
            cards = cards.sign_in_url(&url).map_err(|error| report::of_account(py, error, None))?;
        }
        if let Some(class_name) = self.class_name {
            cards = cards.class_name(argument::<Text>("class_name", "a str", class_name)?);
        }
        if let Some(year_group) = self.year_group {
            cards = cards.year_group(argument::<Text>("year_group", "a str", year_group)?);
        }
        if let Some(layout) = self.layout {
            let code: Text = argument("layout", "a str", layout)?;
            let found = CardLayout::ALL.into_iter().find(|layout| layout.as_str() == &*code);
            cards = cards
                .layout(found.ok_or_else(|| no_choice("layout", &CardLayout::ALL.map(CardLayout::as_str), &code))?);
        }
        if let Some(letters) = self.letters {
            let code: Text = argument("letters", "a str", letters)?;
            let found = CardLetters::ALL.into_iter().find(|letters| letters.as_str() == &*code);
            cards = cards
                .letters(found.ok_or_else(|| no_choice("letters", &CardLetters::ALL.map(CardLetters::as_str), &code))?);
        }
        cards = cards.date(day(py, self.date)?);
        if let Some(wording) = self.wording {
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
