//! The native class behind every call to Wonde or MyLogin, step by step. `lib/exchange.ts` sends the requests of a call
//! with `fetch` or the host's own function.

use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use onroll::adapter::{AdapterError, Response, Step};
use onroll::wonde::{self, School};
use onroll::{Identity, mylogin};
use serde_json::{Value, json};

use crate::error;
use crate::sign_in;
use crate::snapshot::{WondeSnapshot, access, school};

/// A call to another service.
#[napi]
pub struct Call {
    kind: Kind,
    made: Option<Made>,
}

/// A call of one of these kinds.
pub(crate) enum Kind {
    Snapshot(wonde::Call<wonde::Snapshot>),
    Schools(wonde::Call<Vec<School>>),
    State(wonde::Call<Option<String>>),
    Access(wonde::Call<wonde::AccessCheck>),
    Identity(mylogin::Call<Identity>),
    Pkce(mylogin::Call<bool>),
}

/// A result that does not cross the boundary as JSON.
enum Made {
    Snapshot(wonde::Snapshot),
    Identity(Identity),
}

impl Call {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, made: None }
    }

    fn give(&mut self, result: std::result::Result<Response, AdapterError>) {
        match &mut self.kind {
            Kind::Snapshot(call) => call.answer(result),
            Kind::Schools(call) => call.answer(result),
            Kind::State(call) => call.answer(result),
            Kind::Access(call) => call.answer(result),
            Kind::Identity(call) => call.answer(result),
            Kind::Pkce(call) => call.answer(result),
        }
    }
}

#[napi]
impl Call {
    /// Returns the next step as JSON: `{"send": …}`, `{"wait": milliseconds}` or `{"done": …}`. `done` does not contain
    /// a snapshot or an identity: take it with `take_snapshot` or `take_identity`.
    #[napi(catch_unwind)]
    pub fn step(&mut self) -> Result<String> {
        let (of_wonde, of_mylogin) = (|error| error::of_wonde(&error), |error| error::of_mylogin(&error));
        let made = &mut self.made;
        let told = match &mut self.kind {
            Kind::Snapshot(call) => told(call.step().map_err(of_wonde)?, |snapshot| {
                *made = Some(Made::Snapshot(snapshot));
                Value::Null
            }),
            Kind::Schools(call) => told(call.step().map_err(of_wonde)?, |schools| schools.iter().map(school).collect()),
            Kind::State(call) => told(call.step().map_err(of_wonde)?, |state| json!(state)),
            Kind::Access(call) => told(call.step().map_err(of_wonde)?, |check| access(&check)),
            Kind::Identity(call) => told(call.step().map_err(of_mylogin)?, |identity| {
                *made = Some(Made::Identity(identity));
                Value::Null
            }),
            Kind::Pkce(call) => told(call.step().map_err(of_mylogin)?, |allowed| json!(allowed)),
        };
        Ok(told.to_string())
    }

    /// Passes the response to a request: the status, the headers as JSON pairs, and the body.
    #[napi(catch_unwind)]
    pub fn answer(&mut self, status: u16, headers: String, body: Uint8Array) -> Result<()> {
        let headers: Vec<(String, String)> = serde_json::from_str(&headers).map_err(error::of_protocol)?;
        let response = Response::new(status, body.to_vec());
        self.give(Ok(headers.into_iter().fold(response, |response, (name, value)| response.header(name, value))));
        Ok(())
    }

    /// Reports that a request failed: `unreachable`, `timed-out` or `too-large`.
    #[napi(catch_unwind)]
    pub fn fail(&mut self, why: String) {
        self.give(Err(match why.as_str() {
            "unreachable" => AdapterError::Unreachable,
            "timed-out" => AdapterError::TimedOut,
            "too-large" => AdapterError::TooLarge,
            _ => AdapterError::NotSent,
        }));
    }

    /// Returns the progress of a call to Wonde as JSON.
    #[napi(catch_unwind)]
    pub fn progress(&self) -> String {
        let at = match &self.kind {
            Kind::Snapshot(call) => call.progress(),
            Kind::Schools(call) => call.progress(),
            Kind::State(call) => call.progress(),
            Kind::Access(call) => call.progress(),
            Kind::Identity(_) | Kind::Pkce(_) => return "{}".to_owned(),
        };
        json!({ "list": at.list, "page": at.page, "students": at.students }).to_string()
    }

    /// Returns the snapshot once, when the call is done.
    #[napi(catch_unwind)]
    pub fn take_snapshot(&mut self) -> Option<WondeSnapshot> {
        match self.made.take() {
            Some(Made::Snapshot(snapshot)) => Some(WondeSnapshot(Arc::new(snapshot))),
            _ => None,
        }
    }

    /// Returns the identity once, when the call is done.
    #[napi(catch_unwind)]
    pub fn take_identity(&mut self) -> Option<sign_in::Identity> {
        match self.made.take() {
            Some(Made::Identity(identity)) => Some(sign_in::Identity(identity)),
            _ => None,
        }
    }
}

fn told<T>(step: Step<T>, done: impl FnOnce(T) -> Value) -> Value {
    match step {
        Step::Send(request) => json!({ "send": {
            "method": request.method(),
            "url": request.url(),
            "headers": request.headers().collect::<std::collections::BTreeMap<_, _>>(),
            "body": request.body(),
            "timeout": request.timeout().as_millis() as u64,
            "maxBytes": request.max_bytes(),
        } }),
        Step::Wait(time) => json!({ "wait": time.as_millis() as u64 }),
        Step::Done(made) => json!({ "done": done(made) }),
    }
}
