use super::{
    CancelOrder, Move, Order, OrderEvent, OrderState, RefundOrder, Transition, transition,
};
use crate::time::Timestamp;

/// Error of a buyer or seller who cannot change an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRefused {
    /// The order belongs to another account.
    NotTheirs,
    /// The order's state does not allow the change.
    InvalidState(OrderState),
}

/// Decides how an order moves that its buyer cancels; `None` if it is canceled already.
///
/// # Errors
/// [`ChangeRefused`]
pub fn cancel(order: &Order, request: &CancelOrder) -> Result<Option<Move>, ChangeRefused> {
    if order.buyer_id != request.buyer.account_id {
        return Err(ChangeRefused::NotTheirs);
    }
    asked(order.state, OrderEvent::CanceledByBuyer)
}

/// Decides how an order moves that its seller refunds; `None` if it is refunded already. How its money goes
/// back is decided by [`give_back`](crate::payment::give_back).
///
/// # Errors
/// [`ChangeRefused`]
pub fn refund(order: &Order, request: &RefundOrder) -> Result<Option<Move>, ChangeRefused> {
    if order.seller_id != request.seller.account_id {
        return Err(ChangeRefused::NotTheirs);
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
            closed_at: step.to.is_closed().then_some(at),
            ..self
        }
    }
}
