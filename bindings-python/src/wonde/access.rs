//! The Python class `Access`, the state of your access to one school. `core/src/wonde/access.rs` decides the next task.

use onroll::wonde::{self, AccessEvent, Task};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::school::School;
use super::webhooks::Webhook;
use crate::input::{Text, argument, each, named};
use crate::pickle::Pickled;

/// The state of your access to one school, as a value that you store. Report each event with one of its methods. The
/// method returns what to do next: 'full-sync', 'stop-syncing', 'ask-wonde' or None.
///
/// >>> access = onroll.wonde.Access("A1329183376")
/// >>> access.requested(), access.state
/// (None, 'pending')
/// >>> webhook = onroll.wonde.webhook('{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}')
/// >>> access.webhook(webhook), access.needs_full_sync, access.migrating
/// ('full-sync', True, False)
/// >>> access.listed([], [])  # Wonde's lists are right, even if a webhook says otherwise
/// 'stop-syncing'
/// >>> access.fully_synced(), access.given_up(), access.school_id, access.reason
/// (None, None, 'A1329183376', None)
/// >>> onroll.wonde.Access.from_json(access.to_json()).state
/// 'revoked'
#[pyclass(module = "onroll.wonde")]
pub(crate) struct Access(wonde::Access);

#[pymethods]
impl Access {
    #[new]
    fn new(#[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(wonde::Access::new(String::from(school_id)))
    }

    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// 'none', 'pending', 'audited', 'approved', 'declined', 'revoked' or 'unknown'.
    #[getter]
    fn state(&self) -> &'static str {
        self.0.state().as_str()
    }

    /// The reason why access was declined or withdrawn, in the school's own words, if known.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether the next sync must be a full sync.
    #[getter]
    fn needs_full_sync(&self) -> bool {
        self.0.needs_full_sync()
    }

    /// Whether a change of MIS was announced and is not complete yet.
    #[getter]
    fn migrating(&self) -> bool {
        self.0.is_migrating()
    }

    /// Records that you asked for access.
    fn requested(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::Requested)
    }

    /// Records that you gave up access.
    fn given_up(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::GivenUp)
    }

    /// Records a webhook from Wonde. Check the webhook's secret first.
    fn webhook(&mut self, webhook: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
        let webhook: Bound<'_, Webhook> = argument("webhook", "a Webhook", webhook)?;
        Ok(self.apply(AccessEvent::Webhook(&webhook.get().0)))
    }

    /// Records Wonde's lists. Pass the results of schools() and pending(). These lists are reliable, even if webhooks
    /// were lost or forged.
    ///
    /// audited, declined, revoked: the results of the client's methods with these names. With these lists, the outcome
    /// of every request is known. If you pass at least one of these lists, an approved school that is in no list
    /// becomes 'unknown' instead of 'revoked'.
    #[pyo3(signature = (approved, pending, *, audited=None, declined=None, revoked=None))]
    fn listed(
        &mut self,
        approved: &Bound<'_, PyAny>,
        pending: &Bound<'_, PyAny>,
        audited: Option<&Bound<'_, PyAny>>,
        declined: Option<&Bound<'_, PyAny>>,
        revoked: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<&'static str>> {
        let schools = |name, list: &Bound<'_, PyAny>| -> PyResult<Vec<wonde::School>> {
            each(name, "an iterable of School", list, |name, school| {
                let school: Bound<'_, School> = argument(name, "a School", school)?;
                Ok(school.get().0.clone())
            })
        };
        let (approved, pending) = (schools("approved", approved)?, schools("pending", pending)?);
        let others = [("audited", audited), ("declined", declined), ("revoked", revoked)];
        if others.iter().all(|(_, list)| list.is_none()) {
            return Ok(self.apply(AccessEvent::Listed { approved: &approved, pending: &pending }));
        }
        let lists = others.map(|(name, list)| list.map_or(Ok(Vec::new()), |list| schools(name, list)));
        let [audited, declined, revoked] = lists;
        let (audited, declined, revoked) = (audited?, declined?, revoked?);
        Ok(self.apply(AccessEvent::AllListed {
            approved: &approved,
            pending: &pending,
            audited: &audited,
            declined: &declined,
            revoked: &revoked,
        }))
    }

    /// Records that a full sync is complete and its plan was applied.
    fn fully_synced(&mut self) -> Option<&'static str> {
        self.apply(AccessEvent::FullySynced)
    }

    /// Returns the state as JSON, to store.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Reads a state from JSON that to_json wrote. Raises ValueError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        serde_json::from_str(&text).map(Self).map_err(|_| PyValueError::new_err("this is not JSON of an Access"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.try_borrow().is_ok_and(|other| other.0 == self.0))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.borrow().to_json()?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Access: {}, {}>", self.0.school_id(), self.0.state().as_str())
    }
}

impl Access {
    fn apply(&mut self, event: AccessEvent<'_>) -> Option<&'static str> {
        self.0.apply(event).map(Task::as_str)
    }
}
