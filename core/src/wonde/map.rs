//! From what Wonde says of a student to the nine cells of a row, which the same check judges as a CSV's.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::flag;
use crate::gender::Gender;
use crate::meaning::Meaning;
use crate::reader::{Reader, Record};
use crate::roster::Roster;
use crate::student::Ids;
use crate::text;
use crate::username::{FreeUsernames, SignIn};
use crate::year_group::YearGroup;

use super::model::{Group, Student, Text};
use super::snapshot::{Gone, Snapshot};

/// Which of a student's groups is listed as the class. Where there is none of that kind the others are tried, in
/// the order given here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ClassFrom {
    /// The registration group: in a secondary school there is a class for each subject, and in many a primary none at all.
    #[default]
    Registration,
    /// The class that the MIS has as the main one.
    MainClass,
    /// The first class by name.
    First,
}

/// Which of a student's names is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NamesFrom {
    /// The one a student goes by.
    #[default]
    Preferred,
    /// The one on the birth certificate.
    Legal,
}

/// Which of a student's email addresses is the username, with SSO: schools differ in where they keep the school's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EmailFrom {
    /// The one without a label, or else the primary one, or else the one of work. Never the one at home.
    #[default]
    Usual,
    /// The one without a label.
    Email,
    /// The primary one.
    Primary,
    /// The one of work.
    Work,
    /// The one at home; most often a parent's.
    Home,
}

macro_rules! named {
    ($($choice:ident { $($variant:ident $name:literal,)* })*) => {$(
        impl $choice {
            /// The names of all, as the packages of other languages take them.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The choice of a name.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

named! {
    ClassFrom { Registration "registration", MainClass "main", First "first", }
    NamesFrom { Preferred "preferred", Legal "legal", }
    EmailFrom { Usual "usual", Email "email", Primary "primary", Work "work", Home "home", }
}

/// How a snapshot becomes a roster: the host's choices.
///
/// ```
/// use onroll::SignIn;
/// use onroll::wonde::{ClassFrom, Mapping, NamesFrom};
/// let mapping = Mapping::new().sign_in(SignIn::Sso).class_from(ClassFrom::MainClass).names_from(NamesFrom::Legal);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Mapping {
    sign_in: SignIn,
    class_from: ClassFrom,
    names_from: NamesFrom,
    email_from: EmailFrom,
    main_codes_only: bool,
    ethnicities: Arc<Ethnicities>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self::new()
    }
}

impl Mapping {
    /// For students who sign in with a password: registration groups, the names they go by.
    pub fn new() -> Self {
        Self {
            sign_in: SignIn::Password,
            class_from: ClassFrom::default(),
            names_from: NamesFrom::default(),
            email_from: EmailFrom::default(),
            main_codes_only: false,
            ethnicities: Ethnicities::shared(),
        }
    }

    /// How the students sign in: with `Sso` the username is the email address.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// Which group is the class.
    pub fn class_from(mut self, class_from: ClassFrom) -> Self {
        self.class_from = class_from;
        self
    }

    /// Which names are listed.
    pub fn names_from(mut self, names_from: NamesFrom) -> Self {
        self.names_from = names_from;
        self
    }

    /// Which email address is the username, with SSO.
    pub fn email_from(mut self, email_from: EmailFrom) -> Self {
        self.email_from = email_from;
        self
    }

    /// Whether extended ethnicity codes are rolled up to the main ones.
    pub fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// The ethnicity codes that are taken; the Department for Education's by default.
    pub fn ethnicities(mut self, ethnicities: Ethnicities) -> Self {
        self.ethnicities = Arc::new(ethnicities);
        self
    }

    fn full_name<'s>(&self, student: &'s Student) -> Cow<'s, str> {
        let preferred = [&student.forename, &student.surname];
        let legal = [&student.legal_forename, &student.legal_surname];
        let (first, second) = match self.names_from {
            NamesFrom::Preferred => (preferred, legal),
            NamesFrom::Legal => (legal, preferred),
        };
        let part = |place: usize| first[place].get().or_else(|| second[place].get());
        match (part(0), part(1)) {
            (Some(forename), Some(surname)) => Cow::Owned(format!("{forename} {surname}")),
            (one, other) => Cow::Borrowed(one.or(other).unwrap_or_default()),
        }
    }

    fn class<'s>(&self, student: &'s Student) -> &'s str {
        let is_registration =
            |group: &&Group| group.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("registration"));
        let registration = || {
            let own = student.registration.0.as_ref().and_then(name);
            own.or_else(|| first(student.groups.0.iter().filter(is_registration)))
        };
        let main = || first(student.classes.0.iter().filter(|class| class.main_class.is_true() == Some(true)));
        let any = || first(student.classes.0.iter());
        let found = match self.class_from {
            ClassFrom::Registration => registration().or_else(main).or_else(any),
            ClassFrom::MainClass => main().or_else(registration).or_else(any),
            ClassFrom::First => any().or_else(registration),
        };
        found.unwrap_or_default()
    }

    fn email<'s>(&self, student: &'s Student) -> &'s str {
        let emails = student.contact.0.as_ref().and_then(|contact| contact.emails.0.as_ref());
        let found = emails.and_then(|emails| match self.email_from {
            EmailFrom::Usual => emails.email.get().or_else(|| emails.primary.get()).or_else(|| emails.work.get()),
            EmailFrom::Email => emails.email.get(),
            EmailFrom::Primary => emails.primary.get(),
            EmailFrom::Work => emails.work.get(),
            EmailFrom::Home => emails.home.get(),
        });
        found.unwrap_or_default()
    }

    fn ethnicity<'s>(&'s self, student: &'s Student) -> Option<&'s str> {
        let extended = student.extended.0.as_ref()?;
        let known = |text: &str| sure(self.ethnicities.meaning(text)).map(|index| self.ethnicities.at(index).code());
        readable([&extended.ethnicity_code, &extended.ethnicity], known)
    }
}

/// The name of a group, or its code.
fn name(group: &Group) -> Option<&str> {
    group.name.get().or_else(|| group.code.get())
}

/// The first by name, so that the order in which an MIS lists them means nothing.
fn first<'g>(groups: impl Iterator<Item = &'g Group>) -> Option<&'g str> {
    groups.filter_map(name).min()
}

/// The years as they are listed: what can be read nationally as such, and else what the school calls it. A school has few, so
/// that each is read once.
#[derive(Default)]
struct Years<'s>(HashMap<[Option<&'s str>; 3], Cow<'s, str>, RandomState>);

impl<'s> Years<'s> {
    fn of(&mut self, student: &'s Student) -> Cow<'s, str> {
        let year = student.year.0.as_ref();
        let education = student.education.0.as_ref();
        let said = [
            year.and_then(|year| year.name.get()),
            year.and_then(|year| year.code.get()),
            education.and_then(|education| education.current_nc_year.get()),
        ];
        let read = || match said.into_iter().flatten().find_map(YearGroup::read) {
            Some(national) => Cow::Owned(national.to_string()),
            None => Cow::Borrowed(said.into_iter().flatten().next().unwrap_or_default()),
        };
        self.0.entry(said).or_insert_with(read).clone()
    }
}

fn gender(student: &Student) -> &str {
    let Some(text) = student.gender.get() else { return "" };
    match sure(Gender::meaning(text)) {
        Some(gender) => gender.as_str(),
        None => text,
    }
}

fn premium(student: &Student) -> Option<&str> {
    let extended = student.extended.0.as_ref()?;
    let said = [&extended.premium_pupil_indicator, &extended.pupil_premium];
    readable(said, |text| sure(flag::meaning(Column::PupilPremium, text)).map(flag::as_str))
}

fn send(student: &Student) -> Option<&str> {
    let extended = student.extended.0.as_ref()?;
    readable([&extended.sen_status], |text| sure(flag::meaning(Column::Send, text)).map(flag::as_str))
}

fn eal(student: &Student) -> Option<&str> {
    let extended = student.extended.0.as_ref()?;
    readable([&extended.eal, &extended.eal_status, &extended.other_eal_status], |text| {
        // A degree of English is given to those alone to whom the question applies.
        if text.eq_ignore_ascii_case("not applicable") {
            return Some(flag::as_str(false));
        }
        sure(flag::meaning(Column::Eal, text)).map(flag::as_str)
    })
}

/// The first text that can be read with certainty, as it should be written; else the first there is, for the row
/// check to judge; nothing where nothing is recorded, or nothing may be seen.
fn readable<'s, const N: usize>(said: [&'s Text; N], read: impl Fn(&str) -> Option<&'s str>) -> Option<&'s str> {
    let said = || said.into_iter().filter_map(Text::get);
    said().find_map(read).or_else(|| said().next())
}

fn sure<T>(meaning: Meaning<T>) -> Option<T> {
    match meaning {
        Meaning::Exact(value) | Meaning::Safe(value) => Some(value),
        Meaning::Guess(_) | Meaning::Unknown => None,
    }
}

pub(super) fn roster(snapshot: &Snapshot, mapping: &Mapping) -> Roster {
    let students = &snapshot.students;
    let names: Vec<_> = students.iter().map(|student| mapping.full_name(student)).collect();
    let mut years = Years::default();
    let mut made = match mapping.sign_in {
        SignIn::Password => usernames(students, &names, mapping, &mut years),
        SignIn::Sso => Vec::new(),
    };
    let mut recorded = [false; OPTIONAL.len()];
    let records = students.iter().enumerate().map(|(place, student)| {
        let full_name = names[place].as_ref();
        let own = made.get_mut(place).and_then(Option::take);
        let username = match mapping.sign_in {
            SignIn::Password => full_name,
            SignIn::Sso => mapping.email(student),
        };
        let said = [premium(student), mapping.ethnicity(student), send(student), eal(student)];
        recorded.iter_mut().zip(said).for_each(|(any, said)| *any |= said.is_some());
        let [premium, ethnicity, send, eal] = OPTIONAL.map(Column::when_not_recorded).map(Option::unwrap_or_default);
        let cells = [
            Cow::Borrowed(full_name),
            own.map_or(Cow::Borrowed(username), Cow::Owned),
            years.of(student),
            Cow::Borrowed(mapping.class(student)),
            Cow::Borrowed(gender(student)),
            Cow::Borrowed(said[0].unwrap_or(premium)),
            Cow::Borrowed(said[1].unwrap_or(ethnicity)),
            Cow::Borrowed(said[2].unwrap_or(send)),
            Cow::Borrowed(said[3].unwrap_or(eal)),
        ];
        let record = Record::new(cells).source_id(student.id.get().unwrap_or_default());
        match student.education.0.as_ref().and_then(|education| education.upn.get()) {
            Some(upn) => record.upn(upn),
            None => record,
        }
    });
    let reader = Reader::new().sign_in(mapping.sign_in).fix(true).main_codes_only(mapping.main_codes_only);
    let roster = reader.shared_ethnicities(mapping.ethnicities.clone()).hold_records(records);
    let unrecorded = OPTIONAL.into_iter().zip(recorded).filter(|(_, any)| !any).map(|(column, _)| column).collect();
    let left = snapshot.gone.iter().map(|Gone { id, upn }| Ids::new(Some(id), upn.as_deref())).collect();
    let roster = roster.with_unrecorded(unrecorded);
    if snapshot.since.is_some() { roster.into_partial().with_left(left) } else { roster }
}

const OPTIONAL: [Column; 4] = [Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];

/// The usernames of those whose name another has too: whoever came to Wonde first has the plain name, whatever the order
/// of the list.
fn usernames<'s>(
    students: &'s [Student],
    names: &[Cow<'_, str>],
    mapping: &Mapping,
    years: &mut Years<'s>,
) -> Vec<Option<String>> {
    let mut order: Vec<usize> = (0..students.len()).collect();
    order.sort_by_key(|&place| (students[place].created_at.0.as_deref(), students[place].id.get()));
    let mut taken = HashSet::with_capacity_and_hasher(students.len(), RandomState::default());
    let mut made = vec![None; students.len()];
    let mut later = Vec::new();
    for place in order {
        if !taken.insert(text::key(&names[place]).into_owned()) {
            later.push(place);
        }
    }
    let mut free = FreeUsernames::default();
    for place in later {
        let student = &students[place];
        let is_taken = |name: &str| taken.contains(text::key(name).as_ref());
        let own = free.next(&names[place], &years.of(student), mapping.class(student), is_taken);
        taken.insert(text::key(&own).into_owned());
        made[place] = Some(own);
    }
    made
}
