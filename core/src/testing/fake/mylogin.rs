//! A small MyLogin beside the small Wonde. Tests set the student who is signed in, and no page is shown.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Answer, Asked, SCHOOL, School, said};

pub const CLIENT: &str = "fake-client";
pub const CLIENT_SECRET: &str = "fake-secret-of-the-client";
/// MyLogin sends browsers back only to addresses on this machine.
const REGISTERED: &str = "http://127.0.0.1";

/// The state of MyLogin.
#[derive(Debug, Default)]
pub struct Desk {
    /// The user who is signed in, as the user endpoint returns it.
    pub user: Value,
    pub no_pkce: bool,
    codes: HashMap<String, Code>,
    made: u32,
}

#[derive(Debug)]
struct Code {
    user: Value,
    redirect_uri: String,
    challenge: Option<String>,
}

/// Answers a request with these parameters.
type Handler = fn(&mut School, &Asked, HashMap<String, String>) -> Answer;

/// Returns a pupil as a MyLogin user.
pub fn user(number: usize, email: Option<&str>) -> Value {
    json!({ "data": {
        "id": format!("M{}", 5_000_000_000_u64 + number as u64), "first_name": "Pupil", "last_name": number.to_string(), "email": email,
        "type": "student", "last_online": "2023-08-16T13:02:58.000000Z",
        "service_providers": {
            "google": null, "microsoft": null, "wonde": { "service_provider_id": format!("A{}", 1_000_000_000 + number) },
        },
        "organisation": {
            "id": "A329362542", "wonde_id": SCHOOL, "name": "Oakfield Primary School", "urn": 100_000, "la_code": "823",
            "establishment_number": "2000",
        },
    } })
}

impl School {
    /// Returns MyLogin's answer if the request is for MyLogin.
    pub(super) fn mylogin(&mut self, asked: &Asked) -> Option<Answer> {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let (name, answer): (_, Handler) = match path {
            "/oauth/authorize" => ("authorize", Self::authorize),
            "/oauth/token" => ("token", Self::token),
            "/oauth/logout" => ("logout", |_, _, _| said(200, json!({}))),
            "/api/user" => ("user", Self::user),
            "/.well-known/openid-configuration" => ("configuration", Self::configuration),
            _ => return None,
        };
        let given = if name == "token" { asked.body.as_bytes() } else { query.as_bytes() };
        let given = form_urlencoded::parse(given).into_owned().collect();
        self.log.push((asked.target.clone(), !asked.authorization.is_empty()));
        let fault = self.take_fault(name, 1);
        Some(match fault {
            // A rate-limited request is not processed.
            Some(kind) if kind.starts_with("429") => self.spoil(&kind, said(200, json!({})), asked, name, 1),
            Some(kind) => {
                let answer = answer(self, asked, given);
                self.spoil(&kind, answer, asked, name, 1)
            }
            None => answer(self, asked, given),
        })
    }

    /// Signs the student in, and sends the browser back.
    fn authorize(&mut self, _: &Asked, given: HashMap<String, String>) -> Answer {
        let get = |name: &str| given.get(name).cloned().unwrap_or_default();
        let redirect_uri = get("redirect_uri");
        if get("client_id") != CLIENT || get("response_type") != "code" || !redirect_uri.starts_with(REGISTERED) {
            return said(400, json!({ "error": "invalid_request" }));
        }
        self.desk.made += 1;
        let code = format!("code-{}", self.desk.made);
        let mut back = url::Url::parse(&redirect_uri).unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &get("state"));
        let user = if self.desk.user.is_null() { user(0, None) } else { self.desk.user.clone() };
        let challenge = given.get("code_challenge").cloned();
        self.desk.codes.insert(code, Code { user, redirect_uri, challenge });
        Answer::Said { status: 302, headers: vec![("location", back.into())], body: String::new() }
    }

    fn token(&mut self, asked: &Asked, given: HashMap<String, String>) -> Answer {
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}")));
        if asked.method != "POST" || asked.authorization != basic {
            return said(401, json!({ "error": "invalid_client" }));
        }
        let get = |name: &str| given.get(name).cloned().unwrap_or_default();
        // A code is valid only once.
        let code = self.desk.codes.remove(&get("code")).filter(|code| {
            let verified =
                code.challenge.as_ref().is_none_or(|challenge| *challenge == challenge_of(&get("code_verifier")));
            verified && get("grant_type") == "authorization_code" && get("redirect_uri") == code.redirect_uri
        });
        let Some(code) = code else { return said(400, json!({ "error": "invalid_grant" })) };
        let token = STANDARD.encode(code.user.to_string());
        said(200, json!({ "access_token": token, "refresh_token": "r", "token_type": "Bearer", "expires_in": 86400 }))
    }

    /// Returns the user. The token itself contains the user's data.
    fn user(&mut self, asked: &Asked, _: HashMap<String, String>) -> Answer {
        let token = asked.authorization.strip_prefix("Bearer ").and_then(|token| STANDARD.decode(token).ok());
        match token.and_then(|token| serde_json::from_slice(&token).ok()) {
            Some(user) => said(200, user),
            None => said(401, json!({ "message": "Unauthenticated." })),
        }
    }

    fn configuration(&mut self, asked: &Asked, _: HashMap<String, String>) -> Answer {
        let root = &asked.root;
        let mut document = json!({
            "issuer": root, "authorization_endpoint": format!("{root}/oauth/authorize"),
            "token_endpoint": format!("{root}/oauth/token"),
        });
        if !self.desk.no_pkce {
            document["code_challenge_methods_supported"] = json!(["plain", "S256"]);
        }
        said(200, document)
    }
}

fn challenge_of(verifier: &str) -> String {
    use sha2::Digest;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier))
}
