use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::reference::ProviderReference;
use crate::id::{ChargeId, OrderId, RefundId};
use crate::money::Money;

/// A contradiction that an operator must look into.
///
/// Kind and subject identify it: the same contradiction, found again, is one alert that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAlert {
    /// Kind of the contradiction.
    pub kind: AlertKind,
    /// Id of what it is about: ours of a charge, a refund or an order, or the provider's of a payment, dispute or
    /// event.
    pub subject: String,
    /// The charge with the contradiction; `None` if it concerns no charge or an unknown one.
    pub charge_id: Option<ChargeId>,
    /// Description of the contradiction and of what to do, without secrets.
    pub finding: String,
}

/// Kinds of alerts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum AlertKind {
    /// A payment of another amount than its charge's.
    AmountMismatch,
    /// A payment that names a charge, on a session that is not the charge's.
    ForeignSession,
    /// A second payment of one charge, which is given back.
    SecondPayment,
    /// A refund or dispute in another currency than its payment.
    CurrencyMismatch,
    /// A refund at the provider that is for no order in particular.
    RefundUnattributed,
    /// A refund that failed, and is owed again.
    RefundFailed,
    /// A refund that the provider refuses.
    RefundRefused,
    /// A dispute of a part of a payment that is not the total of some of its orders.
    DisputeUnattributed,
    /// A dispute in a state that this version does not know.
    DisputeUnknown,
    /// A dispute that was lost, and is not lost any more.
    DisputeReversed,
    /// A payment that was refunded and lost to a dispute as well.
    RefundedAndLost,
    /// A charge that the provider refuses to open a session for.
    SessionRefused,
    /// A provider that refuses all that a sweep asks of it.
    ProviderRefuses,
    /// An event in the provider's list that cannot be read.
    UnreadableEvent,
    /// A buyer complains about an order.
    Complaint,
}

impl PaymentAlert {
    fn of_charge(kind: AlertKind, charge: ChargeId, finding: String) -> Self {
        Self {
            kind,
            subject: charge.to_string(),
            charge_id: Some(charge),
            finding,
        }
    }

    fn about(self, subject: &impl ToString) -> Self {
        Self {
            subject: subject.to_string(),
            ..self
        }
    }

    /// A payment whose amount differs from its charge's.
    #[must_use]
    pub fn mismatch(charge_id: ChargeId, paid: Money, expected: Money) -> Self {
        let finding = format!(
            "{paid:?} was paid, and {expected:?} asked for; nothing was fulfilled: refund the payment at the \
             provider"
        );
        Self::of_charge(AlertKind::AmountMismatch, charge_id, finding)
    }

    /// A payment on a session that is not its charge's.
    #[must_use]
    pub fn foreign_session(
        charge_id: ChargeId,
        session: &ProviderReference,
        payment: &ProviderReference,
    ) -> Self {
        let finding = format!(
            "session {session} names the charge and is not the charge's; nothing was done: find out who opened \
             it, and refund {payment} at the provider if it is the marketplace's"
        );
        Self::of_charge(AlertKind::ForeignSession, charge_id, finding).about(payment)
    }

    /// A second payment of a charge.
    #[must_use]
    pub fn second_payment(charge_id: ChargeId, payment: &ProviderReference, paid: Money) -> Self {
        let finding = format!("it was paid again, by {payment}; {paid:?} are given back");
        Self::of_charge(AlertKind::SecondPayment, charge_id, finding).about(payment)
    }

    /// A refund or dispute in another currency than the charge.
    #[must_use]
    pub fn currency_mismatch(charge_id: ChargeId, reported: Money, total: Money) -> Self {
        let finding = format!(
            "the provider reports {reported:?} of a payment of {total:?}; the event was ignored"
        );
        Self::of_charge(AlertKind::CurrencyMismatch, charge_id, finding)
    }

    /// A refund at the provider that cannot be attributed to an order.
    #[must_use]
    pub fn unattributed_refund(
        charge_id: ChargeId,
        subject: &impl ToString,
        amount: Money,
    ) -> Self {
        let finding = format!(
            "{amount:?} were refunded at the provider, for no order in particular; no order changed: refund \
             here what the buyer should lose"
        );
        Self::of_charge(AlertKind::RefundUnattributed, charge_id, finding).about(subject)
    }

    /// A refund that has failed.
    #[must_use]
    pub fn failed_refund(charge_id: ChargeId, subject: &impl ToString, amount: Money) -> Self {
        let finding = format!(
            "a refund of {amount:?} failed at the provider; what is missing is owed again and will be retried: \
             contact the buyer if it fails again"
        );
        Self::of_charge(AlertKind::RefundFailed, charge_id, finding).about(subject)
    }

    /// A refund that the provider refuses.
    #[must_use]
    pub fn refused_refund(charge_id: ChargeId, id: RefundId, amount: Money, reason: &str) -> Self {
        let finding = format!(
            "the provider refuses to refund {amount:?}: {reason}; it stays owed and is asked for again, ever \
             more seldom: give it in another way, or resolve what the provider objects to"
        );
        Self::of_charge(AlertKind::RefundRefused, charge_id, finding).about(&id)
    }

    /// A dispute of a part of a payment that does not fit the totals of its orders.
    #[must_use]
    pub fn unattributed_dispute(
        charge_id: ChargeId,
        dispute: &ProviderReference,
        amount: Money,
        orders: &[OrderId],
    ) -> Self {
        let touched: Vec<String> = orders.iter().map(OrderId::to_string).collect();
        let touched = if touched.is_empty() {
            "no order".to_owned()
        } else {
            touched.join(", ")
        };
        let finding = format!(
            "{amount:?} of the payment are disputed, which is not what its orders cost; the dispute touches \
             {touched}: answer it at the provider, and refund here what else the buyer should lose"
        );
        Self::of_charge(AlertKind::DisputeUnattributed, charge_id, finding).about(dispute)
    }

    /// A dispute in a state that is unknown.
    #[must_use]
    pub fn unknown_dispute(
        charge_id: ChargeId,
        dispute: &ProviderReference,
        amount: Money,
    ) -> Self {
        let finding = format!(
            "{amount:?} of the payment are disputed, in a state that this version does not know; no token is \
             suspended for it: look at it at the provider, and revoke here what the buyer should lose"
        );
        Self::of_charge(AlertKind::DisputeUnknown, charge_id, finding).about(dispute)
    }

    /// A dispute that was lost before.
    #[must_use]
    pub fn reversed_dispute(
        charge_id: ChargeId,
        dispute: &ProviderReference,
        restored: usize,
        owed: Money,
    ) -> Self {
        let finding = format!(
            "a dispute that was lost is lost no more; {restored} orders are restored, and {owed:?} are owed \
             back for what cannot be"
        );
        Self::of_charge(AlertKind::DisputeReversed, charge_id, finding).about(dispute)
    }

    /// A payment of which more has gone back than was paid.
    #[must_use]
    pub fn refunded_and_lost(charge_id: ChargeId, gone: Money, total: Money) -> Self {
        let finding = format!(
            "{gone:?} of a payment of {total:?} have gone back, by refunds and by lost disputes together: ask \
             the provider or the buyer for the difference"
        );
        Self::of_charge(AlertKind::RefundedAndLost, charge_id, finding)
    }

    /// A charge that the provider refuses to open a session for.
    #[must_use]
    pub fn refused_session(charge_id: ChargeId, reason: &str) -> Self {
        let finding = format!("the provider refuses to open a checkout: {reason}");
        Self::of_charge(AlertKind::SessionRefused, charge_id, finding)
    }

    /// A provider that refuses what a sweep asks of it, such as for a wrong key.
    #[must_use]
    pub fn provider_refuses(reason: &str) -> Self {
        Self {
            kind: AlertKind::ProviderRefuses,
            subject: "provider".to_owned(),
            charge_id: None,
            finding: format!(
                "the payment provider refuses what a sweep asks of it: {reason}; check the secret key and the \
                 account"
            ),
        }
    }

    /// A buyer who complains about an order. The subject is the order.
    #[must_use]
    pub fn complaint(order: OrderId, reason: &str) -> Self {
        let reason: Vec<&str> = reason.split_whitespace().collect();
        Self {
            kind: AlertKind::Complaint,
            subject: order.to_string(),
            charge_id: None,
            finding: format!(
                "the buyer of the order complains: {}; hear the seller, refund at the provider what the buyer should \
                 get back, and resolve this alert, which the buyer sees",
                reason.join(" ")
            ),
        }
    }

    /// An event in the provider's list that cannot be read.
    #[must_use]
    pub fn unreadable_event(event: &impl ToString) -> Self {
        Self {
            kind: AlertKind::UnreadableEvent,
            subject: event.to_string(),
            charge_id: None,
            finding: "an event cannot be read, and was skipped: look at it at the provider"
                .to_owned(),
        }
    }
}
