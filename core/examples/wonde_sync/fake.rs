//! A small Wonde with its MyLogin, for tests and to try things: one school, with paging, scopes, and faults on request.
//!
//! It answers in the process ([`Fake::answer`]) and over HTTP on loopback ([`Fake::serve`]). What it does wrong is asked for, by
//! [`Fake::fault`] or a POST to `/control`.

#![allow(dead_code, unreachable_pub)] // each of its users takes a part

#[path = "mylogin.rs"]
pub mod mylogin;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

pub const SCHOOL: &str = "A1329183376";
pub const TOKEN: &str = "fake-token-of-a-school";

/// One student, as the MIS has it.
#[derive(Debug, Clone)]
pub struct Pupil {
    pub id: String,
    pub upn: Option<String>,
    pub forename: String,
    pub surname: String,
    pub year: u8,
    pub class: String,
    pub gender: Value,
    pub ethnicity: Value,
    pub sen: Value,
    pub premium: Value,
    pub eal: Value,
    pub email: Option<String>,
    pub updated: String,
}

/// What is asked of it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// `https://api.wonde.com`
    pub root: String,
    /// Path and query.
    pub target: String,
    pub authorization: String,
    pub body: String,
}

/// What it does.
#[derive(Debug, Clone)]
pub enum Answer {
    Said {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The connection ends with nothing said.
    Drop,
    /// Nothing is said for a long time.
    Stall,
    /// The body ends before it should.
    Cut(String),
    /// A body of two gigabytes.
    Huge,
}

#[derive(Debug, Default)]
pub struct School {
    pub pupils: Vec<Pupil>,
    pub leavers: Vec<Pupil>,
    /// Id, and when.
    pub deleted: Vec<(String, String)>,
    /// The time by the MIS, for what changes.
    pub now: String,
    /// Fields that the token may not see: they are null for everybody.
    /// The class of a record that was broken.
    pub mended: String,
    pub hidden: Vec<String>,
    pub no_counts: bool,
    pub no_leavers: bool,
    /// Whether pages are of a list that stands still.
    pub by_cursor: bool,
    pub state: &'static str,
    /// The sign-ins of MyLogin.
    pub desk: mylogin::Desk,
    faults: HashMap<(String, u32), (String, u32)>,
    log: Vec<(String, bool)>,
}

#[derive(Clone)]
pub struct Fake(Arc<Mutex<School>>);

const FORENAMES: [&str; 24] = [
    "Amelia", "Noah", "Olivia", "Muhammad", "Isla", "Zoë", "Freya", "Arthur", "Aisha", "Oscar", "Siân", "Leo", "Chloé",
    "Harry", "Priya", "Jack", "Grace", "Tomasz", "Lily", "Kofi", "Evie", "Seán", "Maya", "Theo",
];
const SURNAMES: [&str; 26] = [
    "Smith",
    "Jones",
    "Khan",
    "Patel",
    "Okafor",
    "Williams",
    "O’Brien",
    "Taylor",
    "Nowak",
    "Brown",
    "Begum",
    "Davies",
    "Evans",
    "Wilson",
    "Thomas",
    "Roberts",
    "Johnson",
    "Lewis",
    "Walker",
    "Robinson",
    "Wood",
    "Thompson",
    "White",
    "Watson",
    "García",
    "Müller",
];
const ETHNICITIES: [&str; 5] = ["WBRI", "White - British", "APKN", "BAFR", "Any other mixed background"];

impl Fake {
    /// A primary school of so many students, in years 1 to 6.
    pub fn of(students: usize) -> Self {
        let pupils = (0..students).map(pupil).collect();
        let now = "2026-09-01 06:00:00".to_owned();
        Self(Arc::new(Mutex::new(School { pupils, now, state: "approved", ..School::default() })))
    }

    pub fn school(&self) -> MutexGuard<'_, School> {
        self.0.lock().unwrap()
    }

    /// From now on, a page of a list goes wrong so many times; page 0 is every page.
    pub fn fault(&self, list: &str, page: u32, kind: &str, times: u32) {
        self.school().faults.insert((list.to_owned(), page), (kind.to_owned(), times));
    }

    /// What was asked, and whether with the token.
    pub fn log(&self) -> Vec<(String, bool)> {
        self.school().log.clone()
    }

    /// Answers one request.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let mut school = self.school();
        school.mylogin(asked).unwrap_or_else(|| school.answer(asked))
    }

    /// Serves on loopback until the process ends; gives the address.
    pub fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let fake = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let fake = fake.clone();
                thread::spawn(move || fake.exchange(stream, address));
            }
        });
        address
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
                // Without a length, so that it must be read to be known.
                stream.write_all(b"HTTP/1.1 200 -\r\nconnection: close\r\n\r\n{\"data\":[").ok()?;
                let blank = vec![b' '; 1 << 20];
                (0..2048).try_for_each(|_| stream.write_all(&blank)).ok()
            }
        }
    }

    /// What a test in another language wants: `{"fault": {"list", "page", "kind", "times"}}`, `{"change": "…"}`, `{"user":
    /// the number of a pupil or MyLogin's JSON, "email"}`, `{"log": true}`.
    fn control(&self, body: &str) -> Answer {
        let wanted: Value = serde_json::from_str(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(fault) = wanted.get("fault") {
            let number = |name: &str| fault[name].as_u64().unwrap_or_default() as u32;
            self.fault(&text(&fault["list"]), number("page"), &text(&fault["kind"]), number("times"));
        }
        if let Some(size) = wanted.get("reset").and_then(Value::as_u64) {
            *self.school() = std::mem::take(&mut Self::of(size as usize).school());
        }
        if let Some(user) = wanted.get("user") {
            self.school().desk.user = match user.as_u64() {
                Some(number) => mylogin::user(number as usize, wanted["email"].as_str()),
                None => user.clone(),
            };
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

/// A valid UPN: its first letter is that of the sum of the weighed digits.
fn upn(number: usize) -> String {
    let digits = format!("823200{number:06}");
    let sum: usize = (2..).zip(digits.bytes()).map(|(weight, digit)| weight * usize::from(digit - b'0')).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

fn pupil(number: usize) -> Pupil {
    let year = number % 6 + 1;
    let forename = FORENAMES[number % FORENAMES.len()];
    // One in fifty has the name of another.
    let surname = SURNAMES[if number % 50 == 49 { 0 } else { number / FORENAMES.len() % SURNAMES.len() }];
    let class = format!("{year}{}", ["A", "B"][number / 6 % 2]);
    let of = |every: usize, yes: Value, no: Value| if number.is_multiple_of(every) { yes } else { no };
    Pupil {
        id: format!("A{}", 1_000_000_000 + number),
        upn: Some(upn(number + 1)),
        forename: forename.to_owned(),
        surname: surname.to_owned(),
        year: year as u8,
        class,
        gender: json!(["MALE", "Female", "F", "male"][number % 4]),
        ethnicity: json!(ETHNICITIES[number % ETHNICITIES.len()]),
        sen: of(9, json!("K"), json!(null)),
        premium: of(4, json!(true), json!("0")),
        eal: of(5, json!("Y"), json!(false)),
        email: Some(format!("pupil{number}@oakfield.example")),
        updated: "2026-09-01 05:00:00".to_owned(),
    }
}

impl School {
    /// Changes the school as a night or a summer does.
    pub fn change(&mut self, what: &str) {
        self.now = "2026-09-02 06:00:00".to_owned();
        let now = self.now.clone();
        match what {
            // Ten leave, ten come, all of 2A change class.
            "a term" => {
                for pupil in self.pupils.iter_mut().filter(|pupil| pupil.class == "2A") {
                    (pupil.class, pupil.updated) = ("2C".to_owned(), now.clone());
                }
                let left = self.pupils.split_off(self.pupils.len() - 10);
                for pupil in &left[..5] {
                    self.deleted.push((pupil.id.clone(), now.clone()));
                }
                self.leavers.extend(left[5..].iter().map(|pupil| Pupil { updated: now.clone(), ..pupil.clone() }));
                self.pupils.extend((5000..5010).map(|number| Pupil { updated: now.clone(), ..pupil(number) }));
            }
            "break a record" => {
                self.mended = self.pupils[0].class.clone();
                (self.pupils[0].class, self.pupils[0].updated) = (String::new(), now);
            }
            "mend a record" => (self.pupils[0].class, self.pupils[0].updated) = (self.mended.clone(), now),
            "lose everybody" => self.pupils.clear(),
            "hide everything" => {
                self.hidden = ["ethnicity", "sen", "premium", "eal"].map(str::to_owned).into();
            }
            _ => {}
        }
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        self.log.push((asked.target.clone(), !asked.authorization.is_empty()));
        if asked.authorization != format!("Bearer {TOKEN}") {
            return said(401, json!({ "error": "invalid_token" }));
        }
        let own = format!("/v1.0/schools/{SCHOOL}");
        let list = match path.strip_prefix(&own).map(|rest| rest.trim_end_matches('/')) {
            Some(list) => list.trim_start_matches('/'),
            None => path.trim_start_matches("/v1.0/").trim_end_matches('/'),
        };
        let page = query.get("page").or(query.get("at")).and_then(|page| page.parse().ok()).unwrap_or(1);
        let fault = self.take_fault(list, page);
        let answer = self.good(asked, list, &query, page);
        match fault {
            Some(kind) => self.spoil(&kind, answer, asked, list, page),
            None => answer,
        }
    }

    fn take_fault(&mut self, list: &str, page: u32) -> Option<String> {
        let key =
            [page, 0].map(|page| (list.to_owned(), page)).into_iter().find(|key| self.faults.contains_key(key))?;
        let (kind, times) = self.faults.get_mut(&key).filter(|(_, times)| *times > 0)?;
        *times -= 1;
        Some(kind.clone())
    }

    fn good(&mut self, asked: &Asked, list: &str, query: &HashMap<String, String>, page: u32) -> Answer {
        let since = query.get("updated_after").cloned().unwrap_or_default();
        let includes = query.get("include").cloned().unwrap_or_default();
        let rows: Vec<Value> = match (asked.method.as_str(), list) {
            ("GET", "students") => {
                let listed = self.pupils.iter().filter(|pupil| pupil.updated > since);
                let mut rows: Vec<Value> = listed.map(|pupil| self.student(pupil, &includes)).collect();
                if self.by_cursor {
                    rows.sort_by_key(|row| row["id"].to_string());
                }
                rows
            }
            ("GET", "students-leaver") if !self.no_leavers => {
                let listed = self.leavers.iter().filter(|pupil| pupil.updated > since);
                listed.map(|pupil| self.student(pupil, &includes)).collect()
            }
            ("GET", "deletions") => self
                .deleted
                .iter()
                .filter(|(_, at)| *at > since)
                .map(|(id, at)| json!({ "type": "student", "id": id, "deleted_at": date(at), "restored_at": null }))
                .collect(),
            ("GET", "counts") if !self.no_counts => {
                return said(200, json!({ "data": { "students": { "data": { "count": self.pupils.len() } } } }));
            }
            ("GET", "") => return said(200, json!({ "data": self.about() })),
            ("GET", "schools") if self.state == "approved" => vec![self.about()],
            ("GET", "schools/pending") if self.state == "pending" => vec![self.about()],
            ("GET", "schools" | "schools/pending") => Vec::new(),
            ("GET", "schools/all") if query.is_empty() => return said(422, json!({ "errors": {} })),
            ("GET", "schools/all") => vec![self.about()],
            ("POST", "request-access") => {
                self.state = "pending";
                return said(200, json!({ "success": true, "state": "pending", "message": "The school was asked." }));
            }
            ("DELETE", "revoke-access") => {
                self.state = "revoked";
                return said(200, json!({ "success": true, "state": "revoked", "message": "Access has ended." }));
            }
            (_, "students-leaver" | "counts") => return said(403, json!({ "error": "invalid_permissions" })),
            _ => return said(404, json!({ "error": "not_found" })),
        };
        let per_page = query.get("per_page").and_then(|n| n.parse().ok()).unwrap_or(50).min(200);
        // By cursor, whoever comes after the last who was shown, wherever that is now.
        let first = match query.get("cursor").filter(|cursor| *cursor != "true") {
            Some(last) => rows.iter().take_while(|row| row["id"].as_str() <= Some(last)).count(),
            None => (page as usize - 1) * per_page,
        };
        let more = rows.len() > first + per_page;
        let shown: Vec<Value> = rows.into_iter().skip(first).take(per_page).collect();
        if page == 1 && !more {
            return said(200, json!({ "data": shown, "meta": { "includes": [] } }));
        }
        let last = shown.last().and_then(|row| row["id"].as_str()).unwrap_or_default();
        let next = more.then(|| self.next(asked, query, page + 1, last));
        // A page after the first has a number, and how many there are on one is a text.
        let pagination = json!({ "next": next, "previous": null, "more": more, "per_page": per_page.to_string(), "current_page": page });
        said(200, json!({ "data": shown, "meta": { "pagination": pagination, "includes": [] } }))
    }

    fn next(&self, asked: &Asked, query: &HashMap<String, String>, page: u32, last: &str) -> String {
        let path = asked.target.split('?').next().unwrap_or_default();
        let kept = query.iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "cursor" | "at"));
        let page = page.to_string();
        let place = if self.by_cursor { [("cursor", last), ("at", &page)] } else { [("page", &*page), ("at", &page)] };
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).extend_pairs(place).finish();
        format!("{}{path}?{query}", asked.root)
    }

    fn spoil(&mut self, kind: &str, answer: Answer, asked: &Asked, list: &str, page: u32) -> Answer {
        let Answer::Said { body, .. } = &answer else { return answer };
        let mut page_of: Value = serde_json::from_str(body).unwrap_or_default();
        let status = |status, headers| Answer::Said { status, headers, body: "{}".to_owned() };
        let retry = |seconds: u32| vec![("retry-after", seconds.to_string())];
        let mut going_on = |next: Option<String>| {
            page_of["meta"]["pagination"] =
                json!({ "next": next, "more": true, "per_page": "200", "current_page": page });
            said(200, page_of.clone())
        };
        match kind {
            "drop" => Answer::Drop,
            "stall" => Answer::Stall,
            "huge" => Answer::Huge,
            "cut" => Answer::Cut(body.chars().take(body.len() / 2).collect()),
            "302" => status(302, vec![("location", "https://elsewhere.example/".to_owned())]),
            "429" => status(429, Vec::new()),
            "429-after" => status(429, retry(1)),
            "429-later" => status(429, retry(7200)),
            "shape" => said(200, json!({ "data": { "message": "Something went wrong" } })),
            "no-ids" => said(200, json!({ "data": [{ "forename": "Nobody" }] })),
            "no-next" => going_on(None),
            "elsewhere" => going_on(Some("https://elsewhere.example/v1.0/students?page=2".to_owned())),
            "downgrade" => going_on(Some(format!("{}{}", asked.root.replace("https:", "http:"), asked.target))),
            "for-ever" => going_on(Some(format!("{}{}&again={}", asked.root, asked.target, self.log.len()))),
            "same-again" => going_on(Some(format!("{}{}", asked.root, asked.target))),
            "empty" => said(200, json!({ "data": [] })),
            "remove" | "insert" | "swap" if list == "students" => {
                if kind != "insert" {
                    self.pupils.remove(0);
                }
                if kind != "remove" {
                    self.pupils.insert(0, pupil(7000 + self.log.len()));
                }
                if kind == "swap" {
                    // One goes at the beginning, one comes at the end: as many as before, and one slips through.
                    let last = self.pupils.remove(0);
                    self.pupils.push(last);
                }
                answer
            }
            number => status(number.parse().unwrap_or(500), Vec::new()),
        }
    }

    fn about(&self) -> Value {
        json!({
            "id": SCHOOL, "name": "Oakfield Primary School", "urn": 100_000, "la_code": "823", "establishment_number": "2000",
            "phase_of_education": "PRIMARY", "mis": "SIMS", "region": { "code": "GB", "domain": "api.wonde.com" },
        })
    }

    fn student(&self, pupil: &Pupil, includes: &str) -> Value {
        let hidden =
            |name: &str, value: &Value| if self.hidden.iter().any(|h| h == name) { Value::Null } else { value.clone() };
        let mut student = json!({
            "id": pupil.id, "upi": format!("{:032x}", pupil.id.len()), "mis_id": pupil.id[7..], "forename": hidden("forename", &json!(pupil.forename)),
            "surname": hidden("surname", &json!(pupil.surname)), "middle_names": null,
            "legal_forename": hidden("legal", &json!(pupil.forename)), "legal_surname": hidden("legal", &json!(pupil.surname)),
            "gender": hidden("gender", &pupil.gender), "date_of_birth": date("2016-03-02 00:00:00"), "created_at": date("2025-09-01 05:00:00"),
            "updated_at": date(&pupil.updated), "restored_at": null,
        });
        let year = pupil.year.to_string();
        for include in includes.split(',') {
            student[include] = match include {
                "education_details" => {
                    let (upn, year) = (hidden("upn", &json!(pupil.upn)), hidden("year", &json!(year)));
                    json!({ "data": { "upn": upn, "current_nc_year": year, "leaving_date": null } })
                }
                "extended_details" => json!({ "data": {
                    "ethnicity": hidden("ethnicity", &pupil.ethnicity),
                    "sen_status": hidden("sen", &pupil.sen),
                    "premium_pupil_indicator": hidden("premium", &pupil.premium),
                    "english_as_additional_language": hidden("eal", &pupil.eal),
                } }),
                "contact_details" => {
                    let email = hidden("email", &json!(pupil.email));
                    json!({ "data": { "emails": { "email": email, "primary": email, "work": null, "home": null } } })
                }
                // Many a primary has no classes.
                "classes" => json!({ "data": [] }),
                "groups" if self.hidden.iter().any(|name| name == "groups") => Value::Null,
                "groups" => json!({ "data": [
                    { "id": "A7", "name": "Red house", "type": "HOUSE" },
                    { "id": "A8", "name": pupil.class, "type": "REGISTRATION" },
                    { "id": "A9", "name": format!("Year {year}"), "code": year, "type": "YEAR" },
                ] }),
                "registration" => {
                    hidden("registration", &json!({ "data": { "id": "A8", "name": pupil.class, "code": pupil.class } }))
                }
                "year" => {
                    hidden("year", &json!({ "data": { "id": "A9", "name": format!("Year {year}"), "code": year } }))
                }
                _ => continue,
            };
        }
        student
    }
}

fn date(at: &str) -> Value {
    json!({ "date": format!("{at}.000000"), "timezone_type": 3, "timezone": "UTC" })
}
