//! Makes the roster of a snapshot: one record for each student, and usernames that differ. Decides which columns the
//! school withholds. `fields.rs` decides each value, and the values are checked like those in a CSV.

use std::borrow::Cow;
use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::column::{Column, Columns};
use crate::reader::{Reader, Record};
use crate::roster::Roster;
use crate::student::Ids;
use crate::text;
use crate::username::{FreeUsernames, SignIn};

use super::fields::{Said, YearGroups};
use super::model::Student;
use super::options::Options;
use super::snapshot::{Gone, Snapshot};

/// Returns the roster of a snapshot.
pub(super) fn roster(snapshot: &Snapshot, options: &Options) -> Roster {
    let (left, students): (Vec<&Student>, Vec<&Student>) =
        snapshot.students.iter().partition(|student| options.has_left(student));
    let mut years = YearGroups::default();
    let names: Vec<_> = students.iter().map(|student| options.full_name(student)).collect();
    let mut usernames = match options.sign_in {
        SignIn::Password => usernames(&students, &names, options, &mut years),
        SignIn::Sso => Vec::new(),
    };
    let withheld = withheld(snapshot, &students, options, &mut years);
    let records = students.iter().enumerate().map(|(slot, student)| {
        let name = names[slot].as_deref().unwrap_or_default();
        let own_username = usernames.get_mut(slot).and_then(Option::take);
        record(
            student,
            [Cow::Borrowed(name), own_username.map_or(Cow::Borrowed(""), Cow::Owned)],
            withheld,
            options,
            &mut years,
        )
    });
    let reader = Reader::new().sign_in(options.sign_in).fix(true).main_codes_only(options.main_codes_only);
    let roster = reader.shared_ethnicities(options.ethnicities.clone()).hold_records(records);
    let roster = roster.with_withheld(withheld.iter().collect());
    if snapshot.since.is_none() {
        return roster;
    }
    let gone = snapshot.gone.iter().map(|Gone { id, upn }| Ids::new(Some(id), upn.as_deref()));
    let left = left.into_iter().map(|student| Ids::new(student.id.get(), upn(student)));
    roster.into_partial().with_left(gone.chain(left).collect())
}

/// Returns one student's record. It has nine values, the ids, and the unrecorded fields.
fn record<'s>(
    student: &'s Student,
    [full_name, own_username]: [Cow<'s, str>; 2],
    withheld: Columns,
    options: &'s Options,
    years: &mut YearGroups<'s>,
) -> Record<'s> {
    let email = options.email(student);
    let is_sso = options.sign_in == SignIn::Sso;
    let username = match is_sso {
        true => Cow::Borrowed(email.address()),
        false if own_username.is_empty() => full_name.clone(),
        false => own_username,
    };
    let (year, class) = (years.of(student, options), options.class(student));
    let mut unknown = Columns::default();
    // If the names that the host wants are withheld, the other names are used only for new accounts.
    if full_name.is_empty() || withheld.contains(Column::FullName) {
        unknown.insert(Column::FullName);
    }
    for (column, is_blank) in [(Column::YearGroup, year.is_empty()), (Column::Class, class.is_empty())] {
        if is_blank && withheld.contains(column) {
            unknown.insert(column);
        }
    }
    if username.is_empty() && (withheld.contains(Column::Username) || !is_sso) {
        unknown.insert(Column::Username);
    }
    let mut unreadable = Vec::new();
    let coded = CODED.map(|column| {
        let usual = column.when_not_recorded().unwrap_or_default();
        match options.said(column, student) {
            Said::Value(value) => return value,
            // The field is not withheld, so this student simply has no value.
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
    let cells = [full_name, username, year, Cow::Borrowed(class), gender, premium, ethnicity, send, eal];
    let mut record = Record::new(cells).source_id(student.id.get().unwrap_or_default()).without(unknown);
    if is_sso {
        record = record.blank_because(Column::Username, email.reason());
    }
    if let Some(upi) = student.upi.get() {
        record = record.upi(upi);
    }
    record = unreadable.into_iter().fold(record, |record, (column, text)| record.unreadable(column, text));
    match upn(student) {
        Some(upn) => record.upn(upn),
        None => record,
    }
}

fn upn(student: &Student) -> Option<&str> {
    student.education.0.as_ref().and_then(|education| education.upn.get())
}

/// The columns with coded values, in template order.
const CODED: [Column; 5] = [Column::Gender, Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal];

/// With fewer students than this number, a field counts as withheld only if no student has a value.
const TELLS_WITHHELD: usize = 20;
/// In a withheld field, at most one in this number of students has a value.
const ONE_IN: usize = 50;

/// Returns the largest number of students who may have a value in a withheld field.
pub(super) fn most_of_withheld(students: usize) -> usize {
    if students < TELLS_WITHHELD { 0 } else { students / ONE_IN }
}

/// Returns the columns that the school withholds. The result always contains the columns that the host names. A full
/// snapshot adds the columns with almost no values. A delta adds the columns that were not requested. For full names,
/// we check only names of the kind that the host chose (preferred or legal).
fn withheld<'s>(
    snapshot: &Snapshot,
    students: &[&'s Student],
    options: &'s Options,
    years: &mut YearGroups<'s>,
) -> Columns {
    if snapshot.since.is_some() {
        // If students sign in with a password, their usernames do not come from Wonde.
        let unasked = snapshot.includes.unasked().iter();
        let unasked = unasked.filter(|column| *column != Column::Username || options.sign_in == SignIn::Sso);
        return options.withheld.or(unasked.collect());
    }
    if students.is_empty() {
        return options.withheld;
    }
    let most = most_of_withheld(students.len());
    let is_withheld = |has_value: &mut dyn FnMut(&'s Student) -> bool| {
        students.iter().filter(|student| has_value(student)).nth(most).is_none()
    };
    let mut withheld = options.withheld;
    for column in Column::ALL {
        let is_out = match column {
            Column::FullName => {
                [0, 1].into_iter().any(|part| is_withheld(&mut |s| options.names(s)[0][part].is_some()))
            }
            Column::Username if options.sign_in == SignIn::Password => false,
            Column::Username => is_withheld(&mut |student| !options.email(student).address().is_empty()),
            Column::YearGroup => is_withheld(&mut |student| !years.of(student, options).is_empty()),
            Column::Class => is_withheld(&mut |student| !options.class(student).is_empty()),
            column => is_withheld(&mut |student| options.said(column, student) != Said::Nothing),
        };
        if is_out {
            withheld.insert(column);
        }
    }
    withheld
}

/// Returns usernames with a suffix for students whose name another student already has. The student whom Wonde recorded
/// first gets no suffix, whatever the order of the list.
fn usernames<'s>(
    students: &[&'s Student],
    names: &[Option<String>],
    options: &'s Options,
    years: &mut YearGroups<'s>,
) -> Vec<Option<String>> {
    let mut order: Vec<usize> = (0..students.len()).collect();
    order.sort_by_key(|&index| (students[index].created_at.0.as_deref(), students[index].id.get()));
    let mut taken = HashSet::with_capacity_and_hasher(students.len(), RandomState::default());
    let mut made = vec![None; students.len()];
    let mut later = Vec::new();
    for index in order {
        if names[index].as_ref().is_some_and(|name| !taken.insert(text::key(name).into_owned())) {
            later.push(index);
        }
    }
    let mut free = FreeUsernames::default();
    for index in later {
        let student = students[index];
        let is_taken = |name: &str| taken.contains(text::key(name).as_ref());
        let name = names[index].as_deref().unwrap_or_default();
        let own = free.next(name, &years.of(student, options), options.class(student), is_taken);
        taken.insert(text::key(&own).into_owned());
        made[index] = Some(own);
    }
    made
}
