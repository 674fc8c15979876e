//! Members of problems beside their code.

use std::borrow::Cow;
use std::fmt;

use udam_domain::account::ChallengeSecret;
use udam_domain::id::OrderId;
use udam_domain::time::Timestamp;

/// A login that waits for the second factor.
#[derive(Debug, Clone)]
pub(crate) struct LogInChallenge {
    /// Its secret.
    pub(crate) secret: ChallengeSecret,
    /// Time from which it cannot be ended any more.
    pub(crate) expires_at: Timestamp,
}

impl PartialEq for LogInChallenge {
    /// Tests compare problems, and no secrets.
    fn eq(&self, other: &Self) -> bool {
        self.expires_at == other.expires_at
    }
}

impl Eq for LogInChallenge {}

/// An order whose checkout was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptOrder {
    /// The order.
    pub(crate) id: OrderId,
    /// Time until which its units are held; `None` if it was not read.
    pub(crate) held_until: Option<Timestamp>,
}

/// An invalid field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// The field, parameter or header.
    pub(crate) field: Cow<'static, str>,
    /// The rule that it breaks.
    pub(crate) message: String,
}

impl FieldError {
    /// An error in `field` with the message of the rule that it breaks.
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, rule: impl fmt::Display) -> Self {
        Self {
            field: field.into(),
            message: rule.to_string(),
        }
    }
}
