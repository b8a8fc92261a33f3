//! Decides when a school is synced (`Schedule`), and whether it reads everything. You choose a time of day in London,
//! and different schools start at different minutes after that time. It does not know whether a sync failed.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::london;

/// The time of a school's sync: every day at the same time in Europe/London.
///
/// If the clocks skip the time in spring, the sync runs one hour later on that day. If the time occurs twice in autumn,
/// the first one counts.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use onroll::wonde::Schedule;
/// let schedule = Schedule::daily("02:30")?;
/// let summer = Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
/// assert_eq!(schedule.next_after(summer), Utc.with_ymd_and_hms(2026, 7, 2, 1, 30, 0).unwrap());
/// # Ok::<(), onroll::wonde::ScheduleError>(())
/// ```
///
/// Many schools can start at different minutes, and read all students only once a week:
///
/// ```
/// use onroll::wonde::{Schedule, Sync};
/// # use chrono::{TimeZone, Utc, Weekday};
/// let schedule = Schedule::daily("02:30")?.spread(120)?.full_on(Weekday::Sun).of_school("A1329183376");
/// let run = schedule.next_run(Utc.with_ymd_and_hms(2026, 9, 7, 12, 0, 0).unwrap()); // a Monday
/// assert_eq!(run.sync, Sync::Delta);
/// assert_eq!(schedule, Schedule::daily("02:30")?.spread(120)?.full_on_named("Sunday")?.of_school("A1329183376"));
/// # Ok::<(), onroll::wonde::ScheduleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Schedule {
    time: NaiveTime,
    /// The sync of each school starts within this number of minutes after `time`.
    spread: u16,
    /// The number of seconds after `time` at which the sync of this school starts.
    offset: u32,
    full_on: Option<Weekday>,
}

/// The kind of list that a sync reads.
///
/// ```
/// use onroll::wonde::Sync;
/// fn since(sync: Sync, last: chrono::DateTime<chrono::Utc>) -> Option<chrono::DateTime<chrono::Utc>> {
///     (sync == Sync::Delta).then_some(last) // for `Client::snapshot`
/// }
/// # assert!(since(Sync::Full, chrono::Utc::now()).is_none());
/// assert_eq!((Sync::Full.as_str(), Sync::Delta.as_str()), ("full", "delta"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums)]
pub enum Sync {
    /// All students.
    Full,
    /// The changes made since the start of the last sync.
    Delta,
}

impl Sync {
    /// Returns `full` or `delta`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }
}

/// The next sync.
///
/// ```
/// # use chrono::{TimeZone, Utc};
/// let schedule = onroll::wonde::Schedule::daily("02:30")?;
/// let run = schedule.next_run(Utc.with_ymd_and_hms(2026, 12, 1, 12, 0, 0).unwrap());
/// assert_eq!((run.at.to_rfc3339(), run.sync.as_str()), ("2026-12-02T02:30:00+00:00".into(), "full"));
/// # Ok::<(), onroll::wonde::ScheduleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The time of the sync.
    pub at: DateTime<Utc>,
    /// The kind of list to read.
    pub sync: Sync,
}

/// The reason why a schedule is not valid.
///
/// ```
/// use onroll::wonde::{Schedule, ScheduleError};
/// let error = Schedule::daily("2.30").unwrap_err();
/// assert_eq!((error, error.code()), (ScheduleError::Time, "schedule-time"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// `schedule-time`
    #[error("a time of day must be written as 02:30")]
    Time,
    /// `schedule-weekday`
    #[error("a day of the week must be written as Sunday or Sun")]
    Weekday,
    /// `schedule-spread`
    #[error("schools can be spread over at most 720 minutes")]
    Spread,
}

impl ScheduleError {
    /// Returns the error's code, in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Time => "schedule-time",
            Self::Weekday => "schedule-weekday",
            Self::Spread => "schedule-spread",
        }
    }
}

impl Schedule {
    /// Creates a schedule for every day at a time in London, such as `02:30`, with a full sync each day.
    ///
    /// # Errors
    /// [`ScheduleError::Time`] if the text is not a time.
    pub fn daily(time: &str) -> Result<Self, ScheduleError> {
        let digits = |index: usize| time.as_bytes().get(index).is_some_and(u8::is_ascii_digit);
        let shaped = time.len() == 5 && [0, 1, 3, 4].into_iter().all(digits);
        let time = NaiveTime::parse_from_str(time, "%H:%M").ok().filter(|_| shaped).ok_or(ScheduleError::Time)?;
        Ok(Self { time, spread: 0, offset: 0, full_on: None })
    }

    /// Makes the sync full only on this day of the week. On the other days, it is a delta.
    pub fn full_on(mut self, day: Weekday) -> Self {
        self.full_on = Some(day);
        self
    }

    /// Makes the sync full only [on](Self::full_on) a day given by its English name, such as `Sunday` or `Sun`.
    ///
    /// # Errors
    /// [`ScheduleError::Weekday`] if the text is not a day.
    pub fn full_on_named(self, day: &str) -> Result<Self, ScheduleError> {
        Ok(self.full_on(Weekday::from_str(day).map_err(|_| ScheduleError::Weekday)?))
    }

    /// Spreads the syncs of different schools over this number of minutes after the time. Without a spread, the syncs
    /// of all schools start at once.
    ///
    /// # Errors
    /// [`ScheduleError::Spread`] if the number is over 720.
    pub fn spread(mut self, minutes: u16) -> Result<Self, ScheduleError> {
        if minutes > 720 {
            return Err(ScheduleError::Spread);
        }
        self.spread = minutes;
        Ok(self)
    }

    /// Returns the schedule of one school within the spread. The school's sync starts at the same time on every day and
    /// every machine.
    pub fn of_school(mut self, school_id: &str) -> Self {
        let seconds = u64::from(self.spread) * 60;
        // The divisor is never 0, and the result is below 43,200.
        self.offset = (XxHash3_64::oneshot(school_id.as_bytes()) % seconds.max(1)) as u32;
        self
    }

    /// Returns the time of the next sync after an instant.
    pub fn next_after(&self, instant: DateTime<Utc>) -> DateTime<Utc> {
        self.next_run(instant).at
    }

    /// Returns the next sync after an instant: its time, and what to read.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use onroll::wonde::{Schedule, Sync};
    /// let schedule = Schedule::daily("02:30")?.full_on_named("Sunday")?;
    /// let run = schedule.next_run(Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap()); // a Monday
    /// assert_eq!(run.at, Utc.with_ymd_and_hms(2026, 9, 8, 1, 30, 0).unwrap()); // 02:30 in London
    /// assert_eq!(run.sync, Sync::Delta);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_run(&self, instant: DateTime<Utc>) -> Run {
        // With a spread, yesterday's sync may come after midnight.
        let today = london::day(instant);
        let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let mut days = first.iter_days().map(|day| (day, self.on(day)));
        let (day, at) = days.find(|(_, at)| *at > instant).unwrap_or((first, instant));
        let is_full = self.full_on.is_none_or(|full| full == day.weekday());
        Run { at, sync: if is_full { Sync::Full } else { Sync::Delta } }
    }

    /// Returns the instant of a day's sync.
    fn on(&self, day: NaiveDate) -> DateTime<Utc> {
        let at = london::instant(day.and_time(self.time));
        at.checked_add_signed(TimeDelta::seconds(i64::from(self.offset))).unwrap_or(at)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "daily at {} in London", self.time.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn daily(time: &str) -> Schedule {
        Schedule::daily(time).unwrap()
    }

    #[test]
    fn runs_once_a_day_even_when_the_clocks_change() {
        // Clocks go forward on 28 March 2027 at 01:00 UTC and back on 31 October at 01:00 UTC.
        for (time, after, next) in [
            ("02:30", "2027-03-27T12:00:00Z", "2027-03-28T01:30:00Z"),
            ("02:30", "2027-03-28T01:30:00Z", "2027-03-29T01:30:00Z"),
            ("01:30", "2027-03-27T12:00:00Z", "2027-03-28T01:30:00Z"),
            ("01:00", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"),
            ("00:59", "2027-03-27T12:00:00Z", "2027-03-28T00:59:00Z"),
            ("01:30", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z"),
            ("01:30", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"),
            ("01:30", "2027-10-31T01:15:00Z", "2027-11-01T01:30:00Z"),
            ("02:30", "2027-10-30T12:00:00Z", "2027-10-31T02:30:00Z"),
            ("00:00", "2027-07-01T22:59:59Z", "2027-07-01T23:00:00Z"),
            ("23:59", "2027-12-31T23:58:59Z", "2027-12-31T23:59:00Z"),
        ] {
            assert_eq!(daily(time).next_after(utc(after)), utc(next), "{time} after {after}");
        }
    }

    #[test]
    fn runs_once_on_every_day_of_ten_years() {
        for time in ["00:00", "01:00", "01:30", "02:00", "02:30", "23:30"] {
            let schedule = daily(time).spread(120).unwrap().of_school("A1329183376");
            let mut at = utc("2026-01-01T12:00:00Z");
            let end = utc("2036-01-01T12:00:00Z");
            let mut runs = 0;
            while at < end {
                let next = schedule.next_after(at);
                let hours = (next - at).num_minutes();
                assert!(next > at && (runs == 0 || (22 * 60..=26 * 60).contains(&hours)), "{time} {at} {next}");
                assert_eq!(schedule.next_after(next - TimeDelta::seconds(1)), next);
                (at, runs) = (next, runs + 1);
            }
            // The last run may belong to the next day.
            assert!((3652..=3653).contains(&runs), "{time} {runs}");
        }
    }

    #[test]
    fn spreads_the_sync_times_of_schools_and_keeps_each_time_the_same() {
        let spread = daily("02:30").spread(60).unwrap();
        let noon = utc("2026-11-24T12:00:00Z");
        let at = |school: &str| spread.clone().of_school(school).next_after(noon);
        assert_eq!(at("A1"), at("A1"));
        let times: std::collections::HashSet<_> = (0..200).map(|n| at(&format!("A{n}"))).collect();
        assert!(times.len() > 150, "{}", times.len());
        let hour = utc("2026-11-25T02:30:00Z")..utc("2026-11-25T03:30:00Z");
        assert!(times.iter().all(|time| hour.contains(time)));
        let own = spread.clone().of_school("A1");
        assert_eq!(own.next_after(own.next_after(noon)) - own.next_after(noon), TimeDelta::days(1));
        // This time must stay the same in every version, or a school would be synced twice in one night.
        assert_eq!(at("A1329183376"), utc("2026-11-25T02:40:47Z"));
    }

    #[test]
    fn runs_a_full_sync_once_a_week_if_requested() {
        let weekly = daily("02:30").full_on_named("Sunday").unwrap();
        let mut at = utc("2026-11-23T12:00:00Z");
        let mut kinds = Vec::new();
        for _ in 0..7 {
            let run = weekly.next_run(at);
            kinds.push(run.sync.as_str());
            at = run.at;
        }
        assert_eq!(kinds, ["delta", "delta", "delta", "delta", "delta", "full", "delta"]);
        assert_eq!(daily("02:30").next_run(at).sync, Sync::Full);
    }

    #[test]
    fn refuses_a_schedule_with_an_invalid_time() {
        for time in ["", "2:30", "24:00", "02:60", "0230", "02:30:00", " 2:30", "+2:30"] {
            assert_eq!(Schedule::daily(time), Err(ScheduleError::Time), "{time}");
        }
        assert_eq!(daily("02:30").spread(721), Err(ScheduleError::Spread));
        assert_eq!(daily("02:30").full_on_named("Someday"), Err(ScheduleError::Weekday));
        let schedule = daily("02:30").spread(60).unwrap().of_school("A1").full_on(Weekday::Sun);
        assert_eq!(serde_json::from_str::<Schedule>(&serde_json::to_string(&schedule).unwrap()).unwrap(), schedule);
    }
}
