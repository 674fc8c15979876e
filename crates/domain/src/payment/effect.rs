use super::ending::ChargeEnd;
use super::event::{Payment, PaymentEventKind};
use super::reference::ProviderReference;
use super::reversal::Reversal;
use crate::id::ChargeId;

/// Subject of an event, which selects the rule that decides its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventEffect<'e> {
    /// A charge was paid, on this session: see [`settle`](super::settle).
    Settle(ChargeId, &'e ProviderReference, &'e Payment),
    /// A charge can no longer be paid, on this session: see [`end_charge`](super::end_charge).
    End(ChargeId, &'e ProviderReference, ChargeEnd),
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
    pub fn effect(&self) -> EventEffect<'_> {
        match self {
            Self::Paid {
                charge_id: Some(id),
                session,
                payment,
            } => EventEffect::Settle(*id, session, payment),
            Self::Failed {
                charge_id: Some(id),
                session,
            } => EventEffect::End(*id, session, ChargeEnd::Failed),
            Self::Expired {
                charge_id: Some(id),
                session,
            } => EventEffect::End(*id, session, ChargeEnd::Expired),
            Self::Refunded { payment, refunded } => {
                EventEffect::Reverse(payment, Reversal::Refunded(*refunded))
            }
            Self::Refund { payment, refund } => {
                EventEffect::Reverse(payment, Reversal::Refund(refund.clone()))
            }
            Self::Dispute { payment, dispute } => {
                EventEffect::Reverse(payment, Reversal::Dispute(dispute.clone()))
            }
            Self::Paid {
                charge_id: None, ..
            }
            | Self::Failed {
                charge_id: None, ..
            }
            | Self::Expired {
                charge_id: None, ..
            }
            | Self::Other => EventEffect::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{charge_id, usd};
    use crate::payment::{DisputeState, RefundOutcome, ReportedDispute, ReportedRefund};

    #[test]
    fn events_of_sessions_are_about_the_charge_that_they_name() {
        let payment = Payment {
            reference: ProviderReference::new("pi_1".into()),
            amount: usd(5_00),
        };
        let cs = ProviderReference::new("cs_1".into());
        let kinds = |charge_id| {
            let payment = payment.clone();
            let session = || cs.clone();
            [
                PaymentEventKind::Paid {
                    charge_id,
                    session: session(),
                    payment,
                },
                PaymentEventKind::Failed {
                    charge_id,
                    session: session(),
                },
                PaymentEventKind::Expired {
                    charge_id,
                    session: session(),
                },
            ]
        };
        let [paid, failed, expired] = kinds(Some(charge_id(1)));
        assert_eq!(
            paid.effect(),
            EventEffect::Settle(charge_id(1), &cs, &payment)
        );
        let ended = |end| EventEffect::End(charge_id(1), &cs, end);
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
        let refund = ReportedRefund {
            reference: ProviderReference::new("re_1".into()),
            id: None,
            order_id: None,
            amount: usd(4_00),
            outcome: RefundOutcome::Given,
        };
        let expected = EventEffect::Reverse(&pi, Reversal::Refund(refund.clone()));
        let payment = pi.clone();
        let kind = PaymentEventKind::Refund { payment, refund };
        assert_eq!(kind.effect(), expected);
        let dispute = ReportedDispute {
            reference: ProviderReference::new("du_1".into()),
            amount: usd(4_00),
            state: DisputeState::Open,
            is_known: true,
        };
        let expected = EventEffect::Reverse(&pi, Reversal::Dispute(dispute.clone()));
        let payment = pi.clone();
        let kind = PaymentEventKind::Dispute { payment, dispute };
        assert_eq!(kind.effect(), expected);
    }
}
