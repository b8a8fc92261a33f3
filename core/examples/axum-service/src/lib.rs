//! An example of a host, which is a service that uses onroll. It is correct and as small as possible. A school uploads
//! its file, or the service reads the school from Wonde every night. The accounts are rows in SQLite with only the
//! hashes of passwords. The children sign in.
//!
//! | request | who | answer |
//! | --- | --- | --- |
//! | `POST /schools/{id}/students`, a file | staff | 200 with the new credentials, which are shown once; 422 with every problem |
//! | `POST /schools/{id}/sync` | staff | 200 as above; 409 if a guard refuses; 502 if Wonde does not answer |
//! | `POST /schools/{id}/sign-in`, a username and a password | a child | 200 with the name; 401; 403; 429 with `Retry-After` |
//!
//! Staff send a bearer token. A real host uses its own sign-in for staff instead.

#![forbid(unsafe_code)]

mod exchange;
mod sign_in;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::Utc;
use onroll::account::AccountError;
use onroll::password::{PasswordHashError, PasswordHasher};
use onroll::plan::{ChangeKind, PlanError, PlannerError};
use onroll::wonde::{Client, Options, Schedule, WondeError};
use onroll::{Planner, ReadError, Reader, Roster};
use serde::Serialize;
use sqlx::sqlite::SqlitePool;
use tokio::task::spawn_blocking;

pub use store::{StoreError, open};

/// The largest upload: a school of 2,000 as a workbook is under 1 MiB.
const LARGEST_UPLOAD: usize = 16 << 20;

/// The state that all requests share.
#[derive(Clone)]
pub struct Service {
    database: SqlitePool,
    wonde: Client,
    http: reqwest::Client,
    hasher: PasswordHasher,
    /// A hash to verify if a username has no account, so that the answer takes as long as for a known username.
    nobodys_hash: Arc<str>,
    staff_token: Arc<str>,
}

/// The reason why a request was not served. Its text names no person.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The file was not accepted.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no plan, because a guard refused it.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// The plan does not fit the accounts.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Wonde did not answer completely.
    #[error(transparent)]
    Wonde(#[from] WondeError),
    /// Accounts could not be made or written.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// The store refused the change, or it failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task ended before its work was done.
    #[error("a task of the service ended before its work was done")]
    Ended(#[from] tokio::task::JoinError),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Http(#[from] reqwest::Error),
}

impl From<sqlx::Error> for ServiceError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl IntoResponse for ServiceError {
    fn into_response(self) -> Response {
        let (status, text) = match &self {
            // This text is for the person who uploaded the file, so it shows values from the file.
            Self::Read(ReadError::Rejected(report)) => (StatusCode::UNPROCESSABLE_ENTITY, report.text()),
            Self::Planner(PlannerError::Refused(refused)) => (StatusCode::CONFLICT, refused.text()),
            Self::Store(StoreError::Outdated) => (StatusCode::CONFLICT, self.to_string()),
            Self::Wonde(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
            _ => {
                eprintln!("{self}");
                (StatusCode::INTERNAL_SERVER_ERROR, "the service failed".to_owned())
            }
        };
        (status, text).into_response()
    }
}

/// The result of an import into a school's accounts.
#[derive(Debug, Serialize)]
pub struct Imported {
    /// The changes in numbers: "12 join, 3 leave, 28 move, 1,957 unchanged".
    pub summary: String,
    /// The records that were not imported, and why, for the school's office.
    pub not_imported: String,
    /// The new usernames and passwords as CSV. They are shown only now, and never again.
    pub credentials: String,
}

impl Service {
    /// Creates a service that uses a database. The pepper is a secret of the process, kept outside the database.
    pub async fn new(
        database: SqlitePool,
        wonde: Client,
        pepper: &[u8],
        staff_token: &str,
    ) -> Result<Self, ServiceError> {
        let hasher = PasswordHasher::new().pepper(pepper);
        let nobodys_hash = hasher.hash(&onroll::Password::existing("7frog"))?.into();
        let http = exchange::client()?;
        Ok(Self { database, wonde, http, hasher, nobodys_hash, staff_token: staff_token.into() })
    }

    /// Returns the routes.
    pub fn routes(self) -> Router {
        let staff = Router::new()
            .route("/schools/{school}/students", post(upload))
            .route("/schools/{school}/sync", post(sync_now))
            .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
            .route_layer(middleware::from_fn_with_state(self.clone(), staff_only));
        Router::new().route("/schools/{school}/sign-in", post(sign_in::sign_in)).merge(staff).with_state(self)
    }

    /// Reads a complete school from Wonde, and updates its accounts.
    pub async fn sync(&self, school: &str) -> Result<Imported, ServiceError> {
        let snapshot = exchange::run(&self.http, self.wonde.call_snapshot(school, None)?).await?;
        self.bring_into_step(school, snapshot.roster(&Options::new())).await
    }

    /// Syncs schools one after another, every night, without end. If one school fails, the others are still synced.
    pub async fn sync_nightly(&self, schools: &[String], schedule: &Schedule) {
        loop {
            let wait = schedule.next_after(Utc::now()) - Utc::now();
            tokio::time::sleep(wait.to_std().unwrap_or_default()).await;
            for school in schools {
                match self.sync(school).await {
                    Ok(imported) => println!("{school}: {}", imported.summary),
                    Err(error) => eprintln!("{school}: {error}"),
                }
            }
        }
    }

    /// Makes a plan from the stored accounts to a roster, hashes the new passwords, and runs the plan in one
    /// transaction.
    async fn bring_into_step(&self, school: &str, roster: Roster) -> Result<Imported, ServiceError> {
        let accounts = store::accounts(&mut *self.database.acquire().await?, school).await?;
        let fingerprint = accounts.fingerprint();
        let hasher = self.hasher.clone();
        let school_id = school.to_owned();
        // Planning and hashing keep a processor core busy, so they do not run on a thread that serves requests.
        let work = move || -> Result<_, ServiceError> {
            let roster = roster.with_school_id(school_id);
            let plan = Planner::new().today(Utc::now().date_naive()).plan(&accounts, &roster)?;
            let given: Vec<_> = plan.changes().filter_map(|c| Some((c.account().username, c.password()?))).collect();
            let hashes = hasher.hash_all(given.iter().map(|(_, password)| *password))?;
            let hashes: HashMap<String, String> =
                given.iter().map(|(name, _)| (*name).to_owned()).zip(hashes).collect();
            let mut credentials = Vec::new();
            let changed = plan.changes().filter(|change| change.kind() == ChangeKind::Join || change.new_password());
            let new: Vec<String> = changed.map(|change| change.account().username.to_owned()).collect();
            let after = plan.apply(accounts)?;
            after.write_credentials_of(new.iter().map(String::as_str), &mut credentials)?;
            let credentials = String::from_utf8_lossy(&credentials).into_owned();
            let not_imported = roster.not_imported_text();
            Ok((Imported { summary: plan.summary(), not_imported, credentials }, plan, hashes))
        };
        let (imported, plan, hashes) = spawn_blocking(work).await??;
        store::apply(&self.database, school, &plan, &fingerprint, &hashes).await?;
        Ok(imported)
    }
}

async fn upload(
    State(service): State<Service>,
    Path(school): Path<String>,
    file: Bytes,
) -> Result<Json<Imported>, ServiceError> {
    let roster = spawn_blocking(move || Reader::new().fix(true).read_bytes(Vec::from(file))).await??;
    Ok(Json(service.bring_into_step(&school, roster).await?))
}

async fn sync_now(State(service): State<Service>, Path(school): Path<String>) -> Result<Json<Imported>, ServiceError> {
    Ok(Json(service.sync(&school).await?))
}

/// Lets only staff through. A real host checks its own sign-in, and whether these staff may see this school.
async fn staff_only(State(service): State<Service>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match sent.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) if token == &*service.staff_token => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}
