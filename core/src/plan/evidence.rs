//! Decides whether an account and a student with the same username or name are the same person (`Verdict`). The
//! evidence is their names, years, classes, genders and ethnicities.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::account::Account;
use crate::column::Column;
use crate::roster::Roster;
use crate::student::Student;
use crate::text;
use crate::values::ethnicity::Ethnicity;
use crate::values::year_group::YearGroup;

/// The verdict on an account and a student with the same username or name, who have no id in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The account and the student are the same person.
    Same,
    /// The username is the same, but the names belong to different people.
    OtherName,
    /// Gender, ethnicity and class all differ.
    OtherPerson,
    /// The years are too far apart for an active account.
    YearsApart,
    /// The account belongs to a different person, who has left or is in a year that leaves now. The two people only
    /// share a name.
    Unrelated,
}

/// The evidence in a roster.
#[derive(Debug, Clone)]
pub(super) struct Evidence<'a> {
    /// Whether `gender` and `ethnicity` are recorded. A column that is not recorded is not evidence.
    gender: bool,
    ethnicity: bool,
    /// For each old class, the classes that many of its students are in now.
    next_classes: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(roster: &Roster) -> Self {
        let recorded = |column| !roster.unrecorded().contains(&column);
        Self { gender: recorded(Column::Gender), ethnicity: recorded(Column::Ethnicity), next_classes: HashMap::new() }
    }

    /// Learns which classes each class became, from the old and new classes of matched students. We accept a new class
    /// if it has at least three students, and at least a fifth of the students, of the old class. For example, `Acorns`
    /// becomes `1 Beech` and `1 Elm`.
    pub(super) fn learn_classes(&mut self, matched: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut counts: HashMap<&str, HashMap<&str, usize, RandomState>, RandomState> = HashMap::default();
        for (before, after) in matched {
            *counts.entry(before).or_default().entry(after).or_default() += 1;
        }
        let many = |after: HashMap<&'a str, usize, RandomState>| {
            let all: usize = after.values().sum();
            after.into_iter().filter(|(_, count)| *count >= 3 && count * 5 >= all).map(|(class, _)| class).collect()
        };
        self.next_classes = counts.into_iter().map(|(before, after)| (before, many(after))).collect();
    }

    /// Judges an account and a student with the same username.
    pub(super) fn by_username(&self, account: &Account<'_>, student: &Student<'_>, leaves_now: bool) -> Verdict {
        match self.by_name(account, student, leaves_now) {
            Verdict::Same if !self.is_same_person(account, student) => Verdict::OtherName,
            verdict => verdict,
        }
    }

    /// Judges an account and a student with the same name.
    pub(super) fn by_name(&self, account: &Account<'_>, student: &Student<'_>, leaves_now: bool) -> Verdict {
        if !may_follow(account, student) {
            // A leaver, or an account of a year that leaves now, shares only the name with this child.
            return if account.active && !leaves_now { Verdict::YearsApart } else { Verdict::Unrelated };
        }
        if self.all_differ(account, student) {
            return Verdict::OtherPerson;
        }
        Verdict::Same
    }

    /// Returns how many of gender, ethnicity, year and class agree, and how many of them are recorded.
    pub(super) fn fit(&self, account: &Account<'_>, student: &Student<'_>) -> [usize; 2] {
        let each = [
            (self.gender && account.gender.is_some(), account.gender == student.gender),
            (self.ethnicity, account.ethnicity == student.ethnicity),
            (!account.year_group.is_empty(), is_year_kept(account, student)),
            (!account.class_name.is_empty(), self.is_class_kept(account.class_name, student.class_name)),
        ];
        let recorded = each.into_iter().filter(|(recorded, _)| *recorded);
        [recorded.clone().filter(|(_, agrees)| *agrees).count(), recorded.count()]
    }

    /// Returns whether the names are the same, and gender, ethnicity, year and class are all recorded and agree.
    pub(super) fn agrees_in_all(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        // The cheap comparisons come first, because many pairs are compared.
        self.agree(account, student)
            && text::same(account.full_name, student.full_name)
            && self.fit(account, student) == [4, 4]
    }

    /// Returns whether gender, ethnicity and class are all recorded and all different.
    fn all_differ(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        self.gender
            && self.ethnicity
            && account.gender.is_some()
            && student.gender.is_some()
            && account.gender != student.gender
            && is_stated(account.ethnicity)
            && is_stated(student.ethnicity)
            && account.ethnicity != student.ethnicity
            && !account.class_name.is_empty()
            && !is_own(account, Column::Class)
            // The class also differs after a promotion. But a promoted student still has the same gender and ethnicity,
            // so the result is false.
            && !text::same(account.class_name, student.class_name)
    }

    /// Returns whether gender and ethnicity are recorded and agree.
    fn agree(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        self.gender
            && self.ethnicity
            && account.gender.is_some()
            && account.gender == student.gender
            && account.ethnicity == student.ethnicity
    }

    /// Returns whether two names belong to one person. They do if they have the same set of words, or the same first
    /// and last word. If only the first or only the last word is the same, one of two things must also hold. Either the
    /// username is a number, or the account is active and gender, ethnicity, year and class agree. A shared family name
    /// alone is not evidence. For a leaver's account, the other fields are not evidence either. The school may have
    /// given the leaver's email address to a child in the same class.
    pub(super) fn is_same_person(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        if text::same(account.full_name, student.full_name) {
            return true;
        }
        if is_own(account, Column::FullName) {
            // The host keeps its own name for the account, so we do not compare the names. The shared username is
            // evidence if it is also the student's name.
            return text::same(student.username, student.full_name)
                || (self.agree(account, student) && self.are_year_and_class_kept(account, student));
        }
        let [own, listed] = [account.full_name, student.full_name].map(text::name_words);
        match shared_ends(&own, &listed) {
            _ if are_one_set(&own, &listed) => true,
            2 => true,
            1 => {
                let is_number = student.username.bytes().all(|byte| byte.is_ascii_digit());
                is_number
                    || (account.active
                        && self.agree(account, student)
                        && self.are_year_and_class_kept(account, student))
            }
            _ => false,
        }
    }

    /// Returns whether gender and ethnicity agree, and the class is the same or follows after one promotion. If so, one
    /// shared word in the names is enough.
    pub(super) fn agree_with_class(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        self.agree(account, student) && self.is_class_kept(account.class_name, student.class_name)
    }

    /// Returns whether the year and the class are each the same or follow after one promotion.
    fn are_year_and_class_kept(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        (is_own(account, Column::YearGroup) || is_year_kept(account, student))
            && (is_own(account, Column::Class) || self.is_class_kept(account.class_name, student.class_name))
    }

    /// Returns whether a class is the same or follows after one promotion. `5A` becomes `6A`, and `Acorns` becomes any
    /// class that many of its students are in now.
    fn is_class_kept(&self, own: &str, listed: &str) -> bool {
        text::same(own, listed) && !own.is_empty()
            || promoted(own).is_some_and(|promoted| text::same(&promoted, listed))
            || self.next_classes.get(own).is_some_and(|next| next.contains(&listed))
    }
}

/// Returns whether the host maintains a field itself. The field's value is then not evidence about the student.
fn is_own(account: &Account<'_>, column: Column) -> bool {
    account.state.own.contains(column)
}

/// Returns whether the year is the same or follows after one promotion.
fn is_year_kept(account: &Account<'_>, student: &Student<'_>) -> bool {
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) => then == now || then.next() == Some(now),
        _ => text::same(account.year_group, student.year_group),
    }
}

/// Returns whether the ethnicity was obtained: its code is not `NOBT`.
pub(super) fn is_stated(ethnicity: &Ethnicity) -> bool {
    ethnicity.code() != "NOBT"
}

/// Returns whether two names share neither the first nor the last word, and have different sets of words.
pub(super) fn share_no_name(own: &str, listed: &str) -> bool {
    let [own, listed] = [own, listed].map(text::name_words);
    shared_ends(&own, &listed) == 0 && !are_one_set(&own, &listed)
}

/// Compares the first words and the last words of two names, and returns the number of equal pairs: 0, 1 or 2. A single
/// word is both the first and the last.
fn shared_ends(own: &[String], listed: &[String]) -> usize {
    let ends = [(own.first(), listed.first()), (own.last(), listed.last())];
    ends.into_iter().filter(|(own, listed)| own.is_some() && own == listed).count()
}

fn are_one_set(own: &[String], listed: &[String]) -> bool {
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.dedup();
        words
    };
    !own.is_empty() && sorted(own) == sorted(listed)
}

fn promoted(class: &str) -> Option<String> {
    let class = class.trim();
    let digits = class.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = class.split_at_checked(digits)?;
    let number: u8 = number.parse().ok().filter(|number| *number < 14)?;
    Some(format!("{}{rest}", number + 1))
}

/// Returns whether an account's student can be in this year now. For an active account, the allowed years are the same
/// year, the next year, and, in case of a mistake, the year before. For a leaver, the same year and any later year are
/// allowed.
fn may_follow(account: &Account<'_>, student: &Student<'_>) -> bool {
    if account.year_group == student.year_group || is_own(account, Column::YearGroup) {
        return true;
    }
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) if account.active => now == then || follows(then, now) || now.next() == Some(then),
        (Some(then), Some(now)) => now >= then,
        _ => true,
    }
}

/// Returns whether `now` is the year after `then`. A nursery year without a number can mean the second nursery year.
fn follows(then: YearGroup, now: YearGroup) -> bool {
    then.next() == Some(now) || (then == YearGroup::Nursery(1) && now == YearGroup::Reception)
}

/// The years of all students with one name. Because of these years, we need not compare an account with each student.
#[derive(Debug, Default)]
pub(super) struct NamesakeYears<'s> {
    listed: HashSet<&'s str>,
    national: BTreeSet<YearGroup>,
    unread: bool,
}

impl<'s> NamesakeYears<'s> {
    pub(super) fn add(&mut self, student: &Student<'s>) {
        self.listed.insert(student.year_group);
        match student.national_year() {
            Some(year) => drop(self.national.insert(year)),
            None => self.unread = true,
        }
    }

    /// Returns whether an account may belong to one of these students. The rule is that of [`may_follow`], but the year
    /// can be any number of years later.
    pub(super) fn any_may_be(&self, account: &Account<'_>) -> bool {
        if self.listed.is_empty() {
            return false;
        }
        let Some(then) = account.national_year() else { return true };
        self.unread
            || self.listed.contains(account.year_group)
            || self.national.range(then..).next().is_some()
            || (account.active && self.national.iter().any(|now| now.next() == Some(then)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_the_name_of_a_class_in_the_next_school_year() {
        let mut evidence = Evidence { gender: true, ethnicity: true, next_classes: HashMap::new() };
        let moves = [("Acorns", "1 Beech", 6), ("Acorns", "1 Elm", 3), ("Acorns", "1 Oak", 1), ("Ivy", "Fir", 2)];
        evidence
            .learn_classes(moves.into_iter().flat_map(|(own, next, count)| std::iter::repeat_n((own, next), count)));
        assert!(evidence.is_class_kept("Acorns", "1 Beech") && evidence.is_class_kept("Acorns", "1 Elm"));
        assert!(!evidence.is_class_kept("Acorns", "1 Oak") && !evidence.is_class_kept("Ivy", "Fir"));
        let is_class_kept = |own, listed| evidence.is_class_kept(own, listed);
        for (own, listed) in [("5A", "6A"), ("10X/Ma1", "11X/Ma1"), ("Oak", "oak"), ("5 Elm", "6 Elm")] {
            assert!(is_class_kept(own, listed), "{own} {listed}");
        }
        for (own, listed) in [("5A", "7A"), ("5A", "6B"), ("Oak", "Elm"), ("14A", "15A"), ("", "1")] {
            assert!(!is_class_kept(own, listed), "{own} {listed}");
        }
    }

    #[test]
    fn counts_how_many_of_the_first_and_last_names_are_equal() {
        let ends = |own: &str, listed: &str| shared_ends(&text::name_words(own), &text::name_words(listed));
        assert_eq!(ends("Aarav Patel", "Anaya Patel"), 1);
        assert_eq!(ends("Zoe Mary Smith", "Zoë Smith"), 2);
        assert_eq!(ends("Zoe Smith", "Zoe Smith-Jones"), 1);
        assert_eq!(ends("Zoe Smith", "Kai Ito"), 0);
        assert!(are_one_set(&text::name_words("SMITH Zoë"), &text::name_words("Zoe Smith")));
        assert!(!are_one_set(&[], &[]));
    }
}
