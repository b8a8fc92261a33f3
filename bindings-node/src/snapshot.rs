//! The native class behind `Snapshot`, with the options of its roster. Also the JSON of a school and of a check of
//! access.

use std::sync::Arc;

use napi::{Env, Result};
use napi_derive::napi;
use onroll::Column;
use onroll::values::EthnicityEntry;
use onroll::wonde::{self, AccessCheck, ClassFrom, EmailFrom, NamesFrom, Options, OptionsError, School};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::job::now;
use crate::roster::Roster;
use crate::{choices, error, values};

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
struct OptionChoices {
    sign_in: String,
    class_from: String,
    names_from: String,
    email_from: String,
    email_domains: Vec<String>,
    main_codes_only: bool,
    year_from_class: bool,
    withheld: Vec<String>,
    /// The field, the text, and the value that the text means.
    values: Vec<[String; 3]>,
    today: Option<String>,
    #[serde(default)]
    ethnicities: Vec<EthnicityEntry>,
}

impl OptionChoices {
    fn options(&self) -> Result<Options> {
        let refused = |error: OptionsError| error::of_options(&error);
        let withheld = self.withheld.iter().map(|name| column(name));
        let mut options = Options::new()
            .sign_in(values::sign_in(&self.sign_in)?)
            .class_from(ClassFrom::named(&self.class_from).unwrap_or_default())
            .names_from(NamesFrom::named(&self.names_from).unwrap_or_default())
            .email_from(EmailFrom::named(&self.email_from).unwrap_or_default())
            .email_domains(&self.email_domains)
            .map_err(refused)?
            .main_codes_only(self.main_codes_only)
            .year_from_class(self.year_from_class)
            .withheld(withheld.collect::<std::result::Result<Vec<_>, _>>().map_err(refused)?);
        if !self.ethnicities.is_empty() {
            options = options.ethnicities(choices::ethnicities(&self.ethnicities).map_err(error::of_choices)?);
        }
        for [field, text, value] in &self.values {
            let field = column(field).map_err(refused)?;
            options = options.value(field, text, value).map_err(refused)?;
        }
        if let Some(today) = &self.today {
            options = options.today(today.parse().map_err(|_| error::of_protocol("today must be a date"))?);
        }
        Ok(options)
    }
}

/// Returns the column with this name: its field in JavaScript, its key in Rust, or its heading.
fn column(name: &str) -> std::result::Result<Column, OptionsError> {
    let found = Column::ALL
        .into_iter()
        .find(|column| [column.key(), column.heading()].contains(&name) || camel(column.key()) == name);
    found.ok_or_else(|| OptionsError::UnknownField { field: name.to_owned() })
}

/// Converts a name to camelCase: `class_name` to `className`.
fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &initial.into_iter().chain(letters).collect::<String>()
    })
}

/// Returns, as JSON, which fields a token may read at one school.
pub(crate) fn access(check: &AccessCheck) -> Value {
    let field = |field: &wonde::FieldCheck| {
        json!({
            "field": camel(field.field()),
            "state": field.state().as_str(),
            "filled": field.filled(),
            "consequence": field.consequence(),
        })
    };
    json!({
        "schoolId": check.school_id(),
        "online": check.is_online(),
        "approved": check.is_approved(),
        "lastSynced": check.last_synced().map(|time| time.timestamp_millis()),
        "students": check.students(),
        "permissionsKnown": check.are_permissions_known(),
        "refusedIncludes": check.refused_includes(),
        "fields": check.fields().iter().map(field).collect::<Vec<_>>(),
        "withheld": check.withheld().into_iter().map(|column| camel(column.key())).collect::<Vec<_>>(),
        "text": check.text(),
    })
}

/// Wonde's data about one school's students at one time.
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
            "count": self.0.count(),
            "includes": self.0.includes(),
            "warnings": self.0.warnings().iter().map(|warning| json!({ "code": warning.code(), "message": warning.to_string() })).collect::<Vec<_>>(),
            "left": self.0.left(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn roster(&self, env: Env, choices: String) -> Result<Roster> {
        let choices: OptionChoices = serde_json::from_str(&choices).map_err(error::of_protocol)?;
        let options = choices.options()?;
        now(env, || Ok(Roster::new(self.0.roster(&options))))
    }
}

/// Returns the accepted names for an option.
#[napi(catch_unwind)]
pub fn wonde_names(choice: String) -> Vec<&'static str> {
    match choice.as_str() {
        "classFrom" => ClassFrom::NAMES,
        "namesFrom" => NamesFrom::NAMES,
        _ => EmailFrom::NAMES,
    }
    .to_vec()
}
