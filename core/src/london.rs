//! Computes the time in London, which decides a school's day and the hour of its sync.
//!
//! One rule replaces a table of all time zones, which added two megabytes to each package. The rule comes from the
//! Summer Time Act 1972 as amended in 2002. Summer time begins on the last Sunday in March and ends on the last Sunday
//! in October, both at 01:00 GMT. If Parliament changes the rule, change this file. A test compares the rule with the
//! time zone database.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// Returns the day in London at an instant.
pub(crate) fn day(instant: DateTime<Utc>) -> NaiveDate {
    let utc = instant.naive_utc();
    utc.checked_add_signed(ahead_of_gmt(utc)).unwrap_or(utc).date()
}

/// Returns the instant of a time in London. If the clocks go back and the time occurs twice, it returns the first
/// instant. A time that the clocks skip in spring counts as if the clocks had not changed.
pub(crate) fn instant(local: NaiveDateTime) -> DateTime<Utc> {
    let in_summer = local.checked_sub_signed(SUMMER).filter(|utc| ahead_of_gmt(*utc) == SUMMER);
    in_summer.unwrap_or(local).and_utc()
}

/// The time by which summer time is ahead of GMT.
const SUMMER: TimeDelta = TimeDelta::hours(1);

fn ahead_of_gmt(utc: NaiveDateTime) -> TimeDelta {
    let is_summer = match (change(utc.year(), 3), change(utc.year(), 10)) {
        (Some(begins), Some(ends)) => (begins..ends).contains(&utc),
        _ => false,
    };
    if is_summer { SUMMER } else { TimeDelta::zero() }
}

/// Returns when the clocks change in a month with 31 days: on its last Sunday at 01:00 GMT.
fn change(year: i32, month: u32) -> Option<NaiveDateTime> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let sunday = last.checked_sub_days(Days::new(u64::from(last.weekday().num_days_from_sunday())))?;
    sunday.and_hms_opt(1, 0, 0)
}

#[cfg(test)]
mod tests {
    use chrono::{LocalResult, TimeZone as _};
    use chrono_tz::Europe::London;

    use super::*;

    #[test]
    fn agrees_with_the_time_zone_database_at_every_half_hour() {
        let first = NaiveDate::from_ymd_opt(1997, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let mut compared = 0;
        for half_hour in 0..(40 * 366 * 48) {
            let time = first + TimeDelta::minutes(30 * half_hour);
            assert_eq!(day(time.and_utc()), time.and_utc().with_timezone(&London).date_naive(), "{time} UTC");
            let expected = match London.from_local_datetime(&time) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
                LocalResult::None => time.and_utc(),
            };
            assert_eq!(instant(time), expected, "{time} in London");
            compared += 1;
        }
        assert!(compared > 700_000);
    }

    #[test]
    fn accepts_the_earliest_and_latest_possible_times() {
        for utc in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(day(utc), utc.date_naive());
            instant(utc.naive_utc());
        }
    }
}
