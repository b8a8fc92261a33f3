//! The properties to fuzz. Each fuzz target checks the property with the target's name.

use std::cell::Cell;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use chrono::{DateTime, Utc};
use onroll::wonde::{Client, Options, Webhook};
use onroll::account::AccountRow;
use onroll::adapter::{Adapter, AdapterError, Request, Response};
use onroll::identity::{AttemptPolicy, Links};
use onroll::plan::Guard;
use onroll::username::same_username;
use onroll::{match_identity, mylogin, Accounts, Attempts, Identity, Mapping, Plan, Planner, Reader, Record, Roster, SignIn};

#[path = "../../core/tests/growth/steps.rs"]
mod steps;

/// Whatever the bytes and the options, the result is a roster, or a report with an error.
pub fn any_bytes_are_a_roster_or_a_report(data: &[u8]) {
    let Some((&options, file)) = data.split_first() else { return };
    let flag = |bit: u8| options >> bit & 1 == 1;
    let reader = Reader::new()
        .sign_in(if flag(0) { SignIn::Sso } else { SignIn::Password })
        .fix(flag(1))
        .any_order(flag(2))
        .optional_columns(flag(3))
        .main_codes_only(flag(4));
    let file = if flag(5) { [onroll::template_csv().as_bytes(), file].concat() } else { file.to_vec() };
    let report = reader.check_bytes(&file);
    assert_eq!(reader.read_bytes(&file).is_ok(), report.ok());
    assert!(report.problems().iter().all(|problem| problem.byte().is_none_or(|byte| byte <= file.len() as u64)));
    assert_eq!(report.text().is_empty(), report.to_string().is_empty());
}

/// Any bytes of a workbook, or of its parts, produce a roster or a report with an error. The workbook that marks the
/// problems can be read again.
pub fn any_bytes_are_a_workbook_or_a_report(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let file = match choice % 4 {
        0 => data.to_vec(),
        // The stream of an old workbook, without the compound file around it.
        1 => [b"\x09\x08\x10\0\0\x06\x05\0".as_slice(), &[0; 12], data].concat(),
        2 => stored(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", data)]),
        _ => {
            let mut parts = data.splitn(3, |byte| *byte == 0);
            let mut part = || parts.next().unwrap_or_default();
            stored(&[
                ("xl/workbook.xml", b"<workbook><sheets><sheet name='A' id='a'/></sheets></workbook>"),
                (
                    "xl/_rels/workbook.xml.rels",
                    b"<R><Relationship Id='a' Type='/worksheet' Target='a'/><Relationship Id='b' Type='/sharedStrings' Target='b'/>\
                      <Relationship Id='c' Type='/styles' Target='c'/></R>",
                ),
                ("xl/a", part()),
                ("xl/b", part()),
                ("xl/c", part()),
            ])
        }
    };
    let reader = Reader::new().fix(choice & 4 != 0);
    let report = reader.check_bytes(&file);
    assert_eq!(reader.read_bytes(&file).is_ok(), report.ok());
    if choice & 8 != 0 {
        let mut marked = Vec::new();
        reader.mark_bytes(&file, &mut marked).expect("a Vec takes all");
        assert_eq!(Reader::new().check_bytes(&marked).count_of(onroll::ProblemCode::WorkbookUnreadable), 0);
    }
}

/// Returns an archive whose parts are stored without compression.
fn stored(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let start = out.len() as u32;
        let size = (bytes.len() as u32).to_le_bytes();
        let about =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &size[..], &size, &[name.len() as u8, 0, 0, 0]].concat();
        out.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), bytes].concat());
        let entry = [b"PK\x01\x02\x14\0", about.as_slice(), &[0; 10], &start.to_le_bytes(), name.as_bytes()];
        directory.extend(entry.concat());
    }
    let start = (out.len() as u32).to_le_bytes();
    let count = (parts.len() as u16).to_le_bytes();
    let size = (directory.len() as u32).to_le_bytes();
    [out.as_slice(), &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &start, &[0, 0]].concat()
}

/// A file costs at most the number of steps that its size allows.
pub fn a_file_costs_no_more_than_its_bytes(data: &[u8]) {
    const STEPS_A_BYTE: usize = 250; // fuzzing builds are less optimised than release builds, which may take 100
    const STEPS_AT_LEAST: usize = 3_000_000;
    let Some((&choice, file)) = data.split_first() else { return };
    // Repeating a small file makes a large file of the same kind.
    let rows = file.repeat(1 + usize::from(choice >> 2) * 16);
    let file = if choice & 1 == 1 { [onroll::template_csv().as_bytes(), &rows].concat() } else { rows };
    let sign_in = if choice & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let (length, before) = (file.len(), steps::taken());
    drop(std::hint::black_box(Reader::new().sign_in(sign_in).fix(true).read_bytes(file)));
    let steps = steps::taken() - before;
    assert!(steps > 0, "steps are counted");
    assert!(steps <= STEPS_AT_LEAST + STEPS_A_BYTE * length, "{steps} steps for {length} bytes");
}

/// The columns of any table can be detected. A roster that is read with the detected mapping equals the roster from the
/// corrected file.
pub fn any_table_is_detected(data: &[u8]) {
    let Some((&options, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    // Each byte of the first line chooses a known heading.
    const KNOWN: [&str; 16] = [
        "Forename",
        "Surname",
        "Year",
        "Reg",
        "Sex",
        "Gender",
        "PP",
        "FSM",
        "SEN",
        "EAL",
        "Ethnicity",
        "UPN",
        "Username",
        "Name",
        "Class",
        "Shoe",
    ];
    let (chosen, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let headings: Vec<&str> = chosen.bytes().take(12).map(|byte| KNOWN[usize::from(byte) % KNOWN.len()]).collect();
    let csv = if options & 1 == 1 { text.to_string() } else { format!("{}\n{rows}", headings.join(",")) };
    let sign_in = if options & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let reader = Reader::new().sign_in(sign_in).fix(options & 4 == 4);
    let Ok(detected) = reader.detect_bytes(csv.as_bytes()) else { return };
    let mapping = Mapping::from_json(&detected.mapping().to_json()).expect("our own JSON");
    assert_eq!(&mapping, detected.mapping());
    assert_eq!(detected.text().is_empty(), detected.to_json().is_empty());
    let mapped = reader.clone().mapping(&mapping);
    let again = mapped.detect_bytes(csv.as_bytes()).expect("it was read before");
    assert!(!detected.certain() || again.certain(), "{} {}", detected.text(), again.text());
    let report = mapped.check_bytes(csv.as_bytes());
    assert!(report.problems().iter().all(|problem| problem.byte().is_none_or(|byte| byte <= csv.len() as u64)));
    let mut corrected = Vec::new();
    let fixed = mapped.fix_bytes(csv.as_bytes(), &mut corrected).expect("a Vec takes all");
    if let Ok(roster) = mapped.fix(true).read_bytes(csv.as_bytes()) {
        assert!(fixed.ok() && roster.len() as u64 <= detected.rows().max(roster.len() as u64));
        let strict = Reader::new()
            .sign_in(sign_in)
            .optional_columns(true)
            .read_bytes(&corrected)
            .expect("what was right is right");
        assert!(roster.iter().zip(strict.iter()).all(|(one, other)| one.cells() == other.cells()));
        assert_eq!(roster.len(), strict.len());
    }
}

/// A corrected file needs no more fixes. Correcting it again writes the same file.
pub fn fixing_twice_changes_nothing_more(data: &[u8]) {
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    let report = Reader::new().fix_bytes(&file, &mut once).expect("a Vec takes all");
    if report.correctable() {
        let again = Reader::new().fix_bytes(&once, &mut twice).expect("a Vec takes all");
        assert_eq!(again.fixed_count(), 0);
        assert_eq!(once, twice);
    }
}

/// On the fast path and on the slow path, the rows of any text are those that the `csv` crate reads.
pub fn reads_records_as_csv(data: &[u8]) {
    use onroll::fuzzing::{across_stretches, read_rows, split_rows, with_more};
    let Some((&choice, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    let by_csv = |text: &str, delimiter: u8| -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        reader.records().map(|record| record.expect("text").iter().map(str::to_owned).collect()).collect()
    };
    let delimiter = if choice & 1 == 1 { b';' } else { b',' };
    assert_eq!(read_rows(&text, delimiter), by_csv(&text, delimiter));
    // Half of the texts begin in one stretch of the index and end in the next.
    let text = if choice & 0x80 == 0 { text.into_owned() } else { across_stretches(&text, text.len() / 2) };
    let text = with_more(&text);
    let rows = by_csv(&text, b',');
    // We split no rows of one cell, because an empty line has one cell too.
    let (read, places) = match choice >> 1 & 3 {
        0 => split_rows::<2>(&text),
        1 => split_rows::<3>(&text),
        _ => split_rows::<9>(&text),
    };
    assert_eq!(read, rows);
    assert!(places.is_sorted(), "rows come in order");
}

/// Reading with any number of threads returns the same report.
pub fn threads_read_what_one_reads(data: &[u8]) {
    // A part has 48 bytes, so parts may end anywhere.
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let limits = onroll::Limits { problems: 50, ..onroll::Limits::default() };
    let report = |threads| Reader::new().threads(threads).smallest_part(48).limits(limits).check_bytes(&file);
    let one = report(1);
    assert_eq!(report(2), one);
    assert_eq!(report(5), one);
}

/// Written data is read back unchanged: a roster as CSV and as JSON, and the passwords of accounts as credentials.
pub fn written_files_are_read_back(data: &[u8]) {
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let Ok(roster) = Reader::new().fix(true).read_bytes(&file) else { return };
    let cells = |roster: &Roster| -> Vec<Vec<String>> {
        roster.iter().map(|student| student.cells().map(str::to_owned).to_vec()).collect()
    };
    let mut written = Vec::new();
    roster.write_csv(&mut written).expect("a Vec takes all");
    let again = Reader::new().read_bytes(&written).expect("what was right is right");
    assert_eq!(cells(&again), cells(&roster));
    let kept = Roster::from_json(&roster.to_json()).expect("our own JSON");
    assert_eq!(cells(&kept), cells(&roster));

    let rows = roster.iter().enumerate().map(|(number, student)| AccountRow {
        full_name: student.full_name.to_owned(),
        username: student.username.to_owned(),
        year_group: student.year_group.to_owned(),
        class_name: student.class_name.to_owned(),
        gender: student.gender.map_or("", onroll::values::Gender::as_str).to_owned(),
        password: Some(format!("=PW{number}")),
        ..AccountRow::default()
    });
    let Ok(accounts) = Accounts::from_rows(rows, SignIn::Password) else { return };
    let mut credentials = Vec::new();
    accounts.write_credentials(&mut credentials).expect("a Vec takes all");
    let mut others = Accounts::from_json(&accounts.to_json()).expect("our own JSON");
    let read = others.read_credentials(credentials.as_slice()).expect("our own credentials");
    assert_eq!((read.set, read.unknown, read.blank), (accounts.len(), 0, 0));
    for (own, other) in accounts.iter().zip(others.iter()) {
        assert_eq!(own.password.map(|password| password.expose()), other.password.map(|password| password.expose()));
    }
}

/// An adapter that returns the answers of a script, whatever the request, and never waits.
struct Script<'s> {
    answers: Cell<&'s [u8]>,
    /// The domain to which all requests must go.
    domain: &'static str,
    asked: Cell<u32>,
}

impl<'s> Script<'s> {
    fn new(answers: &'s [u8], domain: &'static str) -> Self {
        Self { answers: Cell::new(answers), domain, asked: Cell::new(0) }
    }
}

impl Adapter for Script<'_> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let host = request.url().strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        assert!(host.is_some_and(|host| host.ends_with(self.domain)), "a secret goes elsewhere");
        self.asked.set(self.asked.get() + 1);
        // Each answer is a byte for its status, and a body that ends at the next NUL.
        let Some((&status, rest)) = self.answers.get().split_first() else { return Err(AdapterError::Unreachable) };
        let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
        let (body, after) = rest.split_at(end);
        self.answers.set(after.get(1..).unwrap_or_default());
        match status {
            b'd' => Err(AdapterError::Unreachable),
            b't' => Err(AdapterError::TimedOut),
            b'4' => Ok(Response::new(429, body).header("Retry-After", String::from_utf8_lossy(body))),
            b'5' => Ok(Response::new(503, body)),
            b'3' => Ok(Response::new(302, body).header("Location", "https://elsewhere.example/")),
            b'f' => Ok(Response::new(403, body)),
            _ => Ok(Response::new(200, body)),
        }
    }

    fn wait(&self, time: Duration) {
        assert!(time <= Duration::from_secs(375), "a service cannot make a host wait for ever");
    }
}

/// Whatever Wonde answers, the result is a complete snapshot or an error. Once the plan for the snapshot's roster is
/// applied, another plan for it changes nothing.
pub fn any_wonde_answer_is_a_snapshot_or_an_error(data: &[u8]) {
    let Some((&choice, answers)) = data.split_first() else { return };
    let since = (choice & 1 == 1).then_some(DateTime::UNIX_EPOCH);
    let script = Script::new(answers, ".wonde.com");
    let snapshot = Client::new("token").expect("a token").snapshot(&script, "A1", since);
    assert!(script.asked.get() as usize <= answers.len() + 5, "it ends");
    let Ok(snapshot) = snapshot else { return };
    let sign_in = if choice & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let roster = snapshot.roster(&Options::new().sign_in(sign_in));
    assert_eq!(roster.len() + roster.held().len(), snapshot.len());
    let Ok(none) = Accounts::from_rows([], sign_in) else { return };
    let planner = Planner::new().override_guards(Guard::ALL);
    let Ok(plan) = planner.plan(&none, &roster) else { return };
    let accounts = plan.apply(none).expect("a plan of these accounts");
    let again = planner.plan(&accounts, &roster).expect("guards are passed");
    assert_eq!(again.len(), 0, "{}", again.summary());
}

/// Whatever is posted, it is a webhook or an error. The debug text of a webhook does not show its token.
pub fn any_post_is_a_webhook_or_an_error(data: &[u8]) {
    if let Ok(webhook) = Webhook::read(data) {
        assert!(!webhook.school_id().is_empty());
        // The text shows the school's id, which may happen to contain the token. So may the fixed words around the id.
        let plain = Webhook::read(br#"{"payload_type":"schoolApproved","school_id":"A1"}"#).expect("a webhook");
        let words = format!("{plain:?}");
        let shown = format!("{webhook:?}").replace(webhook.school_id(), "");
        let is_secret = |token: &str| token.len() > 5 && !words.contains(token);
        assert!(webhook.token().is_none_or(|token| !is_secret(token.expose()) || !shown.contains(token.expose())));
    }
}

/// Whatever MyLogin or another provider answers, an identity opens an account only by the account's id or by its
/// trusted address.
pub fn no_provider_answer_opens_another_account(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let row = |number: usize| AccountRow {
        source_id: (choice & 1 == 1).then(|| format!("S{number}")),
        full_name: format!("Pupil {number}"),
        username: format!("pupil{number}@oak.example"),
        year_group: "5".to_owned(),
        class_name: "5A".to_owned(),
        gender: "Female".to_owned(),
        ..AccountRow::default()
    };
    let accounts = Accounts::from_rows((0..3).map(row), SignIn::Sso).expect("three pupils");
    let client = mylogin::Client::new("id", "secret", "https://app.example/callback").expect("a client");
    let script = Script::new(data, ".mylogin.com");
    let state = "0123456789abcdef0123456789abcdef";
    let callback = client.callback(&String::from_utf8_lossy(data), Some(state));
    assert!(
        callback.is_err() || data.windows(state.len()).any(|window| window == state.as_bytes()) || data.contains(&b'%')
    );
    let identities = [
        Identity::from_mylogin(data, now).ok(),
        Identity::from_claims(data, "ours", &[], now).ok().map(|identity| identity.of_school("A1").as_student()),
        client.identity(&script, "code", None, now).ok(),
    ];
    for identity in identities.into_iter().flatten() {
        let identity = if choice & 2 == 2 { identity.vouch_for_email() } else { identity };
        let Ok(found) = match_identity(&identity, &accounts, "A1", &Links::new()) else { continue };
        let by_id = identity.source_id().is_some() && found.account.source_id == identity.source_id();
        let by_email = identity.is_email_vouched()
            && found.account.source_id.is_none()
            && identity.email().is_some_and(|email| email.eq_ignore_ascii_case(found.account.username));
        assert!(identity.school_id() == Some("A1") && (by_id || by_email));
    }
}

/// Stored JSON is read, or is refused with an error. Data that was read is written unchanged.
pub fn any_stored_json_is_read_or_refused(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(plan) = Plan::from_json(text) {
        let written = plan.to_json_with_passwords();
        let again = Plan::from_json(&written).expect("our own JSON");
        assert_eq!(again.to_json_with_passwords(), written);
        let _ = plan.apply(Accounts::from_rows([], SignIn::Password).expect("nobody"));
    }
    if let Ok(accounts) = Accounts::from_json(text) {
        let written = accounts.to_json_with_passwords();
        assert_eq!(Accounts::from_json(&written).expect("our own JSON").to_json_with_passwords(), written);
    }
    if let Ok(roster) = Roster::from_json(text) {
        assert_eq!(Roster::from_json(&roster.to_json()).expect("our own JSON").to_json(), roster.to_json());
    }
    if let Ok(mut attempts) = serde_json::from_str::<Attempts>(text) {
        let policy = AttemptPolicy::new();
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC] {
            if attempts.begin(&policy, "Zoë", now).is_ok() {
                attempts.succeeded(&policy, "Zoë");
            }
        }
    }
    let _ = serde_json::from_str::<Links>(text);
    let _ = serde_json::from_str::<onroll::wonde::Access>(text);
    let _ = serde_json::from_str::<onroll::wonde::Schedule>(text);
}

/// The comparison of usernames ignores white space around them. It is symmetric and transitive.
pub fn usernames_are_compared_fairly(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names: Vec<&str> = text.splitn(3, '\n').collect();
    for name in &names {
        assert!(same_username(name, name) && same_username(name, &format!("\u{a0} {name}\t")));
    }
    let [a, b, c] = names.as_slice() else { return };
    assert_eq!(same_username(a, b), same_username(b, a));
    assert!(!(same_username(a, b) && same_username(b, c)) || same_username(a, c));
}

/// A pupil who may have an account, be in the roster, or both.
#[derive(Debug, Arbitrary)]
struct Pupil {
    name: u8,
    year: u8,
    class: u8,
    account: Option<Ids>,
    active: bool,
    listed: Option<Ids>,
    moves: bool,
    broken: bool,
}

#[derive(Debug, Arbitrary)]
struct Ids {
    source: Option<u8>,
    upn: Option<u8>,
}

/// Valid UPNs.
const UPNS: [&str; 16] = [
    "H801200000000",
    "X801200000001",
    "L801200000002",
    "A801200000003",
    "P801200000004",
    "D801200000005",
    "T801200000006",
    "G801200000007",
    "W801200000008",
    "K801200000009",
    "W801200000010",
    "K801200000011",
    "Z801200000012",
    "N801200000013",
    "C801200000014",
    "R801200000015",
];

/// Plans keep their properties for any school. Once a plan is applied, there is nothing more to do, and no username
/// appears twice. No student is in two changes.
pub fn plans_keep_their_properties(data: &[u8]) {
    let mut given = Unstructured::new(data);
    let (Ok(partial), Ok(pupils)) = (bool::arbitrary(&mut given), Vec::<Pupil>::arbitrary(&mut given)) else { return };
    let name = |pupil: &Pupil| format!("Pupil {}", char::from(b'A' + pupil.name % 9));
    let id = |letter: char, id: Option<u8>| id.map(|id| format!("{letter}{}", id % 16));
    let upn = |id: Option<u8>| id.map(|id| UPNS[usize::from(id % 16)].to_owned());
    let class = |pupil: &Pupil, moves: bool| {
        format!("{}{}", pupil.year % 7, if moves { 'Z' } else { char::from(b'A' + pupil.class % 3) })
    };
    let accounts = pupils.iter().enumerate().filter_map(|(number, pupil)| {
        let ids = pupil.account.as_ref()?;
        Some(AccountRow {
            source_id: id('S', ids.source),
            upn: upn(ids.upn),
            full_name: name(pupil),
            username: format!("{} {number}", name(pupil)),
            year_group: format!("Year {}", pupil.year % 7),
            class_name: class(pupil, false),
            gender: "Female".to_owned(),
            active: pupil.active,
            ..AccountRow::default()
        })
    });
    let Ok(accounts) = Accounts::from_rows(accounts, SignIn::Password) else { return };
    // If the MIS lists a student twice under one UPN, no plan can correct that.
    let shared = |ids: fn(&Pupil) -> &Option<Ids>| {
        let mut upns: Vec<u8> = pupils.iter().filter_map(|pupil| Some(ids(pupil).as_ref()?.upn? % 16)).collect();
        upns.sort_unstable();
        upns.windows(2).any(|two| two[0] == two[1])
    };
    if shared(|pupil| &pupil.listed) {
        return;
    }
    let records = pupils.iter().enumerate().filter_map(|(number, pupil)| {
        let ids = pupil.listed.as_ref()?;
        let gender = if pupil.broken { "?" } else { "Female" };
        let [year, class] = [format!("Year {}", pupil.year % 7), class(pupil, pupil.moves)];
        let cells = [name(pupil), format!("{} {number}", name(pupil)), year, class, gender.to_owned()];
        let [name, username, year, class, gender] = cells.map(std::borrow::Cow::from);
        let [premium, send, eal] = ["No"; 3].map(std::borrow::Cow::from);
        let record = Record::new([name, username, year, class, gender, premium, "NOBT".into(), send, eal]);
        let record = match id('S', ids.source) {
            Some(source) => record.source_id(source),
            None => record,
        };
        Some(match upn(ids.upn) {
            Some(upn) => record.upn(upn),
            None => record,
        })
    });
    let roster = Reader::new().hold_records(records);
    let roster = if partial { roster.into_partial() } else { roster };
    let planner = Planner::new().override_guards(Guard::ALL);
    let Ok(plan) = planner.plan(&accounts, &roster) else { return };
    // A joiner may have the username that another account gives up.
    let who = |change: onroll::plan::Change<'_>| (change.kind() == onroll::plan::ChangeKind::Join, change.username().to_owned());
    let mut changed: Vec<_> = plan.changes().map(who).collect();
    changed.sort_unstable();
    assert!(changed.windows(2).all(|two| two[0] != two[1]), "nobody is in two changes");
    let kept = Plan::from_json(&plan.to_json_with_passwords()).expect("our own JSON");
    let after = kept.apply(accounts).expect("a plan of these accounts");
    let again = planner.plan(&after, &roster).expect("guards are passed");
    // If several accounts share a UPN, the next plan may know more, because a source id now identifies one of them.
    assert!(again.is_empty() || shared(|pupil| &pupil.account), "{}", again.diff());
    let mut usernames: Vec<String> = after.iter().map(|account| account.username.to_lowercase()).collect();
    usernames.sort_unstable();
    assert!(usernames.windows(2).all(|two| two[0] != two[1]), "no username is there twice");
}
