//! Accounts as JSON, both ways.

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ethnicity::Ethnicities;
use crate::username::SignIn;

use super::{AccountError, AccountRow, Accounts};

/// The format this version writes, and the newest it reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    format: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school_id: Option<String>,
    sign_in: SignIn,
    accounts: Vec<AccountRow>,
}

/// What is read before anything else, so that a later format is told from a broken text.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl Accounts {
    /// The accounts as JSON, without their passwords: `{"format": 1, "sign_in": …, "accounts": […]}`.
    pub fn to_json(&self) -> String {
        self.json(false)
    }

    /// The accounts as JSON with their passwords, as far as they are known. Keep it as you keep those.
    pub fn to_json_with_passwords(&self) -> String {
        self.json(true)
    }

    fn json(&self, with_passwords: bool) -> String {
        // Strings, numbers and booleans always serialize.
        serde_json::to_string(&self.document(with_passwords)).unwrap_or_default()
    }

    fn document(&self, with_passwords: bool) -> Document {
        let accounts = self.iter().map(|account| AccountRow::of(&account, with_passwords)).collect();
        Document { format: FORMAT, school_id: self.school_id.clone(), sign_in: self.sign_in, accounts }
    }

    /// Accounts from their JSON, with or without passwords.
    ///
    /// # Errors
    /// [`AccountError::Json`] if it is not such, [`AccountError::Version`] if it is of a later format,
    /// [`AccountError::Rejected`] if an account is wrong.
    pub fn from_json(text: &str) -> Result<Self, AccountError> {
        Self::from_json_shared(text, Ethnicities::shared())
    }

    /// [`from_json`](Self::from_json), where the host has added ethnicity codes.
    ///
    /// # Errors
    /// As there.
    pub fn from_json_with(text: &str, ethnicities: Ethnicities) -> Result<Self, AccountError> {
        Self::from_json_shared(text, Arc::new(ethnicities))
    }

    fn from_json_shared(text: &str, ethnicities: Arc<Ethnicities>) -> Result<Self, AccountError> {
        let Version { format } = serde_json::from_str(text).map_err(|error| at(&error))?;
        if format != FORMAT {
            return Err(AccountError::Version { found: format, newest: FORMAT });
        }
        Self::of_document(serde_json::from_str(text).map_err(|error| at(&error))?, ethnicities)
    }

    fn of_document(document: Document, ethnicities: Arc<Ethnicities>) -> Result<Self, AccountError> {
        let mut accounts = Self::rows_with(document.accounts, document.sign_in, ethnicities)?;
        accounts.school_id = document.school_id;
        // Here everything is kept, and what is blank is not known yet.
        accounts.from_rows = false;
        Ok(accounts)
    }
}

impl Serialize for Accounts {
    /// As [`to_json`](Self::to_json), without passwords.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document(false).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::deserialize(deserializer)?;
        if document.format != FORMAT {
            return Err(D::Error::custom(AccountError::Version { found: document.format, newest: FORMAT }));
        }
        Self::of_document(document, Ethnicities::shared()).map_err(D::Error::custom)
    }
}

/// Where JSON goes wrong. What it says there may be a child's name, so the text of the error stays here.
fn at(error: &serde_json::Error) -> AccountError {
    AccountError::Json { line: error.line(), column: error.column() }
}
