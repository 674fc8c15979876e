use serde_json::{Value, json};
use thiserror::Error;

use crate::account::{ParamLocation, RequestError};

/// An error response of Stripe's API (<https://docs.stripe.com/api/errors>).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ApiError {
    #[error("invalid API key provided: {hint}")]
    WrongApiKey { hint: String },
    #[error("you did not provide an API key; use `Authorization: Bearer sk_test_...`")]
    MissingApiKey,
    #[error("unrecognized request URL ({method}: {path}), at least in the sandbox")]
    UnknownUrl { method: String, path: String },
    #[error("an idempotency key has 1 to 255 characters")]
    IdempotencyKeyLength,
    #[error(
        "keys for idempotent requests can only be used with the same parameters they were first \
         used with: '{key}' was first used with others"
    )]
    IdempotencyKeyReused { key: String },
    #[error("another request with the idempotency key '{key}' is still in progress")]
    IdempotencyKeyInUse { key: String },
    #[error("an unknown error occurred")]
    Internal,
    #[error("{}", .0.message)]
    Refused(Refusal),
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// An error response that a test asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Stripe's type of the error, such as `invalid_request_error`.
    pub(crate) error_type: String,
    /// Stripe's code of the error, such as `account_closed`.
    pub(crate) code: Option<String>,
    pub(crate) message: String,
}

/// The status of an error response and the fields of its error object, but for the message.
struct ErrorFields<'a> {
    status: u16,
    error_type: &'a str,
    code: Option<&'a str>,
    param: Option<&'a str>,
}

const INVALID_REQUEST: &str = "invalid_request_error";

impl<'a> ErrorFields<'a> {
    const fn new(status: u16, error_type: &'a str) -> Self {
        Self {
            status,
            error_type,
            code: None,
            param: None,
        }
    }

    const fn invalid(code: Option<&'a str>, param: Option<&'a str>) -> Self {
        Self {
            status: 400,
            error_type: INVALID_REQUEST,
            code,
            param,
        }
    }
}

impl ApiError {
    fn fields(&self) -> ErrorFields<'_> {
        match self {
            Self::WrongApiKey { .. } | Self::MissingApiKey => {
                ErrorFields::new(401, INVALID_REQUEST)
            }
            Self::UnknownUrl { .. } => ErrorFields::new(404, INVALID_REQUEST),
            Self::IdempotencyKeyLength => ErrorFields::invalid(None, None),
            Self::IdempotencyKeyReused { .. } => ErrorFields::new(400, "idempotency_error"),
            Self::IdempotencyKeyInUse { .. } => ErrorFields {
                status: 409,
                ..ErrorFields::invalid(Some("idempotency_key_in_use"), None)
            },
            Self::Internal => ErrorFields::new(500, "api_error"),
            Self::Refused(refusal) => ErrorFields {
                code: refusal.code.as_deref(),
                ..ErrorFields::new(refusal.status, &refusal.error_type)
            },
            Self::Request(error) => fields_of(error),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.fields().status
    }

    /// JSON of Stripe's error object.
    pub(crate) fn body(&self) -> String {
        let fields = self.fields();
        let mut error = error_body(fields.error_type, &self.to_string());
        if let Some(error) = error.get_mut("error").and_then(Value::as_object_mut) {
            if let Some(code) = fields.code {
                error.insert("code".to_owned(), code.into());
                let anchor = code.replace('_', "-");
                let url = format!("https://docs.stripe.com/error-codes#{anchor}");
                error.insert("doc_url".to_owned(), url.into());
            }
            if let Some(param) = fields.param {
                error.insert("param".to_owned(), param.into());
            }
        }
        error.to_string()
    }
}

/// Returns Stripe's error object with a type and a message.
pub(crate) fn error_body(error_type: &str, message: &str) -> Value {
    json!({"error": {"message": message, "type": error_type}})
}

fn fields_of(error: &RequestError) -> ErrorFields<'_> {
    match error {
        RequestError::NotFound { location, .. } => {
            let (status, param) = match location {
                ParamLocation::Path(name) => (404, name),
                ParamLocation::Parameter(name) => (400, name),
            };
            ErrorFields {
                status,
                ..ErrorFields::invalid(Some("resource_missing"), Some(param))
            }
        }
        RequestError::MissingParameter { param } => {
            ErrorFields::invalid(Some("parameter_missing"), Some(param))
        }
        RequestError::UnknownParameter { param } => {
            ErrorFields::invalid(Some("parameter_unknown"), Some(param))
        }
        RequestError::InvalidInteger { param, .. } => {
            ErrorFields::invalid(Some("parameter_invalid_integer"), Some(param))
        }
        RequestError::EmptyParameter { param } => {
            ErrorFields::invalid(Some("parameter_invalid_empty"), Some(param))
        }
        RequestError::InvalidParameter { param, .. } => ErrorFields::invalid(None, Some(param)),
        RequestError::AmountTooSmall { .. } => ErrorFields::invalid(Some("amount_too_small"), None),
        RequestError::AmountTooLarge { .. } => ErrorFields::invalid(Some("amount_too_large"), None),
        RequestError::RefundTooLarge { .. } => ErrorFields::invalid(None, Some("amount")),
        RequestError::AlreadyRefunded { .. } => {
            ErrorFields::invalid(Some("charge_already_refunded"), None)
        }
        RequestError::ChargedBack { .. } => ErrorFields::invalid(Some("charge_disputed"), None),
        RequestError::SessionNotOpen { .. }
        | RequestError::NothingToRefund { .. }
        | RequestError::DisputeClosed { .. }
        | RequestError::RefundSettled { .. }
        | RequestError::NothingToSettle { .. } => ErrorFields::invalid(None, None),
    }
}
