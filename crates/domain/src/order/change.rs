use super::{
    CancelOrder, CanceledBy, Move, Order, OrderEvent, OrderState, RefundOrder, RefundedBy,
    Transition, transition,
};
use crate::administration::{NotAllowed, Role, may_operate};
use crate::time::Timestamp;

/// Error of who cannot change an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRefused {
    /// The order belongs to another account.
    NotTheirs,
    /// The role of the operator does not allow it.
    NotAllowed(NotAllowed),
    /// The order's state does not allow the change.
    InvalidState(OrderState),
}

/// Decides how an order moves that is canceled; `None` if it is canceled already.
///
/// Its buyer may no longer want it; its seller, or an operator, may want the units back on sale. A payment that
/// arrives later fulfils the order if the units are left, and is given back otherwise.
///
/// # Errors
/// [`ChangeRefused`]
pub fn cancel(order: &Order, request: &CancelOrder) -> Result<Option<Move>, ChangeRefused> {
    let may = match request.by {
        CanceledBy::Party(actor) => [order.buyer_id, order.seller_id].contains(&actor.account_id),
        CanceledBy::Operator => true,
    };
    if !may {
        return Err(ChangeRefused::NotTheirs);
    }
    asked(order.state, OrderEvent::Canceled)
}

/// Decides how an order moves that its seller or an operator refunds; `None` if it is refunded already. How its money goes
/// back is decided by [`give_back`](crate::payment::give_back).
///
/// # Errors
/// [`ChangeRefused`]
pub fn refund(order: &Order, request: &RefundOrder) -> Result<Option<Move>, ChangeRefused> {
    match &request.by {
        RefundedBy::Seller(seller) if order.seller_id != seller.account_id => {
            return Err(ChangeRefused::NotTheirs);
        }
        RefundedBy::Seller(_) => {}
        RefundedBy::Operator(operator, _) => {
            may_operate(operator, Role::Operator).map_err(ChangeRefused::NotAllowed)?;
        }
    }
    asked(order.state, OrderEvent::Refunded(request.units))
}

fn asked(state: OrderState, event: OrderEvent) -> Result<Option<Move>, ChangeRefused> {
    match transition(state, event) {
        Transition::Move(step) => Ok(Some(step)),
        Transition::Unchanged => Ok(None),
        Transition::Refused => Err(ChangeRefused::InvalidState(state)),
    }
}

impl Order {
    /// The order as it is after a move at `at`, apart from what is on record of its payment and its token.
    #[must_use]
    pub fn moved(self, step: Move, at: Timestamp) -> Self {
        Self {
            state: step.to,
            lapses_at: None,
            payment_url: None,
            tab_carried: None,
            closed_at: step.to.is_closed().then_some(at),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::Operator;
    use crate::audit::Actor;
    use crate::fixtures::{account_id, at, order, order_id, refund_id};
    use crate::order::{MoneyEffect, ReturnedUnits, StockEffect, TokenEffect};

    const BUYER: u128 = 1;
    const SELLER: u128 = 2;
    const STRANGER: u128 = 3;

    fn cancel_by(account: u128, state: OrderState) -> Result<Option<Move>, ChangeRefused> {
        canceled(CanceledBy::Party(Actor::from(account_id(account))), state)
    }

    fn canceled(by: CanceledBy, state: OrderState) -> Result<Option<Move>, ChangeRefused> {
        let request = CancelOrder {
            order_id: order_id(1),
            by,
            at: at(60),
        };
        cancel(&order(state), &request)
    }

    fn refund_by(account: u128, state: OrderState) -> Result<Option<Move>, ChangeRefused> {
        refunded(RefundedBy::Seller(Actor::from(account_id(account))), state)
    }

    fn refund_as(role: Role, state: OrderState) -> Result<Option<Move>, ChangeRefused> {
        let operator = Operator::new(Actor::from(account_id(STRANGER)), role);
        let reason = "The seller does not answer.".parse().unwrap();
        refunded(RefundedBy::Operator(operator, reason), state)
    }

    fn refunded(by: RefundedBy, state: OrderState) -> Result<Option<Move>, ChangeRefused> {
        let request = RefundOrder {
            order_id: order_id(1),
            by,
            at: at(60),
            units: ReturnedUnits::ForSale,
            refund_id: refund_id(1),
        };
        refund(&order(state), &request)
    }

    #[test]
    fn a_buyer_a_seller_or_an_operator_cancels_what_awaits_payment_and_a_repeat_changes_nothing() {
        let canceled = Move {
            to: OrderState::Canceled,
            stock: StockEffect::HeldToAvailable,
            token: TokenEffect::None,
            money: MoneyEffect::None,
        };
        let party = |account| CanceledBy::Party(Actor::from(account_id(account)));
        for by in [party(BUYER), party(SELLER), CanceledBy::Operator] {
            let cancel = |state| self::canceled(by, state);
            assert_eq!(cancel(OrderState::AwaitingPayment), Ok(Some(canceled)));
            assert_eq!(cancel(OrderState::Canceled), Ok(None));
            for state in [OrderState::Fulfilled, OrderState::Refunded] {
                let refused = ChangeRefused::InvalidState(state);
                assert_eq!(cancel(state), Err(refused));
            }
        }
    }

    #[test]
    fn a_seller_refunds_what_is_fulfilled_and_a_repeat_changes_nothing() {
        let refunded = Move {
            to: OrderState::Refunded,
            stock: StockEffect::SoldToAvailable,
            token: TokenEffect::Revoke,
            money: MoneyEffect::GiveBack,
        };
        assert_eq!(refund_by(SELLER, OrderState::Fulfilled), Ok(Some(refunded)));
        assert_eq!(refund_by(SELLER, OrderState::Refunded), Ok(None));
        for state in [OrderState::AwaitingPayment, OrderState::Expired] {
            let refused = ChangeRefused::InvalidState(state);
            assert_eq!(refund_by(SELLER, state), Err(refused));
        }
    }

    #[test]
    fn an_operator_refunds_what_a_seller_may_and_support_refunds_nothing() {
        for &state in OrderState::ALL {
            for role in [Role::Operator, Role::Admin] {
                assert_eq!(refund_as(role, state), refund_by(SELLER, state));
            }
            let refused = Err(ChangeRefused::NotAllowed(NotAllowed));
            assert_eq!(refund_as(Role::Support, state), refused);
        }
    }

    #[test]
    fn nobody_else_changes_an_order_whatever_its_state() {
        for &state in OrderState::ALL {
            assert_eq!(cancel_by(STRANGER, state), Err(ChangeRefused::NotTheirs));
            for account in [BUYER, STRANGER] {
                assert_eq!(refund_by(account, state), Err(ChangeRefused::NotTheirs));
            }
        }
    }

    #[test]
    fn a_moved_order_has_its_new_state_and_closes_where_it_ends() {
        for (from, to, closed_at) in [
            (
                OrderState::AwaitingPayment,
                OrderState::Canceled,
                Some(at(60)),
            ),
            (OrderState::AwaitingPayment, OrderState::Fulfilled, None),
        ] {
            let step = Move {
                to,
                stock: StockEffect::None,
                token: TokenEffect::None,
                money: MoneyEffect::None,
            };
            let moved = order(from).moved(step, at(60));
            let expected = Order {
                lapses_at: None,
                payment_url: None,
                tab_carried: None,
                closed_at,
                ..order(to)
            };
            assert_eq!(moved, expected);
        }
    }
}
