use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::fixtures::{account_id, at, call_id, key_id, listing_id, token_id, units};
use crate::gateway::{
    CallCost, CallOutcome, CallPath, ChargeRule, GatewayTerms, Head, Method, TermsVersion,
    TokenUnits, VersionedTerms, charge,
};
use crate::listing::ListingState;
use crate::token::TokenState;

const TOKENS: u8 = 3;

/// A call that is drawn, and the way it ends; `None` if it stays open.
#[derive(Debug, Clone)]
struct Step {
    key: u8,
    end: Option<Head>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let head = prop::option::of(0..12_u32).prop_map(|declared_units| Head {
        status: 200,
        declared_units,
    });
    let end = prop::option::of(head);
    let step = (0..TOKENS * 2, end).prop_map(|(key, end)| Step { key, end });
    prop::collection::vec(step, 0..80)
}

/// Each token has two keys, of which the second may spend six units.
fn batch(bought: i64) -> CallBatch {
    let terms = GatewayTerms {
        cost: CallCost::new(units(2), Some(units(4))).unwrap(),
        charge: ChargeRule::Success,
        ..GatewayTerms::default()
    };
    let terms = Arc::new(VersionedTerms {
        version: TermsVersion::FIRST,
        terms,
    });
    let tokens = (0..TOKENS).map(|n| TokenSnapshot {
        is_suspended: false,
        id: token_id(n.into()),
        listing_id: listing_id(1),
        buyer_id: account_id(1),
        seller_id: account_id(2),
        state: TokenState::Active,
        expires_at: at(1_000),
        listing_state: ListingState::Active,
        terms: Arc::clone(&terms),
        balance: Balance::unused(units(bought)),
        free_at: None,
    });
    let keys = (0..TOKENS * 2).map(|n| KeySnapshot {
        id: key_id(n.into()),
        token_id: token_id(u128::from(n / 2)),
        digest: AccessKeyDigest::new([n; 32]),
        max_units: (n % 2 == 1).then(|| units(6)),
        taken: 0,
        expires_at: None,
        is_deleted: false,
    });
    CallBatch::new(tokens, keys)
}

fn request(number: u8, key: u8) -> DrawCall {
    DrawCall {
        call_id: call_id(number.into()),
        listing_id: listing_id(1),
        key: AccessKeyDigest::new([key; 32]),
        method: Method::Get,
        path: CallPath::new("/".to_owned()).unwrap(),
        at: at(0),
        deadline: at(120),
    }
}

proptest! {
    #[test]
    fn units_drawn_open_and_left_are_those_bought_whatever_is_called(
        bought in 1..60_i64,
        steps in steps(),
    ) {
        let mut batch = batch(bought);
        let (mut open, mut charged) = ([0_u32; 3], [0_u32; 3]);
        let mut spent_by_limited = [0_u32; 3];
        for (number, step) in (0..).zip(steps) {
            let token = usize::from(step.key / 2);
            let Ok(drawn) = batch.draw(&request(number, step.key)) else {
                continue;
            };
            open[token] += drawn.taken.get();
            let is_limited = step.key % 2 == 1;
            let call = OpenCall::of(&drawn);
            let mut cost = drawn.taken.get();
            if let Some(head) = step.end {
                let terms = &drawn.terms.terms;
                let outcome = CallOutcome::Answered(head);
                let settled = charge(terms.charge, terms.cost, drawn.taken, outcome);
                prop_assert!(batch.settle(&call, settled));
                open[token] -= drawn.taken.get();
                charged[token] += settled.units;
                cost = settled.units;
                // More is not given back than was taken.
                let returned = Settlement { units: 0, ..settled };
                if open[token] + charged[token] < drawn.taken.get() {
                    prop_assert!(!batch.settle(&call, returned));
                }
            }
            if is_limited {
                spent_by_limited[token] += cost;
            }
        }
        let bought = units(bought);
        for n in 0..TOKENS {
            let token = usize::from(n);
            let balance = batch.token(token_id(n.into())).unwrap().balance;
            let split = TokenUnits::new(balance, open[token]).unwrap();
            prop_assert_eq!(split.charged().get(), charged[token]);
            prop_assert_eq!(split.left().get() + open[token] + charged[token], bought.get());
            prop_assert!(spent_by_limited[token] <= 6);
        }
        for (key, taken) in batch.changed().keys {
            let n = (0..TOKENS * 2).find(|n| key_id(u128::from(*n)) == key).unwrap();
            prop_assert_eq!(taken, spent_by_limited[usize::from(n / 2)]);
        }
    }
}

#[test]
fn a_key_that_is_not_known_and_a_token_that_is_not_loaded_are_refused() {
    let mut batch = batch(5);
    assert_eq!(batch.draw(&request(1, 9)), Err(DrawRefused::InvalidKey));
    batch.tokens.clear();
    assert_eq!(batch.draw(&request(1, 0)), Err(DrawRefused::InvalidKey));
    assert_eq!(batch.changed(), Changed::default());
}

#[test]
fn a_token_runs_low_with_the_call_that_leaves_a_tenth_and_not_again_with_the_next() {
    let mut batch = batch(20);
    for number in 1..=20_u8 {
        let Ok(drawn) = batch.draw(&request(number, 0)) else {
            break;
        };
        let low = batch.changed().ran_low;
        let expected = (drawn.left.get() <= 2).then_some((drawn.token_id, drawn.buyer_id));
        assert_eq!(low, Vec::from_iter(expected), "{} left", drawn.left);
    }
    let tokens = batch.tokens.clone();
    let keys = batch.keys.clone();
    let mut next = CallBatch::new(tokens.into_values(), keys.into_values());
    drop(next.draw(&request(30, 0)));
    assert!(next.changed().ran_low.is_empty());
}
