//! Counts the distinct values of a coded column in an export, up to a limit (`MOST_DISTINCT`). Asks `values/` for the
//! meaning of each value, and the certainty of that meaning.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::meaning::Meaning;
use crate::text;
use crate::values::ethnicity::Ethnicities;
use crate::values::flag;
use crate::values::gender::Gender;
use crate::values::gender_letters::{self, GenderLetters};

use super::{Certainty, DetectedValue, Mapping, Records, Target, value_key};

/// The largest number of distinct values to count. `MOST_LISTED` is the largest number to list.
const MOST_DISTINCT: usize = 2_000;
const MOST_LISTED: usize = 200;

/// Counts the distinct values of some columns, and returns how each value is read.
pub(super) fn values(
    target: Target,
    columns: &[usize],
    records: &Records,
    mapping: &Mapping,
    ethnicities: &Ethnicities,
) -> Vec<DetectedValue> {
    let mut counts: HashMap<&str, u64, RandomState> = HashMap::default();
    for &column in columns {
        // Most rows have the same value as the row above.
        let (mut last, mut run) = ("", 0);
        let mut add = |value, run| {
            let is_full = counts.len() >= MOST_DISTINCT;
            match counts.get_mut(value) {
                Some(count) => *count += run,
                None if is_full || run == 0 => {}
                None => drop(counts.insert(value, run)),
            }
        };
        for row in 0..records.len() {
            let cell = records.cell(row, column);
            if cell == last {
                run += 1;
            } else {
                add(last, run);
                (last, run) = (cell, 1);
            }
        }
        add(last, run);
    }
    let mut tidied: HashMap<String, u64> = HashMap::new();
    for (value, count) in counts {
        *tidied.entry(text::tidy(value).into_owned()).or_default() += count;
    }
    let has_letters =
        target == Target::Eal && tidied.keys().any(|value| matches!(value.as_str(), "A" | "B" | "C" | "D"));
    let decided: HashMap<String, &str> =
        mapping.values_of(target).map(|(found, value)| (value_key(found), value)).collect();
    let mut letters = GenderLetters::default();
    if target == Target::Gender {
        tidied.iter().for_each(|(value, count)| match decided.get(&value_key(value)) {
            Some(decided) => letters.add_decided(value, decided, *count),
            None => letters.add_cells(value, *count),
        });
    }
    let is_undecided = |value: &str| match target {
        Target::Gender => letters.is_undecided() && gender_letters::depends(value),
        _ => has_letters && value == "N",
    };
    let mut values: Vec<DetectedValue> = tidied
        .into_iter()
        .map(|(value, count)| {
            let (read_as, certainty) = match decided.get(&value_key(&value)) {
                Some(decided) => (Some((*decided).to_owned()), Certainty::Exact),
                None if is_undecided(&value) => (None, Certainty::Unknown),
                None => meaning(target, &value, columns.len() > 1, ethnicities),
            };
            DetectedValue { value, count, read_as, certainty }
        })
        .collect();
    values.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
    // A value that a person must decide on is listed, even if it is rare.
    if values.len() > MOST_LISTED {
        values.sort_by_key(|value| value.certainty.is_sure());
        values.truncate(MOST_LISTED);
        values.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
    }
    values
}

fn meaning(target: Target, value: &str, are_several: bool, ethnicities: &Ethnicities) -> (Option<String>, Certainty) {
    let Some(column) = target.column() else { return (None, Certainty::Unknown) };
    if value.is_empty() {
        let usual = column.when_not_recorded();
        return (usual.map(str::to_owned), if usual.is_some() { Certainty::Safe } else { Certainty::Unknown });
    }
    let meaning = match target {
        Target::Gender => as_text(Gender::meaning(value), |gender| gender.as_str().to_owned()),
        Target::Ethnicity => as_text(ethnicities.meaning(value), |index| ethnicities.at(index).code().to_owned()),
        // If several columns are read, any number except 0 means yes.
        _ if are_several && value.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
            Meaning::Safe(flag::as_str(value.bytes().any(|b| b.is_ascii_digit() && b != b'0')).to_owned())
        }
        _ => as_text(flag::meaning(column, value), |flag| flag::as_str(flag).to_owned()),
    };
    match meaning {
        Meaning::Exact(text) => (Some(text), Certainty::Exact),
        Meaning::Safe(text) => (Some(text), Certainty::Safe),
        Meaning::Guess(text) => (Some(text), Certainty::Guess),
        Meaning::Unknown => (None, Certainty::Unknown),
    }
}

fn as_text<T>(meaning: Meaning<T>, text: impl FnOnce(T) -> String) -> Meaning<String> {
    match meaning {
        Meaning::Exact(value) => Meaning::Exact(text(value)),
        Meaning::Safe(value) => Meaning::Safe(text(value)),
        Meaning::Guess(value) => Meaning::Guess(text(value)),
        Meaning::Unknown => Meaning::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_distinct_value_and_reads_its_meaning() {
        let mut records = Records::with_capacity(0);
        for (sex, eal) in [("F", "N"), ("F", "B"), ("M ", ""), ("U", "N"), ("U", "A"), ("X", "ENG"), ("M", "N")] {
            records.push([sex, eal].into_iter());
        }
        let mapping = Mapping::new().with_value(Target::Gender, "u", "Non-Binary");
        let seen = |target, column| {
            let found = values(target, &[column], &records, &mapping, &Ethnicities::default());
            found
                .into_iter()
                .map(|v| format!("{}×{} {:?} {}", v.value, v.count, v.read_as, v.certainty))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            seen(Target::Gender, 0),
            [
                "F×2 Some(\"Female\") safe",
                "M×2 Some(\"Male\") safe",
                "U×2 Some(\"Non-Binary\") exact",
                "X×1 Some(\"Non-Binary\") guess"
            ]
        );
        assert_eq!(
            seen(Target::Eal, 1),
            [
                "N×3 None unknown",
                "×1 Some(\"No\") safe",
                "A×1 Some(\"Yes\") safe",
                "B×1 Some(\"Yes\") safe",
                "ENG×1 Some(\"No\") safe"
            ]
        );
    }
}
