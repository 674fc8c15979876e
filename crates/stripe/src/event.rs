//! Stripe's events, as webhooks carry them and `GET /v1/events` lists them.
//!
//! An event has the API version that its endpoint or its account had when it happened, so only the fields
//! that are needed are read, and of a type that is not handled only the envelope.

use miniserde::Deserialize;
use miniserde::json::{Number, Value, from_str, to_string};
use stripe_core::{DisputeStatus, EventType};
use udam_domain::id::ChargeId;
use udam_domain::payment::{
    DisputeState, EventId, ListedEvents, Payment, PaymentEvent, PaymentEventKind,
    ProviderReference, ReportedDispute,
};
use udam_domain::time::Timestamp;

use crate::amount;
use crate::key_mode::KeyMode;
use crate::response::{ListEntry, Metadata, payment, payment_reference, reported_refund};

/// The event types that mean something to the marketplace.
pub(crate) const HANDLED: [EventType; 14] = [
    EventType::CheckoutSessionCompleted,
    EventType::CheckoutSessionAsyncPaymentSucceeded,
    EventType::CheckoutSessionAsyncPaymentFailed,
    EventType::CheckoutSessionExpired,
    EventType::ChargeRefunded,
    EventType::RefundCreated,
    EventType::RefundUpdated,
    EventType::RefundFailed,
    EventType::ChargeRefundUpdated,
    EventType::ChargeDisputeCreated,
    EventType::ChargeDisputeUpdated,
    EventType::ChargeDisputeFundsWithdrawn,
    EventType::ChargeDisputeFundsReinstated,
    EventType::ChargeDisputeClosed,
];

/// Value of `object` in an event of Stripe's second API, which names an object and does not contain it.
const THIN_EVENT: &str = "v2.core.event";

/// The fields of every event.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    object: Option<Value>,
    /// Creation time: seconds since 1970, or a text in a thin event.
    created: Value,
    #[serde(rename = "type")]
    event_type: EventType,
    livemode: Option<bool>,
}

impl Envelope {
    fn is_of_other_mode(&self, key: Option<KeyMode>) -> bool {
        let of_key = key.map(|key| key == KeyMode::Live);
        of_key
            .zip(self.livemode)
            .is_some_and(|(of_key, of_event)| of_key != of_event)
    }

    fn is_thin(&self) -> bool {
        matches!(&self.object, Some(Value::String(object)) if object == THIN_EVENT)
    }

    /// An event that means nothing to the marketplace; `None` if its time is none.
    fn ignored(self) -> Option<PaymentEvent> {
        let at = match &self.created {
            Value::Number(Number::U64(seconds)) => instant(i64::try_from(*seconds).ok()?)?,
            Value::String(text) if self.is_thin() => text.parse().unwrap_or_default(),
            _ => return None,
        };
        event(self.id, at, PaymentEventKind::Other)
    }
}

fn event(id: String, at: Timestamp, kind: PaymentEventKind) -> Option<PaymentEvent> {
    let id = EventId::new(Some(id).filter(|id| !id.is_empty())?);
    Some(PaymentEvent { id, at, kind })
}

/// The instant so many seconds after 1970; `None` before, as nothing happened then, and after the year 9999.
fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds)
        .ok()
        .filter(|instant| *instant >= Timestamp::UNIX_EPOCH)
}

/// An event of a handled type.
#[derive(Deserialize)]
struct HandledEvent {
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

/// The fields that are needed of the session, the charge, the refund or the dispute that an event is about.
#[derive(Deserialize)]
struct Object {
    id: Option<String>,
    mode: Option<String>,
    amount: Option<i64>,
    payment_intent: Option<Value>,
    payment_status: Option<String>,
    status: Option<String>,
    amount_total: Option<i64>,
    amount_refunded: Option<i64>,
    currency: Option<String>,
    metadata: Option<Metadata>,
}

/// Entry of a list of events. It is any JSON value, so that one that cannot be read does not hide the others.
impl ListEntry for Value {
    fn id(&self) -> &str {
        match self {
            Self::Object(event) => match event.get("id") {
                Some(Self::String(id)) => id,
                _ => "",
            },
            _ => "",
        }
    }
}

/// Parses an event; `None` if the text is not one. One of test mode means nothing to a live key, nor the other
/// way round: an application that serves several accounts can be sent both.
pub(crate) fn parse(text: &str, key: Option<KeyMode>) -> Option<PaymentEvent> {
    let envelope: Envelope = from_str(text).ok()?;
    let is_handled = HANDLED.contains(&envelope.event_type);
    if !is_handled || envelope.is_thin() || envelope.is_of_other_mode(key) {
        return envelope.ignored();
    }
    from_str::<HandledEvent>(text).ok()?.into_event()
}

/// Reads an event that was asked for with a key, which is of the key's mode; `None` if it cannot be read.
pub(crate) fn read(event: &Value) -> Option<PaymentEvent> {
    parse(&to_string(event), None)
}

/// Reads the entries of a list, which has the newest first.
pub(crate) fn read_list(entries: &[Value]) -> ListedEvents {
    let mut events = ListedEvents::default();
    for entry in entries.iter().rev() {
        match read(entry) {
            Some(event) => events.readable.push(event),
            None => events.unreadable.push(EventId::new(entry.id().to_owned())),
        }
    }
    events
}

impl HandledEvent {
    /// Converts the event; `None` if it names a charge of ours and is malformed.
    fn into_event(self) -> Option<PaymentEvent> {
        let kind = self.data.object.event_kind(&self.event_type)?;
        event(self.id, instant(self.created)?, kind)
    }
}

impl Object {
    fn event_kind(&self, event_type: &EventType) -> Option<PaymentEventKind> {
        use EventType as Type;

        let charge_id = self.metadata.as_ref().and_then(Metadata::charge_id);
        let kind = match event_type {
            Type::CheckoutSessionCompleted
            | Type::CheckoutSessionAsyncPaymentSucceeded
            | Type::CheckoutSessionAsyncPaymentFailed
            | Type::CheckoutSessionExpired => self.session_event(event_type, charge_id),
            Type::ChargeRefunded => {
                let refunded = self.payment(self.amount_refunded);
                refunded.map(|refunded| PaymentEventKind::Refunded {
                    payment: refunded.reference,
                    refunded: refunded.amount,
                })
            }
            Type::RefundCreated
            | Type::RefundUpdated
            | Type::RefundFailed
            | Type::ChargeRefundUpdated => self.refund(),
            Type::ChargeDisputeCreated
            | Type::ChargeDisputeUpdated
            | Type::ChargeDisputeFundsWithdrawn
            | Type::ChargeDisputeFundsReinstated
            | Type::ChargeDisputeClosed => self.dispute(*event_type == Type::ChargeDisputeClosed),
            _ => Some(PaymentEventKind::Other),
        };
        // Other applications on the same Stripe account (subscriptions, charges without a payment intent,
        // other currencies) need not make sense here.
        kind.or_else(|| charge_id.is_none().then_some(PaymentEventKind::Other))
    }

    fn session_event(
        &self,
        event_type: &EventType,
        charge_id: Option<ChargeId>,
    ) -> Option<PaymentEventKind> {
        let is_payment = self.mode.as_deref().is_none_or(|mode| mode == "payment");
        // Complete and not paid: the payment is in transit, or there was nothing to pay.
        let in_transit = *event_type == EventType::CheckoutSessionCompleted
            && self.payment_status.as_deref() != Some("paid");
        if in_transit || !is_payment {
            return Some(PaymentEventKind::Other);
        }
        let session = ProviderReference::new(self.id.clone()?);
        Some(match event_type {
            EventType::CheckoutSessionAsyncPaymentFailed => {
                PaymentEventKind::Failed { charge_id, session }
            }
            EventType::CheckoutSessionExpired => PaymentEventKind::Expired { charge_id, session },
            _ => PaymentEventKind::Paid {
                charge_id,
                session,
                payment: self.payment(self.amount_total)?,
            },
        })
    }

    fn refund(&self) -> Option<PaymentEventKind> {
        let none = <Metadata as Default>::default();
        let metadata = self.metadata.as_ref().unwrap_or(&none);
        let (status, currency) = (self.status.as_deref(), self.currency.as_deref());
        Some(PaymentEventKind::Refund {
            payment: payment_reference(self.payment_intent.as_ref())?,
            refund: reported_refund(self.id.as_deref()?, status, self.amount, currency, metadata)?,
        })
    }

    /// A dispute, if its amount and a known currency are given. A status that is not known has ended the
    /// dispute if the event says so, and suspends nothing otherwise.
    fn dispute(&self, is_closed: bool) -> Option<PaymentEventKind> {
        let payment = payment_reference(self.payment_intent.as_ref())?;
        let known = match self.status.as_deref()?.parse::<DisputeStatus>() {
            Ok(DisputeStatus::NeedsResponse | DisputeStatus::UnderReview) => {
                Some(DisputeState::Open)
            }
            Ok(DisputeStatus::Won) => Some(DisputeState::Won),
            Ok(DisputeStatus::Lost) => Some(DisputeState::Lost),
            Ok(DisputeStatus::WarningNeedsResponse | DisputeStatus::WarningUnderReview) => {
                Some(DisputeState::Inquiry)
            }
            Ok(DisputeStatus::WarningClosed | DisputeStatus::Prevented) => {
                Some(DisputeState::Closed)
            }
            _ => None,
        };
        let unknown = if is_closed {
            DisputeState::Closed
        } else {
            DisputeState::Inquiry
        };
        Some(PaymentEventKind::Dispute {
            payment,
            dispute: ReportedDispute {
                reference: ProviderReference::new(self.id.clone()?),
                amount: amount::from_stripe(self.amount?, self.currency.as_deref()?).ok()?,
                state: known.unwrap_or(unknown),
                is_known: known.is_some(),
            },
        })
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
