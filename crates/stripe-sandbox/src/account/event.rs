//! What has happened, each with the object as it was at that moment.

use super::shelf::Keyed;

/// Something that happened, told to the application by webhook and kept for it to ask about.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) kind: EventKind,
    /// The session that it belongs to. Events of one session are sent in order unless disorder is
    /// asked for.
    pub(crate) session: String,
    /// The object then, as JSON: as text because thousands are kept and few are ever looked at.
    pub(crate) object: String,
    /// What changed, before it did, as JSON.
    pub(crate) previous: Option<String>,
    pub(crate) occasion: Occasion,
}

/// When something happens, and by which call to the API, if by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Occasion {
    /// In seconds.
    pub(crate) now: i64,
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Occasion {
    /// Something that no call to the API brought about.
    pub(crate) fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventKind {
    SessionCompleted,
    SessionExpired,
    AsyncPaymentSucceeded,
    AsyncPaymentFailed,
    PaymentSucceeded,
    PaymentProcessing,
    PaymentFailed,
    PaymentCanceled,
    ChargeSucceeded,
    ChargePending,
    ChargeFailed,
    ChargeRefunded,
    RefundCreated,
    DisputeCreated,
    DisputeFundsWithdrawn,
    DisputeFundsReinstated,
    DisputeClosed,
}

impl EventKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SessionCompleted => "checkout.session.completed",
            Self::SessionExpired => "checkout.session.expired",
            Self::AsyncPaymentSucceeded => "checkout.session.async_payment_succeeded",
            Self::AsyncPaymentFailed => "checkout.session.async_payment_failed",
            Self::PaymentSucceeded => "payment_intent.succeeded",
            Self::PaymentProcessing => "payment_intent.processing",
            Self::PaymentFailed => "payment_intent.payment_failed",
            Self::PaymentCanceled => "payment_intent.canceled",
            Self::ChargeSucceeded => "charge.succeeded",
            Self::ChargePending => "charge.pending",
            Self::ChargeFailed => "charge.failed",
            Self::ChargeRefunded => "charge.refunded",
            Self::RefundCreated => "refund.created",
            Self::DisputeCreated => "charge.dispute.created",
            Self::DisputeFundsWithdrawn => "charge.dispute.funds_withdrawn",
            Self::DisputeFundsReinstated => "charge.dispute.funds_reinstated",
            Self::DisputeClosed => "charge.dispute.closed",
        }
    }

    /// Whether a type asked for covers this one: `charge.refunded`, `charge.*` or `*`.
    pub(crate) fn is_covered_by(self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(start) => self.name().starts_with(start),
            None => self.name() == pattern,
        }
    }
}

impl Keyed for Event {
    const KIND: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_may_be_asked_for_by_its_beginning() {
        let kind = EventKind::ChargeRefunded;
        for pattern in ["charge.refunded", "charge.*", "*"] {
            assert!(kind.is_covered_by(pattern), "{pattern}");
        }
        for pattern in ["charge", "charge.refund", "refund.*", ""] {
            assert!(!kind.is_covered_by(pattern), "{pattern}");
        }
    }
}
