//! What Stripe answers when it does not do what it was asked to
//! (<https://docs.stripe.com/api/errors>).

use serde_json::{Value, json};
use thiserror::Error;

use crate::account::{Place, Refusal};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Problem {
    #[error("invalid API key provided: {hint}")]
    WrongKey { hint: String },
    #[error("you did not provide an API key; use `Authorization: Bearer sk_test_...`")]
    NoKey,
    #[error("unrecognized request URL ({method}: {path}), at least in the sandbox")]
    NoSuchUrl { method: String, path: String },
    #[error("an idempotency key has 1 to 255 characters")]
    KeyLength,
    #[error(
        "keys for idempotent requests can only be used with the same parameters they were first \
         used with: '{key}' was first used with others"
    )]
    OtherParameters { key: String },
    #[error("another request with the idempotency key '{key}' is still in progress")]
    KeyInUse { key: String },
    #[error("an unknown error occurred")]
    Internal,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What a problem looks like from outside.
struct Shape<'a> {
    status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<&'a str>,
}

const INVALID: &str = "invalid_request_error";

impl<'a> Shape<'a> {
    const fn new(status: u16, kind: &'static str) -> Self {
        Self {
            status,
            kind,
            code: None,
            param: None,
        }
    }

    const fn invalid(code: Option<&'static str>, param: Option<&'a str>) -> Self {
        Self {
            status: 400,
            kind: INVALID,
            code,
            param,
        }
    }
}

impl Problem {
    fn shape(&self) -> Shape<'_> {
        match self {
            Self::WrongKey { .. } | Self::NoKey => Shape::new(401, INVALID),
            Self::NoSuchUrl { .. } => Shape::new(404, INVALID),
            Self::KeyLength => Shape::invalid(None, None),
            Self::OtherParameters { .. } => Shape::new(400, "idempotency_error"),
            Self::KeyInUse { .. } => Shape {
                status: 409,
                ..Shape::invalid(Some("idempotency_key_in_use"), None)
            },
            Self::Internal => Shape::new(500, "api_error"),
            Self::Refused(refusal) => shape_of(refusal),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.shape().status
    }

    /// The JSON of Stripe's error object.
    pub(crate) fn body(&self) -> String {
        let shape = self.shape();
        let mut error = error_body(shape.kind, &self.to_string());
        if let Some(error) = error.get_mut("error").and_then(Value::as_object_mut) {
            if let Some(code) = shape.code {
                error.insert("code".to_owned(), code.into());
                let url = format!("https://docs.stripe.com/error-codes#{}", dashed(code));
                error.insert("doc_url".to_owned(), url.into());
            }
            if let Some(param) = shape.param {
                error.insert("param".to_owned(), param.into());
            }
        }
        error.to_string()
    }
}

/// An error object of a type.
pub(crate) fn error_body(kind: &str, message: &str) -> Value {
    json!({"error": {"message": message, "type": kind}})
}

fn shape_of(refusal: &Refusal) -> Shape<'_> {
    match refusal {
        Refusal::NotFound { place, .. } => {
            let (status, param) = match place {
                Place::Path(name) => (404, name),
                Place::Parameter(name) => (400, name),
            };
            Shape {
                status,
                ..Shape::invalid(Some("resource_missing"), Some(param))
            }
        }
        Refusal::MissingParameter { param } => {
            Shape::invalid(Some("parameter_missing"), Some(param))
        }
        Refusal::UnknownParameter { param } => {
            Shape::invalid(Some("parameter_unknown"), Some(param))
        }
        Refusal::InvalidInteger { param, .. } => {
            Shape::invalid(Some("parameter_invalid_integer"), Some(param))
        }
        Refusal::EmptyParameter { param } => {
            Shape::invalid(Some("parameter_invalid_empty"), Some(param))
        }
        Refusal::InvalidParameter { param, .. } => Shape::invalid(None, Some(param)),
        Refusal::AmountTooSmall { .. } => Shape::invalid(Some("amount_too_small"), None),
        Refusal::AmountTooLarge { .. } => Shape::invalid(Some("amount_too_large"), None),
        Refusal::RefundTooLarge { .. } => Shape::invalid(None, Some("amount")),
        Refusal::AlreadyRefunded { .. } => Shape::invalid(Some("charge_already_refunded"), None),
        Refusal::ChargedBack { .. } => Shape::invalid(Some("charge_disputed"), None),
        Refusal::SessionNotOpen { .. }
        | Refusal::NothingToRefund { .. }
        | Refusal::AlreadyDisputed { .. }
        | Refusal::DisputeClosed { .. }
        | Refusal::NothingToSettle { .. } => Shape::invalid(None, None),
    }
}

/// How documentation addresses write a code.
fn dashed(code: &str) -> String {
    code.replace('_', "-")
}
