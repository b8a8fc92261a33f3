//! `onroll template`: its options. `reader/template.rs` makes the file that a school fills in.

use std::path::PathBuf;

use clap::Args;

use crate::reader::template_csv;
#[cfg(feature = "workbook")]
use crate::reader::template_workbook;

use super::OK;
use super::console::{Console, is_output};
use super::failure::Failure;

/// Print the template that a school fills in
#[derive(Args)]
pub(super) struct Template {
    /// Write the template to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write an Excel workbook with drop-down lists; needs --out FILE, or --out - for standard output
    #[cfg(feature = "workbook")]
    #[arg(long, requires = "out")]
    workbook: bool,
}

impl Template {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        #[cfg(feature = "workbook")]
        if let Some(out) = self.out.as_deref().filter(|_| self.workbook) {
            let workbook = template_workbook().map_err(|error| Failure::Failed(error.to_string()))?;
            console.put(out, &workbook)?;
            return Ok(OK);
        }
        match self.out.as_deref().filter(|out| !is_output(out)) {
            Some(out) => console.put(out, template_csv().as_bytes())?,
            None => console.print(template_csv().trim_end())?,
        }
        Ok(OK)
    }
}
