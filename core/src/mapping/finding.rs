//! Decides which columns of an export supply each field. Each decision has a certainty and a reason. Each uncertain
//! decision also has a question. `finding/full_name.rs` finds the full name, `finding/source_id.rs` the id from the MIS,
//! and this file all other fields. `mapping/headings.rs` looks up the headings.
//!
//! Only the dictionary of headings decides what a heading means. Values can make a decision less certain. If no heading
//! is known, values can lead to a guess.

mod full_name;
mod outcome;
mod questions;
mod source_id;

use std::collections::BTreeMap;

use crate::text;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;
use crate::values::flag;
use crate::values::gender::Gender;
use crate::values::year_group::YearGroup;
use crate::vocabulary::{Term, Vocabulary};

use super::headings::{self, Heading};
use super::{
    AppliedMapping, Certainty, Detected, Difference, Mapping, NamesFrom, Question, Source, Table, Target, shapes,
};

/// The settings for detecting a table.
pub(crate) struct DetectionSettings<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) ethnicities: &'a Ethnicities,
    pub(crate) sign_in: SignIn,
    /// The kind of names that the host chose. By default, preferred names are used if they are certain.
    pub(crate) names_from: Option<NamesFrom>,
    /// The mapping that was confirmed before.
    pub(crate) stored: Option<&'a Mapping>,
}

/// Detects which columns supply each target.
pub(crate) fn detect(table: &Table, settings: &DetectionSettings<'_>) -> Detected {
    let mut finder = Detector::new(table, settings);
    let differences = finder.take_stored();
    finder.names();
    for target in Target::ALL.into_iter().filter(|target| *target != Target::FullName) {
        if !finder.columns.contains_key(&target) {
            finder.target(target);
        }
    }
    finder.guess_by_shape();
    finder.finish(differences)
}

/// Collects the decisions and questions about a table.
struct Detector<'t> {
    table: &'t Table,
    settings: &'t DetectionSettings<'t>,
    headings: Vec<Heading<'t>>,
    /// For each column whose values contradict its heading, the reason.
    doubts: Vec<Option<&'static str>>,
    columns: BTreeMap<Target, TargetSource>,
    /// For each column that is not read although its heading is known, the reason.
    reasons: BTreeMap<usize, String>,
    questions: Vec<Question>,
    /// Targets for which no column is guessed.
    settled: Vec<Target>,
}

/// The columns from which a target is read, and how certain the choice is.
struct TargetSource {
    source: Source,
    /// The columns from which the target is read.
    cells: Vec<usize>,
    certainty: Certainty,
    reason: String,
}

impl<'t> Detector<'t> {
    fn new(table: &'t Table, settings: &'t DetectionSettings<'t>) -> Self {
        let headings = headings::read(&table.headings, settings.vocabulary);
        let doubt = |(index, heading): (usize, &Heading<'_>)| {
            let entry = heading.entry?;
            shapes::contradiction(entry.term, &shapes::sample(&table.records, index))
        };
        let doubts = headings.iter().enumerate().map(doubt).collect();
        let (columns, reasons, questions, settled) = Default::default();
        Self { table, settings, headings, doubts, columns, reasons, questions, settled }
    }

    /// Copies the parts of a stored mapping that fit the file. Returns the differences between the mapping and the
    /// file.
    fn take_stored(&mut self) -> Vec<Difference> {
        let Some(stored) = self.settings.stored else { return Vec::new() };
        let (layout, differences) =
            AppliedMapping::of(stored, &self.table.headings, self.settings.vocabulary, self.settings.sign_in);
        for (target, source) in stored.columns() {
            let is_there = |difference: &Difference| {
                difference.target() == target
                    && matches!(difference, Difference::Missing { .. } | Difference::Twice { .. })
            };
            if differences.iter().any(is_there) {
                continue;
            }
            let reason = "the stored mapping names this column".to_owned();
            let cells = layout.read(target);
            let source = source.clone();
            self.columns.insert(target, TargetSource { source, cells, certainty: Certainty::Exact, reason });
        }
        // A person may have left out a target when they confirmed the mapping. We do not ask about such a target again,
        // unless the file has a new column for it.
        if !stored.headings().is_empty() {
            let is_new = |target: &Target| differences.iter().any(|difference| difference.target() == *target);
            let is_settled = |target: &Target| !self.columns.contains_key(target) && !is_new(target);
            self.settled = Target::ALL.into_iter().filter(is_settled).collect();
        }
        differences
    }

    /// Returns the columns with these terms in two lists, each with the most certain column first. The first list has
    /// columns with a certain heading and no values that contradict it. The second list has guesses.
    fn candidates(&self, terms: &[Term]) -> (Vec<usize>, Vec<usize>) {
        let is_of = |index: &usize| {
            self.headings[*index].entry.is_some_and(|entry| terms.contains(&entry.term))
                && !self.reasons.contains_key(index)
        };
        let is_safe = |index: &usize| {
            self.headings[*index].entry.is_some_and(|entry| entry.is_safe) && self.doubts[*index].is_none()
        };
        let mut all: Vec<usize> = (0..self.headings.len()).filter(is_of).collect();
        // The result does not depend on the order of the columns in the file.
        all.sort_by_key(|index| {
            let heading = &self.headings[*index];
            (!heading.is_exact, !heading.is_qualified(), heading.folded.len(), heading.folded.clone())
        });
        all.into_iter().partition(is_safe)
    }

    /// Returns one of several fitting columns, if they mean the same in every row. Otherwise, asks a person.
    fn sole(&mut self, target: Target, term: &str, sure: &[usize]) -> Option<usize> {
        let (&best, others) = sure.split_first()?;
        if others.iter().all(|other| self.agree(target, best, *other)) {
            for other in others {
                let reason = format!(
                    "'{}' means the same as '{}' in every row",
                    self.headings[*other].text, self.headings[best].text
                );
                self.reasons.insert(*other, reason);
            }
            return Some(best);
        }
        self.ask_which(target, term, sure);
        None
    }

    /// Returns whether two columns mean the same in every row.
    fn agree(&self, target: Target, one: usize, other: usize) -> bool {
        let records = &self.table.records;
        (0..records.len()).all(|row| {
            let [one, other] = [one, other].map(|column| records.cell(row, column));
            one == other || self.meaning(target, one) == self.meaning(target, other)
        })
    }

    /// Returns the meaning of a value, for comparison.
    fn meaning(&self, target: Target, cell: &str) -> String {
        let tidy = text::tidy(cell);
        let known = match target {
            Target::YearGroup => YearGroup::read(&tidy).map(|year| year.to_string()),
            Target::Gender => Gender::meaning(&tidy).sure().map(|gender| gender.as_str().to_owned()),
            Target::Ethnicity => self.settings.ethnicities.meaning(&tidy).sure().map(|index| index.to_string()),
            Target::PupilPremium | Target::Send | Target::Eal if tidy.is_empty() => Some("No".to_owned()),
            Target::PupilPremium | Target::Send | Target::Eal => target
                .column()
                .and_then(|column| flag::meaning(column, &tidy).sure())
                .map(|flag| flag::as_str(flag).to_owned()),
            _ => None,
        };
        known.unwrap_or_else(|| text::key(&tidy).into_owned())
    }

    /// Finds a target that is read from one column. Pupil premium may be read from several columns.
    fn target(&mut self, target: Target) {
        let terms: &[Term] = match target {
            Target::FullName => return,
            Target::Username => &[Term::Username],
            Target::Email => &[Term::Email],
            Target::YearGroup => &[Term::YearGroup],
            Target::ClassName => &[Term::Class],
            Target::Gender => &[Term::Gender],
            Target::PupilPremium => &[Term::PupilPremium],
            Target::Ethnicity => &[Term::Ethnicity],
            Target::Send => &[Term::Send],
            Target::Eal => &[Term::Eal],
            Target::Upn => &[Term::Upn],
            Target::SourceId => &[Term::SourceId],
        };
        let (mut sure, mut guesses) = self.candidates(terms);
        if target == Target::Gender {
            // Sex is read as gender if there is no gender column.
            let (sex, more) = self.candidates(&[Term::Sex]);
            if sure.is_empty() {
                sure = sex;
                guesses.extend(more);
            } else {
                self.leave(&[sex, more].concat(), "there is a column for gender");
            }
        }
        match target {
            Target::PupilPremium => self.premium(sure, guesses),
            Target::SourceId => self.source_id(&sure, &guesses),
            Target::Email if self.settings.sign_in == SignIn::Password => {
                self.leave(&[sure, guesses].concat(), "email addresses are read only with SSO");
            }
            Target::Username if self.settings.sign_in == SignIn::Sso => self.email_or_username(sure, guesses),
            Target::Email if self.columns.contains_key(&Target::Username) => {
                let all = [sure, guesses].concat();
                let username = self.columns.get(&Target::Username).and_then(|read| read.cells.first().copied());
                self.leave_all_but(&all, username, "another column is the username");
            }
            _ => self.one_of(target, &sure, &guesses),
        }
    }

    /// Reads a target from the only certain column, or asks about the columns that possibly fit.
    fn one_of(&mut self, target: Target, sure: &[usize], guesses: &[usize]) {
        let term = target.heading();
        if sure.is_empty() {
            self.guess(target, guesses);
            return;
        }
        self.leave(guesses, "a more certain column is read instead");
        if let Some(column) = self.sole(target, term, sure) {
            let certainty = if self.headings[column].is_exact { Certainty::Exact } else { Certainty::Safe };
            let reason = self.headings[column].reason();
            self.read(target, self.source(column), vec![column], certainty, reason);
        }
    }

    /// Finds the column of usernames for SSO, which are email addresses. This is a column of email addresses, or a
    /// username column that contains email addresses.
    fn email_or_username(&mut self, usernames: Vec<usize>, guesses: Vec<usize>) {
        let (emails, more) = self.candidates(&[Term::Email]);
        let holds_addresses = |index: &usize| {
            shapes::looks_like(Target::Email, &shapes::sample(&self.table.records, *index), self.settings.ethnicities)
        };
        let is_exact = |index: &usize| self.headings[*index].is_exact;
        let (with, without): (Vec<usize>, Vec<usize>) =
            usernames.into_iter().partition(|index| holds_addresses(index) || is_exact(index) && emails.is_empty());
        self.leave(&without, "with SSO the email address is the username");
        let target = if with.is_empty() { Target::Email } else { Target::Username };
        let sure = [with, emails].concat();
        self.one_of(target, &sure, &[guesses, more].concat());
        if target == Target::Username && !self.columns.contains_key(&Target::Username) {
            self.settled.push(Target::Email);
        }
    }

    /// Finds the columns of pupil premium. A student has pupil premium if any of these columns says yes.
    fn premium(&mut self, mut sure: Vec<usize>, mut guesses: Vec<usize>) {
        // A column 'Deprivation Pupil Premium' shows that this is the DfE's file. Then the columns in `REST` are also
        // about pupil premium.
        let is_dfe = sure.iter().any(|index| self.headings[*index].folded == "deprivationpupilpremium");
        if is_dfe {
            const REST: [&str; 3] = ["servicechildpremium", "adoptedfromcarepremium", "lookedafterpremium"];
            let (rest, others) =
                guesses.into_iter().partition(|i: &usize| REST.contains(&self.headings[*i].folded.as_str()));
            sure.extend::<Vec<usize>>(rest);
            guesses = others;
        }
        if sure.len() < 2 {
            self.one_of(Target::PupilPremium, &sure, &guesses);
            return;
        }
        self.leave(&guesses, "a more certain column is read instead");
        // A mapping names columns by their headings, so two columns with the same heading cannot both be read.
        let is_twice = |index: &usize| {
            sure.iter().filter(|o| self.headings[**o].folded == self.headings[*index].folded).count() > 1
        };
        if sure.iter().any(is_twice) {
            self.one_of(Target::PupilPremium, &sure, &[]);
            return;
        }
        let mut sure = sure;
        sure.sort_unstable();
        let names: Vec<String> = sure.iter().map(|index| self.table.headings[*index].trim().to_owned()).collect();
        let reason = match is_dfe {
            true => {
                "the DfE's file has a number for each kind of pupil premium; any number except 0 means yes".to_owned()
            }
            false => "several columns are about pupil premium; a yes in any of them means yes".to_owned(),
        };
        self.read(Target::PupilPremium, Source::from(names), sure, Certainty::Safe, reason);
    }

    fn source(&self, column: usize) -> Source {
        Source::from(self.headings[column].text)
    }

    fn read(&mut self, target: Target, source: Source, cells: Vec<usize>, certainty: Certainty, reason: String) {
        self.columns.insert(target, TargetSource { source, cells, certainty, reason });
    }

    /// Stores the reason why these columns are not read.
    fn leave(&mut self, columns: &[usize], why: &str) {
        for column in columns {
            let text = self.headings[*column].text;
            self.reasons.entry(*column).or_insert_with(|| format!("'{text}' is not needed, because {why}"));
        }
    }

    fn leave_all_but(&mut self, columns: &[usize], but: Option<usize>, why: &str) {
        let others: Vec<usize> = columns.iter().copied().filter(|column| Some(*column) != but).collect();
        self.leave(&others, why);
    }

    /// Returns the heading, and the reason why its meaning is not certain.
    fn why_not_sure(&self, column: usize) -> String {
        match self.doubts[column] {
            Some(doubt) => format!("'{}' may be the right column, but {doubt}", self.headings[column].text),
            None => self.headings[column].reason(),
        }
    }

    /// Guesses columns by their values, for targets that no heading in the file means.
    fn guess_by_shape(&mut self) {
        const TARGETS: [Target; 7] = [
            Target::Upn,
            Target::Email,
            Target::Ethnicity,
            Target::Gender,
            Target::YearGroup,
            Target::ClassName,
            Target::FullName,
        ];
        for target in TARGETS {
            let is_asked = self.questions.iter().any(|question| question.target == Some(target));
            let is_needed = target != Target::Email || self.settings.sign_in == SignIn::Sso && self.lacks_email();
            if self.columns.contains_key(&target) || is_asked || !is_needed || self.settled.contains(&target) {
                continue;
            }
            let is_free = |index: &usize| {
                self.headings[*index].entry.is_none() && !self.columns.values().any(|read| read.cells.contains(index))
            };
            let looks = |index: &usize| {
                shapes::looks_like(target, &shapes::sample(&self.table.records, *index), self.settings.ethnicities)
            };
            let found: Vec<usize> = (0..self.headings.len()).filter(is_free).filter(looks).collect();
            self.guess(target, &found);
        }
    }

    fn lacks_email(&self) -> bool {
        ![Target::Email, Target::Username].iter().any(|target| self.columns.contains_key(target))
    }
}
