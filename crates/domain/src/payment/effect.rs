use super::ending::ChargeEnd;
use super::event::{Payment, PaymentEventKind};
use super::reference::ProviderReference;
use super::reversal::Reversal;
use crate::id::ChargeId;

/// Subject of an event, which selects the rule that decides its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventEffect<'e> {
    /// A charge was paid: see [`settle`](super::settle).
    Settle(ChargeId, &'e Payment),
    /// A charge can no longer be paid: see [`end_charge`](super::end_charge).
    End(ChargeId, ChargeEnd),
    /// A refund or dispute of a payment: see [`reverse`](super::reverse). Events arrive in any order:
    /// while no charge has this payment, the event is kept as an
    /// [`OutOfOrderEvent`](super::OutOfOrderEvent), and applied when one does.
    Reverse(&'e ProviderReference, Reversal),
    /// None: it names no charge of ours, or has no effect.
    Nothing,
}

impl PaymentEventKind {
    /// Returns the subject of the event.
    #[must_use]
    pub const fn effect(&self) -> EventEffect<'_> {
        match self {
            Self::Paid {
                charge_id: Some(id),
                payment,
            } => EventEffect::Settle(*id, payment),
            Self::Failed {
                charge_id: Some(id),
            } => EventEffect::End(*id, ChargeEnd::Failed),
            Self::Expired {
                charge_id: Some(id),
            } => EventEffect::End(*id, ChargeEnd::Expired),
            Self::Refunded { payment, refunded } => {
                EventEffect::Reverse(payment, Reversal::Refunded(*refunded))
            }
            Self::Disputed { payment } => EventEffect::Reverse(payment, Reversal::Disputed),
            Self::DisputeClosed { payment, won: true } => {
                EventEffect::Reverse(payment, Reversal::DisputeWon)
            }
            Self::DisputeClosed {
                payment,
                won: false,
            } => EventEffect::Reverse(payment, Reversal::DisputeLost),
            Self::Paid {
                charge_id: None, ..
            }
            | Self::Failed { charge_id: None }
            | Self::Expired { charge_id: None }
            | Self::Other => EventEffect::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{charge_id, usd};

    #[test]
    fn events_of_sessions_are_about_the_charge_that_they_name() {
        let payment = Payment {
            reference: ProviderReference::new("pi_1".into()),
            amount: usd(5_00),
        };
        let kinds = |charge_id| {
            let payment = payment.clone();
            [
                PaymentEventKind::Paid { charge_id, payment },
                PaymentEventKind::Failed { charge_id },
                PaymentEventKind::Expired { charge_id },
            ]
        };
        let [paid, failed, expired] = kinds(Some(charge_id(1)));
        assert_eq!(paid.effect(), EventEffect::Settle(charge_id(1), &payment));
        let ended = |end| EventEffect::End(charge_id(1), end);
        assert_eq!(failed.effect(), ended(ChargeEnd::Failed));
        assert_eq!(expired.effect(), ended(ChargeEnd::Expired));
        for kind in kinds(None).iter().chain([&PaymentEventKind::Other]) {
            assert_eq!(kind.effect(), EventEffect::Nothing);
        }
    }

    #[test]
    fn events_of_payments_are_about_the_payment() {
        let pi = ProviderReference::new("pi_1".into());
        let (payment, refunded) = (pi.clone(), usd(4_00));
        let kind = PaymentEventKind::Refunded { payment, refunded };
        let expected = EventEffect::Reverse(&pi, Reversal::Refunded(usd(4_00)));
        assert_eq!(kind.effect(), expected);
        let payment = pi.clone();
        let kind = PaymentEventKind::Disputed { payment };
        assert_eq!(kind.effect(), EventEffect::Reverse(&pi, Reversal::Disputed));
        for (won, reversal) in [(true, Reversal::DisputeWon), (false, Reversal::DisputeLost)] {
            let payment = pi.clone();
            let kind = PaymentEventKind::DisputeClosed { payment, won };
            assert_eq!(kind.effect(), EventEffect::Reverse(&pi, reversal));
        }
    }
}
