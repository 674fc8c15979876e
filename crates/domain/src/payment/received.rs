use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::event::{PaymentEvent, PaymentEventKind};
use super::reference::{EventId, ProviderReference};
use crate::id::ChargeId;
use crate::time::Timestamp;

/// Kind of an event in one word.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum EventName {
    /// See [`PaymentEventKind::Paid`].
    Paid,
    /// See [`PaymentEventKind::Failed`].
    PaymentFailed,
    /// See [`PaymentEventKind::Expired`].
    SessionExpired,
    /// See [`PaymentEventKind::Refunded`].
    Refunded,
    /// See [`PaymentEventKind::Refund`].
    Refund,
    /// See [`PaymentEventKind::Dispute`].
    Dispute,
    /// See [`PaymentEventKind::Other`].
    Other,
}

/// Outcome of a received event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum EventState {
    /// It was applied.
    Applied,
    /// It was applied as far as it can be, and has raised an alert.
    Alerted,
    /// It changes nothing, or concerns nothing that is known.
    Ignored,
    /// It could not be applied. The provider sends it again, and a sweep reads it.
    Failed,
}

/// An event that was received, without its content, which the provider keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedEvent {
    /// Number, ascending by the time of its first receipt.
    pub number: EventNumber,
    /// The provider's id.
    pub id: EventId,
    /// Its kind.
    pub name: EventName,
    /// State after the last attempt.
    pub state: EventState,
    /// Number of times that it was received or replayed.
    pub attempts: u32,
    /// Error of the last attempt, without secrets; `None` unless it has failed.
    pub error: Option<String>,
    /// The charge that it is about; `None` if it names none and none has its payment.
    pub charge_id: Option<ChargeId>,
    /// The session that it is about; `None` if it is about a payment.
    pub session: Option<ProviderReference>,
    /// The payment that it is about; `None` if it is about a session that was not paid.
    pub payment: Option<ProviderReference>,
    /// Time at which it happened, by the provider's clock.
    pub happened_at: Timestamp,
    /// Time of its first receipt, UTC.
    pub received_at: Timestamp,
    /// Time of the last attempt, UTC.
    pub last_at: Timestamp,
}

/// Number of a received event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventNumber(pub i64);

/// Subject that an event names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventSubject<'e> {
    /// The charge that its session names.
    pub charge_id: Option<ChargeId>,
    /// Its session.
    pub session: Option<&'e ProviderReference>,
    /// Its payment.
    pub payment: Option<&'e ProviderReference>,
}

impl PaymentEvent {
    /// Its kind in one word.
    #[must_use]
    pub const fn name(&self) -> EventName {
        match self.kind {
            PaymentEventKind::Paid { .. } => EventName::Paid,
            PaymentEventKind::Failed { .. } => EventName::PaymentFailed,
            PaymentEventKind::Expired { .. } => EventName::SessionExpired,
            PaymentEventKind::Refunded { .. } => EventName::Refunded,
            PaymentEventKind::Refund { .. } => EventName::Refund,
            PaymentEventKind::Dispute { .. } => EventName::Dispute,
            PaymentEventKind::Other => EventName::Other,
        }
    }

    /// Subject that it names.
    #[must_use]
    pub const fn subject(&self) -> EventSubject<'_> {
        match &self.kind {
            PaymentEventKind::Paid {
                charge_id,
                session,
                payment,
            } => EventSubject {
                charge_id: *charge_id,
                session: Some(session),
                payment: Some(&payment.reference),
            },
            PaymentEventKind::Failed { charge_id, session }
            | PaymentEventKind::Expired { charge_id, session } => EventSubject {
                charge_id: *charge_id,
                session: Some(session),
                payment: None,
            },
            PaymentEventKind::Refunded { payment, .. }
            | PaymentEventKind::Refund { payment, .. }
            | PaymentEventKind::Dispute { payment, .. } => EventSubject {
                charge_id: None,
                session: None,
                payment: Some(payment),
            },
            PaymentEventKind::Other => EventSubject {
                charge_id: None,
                session: None,
                payment: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, charge_id, usd};
    use crate::payment::Payment;

    #[test]
    fn an_event_says_in_one_word_what_it_is_and_what_it_is_about() {
        let reference = |id: &str| ProviderReference::new(id.to_owned());
        let (session, paid) = (reference("cs_1"), reference("pi_1"));
        let event = |kind| PaymentEvent {
            id: EventId::new("evt_1".to_owned()),
            at: at(1),
            kind,
        };
        let of_session = event(PaymentEventKind::Paid {
            charge_id: Some(charge_id(1)),
            session: session.clone(),
            payment: Payment {
                reference: paid.clone(),
                amount: usd(1),
            },
        });
        let expected = EventSubject {
            charge_id: Some(charge_id(1)),
            session: Some(&session),
            payment: Some(&paid),
        };
        assert_eq!(of_session.name(), EventName::Paid);
        assert_eq!(of_session.subject(), expected);
        let of_payment = event(PaymentEventKind::Refunded {
            payment: paid.clone(),
            refunded: usd(1),
        });
        let expected = EventSubject {
            payment: Some(&paid),
            ..EventSubject::default()
        };
        assert_eq!(of_payment.name(), EventName::Refunded);
        assert_eq!(of_payment.subject(), expected);
        let other = event(PaymentEventKind::Other);
        assert_eq!(other.name(), EventName::Other);
        assert_eq!(other.subject(), EventSubject::default());
    }
}
