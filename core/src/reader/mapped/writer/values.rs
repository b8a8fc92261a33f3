//! Writes the value of an export's row for each column of the template.

use crate::check;
use crate::column::Column;
use crate::mapping::{Target, TargetCells, supplying_cell, with_surname};
use crate::reader::mapped::Unlisted;
use crate::table::Row;
use crate::text;
use crate::upn;
use crate::values::{flag, proficiency};

use super::{CellSource, Writer};

impl Writer<'_> {
    /// Returns whether a row has a value that only students have. For nearly every row, the year group already decides.
    pub(super) fn is_of_several(&self, row: &Row<'_>) -> bool {
        const NEEDED: [Target; 5] =
            [Target::YearGroup, Target::ClassName, Target::Gender, Target::Username, Target::Upn];
        NEEDED.into_iter().any(|target| {
            let made = matches!(self.layout.cells[target as usize], TargetCells::Parts { .. });
            made && !self.layout.text(target, |cell| row.cell(cell)).text.trim().is_empty()
        })
    }

    /// Writes the full name of a row to `name`, or leaves it blank if a part of the name is blank.
    pub(super) fn full_name(&mut self, row: &Row<'_>, name: &mut String) {
        name.clear();
        let layout = self.layout;
        let made = match self.targets.first() {
            Some((_, CellSource::Joined(parts))) => {
                let mut is_whole = true;
                let value = |part: &Vec<usize>| supplying_cell(part, |cell| row.cell(cell)).map_or("", |c| row.cell(c));
                for part in *parts {
                    let text = value(part);
                    is_whole &= !text.trim().is_empty();
                    if !name.is_empty() {
                        name.push(' ');
                    }
                    name.push_str(text.trim_matches(' '));
                }
                let has_surname_twice = match parts {
                    [forename, surname] => with_surname(value(forename), value(surname)).is_some(),
                    _ => false,
                };
                if is_whole && !has_surname_twice {
                    return;
                }
                name.clear();
                layout.text(Target::FullName, |cell| row.cell(cell))
            }
            _ => layout.text(Target::FullName, |cell| row.cell(cell)),
        };
        if let Some(lacks) = made.lacks.filter(|_| !self.is_like_total(row, &made.text)) {
            let heading = self.export.headings.get(lacks).map(|heading| heading.trim().to_owned());
            self.mapped.lacking.insert(row.number, (heading.unwrap_or_default(), lacks));
            return;
        }
        if let Some(doubt) = made.doubt {
            self.mapped.doubtful.insert(row.number, doubt);
        }
        name.push_str(&made.text);
    }

    /// Returns whether a row that ends early looks like a total.
    pub(super) fn is_short_total(&self, row: &Row<'_>) -> bool {
        let name = self.layout.text(Target::FullName, |cell| row.cell(cell)).text;
        row.count < self.export.headings.len() && self.is_like_total(row, &name)
    }

    /// Returns whether a row looks like a total. The first part of its name is then the whole text.
    fn is_like_total(&self, row: &Row<'_>, name: &str) -> bool {
        let [year, class, gender] = [Target::YearGroup, Target::ClassName, Target::Gender]
            .map(|target| self.layout.text(target, |cell| row.cell(cell)).text);
        check::is_like_total(name, &year, &class, &gender)
    }

    /// Writes a row's value for the target at an index.
    pub(in crate::reader::mapped) fn target(&mut self, index: usize, row: &Row<'_>) {
        let layout = self.layout;
        match self.targets.get(index) {
            Some((_, CellSource::Column(cell))) => {
                let cell = *cell;
                self.bytes(row.bytes(cell));
            }
            Some((_, CellSource::Constant(text))) => {
                let text = *text;
                self.cell(text);
            }
            Some((Target::PupilPremium, _)) if self.premium.is_some() => {
                let text = self.premium(row);
                self.cell(&text);
            }
            Some((target, _)) => {
                if *target == Target::Eal && self.mapped.stages.is_none() {
                    self.mapped.stages =
                        layout.read(Target::Eal).iter().find_map(|cell| proficiency::stage(row.cell(*cell)));
                }
                if *target == Target::Gender && !self.mapped.gender_letters.is_english() {
                    for cell in layout.read(Target::Gender).iter().map(|cell| row.cell(*cell)) {
                        match layout.decided(Target::Gender, cell) {
                            Some(decided) => self.mapped.gender_letters.add_decided(cell, decided, 1),
                            None => self.mapped.gender_letters.add(cell),
                        }
                    }
                }
                self.cell(&layout.text(*target, |cell| row.cell(cell)).text);
            }
            None => {}
        }
    }

    /// Returns a student's value in the list of pupil premium. If the list has no value for the student, returns the
    /// value in the file, or `No` if the file has no column of pupil premium.
    fn premium(&mut self, row: &Row<'_>) -> String {
        let text = |target: Target| self.layout.text(target, |cell| row.cell(cell)).text;
        let source = &self.layout.cells[Target::PupilPremium as usize];
        let is_mapped = !matches!(source, TargetCells::Absent);
        let own = matches!(source, TargetCells::Parts { .. }).then(|| text(Target::PupilPremium));
        self.has_own_premium |= own.as_ref().is_some_and(|own| !own.trim().is_empty());
        match self.listed(&text(Target::Upn)) {
            Ok(flag) => {
                if let Some(own) = own.filter(|own| differs(own, flag)) {
                    self.mapped.differing.insert(row.number, (flag, own.into_owned()));
                }
                flag::as_str(flag).to_owned()
            }
            Err(_) if is_mapped => text(Target::PupilPremium).into_owned(),
            Err(unlisted) => {
                self.mapped.unlisted.insert(row.number, unlisted);
                flag::as_str(false).to_owned()
            }
        }
    }

    /// Removes the differences between the list of pupil premium and blank values, if the file has no other value of
    /// pupil premium. The school then does not record it.
    pub(super) fn drop_unrecorded_premium(&mut self) {
        if !self.has_own_premium {
            self.mapped.differing.clear();
        }
    }

    /// Returns whether a pupil has the premium, or the reason why the list does not say it.
    fn listed(&self, upn: &str) -> Result<bool, Unlisted> {
        if upn.trim().is_empty() {
            return Err(Unlisted::WithoutUpn);
        }
        let upn = upn::valid(upn).ok_or(Unlisted::InvalidUpn)?;
        if self.shared_upns.contains(&upn) {
            return Err(Unlisted::SharedUpn);
        }
        self.premium.and_then(|list| list.of(&upn)).ok_or(Unlisted::NotInList)
    }
}

/// Returns whether a file's value of pupil premium does not mean what the list says. A blank value means No. A guess is
/// enough, because the list confirms it.
fn differs(own: &str, listed: bool) -> bool {
    match text::tidy(own).as_ref() {
        "" => listed,
        own => flag::meaning(Column::PupilPremium, own).likely() != Some(listed),
    }
}
