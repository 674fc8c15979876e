//! The fields that are needed of Stripe's responses, whatever else they contain.

use miniserde::Deserialize;
use miniserde::json::Value;
use stripe_checkout::{CheckoutSessionPaymentStatus, CheckoutSessionStatus};
use stripe_core::PaymentIntentStatus;
use udam_domain::id::{ChargeId, OrderId, RefundId};
use udam_domain::payment::{
    CheckoutSession, Payment, ProviderReference, RefundOutcome, ReportedRefund, SessionReport,
    SessionStatus,
};

use crate::amount;
use crate::failure::Failure;

/// An entry of a list.
pub(crate) trait ListEntry: Deserialize + Send {
    /// Stripe's id of it, which is the cursor of the next page; empty if it has none.
    fn id(&self) -> &str;
}

/// Metadata by which an object at Stripe names the marketplace's own.
#[derive(Default, Deserialize)]
pub(crate) struct Metadata {
    #[serde(rename = "charge_id")]
    charge: Option<String>,
    #[serde(rename = "refund_id")]
    refund: Option<String>,
    #[serde(rename = "order_id")]
    order: Option<String>,
}

impl Metadata {
    /// Id of the charge; `None` in an object of another application on the same Stripe account.
    pub(crate) fn charge_id(&self) -> Option<ChargeId> {
        self.charge.as_deref()?.parse().ok()
    }

    fn refund_id(&self) -> Option<RefundId> {
        self.refund.as_deref()?.parse().ok()
    }

    fn order_id(&self) -> Option<OrderId> {
        self.order.as_deref()?.parse().ok()
    }
}

/// A Checkout session.
#[derive(Deserialize)]
pub(crate) struct SessionResponse {
    id: String,
    url: Option<String>,
    status: Option<CheckoutSessionStatus>,
    payment_status: Option<CheckoutSessionPaymentStatus>,
    /// Id of the payment intent, or the whole of it if it was expanded.
    payment_intent: Option<Value>,
    amount_total: Option<i64>,
    currency: Option<String>,
    metadata: Option<Metadata>,
}

impl SessionResponse {
    /// The session as just opened.
    pub(crate) fn into_opened(self) -> Result<CheckoutSession, Failure> {
        Ok(CheckoutSession {
            reference: ProviderReference::new(self.id),
            url: self.url.ok_or(Failure::Unreadable)?,
        })
    }

    /// The state of the session.
    pub(crate) fn into_report(self) -> Result<SessionReport, Failure> {
        use {CheckoutSessionPaymentStatus as Paid, CheckoutSessionStatus as Status};
        let status = match (&self.status, &self.payment_status) {
            (Some(Status::Complete), Some(Paid::Paid)) => {
                SessionStatus::Paid(self.payment().ok_or(Failure::Unreadable)?)
            }
            (Some(Status::Complete), Some(Paid::Unpaid)) if self.payment_has_failed() => {
                SessionStatus::Expired
            }
            (Some(Status::Complete), Some(Paid::Unpaid)) => SessionStatus::Processing,
            (Some(Status::Open), _) => SessionStatus::Open,
            (Some(Status::Expired), _) => SessionStatus::Expired,
            _ => return Err(Failure::Unreadable),
        };
        Ok(SessionReport {
            charge_id: self.metadata.unwrap_or_default().charge_id(),
            reference: ProviderReference::new(self.id),
            status,
        })
    }

    fn payment(&self) -> Option<Payment> {
        payment(
            self.payment_intent.as_ref(),
            self.amount_total,
            self.currency.as_deref(),
        )
    }

    /// Whether a delayed payment has failed. The session then stays complete and unpaid; only its expanded
    /// payment intent shows the failure.
    fn payment_has_failed(&self) -> bool {
        let Some(Value::Object(intent)) = &self.payment_intent else {
            return false;
        };
        let Some(Value::String(status)) = intent.get("status") else {
            return false;
        };
        let status = status.parse();
        matches!(
            status,
            Ok(PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::Canceled)
        )
    }
}

/// A refund.
#[derive(Deserialize)]
pub(crate) struct RefundResponse {
    id: String,
    /// Text in the library, too.
    status: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    metadata: Option<Metadata>,
}

impl RefundResponse {
    /// Whether it is the refund that was requested with this id.
    pub(crate) fn is(&self, id: RefundId) -> bool {
        self.metadata.as_ref().and_then(Metadata::refund_id) == Some(id)
    }

    pub(crate) fn into_reported(self) -> Result<ReportedRefund, Failure> {
        let metadata = self.metadata.unwrap_or_default();
        let (status, currency) = (self.status.as_deref(), self.currency.as_deref());
        reported_refund(&self.id, status, self.amount, currency, &metadata)
            .ok_or(Failure::Unreadable)
    }
}

/// A refund, if its amount and a known currency are given. A status that is not known is of a refund that is
/// on its way: what ends otherwise is reported again.
pub(crate) fn reported_refund(
    id: &str,
    status: Option<&str>,
    amount: Option<i64>,
    currency: Option<&str>,
    metadata: &Metadata,
) -> Option<ReportedRefund> {
    Some(ReportedRefund {
        reference: ProviderReference::new(id.to_owned()),
        id: metadata.refund_id(),
        order_id: metadata.order_id(),
        amount: amount::from_stripe(amount?, currency?).ok()?,
        outcome: match status {
            Some("succeeded") => RefundOutcome::Given,
            Some("failed" | "canceled") => RefundOutcome::Failed,
            _ => RefundOutcome::Pending,
        },
    })
}

impl ListEntry for RefundResponse {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Stripe's id of a payment intent that is given as its id or as a whole.
pub(crate) fn payment_reference(intent: Option<&Value>) -> Option<ProviderReference> {
    let id = match intent? {
        Value::String(id) => id,
        Value::Object(intent) => match intent.get("id")? {
            Value::String(id) => id,
            _ => return None,
        },
        _ => return None,
    };
    Some(ProviderReference::new(id.clone()))
}

/// The payment, if its id, its amount and a known currency are given.
pub(crate) fn payment(
    intent: Option<&Value>,
    amount: Option<i64>,
    currency: Option<&str>,
) -> Option<Payment> {
    Some(Payment {
        reference: payment_reference(intent)?,
        amount: amount::from_stripe(amount?, currency?).ok()?,
    })
}
