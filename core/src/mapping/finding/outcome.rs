//! Turns the decisions into a result: the mapping, its columns with examples, the values, and the unused columns.

use std::borrow::Cow;

use crate::mapping::{
    AppliedMapping, Detected, DetectedColumn, DetectedValues, Difference, Ignored, Mapping, QuestionKind, Target,
    values,
};

use super::{Detector, TargetSource};

impl Detector<'_> {
    pub(super) fn finish(mut self, differences: Vec<Difference>) -> Detected {
        let mut mapping = Mapping::new().with_headings(self.table.headings.iter().map(|text| text.trim().to_owned()));
        if let Some(sheet) = &self.table.sheet {
            mapping = mapping.with_sheet(sheet.clone());
        }
        for (target, found, value) in self.settings.stored.into_iter().flat_map(Mapping::values) {
            mapping = mapping.with_value(target, found, value);
        }
        for (target, read) in self.columns.iter().filter(|(_, read)| read.certainty.is_sure()) {
            // A forename or a surname alone is not a full name.
            let is_whole = !self.asks(*target, QuestionKind::MissingColumn);
            if is_whole {
                mapping = mapping.with(*target, read.source.clone());
            }
        }
        self.ask_for_missing();
        self.ask_for_changes(&differences);
        if self.settings.stored.is_none() {
            let (_, unclear) =
                AppliedMapping::of(&mapping, &self.table.headings, self.settings.vocabulary, self.settings.sign_in);
            self.ask_for_doubled(&unclear);
        }
        let values = self.values(&mapping);
        self.ask_for_values(&values);
        let ignored = self.ignored();
        let columns = self.columns.iter().map(|(target, read)| self.column(*target, read)).collect();
        let mut questions = self.questions;
        questions.sort_by_key(|question| question.kind);
        let (heading_row, rows) = (self.table.heading_row, self.table.records.len() as u64);
        Detected { mapping, columns, ignored, values, questions, heading_row, rows }
    }

    fn column(&self, target: Target, read: &TargetSource) -> DetectedColumn {
        let sources: Vec<String> = read.source.headings().into_iter().map(str::to_owned).collect();
        let mapping = Mapping::new().with(target, read.source.clone());
        let (layout, _) =
            AppliedMapping::of(&mapping, &self.table.headings, self.settings.vocabulary, self.settings.sign_in);
        let mut examples: Vec<String> = Vec::new();
        for row in 0..self.table.records.len().min(100) {
            let text = match target {
                Target::Email => {
                    Cow::Borrowed(read.cells.first().map_or("", |first| self.table.records.cell(row, *first)))
                }
                _ => layout.text(target, |cell| self.table.records.cell(row, cell)).text,
            };
            let text = text.trim();
            if !text.is_empty() && !examples.iter().any(|known| known == text) {
                examples.push(text.to_owned());
            }
            if examples.len() == 3 {
                break;
            }
        }
        DetectedColumn { target, sources, certainty: read.certainty, reason: read.reason.clone(), examples }
    }

    fn values(&self, mapping: &Mapping) -> Vec<DetectedValues> {
        let coded = self.columns.iter().filter(|(target, read)| target.is_coded() && !read.cells.is_empty());
        coded
            .map(|(target, read)| DetectedValues {
                target: *target,
                sources: read.source.headings().into_iter().map(str::to_owned).collect(),
                values: values::values(*target, &read.cells, &self.table.records, mapping, self.settings.ethnicities),
            })
            .collect()
    }

    fn ignored(&self) -> Vec<Ignored> {
        let is_read = |index: &usize| self.columns.values().any(|read| read.cells.contains(index));
        let ignored = |index: usize| {
            let heading = &self.headings[index];
            let reason = match self.reasons.get(&index) {
                Some(reason) => reason.clone(),
                None if heading.text.is_empty() => "a column has no heading".to_owned(),
                None if self.settings.stored.is_some() => {
                    format!("'{}' is not used by the stored mapping", heading.text)
                }
                None => heading.reason(),
            };
            Ignored { heading: heading.text.to_owned(), index, reason }
        };
        (0..self.headings.len()).filter(|index| !is_read(index)).map(ignored).collect()
    }
}
