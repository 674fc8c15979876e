//! Money owed back when a seller refunds an order, off the tab or through the provider.

use super::charge::ChargeState;
use crate::id::{ChargeId, OrderId, RefundId};
use crate::money::{Money, MoneyError};
use crate::order::PaymentRoute;
use crate::time::Timestamp;

/// Progress of a refund requested by the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundProgress {
    /// It is owed, and has not been requested from the provider.
    Owed,
    /// A sweep has claimed it: it may have been requested from the provider without that being recorded. It stays
    /// so after the claim has ended.
    Claimed,
    /// The provider has made the refund.
    Given,
}

/// A refund of ours out of a charge, read under the lock of the charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundSnapshot {
    /// Its amount.
    pub amount: Money,
    /// Progress of the refund.
    pub progress: RefundProgress,
}

/// A charge that an order is to be refunded out of, read under its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeToRefund {
    /// Its identifier.
    pub id: ChargeId,
    /// Its state.
    pub state: ChargeState,
    /// Total of the charge.
    pub total: Money,
    /// Amount that the provider has reported as refunded, from zero to `total`.
    pub refunded: Money,
    /// The refunds of ours that were owed before.
    pub refunds: Vec<RefundSnapshot>,
}

/// An order that its seller refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderToRefund {
    /// Its identifier.
    pub id: OrderId,
    /// Payment route that was decided when the order was placed.
    pub route: PaymentRoute,
    /// Its price.
    pub total: Money,
}

/// A refund to be inserted, which a sweep sends to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRefund {
    /// Its identifier, and its idempotency key at the provider.
    pub id: RefundId,
    /// The charge whose payment it returns.
    pub charge_id: ChargeId,
    /// The refunded order; `None` for the part of a payment that fulfilled nothing.
    pub order_id: Option<OrderId>,
    /// Its amount, above zero.
    pub amount: Money,
    /// Part of the order that was refunded at the provider already, by no refund of ours: the order's
    /// price less `amount`.
    pub given_elsewhere: Money,
    /// Time at which it became owed, UTC.
    pub created_at: Timestamp,
}

/// Way in which the money for a refunded order goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveBack {
    /// It was not paid yet: the tab decreases by this amount.
    OffTheTab(Money),
    /// It is owed through the provider.
    ThroughProvider(NewRefund),
    /// Nothing is left to refund.
    Nothing,
}

/// Decides how the money is returned for an order that its seller refunds.
///
/// Until a charge has paid for the order, it is only owed, and comes off the tab; a charge that is open
/// then and carries it gives that part back when it is paid. Once it is paid, it is owed through the
/// provider, but no more than is left of the payment: an operator may have given some of it back at the
/// provider. That is what the provider has reported beyond the refunds that it may have been asked for. A
/// claimed refund counts as asked for, because the server that claimed it may have died before recording
/// it.
///
/// `charge` is the charge that the order belongs to, if it belongs to one.
///
/// # Errors
/// Amounts overflow or differ in currency.
pub fn give_back(
    order: &OrderToRefund,
    charge: Option<&ChargeToRefund>,
    id: RefundId,
    at: Timestamp,
) -> Result<GiveBack, MoneyError> {
    let Some(charge) = charge.filter(|charge| charge.state == ChargeState::Paid) else {
        return Ok(match order.route {
            PaymentRoute::Tab => GiveBack::OffTheTab(order.total),
            PaymentRoute::Checkout => GiveBack::Nothing,
        });
    };
    let nothing = Money::zero(order.total.currency());
    let (mut ours, mut asked) = (nothing, nothing);
    for refund in &charge.refunds {
        ours = ours.checked_add(refund.amount)?;
        if refund.progress != RefundProgress::Owed {
            asked = asked.checked_add(refund.amount)?;
        }
    }
    let elsewhere = charge.refunded.checked_sub(asked)?.max(nothing)?;
    let left = charge.total.checked_sub(ours)?.checked_sub(elsewhere)?;
    let amount = order.total.min(left)?;
    if amount.minor() <= 0 {
        return Ok(GiveBack::Nothing);
    }
    Ok(GiveBack::ThroughProvider(NewRefund {
        id,
        charge_id: charge.id,
        order_id: Some(order.id),
        amount,
        given_elsewhere: order.total.checked_sub(amount)?,
        created_at: at,
    }))
}

#[cfg(test)]
mod tests;
