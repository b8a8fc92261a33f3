//! The Python classes `Webhook` and `Token`, and the functions that read a webhook and compare its secret.
//! `core/src/wonde/webhook.rs` has the kinds and the checks.

use onroll::wonde;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors;
use crate::input::{Text, bytes, named};
use crate::pickle::{self, Pickled};

/// A token. expose() returns its text. repr() and str() hide it.
///
/// >>> body = '{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}'
/// >>> token = onroll.wonde.webhook(body).token
/// >>> token, token.expose()  # store it as a secret
/// (Token(<hidden>), 'token')
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Token(wonde::Token);

#[pymethods]
impl Token {
    /// Returns the token as text. Store it as a secret, and pass it to Client.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    /// Returns the token itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Raises TypeError, because a token is a secret and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(pickle::not_pickled(
            "a Token is a secret and cannot be pickled; store the text from expose() where you keep secrets",
        ))
    }

    fn __repr__(&self) -> &'static str {
        "Token(<hidden>)"
    }

    fn __str__(&self) -> &'static str {
        "<hidden>"
    }
}

/// A webhook that Wonde posted: the school and the event.
///
/// >>> webhook = onroll.wonde.webhook('{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}')
/// >>> webhook.kind, webhook.school_id, webhook.reason
/// ('revoked', 'A1329183376', 'Left the trust')
/// >>> webhook.school_name, webhook.token, webhook.migrated
/// (None, None, False)
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Webhook(pub(super) wonde::Webhook);

#[pymethods]
impl Webhook {
    /// 'approved', 'revoked', 'declined' or 'migration'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// The school's name, if known.
    #[getter]
    fn school_name(&self) -> Option<&str> {
        self.0.school_name()
    }

    /// The school's own token, which is part of an approval.
    #[getter]
    fn token(&self) -> Option<Token> {
        self.0.token().cloned().map(Token)
    }

    /// The reason why access was declined or withdrawn, in the school's own words, if known.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether the migration is complete, not only announced.
    #[getter]
    fn migrated(&self) -> bool {
        self.0.is_migrated()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    /// Returns the webhook itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(Self)
    }

    /// Pickles the webhook. Raises TypeError if it contains a token, because a token is a secret.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        if slf.get().0.token().is_some() {
            return Err(pickle::not_pickled(
                "a Webhook with a token cannot be pickled; store the text from token.expose() where you keep secrets",
            ));
        }
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Webhook: {}, {}>", self.0.kind().as_str(), self.0.school_id())
    }
}

/// Reads the body of a webhook. Wonde does not sign webhooks, so put a secret into the webhook's address, and compare
/// it with same_secret(). Also check schools() before you act. Raises WebhookError.
///
/// >>> onroll.wonde.webhook(b'{"payload_type": "schoolMigration", "school_id": "A1329183376"}').kind
/// 'migration'
#[pyfunction]
pub(crate) fn webhook(body: &Bound<'_, PyAny>) -> PyResult<Webhook> {
    let read = wonde::Webhook::read(&bytes("body", "bytes or str", body)?);
    read.map(Webhook).map_err(|error| errors::of_webhook(body.py(), error))
}

/// Returns whether two secrets are equal, in constant time. A blank secret never matches. A plus sign in a secret still
/// matches if decoding the address turned it into a space.
///
/// >>> onroll.wonde.same_secret("of the query", "of your settings")
/// False
#[pyfunction]
#[pyo3(signature = (given, expected, /))]
pub(crate) fn same_secret(
    #[pyo3(from_py_with = named::given)] given: Text,
    #[pyo3(from_py_with = named::expected)] expected: Text,
) -> bool {
    wonde::same_secret(&given, &expected)
}
