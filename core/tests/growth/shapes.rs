//! Inputs that an attacker would choose. The size of each input grows with a number, such as the number of rows.

use std::hint::black_box;

use chrono::{TimeZone, Utc};
use onroll::account::AccountRow;
use onroll::adapter::{AdapterError, Request, Response};
use onroll::identity::AttemptPolicy;
use onroll::plan::Guard;
use onroll::wonde::{Client, Options, Snapshot};
use onroll::{Accounts, Attempts, Decision, PasswordPolicy, Planner, Reader, Record, Roster, SignIn};

/// One kind of input.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    kind: Kind,
}

enum Kind {
    /// A text file to read.
    File(fn(usize) -> String),
    /// A file to read, which may contain any bytes.
    Bytes(fn(usize) -> Vec<u8>),
    /// For each student, an account and a line of a file. The plan leads from the accounts to the file.
    Plan(fn(usize) -> (AccountRow, String)),
    /// Any other input.
    Other(fn(usize) -> Ready),
}

/// The size of the input, and the work to do with it.
pub(crate) type Ready = (usize, Box<dyn FnOnce()>);

impl Shape {
    /// Whether the input is a file. The cost of each byte is promised only for files.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File(_) | Kind::Bytes(_))
    }

    /// Makes the input of the size that a number gives.
    pub(crate) fn ready(&self, number: usize) -> Ready {
        match self.kind {
            Kind::File(text) => read(text(number).into_bytes()),
            Kind::Bytes(bytes) => read(bytes(number)),
            Kind::Plan(student) => {
                let (accounts, lines): (Vec<_>, Vec<_>) = (0..number).map(student).unzip();
                let text = HEADINGS.to_owned() + &lines.concat();
                plan_of(accounts, Reader::new().read_bytes(text.into_bytes()).expect("a roster"), vec![])
            }
            Kind::Other(ready) => ready(number),
        }
    }
}

fn read(bytes: Vec<u8>) -> Ready {
    (bytes.len(), Box::new(move || drop(black_box(Reader::new().read_bytes(bytes)))))
}

fn plan_of(accounts: Vec<AccountRow>, roster: Roster, decisions: Vec<Decision>) -> Ready {
    let number = accounts.len();
    let accounts = Accounts::from_rows(accounts, SignIn::Password).expect("the accounts load");
    let planner = Planner::new().override_guards(Guard::ALL).decisions(decisions);
    (number, Box::new(move || drop(black_box(planner.plan(&accounts, &roster).expect("a plan")))))
}

const HEADINGS: &str = "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n";

pub(crate) static SHAPES: &[Shape] = &[
    file("good rows", |n| rows(n, |i| format!("Pupil {i},pupil{i}"), REST)),
    file("good rows, quoted", |n| {
        rows(n, |i| format!("\"Pupil {i}\",\"pupil{i}\""), r#""7","7B","Male","No","WBRI","No","No""#)
    }),
    file("the same name in each row", |n| rows(n, |_| "Amelia Smith,Amelia Smith".to_owned(), REST)),
    file("the same name of 480 Cyrillic letters in each row", |n| {
        let name = "Анна".repeat(120);
        rows(n / 32, |_| format!("{name},{name}"), REST)
    }),
    file("names that equal another name with a number after it", |n| {
        rows(n, |i| if i % 2 == 0 { "Amy Li,Amy Li".to_owned() } else { format!("Amy Li,Amy Li {}", i / 2) }, REST)
    }),
    file("names that Excel reads as dates", |n| rows(n, |_| "May,May".to_owned(), "7,7,Male,No,WBRI,No,No")),
    file("the same unknown ethnicity in each row", |n| rows(n, |i| format!("P {i},p{i}"), "7,7B,Male,No,XXXX,No,No")),
    file("a different unknown ethnicity in each row", |n| {
        whole_rows(n, |i| format!("P {i},p{i},7,7B,Male,No,{}isherwood,No,No", letters(i)))
    }),
    file("misspelt ethnicities", |n| {
        whole_rows(n, |i| format!("P {i},p{i},7,7B,Male,No,wh{}te british,No,No", &letters(i)[..2]))
    }),
    file("misspelt genders", |n| whole_rows(n, |i| format!("P {i},p{i},7,7B,Fem{},No,WBRI,No,No", letters(i)))),
    file("values as an MIS writes them", |n| rows(n, |i| format!("P {i},p{i}"), "7,7B,M,Y,White British,K,ENG")),
    file("blank rows", |n| HEADINGS.to_owned() + &",,,,,,,,\r\n".repeat(n)),
    file("line feeds", |n| HEADINGS.to_owned() + &"\n".repeat(n * 8)),
    file("line feeds, then one long line", |n| "\n".repeat(128 << 10) + &"x".repeat(n * 64)),
    file("headings, line feeds, then one long line", |n| {
        HEADINGS.to_owned() + &"\n".repeat(128 << 10) + &"x".repeat(n * 64)
    }),
    file("one long field", |n| format!("{HEADINGS}{}", "x".repeat(n * 16))),
    file("one long quoted field", |n| format!("{HEADINGS}\"{}", "x\n".repeat(n * 8))),
    file("quotes that are not closed", |n| HEADINGS.to_owned() + &"\"a,b,c,d\r\n".repeat(n)),
    file("quotes within quotes", |n| rows(n, |i| format!("\"P \"\"{i}\"\"\",p{i}"), REST)),
    file("a heading row of a,a,a", |n| "a,".repeat(n * 8)),
    file("a heading row with several delimiters", |n| "a,b;c\td|".repeat(n * 2)),
    file("the nine headings, repeated in one row", |n| HEADINGS.replace("\r\n", ",").repeat(n / 8)),
    file("one long heading", |n| "Student Full Nam".repeat(n)),
    file("commas", |n| HEADINGS.to_owned() + &",".repeat(n * 16)),
    file("rows that are too long", |n| rows(n, |i| format!("P {i},p{i}"), "7,7B,Male,No,WBRI,No,No,x,x,x")),
    file("rows that are too short", |n| rows(n, |i| format!("P {i},p{i}"), "7,7B")),
    file("rows whose values are all wrong", |n| rows(n, |i| format!("P {i},p{i}"), "7,7B,x,v,x,v,x")),
    file("rows that slid to the right", |n| rows(n, |i| format!("P {i},p{i}"), ",7,7B,F,N,WBRI,N,N")),
    file("rows that may have slid", |n| rows(n, |i| format!("P {i},p{i}"), ",7,7B,F,N,WBRI,x,x")),
    file("rows that slid to the left", |n| rows(n, |i| format!("P {i}"), "7,7B,F,N,White British,N,N")),
    file("titles above each other", |n| HEADINGS.to_owned() + &"5A\r\nOak,,,,\r\n".repeat(n)),
    file("a class above each student", |n| rows(n, |i| format!("7B\r\nP {i},p{i}"), REST)),
    file("a class above rows whose quotation marks reach across lines", |n| {
        HEADINGS.to_owned() + &"7B\r\nx\",y,\"\r\n".repeat(n)
    }),
    file("a class above students in quotation marks", |n| rows(n, |i| format!("7B\r\n\"P {i}\",\"p\n{i}\""), REST)),
    file("stray spaces", |n| rows(n, |i| format!(" P  {i} ,p{i} "), REST)),
    file("invisible characters", |n| rows(n, |i| format!("\u{200B}P\u{200B} {i},p{i}\u{FEFF}"), REST)),
    file("accents as separate characters", |n| rows(n, |i| format!("Zoe\u{308} {i},p{i}"), REST)),
    file("letters with many accents each", |n| format!("{HEADINGS}Zoe{},zoe,{REST}\r\n", "\u{308}".repeat(n))),
    file("names with more accents than letters", |n| {
        rows(n, |i| format!("{} {i},p{i}", "e\u{345}\u{301}\u{316}".repeat(30)), REST)
    }),
    file("an accent on every second letter of a name and a username", |n| both_names(n, "be\u{301}")),
    file("two accents on each letter of a name and a username", |n| both_names(n, "\u{390}\u{301}bc")),
    file("an extra accent after an accented letter", |n| both_names(n, "b\u{150}\u{301}")),
    file("letters that become three letters in lower case", |n| both_names(n, "\u{1FB7}")),
    file("letters that combine with an accent only in lower case", |n| both_names(n, "\u{1F0}\u{307}b")),
    file("Devanagari letters in separate parts", |n| both_names(n, "\u{958}")),
    file("Hebrew letters that stand for three characters", |n| both_names(n, "\u{FB2C}")),
    file("two scripts in a word", |n| rows(n, |i| format!("\u{410}melia {i},p{i}"), REST)),
    file("usernames that are the names of other students", |n| rows(n, |i| format!("P {i},P {}", i + 1), REST)),
    file("email addresses", |n| rows(n, |i| format!("P {i},p{i}@oak.example"), REST)),
    bytes("only the byte 0x80", |n| vec![0x80; n * 16]),
    bytes("a heading row, then only the byte 0x80", |n| [HEADINGS.as_bytes(), &vec![0x80; n * 16]].concat()),
    bytes("names in Windows-1252", |n| {
        rows(n, |i| format!("Zo\u{1} {i},p{i}"), REST).bytes().map(|b| if b == 1 { 0xEB } else { b }).collect()
    }),
    bytes("letters with two accents in a file that is not UTF-8", |n| {
        let names = format!("{0},{0}{0}", "\u{390}\u{301}bc".repeat(10));
        let row = [names.as_bytes(), &[0xC8; 60], b"\xC2\x81,7,7B,Male,No,WBRI,No,No\r\n"].concat();
        [HEADINGS.as_bytes(), b"\r\n", &row.repeat(n / 16)].concat()
    }),
    bytes("UTF-16", |n| {
        let text = rows(n, |i| format!("Zoë {i},p{i}"), REST);
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    }),
    bytes("each of the 256 byte values", |n| (0..n * 16).map(|i| (i * 7 % 251) as u8).collect()),
    other("writing a corrected file", |n| {
        let text = rows(n, |i| format!(" P {i},p{i}"), "7,7B,M,Y,White British,N,N").into_bytes();
        (text.len(), Box::new(move || drop(black_box(Reader::new().fix_bytes(text, std::io::sink())))))
    }),
    other("accounts that differ only in their apostrophes", |n| {
        let rows: Vec<AccountRow> = (0..n).map(|i| account(&marks(i), "5", "5A")).collect();
        let run =
            move || drop(black_box(Accounts::from_rows(rows, SignIn::Password).map(|a| a.sharing_a_key().count())));
        (n, Box::new(run))
    }),
    other("records with the same source id", |n| {
        let records: Vec<_> = (0..n).map(|i| record("Amy Li", format!("p{i}"), "Male").source_id("A1")).collect();
        (n, Box::new(move || drop(black_box(Reader::new().hold_records(records)))))
    }),
    other("records with the same username", |n| {
        let records: Vec<_> = (0..n).map(|_| record("Amy Li", "amy".to_owned(), "Male")).collect();
        (n, Box::new(move || drop(black_box(Reader::new().hold_records(records)))))
    }),
    plan("a plan: nothing changes", |i| {
        let name = format!("P {i}");
        (account(&name, "7", "7B"), line(&name, &name, "7", "7B"))
    }),
    plan("a plan: everyone moves up a year", |i| {
        let name = format!("P {i}");
        (account(&name, "7", "7B"), line(&name, &name, "8", "8B"))
    }),
    plan("a plan: everyone leaves, and as many join", |i| {
        (account(&format!("P {i}"), "7", "7B"), line(&format!("Q {i}"), &format!("Q {i}"), "7", "7B"))
    }),
    plan("a plan: similar names", |i| {
        let new = format!("Annie {}", letters(i));
        (account(&format!("Anna {}", letters(i)), "7", "7B"), line(&new, &new, "7", "7B"))
    }),
    plan("a plan: students with the same name in distant years", |i| {
        (named("Amy Li", &format!("s{i}"), "9", "9B"), line("Amy Li", &format!("t{i}"), "2", "2B"))
    }),
    plan("a plan: students with the same name in one year", |i| {
        (named("Amy Li", &format!("s{i}"), "7", "7B"), line("Amy Li", &format!("t{i}"), "7", "7B"))
    }),
    plan("a plan: several students want the same username", |i| {
        let username = if i == 0 { "Amy Li".to_owned() } else { format!("Amy Li {}", i + 1) };
        // For each joiner, there is a leaver with the same name and username, but in a distant year.
        (AccountRow { active: false, ..named("Amy Li", &username, "13", "13B") }, line("Amy Li", &username, "7", "7B"))
    }),
    plan("a plan: names that Excel reads as a month", |i| {
        (named("May-", &format!("s{i}"), "9", "9B"), line("May-", &format!("t{i}"), "2", "2B"))
    }),
    plan("a plan: names of many words", |i| {
        let name = |letter: char| format!("{letter} {letter}{letter} ").repeat(16) + &letters(i);
        (account(&name('a'), "7", "7B"), line(&name('b'), &name('b'), "7", "7B"))
    }),
    plan("a plan: usernames of other people", |i| {
        let username = format!("s{i}");
        (named(&format!("Kai P{i}"), &username, "7", "7B"), line(&format!("Amy Q{i}"), &username, "7", "7C"))
    }),
    other("a plan: accounts whose usernames count as the same, applied", |n| {
        let rows: Vec<AccountRow> = (0..n).map(|i| account(&marks(i), "5", "5A")).collect();
        let accounts = Accounts::from_rows(rows, SignIn::Password).expect("the accounts load");
        let roster = Reader::new().read_bytes(rows_of_leavers(n).into_bytes()).expect("a roster");
        let run = move || {
            let plan = Planner::new().override_guards(Guard::ALL).plan(&accounts, &roster).expect("a plan");
            drop(black_box(plan.apply(accounts.clone())));
        };
        (n, Box::new(run))
    }),
    other("a plan: accounts and students with different UPNs", |n| {
        let accounts =
            (0..n).map(|i| AccountRow { upn: Some(upn(2 * i)), ..named("Amy Li", &format!("s{i}"), "7", "7B") });
        let records = (0..n).map(|i| record("Amy Li", format!("t{i}"), "Male").upn(upn(2 * i + 1)));
        plan_of(accounts.collect(), Reader::new().hold_records(records), vec![])
    }),
    plan("a plan: namesakes who fit each other's accounts better", |i| {
        let name = format!("Amy {}", letters(i / 64));
        // Each class is small, so the plan does not learn that one class became the other.
        let [class, other] = [i, i ^ 1].map(|class| format!("C{class}"));
        let username = format!("{name} {i}");
        (named(&name, &username, "7", &class), line(&name, &username, "7", &other))
    }),
    plan("a plan: numbers that were swapped between sisters", |i| {
        let name = |i: usize| format!("A{} Khan", letters(i));
        let username = (1_000_000 + i).to_string();
        (named(&name(i), &username, "7", "7B"), line(&name(i ^ 1), &username, "7", "7B"))
    }),
    other("a plan: source ids that moved along a chain", |n| {
        let name = |i: usize| format!("A{} Khan", letters(i));
        // The last account is a leaver's, and keeps its id. So no account before it can get the next id.
        let accounts = (0..=n).map(|i| AccountRow {
            source_id: Some(format!("S{}", i + 1)),
            upn: Some(upn(i)),
            ..named(&name(i), &name(i), "7", "7B")
        });
        let records =
            (0..n).map(|i| record(&name(i), format!("t{i}"), "Male").upn(upn(i)).source_id(format!("S{}", i + 2)));
        plan_of(accounts.collect(), Reader::new().hold_records(records), vec![])
    }),
    other("a plan: decisions", |n| {
        let accounts = (0..n).map(|i| account(&format!("P {i}"), "7", "7B")).collect();
        let text = rows(n, |i| format!("Q {i},Q {i}"), "7,7B,Female,No,WBRI,No,No");
        let roster = Reader::new().read_bytes(text.into_bytes()).expect("a roster");
        let decision = |i: usize| match i % 3 {
            0 => Decision::same(format!("P {i}").as_str(), format!("Q {i}").as_str()),
            1 => Decision::different("P 1", format!("Q {i}").as_str()),
            _ => Decision::rename(format!("P {i}").as_str(), format!("R {}", i % 100)),
        };
        plan_of(accounts, roster, (0..n).map(decision).collect())
    }),
    other("a plan: students with the same name whose records have an error", |n| {
        let accounts = (0..n).map(|i| named("Amy Li", &format!("s{i}"), "7", "7B")).collect();
        // A third of the records cannot be read, so their students are held.
        let gender = |i: usize| if i % 3 == 0 { "?" } else { "Male" };
        let records = (0..n).map(|i| record("Amy Li", format!("t{i}"), gender(i)));
        plan_of(accounts, Reader::new().hold_records(records), vec![])
    }),
    other("a roster from Wonde: the same name for each student", |n| {
        let snapshot = snapshot(n);
        (n, Box::new(move || drop(black_box(snapshot.roster(&Options::new())))))
    }),
    other("wrong passwords for one username", |n| {
        let accounts = (0..n).map(|i| account(&format!("P {i}"), "7", "7B"));
        let accounts = Accounts::from_rows(accounts, SignIn::Password).expect("the accounts load");
        let guess = move || {
            let (mut attempts, policy) =
                (Attempts::new(), AttemptPolicy::new().school_a_day(u32::MAX).expect("a policy"));
            let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).single().expect("a time");
            for i in 0..200 {
                let _ = black_box(attempts.sign_in(&policy, &accounts, &format!("p {i}"), "????", now));
            }
        };
        (n, Box::new(guess))
    }),
    other("wrong passwords for many usernames", |n| {
        let guess = move || {
            let (mut attempts, policy) =
                (Attempts::new(), AttemptPolicy::new().school_a_day(u32::MAX).expect("a policy"));
            let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).single().expect("a time");
            for i in 0..n {
                let _ = black_box(attempts.begin(&policy, &format!("p {i}"), now));
            }
        };
        (n, Box::new(guess))
    }),
    other("passwords", |n| (n, Box::new(move || drop(black_box(PasswordPolicy::default().generate(2 * n)))))),
];

const REST: &str = "7,7B,Male,No,WBRI,No,No";

const fn file(name: &'static str, text: fn(usize) -> String) -> Shape {
    Shape { name, kind: Kind::File(text) }
}

const fn bytes(name: &'static str, bytes: fn(usize) -> Vec<u8>) -> Shape {
    Shape { name, kind: Kind::Bytes(bytes) }
}

const fn plan(name: &'static str, student: fn(usize) -> (AccountRow, String)) -> Shape {
    Shape { name, kind: Kind::Plan(student) }
}

const fn other(name: &'static str, ready: fn(usize) -> Ready) -> Shape {
    Shape { name, kind: Kind::Other(ready) }
}

/// Returns a file of rows. Each row has two fields from `names`, and then `rest`.
fn rows(number: usize, names: impl Fn(usize) -> String, rest: &str) -> String {
    whole_rows(number, |i| format!("{},{rest}", names(i)))
}

fn whole_rows(number: usize, row: impl Fn(usize) -> String) -> String {
    (0..number).fold(HEADINGS.to_owned(), |text, i| text + &row(i) + "\r\n")
}

/// Returns a file of rows whose names and usernames are long and repeat one text.
fn both_names(number: usize, text: &str) -> String {
    let text = text.repeat(50);
    rows(number / 8, |i| format!("{text} {i},{text}x{i}"), REST)
}

/// Returns a school in which all students have the same name, as Wonde sends it in pages of 200.
fn snapshot(number: usize) -> Snapshot {
    const LAST: &str = r#""meta": {"pagination": {"next": null, "more": false}}"#;
    let student = |i: usize| format!(r#"{{"id": "A{i}", "forename": "Amy", "surname": "Li", "gender": "FEMALE"}}"#);
    let adapter = move |request: Request| {
        let page = |page: usize| {
            let students: Vec<String> = (page * 200..number.min(page * 200 + 200)).map(student).collect();
            let next = format!("{}?page={}", request.url().split('?').next().unwrap_or_default(), page + 2);
            let meta = match page * 200 + 200 < number {
                true => format!(r#""meta": {{"pagination": {{"next": "{next}", "more": true}}}}"#),
                false => LAST.to_owned(),
            };
            format!(r#"{{"data": [{}], {meta}}}"#, students.join(","))
        };
        let path = request.url().split('?').next().unwrap_or_default();
        let asked = request.url().rsplit_once("page=").and_then(|(_, page)| page.parse().ok()).unwrap_or(1_usize);
        let body = match path.rsplit('/').next() {
            Some("students") => page(asked.saturating_sub(1)),
            Some("A1") => r#"{"data": {"id": "A1", "name": "Oak Primary"}}"#.to_owned(),
            _ => format!(r#"{{"data": [], {LAST}}}"#),
        };
        Ok::<_, AdapterError>(Response::new(200, body))
    };
    Client::new("token").expect("a token").snapshot(&adapter, "A1", None).expect("a snapshot")
}

/// Returns a file that has none of the students named by `marks`.
fn rows_of_leavers(number: usize) -> String {
    rows(number, |i| format!("Q {i},Q {i}"), "7,7B,Female,No,WBRI,No,No")
}

/// Returns a valid UPN for a number.
fn upn(number: usize) -> String {
    let digits = format!("801200{number:06}");
    let sum: usize = (2..).zip(digits.bytes()).map(|(weight, digit)| weight * usize::from(digit - b'0')).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

/// Returns a word of letters for a number.
fn letters(mut number: usize) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

/// Returns one of the 1,771,561 spellings of a name that all have the same key.
fn marks(mut number: usize) -> String {
    const MARKS: [char; 11] = ['\'', '`', '\u{B4}', '\u{2B9}', '\u{2BB}', '\u{2BC}', '‘', '’', '‛', '′', '＇'];
    let mut name = "O".to_owned();
    for _ in 0..6 {
        name.push(MARKS[number % 11]);
        name.push('n');
        number /= 11;
    }
    name
}

/// Returns a host's row whose username is the name.
fn account(name: &str, year: &str, class: &str) -> AccountRow {
    named(name, name, year, class)
}

fn named(name: &str, username: &str, year: &str, class: &str) -> AccountRow {
    AccountRow {
        full_name: name.to_owned(),
        username: username.to_owned(),
        year_group: year.to_owned(),
        class_name: class.to_owned(),
        gender: "Female".to_owned(),
        ethnicity: "WBRI".to_owned(),
        ..AccountRow::default()
    }
}

fn line(name: &str, username: &str, year: &str, class: &str) -> String {
    format!("{name},{username},{year},{class},Female,No,WBRI,No,No\r\n")
}

fn record(name: &str, username: String, gender: &str) -> Record<'static> {
    let cells = [name, &username, "7", "7B", gender, "No", "WBRI", "No", "No"];
    Record::new(cells.map(str::to_owned))
}
