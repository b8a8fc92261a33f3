//! The Python package: translates `onroll`, and holds no rule of its own.

use pyo3::prelude::*;

/// The template that a school fills in: the nine headings, as a CSV file with CR LF.
#[pyfunction]
fn template_csv() -> String {
    onroll::template_csv()
}

#[pymodule(gil_used = false)]
mod _onroll {
    #[pymodule_export]
    use super::template_csv;

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
