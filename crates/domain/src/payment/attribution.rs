//! Which orders a refund or a dispute at the provider is about.
//!
//! A provider knows payments, not orders. Never is more taken back than it says has gone back.

use super::paid_charge::{PaidCharge, PaidOrder};
use crate::id::OrderId;

/// What a refund at the provider is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefundSubject {
    /// An order.
    Order(OrderId),
    /// The rest of the payment.
    Rest,
    /// A part of the payment that is for no order in particular.
    Unknown,
}

/// Decides what a refund of `amount` minor units is for, which an operator has made at the provider: the only
/// order of the payment, the rest of the payment, or the one order that costs as much. Of several that cost the
/// same, one whose refund is owed comes first: the operator has done by hand what a sweep has not.
pub(super) fn subject_of_refund(charge: &PaidCharge, amount: i64) -> RefundSubject {
    let orders: Vec<&PaidOrder> = charge
        .orders
        .iter()
        .filter(|order| order.token.is_some())
        .collect();
    if let ([only], true) = (orders.as_slice(), charge.orders.len() == 1) {
        return RefundSubject::Order(only.id);
    }
    let rest = charge.total.minor().saturating_sub(charge.left());
    if amount >= rest {
        return RefundSubject::Rest;
    }
    let fits = |order: &&PaidOrder| {
        let open = order.total.minor().saturating_sub(charge.returned(order));
        open == amount
    };
    let is_owed = |order: &&&PaidOrder| {
        let mut refunds = charge.refunds.iter();
        refunds.any(|refund| refund.is_unsent() && refund.order_id == Some(order.id))
    };
    let fitting: Vec<&PaidOrder> = charge.unreturned().filter(fits).collect();
    let owed: Vec<&&PaidOrder> = fitting.iter().filter(is_owed).collect();
    match (owed.as_slice(), fitting.as_slice()) {
        ([first, ..], _) => RefundSubject::Order(first.id),
        ([], [only]) => RefundSubject::Order(only.id),
        ([], _) => RefundSubject::Unknown,
    }
}

/// The orders that a dispute concerns, and whether they account for its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DisputeSubject {
    /// The orders that it concerns.
    pub(super) orders: Vec<OrderId>,
    /// Whether they cost as much as is disputed.
    pub(super) fits: bool,
}

/// Decides which orders a dispute of `amount` minor units concerns: all, if it is about all that is left; else
/// one that costs as much; else the order that the charge was made for, and the newest that it has carried, as
/// far as the amount goes. A dispute of less than the only order concerns it all the same.
pub(super) fn subject_of_dispute(charge: &PaidCharge, amount: i64) -> DisputeSubject {
    let mut orders: Vec<&PaidOrder> = charge.unreturned().collect();
    orders.sort_by_key(|order| (!order.own, std::cmp::Reverse(order.id)));
    let price = orders
        .iter()
        .fold(0_i64, |sum, order| sum.saturating_add(order.total.minor()));
    let ids = |orders: &[&PaidOrder]| orders.iter().map(|order| order.id).collect();
    if amount >= price {
        return DisputeSubject {
            orders: ids(&orders),
            fits: true,
        };
    }
    if let Some(exact) = orders.iter().find(|order| order.total.minor() == amount) {
        return DisputeSubject {
            orders: ids(&[exact]),
            fits: true,
        };
    }
    let mut left = amount;
    let mut touched = Vec::new();
    for order in &orders {
        if order.total.minor() <= left {
            left = left.saturating_sub(order.total.minor());
            touched.push(*order);
        }
    }
    if let ([], [only]) = (touched.as_slice(), orders.as_slice()) {
        touched.push(only);
    }
    DisputeSubject {
        orders: ids(&touched),
        fits: left == 0,
    }
}
