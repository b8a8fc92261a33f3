//! The jobs of onroll and of its peers that we measure. Each job is first prepared for a file, and can then run any
//! number of times.

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use onroll::{Accounts, PasswordPolicy, Plan, Reader, Roster, SignIn};
use serde::Deserialize;

use crate::ready::{ReadyJob, ReadyResult, with, with_own};
use crate::rosters::Shape;

/// A job to measure. Its preparation is not measured.
pub struct Job {
    /// The job's name on the command line and in the tables.
    pub name: &'static str,
    ready: fn(&Path) -> ReadyResult,
}

const ONE_THREAD: &str = "onroll, one thread";
const ONE_THREAD_PASSWORD: &str = "onroll, one thread, password sign-in";

/// Returns the name of the job that reads a roster of this shape on one thread.
pub fn reading_job(shape: Shape) -> &'static str {
    match shape.sign_in() {
        SignIn::Sso => ONE_THREAD,
        SignIn::Password => ONE_THREAD_PASSWORD,
    }
}

/// Every job.
pub const JOBS: [Job; 22] = [
    Job { name: "csv, records only", ready: csv_records },
    Job { name: "csv, records only, by halves on two threads", ready: csv_halves },
    Job { name: "simd-csv, records only", ready: simd_csv_records },
    Job { name: "csv, serde and a HashSet", ready: csv_serde_set },
    Job { name: ONE_THREAD, ready: |file| read(file, SignIn::Sso, 1) },
    Job { name: "onroll, two threads", ready: |file| read(file, SignIn::Sso, 2) },
    Job { name: ONE_THREAD_PASSWORD, ready: |file| read(file, SignIn::Password, 1) },
    Job { name: "onroll, a slice", ready: read_slice },
    Job { name: "onroll, every row wrong", ready: check },
    Job { name: "onroll, from a path", ready: read_path },
    Job { name: "onroll, from a stream", ready: read_stream },
    Job { name: "onroll, detect an export", ready: detect },
    Job { name: "onroll, an export by its mapping", ready: read_mapped },
    Job { name: "passwords", ready: passwords },
    Job { name: "create accounts", ready: create },
    Job { name: "write credentials", ready: credentials },
    Job { name: "csv, writing the same rows", ready: csv_writing },
    Job { name: "plan", ready: plan },
    Job { name: "apply the plan", ready: apply },
    Job { name: "read both, create and plan", ready: read_and_plan },
    Job { name: "serde_json, pages of Wonde's as Value", ready: crate::wonde::values },
    Job { name: "onroll, pages of Wonde's to a roster", ready: crate::wonde::roster },
];

impl Job {
    /// Returns the job of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        JOBS.iter().find(|job| job.name == name)
    }

    /// Prepares the job for a file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or does not suit the job.
    pub fn ready(&self, file: &Path) -> Result<ReadyJob, Box<dyn Error>> {
        (self.ready)(file)
    }
}

fn csv_records(file: &Path) -> ReadyResult {
    with(fs::read(file)?, |bytes| csv_cells(bytes))
}

fn csv_cells(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).is_ok_and(|more| more) {
        cells += record.len();
    }
    cells
}

/// Reads the two halves of a file on two threads. The halves are independent, so the time shows how much a second
/// thread gains.
fn csv_halves(file: &Path) -> ReadyResult {
    with(fs::read(file)?, |bytes| {
        let half = bytes.len() / 2;
        let line = bytes.iter().skip(half).position(|byte| *byte == b'\n').map_or(bytes.len(), |at| half + at + 1);
        let (first, second) = bytes.split_at(line);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| csv_cells(second));
            csv_cells(first) + other.join().unwrap_or_default()
        })
    })
}

fn simd_csv_records(file: &Path) -> ReadyResult {
    with(fs::read(file)?, |bytes| {
        let mut reader = simd_csv::ZeroCopyReader::from_reader(bytes.as_slice());
        let mut cells = 0;
        while let Ok(Some(record)) = reader.read_byte_record() {
            cells += record.len();
        }
        cells
    })
}

/// Reads a file with the code that programs without onroll contain today.
fn csv_serde_set(file: &Path) -> ReadyResult {
    #[derive(Deserialize)]
    enum Gender {
        Male,
        Female,
        #[serde(rename = "Non-Binary")]
        NonBinary,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "kept as a host would keep it")]
    struct Row {
        full_name: String,
        username: String,
        year_group: String,
        class_name: String,
        gender: Gender,
        pupil_premium: String,
        ethnicity: String,
        send: String,
        eal: String,
    }
    with(fs::read(file)?, |bytes| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let mut usernames = HashSet::new();
        let rows: Vec<Row> = reader.deserialize().skip(1).filter_map(Result::ok).collect();
        assert!(rows.iter().all(|row| usernames.insert(row.username.to_lowercase())), "no username is there twice");
        (rows, usernames)
    })
}

fn read(file: &Path, sign_in: SignIn, threads: usize) -> ReadyResult {
    let reader = Reader::new().sign_in(sign_in).threads(threads);
    // The roster keeps the bytes, so each run needs its own copy.
    with_own(fs::read(file)?, move |bytes| reader.read_bytes(bytes))
}

fn sso() -> Reader {
    Reader::new().sign_in(SignIn::Sso)
}

fn read_slice(file: &Path) -> ReadyResult {
    with(fs::read(file)?, |bytes| sso().read_bytes(bytes.as_slice()))
}

fn check(file: &Path) -> ReadyResult {
    with_own(fs::read(file)?, |bytes| sso().check_bytes(bytes))
}

fn read_path(file: &Path) -> ReadyResult {
    with(file.to_owned(), |file| sso().read_path(file))
}

fn read_stream(file: &Path) -> ReadyResult {
    with(file.to_owned(), |file| sso().read(fs::File::open(file)?))
}

/// Returns the students of a file as an MIS exports them. There is a title, names are in two columns, and the other
/// columns have a different order and different headings.
fn export(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    const HEADINGS: &str = "Surname,Forename,Reg,Year,Sex,PP Indicator,SEN Status,EAL,Ethnic Code,School Email";
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["Class list"].into_iter().chain([""; 9]))?;
    writer.write_record(HEADINGS.split(','))?;
    for record in csv::Reader::from_path(file)?.records() {
        let record = record?;
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let (forename, surname) = cell(0).split_once(' ').unwrap_or((cell(0), "Lee"));
        let cells = [3, 2, 4, 5, 7, 8, 6, 1].map(cell);
        writer.write_record([surname, forename].into_iter().chain(cells))?;
    }
    Ok(writer.into_inner()?)
}

fn detect(file: &Path) -> ReadyResult {
    with(export(file)?, |bytes| sso().detect_bytes(bytes.as_slice()))
}

fn read_mapped(file: &Path) -> ReadyResult {
    let bytes = export(file)?;
    let detected = sso().detect_bytes(bytes.as_slice())?;
    let reader = sso().threads(1).mapping(detected.mapping());
    assert!(reader.read_bytes(bytes.as_slice()).is_ok(), "the export is read");
    with_own(bytes, move |bytes| reader.read_bytes(bytes))
}

fn passwords(file: &Path) -> ReadyResult {
    with(sso().read_path(file)?.len(), |students| PasswordPolicy::default().generate(*students))
}

fn create(file: &Path) -> ReadyResult {
    with(sso().read_path(file)?, |roster| Accounts::create(roster, &PasswordPolicy::default()))
}

fn accounts(file: &Path) -> Result<Accounts, Box<dyn Error>> {
    Ok(Accounts::create(&sso().read_path(file)?, &PasswordPolicy::default())?)
}

fn credentials(file: &Path) -> ReadyResult {
    with(accounts(file)?, |accounts| {
        let mut text = Vec::new();
        accounts.write_credentials(&mut text).map(|()| text)
    })
}

/// Writes the five columns of a credentials file with the `csv` crate.
fn csv_writing(file: &Path) -> ReadyResult {
    with(accounts(file)?, |accounts| {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for account in accounts.iter() {
            let password = account.password.map_or("", onroll::Password::expose);
            writer.write_record([
                account.full_name,
                account.username,
                password,
                account.year_group,
                account.class_name,
            ])?;
        }
        writer.flush().map(|()| writer)
    })
}

/// Returns the roster of the file, and accounts from an earlier roster.
fn before_and_after(file: &Path) -> Result<(Accounts, Roster), Box<dyn Error>> {
    let after = sso().read_path(file)?;
    let before = Shape::Usual.roster(u32::try_from(after.len())?);
    Ok((Accounts::create(&sso().read_bytes(before)?, &PasswordPolicy::default())?, after))
}

fn plan(file: &Path) -> ReadyResult {
    with(before_and_after(file)?, |(accounts, roster)| Plan::between(accounts, roster))
}

fn apply(file: &Path) -> ReadyResult {
    let (accounts, roster) = before_and_after(file)?;
    let plan = Plan::between(&accounts, &roster)?;
    with_own(accounts, move |accounts| plan.apply(accounts).is_ok())
}

/// Reads an earlier and a later roster from bytes, and makes the plan between them. We compare this job with a join of
/// the two files by other libraries.
fn read_and_plan(file: &Path) -> ReadyResult {
    let after = fs::read(file)?;
    let students = u32::try_from(sso().read_bytes(after.as_slice())?.len())?;
    let before = Shape::Usual.roster(students);
    with_own((before, after), |(before, after)| {
        let before = Accounts::create(&sso().read_bytes(before)?, &PasswordPolicy::default()).unwrap();
        Ok::<_, Box<dyn Error>>(Plan::between(&before, &sso().read_bytes(after)?)?)
    })
}
