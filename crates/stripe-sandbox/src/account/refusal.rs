//! Why Stripe would not do what it was asked to.

use thiserror::Error;

/// Where an id that leads nowhere was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the path; the name is how Stripe calls it in its answer.
    Path(&'static str),
    /// As a parameter.
    Parameter(&'static str),
}

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("no such {kind}: '{id}'")]
    NotFound {
        kind: &'static str,
        id: String,
        place: Place,
    },
    #[error("missing required param: {param}")]
    MissingParameter { param: String },
    #[error("received unknown parameter: {param} (known to the sandbox or not at all)")]
    UnknownParameter { param: String },
    #[error("invalid integer: {value}")]
    InvalidInteger { param: String, value: String },
    #[error("you passed an empty string for '{param}'")]
    EmptyParameter { param: String },
    #[error("{why}")]
    InvalidParameter { param: String, why: String },
    #[error("the total amount must be at least {least}")]
    AmountTooSmall { least: String },
    #[error("the total amount must be no more than {most}")]
    AmountTooLarge { most: String },
    #[error("only an open checkout session can be {wanted}; this one is {status}")]
    SessionNotOpen {
        wanted: &'static str,
        status: &'static str,
    },
    #[error("this payment_intent ({payment_intent}) has no successful charge to refund")]
    NothingToRefund { payment_intent: String },
    #[error("charge {charge} has already been refunded")]
    AlreadyRefunded { charge: String },
    #[error("refund amount ({wanted}) is greater than unrefunded amount on charge ({left})")]
    RefundTooLarge { wanted: String, left: String },
    #[error("charge {charge} has been charged back; a refund cannot be issued")]
    ChargedBack { charge: String },
    #[error("charge {charge} is disputed already")]
    AlreadyDisputed { charge: String },
    #[error("dispute {dispute} is closed already: {status}")]
    DisputeClosed {
        dispute: String,
        status: &'static str,
    },
    #[error("no payment of checkout session {session} is under way")]
    NothingToSettle { session: String },
}

impl Refusal {
    pub(crate) fn invalid(param: impl Into<String>, why: impl Into<String>) -> Self {
        Self::InvalidParameter {
            param: param.into(),
            why: why.into(),
        }
    }

    /// Whether the request was refused for what it says, before any of it was carried out. Stripe
    /// remembers no answer of that kind under the idempotency key.
    pub(crate) const fn precedes_execution(&self) -> bool {
        match self {
            Self::NotFound { .. }
            | Self::SessionNotOpen { .. }
            | Self::NothingToRefund { .. }
            | Self::AlreadyRefunded { .. }
            | Self::RefundTooLarge { .. }
            | Self::ChargedBack { .. }
            | Self::AlreadyDisputed { .. }
            | Self::DisputeClosed { .. }
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
