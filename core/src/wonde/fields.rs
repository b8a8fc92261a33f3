//! Decides each value of one student from Wonde's fields and your options: name, class, year, email address and coded
//! values. `values/` has the words that an MIS uses.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use crate::column::Column;
use crate::meaning::Meaning;
use crate::text;
use crate::values::flag;
use crate::values::gender::Gender;
use crate::values::year_group::YearGroup;

use super::loose::LooseText;
use super::model::{Group, Student};
use super::options::{ClassFrom, EmailFrom, NamesFrom, Options};

/// The email address that is a student's username, or the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Email<'s> {
    Address(&'s str),
    /// The student has no address in the chosen field.
    Missing,
    /// The address is also the home address. It probably belongs to a parent, and siblings may share it.
    Home,
    /// The address is not in one of the school's domains.
    OtherDomain,
}

impl<'s> Email<'s> {
    /// Returns the address. Without an address, returns a blank text.
    pub(super) fn address(self) -> &'s str {
        match self {
            Self::Address(address) => address,
            _ => "",
        }
    }

    /// Returns the reason why there is no address, in words for the school's office.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Home => {
                "the only email address in the MIS is the home one, which is a parent's; the pupil needs a school address"
            }
            Self::OtherDomain => "the email address in the MIS is not at one of the school's domains",
            _ => "the MIS has no school email address for this pupil",
        }
    }
}

impl Options {
    /// Returns two pairs of forename and surname. The first pair has the names that the host wants (preferred or
    /// legal). The second pair has the other names.
    pub(super) fn names<'s>(&self, student: &'s Student) -> [[Option<&'s str>; 2]; 2] {
        let preferred = [student.forename.get(), student.surname.get()];
        let legal = [student.legal_forename.get(), student.legal_surname.get()];
        match self.names_from {
            NamesFrom::Preferred => [preferred, legal],
            NamesFrom::Legal => [legal, preferred],
        }
    }

    /// Returns the full name, if forename and surname are known.
    pub(super) fn full_name(&self, student: &Student) -> Option<String> {
        let [wanted, other] = self.names(student);
        match [0, 1].map(|part| wanted[part].or(other[part])) {
            [Some(forename), Some(surname)] => Some(format!("{forename} {surname}")),
            _ => None,
        }
    }

    pub(super) fn class<'s>(&'s self, student: &'s Student) -> &'s str {
        let registration = || {
            let own = student.registration.0.as_ref().and_then(name);
            own.or_else(|| registration_group(student))
        };
        let main = || first(student.classes.0.iter().filter(|class| class.main_class.is_true() == Some(true)));
        let any = || first(student.classes.0.iter());
        let found = match self.class_from {
            ClassFrom::Registration => registration().or_else(main).or_else(any),
            ClassFrom::MainClass => main().or_else(registration).or_else(any),
            ClassFrom::First => any().or_else(registration),
        };
        let class = found.unwrap_or_default();
        self.mapped(Column::Class, class).unwrap_or(class)
    }

    pub(super) fn email<'s>(&self, student: &'s Student) -> Email<'s> {
        let emails = student.contact.0.as_ref().and_then(|contact| contact.emails.0.as_ref());
        let found = emails.and_then(|emails| match self.email_from {
            EmailFrom::Usual => emails.email.get().or_else(|| emails.primary.get()).or_else(|| emails.work.get()),
            EmailFrom::Email => emails.email.get(),
            EmailFrom::Primary => emails.primary.get(),
            EmailFrom::Work => emails.work.get(),
            EmailFrom::Home => emails.home.get(),
        });
        let Some(email) = found.map(str::trim) else { return Email::Missing };
        let home = emails.and_then(|emails| emails.home.get()).filter(|_| self.email_from != EmailFrom::Home);
        if home.is_some_and(|home| home.trim().eq_ignore_ascii_case(email)) {
            return Email::Home;
        }
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        match self.email_domains.is_empty() || domain.is_some_and(|domain| self.email_domains.contains(&domain)) {
            true => Email::Address(email),
            false => Email::OtherDomain,
        }
    }

    /// Returns whether the student's leaving date is before the host's date. The MIS may still list the student.
    pub(super) fn has_left(&self, student: &Student) -> bool {
        let date = || student.education.0.as_ref()?.leaving_date.0.as_deref()?.get(..10)?.parse::<NaiveDate>().ok();
        self.today.is_some_and(|today| date().is_some_and(|date| date < today))
    }

    /// Returns Wonde's value in a coded column.
    pub(super) fn said<'s>(&'s self, column: Column, student: &'s Student) -> Said<'s> {
        match column {
            Column::Gender => self.gender(student),
            Column::PupilPremium => self.premium(student),
            Column::Ethnicity => self.ethnicity(student),
            Column::Send => self.send(student),
            _ => self.eal(student),
        }
    }

    fn gender<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let read = |text: &str| sure(Gender::meaning(text)).map(Gender::as_str);
        match self.read(Column::Gender, [&student.gender], read) {
            Said::Unreadable(text) if NOT_STATED.contains(&text::words(text).as_str()) => Said::Nothing,
            said => said,
        }
    }

    fn premium<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
        let said = [&extended.premium_pupil_indicator, &extended.pupil_premium];
        self.read(Column::PupilPremium, said, |text| sure(flag::meaning(Column::PupilPremium, text)).map(flag::as_str))
    }

    fn send<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
        let read = |text: &str| sure(flag::meaning(Column::Send, text)).map(flag::as_str);
        self.read(Column::Send, [&extended.sen_status], read)
    }

    fn eal<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
        let said = [&extended.eal, &extended.eal_status, &extended.other_eal_status];
        self.read(Column::Eal, said, |text| sure(flag::meaning(Column::Eal, text)).map(flag::as_str))
    }

    fn ethnicity<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
        let known = |text: &str| sure(self.ethnicities.meaning(text)).map(|index| self.ethnicities.at(index).code());
        self.read(Column::Ethnicity, [&extended.ethnicity_code, &extended.ethnicity], known)
    }

    /// Returns the value of the first text whose meaning is certain or is set in the host's options. If there is no
    /// such text, returns the first text as unreadable.
    fn read<'s, const N: usize>(
        &'s self,
        column: Column,
        said: [&'s LooseText; N],
        read: impl Fn(&str) -> Option<&'s str>,
    ) -> Said<'s> {
        let texts = || said.into_iter().filter_map(LooseText::get);
        match texts().find_map(|text| self.mapped(column, text).or_else(|| read(text))) {
            Some("") => Said::Nothing,
            Some(value) => Said::Value(value),
            None => texts().next().map_or(Said::Nothing, Said::Unreadable),
        }
    }
}

/// Wonde's value for a student in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'s> {
    /// No value is recorded, or the value is withheld.
    Nothing,
    /// A text that cannot be read with certainty.
    Unreadable(&'s str),
    /// The value, in its accepted spelling.
    Value(&'s str),
}

/// Returns the name of a group, or its code if it has no name.
fn name(group: &Group) -> Option<&str> {
    group.name.get().or_else(|| group.code.get())
}

/// Returns the first name in alphabetical order, so that the order in which an MIS lists groups does not matter.
fn first<'g>(groups: impl Iterator<Item = &'g Group>) -> Option<&'g str> {
    groups.filter_map(name).min()
}

/// Returns the name of the registration group. If there are several groups, returns the only name that begins with the
/// student's year. If none or several have such a name, returns the first name in alphabetical order.
fn registration_group(student: &Student) -> Option<&str> {
    let is_registration =
        |group: &&Group| group.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("registration"));
    let groups = || student.groups.0.iter().filter(is_registration);
    let year = || listed_years(student).into_iter().flatten().find_map(YearGroup::read);
    let of_year = |year: YearGroup| {
        let mut named = groups().filter_map(name).filter(|name| year_of_class(name) == Some(year));
        named.next().filter(|name| named.all(|other| other == *name))
    };
    match groups().nth(1) {
        Some(_) => year().and_then(of_year).or_else(|| first(groups())),
        None => first(groups()),
    }
}

/// Returns a student's year from every source. The most certain source comes first.
fn listed_years(student: &Student) -> [Option<&str>; 4] {
    let year = student.year.0.as_ref();
    let education = student.education.0.as_ref();
    let is_year = |group: &&Group| group.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("year"));
    [
        year.and_then(|year| year.name.get()),
        year.and_then(|year| year.code.get()),
        education.and_then(|education| education.current_nc_year.get()),
        first(student.groups.0.iter().filter(is_year)),
    ]
}

/// The year groups of students. A year is read as a national year group if possible. Otherwise we use the school's own
/// name for the year. A school has few years, so we read each year only once.
#[derive(Default)]
pub(super) struct YearGroups<'s>(HashMap<[Option<&'s str>; 5], Cow<'s, str>, RandomState>);

impl<'s> YearGroups<'s> {
    pub(super) fn of(&mut self, student: &'s Student, options: &'s Options) -> Cow<'s, str> {
        let [name, code, current, group] = listed_years(student);
        let class = Some(options.class(student)).filter(|_| options.year_from_class);
        let read = || {
            let listed = || [name, code, current, group].into_iter().flatten();
            if let Some(year) = listed().find_map(|text| options.mapped(Column::YearGroup, text)) {
                return Cow::Borrowed(year);
            }
            let of_class = || if listed().next().is_none() { class.and_then(year_of_class) } else { None };
            match listed().find_map(YearGroup::read).or_else(of_class) {
                Some(national) => Cow::Owned(national.to_string()),
                None => Cow::Borrowed(listed().next().unwrap_or_default()),
            }
        };
        self.0.entry([name, code, current, group, class]).or_insert_with(read).clone()
    }
}

/// Returns the year with which a class's name begins, if a letter follows the number: `5D`, `10X`.
fn year_of_class(class: &str) -> Option<YearGroup> {
    let letters = class.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = class.strip_suffix(letters)?;
    let year = if letters.starts_with(char::is_alphabetic) { number.parse().ok()? } else { return None };
    (1..=14).contains(&year).then_some(YearGroup::Year(year))
}

/// The words that MIS use for a gender that is unknown or withheld.
const NOT_STATED: [&str; 8] = [
    "not stated",
    "not stated inadequately described",
    "inadequately described",
    "redacted for privacy",
    "not known",
    "unknown",
    "prefer not to say",
    "u",
];

fn sure<T>(meaning: Meaning<T>) -> Option<T> {
    match meaning {
        Meaning::Exact(value) | Meaning::Safe(value) => Some(value),
        Meaning::Guess(_) | Meaning::Unknown => None,
    }
}
