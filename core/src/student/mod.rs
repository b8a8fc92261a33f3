//! One student (`Student`): the nine values as a host sees them, and the coded values in four bytes (`Codes`).
//! `many.rs` stores many students.

mod ids;
mod line;
mod many;

use std::fmt;

use crate::column::Column;
use crate::values::ethnicity::{Ethnicities, Ethnicity};
use crate::values::flag;
use crate::values::gender::Gender;
use crate::values::year_group::YearGroup;

pub(crate) use ids::Ids;
pub(crate) use many::Students;

/// One valid row, borrowed from its roster.
///
/// ```
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,Yes,No\n";
/// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
/// for student in &roster {
///     println!("{}, {}: {}", student.full_name, student.class_name, student.ethnicity.description());
///     assert!(student.send && !student.eal && !student.pupil_premium);
///     assert_eq!(student.cells()[4..], ["Female", "No", "BAFR", "Yes", "No"]);
/// }
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Student<'a> {
    /// The full name.
    pub full_name: &'a str,
    /// The full name or an id from the school. With SSO, the school email address.
    pub username: &'a str,
    /// The year group as the school writes it. [`national_year`](Self::national_year) interprets it.
    pub year_group: &'a str,
    /// The class as the school writes it.
    pub class_name: &'a str,
    /// The gender, or `None` if it is unknown. A student from a CSV always has a gender. A student from an MIS or your
    /// own rows can lack it.
    pub gender: Option<Gender>,
    /// Whether the school receives the pupil premium for the student.
    pub pupil_premium: bool,
    /// A code of the Department for Education, or a code that you added.
    pub ethnicity: &'a Ethnicity,
    /// Whether the student has special educational needs or a disability.
    pub send: bool,
    /// Whether English is an additional language for the student.
    pub eal: bool,
}

impl<'a> Student<'a> {
    /// Returns the national year group, if the school's text can be read as one.
    ///
    /// ```
    /// use onroll::values::YearGroup;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().national_year(), Some(YearGroup::Year(5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn national_year(&self) -> Option<YearGroup> {
        YearGroup::read(self.year_group)
    }

    /// Returns the nine values in template order, as written in a CSV.
    pub fn cells(&self) -> [&'a str; Column::COUNT] {
        [
            self.full_name,
            self.username,
            self.year_group,
            self.class_name,
            self.gender.map_or("", Gender::as_str),
            flag::as_str(self.pupil_premium),
            self.ethnicity.code(),
            flag::as_str(self.send),
            flag::as_str(self.eal),
        ]
    }

    /// Creates a student from four texts and codes.
    pub(crate) fn new(texts: [&'a str; 4], codes: Codes, ethnicities: &'a Ethnicities) -> Self {
        let [full_name, username, year_group, class_name] = texts;
        Self {
            full_name,
            username,
            year_group,
            class_name,
            gender: codes.gender(),
            pupil_premium: codes.bits & PREMIUM != 0,
            ethnicity: ethnicities.at(codes.ethnicity),
            send: codes.bits & SEND != 0,
            eal: codes.bits & EAL != 0,
        }
    }

    /// Returns the student whose nine values are in these cells, as written in a CSV. Returns `None` if a cell is not
    /// valid.
    pub(crate) fn of_cells(cells: [&'a str; Column::COUNT], ethnicities: &'a Ethnicities) -> Option<Self> {
        let [full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal] = cells;
        Some(Self {
            full_name,
            username,
            year_group,
            class_name,
            gender: match gender {
                "" => None,
                gender => Some(Gender::exact(gender.as_bytes())?),
            },
            pupil_premium: flag::exact(pupil_premium.as_bytes())?,
            ethnicity: ethnicities.get(ethnicity)?,
            send: flag::exact(send.as_bytes())?,
            eal: flag::exact(eal.as_bytes())?,
        })
    }

    /// Returns the four texts.
    pub(crate) fn texts(&self) -> [&'a str; 4] {
        [self.full_name, self.username, self.year_group, self.class_name]
    }

    /// Returns the values of the short columns. The student's ethnicity must be among `ethnicities`.
    #[allow(clippy::expect_used)]
    pub(crate) fn codes(&self, ethnicities: &Ethnicities) -> Codes {
        let ethnicity = ethnicities.index(self.ethnicity.code().as_bytes());
        let ethnicity = ethnicity.expect("invariant: the codes of both sides were joined");
        Codes::new(self.gender, self.pupil_premium, ethnicity, self.send, self.eal)
    }
}

impl fmt::Debug for Student<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Student(<hidden>)")
    }
}

/// The values of a student's five short columns, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Codes {
    ethnicity: u16,
    bits: u8,
}

const PREMIUM: u8 = 1 << 2;
const SEND: u8 = 1 << 3;
const EAL: u8 = 1 << 4;

impl Codes {
    /// The codes of values that cannot be read. A file with such values has an error and gives no roster. No student
    /// has these codes.
    pub(crate) const UNREAD: Self = Self { ethnicity: 0, bits: u8::MAX };

    #[inline]
    pub(crate) fn new(gender: Option<Gender>, pupil_premium: bool, ethnicity: u16, send: bool, eal: bool) -> Self {
        let gender = match gender {
            Some(Gender::Male) => 0,
            Some(Gender::Female) => 1,
            Some(Gender::NonBinary) => 2,
            None => 3,
        };
        let bits = gender | u8::from(pupil_premium) << 2 | u8::from(send) << 3 | u8::from(eal) << 4;
        Self { ethnicity, bits }
    }

    fn gender(self) -> Option<Gender> {
        match self.bits & 3 {
            0 => Some(Gender::Male),
            1 => Some(Gender::Female),
            2 => Some(Gender::NonBinary),
            _ => None,
        }
    }
}
