//! Groups problems by value, because the same value in many rows needs only one decision.

use std::collections::HashMap;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::column::Column;
use crate::problem::{Detail, Fix, Problem, ProblemCode};

/// All problems with the same value in the same column, such as `F` under Gender. One decision is enough for all rows
/// of these problems.
///
/// ```
/// use onroll::{Column, ProblemCode, Reader};
/// let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\nAisha Khan,Aisha Khan,Year 5,5A,F,No,APKN,No,No\n";
/// let report = Reader::new().check_bytes((onroll::template_csv() + rows).into_bytes());
/// for group in report.by_value() {
///     assert_eq!((group.code(), group.column()), (ProblemCode::Gender, Some(Column::Gender)));
///     assert_eq!((group.value(), group.fix().unwrap().text()), (Some("F"), "Female"));
///     assert_eq!((group.count(), group.row_ranges()), (2, &[[2, 3]][..]));
///     println!("{}", group.message());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueGroup {
    /// The first problem of the group. Its [rows](Problem::row_ranges) are those of all problems in the group.
    problem: Problem,
    count: u64,
}

impl ValueGroup {
    /// Returns the code of the problem.
    pub fn code(&self) -> ProblemCode {
        self.problem.code()
    }

    /// Returns the column, if the problem is in a column.
    pub fn column(&self) -> Option<Column> {
        self.problem.column()
    }

    /// Returns the value that was found. It is personal data.
    pub fn value(&self) -> Option<&str> {
        self.problem.value()
    }

    /// Returns the value to write instead of the value that was found, if there is one.
    pub fn fix(&self) -> Option<&Fix> {
        self.problem.fix()
    }

    /// Returns the number of listed problems with this value.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the rows as ranges of first and last row. There are at most 100 ranges. Rows of data are counted from 1.
    pub fn row_ranges(&self) -> &[[u64; 2]] {
        self.problem.row_ranges()
    }

    /// Returns a sentence for a person, with the value.
    pub fn message(&self) -> String {
        self.in_words(true)
    }

    /// Returns the message with or without the value. For several rows, the message ends with the number of rows.
    pub(super) fn in_words(&self, values: bool) -> String {
        let sentence = if values { self.problem.message() } else { self.problem.to_string() };
        if self.count > 1 { format!("{sentence} ({} rows)", self.count) } else { sentence }
    }
}

impl Serialize for ValueGroup {
    /// Serialises as `{"code", "column", "field", "value", "fix", "safe", "count", "rows", "message"}`. The value is
    /// personal data.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut group = serializer.serialize_struct("ValueGroup", 9)?;
        group.serialize_field("code", &self.code())?;
        group.serialize_field("column", &self.column().map(Column::heading))?;
        group.serialize_field("field", &self.column())?;
        group.serialize_field("value", &self.value())?;
        group.serialize_field("fix", &self.fix().map(Fix::text))?;
        group.serialize_field("safe", &self.problem.is_safe())?;
        group.serialize_field("count", &self.count)?;
        group.serialize_field("rows", self.row_ranges())?;
        group.serialize_field("message", &self.message())?;
        group.end()
    }
}

/// The fields that all problems of one group have in common.
type GroupKey<'p> = (Option<Column>, Option<&'p str>, Option<&'p str>, Option<&'p str>, bool, &'p Detail);

/// Groups problems with the same code and column, and with the same heading and value if `values` is set. The groups are in the
/// order of their first problems.
pub(super) fn group<'p>(problems: impl Iterator<Item = &'p Problem>, values: bool) -> Vec<ValueGroup> {
    let mut groups: Vec<ValueGroup> = Vec::new();
    let mut known: HashMap<(ProblemCode, GroupKey<'p>), usize> = HashMap::new();
    for problem in problems {
        let key = (
            problem.column(),
            problem.heading().filter(|_| values),
            problem.value().filter(|_| values),
            problem.fix().map(Fix::text).filter(|_| values),
            problem.is_safe(),
            problem.detail(),
        );
        // A problem that affects many rows, or the whole file, forms a group alone.
        let is_of_a_row = problem.row_ranges().is_empty()
            && problem.row_number().is_some_and(|row| row > 1)
            && problem.column().is_some();
        match known.get(&(problem.code(), key)).filter(|_| is_of_a_row) {
            Some(&at) => {
                if let Some(group) = groups.get_mut(at) {
                    group.count += 1;
                    group.problem.add_row(problem);
                }
            }
            None => {
                if is_of_a_row {
                    known.insert((problem.code(), key), groups.len());
                }
                let first = if is_of_a_row { problem.clone().of_rows() } else { problem.clone() };
                groups.push(ValueGroup { problem: first, count: 1 });
            }
        }
    }
    groups
}
