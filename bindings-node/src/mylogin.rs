//! The native client for MyLogin: the addresses for the browser, its callback, and the calls that identify the person.

use std::time::Duration;

use napi::Result;
use napi_derive::napi;
use onroll::mylogin::{self, AuthorizeOptions};
use serde::Deserialize;

use crate::call::{Call, Kind};
use crate::error;
use crate::values::instant;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientChoices {
    client_id: String,
    client_secret: String,
    redirect_uri: String,
    domain: String,
    any_domain: bool,
    vouch_for_email: bool,
    allow_unsolicited: bool,
    timeout: u64,
}

/// A client for MyLogin, for one application.
#[napi]
pub struct MyLoginClient(mylogin::Client);

#[napi(catch_unwind)]
pub fn mylogin_client(choices: String) -> Result<MyLoginClient> {
    let choices: ClientChoices = serde_json::from_str(&choices).map_err(error::of_protocol)?;
    let client = mylogin::Client::new(&choices.client_id, &choices.client_secret, &choices.redirect_uri);
    let client = client.and_then(|client| match choices.any_domain {
        true => client.vouched_domain(&choices.domain),
        false => client.domain(&choices.domain),
    });
    let client = client.map_err(|error| error::of_mylogin(&error))?;
    let client = client.vouch_for_email(choices.vouch_for_email).allow_unsolicited(choices.allow_unsolicited);
    Ok(MyLoginClient(client.timeout(Duration::from_millis(choices.timeout))))
}

#[napi]
impl MyLoginClient {
    #[napi(catch_unwind)]
    pub fn authorize_url(
        &self,
        state: String,
        organisation: Option<String>,
        verifier: Option<String>,
    ) -> Result<String> {
        let options = AuthorizeOptions { organisation, verifier };
        self.0.authorize_url_with(&state, &options).map_err(|error| error::of_mylogin(&error))
    }

    #[napi(catch_unwind)]
    pub fn callback(&self, callback: String, state: Option<String>) -> Result<String> {
        self.0.callback(&callback, state.as_deref()).map_err(|error| error::of_mylogin(&error))
    }

    #[napi(catch_unwind)]
    pub fn identity(&self, code: String, verifier: Option<String>, now: f64) -> Result<Call> {
        let call = self.0.call_identity(&code, verifier.as_deref(), instant(now)?);
        call.map(|call| Call::new(Kind::Identity(call))).map_err(|error| error::of_mylogin(&error))
    }

    #[napi(catch_unwind)]
    pub fn allows_pkce(&self) -> Call {
        Call::new(Kind::Pkce(self.0.call_allows_pkce()))
    }

    #[napi(catch_unwind)]
    pub fn logout_url(&self) -> String {
        self.0.logout_url()
    }
}

/// Returns a state or a PKCE verifier. Both are made from the same number of random bytes.
#[napi(catch_unwind)]
pub fn mylogin_random() -> Result<String> {
    mylogin::new_state().map_err(|error| error::of_entropy(&error))
}
