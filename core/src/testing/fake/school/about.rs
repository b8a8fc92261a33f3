//! A school of the small Wonde describes itself: its name, permissions, classes and groups.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{SCHOOL, date};

use super::School;

/// The parts of a student that a request may include.
pub(super) const INCLUDES: [&str; 8] = [
    "education_details",
    "extended_details",
    "contact_details",
    "classes",
    "groups",
    "year",
    "registration",
    "identifiers",
];

/// The permissions of a school: the name of each, and the field that is null without it.
const PERMISSIONS: [(&str, &str); 14] = [
    ("Student forename read", "forename"),
    ("Student surname read", "surname"),
    ("Student legal surname read", "legal"),
    ("Student gender read", "gender"),
    ("Student UPN read", "upn"),
    ("Students current nc year read", "year"),
    ("Student groups read", "groups"),
    ("Student registration group read", "registration"),
    ("Student classes read", "classes"),
    ("Student ethnicity read", "ethnicity"),
    ("Student SEN status read", "sen"),
    ("Student pupil premium indicator read", "premium"),
    ("Student English as additional language read", "eal"),
    ("Student contact details emails read", "email"),
];

impl School {
    pub(super) fn about(&self) -> Value {
        let name = if self.id == SCHOOL { "Oakfield Primary School".to_owned() } else { format!("School {}", self.id) };
        json!({
            "id": self.id, "name": name, "urn": 100_000, "la_code": "823", "establishment_number": "2000",
            "phase_of_education": "PRIMARY", "mis": "SIMS", "region": { "code": "GB", "domain": "api.wonde.com" },
        })
    }

    pub(super) fn meta(&self) -> Value {
        json!({ "data": { "online": !self.offline, "approved": self.state == "approved", "audited": true, "custom_attendance_codes": false } })
    }

    pub(super) fn permissions(&self) -> Vec<Value> {
        let includes = INCLUDES.map(|include| (format!("Students {} read", include.replace('_', " ")), include));
        let fields = PERMISSIONS.map(|(name, field)| (name.to_owned(), field));
        let row = |(name, field): (String, &str)| {
            let is_hidden = self.hidden.iter().chain(&self.forbidden).any(|hidden| hidden == field);
            json!({ "identity": name.to_lowercase().replace(' ', "."), "name": name, "description": "", "parent": null, "group": "students",
                "active_from": date("2025-09-01 00:00:00"), "optional": true, "approved": self.permits_all || !is_hidden, "audited": true })
        };
        includes.into_iter().chain(fields).map(row).collect()
    }

    pub(super) fn classes(&self) -> Vec<Value> {
        let names: BTreeMap<&str, ()> =
            self.pupils.iter().flat_map(|pupil| &pupil.classes).map(|name| (name.as_str(), ())).collect();
        let row = |name: &str| {
            json!({ "id": format!("A5{name}"), "mis_id": name, "name": name, "code": name, "description": name, "subject": null,
                "alternative": false, "priority": false, "academic_year": null, "year_group": null })
        };
        names.into_keys().map(row).collect()
    }

    pub(super) fn groups(&self, kind: Option<&str>) -> Vec<Value> {
        let mut groups = BTreeMap::new();
        for pupil in &self.pupils {
            groups.insert(pupil.class.clone(), pupil.registration());
            let year = pupil.year;
            groups.insert(
                format!("Year {year}"),
                json!({ "id": "A9", "mis_id": year.to_string(), "name": format!("Year {year}"), "code": year.to_string(), "type": "YEAR" }),
            );
        }
        groups.into_values().filter(|group| kind.is_none_or(|kind| group["type"] == kind)).collect()
    }
}
