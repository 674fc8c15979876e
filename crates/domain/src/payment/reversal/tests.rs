use proptest::prelude::*;

use super::*;
use crate::fixtures::{order_id, usd};
use crate::money::Currency;
use crate::order::{MoneyEffect, StockEffect, TokenEffect};

const TOTAL: i64 = 13_00;

/// A paid charge of 13.00 for order 1, which carries orders 2 and 3; order 3 was refunded since.
fn paid() -> PaidCharge {
    let order = |number, state| PaidOrder {
        id: order_id(number),
        state,
    };
    PaidCharge {
        total: usd(TOTAL),
        refunded: usd(0),
        dispute: None,
        orders: vec![
            order(1, OrderState::Fulfilled),
            order(2, OrderState::Fulfilled),
            order(3, OrderState::Refunded),
        ],
    }
}

fn disputed(dispute: Option<DisputeState>) -> PaidCharge {
    PaidCharge { dispute, ..paid() }
}

fn moved(reversed: &Reversed) -> Vec<(OrderId, OrderState)> {
    let moves = reversed.moves.iter();
    moves.map(|(id, step)| (*id, step.to)).collect()
}

#[test]
fn a_partial_refund_is_recorded_and_changes_nothing_else() {
    let reversed = reverse(&paid(), Reversal::Refunded(usd(TOTAL - 1))).unwrap();
    assert_eq!(reversed.refunded, usd(TOTAL - 1));
    assert_eq!(reversed.dispute, None);
    assert!(reversed.moves.is_empty() && reversed.tokens.is_none());
}

#[test]
fn once_all_of_it_has_gone_back_every_order_is_refunded_and_its_token_revoked() {
    let reversed = reverse(&paid(), Reversal::Refunded(usd(TOTAL))).unwrap();
    assert_eq!(reversed.refunded, usd(TOTAL));
    let refunded = [1, 2].map(|number| (order_id(number), OrderState::Refunded));
    assert_eq!(moved(&reversed), refunded);
    for (_, step) in &reversed.moves {
        assert_eq!(step.token, TokenEffect::Revoke);
        // The buyer may have used them.
        assert_eq!(step.stock, StockEffect::None);
    }
}

#[test]
fn refunded_amounts_are_cumulative_and_an_older_one_is_ignored() {
    let known = PaidCharge {
        refunded: usd(5_00),
        ..paid()
    };
    let older = reverse(&known, Reversal::Refunded(usd(4_00))).unwrap();
    assert_eq!(older.refunded, usd(5_00));
    let more = reverse(&known, Reversal::Refunded(usd(6_00))).unwrap();
    assert_eq!(more.refunded, usd(6_00));
    // More than was paid cannot go back.
    let too_much = reverse(&known, Reversal::Refunded(usd(TOTAL + 1))).unwrap();
    assert_eq!(too_much.refunded, usd(TOTAL));
    assert_eq!(too_much.moves.len(), 2);
}

#[test]
fn a_sum_in_another_currency_is_an_error() {
    let yen = Money::new(TOTAL, "JPY".parse::<Currency>().unwrap());
    assert!(reverse(&paid(), Reversal::Refunded(yen)).is_err());
}

#[test]
fn a_dispute_suspends_active_tokens_and_a_won_one_restores_them() {
    let opened = reverse(&paid(), Reversal::Disputed).unwrap();
    assert_eq!(opened.dispute, Some(DisputeState::Open));
    let orders = [1, 2, 3].map(order_id).to_vec();
    let suspend = TokenChange {
        orders: orders.clone(),
        from: TokenState::Active,
        to: TokenState::Suspended,
    };
    assert_eq!(opened.tokens, Some(suspend));
    let won = reverse(&disputed(opened.dispute), Reversal::DisputeWon).unwrap();
    assert_eq!(won.dispute, Some(DisputeState::Won));
    let restore = TokenChange {
        orders,
        from: TokenState::Suspended,
        to: TokenState::Active,
    };
    assert_eq!(won.tokens, Some(restore));
    for reversed in [opened, won] {
        assert!(reversed.moves.is_empty());
        assert_eq!(reversed.refunded, usd(0));
    }
}

#[test]
fn a_lost_dispute_refunds_every_order_and_owes_nothing_for_it() {
    let lost = reverse(&disputed(Some(DisputeState::Open)), Reversal::DisputeLost).unwrap();
    assert_eq!(lost.dispute, Some(DisputeState::Lost));
    let refunded = [1, 2].map(|number| (order_id(number), OrderState::Refunded));
    assert_eq!(moved(&lost), refunded);
    for (_, step) in &lost.moves {
        assert_eq!(
            (step.token, step.money),
            (TokenEffect::Revoke, MoneyEffect::None)
        );
    }
    // The moves see to the tokens of their orders: only the others are no longer suspended.
    let restored = lost.tokens.map(|change| change.orders);
    assert_eq!(restored, Some(vec![order_id(3)]));
}

#[test]
fn the_end_of_a_dispute_reported_before_its_beginning_stands() {
    for (end, state) in [
        (Reversal::DisputeWon, DisputeState::Won),
        (Reversal::DisputeLost, DisputeState::Lost),
    ] {
        let ended = reverse(&paid(), end).unwrap();
        assert_eq!((ended.dispute, ended.tokens), (Some(state), None));
        let begun = reverse(&disputed(Some(state)), Reversal::Disputed).unwrap();
        assert_eq!((begun.dispute, begun.tokens), (Some(state), None));
        assert!(begun.moves.is_empty());
    }
}

fn reversals() -> impl Strategy<Value = Vec<Reversal>> {
    let reversal = prop_oneof![
        (0..TOTAL + 200).prop_map(|minor| Reversal::Refunded(usd(minor))),
        Just(Reversal::Refunded(usd(TOTAL))),
        Just(Reversal::Disputed),
        Just(Reversal::DisputeWon),
        Just(Reversal::DisputeLost),
    ];
    prop::collection::vec(reversal, 0..10)
}

/// Applies a reversal as a store does.
fn apply(charge: &mut PaidCharge, tokens: &mut [TokenState], reversal: Reversal) {
    let reversed = reverse(charge, reversal).unwrap();
    charge.refunded = reversed.refunded;
    charge.dispute = reversed.dispute;
    for (order, token) in charge.orders.iter_mut().zip(tokens) {
        if let Some((_, step)) = reversed.moves.iter().find(|(id, _)| *id == order.id) {
            order.state = step.to;
            if step.token == TokenEffect::Revoke {
                *token = TokenState::Revoked;
            }
        }
        if let Some(change) = &reversed.tokens
            && change.orders.contains(&order.id)
            && *token == change.from
        {
            *token = change.to;
        }
    }
}

proptest! {
    #[test]
    fn after_any_events_tokens_are_active_exactly_while_paid_and_undisputed(
        history in reversals(),
    ) {
        let mut charge = paid();
        let mut tokens = [TokenState::Active, TokenState::Active, TokenState::Revoked];
        let (mut most, mut lost) = (0, false);
        for reversal in history {
            apply(&mut charge, &mut tokens, reversal);
            if let Reversal::Refunded(told) = reversal {
                most = most.max(told.minor().min(TOTAL));
            }
            lost |= reversal == Reversal::DisputeLost;
            prop_assert_eq!(charge.refunded, usd(most));
            for (order, token) in charge.orders.iter().zip(tokens) {
                let over = most == TOTAL || lost || order.id == order_id(3);
                prop_assert_eq!(order.state == OrderState::Refunded, over);
                let expected = match charge.dispute {
                    _ if over => TokenState::Revoked,
                    Some(DisputeState::Open) => TokenState::Suspended,
                    _ => TokenState::Active,
                };
                prop_assert_eq!(token, expected);
            }
        }
    }

    #[test]
    fn a_repeated_event_changes_nothing(history in reversals()) {
        let mut charge = paid();
        let mut tokens = [TokenState::Active, TokenState::Active, TokenState::Revoked];
        for reversal in history {
            apply(&mut charge, &mut tokens, reversal);
            let before = (charge.clone(), tokens);
            apply(&mut charge, &mut tokens, reversal);
            prop_assert_eq!((charge.clone(), tokens), before);
        }
    }
}
