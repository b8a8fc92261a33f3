//! Rosters for the benchmarks. For the same shape and number of students, the bytes are always the same. A longer
//! roster begins with the rows of a shorter roster.
//!
//! Every name is put together at random from lists of common first and family names.

use onroll::SignIn;

/// A kind of roster, as one kind of school system exports it. Every row is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// Short names, 10% of them with an accent, and school emails of 30 bytes. Do not change this shape, because older
    /// figures use it.
    Usual,
    /// The usual students with slightly longer, unique names. The usernames are the full names.
    FullNames,
    /// Three-part names, 45% of them with an accent, and the usual emails. A third of the students are Non-Binary, and
    /// each flag is Yes in half of the rows.
    ThreePartNames,
    /// Two-part names. The usernames are ids from the school's own system: digits, or letters and digits.
    SchoolIds,
    /// Long double-barrelled names, and emails of 40 to 60 bytes.
    LongUsernames,
    /// Two-part names and the usual emails. Every field is in quotes, and lines end with LF.
    QuotedFields,
}

impl Shape {
    /// Every shape, the usual one first.
    pub const ALL: [Self; 6] =
        [Self::Usual, Self::FullNames, Self::ThreePartNames, Self::SchoolIds, Self::LongUsernames, Self::QuotedFields];

    /// Returns the name of the shape in tables: `"three-part names"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::FullNames => "full names",
            Self::ThreePartNames => "three-part names",
            Self::SchoolIds => "school ids",
            Self::LongUsernames => "long usernames",
            Self::QuotedFields => "quoted fields",
        }
    }

    /// Returns the way of signing in that suits the usernames.
    pub fn sign_in(self) -> SignIn {
        match self {
            Self::FullNames | Self::SchoolIds => SignIn::Password,
            _ => SignIn::Sso,
        }
    }

    /// Returns a roster of this many students as CSV.
    pub fn roster(self, students: u32) -> Vec<u8> {
        self.csv((0..students).map(|student| self.row(student)))
    }

    fn row(self, student: u32) -> Row {
        match self {
            Self::Usual | Self::FullNames => usual_row(student, self, 'B'),
            _ => varied_row(student, self),
        }
    }

    fn csv(self, rows: impl Iterator<Item = Row>) -> Vec<u8> {
        let line_end = if self == Self::QuotedFields { "\n" } else { "\r\n" };
        let mut text = String::new();
        let mut add_line = |fields: [&str; 9]| {
            for (index, field) in fields.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                let quote = if self == Self::QuotedFields || field.contains(',') { "\"" } else { "" };
                [quote, field, quote].into_iter().for_each(|part| text.push_str(part));
            }
            text.push_str(line_end);
        };
        add_line(HEADINGS);
        rows.for_each(|row| add_line(row.fields()));
        text.into_bytes()
    }
}

/// Returns a roster of the usual shape some time later: 2% have left, 2% have joined, and 5% have changed class. In
/// each school of a thousand students, no student stays in the same row.
pub fn later(students: u32) -> Vec<u8> {
    const PRIME: u32 = 617;
    let school = students.min(1000);
    let change = (students / 50).max(1);
    let moved_row = |row: u32| row / school * school + row % school * PRIME % school;
    Shape::Usual.csv((0..students).map(|row| {
        let student = change + moved_row(row);
        usual_row(student, Shape::Usual, if student % 20 == 7 { 'C' } else { 'B' })
    }))
}

/// Returns a roster of the usual shape in which every row has a problem: the gender is `M` or `F`.
pub fn messy(students: u32) -> Vec<u8> {
    Shape::Usual.csv((0..students).map(|student| {
        let row = usual_row(student, Shape::Usual, 'B');
        Row { gender: if row.gender == "Male" { "M" } else { "F" }, ..row }
    }))
}

const HEADINGS: [&str; 9] =
    ["Student Full Name", "Username", "Year Group", "Class", "Gender", "Pupil Premium", "Ethnicity", "SEND", "EAL"];

struct Row {
    name: String,
    username: String,
    year: String,
    class: String,
    gender: &'static str,
    premium: &'static str,
    ethnicity: &'static str,
    send: &'static str,
    eal: &'static str,
}

impl Row {
    fn fields(&self) -> [&str; 9] {
        let Self { name, username, year, class, gender, premium, ethnicity, send, eal } = self;
        [name, username, year, class, gender, premium, ethnicity, send, eal]
    }
}

/// Returns a row of the two older shapes. The order of the random draws determines the bytes, so do not change this
/// order.
fn usual_row(student: u32, shape: Shape, form: char) -> Row {
    const FIRST: [&str; 10] =
        ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Zoë", "Muhammad", "Grace", "Theo", "Aisha"];
    const LAST: [&str; 8] = ["Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum"];
    const ETHNICITY: [&str; 6] = ["WBRI", "AIND", "BAFR", "MWBC", "NOBT", "WEEU"];
    // The seed is the student's number, so that a student has the same row in every roster.
    let mut random = Random(u64::from(student) ^ 0x5EED);
    // With four letters, a few students share a name, as in a country. With six letters, names are unique, as usernames
    // must be.
    let letters = if shape == Shape::FullNames { 6 } else { 4 };
    let letter = |index: u32| char::from(b'a' + (student / 26_u32.pow(index) % 26) as u8);
    let ending: String = (0..letters).map(letter).collect();
    let (first, last, ethnicity) = (random.one_of(&FIRST), random.one_of(&LAST), random.one_of(&ETHNICITY));
    let name = format!("{first} {last}{ending}");
    let username = match shape {
        Shape::FullNames => name.clone(),
        _ => pupil_email(student),
    };
    let year = student % 13 + 1;
    let class = match random.below(100) {
        ..3 => format!("{year}{form}, Room {}", random.below(9)),
        _ => format!("{year}{form}"),
    };
    let gender = random.one_of(&["Male", "Female"]);
    let [premium, send, eal] = [(); 3].map(|()| random.one_of(&["No", "No", "No", "Yes"]));
    Row { name, username, year: format!("Year {year}"), class, gender, premium, ethnicity, send, eal }
}

/// Returns a row of the newer shapes.
fn varied_row(student: u32, shape: Shape) -> Row {
    let mut random = Random(u64::from(student) ^ (shape as u64) << 40);
    let accents = if shape == Shape::ThreePartNames { 45 } else { 10 };
    let (name, words) = full_name(&mut random, shape, accents);
    let school = student / 1000;
    let username = match shape {
        Shape::SchoolIds => school_id(student, school),
        Shape::LongUsernames => format!("{}.{}{student:07}@oakfield-trust.example", email(words[0]), email(words[1])),
        _ => pupil_email(student),
    };
    let (year, class) = year_and_class(&mut random, school);
    let (gender, flags): (_, &[&str]) = match shape {
        Shape::ThreePartNames => (random.one_of(&["Male", "Female", "Non-Binary"]), &["No", "Yes"]),
        _ if random.below(100) < 2 => ("Non-Binary", &["No", "No", "No", "Yes"]),
        _ => (random.one_of(&["Male", "Female"]), &["No", "No", "No", "Yes"]),
    };
    let [premium, send, eal] = [(); 3].map(|()| random.one_of(flags));
    Row { name, username, year, class, gender, premium, ethnicity: random.one_of(&ETHNICITY), send, eal }
}

/// Returns a full name, and two of its words for an email address. `accents` is the percentage of names that have an
/// accented letter.
fn full_name(random: &mut Random, shape: Shape, accents: u64) -> (String, [&'static str; 2]) {
    // One word of the name has the accent: the first, the last, or the middle one if there is one.
    let words = if shape == Shape::ThreePartNames { 3 } else { 2 };
    let accented = if random.below(100) < accents { random.below(words) } else { words };
    let first = match (accented, shape) {
        (0, _) => random.one_of(&ACCENTED_FIRST),
        (_, Shape::LongUsernames) => random.one_of(&LONG_FIRST),
        _ => random.one_of(&FIRST),
    };
    let last = match (accented, shape) {
        (1, _) => random.one_of(&ACCENTED_LAST),
        (_, Shape::LongUsernames) => random.one_of(&LONG_LAST),
        _ => random.one_of(&LAST),
    };
    let name = match shape {
        Shape::LongUsernames => {
            format!("{first} {} {last}-{}", random.one_of(&LONG_FIRST), random.one_of(&LONG_LAST))
        }
        Shape::ThreePartNames if accented == 2 => format!("{first} {} {last}", random.one_of(&ACCENTED_FIRST)),
        Shape::ThreePartNames => format!("{first} {} {last}", random.one_of(&FIRST)),
        _ => format!("{first} {last}"),
    };
    (name, [first, last])
}

/// Returns a name as it is written in an email address: in lower case, without accents and apostrophes.
fn email(name: &str) -> String {
    let plain = |letter| match letter {
        'á' | 'ã' => Some('a'),
        'ç' => Some('c'),
        'é' | 'è' | 'ë' | 'ê' | 'ễ' => Some('e'),
        'í' | 'ï' => Some('i'),
        'ł' => Some('l'),
        'ñ' | 'ń' => Some('n'),
        'ó' | 'ö' | 'ø' => Some('o'),
        'ř' => Some('r'),
        'ş' | 'š' => Some('s'),
        'ü' | 'ú' => Some('u'),
        _ => Some(letter).filter(char::is_ascii_alphanumeric),
    };
    name.chars().flat_map(char::to_lowercase).filter_map(plain).collect()
}

/// Returns an id like one from a school's own system: digits, or letters and digits, in no particular order.
fn school_id(student: u32, school: u32) -> String {
    // The prime is larger than any roster's length, so no number comes twice.
    const PRIME: u64 = 10_000_019;
    let number = u64::from(student) * 7919 % PRIME;
    match school % 3 {
        0 => format!("{}", 20_000_000 + number),
        1 => format!("OAK-{number:08}-{}", ["A", "B", "C"][number as usize % 3]),
        _ => format!("s{number:08}"),
    }
}

fn pupil_email(student: u32) -> String {
    format!("pupil.{student:07}@school{:03}.sch.uk", student % 300)
}

/// Returns a year group from Reception to Year 13 and a class, each as the school spells them.
fn year_and_class(random: &mut Random, school: u32) -> (String, String) {
    let number = random.below(14);
    let year = match (number, school % 3) {
        (0, 0) => "Reception".to_owned(),
        (0, _) => "R".to_owned(),
        (_, 0) => format!("Year {number}"),
        (_, 1) => number.to_string(),
        _ => format!("Y{number}"),
    };
    let start = if number == 0 { "R".to_owned() } else { number.to_string() };
    let class = match (random.below(100), school % 4) {
        (..3, _) => format!("{}, Room {}", random.one_of(&TREES), random.below(9) + 1),
        (_, 0 | 1) => format!("{start}{}", random.one_of(&["A", "B", "C", "D", "E"])),
        (_, 2) => format!(
            "{start}{}/{}{}",
            random.one_of(&["X", "Y"]),
            random.one_of(&["En", "Ma", "Sc", "Hu"]),
            random.below(5) + 1
        ),
        _ => random.one_of(&TREES).to_owned(),
    };
    (year, class)
}

#[rustfmt::skip]
const FIRST: [&str; 40] = [
    "Amelia", "Noah", "Isla", "Oliver", "Freya", "Muhammad", "Grace", "Theo", "Aisha", "Leo", "Ava", "Arthur",
    "Ivy", "Jack", "Mia", "Ibrahim", "Lily", "Henry", "Zara", "Oscar", "Poppy", "Yusuf", "Evie", "Kai", "Fatima",
    "Harry", "Ruby", "Adam", "Sofia", "Jo", "Maryam", "Samuel", "Priya", "Elijah", "Hannah", "Rohan", "Beatrice",
    "Kwame", "Charlotte", "Alexander",
];
#[rustfmt::skip]
const LAST: [&str; 40] = [
    "Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum", "Taylor", "Ali", "Brown", "Singh",
    "Williams", "Ahmed", "Wilson", "Kaur", "Evans", "Hussain", "Thomas", "Mensah", "Roberts", "Chen", "Walker",
    "Adeyemi", "Wright", "Rahman", "Green", "Popescu", "Hall", "Silva", "Wood", "Li", "Clarke", "Fernandez",
    "Hughes", "Ivanova", "Edwards", "Sharma", "Thompson", "MacDonald",
];
const ACCENTED_FIRST: [&str; 12] =
    ["Zoë", "Chloé", "José", "Renée", "Noémie", "Søren", "Łucja", "Seán", "Siân", "Anaïs", "Thérèse", "Jürgen"];
#[rustfmt::skip]
const ACCENTED_LAST: [&str; 12] = [
    "Núñez", "García", "Müller", "Wójcik", "Şahin", "Kovář", "Nguyễn", "Gonçalves", "Poznański", "Jönsson",
    "Horváth", "Conceição",
];
#[rustfmt::skip]
const LONG_FIRST: [&str; 10] = [
    "Maximilian", "Christopher", "Alexandria", "Evangeline", "Sebastian", "Bartholomew", "Persephone", "Florentina",
    "Augustine", "Rosalinda",
];
#[rustfmt::skip]
const LONG_LAST: [&str; 12] = [
    "Featherby", "Worthington", "Montgomery", "Blackwood", "Abernathy", "Ravenscroft", "Chatterton", "Ellsworth",
    "Whittaker", "Chukwuemeka", "Krishnamurthy", "Papadopoulos",
];
const TREES: [&str; 12] =
    ["Oak", "Ash", "Birch", "Elm", "Willow", "Rowan", "Hazel", "Maple", "Hawthorn", "Sycamore", "Beech", "Holly"];
#[rustfmt::skip]
const ETHNICITY: [&str; 40] = [
    "WBRI", "WCOR", "WENG", "WWEL", "WIRI", "WIRT", "WROM", "WOTH", "WALB", "WITA", "WPOR", "WTUR", "WEEU", "WWEU",
    "MWBC", "MWBA", "MWAS", "MWAP", "MOTH", "MABL", "MWCH", "AIND", "APKN", "AMPK", "ABAN", "AOTH", "AAFR", "ANEP",
    "ASLT", "BCRB", "BAFR", "BANN", "BGHA", "BNGN", "BOTH", "CHNE", "OOTH", "OARA", "REFU", "NOBT",
];

/// A small pseudorandom generator, so that the rosters do not depend on a library's generator.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64 without its last multiplication.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)) % end
    }

    fn one_of(&mut self, list: &[&'static str]) -> &'static str {
        list[self.below(list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use onroll::{Reader, Roster};

    use super::*;

    /// The number of students in several schools. Each thousand students form a school, which spells its years in its
    /// own way.
    const STUDENTS: u32 = 6_000;

    fn read(shape: Shape) -> Roster {
        Reader::new().sign_in(shape.sign_in()).read_bytes(shape.roster(STUDENTS)).unwrap()
    }

    /// Returns the percentage of students of the shape for whom `is_so` holds.
    fn share(shape: Shape, is_so: impl Fn(&onroll::Student<'_>) -> bool) -> f64 {
        let roster = read(shape);
        100.0 * roster.iter().filter(is_so).count() as f64 / roster.len() as f64
    }

    #[test]
    fn rosters_of_every_shape_are_read_without_problems() {
        for shape in Shape::ALL {
            let roster = read(shape);
            assert_eq!(roster.len(), STUDENTS as usize, "{shape:?}");
            assert!(roster.report().problems().is_empty(), "{shape:?}: {}", roster.report().text());
        }
    }

    #[test]
    fn the_usernames_in_a_roster_are_unique() {
        for shape in Shape::ALL {
            let roster = read(shape);
            let usernames: HashSet<_> = roster.iter().map(|student| student.username.to_lowercase()).collect();
            assert_eq!(usernames.len(), roster.len(), "{shape:?}");
        }
    }

    #[test]
    fn every_call_generates_the_same_bytes() {
        for shape in Shape::ALL {
            let roster = shape.roster(STUDENTS);
            assert_eq!(roster, shape.roster(STUDENTS), "{shape:?}");
            assert!(roster.starts_with(&shape.roster(STUDENTS / 2)), "{shape:?}");
        }
        assert_eq!(later(STUDENTS), later(STUDENTS));
        assert_eq!(messy(STUDENTS), messy(STUDENTS));
    }

    #[test]
    fn the_headings_are_the_same_as_in_the_template() {
        assert_eq!(Shape::Usual.roster(0), onroll::template_csv().into_bytes());
    }

    /// Older figures are comparable only while these rows stay as they are.
    #[test]
    fn the_rows_of_the_two_oldest_shapes_never_change() {
        let row = |shape: Shape| {
            let text = String::from_utf8(shape.roster(2)).unwrap();
            text.lines().last().unwrap().to_owned()
        };
        let codes = "Year 2,2B,Male,No,WEEU,No,No";
        assert_eq!(row(Shape::Usual), format!("Theo Jonesbaaa,pupil.0000001@school001.sch.uk,{codes}"));
        assert_eq!(row(Shape::FullNames), format!("Theo Jonesbaaaaa,Theo Jonesbaaaaa,{codes}"));
    }

    #[test]
    fn the_later_roster_keeps_98_percent_of_the_usual_students() {
        let reader = Reader::new().sign_in(SignIn::Sso);
        let now = read(Shape::Usual);
        let before: HashSet<_> = now.iter().map(|student| student.username.to_owned()).collect();
        let after = reader.read_bytes(later(STUDENTS)).unwrap();
        let stayed = after.iter().filter(|student| before.contains(student.username)).count();
        assert_eq!(stayed, STUDENTS as usize * 98 / 100);
        assert_eq!(reader.check_bytes(messy(STUDENTS)).error_count(), u64::from(STUDENTS));
    }

    #[test]
    fn each_shape_has_the_described_share_of_names_with_accents() {
        let has_accent = |student: &onroll::Student<'_>| !student.full_name.is_ascii();
        for shape in Shape::ALL {
            let expected = if shape == Shape::ThreePartNames { 40.0..=50.0 } else { 7.0..=13.0 };
            let share = share(shape, has_accent);
            assert!(expected.contains(&share), "{shape:?}: {share}%");
        }
    }

    #[test]
    fn a_third_of_students_with_three_part_names_are_non_binary() {
        let share = |shape| share(shape, |student| student.gender == Some(onroll::values::Gender::NonBinary));
        assert!((30.0..=37.0).contains(&share(Shape::ThreePartNames)));
        assert!((1.0..=3.0).contains(&share(Shape::SchoolIds)));
    }

    #[test]
    fn about_half_of_the_students_with_three_part_names_have_each_flag() {
        let is_premium = |student: &onroll::Student<'_>| student.pupil_premium;
        let has_send = |student: &onroll::Student<'_>| student.send;
        let has_eal = |student: &onroll::Student<'_>| student.eal;
        for flag in [is_premium, has_send, has_eal] {
            assert!((45.0..=55.0).contains(&share(Shape::ThreePartNames, flag)));
            assert!((20.0..=30.0).contains(&share(Shape::LongUsernames, flag)));
        }
    }

    #[test]
    fn full_names_have_the_described_form() {
        assert!(read(Shape::ThreePartNames).iter().all(|student| student.full_name.split(' ').count() == 3));
        assert!(read(Shape::LongUsernames).iter().all(|student| student.full_name.contains('-')));
        assert!(read(Shape::FullNames).iter().all(|student| student.full_name == student.username));
        assert!(read(Shape::SchoolIds).iter().all(|student| student.full_name != student.username));
    }

    #[test]
    fn usernames_have_the_described_form() {
        for (shape, lengths) in [(Shape::Usual, 30..=30), (Shape::LongUsernames, 40..=60)] {
            assert!(read(shape).iter().all(|student| lengths.contains(&student.username.len())), "{shape:?}");
        }
        let digits = share(Shape::SchoolIds, |student| student.username.bytes().all(|byte| byte.is_ascii_digit()));
        assert!((30.0..=50.0).contains(&digits), "{digits}%");
    }

    #[test]
    fn the_quoted_fields_roster_quotes_every_field_and_ends_lines_with_lf() {
        let text = String::from_utf8(Shape::QuotedFields.roster(STUDENTS)).unwrap();
        assert!(!text.contains('\r'));
        for line in text.lines() {
            assert!(line.starts_with('"') && line.ends_with('"') && line.split("\",\"").count() == 9, "{line}");
        }
    }

    #[test]
    fn newer_shapes_have_varied_years_and_classes_and_ethnicities() {
        for shape in Shape::ALL.into_iter().filter(|shape| !matches!(shape, Shape::Usual | Shape::FullNames)) {
            let roster = read(shape);
            let years: HashSet<_> = roster.iter().map(|student| student.national_year()).collect();
            assert_eq!(years.len(), 14, "{shape:?}");
            let ethnicities: HashSet<_> = roster.iter().map(|student| student.cells()[6]).collect();
            assert_eq!(ethnicities.len(), ETHNICITY.len(), "{shape:?}");
            let classes: HashSet<_> = roster.iter().map(|student| student.class_name).collect();
            for class in ["7B", "10X/En1", "Oak"] {
                assert!(classes.contains(class), "{shape:?}: {class}");
            }
            assert!(classes.iter().any(|class| class.starts_with("Oak, Room ")), "{shape:?}");
        }
    }
}
