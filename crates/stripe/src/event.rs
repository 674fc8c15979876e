//! Events, as webhooks tell them and lists hold them.
//!
//! An event is rendered in the API version that its endpoint or its account had when it happened, so
//! only what is needed is read, and nothing at all of a type that is not handled.

use miniserde::Deserialize;
use miniserde::json::{Value, from_str};
use udam_domain::payment::{EventId, Payment, PaymentEvent, PaymentEventKind};
use udam_domain::time::Timestamp;

use crate::answer::{Listed, Metadata, payment, payment_name};

/// The types that mean something to the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    SessionCompleted,
    AsyncPaymentSucceeded,
    AsyncPaymentFailed,
    SessionExpired,
    ChargeRefunded,
    DisputeCreated,
    DisputeClosed,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::SessionCompleted,
        Self::AsyncPaymentSucceeded,
        Self::AsyncPaymentFailed,
        Self::SessionExpired,
        Self::ChargeRefunded,
        Self::DisputeCreated,
        Self::DisputeClosed,
    ];

    /// Stripe's name for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SessionCompleted => "checkout.session.completed",
            Self::AsyncPaymentSucceeded => "checkout.session.async_payment_succeeded",
            Self::AsyncPaymentFailed => "checkout.session.async_payment_failed",
            Self::SessionExpired => "checkout.session.expired",
            Self::ChargeRefunded => "charge.refunded",
            Self::DisputeCreated => "charge.dispute.created",
            Self::DisputeClosed => "charge.dispute.closed",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What every event has.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    created: i64,
    #[serde(rename = "type")]
    kind: String,
}

impl Envelope {
    fn holding(self, kind: PaymentEventKind) -> Option<PaymentEvent> {
        Some(PaymentEvent {
            id: EventId::new(Some(self.id).filter(|id| !id.is_empty())?),
            at: Timestamp::from_second(self.created).ok()?,
            kind,
        })
    }
}

/// An event of a handled type.
#[derive(Deserialize)]
pub(crate) struct HandledEvent {
    id: String,
    created: i64,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// What is needed of the session, the charge or the dispute that an event is about.
#[derive(Deserialize)]
struct Object {
    payment_intent: Option<Value>,
    payment_status: Option<String>,
    status: Option<String>,
    amount_total: Option<i64>,
    amount_refunded: Option<i64>,
    currency: Option<String>,
    metadata: Option<Metadata>,
}

impl Listed for HandledEvent {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Reads an event, if the text is one.
pub(crate) fn read(text: &str) -> Option<PaymentEvent> {
    let envelope: Envelope = from_str(text).ok()?;
    match Kind::named(&envelope.kind) {
        Some(_) => from_str::<HandledEvent>(text).ok()?.into_event(),
        None => envelope.holding(PaymentEventKind::Other),
    }
}

impl HandledEvent {
    /// What it says, or nothing if it concerns a charge of ours and cannot be made sense of.
    pub(crate) fn into_event(self) -> Option<PaymentEvent> {
        let news = match Kind::named(&self.kind) {
            Some(kind) => self.data.object.event_kind(kind)?,
            None => PaymentEventKind::Other,
        };
        let envelope = Envelope {
            id: self.id,
            created: self.created,
            kind: self.kind,
        };
        envelope.holding(news)
    }
}

impl Object {
    fn event_kind(&self, kind: Kind) -> Option<PaymentEventKind> {
        let charge_id = self.metadata.as_ref().and_then(Metadata::charge_id);
        let reading = match kind {
            // Completed and not paid: the payment is under way, or there was nothing to pay.
            Kind::SessionCompleted if self.payment_status.as_deref() != Some("paid") => {
                Some(PaymentEventKind::Other)
            }
            Kind::SessionCompleted | Kind::AsyncPaymentSucceeded => {
                let payment = self.payment(self.amount_total);
                payment.map(|payment| PaymentEventKind::Paid { charge_id, payment })
            }
            Kind::AsyncPaymentFailed => Some(PaymentEventKind::Failed { charge_id }),
            Kind::SessionExpired => Some(PaymentEventKind::Expired { charge_id }),
            Kind::ChargeRefunded => {
                let gone_back = self.payment(self.amount_refunded);
                gone_back.map(|gone_back| PaymentEventKind::Refunded {
                    payment: gone_back.reference,
                    refunded: gone_back.amount,
                })
            }
            Kind::DisputeCreated => payment_name(self.payment_intent.as_ref())
                .map(|payment| PaymentEventKind::Disputed { payment }),
            Kind::DisputeClosed => self.dispute_closed(),
        };
        // What somebody else does on the same Stripe account (subscriptions, charges without a payment,
        // currencies of their own) need not make sense here.
        reading.or_else(|| charge_id.is_none().then_some(PaymentEventKind::Other))
    }

    fn dispute_closed(&self) -> Option<PaymentEventKind> {
        let payment = payment_name(self.payment_intent.as_ref())?;
        let won = match self.status.as_deref()? {
            // A closed warning was an inquiry that never became a dispute: no money has moved.
            "won" | "warning_closed" => true,
            "lost" => false,
            // Ended in another way, such as by a refund, which another event tells.
            _ => return Some(PaymentEventKind::Other),
        };
        Some(PaymentEventKind::DisputeClosed { payment, won })
    }

    fn payment(&self, amount: Option<i64>) -> Option<Payment> {
        payment(
            self.payment_intent.as_ref(),
            amount,
            self.currency.as_deref(),
        )
    }
}

#[cfg(test)]
mod tests;
