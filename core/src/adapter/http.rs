//! The built-in adapter `Http`, which uses `ureq` with rustls. Decides its user agent, the time to connect, and that it
//! follows no redirects.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use ureq::http;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body, Error};

use super::{Adapter, AdapterError, Request, Response};

/// An adapter that uses `ureq` with rustls. It checks TLS certificates as the system does, allows ten seconds to
/// connect, and follows no redirects. It limits the size of responses, and uses the proxy from the environment. Cloning
/// is cheap. One adapter for each process is enough.
///
/// The adapter blocks, so do not use it in async code. In async code, use your async HTTP library, as
/// [`Step`](crate::adapter::Step) shows.
///
/// ```no_run
/// use onroll::adapter::Http;
/// use onroll::wonde::Client;
/// let http = Http::new()?; // one for all calls
/// for school in Client::new(&std::env::var("WONDE_TOKEN")?)?.schools(&http)? {
///     println!("{} {}", school.id, school.name);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Http(Agent);

impl Http {
    /// Creates an adapter whose user agent is `onroll` with its version.
    ///
    /// # Errors
    /// [`AdapterError::NotSent`] if TLS cannot be set up.
    pub fn new() -> Result<Self, AdapterError> {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .user_agent(concat!("onroll/", env!("CARGO_PKG_VERSION")))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .tls_config(tls)
            .build();
        Ok(Self(config.new_agent()))
    }

    fn exchange(&self, request: &Request) -> Result<http::Response<Body>, Error> {
        let mut call = http::Request::builder().method(request.method()).uri(request.url());
        for (name, value) in request.headers() {
            call = call.header(name, value);
        }
        let timeout = Some(request.timeout());
        match request.body() {
            Some(body) => {
                let call = self.0.configure_request(call.body(body.to_owned())?).timeout_global(timeout).build();
                self.0.run(call)
            }
            None => self.0.run(self.0.configure_request(call.body(())?).timeout_global(timeout).build()),
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl Adapter for Http {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let response = self.exchange(&request).map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let kept = ["retry-after", "date"].map(|name| (name, response.headers().get(name).cloned()));
        let body = response.into_body();
        if body.content_length().is_some_and(|length| length > request.max_bytes()) {
            return Err(AdapterError::TooLarge);
        }
        let mut bytes = Vec::new();
        let limit = request.max_bytes() + 1;
        body.into_reader().take(limit).read_to_end(&mut bytes).map_err(|error| match is_timeout(&error) {
            true => AdapterError::TimedOut,
            false => AdapterError::Unreachable,
        })?;
        if bytes.len() as u64 == limit {
            return Err(AdapterError::TooLarge);
        }
        let with = |response: Response, (name, value): (&str, Option<http::HeaderValue>)| match value {
            Some(value) => response.header(name, String::from_utf8_lossy(value.as_bytes())),
            None => response,
        };
        Ok(kept.into_iter().fold(Response::new(status, bytes), with))
    }
}

fn why(error: &Error) -> AdapterError {
    match error {
        Error::Timeout(_) => AdapterError::TimedOut,
        Error::Http(_) | Error::BadUri(_) | Error::InvalidProxyUrl => AdapterError::NotSent,
        Error::Io(error) if is_timeout(error) => AdapterError::TimedOut,
        _ => AdapterError::Unreachable,
    }
}

/// Returns whether an error is a timeout. Either `ureq` put its timeout into an I/O error, or the system reports a
/// timeout.
fn is_timeout(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    matches!(inner, Some(Error::Timeout(_))) || error.kind() == ErrorKind::TimedOut
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    /// Sends a request to a server that sends these bytes and then keeps the connection open. Returns the result.
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
    fn limits_the_body_size_with_and_without_a_content_length_header() {
        for (length, expected) in
            [(99, Ok(99)), (100, Ok(100)), (101, Err(AdapterError::TooLarge)), (5000, Err(AdapterError::TooLarge))]
        {
            let body = "x".repeat(length);
            for response in [
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
                format!("HTTP/1.0 200 OK\r\n\r\n{body}"),
            ] {
                let result = answered(response, Duration::ZERO).map(|response| response.body().len());
                assert_eq!(result, expected, "{length}");
            }
        }
    }

    #[test]
    fn reports_a_stalled_body_as_timed_out_and_a_truncated_body_as_unreachable() {
        let begun = Instant::now();
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_owned();
        let result = answered(response, Duration::from_secs(5)).map(|response| response.body().len());
        assert_eq!(result, Err(AdapterError::TimedOut));
        assert!(begun.elapsed() < Duration::from_secs(4));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_owned();
        assert_eq!(answered(cut, Duration::ZERO).map(drop), Err(AdapterError::Unreachable));
    }
}
