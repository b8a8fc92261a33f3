//! Rosters to measure with, the same at every run: so many students with emails as usernames, 3% of
//! the cells that may be quoted, accents in one name of ten.

/// A roster of so many students, every row right, for signing in with SSO.
pub fn roster(students: u32) -> Vec<u8> {
    const FIRST: [&str; 10] =
        ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Zoë", "Muhammad", "Grace", "Theo", "Aisha"];
    const LAST: [&str; 8] = ["Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum"];
    const ETHNICITY: [&str; 6] = ["WBRI", "AIND", "BAFR", "MWBC", "NOBT", "WEEU"];
    let mut random = Random(0x5EED);
    let mut text = onroll::template_csv();
    for student in 0..students {
        let first = random.of(&FIRST);
        let last = random.of(&LAST);
        let year = student % 13 + 1;
        let class =
            if random.below(100) < 3 { format!("\"{year}B, Room {}\"", random.below(9)) } else { format!("{year}B") };
        let gender = random.of(&["Male", "Female"]);
        let [premium, send, eal] = [(); 3].map(|()| random.of(&["No", "No", "No", "Yes"]));
        let ethnicity = random.of(&ETHNICITY);
        text.push_str(&format!(
            "{first} {last},p{student:07}@school{}.sch.uk,Year {year},{class},{gender},{premium},{ethnicity},{send},{eal}\r\n",
            student % 300
        ));
    }
    text.into_bytes()
}

/// A small generator, so that the rosters need no other.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}
