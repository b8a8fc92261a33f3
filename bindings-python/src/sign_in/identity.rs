//! The Python class `Identity`, and the function `match_identity`. `core/src/identity/matching.rs` decides whose
//! account it is.

use onroll::identity::Links;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyType};

use crate::accounts::{Account, Accounts};
use crate::errors;
use crate::input::{Text, argument, bytes, each, named};
use crate::link::link;
use crate::pickle;

/// A person's identity at a provider, from MyLogin or from the claims of any OpenID Connect library. An identity is
/// valid only for the current sign-in, so do not store it. Store the account's Link instead.
///
/// >>> from datetime import datetime, timezone
/// >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
/// >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
/// >>> identity.provider, identity.subject, identity.email, identity.email_vouched
/// ('https://idp.example', '17', 'amy@oak.example', False)
/// >>> identity.tenant, identity.source_id
/// (None, None)
/// >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
/// >>> identity.school_id, identity.kind, identity.email_vouched
/// ('A1329183376', 'student', True)
///
/// >>> user = {"data": {"id": "17", "type": "student", "email": None, "service_providers": {"wonde": {"service_provider_id": "A77"}},
/// ...                  "organisation": {"wonde_id": "A1329183376"}}}
/// >>> import json
/// >>> onroll.Identity.from_json(json.dumps(user)).source_id  # a user from MyLogin
/// 'A77'
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Identity(pub(crate) onroll::Identity);

#[pymethods]
impl Identity {
    /// Reads the identity from the JSON of MyLogin's user endpoint, as str or bytes.
    ///
    /// vouch_for_email: treat the address as verified, because at this school it belongs only to this person. MyLogin
    /// does not say whether it verified the address.
    /// now: an aware datetime. None means the computer's time. Raises IdentityError.
    #[classmethod]
    #[pyo3(signature = (user_json, *, vouch_for_email=false, now=None))]
    fn from_json(
        _class: &Bound<'_, PyType>,
        user_json: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::vouch_for_email)] vouch_for_email: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let identity =
            onroll::Identity::from_mylogin(&bytes("user_json", "a str or bytes", user_json)?, super::now(now)?);
        let identity = identity.map_err(|error| errors::of_identity(user_json.py(), error))?;
        Ok(Self(if vouch_for_email { identity.vouch_for_email() } else { identity }))
    }

    /// Reads an identity from verified claims. Pass the payload of an ID token, as a mapping or as JSON, after an
    /// OpenID Connect library has checked its signature and its nonce. The claims contain neither the school nor the
    /// person's role: add them with of_school and as_student.
    ///
    /// client_id: your application's id. The claims must be made for this application.
    /// trusted_issuers: issuers that verify email addresses, as far as you know. The claim `email_verified` is trusted
    /// only from these issuers.
    /// now: an aware datetime. None means the computer's time. Raises IdentityError.
    #[classmethod]
    #[pyo3(
        signature = (claims, client_id, *, trusted_issuers=Vec::new(), now=None),
        text_signature = "($type, claims, client_id, *, trusted_issuers=(), now=None)"
    )]
    fn from_claims(
        _class: &Bound<'_, PyType>,
        claims: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::client_id)] client_id: Text,
        #[pyo3(from_py_with = named::trusted_issuers)] trusted_issuers: Vec<Text>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = claims.py();
        let claims = match claims.cast::<PyMapping>() {
            Ok(mapping) => {
                let plain = py.get_type::<pyo3::types::PyDict>().call1((mapping,))?;
                let text = py.import("json")?.call_method1("dumps", (plain,))?;
                text.extract::<String>()?.into_bytes()
            }
            Err(_) => bytes("claims", "a str or bytes", claims)?,
        };
        let trusted: Vec<&str> = trusted_issuers.iter().map(|issuer| &**issuer).collect();
        let identity = onroll::Identity::from_claims(&claims, &client_id, &trusted, super::now(now)?);
        identity.map(Self).map_err(|error| errors::of_identity(py, error))
    }

    /// Returns the same identity, marked with a school. Pass the school's id at Wonde. Find this id by the identity's
    /// tenant, in your own table of tenants and schools.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(school_id))
    }

    /// Returns the same identity, marked as a student. Claims do not contain the role, so decide by the person's group
    /// or organisational unit.
    fn as_student(&self) -> Self {
        Self(self.0.clone().as_student())
    }

    /// Returns the same identity with its email address marked as verified. By this call, you confirm that at this
    /// school the address belongs only to this person.
    fn vouch_for_email(&self) -> Self {
        Self(self.0.clone().vouch_for_email())
    }

    /// 'mylogin', or the issuer of the claims.
    #[getter]
    fn provider(&self) -> &str {
        self.0.provider()
    }

    /// The provider's own id for this person.
    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    /// 'student', 'staff' or 'unknown'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The school's id at Wonde, if known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// Wonde's id for this person, if the school has matched the person.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id()
    }

    /// The email address, in upper and lower case as the provider writes it.
    #[getter]
    fn email(&self) -> Option<&str> {
        self.0.email()
    }

    /// Whether the provider or you verified that the address belongs to this person.
    #[getter]
    fn email_vouched(&self) -> bool {
        self.0.is_email_vouched()
    }

    /// The organisation's id at the provider: Google's hd or Microsoft's tid.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    /// Returns the identity itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Raises TypeError, because an identity is valid only for the current sign-in and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(pickle::not_pickled(
            "an Identity is valid only for the current sign-in and cannot be pickled; store the Link from match_identity",
        ))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Identity: {}>", self.0.kind().as_str())
    }
}

/// Returns the account that a person may open at a school. It matches first by Wonde's id, then by a link from an
/// earlier sign-in. If the accounts came from a CSV with email addresses as usernames, it then matches by an email
/// address that the provider verified.
///
/// school_id: the school's id at Wonde. Look the id up yourself, and never take it from the browser.
/// links: the links that you stored after earlier sign-ins, each as a Link, or as a mapping or a tuple of provider,
/// subject, school_id and username.
/// Store the account's `link`. It is None if `links` already contains the link. Raises SignInRefused, with the reason.
///
/// >>> from datetime import datetime, timezone
/// >>> csv = onroll.template_csv() + "Amy Lee,amy@oak.example,Year 5,5A,Female,No,WBRI,No,No"
/// >>> accounts = onroll.create_accounts(onroll.read_csv(csv.encode(), sign_in="sso"))
/// >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
/// >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
/// >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
/// >>> account = onroll.match_identity(identity, accounts, school_id="A1329183376")
/// >>> account.full_name, account.matched_by, account.link.subject
/// ('Amy Lee', 'email', '17')
#[pyfunction]
#[pyo3(signature = (identity, accounts, *, school_id, links=None), text_signature = "(identity, accounts, *, school_id, links=())")]
pub(crate) fn match_identity(
    identity: &Bound<'_, PyAny>,
    accounts: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = named::school_id)] school_id: Text,
    links: Option<&Bound<'_, PyAny>>,
) -> PyResult<Account> {
    let py = identity.py();
    let identity: Bound<'_, Identity> = argument("identity", "an Identity", identity)?;
    let accounts = Accounts::of(accounts)?;
    let links: Links = match links {
        Some(links) => each("links", "an iterable of links", links, link)?.into_iter().collect(),
        None => Links::new(),
    };
    match onroll::match_identity(&identity.get().0, &accounts, &school_id, &links) {
        Ok(found) => Ok(Account::of(&found.account).found(found.by.as_str(), found.link)),
        Err(refused) => Err(errors::of_refused(py, refused)),
    }
}
