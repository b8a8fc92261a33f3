//! Reads the option `vocabulary`, a dictionary from headings to targets.

use onroll::mapping::{Target, Vocabulary};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::input::{Text, argument, no_choice, wrong};

/// Reads a dictionary from headings to targets.
pub(crate) fn vocabulary(object: &Bound<'_, PyAny>) -> PyResult<Vocabulary> {
    let given: &Bound<'_, PyDict> = object.cast().map_err(|_| wrong("vocabulary", "a dict of str", object))?;
    given.iter().try_fold(Vocabulary::default(), |vocabulary, (heading, target)| {
        let heading: Text = argument("vocabulary", "a dict with str keys", &heading)?;
        let target: Text = argument("vocabulary", "a dict with str values", &target)?;
        let known =
            target.parse().map_err(|_| no_choice("a target of vocabulary", &Target::ALL.map(Target::key), &target))?;
        Ok(vocabulary.with(&heading, known))
    })
}
