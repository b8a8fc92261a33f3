//! A small copy of Wonde and MyLogin for tests: schools with paging and permissions, and faults on request.
//!
//! It answers in the process ([`Fake::answer`]) and over HTTP on loopback ([`Fake::serve`]). Ask for a fault with
//! [`Fake::fault`] or a POST to `/control`. `people.rs` has the students and their JSON. `school.rs` has a school and
//! its endpoints.

#![allow(dead_code, unreachable_pub, unused_imports)] // each of its users needs only a part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::string_slice)] // if it panics, a test fails

pub mod mylogin;
mod people;
mod school;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

pub use people::Pupil;
pub use school::School;

pub const SCHOOL: &str = "A1329183376";
pub const TOKEN: &str = "fake-token-of-a-school";

/// A request to the fake.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// The scheme and the domain: `https://api.wonde.com`.
    pub root: String,
    /// The path and the query.
    pub target: String,
    pub authorization: String,
    pub body: String,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    Said {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The connection ends without a response.
    Drop,
    /// There is no response for a long time.
    Stall,
    /// The body ends too early.
    Cut(String),
    /// A body of two gigabytes.
    Huge,
}

#[derive(Clone)]
pub struct Fake {
    first: Arc<Mutex<School>>,
    /// The further schools of the vendor, by id.
    others: Arc<Mutex<BTreeMap<String, Arc<Mutex<School>>>>>,
    /// Whether the fake has stopped serving.
    closed: Arc<AtomicBool>,
}

impl Fake {
    /// Creates a primary school with this number of students, in years 1 to 6.
    pub fn of(students: usize) -> Self {
        let first = School::of(SCHOOL, (0..students).map(people::pupil).collect());
        Self { first: Arc::new(Mutex::new(first)), others: Arc::default(), closed: Arc::default() }
    }

    pub fn school(&self) -> MutexGuard<'_, School> {
        self.first.lock().unwrap()
    }

    /// Returns the vendor's further school with this id. Adds the school if there is none with this id yet.
    pub fn school_of(&self, id: &str) -> Arc<Mutex<School>> {
        let mut others = self.others.lock().unwrap();
        let new = || Arc::new(Mutex::new(School::of(id, Vec::new())));
        Arc::clone(others.entry(id.to_owned()).or_insert_with(new))
    }

    /// Makes a page of a list fail this number of times. Page 0 means every page.
    pub fn fault(&self, list: &str, page: u32, kind: &str, times: u32) {
        self.school().faults.insert((list.to_owned(), page), (kind.to_owned(), times));
    }

    /// Returns the requests, and whether each had an `Authorization` header.
    pub fn log(&self) -> Vec<(String, bool)> {
        self.school().log.clone()
    }

    /// Answers one request.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let others: Vec<_> = self.others.lock().unwrap().values().cloned().collect();
        for other in &others {
            let mut school = other.lock().unwrap();
            if school.is_asked(asked) {
                return school.answer(asked, &[]);
            }
        }
        let listed: Vec<(String, Value)> = others.iter().map(|other| other.lock().unwrap().listed()).collect();
        let mut school = self.school();
        school.mylogin(asked).unwrap_or_else(|| school.answer(asked, &listed))
    }

    /// Serves on loopback until [`close`](Self::close) is called or the process ends. Returns the address.
    pub fn serve(&self) -> SocketAddr {
        self.listen().unwrap()
    }

    /// Serves as [`serve`](Self::serve) does, but returns the system's error instead of panicking.
    pub fn listen(&self) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let fake = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if fake.closed.load(Ordering::Relaxed) {
                    return;
                }
                let fake = fake.clone();
                thread::spawn(move || fake.exchange(stream, address));
            }
        });
        Ok(address)
    }

    /// Stops serving at an address.
    pub fn close(&self, address: SocketAddr) {
        self.closed.store(true, Ordering::Relaxed);
        // The serving thread reads `closed` only when it gets a connection, so make one.
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    }

    fn exchange(&self, mut stream: TcpStream, address: SocketAddr) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut parts = line.split(' ');
        let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let (mut authorization, mut length) = (String::new(), 0);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => authorization = value.trim().to_owned(),
                "content-length" => length = value.trim().parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        let answer = match target.as_str() {
            "/control" => self.control(&body),
            _ => self.answer(&Asked { method, root: format!("http://{address}"), target, authorization, body }),
        };
        let head = |status: u16, length: usize| {
            format!(
                "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n"
            )
        };
        match answer {
            Answer::Said { status, headers, body } => {
                let mut said = head(status, body.len());
                headers.iter().for_each(|(name, value)| said += &format!("{name}: {value}\r\n"));
                stream.write_all((said + "\r\n" + &body).as_bytes()).ok()
            }
            Answer::Drop => None,
            Answer::Stall => {
                thread::sleep(Duration::from_secs(20));
                None
            }
            Answer::Cut(body) => stream.write_all((head(200, body.len() * 2) + "\r\n" + &body).as_bytes()).ok(),
            Answer::Huge => {
                // There is no length, so a client must read the body to know its size.
                stream.write_all(b"HTTP/1.1 200 -\r\nconnection: close\r\n\r\n{\"data\":[").ok()?;
                let blank = vec![b' '; 1 << 20];
                (0..2048).try_for_each(|_| stream.write_all(&blank)).ok()
            }
        }
    }

    /// Runs a command from a test in a language other than Rust. The commands are `{"fault": {"list", "page", "kind",
    /// "times"}}`, `{"change": "…"}`, `{"user": the number of a pupil or MyLogin's JSON, "email"}`, `{"reset":
    /// students}`, `{"set": …}` (see [`School::set`]) and `{"log": true}`.
    pub fn control(&self, body: &str) -> Answer {
        let wanted: Value = serde_json::from_str(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(fault) = wanted.get("fault") {
            let number = |name: &str| fault[name].as_u64().unwrap_or_default() as u32;
            self.fault(&text(&fault["list"]), number("page"), &text(&fault["kind"]), number("times"));
        }
        if let Some(size) = wanted.get("reset").and_then(Value::as_u64) {
            *self.school() = std::mem::take(&mut Self::of(size as usize).school());
            self.others.lock().unwrap().clear();
        }
        if let Some(user) = wanted.get("user") {
            self.school().desk.user = match user.as_u64() {
                Some(number) => mylogin::user(number as usize, wanted["email"].as_str()),
                None => user.clone(),
            };
        }
        if let Some(set) = wanted.get("set").and_then(Value::as_object) {
            let mut school = self.school();
            set.iter().for_each(|(name, value)| school.set(name, value));
        }
        if let Some(change) = wanted.get("change") {
            self.school().change(&text(change));
        }
        let log: Vec<_> = self.log().iter().map(|(target, token)| json!([target, token])).collect();
        said(200, json!({ "log": log, "students": self.school().pupils.len() }))
    }
}

fn said(status: u16, body: Value) -> Answer {
    Answer::Said { status, headers: Vec::new(), body: body.to_string() }
}

fn date(at: &str) -> Value {
    json!({ "date": format!("{at}.000000"), "timezone_type": 3, "timezone": "UTC" })
}
