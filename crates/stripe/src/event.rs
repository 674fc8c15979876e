//! Stripe's events, as webhooks carry them and `GET /v1/events` lists them.
//!
//! An event has the API version that its endpoint or its account had when it happened, so only the fields
//! that are needed are read, and of a type that is not handled only the envelope.

use miniserde::Deserialize;
use miniserde::json::{Value, from_str};
use stripe_core::{DisputeStatus, EventType};
use udam_domain::payment::{EventId, Payment, PaymentEvent, PaymentEventKind};
use udam_domain::time::Timestamp;

use crate::response::{ListEntry, Metadata, payment, payment_reference};

/// The event types that mean something to the marketplace.
pub(crate) const HANDLED: [EventType; 7] = [
    EventType::CheckoutSessionCompleted,
    EventType::CheckoutSessionAsyncPaymentSucceeded,
    EventType::CheckoutSessionAsyncPaymentFailed,
    EventType::CheckoutSessionExpired,
    EventType::ChargeRefunded,
    EventType::ChargeDisputeCreated,
    EventType::ChargeDisputeClosed,
];

/// The fields of every event.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    /// Creation time, in seconds since 1970.
    created: i64,
    #[serde(rename = "type")]
    event_type: EventType,
}

impl Envelope {
    fn with_kind(self, kind: PaymentEventKind) -> Option<PaymentEvent> {
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
    event_type: EventType,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// The fields that are needed of the session, the charge or the dispute that an event is about.
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

impl ListEntry for HandledEvent {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Parses an event; `None` if the text is not one.
pub(crate) fn parse(text: &str) -> Option<PaymentEvent> {
    let envelope: Envelope = from_str(text).ok()?;
    if HANDLED.contains(&envelope.event_type) {
        from_str::<HandledEvent>(text).ok()?.into_event()
    } else {
        envelope.with_kind(PaymentEventKind::Other)
    }
}

impl HandledEvent {
    /// Converts the event; `None` if it names a charge of ours and is malformed.
    pub(crate) fn into_event(self) -> Option<PaymentEvent> {
        let kind = self.data.object.event_kind(&self.event_type)?;
        let envelope = Envelope {
            id: self.id,
            created: self.created,
            event_type: self.event_type,
        };
        envelope.with_kind(kind)
    }
}

impl Object {
    fn event_kind(&self, event_type: &EventType) -> Option<PaymentEventKind> {
        let charge_id = self.metadata.as_ref().and_then(Metadata::charge_id);
        let kind = match event_type {
            // Complete and not paid: the payment is in transit, or there was nothing to pay.
            EventType::CheckoutSessionCompleted
                if self.payment_status.as_deref() != Some("paid") =>
            {
                Some(PaymentEventKind::Other)
            }
            EventType::CheckoutSessionCompleted
            | EventType::CheckoutSessionAsyncPaymentSucceeded => {
                let payment = self.payment(self.amount_total);
                payment.map(|payment| PaymentEventKind::Paid { charge_id, payment })
            }
            EventType::CheckoutSessionAsyncPaymentFailed => {
                Some(PaymentEventKind::Failed { charge_id })
            }
            EventType::CheckoutSessionExpired => Some(PaymentEventKind::Expired { charge_id }),
            EventType::ChargeRefunded => {
                let refunded = self.payment(self.amount_refunded);
                refunded.map(|refunded| PaymentEventKind::Refunded {
                    payment: refunded.reference,
                    refunded: refunded.amount,
                })
            }
            EventType::ChargeDisputeCreated => payment_reference(self.payment_intent.as_ref())
                .map(|payment| PaymentEventKind::Disputed { payment }),
            EventType::ChargeDisputeClosed => self.dispute_closed(),
            _ => Some(PaymentEventKind::Other),
        };
        // Other applications on the same Stripe account (subscriptions, charges without a payment intent,
        // other currencies) need not make sense here.
        kind.or_else(|| charge_id.is_none().then_some(PaymentEventKind::Other))
    }

    fn dispute_closed(&self) -> Option<PaymentEventKind> {
        let payment = payment_reference(self.payment_intent.as_ref())?;
        let won = match self.status.as_deref()?.parse() {
            // A closed warning was an inquiry that never became a dispute: no money has moved.
            Ok(DisputeStatus::Won | DisputeStatus::WarningClosed) => true,
            Ok(DisputeStatus::Lost) => false,
            // Ended in another way, such as by a refund, which has its own event.
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
