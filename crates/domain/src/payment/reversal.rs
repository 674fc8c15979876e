//! Refunds and disputes of payments, as the provider reports them.

use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantArray};

use super::dispute::{DisputeState, are_suspended};
use crate::id::OrderId;
use crate::money::{Money, MoneyError};
use crate::order::{Move, OrderEvent, OrderState, ReturnedUnits, Transition, transition};
use crate::token::TokenState;

/// A refund or dispute of a payment received before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumDiscriminants)]
#[strum_discriminants(
    name(ReversalKind),
    derive(Hash, EnumString, IntoStaticStr, VariantArray),
    strum(serialize_all = "snake_case"),
    doc = "Kind of a [`Reversal`], without its amount."
)]
pub enum Reversal {
    /// Cumulative amount of the payment that the provider has refunded.
    Refunded(Money),
    /// The buyer's bank disputes the payment.
    Disputed,
    /// A dispute has ended, and the money stays with the marketplace.
    DisputeWon,
    /// A dispute has ended, and the buyer's bank has returned the money.
    DisputeLost,
}

/// A charge that was paid, read under the locks of the orders it pays for and of the charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidCharge {
    /// Amount that was paid.
    pub total: Money,
    /// Amount that the provider has reported as refunded, from zero to `total`.
    pub refunded: Money,
    /// State of the dispute about the payment; `None` until the provider reports one.
    pub dispute: Option<DisputeState>,
    /// The orders that it pays for: its own, and those that it has carried.
    pub orders: Vec<PaidOrder>,
}

/// An order that a charge has paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidOrder {
    /// Its identifier.
    pub id: OrderId,
    /// Its state.
    pub state: OrderState,
}

/// Changes that a reversal makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    /// New value of [`PaidCharge::refunded`].
    pub refunded: Money,
    /// New value of [`PaidCharge::dispute`].
    pub dispute: Option<DisputeState>,
    /// Moves of orders. Nothing is owed for them: the money has gone back at the provider.
    pub moves: Vec<(OrderId, Move)>,
    /// Change of the tokens of orders that do not move; `None` if they stay.
    pub tokens: Option<TokenChange>,
}

/// A change of the tokens of some orders. A token in another state than `from` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenChange {
    /// The orders whose tokens change.
    pub orders: Vec<OrderId>,
    /// The state that is left.
    pub from: TokenState,
    /// The state that is entered.
    pub to: TokenState,
}

/// Decides what a reversal does to the charge and to its orders.
///
/// Refunds are cumulative: a sum below the recorded one is late, and changes nothing. Once all of the
/// payment is refunded, every order it has paid for is refunded. A lost dispute does the same. While a
/// dispute is open, the tokens are suspended. The end of a dispute can be reported before its beginning,
/// which then changes nothing.
///
/// # Errors
/// The amount refunded is in another currency than the charge.
pub fn reverse(charge: &PaidCharge, reversal: Reversal) -> Result<Reversed, MoneyError> {
    let mut refunded = charge.refunded;
    let mut dispute = charge.dispute;
    let mut event = None;
    match reversal {
        Reversal::Refunded(told) => {
            refunded = refunded.max(told.min(charge.total)?)?;
            if refunded.compare(charge.total)?.is_ge() {
                event = Some(OrderEvent::Refunded(ReturnedUnits::StaySold));
            }
        }
        Reversal::Disputed => dispute = Some(DisputeState::opened(dispute)),
        Reversal::DisputeWon => dispute = Some(DisputeState::Won),
        Reversal::DisputeLost => {
            dispute = Some(DisputeState::Lost);
            event = Some(OrderEvent::DisputeLost);
        }
    }
    let step = |order: &PaidOrder| match transition(order.state, event?) {
        Transition::Move(how) => Some((order.id, how)),
        Transition::Unchanged | Transition::Refused => None,
    };
    let moves: Vec<(OrderId, Move)> = charge.orders.iter().filter_map(step).collect();
    let staying = charge.orders.iter().map(|order| order.id);
    let staying = staying.filter(|id| moves.iter().all(|(moved, _)| moved != id));
    let tokens = match (are_suspended(charge.dispute), are_suspended(dispute)) {
        (false, true) => Some((TokenState::Active, TokenState::Suspended)),
        (true, false) => Some((TokenState::Suspended, TokenState::Active)),
        (false, false) | (true, true) => None,
    };
    let tokens = tokens.map(|(from, to)| TokenChange {
        orders: staying.collect(),
        from,
        to,
    });
    Ok(Reversed {
        refunded,
        dispute,
        moves,
        tokens,
    })
}

#[cfg(test)]
mod tests;
