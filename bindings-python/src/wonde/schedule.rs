//! The Python class `Schedule`, which says when a school is synced. `core/src/wonde/schedule.rs` decides.

use onroll::wonde;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::input::{Text, datetime, instant, named};
use crate::pickle::{self, Pickled};

/// A schedule, which says when a school is synced. Make a schedule with daily(). The methods full_on(), spread() and
/// of_school() return a changed copy of the schedule.
///
/// >>> from datetime import datetime, timezone
/// >>> schedule = onroll.wonde.Schedule.daily("02:30").full_on("Sunday")
/// >>> monday = datetime(2026, 9, 7, 12, tzinfo=timezone.utc)
/// >>> schedule.next_after(monday).isoformat(), schedule.next_run(monday)[1]
/// ('2026-09-08T01:30:00+00:00', 'delta')
/// >>> of_school = schedule.spread(120).of_school("A1329183376")  # so that not all schools are synced at once
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Schedule(wonde::Schedule);

fn schedule(made: Result<wonde::Schedule, wonde::ScheduleError>) -> PyResult<Schedule> {
    made.map(Schedule).map_err(|error| PyValueError::new_err(error.to_string()))
}

#[pymethods]
impl Schedule {
    /// Creates a schedule with a full sync every day at a time in London, such as '02:30'. Raises ValueError for an
    /// invalid time.
    #[classmethod]
    fn daily(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::time)] time: Text) -> PyResult<Self> {
        schedule(wonde::Schedule::daily(&time))
    }

    /// Returns a schedule with a full sync only on this day of the week, such as 'Sunday'. On all other days, only the
    /// changes are synced (a delta). Raises ValueError for an unknown day.
    fn full_on(&self, #[pyo3(from_py_with = named::day)] day: Text) -> PyResult<Self> {
        schedule(self.0.clone().full_on_named(&day))
    }

    /// Returns a schedule in which the schools are spread over a number of minutes after the time of daily(). Raises
    /// ValueError if `minutes` is over 720.
    fn spread(&self, #[pyo3(from_py_with = named::minutes)] minutes: u16) -> PyResult<Self> {
        schedule(self.0.clone().spread(minutes))
    }

    /// Returns the schedule of one school. A school always gets the same time within the spread.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(&school_id))
    }

    /// Returns the time of the next sync after an aware datetime, in UTC.
    fn next_after<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        datetime(after.py(), self.0.next_after(instant("after", after)?))
    }

    /// Returns the next sync after an aware datetime: its time in UTC, and 'full' or 'delta'.
    fn next_run<'py>(&self, after: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, &'static str)> {
        let run = self.0.next_run(instant("after", after)?);
        Ok((datetime(after.py(), run.at)?, run.sync.as_str()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Schedule: {}>", self.0)
    }
}
