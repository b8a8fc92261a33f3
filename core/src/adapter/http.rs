//! A ready adapter on `reqwest` with rustls.

use std::error::Error;
use std::fmt;
use std::io::Read;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;

use super::{Adapter, AdapterError, Request, Response};

/// An adapter on `reqwest` with rustls: TLS checked against the system's certificates, ten seconds for a connection, no
/// redirects, bodies no larger than asked for. Cheap to clone; one for a process is enough.
///
/// It blocks, and must not be used from async code, which has an HTTP library of its own: see [`Step`](crate::Step).
#[derive(Clone)]
pub struct Http(Client);

impl Http {
    /// An adapter whose user agent is onroll and its version.
    ///
    /// # Errors
    /// [`AdapterError::NotSent`] if TLS cannot be set up.
    pub fn new() -> Result<Self, AdapterError> {
        let client = Client::builder()
            .user_agent(concat!("onroll/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .referer(false)
            .build()
            .map_err(|_| AdapterError::NotSent)?;
        Ok(Self(client))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl Adapter for Http {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let method = Method::from_bytes(request.method().as_bytes()).map_err(|_| AdapterError::NotSent)?;
        let mut call = self.0.request(method, request.url()).timeout(request.timeout());
        for (name, value) in request.headers() {
            call = call.header(name, value);
        }
        if let Some(body) = request.body() {
            call = call.body(body.to_owned());
        }
        let response = call.send().map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let kept = ["retry-after", "date"].map(|name| (name, response.headers().get(name).cloned()));
        if response.content_length().is_some_and(|length| length > request.max_bytes()) {
            return Err(AdapterError::TooLarge);
        }
        let mut body = Vec::new();
        let limit = request.max_bytes() + 1;
        response.take(limit).read_to_end(&mut body).map_err(|error| match is_timeout(&error) {
            true => AdapterError::TimedOut,
            false => AdapterError::Unreachable,
        })?;
        if body.len() as u64 == limit {
            return Err(AdapterError::TooLarge);
        }
        let with = |response: Response, (name, value): (&str, Option<reqwest::header::HeaderValue>)| match value {
            Some(value) => response.header(name, String::from_utf8_lossy(value.as_bytes())),
            None => response,
        };
        Ok(kept.into_iter().fold(Response::new(status, body), with))
    }
}

fn why(error: &reqwest::Error) -> AdapterError {
    if error.is_timeout() {
        AdapterError::TimedOut
    } else if error.is_builder() {
        AdapterError::NotSent
    } else {
        AdapterError::Unreachable
    }
}

/// `reqwest` says so deep inside of an I/O error.
fn is_timeout(error: &std::io::Error) -> bool {
    let inner = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    std::iter::successors(inner, |error: &&(dyn Error + 'static)| (*error).source())
        .any(|error| error.downcast_ref().is_some_and(reqwest::Error::is_timeout))
        || error.kind() == std::io::ErrorKind::TimedOut
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    /// What comes of an answer of these bytes, after which the connection stays open for so long.
    fn answered(bytes: String, open_for: Duration) -> Result<Response, AdapterError> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes.as_bytes());
            std::thread::sleep(open_for);
        });
        Http::new()?.send(Request::new("GET", url, Duration::from_millis(500), 100))
    }

    #[test]
    fn a_body_may_be_as_long_as_is_said_whether_its_length_is_or_not() {
        for (length, expected) in
            [(99, Ok(99)), (100, Ok(100)), (101, Err(AdapterError::TooLarge)), (5000, Err(AdapterError::TooLarge))]
        {
            let body = "x".repeat(length);
            for told in [
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
                format!("HTTP/1.0 200 OK\r\n\r\n{body}"),
            ] {
                let result = answered(told, Duration::ZERO).map(|response| response.body().len());
                assert_eq!(result, expected, "{length}");
            }
        }
    }

    #[test]
    fn a_body_that_does_not_come_is_waited_for_as_long_as_is_said() {
        let begun = Instant::now();
        let told = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_owned();
        let result = answered(told, Duration::from_secs(5)).map(|response| response.body().len());
        assert_eq!(result, Err(AdapterError::TimedOut));
        assert!(begun.elapsed() < Duration::from_secs(4));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_owned();
        assert_eq!(answered(cut, Duration::ZERO).map(drop), Err(AdapterError::Unreachable));
    }
}
