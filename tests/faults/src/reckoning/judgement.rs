//! What was asked for and answered, held against what the database says.

use std::collections::HashMap;

use super::Wrongs;
use super::ledger::{Entry, Ledger, Stock};
use crate::fair::{KEYLESS, Stall};
use crate::load::{Errand, Said};

/// Everything that does not fit.
pub(super) fn judge(stalls: &[Stall], errands: &[Errand], ledger: &Ledger) -> Wrongs {
    let made = Made::by_name(ledger);
    let mut wrongs = Wrongs::new();
    let mut told: HashMap<&str, &Errand> = HashMap::new();
    for errand in errands {
        let wrong = wrongs_of(errand, ledger, made.of(errand));
        wrongs.extend(wrong.map(|wrong| format!("{wrong}: {errand:?}")));
        for bought in errand.bought() {
            let other = told.insert(&bought.order, errand);
            if other.is_some_and(|other| name(other) != name(errand)) {
                wrongs.push(format!("two were told of {}: {errand:?}", bought.order));
            }
        }
    }
    wrongs.extend(strangers(errands, &made));
    wrongs.extend(ledger.orders.iter().filter_map(unfit));
    let stock = ledger.stock.iter().zip(stalls).enumerate();
    let counted = stock.filter_map(|(number, (stock, stall))| {
        let orders = ledger.orders.iter().filter(|order| order.stall == number);
        let sold = orders.map(|order| order.units).sum();
        (!adds_up(*stock, stall, sold))
            .then(|| format!("stall {number} of {stall:?} has sold {sold} in orders: {stock:?}"))
    });
    wrongs.extend(counted);
    wrongs
}

/// What an order is known by: the key, or, without one, a number of units that no other has.
fn name(errand: &Errand) -> Result<&str, i64> {
    errand.key.as_deref().ok_or(errand.units.into())
}

/// The orders that each name has made.
struct Made<'a>(HashMap<Result<&'a str, i64>, Vec<&'a Entry>>);

impl<'a> Made<'a> {
    fn by_name(ledger: &'a Ledger) -> Self {
        let mut made: HashMap<_, Vec<_>> = HashMap::new();
        for order in &ledger.orders {
            let name = order.key.as_deref().ok_or(order.units);
            made.entry(name).or_default().push(order);
        }
        Self(made)
    }

    fn of<'b>(&'b self, errand: &'b Errand) -> &'b [&'b Entry] {
        self.0
            .get(&name(errand))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

fn wrongs_of<'a>(
    errand: &'a Errand,
    ledger: &Ledger,
    made: &[&Entry],
) -> impl Iterator<Item = String> + use<'a> {
    let is_its_own = |order: &&&Entry| {
        order.stall == errand.stall
            && order.units == i64::from(errand.units)
            && (order.stall == KEYLESS) == errand.key.is_none()
    };
    let lost = errand.bought().filter(|bought| {
        let mut own = made.iter().filter(is_its_own);
        !own.any(|order| order.id == bought.order)
    });
    let lost = lost.map(|bought| format!("{} is not as acknowledged", bought.order));
    let left = ledger
        .stock
        .get(errand.stall)
        .map_or(0, |stock| stock.available);
    let (refused, served) = (errand.was_sold_out(), errand.bought().next().is_some());
    let checks = [
        ("made more than one order", made.len() > 1),
        (
            "made another order than it was for",
            made.iter().filter(is_its_own).count() < made.len(),
        ),
        (
            "was refused and has made an order",
            refused && !made.is_empty(),
        ),
        ("was refused and served", refused && served),
        (
            "was refused though there are units",
            refused && left >= errand.units.into(),
        ),
        (
            "was answered what no answer may be",
            errand.said(|said| matches!(said, Said::Nonsense(_))) > 0,
        ),
    ];
    let failed = checks.into_iter().filter(|(_, is_so)| *is_so);
    let lost: Vec<_> = lost.collect();
    lost.into_iter()
        .chain(failed.map(|(what, _)| what.to_owned()))
}

/// Orders that nobody asked for.
fn strangers(errands: &[Errand], made: &Made<'_>) -> Wrongs {
    let mut unasked: HashMap<_, _> = made.0.iter().collect();
    for errand in errands {
        unasked.remove(&name(errand));
    }
    let orders = unasked.into_values().flatten();
    orders
        .map(|order| format!("nobody asked for {order:?}"))
        .collect()
}

fn unfit(order: &Entry) -> Option<String> {
    let fits = order.state == "fulfilled" && order.tokens == 1 && order.token_units == order.units;
    (!fits).then(|| format!("not fulfilled with one token: {order:?}"))
}

fn adds_up(stock: Stock, stall: &Stall, sold: i64) -> bool {
    stock.listed == i64::from(stall.units)
        && stock.sold == sold
        && stock.held == 0
        && stock.available >= 0
        && stock.available.checked_add(stock.sold) == Some(stock.listed)
}

#[cfg(test)]
mod tests;
