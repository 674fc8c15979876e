use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::IntoStaticStr;

/// Something that happened: sent by webhook, and stored for `GET /v1/events`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// Name of an [`EventType`], or any other that a test asks for.
    pub(crate) kind: Cow<'static, str>,
    /// Id of the session that the object belongs to. The events of one session are sent in order,
    /// unless the webhook policy says otherwise.
    pub(crate) session: String,
    /// JSON of the object at that time. It is kept as text: thousands are stored and few are read.
    pub(crate) object: String,
    /// JSON of the changed attributes' previous values.
    pub(crate) previous_attributes: Option<String>,
    /// Whether it claims to be about real money.
    pub(crate) livemode: bool,
    pub(crate) cause: Cause,
}

/// An event as a test asks for it.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) kind: String,
    /// Any JSON, whatever the type.
    pub(crate) object: Value,
    /// Creation time, in seconds since 1970; `None` = now.
    pub(crate) created: Option<i64>,
    pub(crate) livemode: bool,
}

/// Time of a change, and the API request that made it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cause {
    /// In seconds since 1970.
    pub(crate) now: i64,
    /// Id of the API request; `None` for a buyer's action, an expiry and the control API.
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Cause {
    /// A change that no API request made.
    pub(crate) fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(const_into_str)]
pub(crate) enum EventType {
    #[strum(serialize = "checkout.session.completed")]
    SessionCompleted,
    #[strum(serialize = "checkout.session.expired")]
    SessionExpired,
    #[strum(serialize = "checkout.session.async_payment_succeeded")]
    AsyncPaymentSucceeded,
    #[strum(serialize = "checkout.session.async_payment_failed")]
    AsyncPaymentFailed,
    #[strum(serialize = "payment_intent.succeeded")]
    PaymentSucceeded,
    #[strum(serialize = "payment_intent.processing")]
    PaymentProcessing,
    #[strum(serialize = "payment_intent.payment_failed")]
    PaymentFailed,
    #[strum(serialize = "payment_intent.canceled")]
    PaymentCanceled,
    #[strum(serialize = "charge.succeeded")]
    ChargeSucceeded,
    #[strum(serialize = "charge.pending")]
    ChargePending,
    #[strum(serialize = "charge.failed")]
    ChargeFailed,
    #[strum(serialize = "charge.refunded")]
    ChargeRefunded,
    #[strum(serialize = "refund.created")]
    RefundCreated,
    #[strum(serialize = "refund.updated")]
    RefundUpdated,
    #[strum(serialize = "refund.failed")]
    RefundFailed,
    /// The older name of `refund.updated`; Stripe sends both.
    #[strum(serialize = "charge.refund.updated")]
    ChargeRefundUpdated,
    #[strum(serialize = "charge.dispute.created")]
    DisputeCreated,
    #[strum(serialize = "charge.dispute.updated")]
    DisputeUpdated,
    #[strum(serialize = "charge.dispute.funds_withdrawn")]
    DisputeFundsWithdrawn,
    #[strum(serialize = "charge.dispute.funds_reinstated")]
    DisputeFundsReinstated,
    #[strum(serialize = "charge.dispute.closed")]
    DisputeClosed,
}

impl Event {
    /// Whether its type is a requested one: `charge.refunded`, `charge.*` or `*`.
    pub(crate) fn is_of_type(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(prefix) => self.kind.starts_with(prefix),
            None => self.kind == pattern,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_matches_its_name_and_patterns_that_begin_like_it() {
        let event = Event {
            id: "evt_1".to_owned(),
            created: 1,
            kind: EventType::ChargeRefunded.into_str().into(),
            session: "cs_1".to_owned(),
            object: "{}".to_owned(),
            previous_attributes: None,
            livemode: false,
            cause: Cause::at(1),
        };
        for pattern in ["charge.refunded", "charge.*", "*"] {
            assert!(event.is_of_type(pattern), "{pattern}");
        }
        for pattern in ["charge", "charge.refund", "refund.*", ""] {
            assert!(!event.is_of_type(pattern), "{pattern}");
        }
    }
}
