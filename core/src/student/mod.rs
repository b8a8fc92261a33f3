//! One student, and the compact form in which many are kept.

mod line;
mod many;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::ethnicity::{Ethnicities, Ethnicity};
use crate::flag;
use crate::gender::Gender;
use crate::text::Private;
use crate::upn;
use crate::year_group::YearGroup;

pub(crate) use many::Students;

/// One valid row of a roster, borrowed from it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Student<'a> {
    /// The name as it is listed.
    pub full_name: &'a str,
    /// The full name or a school id; with SSO, the school email.
    pub username: &'a str,
    /// As the school lists it; [`national_year`](Self::national_year) reads it.
    pub year_group: &'a str,
    /// As the school lists it.
    pub class_name: &'a str,
    /// Male, female or non-binary; `None` where it is not known: a CSV always says it, an MIS or a host's own rows may not.
    pub gender: Option<Gender>,
    /// Whether the school receives the pupil premium for the student.
    pub pupil_premium: bool,
    /// The Department for Education's code, or one the host added.
    pub ethnicity: &'a Ethnicity,
    /// Special educational needs or disability.
    pub send: bool,
    /// English as an additional language.
    pub eal: bool,
}

impl<'a> Student<'a> {
    /// The national year group, when what the school lists can be read as one.
    pub fn national_year(&self) -> Option<YearGroup> {
        YearGroup::read(self.year_group)
    }

    /// The nine cells, in template order, as they are written in a CSV.
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

    /// A student of four texts and codes.
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

    /// The student of nine cells as they are written in a CSV, if there can be such.
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

    /// The four texts.
    pub(crate) fn texts(&self) -> [&'a str; 4] {
        [self.full_name, self.username, self.year_group, self.class_name]
    }

    /// What the short columns say, where the ethnicity is among these.
    pub(crate) fn codes(&self, ethnicities: &Ethnicities) -> Codes {
        let ethnicity = ethnicities.index(self.ethnicity.code().as_bytes()).unwrap_or_default();
        Codes::new(self.gender, self.pupil_premium, ethnicity, self.send, self.eal)
    }
}

impl fmt::Debug for Student<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Student(<hidden>)")
    }
}

/// What a student's five short columns say, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Codes {
    ethnicity: u16,
    bits: u8,
}

const PREMIUM: u8 = 1 << 2;
const SEND: u8 = 1 << 3;
const EAL: u8 = 1 << 4;

impl Codes {
    /// What stands where values cannot be read: there is an error then, and no roster. No student's codes are equal to it.
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

/// The ids by which a student is known elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    /// What the school's MIS, or Wonde, calls the student.
    pub(crate) source_id: Option<Private>,
    /// The unique pupil number.
    pub(crate) upn: Option<Private>,
}

impl Ids {
    /// Blank ids are none. A UPN that is valid is kept in its one form, and any other as it is, for display.
    pub(crate) fn new(source_id: Option<&str>, upn: Option<&str>) -> Self {
        let known = |id: Option<&str>| id.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        let upn = known(upn).map(|upn| upn::valid(&upn).unwrap_or(upn));
        Self { source_id: known(source_id).map(Private::new), upn: upn.map(Private::new) }
    }

    /// The ids that identify a student: the source id, and the UPN if it is valid.
    pub(crate) fn sure(&self) -> [Option<&str>; 2] {
        let upn = self.upn.as_ref().map(Private::expose).filter(|upn| upn::is_valid(upn));
        [self.source_id.as_ref().map(Private::expose), upn]
    }
}
