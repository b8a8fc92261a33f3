//! Sends the requests of calls with reqwest. The core says what to send, and what the answers mean.

use onroll::adapter::{AdapterError, Call, CallError, Request, Response, Step};
use reqwest::{Client, Method, redirect};

/// Creates a client that does not follow redirects, because its requests carry a token.
pub fn client() -> reqwest::Result<Client> {
    // An error only means that the process already has a provider.
    let _ = rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider());
    Client::builder().redirect(redirect::Policy::none()).build()
}

/// Runs a call to Wonde or MyLogin to its end. It waits when the core says so, and blocks no thread meanwhile.
pub async fn run<T, E: CallError>(client: &Client, mut call: Call<T, E>) -> Result<T, E> {
    loop {
        match call.step()? {
            Step::Send(request) => call.answer(send(client, &request).await),
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::Done(result) => return Ok(result),
        }
    }
}

async fn send(client: &Client, request: &Request) -> Result<Response, AdapterError> {
    let method = Method::from_bytes(request.method().as_bytes()).map_err(|_| AdapterError::NotSent)?;
    let mut asked = client.request(method, request.url()).timeout(request.timeout());
    for (name, value) in request.headers() {
        asked = asked.header(name, value);
    }
    if let Some(body) = request.body() {
        asked = asked.body(body.to_owned());
    }
    let mut answer = asked.send().await.map_err(|error| why(&error))?;
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
        if (body.len() + chunk.len()) as u64 > request.max_bytes() {
            return Err(AdapterError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let with = |response: Response, (name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        response.header(name.as_str(), String::from_utf8_lossy(value.as_bytes()))
    };
    Ok(headers.iter().fold(Response::new(status, body), with))
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
