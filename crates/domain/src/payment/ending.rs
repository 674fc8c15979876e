//! The end of charges that can no longer be paid.

use super::charge::ChargeState;
use super::reference::ProviderReference;
use crate::order::{Move, OrderEvent, OrderState, Transition, transition};

/// Why a charge can no longer be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChargeEnd {
    /// Its payment has failed finally.
    Failed,
    /// Its session has expired, or was ended.
    Expired,
}

/// Changes when a charge ends unpaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedCharge {
    /// New state of the charge. The orders it carried are on the tab alone again, and its session can no
    /// longer be paid.
    pub state: ChargeState,
    /// Move of the charge's own order; `None` if it stays.
    pub order: Option<Move>,
}

/// A charge whose end is reported, read under lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingCharge {
    /// Its state.
    pub state: ChargeState,
    /// The provider's id of its session; `None` until it has been recorded.
    pub session: Option<ProviderReference>,
    /// State of its own order; `None` if it has none.
    pub order: Option<OrderState>,
}

/// Decides the end of a charge whose session can no longer be paid, and of its order. `session` is the one that
/// the provider reports, or `None` for a charge without one. `None` if nothing changes: it was paid, or its
/// session is another.
#[must_use]
pub fn end_charge(
    charge: &EndingCharge,
    session: Option<&ProviderReference>,
    end: ChargeEnd,
) -> Option<EndedCharge> {
    if is_foreign(charge.session.as_ref(), session) {
        return None;
    }
    let (state, order) = (charge.state, charge.order);
    let event = match end {
        ChargeEnd::Failed => OrderEvent::PaymentFailed,
        ChargeEnd::Expired => OrderEvent::Lapsed,
    };
    let moved = order.and_then(|order| match transition(order, event) {
        Transition::Move(step) => Some(step),
        Transition::Unchanged | Transition::Refused => None,
    });
    match state {
        ChargeState::Paid => None,
        ChargeState::Open | ChargeState::Closed => Some(EndedCharge {
            state: ChargeState::Closed,
            order: moved,
        }),
    }
}

/// Whether a reported session is another than the one that is on record.
pub(super) fn is_foreign(
    recorded: Option<&ProviderReference>,
    reported: Option<&ProviderReference>,
) -> bool {
    recorded
        .zip(reported)
        .is_some_and(|(recorded, reported)| recorded != reported)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::StockEffect;

    fn session(name: &str) -> ProviderReference {
        ProviderReference::new(name.to_owned())
    }

    fn end_charge(
        state: ChargeState,
        order: Option<OrderState>,
        end: ChargeEnd,
    ) -> Option<EndedCharge> {
        let charge = EndingCharge {
            state,
            session: Some(session("cs_1")),
            order,
        };
        super::end_charge(&charge, Some(&session("cs_1")), end)
    }

    #[test]
    fn the_end_of_another_session_changes_nothing() {
        let mut charge = EndingCharge {
            state: ChargeState::Open,
            session: Some(session("cs_1")),
            order: Some(OrderState::AwaitingPayment),
        };
        let other = session("cs_2");
        let ended = super::end_charge(&charge, Some(&other), ChargeEnd::Expired);
        assert_eq!(ended, None);
        // The response that named the session was lost.
        charge.session = None;
        assert!(super::end_charge(&charge, Some(&other), ChargeEnd::Expired).is_some());
        assert!(super::end_charge(&charge, None, ChargeEnd::Expired).is_some());
    }

    #[test]
    fn the_order_that_waited_for_it_is_canceled_or_expires_and_its_units_are_released() {
        let ended = |end| {
            let awaiting = Some(OrderState::AwaitingPayment);
            let ended = end_charge(ChargeState::Open, awaiting, end).unwrap();
            assert_eq!(ended.state, ChargeState::Closed);
            let step = ended.order.unwrap();
            assert_eq!(step.stock, StockEffect::HeldToAvailable);
            step.to
        };
        assert_eq!(ended(ChargeEnd::Failed), OrderState::Canceled);
        assert_eq!(ended(ChargeEnd::Expired), OrderState::Expired);
    }

    #[test]
    fn a_charge_that_was_paid_does_not_end() {
        for &order in OrderState::ALL {
            for end in [ChargeEnd::Failed, ChargeEnd::Expired] {
                assert_eq!(end_charge(ChargeState::Paid, Some(order), end), None);
            }
        }
        assert_eq!(
            end_charge(ChargeState::Paid, None, ChargeEnd::Expired),
            None
        );
    }

    #[test]
    fn a_charge_of_a_tab_and_one_whose_order_has_ended_only_close() {
        let closed = Some(EndedCharge {
            state: ChargeState::Closed,
            order: None,
        });
        for end in [ChargeEnd::Failed, ChargeEnd::Expired] {
            assert_eq!(end_charge(ChargeState::Open, None, end), closed);
            for order in [OrderState::Expired, OrderState::Canceled] {
                assert_eq!(end_charge(ChargeState::Closed, Some(order), end), closed);
            }
        }
    }
}
