use super::charge::ChargeState;
use super::ending::is_foreign;
use super::event::Payment;
use super::reference::ProviderReference;
use super::refund::{Refund, RefundIds};
use crate::id::OrderId;
use crate::money::{Money, MoneyError};
use crate::order::{Move, OrderEvent, OrderState, StockOnHand, Transition, transition};

/// A charge when its payment is reported, read under lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeSnapshot {
    /// Current state.
    pub state: ChargeState,
    /// The provider's id of its session; `None` until it has been recorded.
    pub session: Option<ProviderReference>,
    /// The provider's id of its payment; `None` until it was paid.
    pub payment: Option<ProviderReference>,
    /// The order it is for, unless it only settles a tab.
    pub order: Option<OwnOrder>,
    /// Part of the charge for small orders on the tab.
    pub tab: Money,
    /// The small orders that its payment clears, as selected by [`ChargeState::clears`].
    pub carried: Vec<CarriedOrder>,
}

/// The small orders that the payment of a charge clears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClearedOrders {
    /// Those that the charge carries.
    Carried,
    /// Those on the buyer's tab that no charge carries: what a closed charge carried went back there, and
    /// may have been paid or refunded since.
    Uncarried,
}

impl ChargeState {
    /// Returns the small orders that the payment of a charge in this state clears.
    #[must_use]
    pub const fn clears(self) -> ClearedOrders {
        match self {
            Self::Open | Self::Paid => ClearedOrders::Carried,
            Self::Closed => ClearedOrders::Uncarried,
        }
    }
}

/// The order that a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnOrder {
    /// Current state.
    pub state: OrderState,
    /// Price of all units of the order.
    pub total: Money,
    /// Whether the listing has its units, should the payment be late.
    pub stock: StockOnHand,
}

/// A small order that a charge pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedOrder {
    /// The order.
    pub id: OrderId,
    /// Current state.
    pub state: OrderState,
    /// Price of all units of the order.
    pub total: Money,
}

/// Decision on a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Its charge was settled by it before.
    Repeated,
    /// The charge was settled by another payment. This one is given back, and an alert is raised.
    PaidAgain(Refund),
    /// The session that was paid is not the charge's. Nothing is fulfilled, and an alert is raised.
    ForeignSession,
    /// The amount differs from the charge's. Nothing is fulfilled, and an alert is raised.
    Mismatch {
        /// Total of the charge.
        expected: Money,
    },
    /// The charge is paid.
    Settled(Settled),
}

/// Changes that a payment makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Move of the charge's own order; `None` if it has none.
    pub order: Option<Move>,
    /// The small orders that are paid for from now on.
    pub cleared: Vec<OrderId>,
    /// Amount by which the tab decreases.
    pub off_the_tab: Money,
    /// Amount paid for orders that could not be fulfilled or cleared, owed back to the buyer.
    pub give_back: Money,
}

impl Settled {
    /// The refund to be inserted; `None` if nothing is owed back.
    #[must_use]
    pub fn refund(&self, ids: &mut RefundIds) -> Option<Refund> {
        (self.give_back.minor() > 0).then(|| Refund::owed(ids.take(), None, self.give_back))
    }
}

/// Decides what a payment does, whatever has happened to the orders since the charge was opened.
///
/// The charge's own order is fulfilled, or its money is refunded. Small orders are cleared, the oldest
/// first, as far as the charge's part for them goes; the money for one that was refunded meanwhile, or
/// that another charge has taken over, is refunded. The parts always add up to the amount paid.
///
/// A payment is believed if it was made on the charge's session. A second payment of the same charge is
/// believed as well if it is of the charge's amount, and all of it goes back; `ids` give it its identifier.
///
/// # Errors
/// Amounts overflow or differ in currency.
pub fn settle(
    charge: &ChargeSnapshot,
    session: &ProviderReference,
    payment: &Payment,
    ids: &mut RefundIds,
) -> Result<Settlement, MoneyError> {
    let expected = match charge.order {
        Some(order) => order.total.checked_add(charge.tab)?,
        None => charge.tab,
    };
    let is_foreign = is_foreign(charge.session.as_ref(), Some(session));
    if charge.state == ChargeState::Paid {
        return Ok(if charge.payment.as_ref() == Some(&payment.reference) {
            Settlement::Repeated
        } else if is_foreign && payment.amount != expected {
            Settlement::ForeignSession
        } else {
            Settlement::PaidAgain(Refund {
                other_payment: Some(payment.reference.clone()),
                ..Refund::owed(ids.take(), None, payment.amount)
            })
        });
    }
    if is_foreign {
        return Ok(Settlement::ForeignSession);
    }
    if payment.amount != expected {
        return Ok(Settlement::Mismatch { expected });
    }
    let nothing = Money::zero(expected.currency());
    let (order, mut give_back) = match charge.order {
        None => (None, nothing),
        Some(own) => match transition(own.state, OrderEvent::Paid(own.stock)) {
            Transition::Move(step) if step.to == OrderState::Fulfilled => (Some(step), nothing),
            Transition::Move(step) => (Some(step), own.total),
            Transition::Unchanged | Transition::Refused => (None, own.total),
        },
    };
    let mut cleared = Vec::new();
    let mut off_the_tab = nothing;
    let owed = |small: &&CarriedOrder| small.state == OrderState::Fulfilled;
    let mut oldest_first: Vec<&CarriedOrder> = charge.carried.iter().filter(owed).collect();
    oldest_first.sort_by_key(|small| small.id);
    for small in oldest_first {
        let sum = off_the_tab.checked_add(small.total)?;
        if sum.compare(charge.tab)?.is_le() {
            off_the_tab = sum;
            cleared.push(small.id);
        }
    }
    give_back = give_back.checked_add(charge.tab.checked_sub(off_the_tab)?)?;
    Ok(Settlement::Settled(Settled {
        order,
        cleared,
        off_the_tab,
        give_back,
    }))
}

#[cfg(test)]
mod tests;
