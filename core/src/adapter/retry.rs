//! Decides whether and when a failed request is sent again, by the fault and by `Retry-After`. Limits the number of
//! tries (`MOST_TRIES`) and the waiting time (`LONGEST_WAIT`). It does not read the clock.
//!
//! A request that changes data (POST) is sent again only after status 429. After other faults, the service may have
//! accepted the request.

use std::time::Duration;

use chrono::DateTime;
use rand::{TryRng, rngs::SysRng};

use super::{AdapterError, Fault, Request, Response};

/// The largest number of times that we send one request.
const MOST_TRIES: u32 = 5;
/// The longest wait that we accept. If a service asks for a longer wait, the request fails. The host's next run can try
/// again.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// Counts the tries of the current request, and the total waiting time of all requests.
#[derive(Debug, Clone)]
pub(crate) struct RetryPolicy {
    made: u32,
    waited: Duration,
    /// The longest total wait.
    patience: Duration,
}

/// The next step after a result.
#[derive(Debug)]
pub(crate) enum RetryDecision {
    /// A response with status 200 to 299.
    Take(Response),
    /// Send the request again after this time.
    Again(Duration),
    /// The request has failed, and is not sent again.
    Fail(Fault),
}

impl RetryPolicy {
    pub(crate) fn new(patience: Duration) -> Self {
        Self { made: 0, waited: Duration::ZERO, patience }
    }

    /// Returns the number of tries for the current request.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// Resets the number of tries, because the next request begins.
    pub(crate) fn renew(&mut self) {
        self.made = 0;
    }

    pub(crate) fn judge(&mut self, result: Result<Response, AdapterError>, request: &Request) -> RetryDecision {
        self.made += 1;
        let response = match result {
            Ok(response) => response,
            Err(AdapterError::Unreachable) => return self.unless_taken(request, Fault::Unreachable, None),
            Err(AdapterError::TimedOut) => return self.unless_taken(request, Fault::TimedOut, None),
            Err(AdapterError::TooLarge) => return RetryDecision::Fail(Fault::TooLarge),
            Err(AdapterError::NotSent) => return RetryDecision::Fail(Fault::NotSent),
        };
        if response.body().len() as u64 > request.max_bytes() {
            return RetryDecision::Fail(Fault::TooLarge);
        }
        match response.status() {
            200..=299 => RetryDecision::Take(response),
            status @ 300..=399 => RetryDecision::Fail(Fault::Redirected(status)),
            401 => RetryDecision::Fail(Fault::Unauthorised),
            403 => RetryDecision::Fail(Fault::Forbidden),
            404 => RetryDecision::Fail(Fault::NotFound),
            422 => RetryDecision::Fail(Fault::Invalid),
            429 => {
                let retry_after = retry_after(&response);
                self.again(Fault::RateLimited { retry_after }, retry_after)
            }
            status @ 500.. => self.unless_taken(request, Fault::ServerError(status), retry_after(&response)),
            status => RetryDecision::Fail(Fault::UnexpectedStatus(status)),
        }
    }

    /// Returns the next step after a response that is cut short or is not JSON.
    pub(crate) fn not_json(&mut self, request: &Request) -> RetryDecision {
        self.unless_taken(request, Fault::NotJson, None)
    }

    /// Returns a retry. For a POST request, returns a failure instead, because the service may already have changed
    /// data.
    fn unless_taken(&mut self, request: &Request, fault: Fault, retry_after: Option<Duration>) -> RetryDecision {
        if request.method() == "POST" { RetryDecision::Fail(fault) } else { self.again(fault, retry_after) }
    }

    /// Returns a retry after the time that the service names. If the service names no time, the waits are 1, 2, 4 and 8
    /// seconds. After status 429, these waits are five times as long. We add a random time, up to a quarter of the
    /// wait, because clients that were refused together should not return together.
    fn again(&mut self, fault: Fault, retry_after: Option<Duration>) -> RetryDecision {
        let doubled = 1 << self.made.saturating_sub(1).min(16);
        let slower = if matches!(fault, Fault::RateLimited { .. }) { 5 } else { 1 };
        let wait = retry_after.unwrap_or(Duration::from_secs(doubled * slower));
        if self.made >= MOST_TRIES || wait > LONGEST_WAIT {
            return RetryDecision::Fail(fault);
        }
        let wait = wait + wait.mul_f64(jitter());
        if self.waited + wait > self.patience {
            return RetryDecision::Fail(fault);
        }
        self.waited += wait;
        RetryDecision::Again(wait)
    }
}

/// Returns a random number from 0 to 0.25. Without random bytes it returns 0, which does no harm.
fn jitter() -> f64 {
    f64::from(SysRng.try_next_u32().unwrap_or_default()) / f64::from(u32::MAX) / 4.0
}

/// Reads the header `Retry-After` as seconds or as a date. We compare a date with the date of the response.
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

    fn request(method: &'static str) -> Request {
        Request::new(method, "https://api.wonde.com/", Duration::from_secs(60), 100)
    }

    /// Checks that each wait is the expected number of seconds plus at most a quarter. Returns the failure, if there is
    /// one.
    fn waits(
        results: impl IntoIterator<Item = Result<Response, AdapterError>>,
        expected: impl IntoIterator<Item = u64>,
    ) -> Option<Fault> {
        let mut tries = RetryPolicy::new(Duration::from_secs(15 * 60));
        let mut expected = expected.into_iter().map(Duration::from_secs);
        for result in results {
            match tries.judge(result, &request("GET")) {
                RetryDecision::Again(wait) => {
                    let least = expected.next().unwrap();
                    assert!((least..=least.mul_f64(1.25)).contains(&wait), "{least:?}: {wait:?}");
                }
                RetryDecision::Fail(fault) => return Some(fault),
                RetryDecision::Take(_) => break,
            }
        }
        assert!(expected.next().is_none());
        None
    }

    #[test]
    fn retries_up_to_four_times_and_waits_longer_each_time() {
        let dropped = || Err(AdapterError::Unreachable);
        assert_eq!(waits((0..9).map(|_| dropped()), [1, 2, 4, 8]), Some(Fault::Unreachable));
        let limited = || Ok(Response::new(429, ""));
        let fault = Fault::RateLimited { retry_after: None };
        assert_eq!(waits((0..9).map(|_| limited()), [5, 10, 20, 40]), Some(fault));
        assert_eq!(waits([dropped(), Ok(Response::new(200, "{}"))], [1]), None);
    }

    #[test]
    fn does_not_retry_permanent_failures() {
        for (status, reason) in
            [(401, "unauthorised"), (403, "forbidden"), (404, "not-found"), (422, "invalid"), (302, "redirected")]
        {
            assert_eq!(waits([Ok(Response::new(status, "{}"))], []).map(Fault::as_str), Some(reason));
        }
        assert_eq!(waits([Ok(Response::new(200, " ".repeat(101)))], []), Some(Fault::TooLarge));
        assert_eq!(waits([Ok(Response::new(200, " ".repeat(100)))], []), None);
    }

    #[test]
    fn does_not_repeat_a_post_request_that_the_server_may_have_processed() {
        let judge = |result| RetryPolicy::new(Duration::from_secs(15 * 60)).judge(result, &request("POST"));
        for result in [Err(AdapterError::Unreachable), Err(AdapterError::TimedOut), Ok(Response::new(503, ""))] {
            assert!(matches!(judge(result), RetryDecision::Fail(_)));
        }
        assert!(matches!(
            RetryPolicy::new(Duration::from_secs(15 * 60)).not_json(&request("POST")),
            RetryDecision::Fail(Fault::NotJson)
        ));
        assert!(matches!(judge(Ok(Response::new(429, ""))), RetryDecision::Again(_)));
    }

    #[test]
    fn varies_the_wait_at_random_so_that_clients_do_not_retry_together() {
        let wait = || match RetryPolicy::new(Duration::from_secs(15 * 60))
            .judge(Err(AdapterError::Unreachable), &request("GET"))
        {
            RetryDecision::Again(wait) => wait,
            _ => panic!(),
        };
        let first = wait();
        assert!((0..50).any(|_| wait() != first));
    }

    #[test]
    fn waits_as_long_as_the_retry_after_header_says() {
        let limited = |value: &str| Response::new(429, "").header("Retry-After", value);
        assert_eq!(waits([Ok(limited("7"))], [7]), None);
        let dated = limited("Tue, 24 Nov 2026 10:00:30 GMT").header("date", "Tue, 24 Nov 2026 10:00:00 GMT");
        assert_eq!(waits([Ok(dated)], [30]), None);
        let past = limited("Tue, 24 Nov 2026 09:00:30 GMT").header("date", "Tue, 24 Nov 2026 10:00:00 GMT");
        assert_eq!(waits([Ok(past)], [0]), None);
        assert_eq!(waits([Ok(limited("300"))], [300]), None);
        // We do not wait this long, but report the time.
        let hour = Fault::RateLimited { retry_after: Some(Duration::from_secs(3600)) };
        assert_eq!(waits([Ok(limited("3600"))], []), Some(hour));
        let for_ever = Fault::RateLimited { retry_after: Some(Duration::MAX - Duration::from_nanos(999_999_999)) };
        assert_eq!(waits([Ok(limited("18446744073709551615"))], []), Some(for_ever));
        // Headers that cannot be read are ignored.
        for unreadable in ["soon", "-3", "99999999999999999999"] {
            assert_eq!(waits([Ok(limited(unreadable))], [5]), None);
        }
    }

    #[test]
    fn limits_the_total_waiting_time_of_all_retries() {
        let mut tries = RetryPolicy::new(Duration::from_secs(15 * 60));
        let mut waited = 0;
        for _ in 0..10 {
            tries.renew();
            match tries.judge(Ok(Response::new(429, "").header("retry-after", "240")), &request("GET")) {
                RetryDecision::Again(wait) => waited += wait.as_secs(),
                verdict => assert!(matches!(verdict, RetryDecision::Fail(Fault::RateLimited { .. }))),
            }
        }
        assert!((700..=900).contains(&waited), "{waited}");
    }
}
