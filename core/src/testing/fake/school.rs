//! One school of the small Wonde, the answers of its endpoints, its faults, and the changes that a test can ask for.

mod about;

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use self::about::INCLUDES;
use super::people::{Pupil, pupil};
use super::{Answer, Asked, SCHOOL, TOKEN, date, mylogin, said};

/// The lists from which a client can request a single record by its id.
const ONE_OF: [&str; 5] = ["students", "students-leaver", "students-pre-admission", "classes", "groups"];

#[derive(Debug, Default)]
pub struct School {
    pub id: String,
    pub pupils: Vec<Pupil>,
    pub leavers: Vec<Pupil>,
    /// The id of each deleted student, and the time of the deletion.
    pub deleted: Vec<(String, String)>,
    /// The time that the MIS records for changes.
    pub now: String,
    /// The class of the broken record before the record was broken.
    pub class_before_break: String,
    /// The fields that the token may not see. They are null for every student.
    pub hidden: Vec<String>,
    /// The includes for which the token has no permission. A request for them gets the status 403.
    pub forbidden: Vec<String>,
    /// The difference between the count and the listed students.
    pub count_off: i64,
    pub no_counts: bool,
    pub no_leavers: bool,
    /// Whether the token may not read the permissions.
    pub no_permissions: bool,
    /// Whether the school lists all permissions as approved, even for fields that are null.
    pub permits_all: bool,
    pub offline: bool,
    /// Whether lists are paged by cursor, so that no row moves to another page.
    pub by_cursor: bool,
    /// The state of access: `approved`, `pending`, `audited`, `declined` or `revoked`.
    pub state: String,
    /// The sign-ins of MyLogin.
    pub desk: mylogin::Desk,
    pub(super) faults: HashMap<(String, u32), (String, u32)>,
    pub(super) log: Vec<(String, bool)>,
}

impl School {
    pub(super) fn of(id: &str, pupils: Vec<Pupil>) -> Self {
        let [id, now, state] = [id, "2026-09-01 06:00:00", "approved"].map(str::to_owned);
        Self { id, pupils, now, state, ..Self::default() }
    }

    /// Sets a value by its name, for a test in a language other than Rust. `hidden` and `forbidden` take a list of
    /// texts, `count_off` takes a number, and `state` takes a text. `pupil` takes `{"0": {field: value}}`, where 0 is
    /// the pupil's index. All other names take a flag.
    pub(super) fn set(&mut self, name: &str, value: &Value) {
        let texts = || value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let flag = value.as_bool().unwrap_or_default();
        match name {
            "hidden" => self.hidden = texts(),
            "forbidden" => self.forbidden = texts(),
            "count_off" => self.count_off = value.as_i64().unwrap_or_default(),
            "state" => self.state = value.as_str().unwrap_or_default().to_owned(),
            "no_counts" => self.no_counts = flag,
            "no_permissions" => self.no_permissions = flag,
            "permits_all" => self.permits_all = flag,
            "offline" => self.offline = flag,
            "pupil" => {
                for (number, fields) in value.as_object().into_iter().flatten() {
                    let Some(pupil) = number.parse().ok().and_then(|number: usize| self.pupils.get_mut(number)) else {
                        continue;
                    };
                    fields.as_object().into_iter().flatten().for_each(|(field, value)| pupil.set(field, value));
                }
            }
            _ => {}
        }
    }

    /// Changes the school, as an MIS changes overnight or over the summer.
    pub fn change(&mut self, what: &str) {
        self.now = "2026-09-02 06:00:00".to_owned();
        let now = self.now.clone();
        match what {
            // Ten students leave, ten join, and all students in 2A move to 2C.
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
                self.class_before_break = self.pupils[0].class.clone();
                (self.pupils[0].class, self.pupils[0].updated) = (String::new(), now);
            }
            "mend a record" => (self.pupils[0].class, self.pupils[0].updated) = (self.class_before_break.clone(), now),
            "lose everybody" => self.pupils.clear(),
            "hide everything" => {
                self.hidden = ["ethnicity", "sen", "premium", "eal"].map(str::to_owned).into();
            }
            _ => {}
        }
    }

    /// Returns whether a request contains this school's id.
    pub(super) fn is_asked(&self, asked: &Asked) -> bool {
        asked.target.split(['/', '?']).any(|part| part == self.id)
    }

    /// Returns the state of access, and the school as Wonde lists it.
    pub(super) fn listed(&self) -> (String, Value) {
        (self.state.clone(), self.about())
    }

    pub(super) fn answer(&mut self, asked: &Asked, others: &[(String, Value)]) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        self.log.push((asked.target.clone(), !asked.authorization.is_empty()));
        let known = [format!("Bearer {TOKEN}"), format!("Basic {}", STANDARD.encode(format!("{TOKEN}:")))];
        if !known.contains(&asked.authorization) {
            return said(401, json!({ "error": "invalid_token", "message": "The token is not valid." }));
        }
        let own = format!("/v1.0/schools/{}", self.id);
        let path = path.trim_end_matches('/');
        let list = match path.strip_prefix(&own) {
            Some(list) => list.trim_start_matches('/'),
            None => path.trim_start_matches("/v1.0/"),
        };
        let page = query.get("page").or(query.get("at")).and_then(|page| page.parse().ok()).unwrap_or(1);
        let fault = self.take_fault(list, page);
        let answer = self.good(asked, list, &query, page, others);
        match fault {
            Some(kind) => self.spoil(&kind, answer, asked, list, page),
            None => answer,
        }
    }

    pub(super) fn take_fault(&mut self, list: &str, page: u32) -> Option<String> {
        let key =
            [page, 0].map(|page| (list.to_owned(), page)).into_iter().find(|key| self.faults.contains_key(key))?;
        let (kind, times) = self.faults.get_mut(&key).filter(|(_, times)| *times > 0)?;
        *times -= 1;
        Some(kind.clone())
    }

    fn good(
        &mut self,
        asked: &Asked,
        list: &str,
        query: &HashMap<String, String>,
        page: u32,
        others: &[(String, Value)],
    ) -> Answer {
        // A request for one record of a list: `students/A1000000007`.
        if let Some((list, id)) = list.split_once('/').filter(|(list, _)| ONE_OF.contains(list)) {
            return self.one_of(asked, list, id, query, others).unwrap_or_else(not_found);
        }
        let since = query.get("updated_after").cloned().unwrap_or_default();
        let includes = query.get("include").cloned().unwrap_or_default();
        let rows: Vec<Value> = match (asked.method.as_str(), list) {
            ("GET", "students" | "students-leaver") if self.is_forbidden(&includes) => return forbidden(),
            ("GET", "students") => {
                let listed = self.pupils.iter().filter(|pupil| pupil.updated > since);
                let mut rows: Vec<Value> = listed.map(|pupil| pupil.json(&includes, &self.hidden)).collect();
                if self.by_cursor {
                    rows.sort_by_key(|row| row["id"].to_string());
                }
                rows
            }
            ("GET", "students-leaver") if !self.no_leavers => {
                let listed = self.leavers.iter().filter(|pupil| pupil.updated > since);
                listed.map(|pupil| pupil.json(&includes, &self.hidden)).collect()
            }
            // Children who will join in September are not students yet.
            ("GET", "students-pre-admission") => Vec::new(),
            ("GET", "deletions") => self
                .deleted
                .iter()
                .filter(|(_, at)| *at > since)
                .map(|(id, at)| json!({ "type": "student", "id": id, "deleted_at": date(at), "restored_at": null }))
                .collect(),
            ("GET", "classes") => self.classes(),
            ("GET", "groups") => self.groups(query.get("type").map(String::as_str)),
            ("GET", "counts") if !self.no_counts => {
                let count = self.pupils.len() as i64 + self.count_off;
                return said(200, json!({ "data": { "students": { "data": { "count": count } } } }));
            }
            ("GET", "") => return said(200, json!({ "data": self.about() })),
            ("GET", meta) if meta == format!("meta/schools/{}", self.id) => return said(200, self.meta()),
            ("GET", meta) if meta == format!("meta/schools/{}/permissions", self.id) && !self.no_permissions => {
                self.permissions()
            }
            ("GET", "schools/all") if query.is_empty() => return said(422, json!({ "errors": {} })),
            ("GET", "schools/all") => {
                [self.about()].into_iter().chain(others.iter().map(|(_, about)| about.clone())).collect()
            }
            ("GET", "schools" | "schools/pending" | "schools/audited" | "schools/declined" | "schools/revoked") => {
                let wanted = list.strip_prefix("schools/").unwrap_or("approved");
                let own = self.listed();
                let all = [&own].into_iter().chain(others).filter(|(state, _)| state == wanted);
                all.map(|(_, about)| about.clone()).collect()
            }
            ("POST", "request-access") => {
                self.state = "pending".to_owned();
                return said(200, json!({ "success": true, "state": "pending", "message": "The school was asked." }));
            }
            ("DELETE", "revoke-access") => {
                self.state = "revoked".to_owned();
                return said(200, json!({ "success": true, "state": "revoked", "message": "Access has ended." }));
            }
            (_, "students-leaver" | "counts") => return forbidden(),
            _ if list.starts_with("meta/") && self.no_permissions => return forbidden(),
            _ => return not_found(),
        };
        self.page(asked, query, page, rows)
    }

    /// Searches a list for the record with an id.
    fn one_of(
        &mut self,
        asked: &Asked,
        list: &str,
        id: &str,
        query: &HashMap<String, String>,
        others: &[(String, Value)],
    ) -> Option<Answer> {
        let mut query = query.clone();
        query.insert("per_page".to_owned(), "200".to_owned());
        for page in 1.. {
            let Answer::Said { status: 200, body, .. } = self.good(asked, list, &query, page, others) else {
                return None;
            };
            let rows: Value = serde_json::from_str(&body).ok()?;
            if let Some(row) = rows["data"].as_array()?.iter().find(|row| row["id"] == *id) {
                return Some(said(200, json!({ "data": row })));
            }
            if rows["meta"]["pagination"]["more"] != true {
                return None;
            }
        }
        None
    }

    /// Returns one page of a list. The answer has no pagination only if no page size was requested and everything fits
    /// on one page.
    fn page(&self, asked: &Asked, query: &HashMap<String, String>, page: u32, rows: Vec<Value>) -> Answer {
        let per_page = query.get("per_page").and_then(|n| n.parse().ok()).unwrap_or(50).min(200);
        // With a cursor, the page begins after the last student shown, wherever that student is now.
        let first = match query.get("cursor").filter(|cursor| *cursor != "true") {
            Some(last) => rows.iter().take_while(|row| row["id"].as_str() <= Some(last)).count(),
            None => (page as usize - 1) * per_page,
        };
        let more = rows.len() > first + per_page;
        let shown: Vec<Value> = rows.into_iter().skip(first).take(per_page).collect();
        if page == 1 && !more && !query.contains_key("per_page") {
            return said(200, json!({ "data": shown, "meta": { "includes": INCLUDES } }));
        }
        let last = shown.last().and_then(|row| row["id"].as_str()).unwrap_or_default();
        let next = more.then(|| self.next(asked, query, page + 1, last));
        // The number of the page is a number, but the number of rows on a page is a text.
        let pagination = json!({ "next": next, "previous": null, "more": more, "per_page": per_page.to_string(), "current_page": page });
        said(200, json!({ "data": shown, "meta": { "pagination": pagination, "includes": INCLUDES } }))
    }

    fn next(&self, asked: &Asked, query: &HashMap<String, String>, page: u32, last: &str) -> String {
        let path = asked.target.split('?').next().unwrap_or_default();
        let kept = query.iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "cursor" | "at"));
        let page = page.to_string();
        let position =
            if self.by_cursor { [("cursor", last), ("at", &page)] } else { [("page", &*page), ("at", &page)] };
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).extend_pairs(position).finish();
        format!("{}{path}?{query}", asked.root)
    }

    pub(super) fn spoil(&mut self, kind: &str, answer: Answer, asked: &Asked, list: &str, page: u32) -> Answer {
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
                    // One student leaves at the beginning of the list, and one joins at the end. The number of students
                    // does not change, but a student at the start of a page moves to the page before.
                    let last = self.pupils.remove(0);
                    self.pupils.push(last);
                }
                answer
            }
            number => status(number.parse().unwrap_or(500), Vec::new()),
        }
    }

    fn is_forbidden(&self, includes: &str) -> bool {
        includes.split(',').any(|include| self.forbidden.iter().any(|forbidden| forbidden == include))
    }
}

fn not_found() -> Answer {
    said(404, json!({ "error": "not_found", "message": "There is nothing at this address." }))
}

/// Wonde does not publish this body. The body here follows the description of an integrator.
fn forbidden() -> Answer {
    said(403, json!({ "error": "invalid_permissions", "message": "The token has no permission for what was asked." }))
}
