//! The ids by which other systems know a student (`Ids`): source id, UPN and Wonde's id for the person. `upn.rs`
//! decides which UPNs are valid, and `check/source_id.rs` which texts are source ids.

use serde::{Deserialize, Serialize};

use crate::text::Private;
use crate::upn;

use super::Students;

/// The ids by which other systems know a student.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    /// The id of the student in the school's MIS or in Wonde. Readers leave out a text that is certainly no id.
    pub(crate) source_id: Option<Private>,
    /// The unique pupil number (UPN).
    pub(crate) upn: Option<Private>,
    /// Wonde's id for the person. It stays the same when a student enrols again under a different source id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upi: Option<Private>,
}

impl Ids {
    /// Creates ids from texts. A blank id becomes `None`. A valid UPN is stored in its standard form. Any other UPN is
    /// stored unchanged, for display.
    pub(crate) fn new(source_id: Option<&str>, upn: Option<&str>) -> Self {
        let known = |id: Option<&str>| id.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        let upn = known(upn).map(|upn| upn::valid(&upn).unwrap_or(upn));
        Self { source_id: known(source_id).map(Private::new), upn: upn.map(Private::new), upi: None }
    }

    /// Returns the same ids with Wonde's id for the person.
    pub(crate) fn with_upi(self, upi: Option<&str>) -> Self {
        Self { upi: upi.map(str::trim).filter(|upi| !upi.is_empty()).map(Private::new), ..self }
    }

    /// Returns the ids that identify a student: the source id, and the UPN if it is valid.
    pub(crate) fn sure(&self) -> [Option<&str>; 2] {
        let upn = self.upn.as_ref().map(Private::expose).filter(|upn| upn::is_valid(upn));
        [self.source_id.as_ref().map(Private::expose), upn]
    }
}

impl Students {
    /// Returns the source id and the UPN of a student.
    pub(crate) fn ids(&self, index: usize) -> [Option<&str>; 2] {
        let ids = self.ids.get(index);
        [ids.and_then(|i| i.source_id.as_ref()), ids.and_then(|i| i.upn.as_ref())].map(|id| id.map(Private::expose))
    }

    /// Returns Wonde's id for the person.
    pub(crate) fn upi(&self, index: usize) -> Option<&str> {
        self.ids.get(index).and_then(|ids| ids.upi.as_ref()).map(Private::expose)
    }

    /// Returns whether any student has Wonde's id for the person.
    pub(crate) fn has_upis(&self) -> bool {
        self.ids.iter().any(|ids| ids.upi.is_some())
    }

    /// Sets Wonde's id for the person.
    pub(crate) fn set_upi(&mut self, index: usize, upi: Option<&str>) {
        let ids = self.ids.get(index).cloned().unwrap_or_default();
        self.set_ids(index, ids.with_upi(upi));
    }

    /// Returns the ids that identify a student: the source id, and the UPN if it is valid.
    pub(crate) fn sure_ids(&self, index: usize) -> [Option<&str>; 2] {
        self.ids.get(index).map_or([None; 2], Ids::sure)
    }

    /// Returns whether any student has an id.
    pub(crate) fn has_ids(&self) -> bool {
        !self.ids.is_empty()
    }

    pub(crate) fn set_ids(&mut self, index: usize, ids: Ids) {
        if ids == Ids::default() && index >= self.ids.len() {
            return;
        }
        if index >= self.ids.len() {
            self.ids.resize(index + 1, Ids::default());
        }
        if let Some(slot) = self.ids.get_mut(index) {
            *slot = ids;
        }
    }
}
