//! The students of the small Wonde (`Pupil`), their names, and their JSON.

use serde_json::{Value, json};

use super::date;

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

/// One student, as recorded in the MIS.
#[derive(Debug, Clone, Default)]
pub struct Pupil {
    pub id: String,
    pub upi: String,
    pub upn: Option<String>,
    pub forename: String,
    pub surname: String,
    pub year: u8,
    pub class: String,
    /// The name and the type of each further group, such as `("7S", "REGISTRATION")`.
    pub groups: Vec<(String, String)>,
    /// The names of classes. Many primary schools have none.
    pub classes: Vec<String>,
    pub gender: Value,
    pub ethnicity: Value,
    pub sen: Value,
    pub premium: Value,
    pub eal: Value,
    pub email: Option<String>,
    /// The home address, which is usually a parent's.
    pub home_email: Option<String>,
    /// The leaving date, such as `2026-07-20`.
    pub leaving_date: Option<String>,
    pub updated: String,
    /// Fields that are null for this student.
    pub hidden: Vec<String>,
}

/// Returns a valid UPN. Its first letter is the check letter for the weighted sum of its digits.
pub(super) fn upn(number: usize) -> String {
    let digits = format!("823200{number:06}");
    let sum: usize = (2..).zip(digits.bytes()).map(|(weight, digit)| weight * usize::from(digit - b'0')).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

pub(super) fn pupil(number: usize) -> Pupil {
    let year = number % 6 + 1;
    let forename = FORENAMES[number % FORENAMES.len()];
    // One student in fifty has the same name as another student.
    let surname = SURNAMES[if number % 50 == 49 { 0 } else { number / FORENAMES.len() % SURNAMES.len() }];
    let class = format!("{year}{}", ["A", "B"][number / 6 % 2]);
    let of = |every: usize, yes: Value, no: Value| if number.is_multiple_of(every) { yes } else { no };
    Pupil {
        id: format!("A{}", 1_000_000_000 + number),
        upi: format!("{:032x}", 0x9f1c_0000_0000_u64 + number as u64),
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
        ..Pupil::default()
    }
}

impl Pupil {
    /// Returns the student as Wonde sends it. `hidden` names the fields that are null for every student.
    pub(super) fn json(&self, includes: &str, hidden: &[String]) -> Value {
        let is_hidden = |name: &str| hidden.iter().chain(&self.hidden).any(|hidden| hidden == name);
        let shown = |name: &str, value: Value| if is_hidden(name) { Value::Null } else { value };
        let mut student = json!({
            "id": self.id, "upi": shown("upi", json!(self.upi)), "mis_id": self.id.get(7..), "title": null, "initials": null,
            "forename": shown("forename", json!(self.forename)), "surname": shown("surname", json!(self.surname)), "middle_names": null,
            "legal_forename": shown("legal", json!(self.forename)), "legal_surname": shown("legal", json!(self.surname)),
            "gender": shown("gender", self.gender.clone()), "gender_identity": null,
            "date_of_birth": shown("date_of_birth", date("2016-03-02 00:00:00")), "created_at": date("2025-09-01 05:00:00"),
            "updated_at": date(&self.updated), "restored_at": null,
        });
        for include in includes.split(',').filter(|include| !include.is_empty()) {
            let Some(value) = self.include(include, &shown) else { continue };
            student[include] = shown(include, value);
        }
        student
    }

    fn include(&self, include: &str, shown: &impl Fn(&str, Value) -> Value) -> Option<Value> {
        let year = self.year.to_string();
        let of_year =
            || json!({ "id": "A9", "mis_id": year, "name": format!("Year {year}"), "code": year, "type": "YEAR" });
        let class = |name: &String| {
            json!({ "id": format!("A5{name}"), "mis_id": name, "name": name, "code": name, "description": name, "subject": null, "type": null,
                "alternative": false, "priority": false, "academic_year": null, "year_group": null })
        };
        Some(match include {
            "education_details" => {
                let (upn, year) = (shown("upn", json!(self.upn)), shown("year", json!(year)));
                let year = if year.is_null() { year } else { shown("nc_year", year) };
                let leaving = self.leaving_date.as_ref().map(|day| date(&format!("{day} 00:00:00")));
                json!({ "data": {
                    "admission_number": "001042", "upn": upn, "local_upn": null, "former_upn": null, "learner_number": null,
                    "current_nc_year": year, "part_time": false, "part_time_rate": 1, "admission_date": null, "leaving_date": leaving,
                } })
            }
            "extended_details" => json!({ "data": {
                "ethnicity": shown("ethnicity", self.ethnicity.clone()),
                "sen_status": shown("sen", self.sen.clone()),
                "premium_pupil_indicator": shown("premium", self.premium.clone()),
                "english_as_additional_language": shown("eal", self.eal.clone()),
                "free_school_meals": false, "free_school_meals_6": false, "in_lea_care": null,
            } }),
            "contact_details" => {
                let [email, home] = [&self.email, &self.home_email].map(|email| shown("email", json!(email)));
                // Wonde chooses the address without a label: the primary one, or otherwise the home one.
                let picked = if email.is_null() { home.clone() } else { email.clone() };
                json!({ "data": { "emails": { "email": picked, "primary": email, "work": null, "home": home }, "salutation": null } })
            }
            "classes" => json!({ "data": self.classes.iter().map(class).collect::<Vec<_>>() }),
            "groups" => {
                let registration = (!self.class.is_empty()).then(|| self.registration());
                let others = self
                    .groups
                    .iter()
                    .map(|(name, kind)| json!({ "id": "A8", "name": name, "code": name, "type": kind }));
                let house = json!({ "id": "A7", "name": "Red house", "type": "HOUSE" });
                let years = (!shown("year_group", json!(0)).is_null()).then(of_year);
                let all: Vec<Value> = [house].into_iter().chain(registration).chain(others).chain(years).collect();
                json!({ "data": all })
            }
            "registration" => json!({ "data": self.registration() }),
            "year" => json!({ "data": of_year() }),
            _ => return None,
        })
    }

    pub(super) fn registration(&self) -> Value {
        json!({ "id": format!("A8{}", self.class), "mis_id": self.class, "name": self.class, "code": self.class, "type": "REGISTRATION" })
    }
}

impl Pupil {
    /// Sets a field by its name, for a test in another language.
    pub(super) fn set(&mut self, field: &str, value: &Value) {
        let text = || value.as_str().map(str::to_owned);
        let texts = || value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        match field {
            "forename" => self.forename = text().unwrap_or_default(),
            "surname" => self.surname = text().unwrap_or_default(),
            "class" => self.class = text().unwrap_or_default(),
            "classes" => self.classes = texts(),
            "email" => self.email = text(),
            "home_email" => self.home_email = text(),
            "upn" => self.upn = text(),
            "upi" => self.upi = text().unwrap_or_default(),
            "id" => self.id = text().unwrap_or_default(),
            "leaving_date" => self.leaving_date = text(),
            "gender" => self.gender = value.clone(),
            "ethnicity" => self.ethnicity = value.clone(),
            "sen" => self.sen = value.clone(),
            "eal" => self.eal = value.clone(),
            "hidden" => self.hidden = texts(),
            _ => {}
        }
    }
}
