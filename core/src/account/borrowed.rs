//! The type `Account`: one account, borrowed from the accounts of a school, with its fields. `state.rs` has its
//! settings and says who may sign in.

use std::fmt;

use crate::column::Column;
use crate::password::Password;
use crate::student::{Codes, Student};
use crate::values::ethnicity::{Ethnicities, Ethnicity};
use crate::values::gender::Gender;
use crate::values::year_group::YearGroup;

use super::AccountState;

/// One account, borrowed from [`Accounts`](super::Accounts). It has the fields of its [`Student`], and further fields
/// such as ids and the password.
///
/// ```
/// # use onroll::account::Edit;
/// # use onroll::values::YearGroup;
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// let zoe = accounts.get("Zoë Okafor").unwrap();
/// assert_eq!((zoe.full_name, zoe.class_name, zoe.upn), ("Zoë Okafor", "5A", None));
/// assert_eq!(zoe.student().cells()[3..5], ["5A", "Female"]);
/// assert_eq!(zoe.national_year(), Some(YearGroup::Year(5)));
/// assert!(zoe.active && zoe.may_sign_in() && zoe.has_password());
///
/// let zoe = accounts.edit("Zoë Okafor", &Edit::new().blocked(true))?;
/// assert!(zoe.active && !zoe.may_sign_in());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account<'a> {
    /// The full name.
    pub full_name: &'a str,
    /// The username, which is the full name or a school id. With SSO, it is the school email address.
    pub username: &'a str,
    /// The year group as the school writes it. [`national_year`](Self::national_year) converts it to a national year
    /// group.
    pub year_group: &'a str,
    /// The class as the school writes it.
    pub class_name: &'a str,
    /// The gender, or `None` if it is not known.
    pub gender: Option<Gender>,
    /// Whether the school receives the pupil premium for the student.
    pub pupil_premium: bool,
    /// The ethnicity, as a code of the Department for Education or a code that you added.
    pub ethnicity: &'a Ethnicity,
    /// Whether the student has special educational needs or a disability.
    pub send: bool,
    /// Whether English is an additional language for the student.
    pub eal: bool,
    /// The student's id in the school's MIS or in Wonde, if known.
    pub source_id: Option<&'a str>,
    /// The unique pupil number, if known.
    pub upn: Option<&'a str>,
    /// Wonde's id for the person, if known. It stays the same when a student enrols again with a different source id.
    /// Changes in a plan include it, but a different `upi` alone never causes a change.
    pub upi: Option<&'a str>,
    /// Your own id for the account, such as its primary key, if you gave one. Changes in a plan include it.
    pub host_id: Option<&'a str>,
    /// Whether the student is on roll. [`may_sign_in`](Self::may_sign_in) also checks whether the account is blocked.
    pub active: bool,
    /// The settings that you or a teacher made for the account.
    pub state: AccountState,
    /// The password, if the account has one and you store it as text.
    pub password: Option<&'a Password>,
}

impl<'a> Account<'a> {
    /// Returns an inactive account of this student. It has no ids, no password and the default state.
    pub(crate) fn of(student: Student<'a>) -> Self {
        let Student { full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal } =
            student;
        Self {
            full_name,
            username,
            year_group,
            class_name,
            gender,
            pupil_premium,
            ethnicity,
            send,
            eal,
            source_id: None,
            upn: None,
            upi: None,
            host_id: None,
            active: false,
            state: AccountState::default(),
            password: None,
        }
    }

    /// Returns the student: the nine fields of a roster.
    pub fn student(&self) -> Student<'a> {
        let Self { full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal, .. } =
            *self;
        Student { full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal }
    }

    /// Returns this account with its student fields replaced.
    pub(crate) fn with_student(self, student: Student<'a>) -> Self {
        let Self { source_id, upn, upi, host_id, active, state, password, .. } = self;
        Self { source_id, upn, upi, host_id, active, state, password, ..Self::of(student) }
    }

    /// Returns the national year group, or `None` if the text of the year group cannot be read as one.
    pub fn national_year(&self) -> Option<YearGroup> {
        self.student().national_year()
    }

    /// Returns the nine cells, in template order, as they are written in a CSV.
    pub fn cells(&self) -> [&'a str; Column::COUNT] {
        self.student().cells()
    }

    pub(crate) fn texts(&self) -> [&'a str; 4] {
        self.student().texts()
    }

    pub(crate) fn codes(&self, ethnicities: &Ethnicities) -> Codes {
        self.student().codes(ethnicities)
    }
}

impl fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(<hidden>)")
    }
}
