//! Each way in which a round can go wrong is found.

use std::time::Instant;

use super::*;
use crate::catalogue::AMPLE;
use crate::load::{OrderRequest, PlacedOrder};

const SCARCE: usize = 3;

/// Two orders with keys, one of them for the last two scarce units; one without a key; and one that was
/// rejected.
struct Round {
    listings: Vec<Listing>,
    attempts: Vec<OrderAttempt>,
    snapshot: Snapshot,
}

fn request(outcome: Outcome) -> OrderRequest {
    let now = Instant::now();
    OrderRequest {
        server: 0,
        started: now,
        ended: now,
        outcome,
    }
}

fn placed(order: &str) -> Outcome {
    Outcome::Placed(PlacedOrder {
        order: order.to_owned(),
        token: String::new(),
        replayed: false,
    })
}

fn attempt(listing: usize, units: u32, key: Option<&str>, outcome: Outcome) -> OrderAttempt {
    OrderAttempt {
        buyer: 0,
        listing,
        units,
        key: key.map(str::to_owned),
        requests: vec![request(outcome)],
    }
}

fn order(id: &str, listing: usize, units: i64, key: Option<&str>) -> OrderRow {
    OrderRow {
        id: id.to_owned(),
        listing,
        key: key.map(str::to_owned),
        units,
        state: "fulfilled".to_owned(),
        tokens: 1,
        token_units: units,
    }
}

fn round() -> Round {
    let listed = [100, 100, 100, 2];
    let sold = [7, 3, 0, 2];
    let stock = |(listed, sold): (u32, u32)| StockRow {
        listed: listed.into(),
        available: (listed - sold).into(),
        held: 0,
        sold: sold.into(),
    };
    Round {
        listings: listed
            .iter()
            .map(|units| Listing {
                id: String::new(),
                units: *units,
            })
            .collect(),
        attempts: vec![
            attempt(AMPLE, 3, Some("a"), placed("ord_a")),
            attempt(SCARCE, 2, Some("b"), placed("ord_b")),
            attempt(KEYLESS, 7, None, placed("ord_c")),
            attempt(SCARCE, 1, Some("d"), Outcome::SoldOut),
        ],
        snapshot: Snapshot {
            orders: vec![
                order("ord_a", AMPLE, 3, Some("a")),
                order("ord_b", SCARCE, 2, Some("b")),
                order("ord_c", KEYLESS, 7, None),
            ],
            stock: listed.into_iter().zip(sold).map(stock).collect(),
        },
    }
}

/// The violations of the round after a change.
fn violations_after(change: impl FnOnce(&mut Round)) -> String {
    let mut round = round();
    change(&mut round);
    check(&round.listings, &round.attempts, &round.snapshot).join("\n")
}

#[test]
fn a_round_that_went_well_has_no_violations() {
    assert_eq!(violations_after(|_| {}), "");
}

#[test]
fn a_lost_order_is_found() {
    let found = violations_after(|round| {
        round.snapshot.orders.remove(0);
    });
    assert!(found.contains("ord_a is not as acknowledged"), "{found}");
}

#[test]
fn an_order_for_other_units_is_found() {
    let found = violations_after(|round| round.snapshot.orders[0].units = 4);
    assert!(found.contains("ord_a is not as acknowledged"), "{found}");
    assert!(found.contains("another order than requested"), "{found}");
}

#[test]
fn a_doubled_order_is_found_with_a_key_and_without() {
    for (listing, units, key) in [(AMPLE, 3, Some("a")), (KEYLESS, 7, None)] {
        let found = violations_after(|round| {
            let doubled = order("ord_x", listing, units, key);
            round.snapshot.orders.push(doubled);
        });
        assert!(found.contains("placed more than one order"), "{found}");
        assert!(found.contains("has orders of"), "{found}");
    }
}

#[test]
fn an_order_after_a_rejection_is_found() {
    let found = violations_after(|round| {
        let order = order("ord_d", SCARCE, 1, Some("d"));
        round.snapshot.orders.push(order);
    });
    assert!(
        found.contains("was rejected and has placed an order"),
        "{found}"
    );
    assert!(found.contains("listing 3"), "{found}");
}

#[test]
fn an_order_acknowledged_twice_is_found() {
    let found =
        violations_after(|round| round.attempts[3].requests = vec![request(placed("ord_b"))]);
    assert!(
        found.contains("ord_b was acknowledged to two attempts"),
        "{found}"
    );
}

#[test]
fn an_order_that_nobody_requested_is_found() {
    let found = violations_after(|round| {
        round.attempts.remove(1);
    });
    assert!(found.contains("no attempt has requested"), "{found}");
}

#[test]
fn a_missing_or_second_token_is_found() {
    for tokens in [0, 2] {
        let found = violations_after(|round| round.snapshot.orders[1].tokens = tokens);
        assert!(found.contains("not fulfilled with one token"), "{found}");
    }
}

#[test]
fn a_rejection_while_there_are_units_is_found() {
    let found = violations_after(|round| round.snapshot.stock[SCARCE].available = 1);
    assert!(found.contains("rejected though there are units"), "{found}");
}

#[test]
fn units_sold_twice_are_found() {
    let found = violations_after(|round| {
        round.snapshot.stock[SCARCE].sold = 3;
        round.snapshot.stock[SCARCE].available = -1;
    });
    assert!(found.contains("listing 3"), "{found}");
}

#[test]
fn an_unexpected_response_is_found() {
    let found = violations_after(|round| {
        let unexpected = request(Outcome::Unexpected("401".to_owned()));
        round.attempts[0].requests.insert(0, unexpected);
    });
    assert!(found.contains("unexpected response"), "{found}");
}
