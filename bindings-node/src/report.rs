//! The native class behind `Report`, and the list of the codes of problems.

use napi::Result;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use onroll::ProblemCode;

use crate::error;
use crate::job::Weigh;

/// Returns the codes of all problems.
#[napi(catch_unwind)]
pub fn problem_codes() -> Vec<&'static str> {
    ProblemCode::ALL.iter().map(|code| code.as_str()).collect()
}

/// All problems in an input.
#[napi]
#[derive(Clone)]
pub struct Report(pub(crate) onroll::Report);

impl Weigh for Report {}

#[napi]
impl Report {
    /// Reads a report from the JSON of an error.
    #[napi(factory, catch_unwind)]
    pub fn restore(kept: String) -> Result<Self> {
        serde_json::from_str(&kept).map(Self).map_err(error::of_protocol)
    }

    /// Reads a report from the JSON that `json` returned. If this fails, the error has only a message.
    #[napi(factory, catch_unwind)]
    pub fn of_json(text: String) -> Result<Self> {
        onroll::Report::from_json(&text).map(Self).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// Returns the counts that the report's JSON does not contain.
    #[napi(catch_unwind)]
    pub fn counts(&self) -> String {
        let report = &self.0;
        serde_json::json!({
            "correctable": report.correctable(),
            "fixedCount": report.fixed_count(),
            "fixableCount": report.fixable_count(),
        })
        .to_string()
    }

    /// Returns whether another report is about the same file, as far as the reports can tell.
    #[napi(catch_unwind)]
    pub fn is_of_same_file(&self, other: &Report) -> bool {
        self.0.is_of_same_file(&other.0)
    }

    /// Returns the number of remaining problems with a code; `None` for an unknown code.
    #[napi(catch_unwind)]
    pub fn count_of(&self, code: String) -> Option<i64> {
        let code = ProblemCode::ALL.iter().find(|c| c.as_str() == code)?;
        Some(self.0.count_of(*code) as i64)
    }

    #[napi(catch_unwind)]
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// Returns the report for logs, without values.
    #[napi(catch_unwind)]
    pub fn shown(&self) -> String {
        self.0.to_string()
    }

    #[napi(catch_unwind)]
    pub fn json(&self, values: bool) -> String {
        self.0.to_json(values)
    }

    #[napi(catch_unwind)]
    pub fn by_value(&self) -> Result<String> {
        serde_json::to_string(&self.0.by_value()).map_err(error::of_protocol)
    }

    #[napi(catch_unwind)]
    pub fn csv(&self) -> Result<Buffer> {
        let mut csv = Vec::new();
        self.0.write_csv(&mut csv).map_err(|error| error::of_io(&error))?;
        Ok(csv.into())
    }
}
