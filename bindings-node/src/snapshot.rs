//! What Wonde says of a school, and the roster that it makes.

use std::sync::Arc;

use napi::{Env, Result};
use napi_derive::napi;
use onroll::wonde::{self, ClassFrom, EmailFrom, Mapping, NamesFrom, School};
use serde::Deserialize;
use serde_json::json;

use crate::error;
use crate::job::now;
use crate::read::Roster;
use crate::values;

pub(crate) fn school(school: &School) -> serde_json::Value {
    json!({
        "id": school.id,
        "name": school.name,
        "urn": school.urn,
        "laCode": school.la_code,
        "establishmentNumber": school.establishment_number,
        "phase": school.phase,
        "mis": school.mis,
        "domain": school.domain,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MappingChoices {
    sign_in: String,
    class_from: String,
    names_from: String,
    email_from: String,
    main_codes_only: bool,
}

/// Everything that Wonde says of one school's students at one time.
#[napi]
pub struct WondeSnapshot(pub(crate) Arc<wonde::Snapshot>);

#[napi]
impl WondeSnapshot {
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        let since = self.0.since().map(|since| since.timestamp_millis());
        json!({
            "schoolId": self.0.school_id(),
            "length": self.0.len(),
            "since": since,
            "duplicates": self.0.duplicates(),
            "pages": self.0.pages(),
            "counted": self.0.is_counted(),
            "left": self.0.left(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn roster(&self, env: Env, choices: String) -> Result<Roster> {
        let choices: MappingChoices = serde_json::from_str(&choices).map_err(error::of_protocol)?;
        let mapping = Mapping::new()
            .sign_in(values::sign_in(&choices.sign_in)?)
            .class_from(ClassFrom::named(&choices.class_from).unwrap_or_default())
            .names_from(NamesFrom::named(&choices.names_from).unwrap_or_default())
            .email_from(EmailFrom::named(&choices.email_from).unwrap_or_default())
            .main_codes_only(choices.main_codes_only);
        now(env, || Ok(Roster::new(self.0.roster(&mapping))))
    }
}

/// The names that a choice of the mapping has.
#[napi(catch_unwind)]
pub fn wonde_names(choice: String) -> Vec<&'static str> {
    match choice.as_str() {
        "classFrom" => ClassFrom::NAMES,
        "namesFrom" => NamesFrom::NAMES,
        _ => EmailFrom::NAMES,
    }
    .to_vec()
}
