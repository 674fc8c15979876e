//! Each way in which a round can go wrong is noticed.

use std::time::Instant;

use super::*;
use crate::fair::AMPLE;
use crate::load::{Attempt, Bought};

const SCARCE: usize = 3;

/// Two orders with keys, one of them for the last two scarce units; one without; and one that came
/// too late.
struct Scene {
    stalls: Vec<Stall>,
    errands: Vec<Errand>,
    ledger: Ledger,
}

fn attempt(said: Said) -> Attempt {
    let now = Instant::now();
    Attempt {
        server: 0,
        began: now,
        ended: now,
        said,
    }
}

fn served(order: &str) -> Said {
    Said::Served(Bought {
        order: order.to_owned(),
        token: String::new(),
        replayed: false,
    })
}

fn errand(stall: usize, units: u32, key: Option<&str>, said: Said) -> Errand {
    Errand {
        buyer: 0,
        stall,
        units,
        key: key.map(str::to_owned),
        attempts: vec![attempt(said)],
    }
}

fn entry(id: &str, stall: usize, units: i64, key: Option<&str>) -> Entry {
    Entry {
        id: id.to_owned(),
        stall,
        key: key.map(str::to_owned),
        units,
        state: "fulfilled".to_owned(),
        tokens: 1,
        token_units: units,
    }
}

fn scene() -> Scene {
    let listed = [100, 100, 100, 2];
    let sold = [7, 3, 0, 2];
    let stock = |(listed, sold): (u32, u32)| Stock {
        listed: listed.into(),
        available: (listed - sold).into(),
        held: 0,
        sold: sold.into(),
    };
    Scene {
        stalls: listed
            .iter()
            .map(|units| Stall {
                listing: String::new(),
                units: *units,
            })
            .collect(),
        errands: vec![
            errand(AMPLE, 3, Some("a"), served("ord_a")),
            errand(SCARCE, 2, Some("b"), served("ord_b")),
            errand(KEYLESS, 7, None, served("ord_c")),
            errand(SCARCE, 1, Some("d"), Said::SoldOut),
        ],
        ledger: Ledger {
            orders: vec![
                entry("ord_a", AMPLE, 3, Some("a")),
                entry("ord_b", SCARCE, 2, Some("b")),
                entry("ord_c", KEYLESS, 7, None),
            ],
            stock: listed.into_iter().zip(sold).map(stock).collect(),
        },
    }
}

/// What is said of the scene once it has been changed.
fn said_of(change: impl FnOnce(&mut Scene)) -> String {
    let mut scene = scene();
    change(&mut scene);
    judge(&scene.stalls, &scene.errands, &scene.ledger).join("\n")
}

#[test]
fn nothing_is_said_of_a_round_that_went_well() {
    assert_eq!(said_of(|_| {}), "");
}

#[test]
fn a_lost_order_is_noticed() {
    let said = said_of(|scene| {
        scene.ledger.orders.remove(0);
    });
    assert!(said.contains("ord_a is not as acknowledged"), "{said}");
}

#[test]
fn an_order_for_other_units_is_noticed() {
    let said = said_of(|scene| scene.ledger.orders[0].units = 4);
    assert!(said.contains("ord_a is not as acknowledged"), "{said}");
    assert!(said.contains("another order than it was for"), "{said}");
}

#[test]
fn a_doubled_order_is_noticed_with_a_key_and_without() {
    for (stall, units, key) in [(AMPLE, 3, Some("a")), (KEYLESS, 7, None)] {
        let said = said_of(|scene| scene.ledger.orders.push(entry("ord_x", stall, units, key)));
        assert!(said.contains("made more than one order"), "{said}");
        assert!(said.contains("has sold"), "{said}");
    }
}

#[test]
fn an_order_after_a_refusal_is_noticed() {
    let said = said_of(|scene| {
        let order = entry("ord_d", SCARCE, 1, Some("d"));
        scene.ledger.orders.push(order);
    });
    assert!(said.contains("was refused and has made an order"), "{said}");
    assert!(said.contains("stall 3"), "{said}");
}

#[test]
fn one_order_told_to_two_is_noticed() {
    let said = said_of(|scene| scene.errands[3].attempts = vec![attempt(served("ord_b"))]);
    assert!(said.contains("two were told of ord_b"), "{said}");
}

#[test]
fn an_order_that_nobody_asked_for_is_noticed() {
    let said = said_of(|scene| {
        scene.errands.remove(1);
    });
    assert!(said.contains("nobody asked for"), "{said}");
}

#[test]
fn a_missing_or_second_token_is_noticed() {
    for tokens in [0, 2] {
        let said = said_of(|scene| scene.ledger.orders[1].tokens = tokens);
        assert!(said.contains("not fulfilled with one token"), "{said}");
    }
}

#[test]
fn a_refusal_while_there_are_units_is_noticed() {
    let said = said_of(|scene| scene.ledger.stock[SCARCE].available = 1);
    assert!(said.contains("refused though there are units"), "{said}");
}

#[test]
fn units_sold_twice_are_noticed() {
    let said = said_of(|scene| {
        scene.ledger.stock[SCARCE].sold = 3;
        scene.ledger.stock[SCARCE].available = -1;
    });
    assert!(said.contains("stall 3"), "{said}");
}

#[test]
fn an_improper_answer_is_noticed() {
    let said = said_of(|scene| {
        let nonsense = attempt(Said::Nonsense("401".to_owned()));
        scene.errands[0].attempts.insert(0, nonsense);
    });
    assert!(said.contains("what no answer may be"), "{said}");
}
