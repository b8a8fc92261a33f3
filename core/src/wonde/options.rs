//! Your choices for turning a snapshot into a roster (`Options`), and the messages about a wrong choice. A choice is
//! also in `bindings-node/lib/wonde/roster-options.ts` and `bindings-python/src/wonde/snapshot.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::column::{Column, Columns};
pub use crate::mapping::NamesFrom;
use crate::text;
use crate::username::{self, SignIn};
use crate::values::ethnicity::Ethnicities;
use crate::values::flag;
use crate::values::gender::Gender;

/// The kind of group that becomes a student's class. If a student has no group of that kind, we try the other kinds, in
/// the order of this list.
///
/// ```
/// use onroll::wonde::{ClassFrom, Options};
/// // The choice of a host's settings page.
/// assert_eq!(ClassFrom::NAMES, ["registration", "main", "first"]);
/// let options = Options::new().class_from(ClassFrom::named("main").unwrap());
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ClassFrom {
    /// The registration group. It is the default, because secondary schools have a class for each subject, and many
    /// primary schools have no classes in Wonde.
    #[default]
    Registration,
    /// The class that is marked as the main class. Published samples of Wonde data contain no such mark, so check your
    /// school's data before you choose this. Without such a mark, this choice is the same as
    /// [`Registration`](Self::Registration).
    MainClass,
    /// The first class in alphabetical order.
    First,
}

/// The email address that becomes the username if students sign in with SSO. Different schools store the addresses that
/// they issue in different fields.
///
/// ```
/// use onroll::wonde::{EmailFrom, Options};
/// // The choice of a host's settings page.
/// assert_eq!(EmailFrom::NAMES, ["usual", "email", "primary", "work", "home"]);
/// let options = Options::new().email_from(EmailFrom::named("work").unwrap());
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EmailFrom {
    /// The first address that exists: the address without a label, the primary address, or the work address. It is
    /// never the home address.
    #[default]
    Usual,
    /// The address without a label.
    Email,
    /// The primary address.
    Primary,
    /// The work address.
    Work,
    /// The home address, which is usually a parent's.
    Home,
}

macro_rules! named {
    ($($choice:ident { $($variant:ident $name:literal,)* })*) => {$(
        impl $choice {
            /// The codes of all choices. The packages for other languages use these codes.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// Returns the choice with this code.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

named! {
    ClassFrom { Registration "registration", MainClass "main", First "first", }
    EmailFrom { Usual "usual", Email "email", Primary "primary", Work "work", Home "home", }
}

/// Your choices for turning a snapshot into a roster.
///
/// ```
/// use onroll::SignIn;
/// use onroll::wonde::{ClassFrom, Options, NamesFrom};
/// let options = Options::new().sign_in(SignIn::Sso).class_from(ClassFrom::MainClass).names_from(NamesFrom::Legal);
/// ```
///
/// The students of this school sign in with SSO, and the school does not share ethnicities:
///
/// ```
/// use onroll::wonde::{EmailFrom, Options};
/// use onroll::values::Ethnicities;
/// use onroll::{Column, SignIn};
/// let options = Options::new()
///     .sign_in(SignIn::Sso)
///     .email_from(EmailFrom::Work)
///     .email_domains(["oakfield.example"])?
///     .withheld([Column::Ethnicity])
///     .main_codes_only(true)
///     .year_from_class(true)
///     .ethnicities(Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?)
///     .today("2026-09-01".parse()?);
/// # let _ = options;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(super) sign_in: SignIn,
    pub(super) class_from: ClassFrom,
    pub(super) names_from: NamesFrom,
    pub(super) email_from: EmailFrom,
    pub(super) main_codes_only: bool,
    pub(super) year_from_class: bool,
    pub(super) withheld: Columns,
    pub(super) email_domains: Vec<String>,
    pub(super) ethnicities: Arc<Ethnicities>,
    pub(super) today: Option<NaiveDate>,
    /// The meanings that the host set for texts in the MIS, by column and key.
    values: HashMap<(Column, String), String>,
}

/// The reason why an option is refused. Its text quotes only the values that you passed.
///
/// ```
/// use onroll::wonde::Options;
/// let error = Options::new().value_named("send", "Monitoring", "perhaps").unwrap_err();
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// `unknown-field`: you cannot set meanings for this field.
    #[error("the field must be year_group, class_name, gender, pupil_premium, ethnicity, send or eal, not '{field}'")]
    UnknownField {
        /// The given name.
        field: String,
    },
    /// `unknown-value`: you mapped a text to a value that the field does not accept.
    #[error("{field} must be {accepted}, not '{value}'; a blank value means 'not recorded'")]
    UnknownValue {
        /// The field's key.
        field: &'static str,
        /// The accepted values of the field.
        accepted: &'static str,
        /// The given value.
        value: String,
    },
    /// `invalid-domain`: the text is not a valid email domain.
    #[error("an email domain must be the part after the @, such as oakfield.sch.uk, not '{domain}'")]
    InvalidDomain {
        /// The given domain.
        domain: String,
    },
}

impl OptionsError {
    /// Returns the error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "unknown-field",
            Self::UnknownValue { .. } => "unknown-value",
            Self::InvalidDomain { .. } => "invalid-domain",
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// Creates the default options: password sign-in, registration groups, and preferred names.
    pub fn new() -> Self {
        Self {
            sign_in: SignIn::Password,
            class_from: ClassFrom::default(),
            names_from: NamesFrom::default(),
            email_from: EmailFrom::default(),
            main_codes_only: false,
            year_from_class: false,
            withheld: Columns::default(),
            email_domains: Vec::new(),
            ethnicities: Ethnicities::shared(),
            today: None,
            values: HashMap::new(),
        }
    }

    /// Sets how the students sign in. With `Sso`, the username is the email address.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// Sets which group becomes the class.
    pub fn class_from(mut self, class_from: ClassFrom) -> Self {
        self.class_from = class_from;
        self
    }

    /// Sets whether preferred or legal names are used. If a name of this kind is missing, the other kind replaces it.
    pub fn names_from(mut self, names_from: NamesFrom) -> Self {
        self.names_from = names_from;
        self
    }

    /// Sets which email address is the username if students sign in with SSO.
    pub fn email_from(mut self, email_from: EmailFrom) -> Self {
        self.email_from = email_from;
        self
    }

    /// Sets the school's own email domains, for schools that use SSO. An address in another domain is then never a
    /// username. By default, any domain is allowed. An address that is also the home address is never a username,
    /// unless you choose [the home address](EmailFrom::Home).
    ///
    /// # Errors
    /// [`OptionsError::InvalidDomain`] if a text is not a valid email domain.
    pub fn email_domains<D: AsRef<str>>(mut self, domains: impl IntoIterator<Item = D>) -> Result<Self, OptionsError> {
        let domain = |domain: D| {
            let own = domain.as_ref().trim().trim_start_matches('@').to_ascii_lowercase();
            let is_domain = own.contains('.') && username::is_email(&format!("a@{own}"));
            is_domain.then_some(own).ok_or_else(|| OptionsError::InvalidDomain { domain: domain.as_ref().to_owned() })
        };
        self.email_domains = domains.into_iter().map(domain).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Sets whether extended ethnicity codes are replaced by their main codes.
    pub fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// Sets whether a missing year group is read from the beginning of the class's name: `5D` is Year 5. The default is
    /// false, because some schools number classes in other ways.
    pub fn year_from_class(mut self, year_from_class: bool) -> Self {
        self.year_from_class = year_from_class;
        self
    }

    /// Sets the columns that the school withholds. Withheld columns cannot be found in a delta, so pass
    /// [`Roster::unrecorded`](crate::Roster::unrecorded) from the last full snapshot. In a full snapshot, onroll finds
    /// them. In a withheld column, at most 2% of the students have a value. If there are fewer than 20 students, none
    /// has a value.
    pub fn withheld(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.withheld = columns.into_iter().collect();
        self
    }

    /// Sets today's date, because onroll reads no clock. A student with an earlier leaving date has left, even if the
    /// MIS still lists the student. Without today's date, leaving dates are ignored.
    pub fn today(mut self, today: NaiveDate) -> Self {
        self.today = Some(today);
        self
    }

    /// Sets the meaning of a text in the school's MIS for a column: `("Monitoring", "No")` for SEND. It overrides
    /// onroll's own vocabulary. Letter case and white space are ignored. A blank meaning is 'not recorded'. For a year
    /// group or a class, you can set any meaning. For an ethnicity, the meaning must be a code that is already
    /// [accepted](Self::ethnicities).
    ///
    /// # Errors
    /// [`OptionsError`] if you cannot set meanings for this column, or if the column does not accept this value.
    ///
    /// ```
    /// use onroll::Column;
    /// use onroll::wonde::Options;
    /// let options = Options::new().value(Column::Send, "Monitoring", "No")?.value(Column::Ethnicity, "White - Polish", "WEEU")?;
    /// assert_eq!(Options::new().value(Column::Send, "Monitoring", "Perhaps").unwrap_err().code(), "unknown-value");
    /// # Ok::<(), onroll::wonde::OptionsError>(())
    /// ```
    pub fn value(mut self, column: Column, text: &str, value: &str) -> Result<Self, OptionsError> {
        let accepted = match column {
            Column::FullName | Column::Username => {
                return Err(OptionsError::UnknownField { field: column.key().to_owned() });
            }
            Column::YearGroup | Column::Class => None,
            Column::Gender => Some("Male, Female or Non-Binary").filter(|_| Gender::exact(value.as_bytes()).is_none()),
            Column::Ethnicity => Some("a code, such as WBRI").filter(|_| self.ethnicities.get(value).is_none()),
            Column::PupilPremium | Column::Send | Column::Eal => {
                Some("Yes or No").filter(|_| flag::exact(value.as_bytes()).is_none())
            }
        };
        if let Some(accepted) = accepted.filter(|_| !value.is_empty()) {
            return Err(OptionsError::UnknownValue { field: column.key(), accepted, value: value.to_owned() });
        }
        self.values.insert((column, text::key(text.trim()).into_owned()), value.to_owned());
        Ok(self)
    }

    /// Sets the meaning of a text as [`value`](Self::value) does, but names the field by its [key](Column::key).
    ///
    /// ```
    /// use onroll::wonde::Options;
    /// let options = Options::new().value_named("send", "Monitoring", "No")?;
    /// assert!(Options::new().value_named("send", "Monitoring", "perhaps").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`value`](Self::value), and [`OptionsError::UnknownField`] for an unknown field.
    pub fn value_named(self, field: &str, text: &str, value: &str) -> Result<Self, OptionsError> {
        let column = field.parse().map_err(|_| OptionsError::UnknownField { field: field.to_owned() })?;
        self.value(column, text, value)
    }

    /// Returns the meaning that the host set for a text.
    pub(super) fn mapped(&self, column: Column, text: &str) -> Option<&str> {
        if self.values.is_empty() {
            return None;
        }
        self.values.get(&(column, text::key(text.trim()).into_owned())).map(String::as_str)
    }

    /// Sets the accepted ethnicity codes. The default codes are those of the Department for Education.
    pub fn ethnicities(mut self, ethnicities: Ethnicities) -> Self {
        self.ethnicities = Arc::new(ethnicities);
        self
    }
}
