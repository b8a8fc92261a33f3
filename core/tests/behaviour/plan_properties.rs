//! Properties of plans for generated schools. In these schools, everything happens at once: joiners, leavers,
//! returners, renames, moves, several children with one name, swapped and reused ids, and a change of MIS.

use std::collections::{BTreeMap, BTreeSet};

use onroll::account::AccountRow;
use onroll::plan::{ChangeKind, ConflictReason, Guard};
use onroll::username::same_username;
use onroll::{Accounts, Plan, Planner, Reader, Record, Roster, SignIn};
use proptest::prelude::*;

/// Returns a valid UPN for a number.
pub(crate) fn valid_upn(authority: usize, number: usize) -> String {
    let digits = format!("{authority}200{number:06}");
    let sum: usize = (2..).zip(digits.bytes()).map(|(weight, digit)| weight * usize::from(digit - b'0')).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

/// The events in a student's life between two rosters.
#[derive(Debug, Clone)]
struct Fate {
    name: usize,
    year: u8,
    class: char,
    was_active: bool,
    had_account: bool,
    is_listed: bool,
    is_broken: bool,
    renamed: bool,
    moved: bool,
    new_username: bool,
    new_id: bool,
    new_upn: bool,
    takes_id_of: Option<prop::sample::Index>,
    premium: bool,
}

fn fate() -> impl Strategy<Value = Fate> {
    let often = || prop::bool::weighted(0.85);
    let rarely = || prop::bool::weighted(0.12);
    (
        (0..12_usize, 1..12_u8, prop::char::range('A', 'C'), often(), often(), often(), rarely()),
        (
            rarely(),
            rarely(),
            rarely(),
            rarely(),
            rarely(),
            prop::option::weighted(0.05, any::<prop::sample::Index>()),
            any::<bool>(),
        ),
    )
        .prop_map(
            |(
                (name, year, class, was_active, had_account, is_listed, is_broken),
                (renamed, moved, new_username, new_id, new_upn, takes_id_of, premium),
            )| Fate {
                name,
                year,
                class,
                was_active,
                had_account,
                is_listed,
                is_broken,
                renamed,
                moved,
                new_username,
                new_id,
                new_upn,
                takes_id_of,
                premium,
            },
        )
}

#[derive(Debug, Clone)]
struct School {
    fates: Vec<Fate>,
    with_ids: bool,
    migrated: bool,
    partial: bool,
    erased: Vec<usize>,
}

fn school() -> impl Strategy<Value = School> {
    (
        prop::collection::vec(fate(), 0..24),
        any::<bool>(),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.2),
        prop::collection::vec(0..24_usize, 0..2),
    )
        .prop_map(|(fates, with_ids, migrated, partial, erased)| School {
            fates,
            with_ids,
            migrated,
            partial,
            erased,
        })
}

const NAMES: [&str; 6] = ["Amelia Smith", "Noah Khan", "Zoë Hall", "Mia O'Neill", "Kai Ito", "Ada Smith"];

impl Fate {
    fn name(&self) -> String {
        // Half of these names belong to one child only.
        NAMES.get(self.name).map_or_else(|| format!("Pupil Nr{}x{}", self.name, self.year), |name| (*name).to_owned())
    }
}

impl School {
    /// Returns the usernames for these names. If a name occurs again, its username gets a suffix.
    fn usernames(names: &[String]) -> Vec<String> {
        let mut taken: Vec<String> = Vec::new();
        for name in names {
            let mut username = name.clone();
            while taken.iter().any(|t| same_username(t, &username)) {
                username.push_str(" x");
            }
            taken.push(username);
        }
        taken
    }

    fn accounts(&self) -> Vec<AccountRow> {
        let kept: Vec<(usize, &Fate)> = self.fates.iter().enumerate().filter(|(_, f)| f.had_account).collect();
        let usernames = Self::usernames(&kept.iter().map(|(_, f)| f.name()).collect::<Vec<_>>());
        kept.iter()
            .zip(usernames)
            .map(|((i, f), username)| AccountRow {
                source_id: self.with_ids.then(|| format!("A{i}")),
                upn: (self.with_ids && i % 3 > 0).then(|| valid_upn(801, *i)),
                full_name: f.name(),
                username,
                year_group: format!("Year {}", f.year),
                class_name: format!("{}{}", f.year, f.class),
                gender: "Female".to_owned(),
                active: f.was_active,
                password: Some(format!("pw{i}")),
                ..AccountRow::default()
            })
            .collect()
    }

    fn records(&self) -> Vec<Record<'static>> {
        let listed: Vec<(usize, &Fate)> = self.fates.iter().enumerate().filter(|(_, f)| f.is_listed).collect();
        let names: Vec<String> =
            listed.iter().map(|(_, f)| if f.renamed { format!("{}son", f.name()) } else { f.name() }).collect();
        let usernames = Self::usernames(&names);
        let mut ids = BTreeSet::new();
        listed
            .iter()
            .zip(names.iter().zip(usernames))
            .map(|((i, f), (name, username))| {
                let year = if f.moved { f.year + 1 } else { f.year };
                let username = if f.new_username { format!("s{i}") } else { username };
                let (year, class) = (format!("Year {year}"), format!("{year}{}", f.class));
                let gender = if f.is_broken && self.with_ids { "?" } else { "Female" };
                let premium = if f.premium { "Yes" } else { "No" };
                let record = Record::new(
                    [name, &username, &year, &class, gender, premium, "NOBT", "No", "No"].map(str::to_owned),
                );
                if !self.with_ids {
                    return record;
                }
                let other = f.takes_id_of.map(|index| index.index(self.fates.len())).unwrap_or(*i);
                let id = if self.migrated || f.new_id { format!("B{i}") } else { format!("A{other}") };
                let upn = valid_upn(if f.new_upn { 802 } else { 801 }, *i);
                // If two students had the same source id, the roster would be refused.
                let id = if ids.insert(id.clone()) { id } else { format!("C{i}") };
                if i % 3 > 0 { record.source_id(id).upn(upn) } else { record.source_id(id) }
            })
            .collect()
    }

    fn roster(&self, records: Vec<Record>) -> Roster {
        let roster = Reader::new().fix(true).hold_records(records);
        if self.partial { roster.into_partial() } else { roster }
    }

    fn erased(&self) -> Vec<String> {
        self.erased.iter().filter_map(|i| self.fates.get(*i)).map(Fate::name).collect()
    }
}

fn plan(accounts: &Accounts, roster: &Roster, erased: &[String]) -> Plan {
    let planner = Planner::new().override_guards(Guard::ALL).erased(erased.iter().map(String::as_str));
    planner.plan(accounts, roster).unwrap()
}

fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed | 1;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
    items
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn plans_of_random_schools_have_the_required_properties(school in school(), seed in any::<u64>()) {
        let before = Accounts::from_rows(school.accounts(), SignIn::Password).unwrap();
        let roster = school.roster(school.records());
        let erased = school.erased();
        let first = plan(&before, &roster, &erased);
        let after = first.apply(before.clone()).unwrap();

        // After a plan is applied, a second plan has nothing to do.
        let again = plan(&after, &roster, &erased);
        prop_assert!(again.is_empty(), "first {}\nagain {}", first.diff(), again.diff());

        // The order of rows does not matter.
        let other = Accounts::from_rows(shuffled(school.accounts(), seed), SignIn::Password).unwrap();
        let reordered = plan(&other, &school.roster(shuffled(school.records(), seed)), &erased);
        prop_assert_eq!(reordered.to_json(), first.to_json());

        // No account is in two changes, or in a change and a conflict.
        let mut seen = BTreeSet::new();
        for change in first.changes().filter(|c| c.kind() != ChangeKind::Join) {
            prop_assert!(seen.insert(change.username().to_owned()), "{}", first.diff());
        }
        // If a username is taken or a UPN is shared, only the student is in doubt, not the account.
        let only_student = [ConflictReason::UsernameTaken, ConflictReason::UpnShared];
        let in_doubt = || first.conflicts().iter().filter(|c| !only_student.contains(&c.reason)).flat_map(|c| &c.accounts).map(|a| a.username.as_str());
        for username in in_doubt() {
            prop_assert!(!seen.contains(username), "{username}: {}", first.diff());
        }

        // No username occurs twice.
        let usernames: Vec<_> = after.iter().map(|a| a.username.to_owned()).collect();
        for (index, username) in usernames.iter().enumerate() {
            prop_assert!(usernames[..index].iter().all(|other| !same_username(other, username)), "{username}");
        }

        // A continuing student keeps the password. The student also keeps the username, unless the host overrides
        // `usernames-changed`.
        let passwords: BTreeMap<_, _> = after.iter().map(|a| (a.password.unwrap().expose().to_owned(), a.username.to_owned())).collect();
        for account in before.iter() {
            let kept = passwords.get(account.password.unwrap().expose());
            let reset = first.of_kind(ChangeKind::Return).any(|c| c.new_password() && c.username() == account.username);
            prop_assert_eq!(kept.is_some(), !reset, "a password is lost, or an old one opens the account of a child who returned");
            if reset {
                continue;
            }
            if !first.passed().contains(&Guard::UsernamesChanged) {
                prop_assert_eq!(kept.unwrap(), account.username);
            }
        }

        // After a full roster, exactly its students are active, apart from conflicts, held students and erased
        // students.
        let unclear_students: usize = first.conflicts().iter().map(|c| c.students.len()).sum();
        let unclear_active: BTreeSet<_> = in_doubt().filter(|u| before.get(u).unwrap().active).collect();
        let active = after.iter().filter(|a| a.active).count();
        let listed = roster.len() - unclear_students - first.erased() as usize;
        if school.partial {
            prop_assert_eq!(first.of_kind(ChangeKind::Leave).count(), 0);
        } else {
            let held_active = active - listed - unclear_active.len();
            prop_assert!(held_active <= first.held() as usize, "{} {}", active, first.diff());
        }
        prop_assert!(active >= listed);
        if roster.held().is_empty() && !school.partial {
            prop_assert_eq!(active, listed + unclear_active.len(), "{}", first.diff());
        }

        // The plan survives being written to JSON and read again.
        prop_assert_eq!(Plan::from_json(&first.to_json_with_passwords()).unwrap(), first);
    }
}
