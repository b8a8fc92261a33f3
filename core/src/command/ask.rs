//! Asks a person at a terminal the questions of detection (`--ask`): the prompts, and how answers are read.
//! `mapping/finding/questions.rs` words the questions.

use crate::mapping::{Detected, Mapping, Question, QuestionKind, Source, Target};
use crate::text::visible;

use super::console::Console;
use super::failure::Failure;

/// Asks each question that a person can answer, and returns the mapping with the answers. A question that is left out
/// stays open.
pub(super) fn ask(detected: &Detected, console: &mut Console<'_>) -> Result<Mapping, Failure> {
    let mut mapping = detected.mapping().clone();
    console.message(detected.text().trim_end());
    for question in detected.questions() {
        let Some(target) = question.target else { continue };
        mapping = match question.kind {
            QuestionKind::Value => value(mapping, question, target, console)?,
            QuestionKind::MissingColumn | QuestionKind::WhichColumn | QuestionKind::ConfirmColumn => {
                column(mapping, question, target, console)?
            }
            _ => mapping,
        };
    }
    Ok(mapping)
}

/// Asks the person which sheet to read, if detection could not decide. Returns the name of the chosen sheet.
pub(super) fn sheet(detected: &Detected, console: &mut Console<'_>) -> Result<Option<String>, Failure> {
    let Some(question) = detected.questions().iter().find(|question| question.kind == QuestionKind::WhichSheet) else {
        return Ok(None);
    };
    let answer = answer(&question.text, &question.choices, "a number, or press Enter to skip", console)?;
    Ok(number(&answer).and_then(|number| question.choices.get(number)).cloned())
}

fn value(mapping: Mapping, question: &Question, target: Target, console: &mut Console<'_>) -> Result<Mapping, Failure> {
    let Some(found) = &question.value else { return Ok(mapping) };
    let answer =
        answer(&question.text, &question.choices, "a number or the value itself, or press Enter to skip", console)?;
    let chosen = number(&answer).and_then(|number| question.choices.get(number)).cloned().unwrap_or(answer);
    if chosen.is_empty() {
        return Ok(mapping);
    }
    let decided = mapping.clone().with_value(target, found.as_str(), chosen);
    if decided.validate().is_err() {
        console.message("The column does not accept that value. The question stays open.");
        return Ok(mapping);
    }
    Ok(decided)
}

/// Asks for a column among all columns. The person may choose several columns, because a name may be in parts.
fn column(
    mapping: Mapping,
    question: &Question,
    target: Target,
    console: &mut Console<'_>,
) -> Result<Mapping, Failure> {
    const HOW: &str =
        "a number, 1+2 to join two columns, or =VALUE for the same value for every student; or press Enter to skip";
    let headings = mapping.headings().to_vec();
    let answer = answer(&question.text, &headings, HOW, console)?;
    if let Some(constant) = answer.strip_prefix('=') {
        return Ok(mapping.with(target, Source::constant(constant.trim())));
    }
    let chosen: Option<Vec<String>> =
        answer.split('+').map(|part| number(part).and_then(|number| headings.get(number)).cloned()).collect();
    match chosen.filter(|chosen| !chosen.iter().any(|heading| heading.is_empty())) {
        Some(chosen) => Ok(mapping.with(target, Source::from(chosen))),
        None if answer.is_empty() => Ok(mapping),
        None => {
            console.message("That column is not in the list. The question stays open.");
            Ok(mapping)
        }
    }
}

/// Returns the index for a number that is counted from 1.
fn number(text: &str) -> Option<usize> {
    text.trim().parse::<usize>().ok()?.checked_sub(1)
}

fn answer(text: &str, choices: &[String], how: &str, console: &mut Console<'_>) -> Result<String, Failure> {
    console.message(&format!("\n{text}"));
    for (number, choice) in choices.iter().enumerate().filter(|(_, choice)| !choice.is_empty()) {
        console.message(&format!("  {}  {}", number + 1, visible(choice)));
    }
    console.message(&format!("Answer with {how}:"));
    console.line()
}
