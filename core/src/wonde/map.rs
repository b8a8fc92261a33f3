//! From what Wonde says of a student to the nine cells of a row, which the same check judges as a CSV's.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::column::{Column, Columns};
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
    year_from_class: bool,
    withheld: Columns,
    email_domains: Vec<String>,
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
            year_from_class: false,
            withheld: Columns::default(),
            email_domains: Vec::new(),
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

    /// The domains of the school's own addresses, with SSO: an address of another is nobody's username. Any domain by default, but never
    /// an address that is the one at home too, unless that is [asked for](EmailFrom::Home).
    pub fn email_domains<D: AsRef<str>>(mut self, domains: impl IntoIterator<Item = D>) -> Self {
        let domain = |domain: D| domain.as_ref().trim().trim_start_matches('@').to_ascii_lowercase();
        self.email_domains = domains.into_iter().map(domain).filter(|domain| !domain.is_empty()).collect();
        self
    }

    /// Whether extended ethnicity codes are rolled up to the main ones.
    pub fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// Whether a year group that is nowhere else is read from the class's name, where that begins with a year: `5D` is Year 5. Off by
    /// default, since some schools number classes in other ways.
    pub fn year_from_class(mut self, year_from_class: bool) -> Self {
        self.year_from_class = year_from_class;
        self
    }

    /// Names columns that the school withholds. For a delta, which cannot tell by itself, pass [`Roster::unrecorded`] of the last full
    /// snapshot. In a full snapshot a column is found to be withheld without this: of 20 students and more, at most 2% have a value in
    /// it; of fewer, none has.
    pub fn withheld(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.withheld = columns.into_iter().collect();
        self
    }

    /// The ethnicity codes that are taken; the Department for Education's by default.
    pub fn ethnicities(mut self, ethnicities: Ethnicities) -> Self {
        self.ethnicities = Arc::new(ethnicities);
        self
    }

    /// The forename and the surname that the host wants, and the other ones.
    fn names<'s>(&self, student: &'s Student) -> [[Option<&'s str>; 2]; 2] {
        let preferred = [student.forename.get(), student.surname.get()];
        let legal = [student.legal_forename.get(), student.legal_surname.get()];
        match self.names_from {
            NamesFrom::Preferred => [preferred, legal],
            NamesFrom::Legal => [legal, preferred],
        }
    }

    /// The full name, if both parts of it are known.
    fn full_name(&self, student: &Student) -> Option<String> {
        let [wanted, other] = self.names(student);
        match [0, 1].map(|part| wanted[part].or(other[part])) {
            [Some(forename), Some(surname)] => Some(format!("{forename} {surname}")),
            _ => None,
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
        // An address that is the home one too is a parent's, and perhaps every sibling's.
        let home = emails.and_then(|emails| emails.home.get()).filter(|_| self.email_from != EmailFrom::Home);
        let is_homes = |email: &&str| home.is_some_and(|home| home.eq_ignore_ascii_case(email));
        let is_schools = |email: &&str| {
            let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
            self.email_domains.is_empty() || domain.is_some_and(|domain| self.email_domains.contains(&domain))
        };
        found.filter(|email| !is_homes(email)).filter(is_schools).unwrap_or_default()
    }

    fn ethnicity<'s>(&'s self, student: &'s Student) -> Said<'s> {
        let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
        let known = |text: &str| sure(self.ethnicities.meaning(text)).map(|index| self.ethnicities.at(index).code());
        Said::of([&extended.ethnicity_code, &extended.ethnicity], known)
    }
}

/// What Wonde says of a student in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said<'s> {
    /// Nothing is recorded, or nothing may be seen.
    Nothing,
    /// A text that cannot be read with certainty.
    Unreadable(&'s str),
    /// As it should be written.
    Value(&'s str),
}

impl<'s> Said<'s> {
    /// The first text that can be read with certainty; else the first there is.
    fn of<const N: usize>(said: [&'s Text; N], read: impl Fn(&str) -> Option<&'s str>) -> Self {
        let said = || said.into_iter().filter_map(Text::get);
        let value = said().find_map(read).map(Self::Value);
        value.or_else(|| said().next().map(Self::Unreadable)).unwrap_or(Self::Nothing)
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
struct Years<'s>(HashMap<[Option<&'s str>; 5], Cow<'s, str>, RandomState>);

impl<'s> Years<'s> {
    fn of(&mut self, student: &'s Student, mapping: &Mapping) -> Cow<'s, str> {
        let year = student.year.0.as_ref();
        let education = student.education.0.as_ref();
        let is_year = |group: &&Group| group.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("year"));
        let said = [
            year.and_then(|year| year.name.get()),
            year.and_then(|year| year.code.get()),
            education.and_then(|education| education.current_nc_year.get()),
            first(student.groups.0.iter().filter(is_year)),
            Some(mapping.class(student)).filter(|_| mapping.year_from_class),
        ];
        let read = || {
            let [listed @ .., class] = said;
            let national = listed.into_iter().flatten().find_map(YearGroup::read);
            match national
                .or_else(|| listed.iter().all(Option::is_none).then(|| class.and_then(year_of_class)).flatten())
            {
                Some(national) => Cow::Owned(national.to_string()),
                None => Cow::Borrowed(listed.into_iter().flatten().next().unwrap_or_default()),
            }
        };
        self.0.entry(said).or_insert_with(read).clone()
    }
}

/// The year that a class's name begins with, if it is one and letters follow: `5D`, `10X`.
fn year_of_class(class: &str) -> Option<YearGroup> {
    let letters = class.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = class.strip_suffix(letters)?;
    let year = if letters.starts_with(char::is_alphabetic) { number.parse().ok()? } else { return None };
    (1..=14).contains(&year).then_some(YearGroup::Year(year))
}

/// What MIS say where a gender is not known, or may not be.
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

fn gender(student: &Student) -> Said<'_> {
    match Said::of([&student.gender], |text| sure(Gender::meaning(text)).map(Gender::as_str)) {
        Said::Unreadable(text) if NOT_STATED.contains(&text::words(text).as_str()) => Said::Nothing,
        said => said,
    }
}

fn premium(student: &Student) -> Said<'_> {
    let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
    let said = [&extended.premium_pupil_indicator, &extended.pupil_premium];
    Said::of(said, |text| sure(flag::meaning(Column::PupilPremium, text)).map(flag::as_str))
}

fn send(student: &Student) -> Said<'_> {
    let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
    Said::of([&extended.sen_status], |text| sure(flag::meaning(Column::Send, text)).map(flag::as_str))
}

fn eal(student: &Student) -> Said<'_> {
    let Some(extended) = student.extended.0.as_ref() else { return Said::Nothing };
    Said::of([&extended.eal, &extended.eal_status, &extended.other_eal_status], |text| {
        // A degree of English is given to those alone to whom the question applies.
        if text.eq_ignore_ascii_case("not applicable") {
            return Some(flag::as_str(false));
        }
        sure(flag::meaning(Column::Eal, text)).map(flag::as_str)
    })
}

fn sure<T>(meaning: Meaning<T>) -> Option<T> {
    match meaning {
        Meaning::Exact(value) | Meaning::Safe(value) => Some(value),
        Meaning::Guess(_) | Meaning::Unknown => None,
    }
}

pub(super) fn roster(snapshot: &Snapshot, mapping: &Mapping) -> Roster {
    let students = &snapshot.students;
    let mut years = Years::default();
    let names: Vec<_> = students.iter().map(|student| mapping.full_name(student)).collect();
    let mut usernames = match mapping.sign_in {
        SignIn::Password => usernames(students, &names, mapping, &mut years),
        SignIn::Sso => Vec::new(),
    };
    let withheld = withheld(snapshot, mapping, &mut years);
    let records = students.iter().enumerate().map(|(slot, student)| {
        let full_name = names[slot].as_deref().unwrap_or_default();
        let made = usernames.get_mut(slot).and_then(Option::take);
        let username = match mapping.sign_in {
            SignIn::Password => full_name,
            SignIn::Sso => mapping.email(student),
        };
        let (year, class) = (years.of(student, mapping), mapping.class(student));
        let mut unknown = Columns::default();
        // Other names than the host wants are for new accounts alone.
        if full_name.is_empty() || withheld.contains(Column::FullName) {
            unknown.insert(Column::FullName);
        }
        let given = [(Column::YearGroup, year.as_ref()), (Column::Class, class)];
        for column in given.into_iter().filter(|(_, cell)| cell.is_empty()).map(|(column, _)| column) {
            if withheld.contains(column) {
                unknown.insert(column);
            }
        }
        let is_username_withheld = withheld.contains(Column::Username) || mapping.sign_in == SignIn::Password;
        if username.is_empty() && is_username_withheld {
            unknown.insert(Column::Username);
        }
        let mut unreadable = Vec::new();
        let coded = CODED.map(|column| {
            let usual = column.when_not_recorded().unwrap_or_default();
            match said(column, student, mapping) {
                Said::Value(value) => return value,
                // Of one child nobody has recorded it, where others have it.
                Said::Nothing if column != Column::Gender && !withheld.contains(column) => {}
                Said::Nothing => unknown.insert(column),
                Said::Unreadable(text) => {
                    unknown.insert(column);
                    unreadable.push((column, text));
                }
            }
            usual
        });
        let [gender, premium, ethnicity, send, eal] = coded.map(Cow::Borrowed);
        let username = made.map_or(Cow::Borrowed(username), Cow::Owned);
        let cells =
            [Cow::Borrowed(full_name), username, year, Cow::Borrowed(class), gender, premium, ethnicity, send, eal];
        let record = Record::new(cells).source_id(student.id.get().unwrap_or_default()).without(unknown);
        let record = unreadable.into_iter().fold(record, |record, (column, text)| record.unreadable(column, text));
        match student.education.0.as_ref().and_then(|education| education.upn.get()) {
            Some(upn) => record.upn(upn),
            None => record,
        }
    });
    let reader = Reader::new().sign_in(mapping.sign_in).fix(true).main_codes_only(mapping.main_codes_only);
    let roster = reader.shared_ethnicities(mapping.ethnicities.clone()).hold_records(records);
    let left = snapshot.gone.iter().map(|Gone { id, upn }| Ids::new(Some(id), upn.as_deref())).collect();
    let roster = roster.with_withheld(withheld.iter().collect());
    if snapshot.since.is_some() { roster.into_partial().with_left(left) } else { roster }
}

/// The columns that hold a value, in template order.
const CODED: [Column; 5] = [Column::Gender, Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];

fn said<'s>(column: Column, student: &'s Student, mapping: &'s Mapping) -> Said<'s> {
    match column {
        Column::Gender => gender(student),
        Column::PupilPremium => premium(student),
        Column::Ethnicity => mapping.ethnicity(student),
        Column::Send => send(student),
        _ => eal(student),
    }
}

/// From so many students on, a few that have a value say nothing of the others.
const TELLS_WITHHELD: usize = 20;
/// At most one in so many has a value of what is withheld.
const ONE_IN: usize = 50;

/// The columns that the school withholds: those that the host names, and in a full snapshot those that hardly anybody has a value in.
/// Of full names, whether the names that the host wants are withheld.
fn withheld<'s>(snapshot: &'s Snapshot, mapping: &'s Mapping, years: &mut Years<'s>) -> Columns {
    let students = &snapshot.students;
    if snapshot.since.is_some() || students.is_empty() {
        return mapping.withheld;
    }
    let most = if students.len() < TELLS_WITHHELD { 0 } else { students.len() / ONE_IN };
    let is_withheld = |has_value: &mut dyn FnMut(&'s Student) -> bool| {
        students.iter().filter(|student| has_value(student)).nth(most).is_none()
    };
    let mut withheld = mapping.withheld;
    for column in Column::ALL {
        let is_out = match column {
            Column::FullName => {
                [0, 1].into_iter().any(|part| is_withheld(&mut |s| mapping.names(s)[0][part].is_some()))
            }
            Column::Username if mapping.sign_in == SignIn::Password => false,
            Column::Username => is_withheld(&mut |student| !mapping.email(student).is_empty()),
            Column::YearGroup => is_withheld(&mut |student| !years.of(student, mapping).is_empty()),
            Column::Class => is_withheld(&mut |student| !mapping.class(student).is_empty()),
            column => is_withheld(&mut |student| said(column, student, mapping) != Said::Nothing),
        };
        if is_out {
            withheld.insert(column);
        }
    }
    withheld
}

/// The usernames of those whose name another has too: whoever came to Wonde first has the plain name, whatever the order
/// of the list.
fn usernames<'s>(
    students: &'s [Student],
    names: &[Option<String>],
    mapping: &Mapping,
    years: &mut Years<'s>,
) -> Vec<Option<String>> {
    let mut order: Vec<usize> = (0..students.len()).collect();
    order.sort_by_key(|&place| (students[place].created_at.0.as_deref(), students[place].id.get()));
    let mut taken = HashSet::with_capacity_and_hasher(students.len(), RandomState::default());
    let mut made = vec![None; students.len()];
    let mut later = Vec::new();
    for place in order {
        if names[place].as_ref().is_some_and(|name| !taken.insert(text::key(name).into_owned())) {
            later.push(place);
        }
    }
    let mut free = FreeUsernames::default();
    for place in later {
        let student = &students[place];
        let is_taken = |name: &str| taken.contains(text::key(name).as_ref());
        let name = names[place].as_deref().unwrap_or_default();
        let own = free.next(name, &years.of(student, mapping), mapping.class(student), is_taken);
        taken.insert(text::key(&own).into_owned());
        made[place] = Some(own);
    }
    made
}
