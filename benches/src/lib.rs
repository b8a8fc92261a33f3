//! Rosters to measure with, the same at every run: so many students with emails as usernames, 3% of
//! the cells that may be quoted, accents in one name of ten.

/// A roster of so many students, every row right, for signing in with SSO.
pub fn roster(students: u32) -> Vec<u8> {
    rows(0..students, |_| false)
}

/// The same schools' roster later: 2% have left, 2% have joined, 5% have moved class. Within a school of a
/// thousand nobody stands where they stood.
pub fn later(students: u32) -> Vec<u8> {
    const SCHOOL: u32 = 1000;
    const PRIME: u32 = 617;
    let change = (students / 50).max(1);
    let elsewhere = |place: u32| place / SCHOOL * SCHOOL + place % SCHOOL * PRIME % SCHOOL;
    rows((0..students).map(|place| change + elsewhere(place)), |student| student % 20 == 7)
}

fn rows(students: impl Iterator<Item = u32>, moved: impl Fn(u32) -> bool) -> Vec<u8> {
    const FIRST: [&str; 10] =
        ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Zoë", "Muhammad", "Grace", "Theo", "Aisha"];
    const LAST: [&str; 8] = ["Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum"];
    const ETHNICITY: [&str; 6] = ["WBRI", "AIND", "BAFR", "MWBC", "NOBT", "WEEU"];
    let mut text = onroll::template_csv();
    for student in students {
        // Each student's own, so that they are the same in another roster.
        let mut random = Random(u64::from(student) ^ 0x5EED);
        // As many names as a country has, so that few are shared.
        let ending: String = (0..4).map(|place| char::from(b'a' + (student >> (5 * place) & 31) as u8 % 26)).collect();
        let (first, last, ethnicity) = (random.of(&FIRST), random.of(&LAST), random.of(&ETHNICITY));
        let year = student % 13 + 1;
        let form = if moved(student) { 'C' } else { 'B' };
        let class = match random.below(100) {
            ..3 => format!("\"{year}{form}, Room {}\"", random.below(9)),
            _ => format!("{year}{form}"),
        };
        let gender = random.of(&["Male", "Female"]);
        let [premium, send, eal] = [(); 3].map(|()| random.of(&["No", "No", "No", "Yes"]));
        text.push_str(&format!(
            "{first} {last}{ending},p{student:07}@school{}.sch.uk,Year {year},{class},{gender},{premium},{ethnicity},{send},{eal}\r\n",
            student % 300
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
