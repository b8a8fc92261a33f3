//! The Node package: translates `onroll`, and holds no rule of its own.

use napi_derive::napi;

/// The template that a school fills in: the nine headings, as a CSV file with CR LF.
#[napi]
pub fn template_csv() -> String {
    onroll::template_csv()
}
