//! Writes and reads all accounts of a school as one JSON document, with its format number. `AccountRow` in `rows.rs`
//! has the fields of one account.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::format::{self, UnreadableJson};
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

use super::{AccountError, AccountRow, Accounts};

/// The format that this version writes, which is also the newest format that it reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct AccountsDocument {
    format: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school_id: Option<String>,
    sign_in: SignIn,
    /// The last promotion, in which a plan moved the school up by a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promotion: Option<Promotion>,
    /// The ethnicity codes that the host added. Each entry has the code, its description and its main code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ethnicities: Vec<[String; 3]>,
    accounts: Vec<AccountRow>,
}

#[derive(Serialize, Deserialize)]
struct Promotion {
    /// The day of the promotion, or `None` if the plan did not know the day.
    on: Option<NaiveDate>,
}

impl Accounts {
    /// Returns the accounts as JSON without passwords: `{"format": 1, "sign_in": …, "accounts": […]}`.
    ///
    /// ```
    /// use onroll::Accounts;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// let stored = accounts.to_json(); // without passwords
    /// assert!(Accounts::from_json(&stored)?.get("Zoë Okafor").unwrap().password.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> String {
        self.json(false)
    }

    /// Returns the accounts as JSON with the known passwords. Protect this text as you protect passwords.
    pub fn to_json_with_passwords(&self) -> String {
        self.json(true)
    }

    fn json(&self, with_passwords: bool) -> String {
        format::write(&self.document(with_passwords))
    }

    fn document(&self, with_passwords: bool) -> AccountsDocument {
        let accounts = self.iter().map(|account| AccountRow::of(&account, with_passwords)).collect();
        AccountsDocument {
            format: FORMAT,
            school_id: self.school_id.clone(),
            sign_in: self.sign_in,
            promotion: self.promotion.map(|on| Promotion { on }),
            ethnicities: self.students.ethnicities().own(),
            accounts,
        }
    }

    /// Reads accounts from their JSON, with or without passwords.
    ///
    /// # Errors
    /// [`AccountError::Json`] if the text is not the JSON of accounts, [`AccountError::Version`] for a later format,
    /// and [`AccountError::Rejected`] if an account has an invalid value.
    pub fn from_json(text: &str) -> Result<Self, AccountError> {
        Self::from_json_shared(text, Ethnicities::shared())
    }

    /// Reads accounts as [`from_json`](Self::from_json) does, and adds your own ethnicity codes and aliases. The JSON
    /// contains the codes of the accounts, but not the aliases.
    ///
    /// ```
    /// use onroll::values::Ethnicities;
    /// use onroll::{Accounts, PasswordPolicy, Reader};
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,WSHE,No,No\n";
    /// let roster = Reader::new().ethnicities(codes.clone()).read_bytes(csv.into_bytes())?;
    /// let stored = Accounts::create(&roster, &PasswordPolicy::default())?.to_json();
    /// assert!(Accounts::from_json(&stored).is_ok());
    /// assert_eq!(Accounts::from_json_with(&stored, codes)?.at(0).unwrap().ethnicity.code(), "WSHE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`from_json`](Self::from_json).
    pub fn from_json_with(text: &str, ethnicities: Ethnicities) -> Result<Self, AccountError> {
        Self::from_json_shared(text, Arc::new(ethnicities))
    }

    fn from_json_shared(text: &str, ethnicities: Arc<Ethnicities>) -> Result<Self, AccountError> {
        Self::of_document(format::read(text, FORMAT)?, ethnicities)
    }

    fn of_document(document: AccountsDocument, ethnicities: Arc<Ethnicities>) -> Result<Self, AccountError> {
        let ethnicities = ethnicities.and_own(&document.ethnicities);
        let mut accounts = Self::rows_with(document.accounts, document.sign_in, ethnicities)?;
        accounts.school_id = document.school_id;
        accounts.promotion = document.promotion.map(|promotion| promotion.on);
        // The JSON stores every column. So if a column is blank, its values are unknown; the host did not leave it out.
        accounts.from_rows = false;
        Ok(accounts)
    }
}

impl Serialize for Accounts {
    /// Serialises the accounts as [`to_json`](Self::to_json) does, without passwords.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document(false).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = AccountsDocument::deserialize(deserializer)?;
        format::check(document.format, FORMAT).map_err(|error| D::Error::custom(AccountError::from(error)))?;
        Self::of_document(document, Ethnicities::shared()).map_err(D::Error::custom)
    }
}

impl From<UnreadableJson> for AccountError {
    fn from(error: UnreadableJson) -> Self {
        match error {
            UnreadableJson::Json { line, column } => Self::Json { line, column },
            UnreadableJson::Version { found, newest } => Self::Version { found, newest },
        }
    }
}
