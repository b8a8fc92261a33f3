//! The native class behind `Accounts`. Each account crosses the boundary as the JSON of its row.

use std::io::Cursor;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use napi::bindgen_prelude::{AsyncTask, Buffer, ObjectFinalize, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;
use onroll::account::{AccountError, AccountRow, Edit, TransferRefused};
use onroll::values::Ethnicities;
use onroll::{Account, Column};

use crate::columns::{self, Columns};
use crate::error;
use crate::job::{Job, Weigh, job, now};
use crate::printing::Printing;
use crate::roster::Roster;
use crate::values;

/// The accounts of one school. A change is made on a copy if another thread still reads the accounts.
#[napi(custom_finalize)]
pub struct Accounts(RwLock<Arc<onroll::Accounts>>);

impl Weigh for Accounts {
    fn weight(&self) -> i64 {
        self.now().len() as i64 * 96
    }
}

impl ObjectFinalize for Accounts {
    fn finalize(self, env: Env) -> Result<()> {
        env.adjust_external_memory(-self.weight())?;
        Ok(())
    }
}

impl Accounts {
    pub(crate) fn new(accounts: onroll::Accounts) -> Self {
        Self(RwLock::new(Arc::new(accounts)))
    }

    pub(crate) fn now(&self) -> Arc<onroll::Accounts> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut onroll::Accounts) -> std::result::Result<T, AccountError>,
    ) -> Result<T> {
        let mut accounts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut accounts)).map_err(error::of_account)
    }
}

/// Returns a row as JSON, with Rust's names of fields.
pub(crate) fn row(row: &AccountRow) -> String {
    // Serializing strings and booleans cannot fail.
    serde_json::to_string(row).unwrap_or_default()
}

pub(crate) fn told(account: &Account<'_>) -> String {
    row(&AccountRow::of(account, true))
}

#[napi(catch_unwind)]
pub fn create_accounts(roster: &Roster, policy: String) -> Result<AsyncTask<Job<Accounts>>> {
    let (roster, policy) = (Arc::clone(&roster.0), values::policy(&policy)?);
    Ok(job(move || create(&roster, &policy)))
}

#[napi(catch_unwind)]
pub fn create_accounts_sync(env: Env, roster: &Roster, policy: String) -> Result<Accounts> {
    let policy = values::policy(&policy)?;
    now(env, || create(&roster.0, &policy))
}

fn create(roster: &onroll::Roster, policy: &onroll::PasswordPolicy) -> Result<Accounts> {
    onroll::Accounts::create(roster, policy).map(Accounts::new).map_err(|error| error::of_entropy(&error))
}

#[napi(catch_unwind)]
pub fn accounts_from_json(env: Env, text: String) -> Result<Accounts> {
    now(env, || onroll::Accounts::from_json(&text).map(Accounts::new).map_err(error::of_account))
}

/// Creates accounts from the JSON of rows.
#[napi(catch_unwind)]
pub fn accounts_from_rows(
    env: Env,
    rows: String,
    sign_in: String,
    school_id: Option<String>,
    last_promotion: Option<String>,
    ethnicities: Option<String>,
) -> Result<Accounts> {
    let codes = ethnicities.map_or_else(|| Ok(Ethnicities::default()), |own| values::own_ethnicities(&own))?;
    let promotion = last_promotion.map(|day| day.parse::<NaiveDate>()).transpose().map_err(error::of_protocol)?;
    let rows: Vec<AccountRow> = serde_json::from_str(&rows).map_err(error::of_protocol)?;
    let sign_in = values::sign_in(&sign_in)?;
    now(env, || {
        let accounts = onroll::Accounts::from_rows_with(rows, sign_in, codes).map_err(error::of_account)?;
        let accounts = match school_id {
            Some(id) => accounts.with_school_id(id),
            None => accounts,
        };
        Ok(Accounts::new(match promotion {
            Some(day) => accounts.with_last_promotion(day),
            None => accounts,
        }))
    })
}

#[napi]
impl Accounts {
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        self.now().len() as u32
    }

    #[napi(getter)]
    pub fn sign_in(&self) -> &'static str {
        self.now().sign_in().as_str()
    }

    #[napi(getter)]
    pub fn school_id(&self) -> Option<String> {
        self.now().school_id().map(str::to_owned)
    }

    /// Returns the accounts whose username has the same key as another account's username.
    #[napi(catch_unwind)]
    pub fn sharing_a_key(&self) -> Vec<String> {
        self.now().sharing_a_key().map(|account| told(&account)).collect()
    }

    #[napi(catch_unwind)]
    pub fn fingerprint(&self) -> String {
        self.now().fingerprint()
    }

    #[napi(catch_unwind)]
    pub fn at(&self, index: u32) -> Option<String> {
        self.now().at(index as usize).map(|account| told(&account))
    }

    #[napi(catch_unwind)]
    pub fn get(&self, username: String) -> Option<String> {
        self.now().get(&username).map(|account| told(&account))
    }

    /// Edits an account. `cells` has `None` for each column that stays unchanged. `state` is the JSON of an edit of all
    /// other fields.
    #[napi(catch_unwind)]
    pub fn edit(&self, username: String, cells: Vec<Option<String>>, state: String) -> Result<String> {
        let mut edit: Edit = serde_json::from_str(&state).map_err(error::of_protocol)?;
        for (column, cell) in Column::ALL.into_iter().zip(cells) {
            if let Some(cell) = cell {
                edit = edit.set(column, cell);
            }
        }
        self.change(|accounts| accounts.edit(&username, &edit).map(|account| told(&account)))
    }

    #[napi(getter)]
    pub fn last_promotion(&self) -> Option<String> {
        self.now().last_promotion().map(|day| day.to_string())
    }

    #[napi(catch_unwind)]
    pub fn transfer(&self, username: String, to: &Accounts) -> Result<()> {
        if std::ptr::eq(self, to) {
            return Err(error::of_account(TransferRefused::SameSchool.into()));
        }
        // JavaScript runs on one thread, and jobs on other threads only read. Nothing else can change the two Accounts
        // meanwhile.
        let (mut own, mut other) = (self.now().as_ref().clone(), to.now().as_ref().clone());
        own.transfer(&username, &mut other).map_err(error::of_account)?;
        self.change(|accounts| {
            *accounts = own;
            Ok(())
        })?;
        to.change(|accounts| {
            *accounts = other;
            Ok(())
        })
    }

    /// Merges two accounts, and returns the row of the removed account.
    #[napi(catch_unwind)]
    pub fn merge(&self, keep: String, gone: String) -> Result<String> {
        self.change(|accounts| accounts.merge(&keep, &gone).map(|gone| row(&gone)))
    }

    #[napi(catch_unwind)]
    pub fn reset_password(&self, username: String, policy: String) -> Result<String> {
        let policy = values::policy(&policy)?;
        self.change(|accounts| accounts.reset_password(&username, &policy).map(|account| told(&account)))
    }

    #[napi(catch_unwind)]
    pub fn reset_passwords(&self, usernames: Vec<String>, policy: String) -> Result<()> {
        let policy = values::policy(&policy)?;
        self.change(|accounts| accounts.reset_passwords(usernames.iter().map(String::as_str), &policy))
    }

    /// Resets a class, and returns the rows of its accounts with the new passwords.
    #[napi(catch_unwind)]
    pub fn reset_class(&self, class_name: String, year_group: Option<String>, policy: String) -> Result<Vec<String>> {
        let policy = values::policy(&policy)?;
        self.change(|accounts| {
            let reset = accounts.reset_class(&class_name, year_group.as_deref(), &policy)?;
            Ok(reset.iter().map(told).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn set_password(&self, username: String, chosen: String) -> Result<String> {
        self.change(|accounts| accounts.set_password(&username, &chosen).map(|account| told(&account)))
    }

    #[napi(catch_unwind)]
    pub fn fill_passwords(&self, policy: String) -> Result<u32> {
        let policy = values::policy(&policy)?;
        self.change(|accounts| accounts.fill_passwords(&policy)).map(|filled| filled as u32)
    }

    #[napi(catch_unwind)]
    pub fn credentials(&self, usernames: Option<Vec<String>>, workbook: bool) -> AsyncTask<Job<Buffer>> {
        let accounts = self.now();
        job(move || credentials(&accounts, usernames.as_deref(), workbook))
    }

    #[napi(catch_unwind)]
    pub fn credentials_sync(&self, usernames: Option<Vec<String>>, workbook: bool) -> Result<Buffer> {
        credentials(&self.now(), usernames.as_deref(), workbook)
    }

    /// Returns the number of passwords that were set, of unknown usernames, and of rows without a password.
    #[napi(catch_unwind)]
    pub fn read_credentials(&self, bytes: Uint8Array) -> Result<Vec<u32>> {
        let read = self.change(|accounts| accounts.read_credentials(Cursor::new(bytes.as_ref())))?;
        Ok([read.set, read.unknown, read.blank].map(|count| count as u32).into())
    }

    /// Prints cards, letters or class lists. `printing` is the JSON of the options.
    #[napi(catch_unwind)]
    pub fn print(&self, printing: String) -> Result<AsyncTask<Job<Buffer>>> {
        let (accounts, printing) = (self.now(), Printing::of(&printing)?);
        Ok(job(move || printing.print(&accounts)))
    }

    #[napi(catch_unwind)]
    pub fn print_sync(&self, printing: String) -> Result<Buffer> {
        Printing::of(&printing)?.print(&self.now())
    }

    #[napi(catch_unwind)]
    pub fn json(&self, passwords: bool) -> String {
        let now = self.now();
        if passwords { now.to_json_with_passwords() } else { now.to_json() }
    }

    #[napi(catch_unwind)]
    pub fn columns(&self) -> Columns {
        columns::of(self.now().iter().map(|account| account.student()))
    }
}

fn credentials(accounts: &onroll::Accounts, usernames: Option<&[String]>, workbook: bool) -> Result<Buffer> {
    let mut csv = Vec::new();
    match usernames {
        Some(usernames) if workbook => {
            let usernames = usernames.iter().map(String::as_str);
            accounts.write_credentials_workbook_of(usernames, &mut csv).map_err(error::of_account)?;
        }
        None if workbook => {
            accounts.write_credentials_workbook(&mut csv).map_err(|error| error::of_io(&error))?;
        }
        Some(usernames) => {
            accounts.write_credentials_of(usernames.iter().map(String::as_str), &mut csv).map_err(error::of_account)?;
        }
        None => accounts.write_credentials(&mut csv).map_err(|error| error::of_io(&error))?,
    }
    Ok(csv.into())
}
