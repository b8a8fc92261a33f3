//! Finds the columns that make up the full name: one column, or forename and surname. Decides between legal and
//! preferred names.

use super::Detector;
use crate::mapping::{Certainty, NamesFrom, QuestionKind, Source, Target, names, shapes};
use crate::text;
use crate::vocabulary::Term;

/// A part of a name. In each row, the first of its columns with a value is read.
struct NamePart {
    cells: Vec<usize>,
    reason: String,
}

impl Detector<'_> {
    /// Finds the full name.
    pub(super) fn names(&mut self) {
        if self.columns.contains_key(&Target::FullName) {
            return;
        }
        let asked = self.questions.len();
        let (full, mut guesses) = self.candidates(&[Term::FullName]);
        let (listed, more) = self.candidates(&[Term::SurnameFirst]);
        guesses.extend(more);
        let is_exact = full.first().is_some_and(|first| self.headings[*first].is_exact);
        let forename = self.forename();
        let surname = self.surname();
        let is_asked = self.questions.len() > asked;
        match (forename, surname) {
            _ if is_exact => self.full_name(&full, false),
            (Some(forename), Some(surname)) => {
                if let Some((column, why)) = self.whole_part(&forename, &surname) {
                    self.guess_whole(column, why);
                    return;
                }
                let differing: Vec<usize> =
                    full.into_iter().filter(|full| !self.holds(*full, &forename, &surname)).collect();
                if let Some(&full) = differing.first() {
                    self.ask_which(Target::FullName, "the full name", &[full, forename.cells[0], surname.cells[0]]);
                    return;
                }
                self.leave(&[listed, guesses].concat(), "forename and surname are read");
                self.parts(&forename, &surname);
            }
            _ if !full.is_empty() => self.full_name(&full, false),
            _ if !listed.is_empty() => self.full_name(&listed, true),
            _ if is_asked => {}
            (Some(part), None) | (None, Some(part)) if guesses.is_empty() => {
                let is_forename = self.is_forename(part.cells[0]);
                let (has, lacks) = if is_forename { ("forename", "surname") } else { ("surname", "forename") };
                let certainty = if part.reason.is_empty() { Certainty::Guess } else { Certainty::Safe };
                let source = self.source(part.cells[0]);
                let reason = self.headings[part.cells[0]].reason();
                self.read(Target::FullName, source, part.cells, certainty, reason);
                self.ask_for_part(has, lacks);
            }
            _ => self.guess(Target::FullName, &guesses),
        }
    }

    fn is_forename(&self, column: usize) -> bool {
        let term = self.headings[column].entry.map(|entry| entry.term);
        matches!(term, Some(Term::Forename | Term::LegalForename | Term::PreferredForename))
    }

    fn full_name(&mut self, columns: &[usize], surname_first: bool) {
        let Some(column) = self.sole(Target::FullName, "the full name", columns) else { return };
        let heading = &self.headings[column];
        let certainty = if heading.is_exact { Certainty::Exact } else { Certainty::Safe };
        let mut reason = heading.reason();
        let mut source = self.source(column);
        let has_commas = shapes::is_surname_first(&shapes::sample(&self.table.records, column));
        if has_commas && names::puts_surname_first(heading.text) == Some(false) {
            self.doubts[column] =
                Some("its heading puts the forename first, and its values have a comma after the first name");
            self.guess(Target::FullName, &[column]);
            self.leave(&self.name_columns_but(&[column]), "another column may be the full name");
            return;
        }
        if surname_first || has_commas && !heading.is_exact {
            reason.push_str(if has_commas { ", and its values have a comma after the surname" } else { "" });
            source = source.surname_first();
        }
        self.read(Target::FullName, source, vec![column], certainty, reason);
        self.leave(&self.name_columns_but(&[column]), "the full name is read");
    }

    /// Returns the columns with a full name or a part of it, except these columns.
    fn name_columns_but(&self, columns: &[usize]) -> Vec<usize> {
        let is_of_name = |index: &usize| {
            self.headings[*index].entry.is_some_and(|e| super::headings::target(e.term) == Some(Target::FullName))
        };
        (0..self.headings.len()).filter(|index| !columns.contains(index)).filter(is_of_name).collect()
    }

    /// Returns the column of a part if most of its values are full names, and the reason. With the other part, the
    /// surname or the forename would be there twice.
    fn whole_part(&self, forename: &NamePart, surname: &NamePart) -> Option<(usize, &'static str)> {
        let records = &self.table.records;
        let most = |is_whole: &dyn Fn(&str, &str) -> bool, column: usize, part: &NamePart| {
            let value = |row: usize, cell: Option<usize>| cell.map_or("", |cell| records.cell(row, cell));
            let other = |row: usize| value(row, names::supplying_cell(&part.cells, |cell| records.cell(row, cell)));
            let pairs = (0..records.len()).map(|row| [records.cell(row, column), other(row)]);
            let pairs = pairs.filter(|pair| !pair.iter().any(|cell| names::is_no_name(cell)));
            // A full name has several words. Most columns of a forename have few such names.
            let is_word = |text: &str| text.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'\'');
            let is_whole = |[column, other]: [&str; 2]| !is_word(column) && is_whole(column, other);
            let (mut whole, mut rest) = (0, 0);
            pairs.for_each(|pair| if is_whole(pair) { whole += 1 } else { rest += 1 });
            // A single name may really repeat the surname.
            whole > 1 && whole > rest
        };
        let ends = |text: &str, surname: &str| text::contains_surname(text, surname);
        let begins = |text: &str, forename: &str| {
            let (text, forename) = (text::name_words(text), text::name_words(forename));
            text.len() > forename.len() && !forename.is_empty() && text.starts_with(&forename)
        };
        let in_forename = forename.cells.iter().find(|column| most(&ends, **column, surname));
        let in_surname = || surname.cells.iter().find(|column| most(&begins, **column, forename));
        match in_forename {
            Some(column) => Some((*column, "most of its values also contain the surname")),
            None => in_surname().map(|column| (*column, "most of its values also contain the forename")),
        }
    }

    /// Reads the full name from one column as a guess, and asks a person to confirm it.
    fn guess_whole(&mut self, column: usize, why: &str) {
        let heading = self.headings[column].text.to_owned();
        let reason = format!("'{heading}' may be the full name, because {why}");
        self.ask_to_confirm_alone(Target::FullName, column, &reason);
        self.read(Target::FullName, self.source(column), vec![column], Certainty::Guess, reason);
        self.leave(&self.name_columns_but(&[column]), &format!("'{heading}' may be the full name"));
    }

    /// Returns whether the full name contains all words of the forename and the surname in every row.
    fn holds(&self, full: usize, forename: &NamePart, surname: &NamePart) -> bool {
        let records = &self.table.records;
        (0..records.len()).all(|row| {
            let words = text::name_words(records.cell(row, full));
            [forename, surname]
                .into_iter()
                .flat_map(|part| part.cells.first())
                .all(|cell| text::name_words(records.cell(row, *cell)).iter().all(|word| words.contains(word)))
        })
    }

    fn parts(&mut self, forename: &NamePart, surname: &NamePart) {
        let cells = [forename.cells.clone(), surname.cells.clone()].concat();
        let heading =
            |cells: &Vec<usize>| -> Vec<&str> { cells.iter().map(|cell| self.headings[*cell].text).collect() };
        let source = Source::parts([heading(&forename.cells), heading(&surname.cells)]);
        let reasons = [forename, surname].map(|part| match part.reason.as_str() {
            "" => self.headings[part.cells[0]].reason(),
            reason => reason.to_owned(),
        });
        let reason = reasons.join(", and ");
        let certainty =
            if forename.reason.is_empty() || surname.reason.is_empty() { Certainty::Guess } else { Certainty::Safe };
        self.read(Target::FullName, source, cells, certainty, reason);
        if certainty == Certainty::Guess {
            let columns = [forename, surname].map(|part| part.cells[0]);
            self.ask_to_confirm(Target::FullName, &columns);
        }
        let used: Vec<usize> = forename.cells.iter().chain(&surname.cells).copied().collect();
        self.leave(&self.name_columns_but(&used), "the name is read from other columns");
    }

    fn forename(&mut self) -> Option<NamePart> {
        let own = self.only(&[Term::Forename], "the forename");
        let legal = self.only(&[Term::LegalForename], "the legal forename");
        let preferred = self.only(&[Term::PreferredForename], "the preferred forename");
        let cells = match self.settings.names_from {
            Some(NamesFrom::Legal) => vec![legal.or(own).or(preferred)?],
            _ => [preferred, own.or(legal)].into_iter().flatten().collect(),
        };
        let (_, guesses) = self.candidates(&[Term::Forename, Term::LegalForename, Term::PreferredForename]);
        self.part(cells, &guesses)
    }

    fn surname(&mut self) -> Option<NamePart> {
        let own = self.only(&[Term::Surname], "the surname");
        let legal = self.only(&[Term::LegalSurname], "the legal surname");
        let (sure, guesses) = self.candidates(&[Term::PreferredSurname]);
        let base = own.or(legal);
        let sure = self.sole(Target::FullName, "the preferred surname", &sure);
        let cells = match self.settings.names_from {
            Some(NamesFrom::Legal) => vec![legal.or(own).or(sure)?],
            Some(NamesFrom::Preferred) => {
                let preferred = sure.or_else(|| guesses.first().copied().filter(|_| base.is_some()));
                [preferred, base].into_iter().flatten().collect()
            }
            // If the preferred surname is a guess and differs from the other surname, we ask which of them to read.
            None => {
                let unsure = guesses.first().copied().filter(|_| sure.is_none());
                let differs = |(one, other)| !self.is_same_where_filled(one, other);
                if let Some(pair) = unsure.zip(base).filter(|pair| differs(*pair)) {
                    self.ask_which(Target::FullName, "the surname", &[pair.0, pair.1]);
                    return None;
                }
                [sure, base].into_iter().flatten().collect()
            }
        };
        let (_, more) = self.candidates(&[Term::Surname, Term::LegalSurname]);
        self.part(cells, &[guesses, more].concat())
    }

    /// Returns the part of the name in these columns. If there are no columns, returns the first guess, without a
    /// reason.
    fn part(&self, cells: Vec<usize>, guesses: &[usize]) -> Option<NamePart> {
        let Some(&first) = cells.first() else {
            if self.asks(Target::FullName, QuestionKind::WhichColumn) {
                return None;
            }
            return guesses.first().map(|first| NamePart { cells: vec![*first], reason: String::new() });
        };
        let mut reason = self.headings[first].reason();
        if let Some(second) = cells.get(1) {
            reason.push_str(&format!(" (if it is blank, '{}' is read)", self.headings[*second].text));
        }
        Some(NamePart { cells, reason })
    }

    fn only(&mut self, terms: &[Term], named: &str) -> Option<usize> {
        let (sure, _) = self.candidates(terms);
        self.sole(Target::FullName, named, &sure)
    }

    /// Returns whether two columns have the same value in every row in which the first column has a value.
    fn is_same_where_filled(&self, one: usize, other: usize) -> bool {
        let records = &self.table.records;
        (0..records.len()).all(|row| {
            let one = records.cell(row, one).trim();
            one.is_empty() || text::key(one) == text::key(records.cell(row, other).trim())
        })
    }
}
