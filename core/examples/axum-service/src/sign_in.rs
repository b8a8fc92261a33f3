//! Signs children in. Each try is counted before the hash is verified. If the password was right, the try is then taken
//! back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use onroll::identity::{AttemptPolicy, RefusedReason, SignInRefused};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::{Service, ServiceError, store};

/// The username and password that a child typed.
#[derive(Deserialize)]
pub struct Typed {
    username: String,
    password: String,
}

/// The child who signed in. A real host starts a session here.
#[derive(Serialize)]
struct SignedIn {
    full_name: String,
    class_name: String,
}

pub async fn sign_in(
    State(service): State<Service>,
    Path(school): Path<String>,
    Json(typed): Json<Typed>,
) -> Result<Response, ServiceError> {
    let policy = AttemptPolicy::new();
    // Count the try first, in a separate transaction. Otherwise an attacker could drop the connection and get a free
    // guess.
    let mut transaction = store::begin(&service.database).await?;
    let (accounts, hashes) = store::found(&mut transaction, &school, &typed.username).await?;
    let mut attempts = store::attempts(&mut transaction, &school).await?;
    let username = accounts.find_for_sign_in(&typed.username).map(|account| account.username.to_owned());
    let counted = attempts.begin(&policy, username.as_deref().unwrap_or(&typed.username), Utc::now());
    store::store_attempts(&mut transaction, &school, &attempts).await?;
    transaction.commit().await.map_err(store::StoreError::from)?;
    if let Err(refused) = counted {
        return Ok(answer(refused));
    }

    let hash = username.as_ref().and_then(|username| hashes.get(username)).cloned();
    let (hasher, password) = (service.hasher.clone(), typed.password);
    let own = hash.is_some();
    let hash = hash.unwrap_or_else(|| service.nobodys_hash.to_string());
    let is_right = spawn_blocking(move || hasher.verify(&hash, &password)).await?? && own;

    let mut transaction = store::begin(&service.database).await?;
    let mut attempts = store::attempts(&mut transaction, &school).await?;
    let settled = attempts.settle(&policy, &accounts, username.as_deref(), is_right);
    store::store_attempts(&mut transaction, &school, &attempts).await?;
    transaction.commit().await.map_err(store::StoreError::from)?;
    Ok(match settled {
        Ok(account) => {
            let (full_name, class_name) = (account.full_name.to_owned(), account.class_name.to_owned());
            Json(SignedIn { full_name, class_name }).into_response()
        }
        Err(refused) => answer(refused),
    })
}

/// Answers a refusal, with words for the child and a number of seconds for the page.
fn answer(refused: SignInRefused) -> Response {
    let status = match refused.reason {
        RefusedReason::NotRecognised => StatusCode::UNAUTHORIZED,
        RefusedReason::TooSoon | RefusedReason::SchoolPaused => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::FORBIDDEN,
    };
    let mut response = (status, refused.to_string()).into_response();
    if let Some(wait) = refused.retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
