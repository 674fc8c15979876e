use super::charge::ChargeState;
use super::paid_charge::PaidCharge;
use super::refund::Refund;
use crate::id::{OrderId, RefundId};
use crate::money::Money;
use crate::order::PaymentRoute;

/// A charge that an order is to be refunded out of, read under its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeToRefund {
    /// It was not paid so far: it is in this state.
    Unpaid(ChargeState),
    /// It was paid.
    Paid(PaidCharge),
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

/// Way in which the money for a refunded order goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GiveBack {
    /// It was not paid yet: the tab decreases by this amount.
    OffTheTab(Money),
    /// It is owed through the provider, by these refunds, which are new or have changed.
    ThroughProvider(Vec<Refund>),
    /// Nothing was paid.
    Nothing,
    /// It cannot be refunded: the payment is disputed, and the provider accepts no refund until the dispute has
    /// ended. The order stays as it is.
    Disputed,
}

/// Decides how the money is returned for an order that its seller refunds.
///
/// Until a charge has paid for the order, it is only owed, and comes off the tab; a charge that is open
/// then and carries it gives that part back when it is paid. Once it is paid, it is owed through the
/// provider, but no more than is left of the payment: an operator may have given some of it back at the
/// provider, or a dispute may have taken it. A refund of which nothing is left is covered.
///
/// `charge` is the charge that the order belongs to, if it belongs to one, and still has the order as
/// fulfilled.
#[must_use]
pub fn give_back(order: &OrderToRefund, charge: Option<ChargeToRefund>, id: RefundId) -> GiveBack {
    match &charge {
        Some(ChargeToRefund::Paid(paid)) if paid.has_open_dispute() => GiveBack::Disputed,
        _ => give_back_revoked(order, charge, id),
    }
}

/// As [`give_back`], for an order whose token its seller revokes: while the payment is disputed, what is owed is
/// held until the dispute has ended. A revocation waits for nothing.
#[must_use]
pub fn give_back_revoked(
    order: &OrderToRefund,
    charge: Option<ChargeToRefund>,
    id: RefundId,
) -> GiveBack {
    let Some(ChargeToRefund::Paid(before)) = charge else {
        return match order.route {
            PaymentRoute::Tab => GiveBack::OffTheTab(order.total),
            PaymentRoute::Checkout => GiveBack::Nothing,
        };
    };
    let mut charge = before.clone();
    charge
        .refunds
        .push(Refund::owed(id, Some(order.id), order.total));
    charge.limit_unsent();
    charge
        .refunds
        .retain(|refund| !before.refunds.contains(refund));
    GiveBack::ThroughProvider(charge.refunds)
}

#[cfg(test)]
mod tests;
