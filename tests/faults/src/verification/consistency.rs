//! Compares requests and responses with the database.

use std::collections::HashMap;

use super::snapshot::{OrderRow, Snapshot, StockRow};
use super::violations::Violations;
use crate::catalogue::{KEYLESS, Listing};
use crate::load::{OrderAttempt, Outcome};

/// Returns every inconsistency.
pub(super) fn check(
    listings: &[Listing],
    attempts: &[OrderAttempt],
    snapshot: &Snapshot,
) -> Violations {
    let orders = OrdersByIdentity::new(snapshot);
    let mut violations = Violations::new();
    let mut acknowledged: HashMap<&str, &OrderAttempt> = HashMap::new();
    for attempt in attempts {
        let found = check_attempt(attempt, snapshot, orders.of(attempt));
        violations.extend(found.map(|what| format!("{what}: {attempt:?}")));
        for placed in attempt.placed() {
            let other = acknowledged.insert(&placed.order, attempt);
            if other.is_some_and(|other| identity(other) != identity(attempt)) {
                violations.push(format!(
                    "{} was acknowledged to two attempts: {attempt:?}",
                    placed.order
                ));
            }
        }
    }
    violations.extend(unrequested(attempts, &orders));
    violations.extend(snapshot.orders.iter().filter_map(check_token));
    let stock = snapshot.stock.iter().zip(listings).enumerate();
    let unbalanced = stock.filter_map(|(number, (stock, listing))| {
        let orders = snapshot.orders.iter();
        let orders = orders.filter(|order| order.listing == number);
        let sold = orders.map(|order| order.units).sum();
        (!is_balanced(*stock, listing, sold)).then(|| {
            format!("listing {number}, {listing:?}, has orders of {sold} units: {stock:?}")
        })
    });
    violations.extend(unbalanced);
    violations
}

/// Identity of an order: its key or, without one, a number of units that no other order has.
fn identity(attempt: &OrderAttempt) -> Result<&str, i64> {
    attempt.key.as_deref().ok_or(attempt.units.into())
}

/// All orders, by what identifies them.
struct OrdersByIdentity<'a>(HashMap<Result<&'a str, i64>, Vec<&'a OrderRow>>);

impl<'a> OrdersByIdentity<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let mut orders: HashMap<_, Vec<_>> = HashMap::new();
        for order in &snapshot.orders {
            let identity = order.key.as_deref().ok_or(order.units);
            orders.entry(identity).or_default().push(order);
        }
        Self(orders)
    }

    fn of<'b>(&'b self, attempt: &'b OrderAttempt) -> &'b [&'b OrderRow] {
        self.0
            .get(&identity(attempt))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

fn check_attempt<'a>(
    attempt: &'a OrderAttempt,
    snapshot: &Snapshot,
    orders: &[&OrderRow],
) -> impl Iterator<Item = String> + use<'a> {
    let is_as_requested = |order: &&&OrderRow| {
        order.listing == attempt.listing
            && order.units == i64::from(attempt.units)
            && (order.listing == KEYLESS) == attempt.key.is_none()
    };
    let lost = attempt.placed().filter(|placed| {
        let mut requested = orders.iter().filter(is_as_requested);
        !requested.any(|order| order.id == placed.order)
    });
    let lost = lost.map(|placed| format!("{} is not as acknowledged", placed.order));
    let left = snapshot
        .stock
        .get(attempt.listing)
        .map_or(0, |stock| stock.available);
    let (rejected, placed) = (attempt.was_sold_out(), attempt.placed().next().is_some());
    let checks = [
        ("placed more than one order", orders.len() > 1),
        (
            "placed another order than requested",
            orders.iter().filter(is_as_requested).count() < orders.len(),
        ),
        (
            "was rejected and has placed an order",
            rejected && !orders.is_empty(),
        ),
        ("was rejected and acknowledged", rejected && placed),
        (
            "was rejected though there are units",
            rejected && left >= attempt.units.into(),
        ),
        (
            "got an unexpected response",
            attempt.count(|outcome| matches!(outcome, Outcome::Unexpected(_))) > 0,
        ),
    ];
    let failed = checks.into_iter().filter(|(_, is_so)| *is_so);
    let lost: Vec<_> = lost.collect();
    lost.into_iter()
        .chain(failed.map(|(what, _)| what.to_owned()))
}

/// Orders that no attempt has requested.
fn unrequested(attempts: &[OrderAttempt], orders: &OrdersByIdentity<'_>) -> Violations {
    let mut unrequested: HashMap<_, _> = orders.0.iter().collect();
    for attempt in attempts {
        unrequested.remove(&identity(attempt));
    }
    let orders = unrequested.into_values().flatten();
    orders
        .map(|order| format!("no attempt has requested {order:?}"))
        .collect()
}

fn check_token(order: &OrderRow) -> Option<String> {
    let is_right =
        order.state == "fulfilled" && order.tokens == 1 && order.token_units == order.units;
    (!is_right).then(|| format!("not fulfilled with one token: {order:?}"))
}

fn is_balanced(stock: StockRow, listing: &Listing, sold: i64) -> bool {
    stock.listed == i64::from(listing.units)
        && stock.sold == sold
        && stock.held == 0
        && stock.available >= 0
        && stock.available.checked_add(stock.sold) == Some(stock.listed)
}

#[cfg(test)]
mod tests;
