//! Evidence for and against an account and a student being the same person.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::account::Account;
use crate::column::Column;
use crate::roster::Roster;
use crate::student::Student;
use crate::text;
use crate::values::ethnicity::Ethnicity;
use crate::values::year_group::YearGroup;

/// The evidence for an account and a student who share a username or a name, and no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same person.
    Same,
    /// The username is the same, but the names belong to different people.
    OtherName,
    /// Gender, ethnicity and class all differ.
    OtherPerson,
    /// The years are too far apart for an active account.
    YearsApart,
    /// A leaver who cannot have become this student, because they share only a name.
    Unrelated,
}

/// The evidence in a roster.
#[derive(Debug, Clone)]
pub(super) struct Evidence<'a> {
    /// Whether these columns are recorded; one that is not says nothing.
    gender: bool,
    ethnicity: bool,
    /// For each class, those that many of its students are in now.
    next_classes: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(roster: &Roster) -> Self {
        let recorded = |column| !roster.unrecorded().contains(&column);
        Self { gender: recorded(Column::Gender), ethnicity: recorded(Column::Ethnicity), next_classes: HashMap::new() }
    }

    /// Learns which classes each class became, from the classes of matched students before and after: at least three and a fifth
    /// of `Acorns` are in `1 Beech` after the summer, and the others in `1 Elm`.
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

    /// Judges an account and a student of one username.
    pub(super) fn by_username(&self, account: &Account<'_>, student: &Student<'_>, leaves_now: bool) -> Verdict {
        match self.by_name(account, student, leaves_now) {
            Verdict::Same if !self.is_same_person(account, student) => Verdict::OtherName,
            verdict => verdict,
        }
    }

    /// Judges an account and a student of one name.
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

    /// How many of gender, ethnicity, year and class agree, and how many are recorded.
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

    /// Whether gender, ethnicity and class are all recorded and all different.
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
            // In another class than before, even one promotion on: who moved up is still of the same gender and ethnicity.
            && !text::same(account.class_name, student.class_name)
    }

    /// Whether gender and ethnicity are recorded and agree.
    fn agree(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        self.gender
            && self.ethnicity
            && account.gender.is_some()
            && account.gender == student.gender
            && account.ethnicity == student.ethnicity
    }

    /// Returns whether the names are one person's: equal as sets of words; or first and last word equal; or one of them, and either the
    /// username is a number, or the account is in use and gender, ethnicity, year and class agree. A shared family name alone is not
    /// evidence, and of a leaver's address not even with the rest: the next child to get it may be in the same class.
    pub(super) fn is_same_person(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        if text::same(account.full_name, student.full_name) {
            return true;
        }
        if is_own(account, Column::FullName) {
            // The name is the host's. The username is evidence if it is the student's name.
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

    /// Whether gender and ethnicity agree, and class is as before or one promotion on, so that one shared word of the name is
    /// enough.
    pub(super) fn agree_with_class(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        self.agree(account, student) && self.is_class_kept(account.class_name, student.class_name)
    }

    /// Whether year and class are as before, or both one promotion on.
    fn are_year_and_class_kept(&self, account: &Account<'_>, student: &Student<'_>) -> bool {
        (is_own(account, Column::YearGroup) || is_year_kept(account, student))
            && (is_own(account, Column::Class) || self.is_class_kept(account.class_name, student.class_name))
    }

    /// Whether a class is the same, or one promotion on: `5A` becomes `6A`, and `Acorns` what many of it became.
    fn is_class_kept(&self, own: &str, listed: &str) -> bool {
        text::same(own, listed) && !own.is_empty()
            || promoted(own).is_some_and(|promoted| text::same(&promoted, listed))
            || self.next_classes.get(own).is_some_and(|next| next.contains(&listed))
    }
}

/// Whether the host keeps a field itself, so that it says nothing about the student.
fn is_own(account: &Account<'_>, column: Column) -> bool {
    account.state.own.contains(column)
}

/// Whether the year is as before, or one promotion on.
fn is_year_kept(account: &Account<'_>, student: &Student<'_>) -> bool {
    match (account.national_year(), student.national_year()) {
        (Some(then), Some(now)) => then == now || then.next() == Some(now),
        _ => text::same(account.year_group, student.year_group),
    }
}

/// Whether the ethnicity says anything.
pub(super) fn is_stated(ethnicity: &Ethnicity) -> bool {
    ethnicity.code() != "NOBT"
}

/// Whether two names have neither the first nor the last word in common, and are not the same words.
pub(super) fn share_no_name(own: &str, listed: &str) -> bool {
    let [own, listed] = [own, listed].map(text::name_words);
    shared_ends(&own, &listed) == 0 && !are_one_set(&own, &listed)
}

/// How many of the first and the last word two names share. A name of one word has it in both places.
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

/// Whether an account's student can be in this year by now: in the same or a later year, but by one at most if the account is in
/// use; or in the year before, if it is in use and its year was a mistake.
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

/// Whether a year is the next. A nursery listed without a number means its second year.
fn follows(then: YearGroup, now: YearGroup) -> bool {
    then.next() == Some(now) || (then == YearGroup::Nursery(1) && now == YearGroup::Reception)
}

/// The data of many students with one name together: whether an account could belong to any of them, without comparing each.
#[derive(Debug, Default)]
pub(super) struct Years<'s> {
    listed: HashSet<&'s str>,
    national: BTreeSet<YearGroup>,
    unread: bool,
}

impl<'s> Years<'s> {
    pub(super) fn add(&mut self, student: &Student<'s>) {
        self.listed.insert(student.year_group);
        match student.national_year() {
            Some(year) => drop(self.national.insert(year)),
            None => self.unread = true,
        }
    }

    /// Whether an account may be one of these students', by the rule of [`may_follow`] as far as years go back.
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
    fn recognises_promoted_classes() {
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
    fn a_shared_family_name_counts_as_one_equal_end() {
        let ends = |own: &str, listed: &str| shared_ends(&text::name_words(own), &text::name_words(listed));
        assert_eq!(ends("Aarav Patel", "Anaya Patel"), 1);
        assert_eq!(ends("Zoe Mary Smith", "Zoë Smith"), 2);
        assert_eq!(ends("Zoe Smith", "Zoe Smith-Jones"), 1);
        assert_eq!(ends("Zoe Smith", "Kai Ito"), 0);
        assert!(are_one_set(&text::name_words("SMITH Zoë"), &text::name_words("Zoe Smith")));
        assert!(!are_one_set(&[], &[]));
    }
}
