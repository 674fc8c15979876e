//! The end of charges that can no longer be paid.

use super::charge::ChargeState;
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

/// Decides the end of a charge in `state` that can no longer be paid, and of its order in state
/// `order`; `None` if it was paid, and nothing changes.
#[must_use]
pub fn end_charge(
    state: ChargeState,
    order: Option<OrderState>,
    end: ChargeEnd,
) -> Option<EndedCharge> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::StockEffect;

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
