//! Stores the accounts of every school in SQLite, with hashes of passwords, but never a password.

use std::collections::HashMap;

use onroll::account::{AccountError, AccountRow};
use onroll::plan::{FieldValue, Statement, StatementKind};
use onroll::username::loose_username_key;
use onroll::{Accounts, Attempts, Plan, SignIn, username_key};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, Transaction};

/// `username_key` keeps usernames unique in a school. `loose_key` finds the account of a child who leaves out an accent
/// or a hyphen.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY,
    school_id TEXT NOT NULL,
    source_id TEXT,
    upn TEXT,
    upi TEXT,
    full_name TEXT NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    loose_key TEXT NOT NULL,
    year_group TEXT NOT NULL,
    class_name TEXT NOT NULL,
    gender TEXT,
    pupil_premium BOOLEAN NOT NULL,
    ethnicity TEXT NOT NULL,
    send BOOLEAN NOT NULL,
    eal BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    active_until TEXT,
    password_hash TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS account_key ON account (school_id, username_key);
CREATE UNIQUE INDEX IF NOT EXISTS account_source_id ON account (school_id, source_id);
CREATE UNIQUE INDEX IF NOT EXISTS account_upn ON account (school_id, upn);
CREATE INDEX IF NOT EXISTS account_loose_key ON account (school_id, loose_key);
CREATE TABLE IF NOT EXISTS attempts (
    school_id TEXT PRIMARY KEY,
    state TEXT NOT NULL
);
";

/// The reason why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The stored rows do not form valid accounts.
    #[error("the stored rows are not accounts")]
    Accounts(#[from] AccountError),
    /// The stored attempts are damaged.
    #[error("the stored attempts are damaged")]
    Attempts(#[from] serde_json::Error),
    /// The accounts changed after the plan was made.
    #[error("the accounts changed after the plan was made: try again")]
    Outdated,
}

/// Opens the database, and creates its tables if they are missing.
pub async fn open(path: &str) -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path).create_if_missing(true)).await?;
    sqlx::raw_sql(TABLES).execute(&pool).await?;
    Ok(pool)
}

/// Begins a transaction that excludes other writers, so that data cannot change between reading and writing.
pub async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    pool.begin_with("BEGIN IMMEDIATE").await
}

/// Returns the accounts of a school. Their `host_id` is the key of the row.
pub async fn accounts(database: &mut SqliteConnection, school: &str) -> Result<Accounts, StoreError> {
    let rows =
        sqlx::query("SELECT * FROM account WHERE school_id = ? ORDER BY id").bind(school).fetch_all(database).await?;
    accounts_of(school, &rows)
}

/// Returns the accounts that a typed username may mean, and the password hash of each by username.
pub async fn found(
    database: &mut SqliteConnection,
    school: &str,
    typed: &str,
) -> Result<(Accounts, HashMap<String, String>), StoreError> {
    let rows = sqlx::query("SELECT * FROM account WHERE school_id = ? AND (username_key = ? OR loose_key = ?)")
        .bind(school)
        .bind(username_key(typed))
        .bind(loose_username_key(typed))
        .fetch_all(database)
        .await?;
    let mut hashes = HashMap::new();
    for row in &rows {
        if let Some(hash) = row.try_get("password_hash")? {
            hashes.insert(row.try_get("username")?, hash);
        }
    }
    Ok((accounts_of(school, &rows)?, hashes))
}

fn accounts_of(school: &str, rows: &[SqliteRow]) -> Result<Accounts, StoreError> {
    let rows = rows.iter().map(account).collect::<Result<Vec<AccountRow>, sqlx::Error>>()?;
    Ok(Accounts::from_rows(rows, SignIn::Password)?.with_school_id(school))
}

fn account(row: &SqliteRow) -> Result<AccountRow, sqlx::Error> {
    let day: Option<String> = row.try_get("active_until")?;
    let active_until = day.map(|day| day.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(AccountRow {
        host_id: Some(row.try_get::<i64, _>("id")?.to_string()),
        source_id: row.try_get("source_id")?,
        upn: row.try_get("upn")?,
        upi: row.try_get("upi")?,
        full_name: row.try_get("full_name")?,
        username: row.try_get("username")?,
        year_group: row.try_get("year_group")?,
        class_name: row.try_get("class_name")?,
        gender: row.try_get::<Option<String>, _>("gender")?.unwrap_or_default(),
        pupil_premium: row.try_get("pupil_premium")?,
        ethnicity: row.try_get("ethnicity")?,
        send: row.try_get("send")?,
        eal: row.try_get("eal")?,
        active: row.try_get("active")?,
        active_until,
        has_password: row.try_get::<Option<String>, _>("password_hash")?.is_some(),
        ..AccountRow::default()
    })
}

/// Runs a plan completely or not at all, if the stored accounts still have this fingerprint. `hashes` has the hash of
/// each new password, by username.
pub async fn apply(
    pool: &SqlitePool,
    school: &str,
    plan: &Plan,
    fingerprint: &str,
    hashes: &HashMap<String, String>,
) -> Result<(), StoreError> {
    let mut transaction = begin(pool).await?;
    if accounts(&mut transaction, school).await?.fingerprint() != fingerprint {
        return Err(StoreError::Outdated);
    }
    for statement in plan.statements() {
        run(&mut transaction, school, &statement, hashes).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Runs one statement of a plan on one row. The columns have the names of the fields, and every value is bound.
async fn run(
    database: &mut SqliteConnection,
    school: &str,
    statement: &Statement<'_>,
    hashes: &HashMap<String, String>,
) -> Result<(), StoreError> {
    let mut set: Vec<(&str, FieldValue<'_>)> = statement.set().to_vec();
    let text = |text: String| FieldValue::Text(text.into());
    let username = set.iter().find(|(name, _)| *name == "username").map(|(_, value)| value.as_str().to_owned());
    if let Some(username) = &username {
        set.push(("username_key", text(username_key(username))));
        set.push(("loose_key", text(loose_username_key(username))));
    }
    if statement.new_password() {
        let hash = hashes.get(username.as_deref().unwrap_or_else(|| statement.username()));
        set.push(("password_hash", hash.map_or(FieldValue::Null, |hash| text(hash.clone()))));
    }
    let mut query = match statement.kind() {
        StatementKind::Insert => {
            set.push(("school_id", text(school.to_owned())));
            let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO account (");
            let mut names = query.separated(", ");
            set.iter().for_each(|(name, _)| {
                names.push(*name);
            });
            query.push(") VALUES (");
            for (index, (_, value)) in set.into_iter().enumerate() {
                query.push(if index == 0 { "" } else { ", " });
                bind(&mut query, value);
            }
            query.push(")");
            query
        }
        _ => {
            let mut query = QueryBuilder::<Sqlite>::new("UPDATE account SET ");
            for (index, (name, value)) in set.into_iter().enumerate() {
                query.push(if index == 0 { "" } else { ", " }).push(name).push(" = ");
                bind(&mut query, value);
            }
            query.push(" WHERE school_id = ").push_bind(school.to_owned());
            query.push(" AND username = ").push_bind(statement.username().to_owned());
            query
        }
    };
    match query.build().execute(database).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::Outdated),
    }
}

fn bind(query: &mut QueryBuilder<Sqlite>, value: FieldValue<'_>) {
    match value {
        FieldValue::Flag(flag) => query.push_bind(flag),
        FieldValue::Text(text) => query.push_bind(text.into_owned()),
        _ => query.push_bind(None::<String>),
    };
}

/// Returns the stored counts of wrong passwords at a school.
pub async fn attempts(database: &mut SqliteConnection, school: &str) -> Result<Attempts, StoreError> {
    let row =
        sqlx::query("SELECT state FROM attempts WHERE school_id = ?").bind(school).fetch_optional(database).await?;
    match row {
        Some(row) => Ok(serde_json::from_str(row.try_get("state")?)?),
        None => Ok(Attempts::new()),
    }
}

/// Stores the counts of wrong passwords at a school. They must be stored whatever the result of a sign-in is.
pub async fn store_attempts(
    database: &mut SqliteConnection,
    school: &str,
    attempts: &Attempts,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO attempts VALUES (?, ?) ON CONFLICT (school_id) DO UPDATE SET state = excluded.state")
        .bind(school)
        .bind(serde_json::to_string(attempts)?)
        .execute(database)
        .await?;
    Ok(())
}
