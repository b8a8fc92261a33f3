//! Simulates two schools over some years, with September, July and winter, and with each wrong file that an office may
//! send. Right files are accepted and wrong files are refused. No child gets another's account, and every plan can be
//! undone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use onroll::plan::{ChangeKind, PlannerError};
use onroll::values::YearGroup;
use onroll::{Accounts, Plan, Planner, Reader, Record, Roster, SignIn};
use proptest::prelude::*;

/// The number of children in each year of a school.
const IN_A_YEAR: usize = 8;
const YEARS: [&str; 7] = ["Reception", "Year 1", "Year 2", "Year 3", "Year 4", "Year 5", "Year 6"];
const FORENAMES: [&str; 12] =
    ["Amelia", "Noah", "Zoë", "Kai", "Isla", "Omar", "Ruby", "Leo", "Ada", "Finn", "Sana", "Hugo"];
const SURNAMES: [&str; 6] = ["Smith", "Khan", "O'Neill", "Patel", "Reid", "Ito"];
const ETHNICITIES: [&str; 5] = ["WBRI", "APKN", "BAFR", "AIND", "WOTH"];

/// Pseudo-random numbers, which are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Child {
    number: usize,
    name: String,
    username: String,
    year: usize,
    class: char,
    female: bool,
    ethnicity: usize,
    flags: [bool; 3],
}

impl Child {
    fn class_name(&self) -> String {
        format!("{}{}", if self.year == 0 { "R".to_owned() } else { self.year.to_string() }, self.class)
    }

    fn cells(&self) -> [String; 9] {
        let [premium, send, eal] = self.flags.map(|flag| if flag { "Yes" } else { "No" }.to_owned());
        let gender = if self.female { "Female" } else { "Male" }.to_owned();
        let ethnicity = ETHNICITIES[self.ethnicity].to_owned();
        let (year, class) = (YEARS[self.year].to_owned(), self.class_name());
        [self.name.clone(), self.username.clone(), year, class, gender, premium, ethnicity, send, eal]
    }
}

/// Two schools and their children.
struct World {
    chance: Chance,
    with_ids: bool,
    made: usize,
    /// The names of children who were replaced by a second child with the same name.
    replaced: BTreeSet<String>,
    schools: [Vec<Child>; 2],
}

impl World {
    fn new(seed: u64, with_ids: bool) -> Self {
        let mut world = Self {
            chance: Chance(seed),
            with_ids,
            made: 0,
            replaced: BTreeSet::new(),
            schools: [Vec::new(), Vec::new()],
        };
        for school in 0..2 {
            for year in 0..YEARS.len() {
                (0..IN_A_YEAR).for_each(|_| world.joins(school, year));
            }
        }
        world
    }

    /// Adds a new child. With ids, several children may have the same name. Without ids, nothing else might distinguish
    /// such children, so each child has a different name.
    fn joins(&mut self, school: usize, year: usize) {
        let number = self.made;
        self.made += 1;
        let forename = FORENAMES[self.chance.below(FORENAMES.len())];
        let surname = SURNAMES[self.chance.below(SURNAMES.len())];
        let name = match self.with_ids {
            true => format!("{forename} {surname}"),
            false => format!("{forename} {surname}-{}", letters(number)),
        };
        let child = Child {
            number,
            username: String::new(),
            name,
            year,
            class: ['A', 'B'][number % 2],
            female: self.chance.below(2) == 0,
            ethnicity: self.chance.below(ETHNICITIES.len()),
            flags: [self.chance.below(4) == 0, self.chance.below(6) == 0, self.chance.below(5) == 0],
        };
        self.enters(school, child);
    }

    /// Adds a child to a school, with a username that no other child there has.
    fn enters(&mut self, school: usize, mut child: Child) {
        let taken: BTreeSet<&str> = self.schools[school].iter().map(|other| other.username.as_str()).collect();
        let usernames = (0..).map(|n| if n == 0 { child.name.clone() } else { format!("{} {n}", child.name) });
        child.username = usernames.into_iter().find(|name| !taken.contains(name.as_str())).unwrap();
        self.schools[school].push(child);
    }

    /// The oldest year leaves, the others move up, and a new year joins.
    fn september(&mut self, school: usize) {
        self.schools[school].retain(|child| child.year + 1 < YEARS.len());
        self.schools[school].iter_mut().for_each(|child| child.year += 1);
        (0..IN_A_YEAR).for_each(|_| self.joins(school, 0));
    }

    /// A few children join, leave, change class or school, get a different value, or are replaced by a child with the
    /// same name.
    fn winter(&mut self) {
        let made = self.made;
        // A replacement comes first, so that nothing else happens to the replaced child in the same plan.
        for school in 0..2 {
            let index = self.chance.below(2 * self.schools[school].len());
            if index < self.schools[school].len() {
                self.replaced(school, index);
            }
        }
        for school in 0..2 {
            for _ in 0..3 {
                let index = self.chance.below(self.schools[school].len());
                match self.chance.below(6) {
                    0 => drop(self.schools[school].remove(index)),
                    1 => self.joins(school, index % YEARS.len()),
                    2 => {
                        let child = self.schools[school].remove(index);
                        self.enters(1 - school, child);
                    }
                    // A child who just replaced another stays in this class, because the class distinguishes the two.
                    3 if self.schools[school][index].number < made => {
                        self.schools[school][index].class = ['B', 'A'][index % 2];
                    }
                    4 => self.schools[school][index].flags[1] ^= true,
                    _ => self.schools[school][index].flags[2] ^= true,
                }
            }
        }
    }

    /// Replaces a child by a new child who has the same name, username and year, and a different class, gender and
    /// ethnicity.
    fn replaced(&mut self, school: usize, index: usize) {
        // A third child with the name might be like the first child, whose account would then be in a conflict.
        if !self.replaced.insert(self.schools[school][index].name.clone()) {
            return;
        }
        let gone = self.schools[school].remove(index);
        let number = self.made;
        self.made += 1;
        let class = if gone.class == 'A' { 'B' } else { 'A' };
        let ethnicity = (gone.ethnicity + 1) % ETHNICITIES.len();
        self.schools[school].push(Child { number, class, ethnicity, female: !gone.female, ..gone });
    }

    fn roster(&self, children: &[Child]) -> Roster {
        let record = |child: &Child| {
            let record = Record::new(child.cells());
            match self.with_ids {
                true => record
                    .source_id(format!("A{}", child.number))
                    .upn(crate::plan_properties::valid_upn(801, child.number)),
                false => record,
            }
        };
        match self.with_ids {
            true => Reader::new().read_records(children.iter().map(record)).unwrap(),
            false => {
                let rows: Vec<String> = children.iter().map(|child| child.cells().join(",")).collect();
                let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
                Reader::new().read_bytes(crate::file(&rows)).unwrap()
            }
        }
    }

    /// Returns the files that an office may send by mistake. They list this school's children of today or of a year
    /// ago, children of the other school, or children with wrong values.
    fn wrong_files(&mut self, school: usize, last_year: &[Child]) -> Vec<(&'static str, Roster)> {
        let (own, other) = (self.schools[school].clone(), self.schools[1 - school].clone());
        let mut half = own.clone();
        self.chance.shuffle(&mut half);
        half.truncate(own.len() / 2);
        let mut both = own.clone();
        for child in &other {
            let username = format!("{} of the other", child.username);
            both.push(Child { username, ..child.clone() });
        }
        let mut sorted = |set: fn(&mut Child, &Child)| {
            let mut from = own.clone();
            self.chance.shuffle(&mut from);
            let mut children = own.clone();
            children.iter_mut().zip(&from).for_each(|(child, from)| set(child, from));
            children
        };
        let scrambled = [
            ("a year alone", sorted(|child, from| child.year = from.year)),
            ("an ethnicity alone", sorted(|child, from| child.ethnicity = from.ethnicity)),
            ("a gender alone", sorted(|child, from| child.female = from.female)),
            ("years filled down", own.iter().map(|child| Child { year: 2, ..child.clone() }).collect()),
            ("genders filled down", own.iter().map(|child| Child { female: true, ..child.clone() }).collect()),
            ("no flag", own.iter().map(|child| Child { flags: [false; 3], ..child.clone() }).collect()),
        ];
        let mut files = vec![
            ("another school's", self.roster(&other)),
            ("another school's, as partial", self.roster(&other).into_partial()),
            ("last year's", self.roster(last_year)),
            ("half", self.roster(&half)),
            ("two schools", self.roster(&both)),
            ("nobody", self.roster(&[])),
        ];
        files.extend(scrambled.into_iter().map(|(name, children)| (name, self.roster(&children))));
        files
    }
}

/// Returns a number as letters, because a name has no digits.
fn letters(number: usize) -> String {
    format!("{:04}", number).bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect()
}

/// One school's accounts as the host stores them, with the child to whom each belongs.
struct Kept {
    accounts: Accounts,
    owners: BTreeMap<String, usize>,
}

impl Kept {
    fn plan(&self, roster: &Roster, today: NaiveDate) -> Result<Plan, PlannerError> {
        Planner::new().leaving_years([YearGroup::Year(6)]).today(today).plan(&self.accounts, roster)
    }

    /// Applies the plan for a right file. The plan is accepted and can be undone, and no child gets another's account.
    fn takes(&mut self, children: &[Child], roster: &Roster, today: NaiveDate) -> Result<(), TestCaseError> {
        let plan = match self.plan(roster, today) {
            Ok(plan) => plan,
            Err(error) => return Err(TestCaseError::fail(format!("{today}: {error}"))),
        };
        let stored = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
        let after = stored.apply(self.accounts.clone()).unwrap();
        let undone = stored.reverse(after.clone()).unwrap();
        prop_assert_eq!(undone.to_json_with_passwords(), self.accounts.to_json_with_passwords());
        for change in plan.of_kind(ChangeKind::Join) {
            // A joiner's account belongs to the child in the row.
            let account = change.account();
            let is_it = |child: &&Child| match account.source_id {
                Some(id) => id == format!("A{}", child.number),
                None => same(&account.cells(), child),
            };
            let number = children.iter().find(is_it).map(|child| child.number);
            self.owners.insert(account.username.to_owned(), number.unwrap());
        }
        let unclear: BTreeSet<&str> =
            plan.conflicts().iter().flat_map(|c| &c.accounts).map(|entry| entry.username.as_str()).collect();
        for account in after.iter().filter(|account| account.active && !unclear.contains(account.username)) {
            let owner = self.owners[account.username];
            let is_theirs = |child: &Child| {
                let has_id = account.source_id.is_none_or(|id| id == format!("A{owner}"));
                child.number == owner && has_id && same(&account.cells(), child)
            };
            prop_assert!(children.iter().any(is_theirs), "{today}: another's account\n{}", plan.diff());
        }
        self.accounts = after;
        Ok(())
    }
}

/// Whether the cells, apart from the username, have the values of a child.
fn same(cells: &[&str; 9], child: &Child) -> bool {
    let own = child.cells();
    (0..9).filter(|cell| *cell != 1).all(|cell| cells[cell] == own[cell])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn refuses_wrong_files_and_accepts_right_files_over_several_years(seed in any::<u64>(), with_ids in any::<bool>()) {
        let mut world = World::new(seed, with_ids);
        let empty = || Kept { accounts: Accounts::from_rows([], SignIn::Password).unwrap(), owners: BTreeMap::new() };
        let mut kept = [empty(), empty()];
        let mut last_year: [Vec<Child>; 2] = world.schools.clone();
        let day = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        for year in 2026..2029 {
            for (month, event) in [(9, "September"), (12, "winter"), (7, "July")] {
                let today = if event == "July" { day(year + 1, 7, 23) } else { day(year, month, 3) };
                for school in 0..2 {
                    match event {
                        "September" if year > 2026 => world.september(school),
                        // The leavers are taken off roll before the other years move up.
                        "July" => world.schools[school].retain(|child| child.year != 6),
                        _ => {}
                    }
                }
                if event == "winter" {
                    world.winter();
                }
                for school in 0..2 {
                    let children = world.schools[school].clone();
                    let roster = world.roster(&children);
                    kept[school].takes(&children, &roster, today)?;
                    let again = kept[school].plan(&roster, today).unwrap();
                    prop_assert!(again.is_empty(), "{today}: {}", again.diff());
                    if event == "July" || year == 2026 {
                        continue;
                    }
                    for (name, file) in world.wrong_files(school, &last_year[school]) {
                        let plan = kept[school].plan(&file, today);
                        let is_harmless = match &plan {
                            Err(PlannerError::Refused(_)) => true,
                            // These changes are so few that no limit can distinguish them from usual ones.
                            Ok(plan) => plan.len() <= 5,
                            Err(_) => false,
                        };
                        prop_assert!(is_harmless, "{today}, {name}: {:?}", plan.map(|plan| plan.diff()));
                    }
                }
                if event == "winter" {
                    last_year = world.schools.clone();
                }
            }
        }
    }
}
