//! What is read of Stripe's answers: the few fields that are needed, whatever else there is.

use miniserde::Deserialize;
use miniserde::json::Value;
use udam_domain::id::{ChargeId, RefundId};
use udam_domain::payment::{
    CheckoutSession, Payment, ProviderReference, SessionReport, SessionStatus,
};

use crate::amount;
use crate::failure::Failure;

/// One page of a list.
#[derive(Deserialize)]
pub(crate) struct Page<Entry> {
    pub(crate) data: Vec<Entry>,
    pub(crate) has_more: bool,
}

/// An entry of a list, after which the next page begins.
pub(crate) trait Listed: Deserialize + Send {
    fn id(&self) -> &str;
}

/// What a marketplace's own objects carry at Stripe.
#[derive(Default, Deserialize)]
pub(crate) struct Metadata {
    charge_id: Option<String>,
    refund_id: Option<String>,
}

impl Metadata {
    /// The charge it names. Sessions of somebody else on the same Stripe account name none.
    pub(crate) fn charge_id(&self) -> Option<ChargeId> {
        self.charge_id.as_deref()?.parse().ok()
    }
}

/// A session on which a charge is paid.
#[derive(Deserialize)]
pub(crate) struct SessionAnswer {
    id: String,
    url: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<Value>,
    amount_total: Option<i64>,
    currency: Option<String>,
    metadata: Option<Metadata>,
}

impl SessionAnswer {
    /// The session, just opened.
    pub(crate) fn into_opened(self) -> Result<CheckoutSession, Failure> {
        Ok(CheckoutSession {
            reference: ProviderReference::new(self.id),
            url: self.url.ok_or(Failure::Unreadable)?,
        })
    }

    /// How it stands.
    pub(crate) fn into_report(self) -> Result<SessionReport, Failure> {
        let status = match (self.status.as_deref(), self.payment_status.as_deref()) {
            (Some("complete"), Some("paid")) => SessionStatus::Paid(
                payment(
                    self.payment_intent.as_ref(),
                    self.amount_total,
                    self.currency.as_deref(),
                )
                .ok_or(Failure::Unreadable)?,
            ),
            (Some("complete"), Some("unpaid")) if self.payment_has_failed() => {
                SessionStatus::Expired
            }
            (Some("complete"), Some("unpaid")) => SessionStatus::Processing,
            (Some("open"), _) => SessionStatus::Open,
            (Some("expired"), _) => SessionStatus::Expired,
            _ => return Err(Failure::Unreadable),
        };
        Ok(SessionReport {
            charge_id: self.metadata.unwrap_or_default().charge_id(),
            reference: ProviderReference::new(self.id),
            status,
        })
    }

    /// Whether a payment that was under way has come to nothing. The session itself stays complete and
    /// unpaid for good then; only its payment, if it was asked for as well, tells.
    fn payment_has_failed(&self) -> bool {
        let status = match &self.payment_intent {
            Some(Value::Object(intent)) => intent.get("status"),
            _ => None,
        };
        matches!(
            status,
            Some(Value::String(status)) if status == "requires_payment_method" || status == "canceled"
        )
    }
}

/// A refund.
#[derive(Deserialize)]
pub(crate) struct RefundAnswer {
    id: String,
    status: Option<String>,
    metadata: Option<Metadata>,
}

impl RefundAnswer {
    /// Whether it is the one that we have given this identifier.
    pub(crate) fn is(&self, id: RefundId) -> bool {
        let named = self
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.refund_id.as_deref());
        named.and_then(|named| named.parse().ok()) == Some(id)
    }

    /// Its reference, if the money is on its way.
    pub(crate) fn into_reference(self) -> Result<ProviderReference, Failure> {
        match self.status {
            Some(status) if status == "failed" || status == "canceled" => {
                Err(Failure::RefundFailed(status))
            }
            _ => Ok(ProviderReference::new(self.id)),
        }
    }
}

impl Listed for RefundAnswer {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Stripe's name of a payment, which stands alone or in the midst of all that is known of it.
pub(crate) fn payment_name(intent: Option<&Value>) -> Option<ProviderReference> {
    let name = match intent? {
        Value::String(name) => name,
        Value::Object(intent) => match intent.get("id")? {
            Value::String(name) => name,
            _ => return None,
        },
        _ => return None,
    };
    Some(ProviderReference::new(name.clone()))
}

/// The payment, if Stripe names it and says how much it is in a currency that there is.
pub(crate) fn payment(
    intent: Option<&Value>,
    amount: Option<i64>,
    currency: Option<&str>,
) -> Option<Payment> {
    Some(Payment {
        reference: payment_name(intent)?,
        amount: amount::from_stripe(amount?, currency?).ok()?,
    })
}
