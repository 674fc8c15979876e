use thiserror::Error;

/// Place of an id in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamLocation {
    /// In the path, by the name that Stripe's error gives it.
    Path(&'static str),
    /// A parameter of the query or the form.
    Parameter(&'static str),
}

/// Why a request is rejected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum RequestError {
    #[error("no such {object_type}: '{id}'")]
    NotFound {
        object_type: &'static str,
        id: String,
        location: ParamLocation,
    },
    #[error("missing required param: {param}")]
    MissingParameter { param: String },
    #[error("received unknown parameter: {param} (unknown at least to the sandbox)")]
    UnknownParameter { param: String },
    #[error("invalid integer: {value}")]
    InvalidInteger { param: String, value: String },
    #[error("you passed an empty string for '{param}'")]
    EmptyParameter { param: String },
    #[error("{message}")]
    InvalidParameter { param: String, message: String },
    #[error("the total amount must be at least {minimum}")]
    AmountTooSmall { minimum: String },
    #[error("the total amount must be no more than {maximum}")]
    AmountTooLarge { maximum: String },
    #[error("only an open checkout session can be {action}; this one is {status}")]
    SessionNotOpen {
        action: &'static str,
        status: &'static str,
    },
    #[error("this payment_intent ({payment_intent}) has no successful charge to refund or dispute")]
    NothingToRefund { payment_intent: String },
    #[error("Charge {charge} has already been refunded.")]
    AlreadyRefunded { charge: String },
    #[error(
        "Refund amount ({requested}) is greater than unrefunded amount on charge ({available})"
    )]
    RefundTooLarge {
        requested: String,
        available: String,
    },
    #[error("Charge {charge} has been charged back; cannot issue a refund.")]
    ChargedBack { charge: String },
    #[error("dispute {dispute} is already closed: {status}")]
    DisputeClosed { dispute: String, status: String },
    #[error("refund {refund} is {status}, which cannot change to the requested status")]
    RefundSettled {
        refund: String,
        status: &'static str,
    },
    #[error("checkout session {session} has no payment in progress")]
    NothingToSettle { session: String },
}

impl RequestError {
    pub(crate) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::InvalidParameter {
            param: param.into(),
            message: message.into(),
        }
    }

    pub(crate) fn missing(param: impl Into<String>) -> Self {
        Self::MissingParameter {
            param: param.into(),
        }
    }

    /// Whether the request failed validation, before its execution began. Stripe does not store such a
    /// response under the idempotency key.
    pub(crate) const fn is_validation(&self) -> bool {
        match self {
            Self::NotFound { .. }
            | Self::SessionNotOpen { .. }
            | Self::NothingToRefund { .. }
            | Self::AlreadyRefunded { .. }
            | Self::RefundTooLarge { .. }
            | Self::ChargedBack { .. }
            | Self::DisputeClosed { .. }
            | Self::RefundSettled { .. }
            | Self::NothingToSettle { .. } => false,
            Self::MissingParameter { .. }
            | Self::UnknownParameter { .. }
            | Self::InvalidInteger { .. }
            | Self::EmptyParameter { .. }
            | Self::InvalidParameter { .. }
            | Self::AmountTooSmall { .. }
            | Self::AmountTooLarge { .. } => true,
        }
    }
}
