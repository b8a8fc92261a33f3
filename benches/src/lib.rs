//! Rosters to measure with, the same at every run, and what is measured on them: by criterion while one works on
//! the code, and by `results` for RESULTS.md.

pub mod jobs;
pub mod ready;
pub mod wonde;

/// What the usernames of a roster are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usernames {
    /// School emails, for signing in by SSO.
    Emails,
    /// The full names, for signing in with passwords.
    FullNames,
}

/// So many students, every row right: 3% of the classes in quotes, accents in one name of ten.
pub fn roster(students: u32, usernames: Usernames) -> Vec<u8> {
    rows(0..students, usernames, |_| false)
}

/// A roster with emails, later: 2% have left, 2% have joined, 5% have moved class. Within a school of a thousand
/// nobody stands where they stood.
pub fn later(students: u32) -> Vec<u8> {
    const PRIME: u32 = 617;
    let school = students.min(1000);
    let change = (students / 50).max(1);
    let elsewhere = |place: u32| place / school * school + place % school * PRIME % school;
    let students = (0..students).map(|place| change + elsewhere(place));
    rows(students, Usernames::Emails, |student| student % 20 == 7)
}

/// A roster with emails in which every row has a problem: the school system's own words for gender and ethnicity.
pub fn messy(students: u32) -> Vec<u8> {
    let right = String::from_utf8(roster(students, Usernames::Emails)).unwrap_or_default();
    let mut lines = right.lines();
    let mut text = format!("{}\r\n", lines.next().unwrap_or_default());
    for line in lines {
        text.push_str(&line.replace(",Male,", ",M,").replace(",Female,", ",F,"));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn rows(students: impl Iterator<Item = u32>, usernames: Usernames, moved: impl Fn(u32) -> bool) -> Vec<u8> {
    const FIRST: [&str; 10] =
        ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Zoë", "Muhammad", "Grace", "Theo", "Aisha"];
    const LAST: [&str; 8] = ["Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum"];
    const ETHNICITY: [&str; 6] = ["WBRI", "AIND", "BAFR", "MWBC", "NOBT", "WEEU"];
    let mut text = onroll::template_csv();
    for student in students {
        // Each student's own, so that they are the same in another roster.
        let mut random = Random(u64::from(student) ^ 0x5EED);
        // As many names as a country has, so that few are shared, and as usernames none.
        let letters = if usernames == Usernames::Emails { 4 } else { 6 };
        let letter = |place: u32| char::from(b'a' + (student / 26_u32.pow(place) % 26) as u8);
        let ending: String = (0..letters).map(letter).collect();
        let (first, last, ethnicity) = (random.of(&FIRST), random.of(&LAST), random.of(&ETHNICITY));
        let name = format!("{first} {last}{ending}");
        let username = match usernames {
            Usernames::Emails => format!("pupil.{student:07}@school{:03}.sch.uk", student % 300),
            Usernames::FullNames => name.clone(),
        };
        let year = student % 13 + 1;
        let form = if moved(student) { 'C' } else { 'B' };
        let class = match random.below(100) {
            ..3 => format!("\"{year}{form}, Room {}\"", random.below(9)),
            _ => format!("{year}{form}"),
        };
        let gender = random.of(&["Male", "Female"]);
        let [premium, send, eal] = [(); 3].map(|()| random.of(&["No", "No", "No", "Yes"]));
        text.push_str(&format!(
            "{name},{username},Year {year},{class},{gender},{premium},{ethnicity},{send},{eal}\r\n"
        ));
    }
    text.into_bytes()
}

/// A small generator, so that the rosters need no other.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)) % end
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}
