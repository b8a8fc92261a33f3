//! Words the questions for a person, and limits their number (`MOST_VALUES`). They are about columns that are missing,
//! guessed or found several times, about unknown values, and about changes.

use super::Detector;
use crate::mapping::{Certainty, DetectedValues, Difference, Question, QuestionKind, Target};
use crate::text;
use crate::username::SignIn;
use crate::values::gender::Gender;

/// The largest number of questions about values in one result.
const MOST_VALUES: usize = 50;

impl Detector<'_> {
    fn ask(&mut self, kind: QuestionKind, target: Target, choices: Vec<String>, text: String) {
        self.questions.push(Question { kind, target: Some(target), choices, value: None, text });
    }

    pub(super) fn asks(&self, target: Target, kind: QuestionKind) -> bool {
        self.questions.iter().any(|question| question.kind == kind && question.target == Some(target))
    }

    fn headings_of(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.headings[*column].text.to_owned()).collect()
    }

    /// Asks which of several columns is meant. None of these columns is read until a person decides.
    pub(super) fn ask_which(&mut self, target: Target, term: &str, columns: &[usize]) {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        let choices = self.headings_of(&columns);
        let listed: Vec<String> = columns.iter().map(|column| self.named(*column)).collect();
        let text = format!("Which column is {term}: {}? Their values differ.", listed.join(" or "));
        for column in columns {
            let reason = format!("'{}' is one of several columns that may be {term}", self.headings[column].text);
            self.reasons.insert(column, reason);
        }
        self.ask(QuestionKind::WhichColumn, target, choices, text);
    }

    /// Returns the heading of a column, with the column's number if another column has the same heading.
    fn named(&self, column: usize) -> String {
        let heading = &self.headings[column];
        let is_alone = self.headings.iter().filter(|other| other.folded == heading.folded).count() == 1;
        if is_alone { format!("'{}'", heading.text) } else { format!("'{}' (column {})", heading.text, column + 1) }
    }

    /// Reads a target from the first of these columns as a guess, and asks a person to confirm the column.
    pub(super) fn guess(&mut self, target: Target, columns: &[usize]) {
        let Some(&first) = columns.first() else { return };
        if self.settled.contains(&target) {
            return;
        }
        let reason = match self.headings[first].entry {
            Some(_) => self.why_not_sure(first),
            None => format!("the values of '{}' look like those of {target}", self.headings[first].text),
        };
        let text = match columns {
            [_] => format!("Should {} be read from '{}'? {}.", target, self.headings[first].text, capital(&reason)),
            _ => format!("Should {} be read from one of these columns? {}.", target, capital(&reason)),
        };
        let source = self.source(first);
        self.read(target, source, vec![first], Certainty::Guess, reason);
        let choices = self.headings_of(columns);
        self.ask(QuestionKind::ConfirmColumn, target, choices, text);
    }

    /// Asks whether these columns together make up a target.
    pub(super) fn ask_to_confirm(&mut self, target: Target, columns: &[usize]) {
        let choices = self.headings_of(columns);
        let text = format!("Should {target} be read from '{}'?", choices.join("' and '"));
        self.ask(QuestionKind::ConfirmColumn, target, choices, text);
    }

    /// Asks whether a target is read from one column, and not from other columns as well.
    pub(super) fn ask_to_confirm_alone(&mut self, target: Target, column: usize, reason: &str) {
        let choices = self.headings_of(&[column]);
        let text = format!("Should {target} be read from '{}' alone? {}.", choices.concat(), capital(reason));
        self.ask(QuestionKind::ConfirmColumn, target, choices, text);
    }

    /// Asks for the part of a name that no column holds.
    pub(super) fn ask_for_part(&mut self, has: &str, lacks: &str) {
        let text =
            format!("The file has a column for the {has}, but none for the {lacks}. Which column holds the {lacks}?");
        self.ask(QuestionKind::MissingColumn, Target::FullName, Vec::new(), text);
    }

    /// Asks for each target that a roster needs and that has no known column.
    pub(super) fn ask_for_missing(&mut self) {
        let needs_email = self.settings.sign_in == SignIn::Sso && self.lacks_email();
        for target in Target::ALL {
            let is_needed = target.is_required() || target == Target::Email && needs_email;
            let is_asked = self.questions.iter().any(|question| {
                question.target == Some(target) || target == Target::Email && question.target == Some(Target::Username)
            });
            if is_needed && !is_asked && !self.columns.contains_key(&target) {
                let text = match target {
                    Target::Email => "Which column holds the email address, which is the username with SSO?".to_owned(),
                    target => {
                        format!(
                            "The file seems to have no column for {target}. Which column holds it, or is its value the same for every student?"
                        )
                    }
                };
                self.ask(QuestionKind::MissingColumn, target, Vec::new(), text);
            }
        }
    }

    pub(super) fn ask_for_changes(&mut self, differences: &[Difference]) {
        for difference in differences.iter().filter(|difference| !matches!(difference, Difference::NoSource(_))) {
            let heading = difference.heading().unwrap_or_default();
            let text = format!("'{}' {}.", text::visible(heading), difference.in_words());
            self.ask(QuestionKind::Changed, difference.target(), vec![heading.to_owned()], text);
        }
    }

    /// Asks about a heading that several columns share. A mapping identifies columns by their headings, so it cannot
    /// distinguish these columns.
    pub(super) fn ask_for_doubled(&mut self, unclear: &[Difference]) {
        for difference in unclear.iter().filter(|difference| matches!(difference, Difference::Twice { .. })) {
            let heading = difference.heading().unwrap_or_default();
            let text = format!(
                "'{}' is the heading of more than one column. Give each column its own heading, so that it is clear which one to read.",
                text::visible(heading)
            );
            self.ask(QuestionKind::WhichColumn, difference.target(), vec![heading.to_owned()], text);
        }
    }

    /// Asks about each value whose meaning is not certain. There is no question about a blank value, because each row
    /// with a blank value gets a problem.
    pub(super) fn ask_for_values(&mut self, values: &[DetectedValues]) {
        for of in values {
            let is_asked = self.columns.get(&of.target).is_some_and(|read| read.certainty.is_sure());
            let unsure = of.values.iter().filter(|value| !value.certainty.is_sure() && !value.value.is_empty());
            for value in unsure.filter(|_| is_asked).take(MOST_VALUES) {
                let rows = if value.count == 1 { "1 row".to_owned() } else { format!("{} rows", value.count) };
                let shown = text::visible(&value.value);
                let heading = of.sources.join("' + '");
                let text = match &value.read_as {
                    Some(guess) => format!("Does '{shown}' under '{heading}' ({rows}) stand for {guess}?"),
                    None => format!("What does '{shown}' under '{heading}' ({rows}) stand for?"),
                };
                let choices = match of.target {
                    Target::Gender => Gender::ALL.map(|gender| gender.as_str().to_owned()).to_vec(),
                    Target::Ethnicity => value.read_as.clone().into_iter().collect(),
                    _ => vec!["Yes".to_owned(), "No".to_owned()],
                };
                self.questions.push(Question {
                    kind: QuestionKind::Value,
                    target: Some(of.target),
                    choices,
                    value: Some(value.value.clone()),
                    text,
                });
            }
        }
    }
}

/// Returns a sentence with a capital first letter.
fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
