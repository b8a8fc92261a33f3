//! What is tried again, how often, and after how long: bounded in count and in time, and without a clock.

use std::time::Duration;

use chrono::DateTime;

use super::{AdapterError, Fault, Response};

/// So often one request is sent.
const MOST_TRIES: u32 = 5;
/// A service that asks for a longer wait is not waited for: the host's next run is soon enough.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// So long all waiting of one reading may take.
const MOST_WAITING: Duration = Duration::from_secs(15 * 60);

/// How often requests were tried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tries {
    made: u32,
    waited: Duration,
}

/// What a result means.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A response with status 200 to 299.
    Take(Response),
    /// Try again after this time.
    Again(Duration),
    /// It is of no use.
    Fail(Fault),
}

impl Tries {
    /// How often the request at hand was tried.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// Another request.
    pub(crate) fn renew(&mut self) {
        self.made = 0;
    }

    pub(crate) fn judge(&mut self, result: Result<Response, AdapterError>, max_bytes: u64) -> Verdict {
        self.made += 1;
        let response = match result {
            Ok(response) => response,
            Err(AdapterError::Unreachable) => return self.again(Fault::Unreachable, None),
            Err(AdapterError::TimedOut) => return self.again(Fault::TimedOut, None),
            Err(AdapterError::TooLarge) => return Verdict::Fail(Fault::TooLarge),
            Err(AdapterError::NotSent) => return Verdict::Fail(Fault::NotSent),
        };
        if response.body().len() as u64 > max_bytes {
            return Verdict::Fail(Fault::TooLarge);
        }
        match response.status() {
            200..=299 => Verdict::Take(response),
            status @ 300..=399 => Verdict::Fail(Fault::Redirected(status)),
            401 => Verdict::Fail(Fault::Unauthorised),
            403 => Verdict::Fail(Fault::Forbidden),
            404 => Verdict::Fail(Fault::NotFound),
            422 => Verdict::Fail(Fault::Invalid),
            429 => {
                let retry_after = retry_after(&response);
                self.again(Fault::RateLimited { retry_after }, retry_after)
            }
            status @ 500.. => self.again(Fault::ServerError(status), retry_after(&response)),
            status => Verdict::Fail(Fault::UnexpectedStatus(status)),
        }
    }

    /// What follows where the response that was taken is cut short, or is no JSON.
    pub(crate) fn not_json(&mut self) -> Verdict {
        self.again(Fault::NotJson, None)
    }

    /// Once more after the time that was asked for, or 1, 2, 4 and 8 seconds; five times as long after too many requests.
    fn again(&mut self, fault: Fault, asked: Option<Duration>) -> Verdict {
        let doubled = 1 << self.made.saturating_sub(1).min(16);
        let slower = if matches!(fault, Fault::RateLimited { .. }) { 5 } else { 1 };
        let wait = asked.unwrap_or(Duration::from_secs(doubled * slower));
        if self.made >= MOST_TRIES || wait > LONGEST_WAIT || self.waited + wait > MOST_WAITING {
            return Verdict::Fail(fault);
        }
        self.waited += wait;
        Verdict::Again(wait)
    }
}

/// Seconds, or a date, which is compared with the service's own.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.get("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let [until, now] = [value, response.get("date")?].map(|date| DateTime::parse_from_rfc2822(date).ok());
    Some((until? - now?).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(results: impl IntoIterator<Item = Result<Response, AdapterError>>) -> (Vec<u64>, Option<Fault>) {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for result in results {
            match tries.judge(result, 100) {
                Verdict::Again(wait) => waits.push(wait.as_secs()),
                Verdict::Fail(fault) => return (waits, Some(fault)),
                Verdict::Take(_) => break,
            }
        }
        (waits, None)
    }

    #[test]
    fn tries_are_few_and_further_and_further_apart() {
        let dropped = || Err(AdapterError::Unreachable);
        assert_eq!(waits((0..9).map(|_| dropped())), (vec![1, 2, 4, 8], Some(Fault::Unreachable)));
        let limited = || Ok(Response::new(429, ""));
        let fault = Fault::RateLimited { retry_after: None };
        assert_eq!(waits((0..9).map(|_| limited())), (vec![5, 10, 20, 40], Some(fault)));
        assert_eq!(waits([dropped(), Ok(Response::new(200, "{}"))]), (vec![1], None));
    }

    #[test]
    fn what_cannot_get_better_is_not_tried_again() {
        for (status, reason) in
            [(401, "unauthorised"), (403, "forbidden"), (404, "not-found"), (422, "invalid"), (302, "redirected")]
        {
            let (waits, fault) = waits([Ok(Response::new(status, "{}"))]);
            assert_eq!((waits.len(), fault.map(Fault::as_str)), (0, Some(reason)));
        }
        assert_eq!(waits([Ok(Response::new(200, " ".repeat(101)))]).1, Some(Fault::TooLarge));
    }

    #[test]
    fn a_service_says_how_long_to_wait() {
        let limited = |value: &str| Response::new(429, "").header("Retry-After", value);
        assert_eq!(waits([Ok(limited("7"))]).0, [7]);
        let dated = limited("Tue, 24 Nov 2026 10:00:30 GMT").header("date", "Tue, 24 Nov 2026 10:00:00 GMT");
        assert_eq!(waits([Ok(dated.clone())]).0, [30]);
        let past = limited("Tue, 24 Nov 2026 09:00:30 GMT").header("date", "Tue, 24 Nov 2026 10:00:00 GMT");
        assert_eq!(waits([Ok(past)]).0, [0]);
        // Not waited for, and said.
        let hour = Fault::RateLimited { retry_after: Some(Duration::from_secs(3600)) };
        assert_eq!(waits([Ok(limited("3600"))]), (vec![], Some(hour)));
        // What cannot be read is not said.
        for unreadable in ["soon", "-3", "99999999999999999999"] {
            assert_eq!(waits([Ok(limited(unreadable))]).0, [5]);
        }
    }

    #[test]
    fn all_waiting_of_one_reading_is_bounded() {
        let mut tries = Tries::default();
        let mut waited = 0;
        for _ in 0..10 {
            tries.renew();
            match tries.judge(Ok(Response::new(429, "").header("retry-after", "240")), 100) {
                Verdict::Again(wait) => waited += wait.as_secs(),
                verdict => assert!(matches!(verdict, Verdict::Fail(Fault::RateLimited { .. }))),
            }
        }
        assert_eq!(waited, 720);
    }
}
