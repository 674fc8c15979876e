use proptest::prelude::*;

use super::*;
use crate::fixtures::{stock, units};

fn events() -> impl Strategy<Value = OrderEvent> {
    prop::sample::select(vec![
        OrderEvent::Paid(StockOnHand::Enough),
        OrderEvent::Paid(StockOnHand::Short),
        OrderEvent::Lapsed,
        OrderEvent::Canceled,
        OrderEvent::PaymentFailed,
        OrderEvent::Refunded(ReturnedUnits::ForSale),
        OrderEvent::Refunded(ReturnedUnits::StaySold),
        OrderEvent::DisputeLost,
        OrderEvent::DisputeReversed(FormerToken::Usable),
        OrderEvent::DisputeReversed(FormerToken::Revoked),
    ])
}

#[test]
fn a_payment_in_time_fulfils_and_a_late_one_fulfils_or_is_refunded() {
    let to = |state, stock| match transition(state, OrderEvent::Paid(stock)) {
        Transition::Move(step) => (step.to, step.stock, step.money),
        other => panic!("{other:?}"),
    };
    let sold = (
        OrderState::Fulfilled,
        StockEffect::HeldToSold,
        MoneyEffect::None,
    );
    assert_eq!(to(OrderState::AwaitingPayment, StockOnHand::Short), sold);
    for state in [OrderState::Expired, OrderState::Canceled] {
        let late = (
            OrderState::Fulfilled,
            StockEffect::AvailableToSold,
            MoneyEffect::None,
        );
        assert_eq!(to(state, StockOnHand::Enough), late);
        let owed = (
            OrderState::Refunded,
            StockEffect::None,
            MoneyEffect::GiveBack,
        );
        assert_eq!(to(state, StockOnHand::Short), owed);
    }
}

#[test]
fn a_buyer_can_cancel_until_the_payment_and_a_seller_refund_once_fulfilled() {
    for &state in OrderState::ALL {
        assert_eq!(state.is_cancelable(), state == OrderState::AwaitingPayment);
        assert_eq!(state.is_refundable(), state == OrderState::Fulfilled);
    }
}

#[test]
fn an_order_closes_its_charge_exactly_if_it_ends_unpaid() {
    for &state in OrderState::ALL {
        let unpaid = matches!(state, OrderState::Expired | OrderState::Canceled);
        assert_eq!(state.closes_charge(), unpaid);
        assert_eq!(state.is_closed(), unpaid || state == OrderState::Refunded);
    }
}

#[test]
fn a_late_payment_needs_as_many_units_as_the_order_is_for() {
    let on_hand = |count| StockOnHand::of(stock(count), units(3));
    assert_eq!(on_hand(2), StockOnHand::Short);
    assert_eq!(on_hand(3), StockOnHand::Enough);
}

proptest! {
    #[test]
    fn a_repeated_event_changes_nothing_more(
        history in prop::collection::vec(events(), 0..12),
        event in events(),
    ) {
        let step = |state, event| match transition(state, event) {
            Transition::Move(step) => step.to,
            Transition::Unchanged | Transition::Refused => state,
        };
        let state = history.into_iter().fold(OrderState::AwaitingPayment, step);
        let once = step(state, event);
        prop_assert_eq!(step(once, event), once);
    }

    #[test]
    fn units_money_and_tokens_balance_over_any_history(
        history in prop::collection::vec(events(), 0..30),
    ) {
        let (mut state, mut held, mut sold, mut live_tokens, mut kept) =
            (OrderState::AwaitingPayment, 1_i32, 0_i32, 0_i32, 0_i32);
        let mut was_lost = false;
        for event in history {
            if event == OrderEvent::DisputeReversed(FormerToken::Revoked) {
                continue;
            }
            if event == OrderEvent::DisputeReversed(FormerToken::Usable) && !was_lost {
                continue;
            }
            let Transition::Move(step) = transition(state, event) else { continue };
            if matches!(event, OrderEvent::Paid(_)) {
                kept += 1;
            }
            match step.stock {
                StockEffect::None => {}
                StockEffect::HeldToSold => { held -= 1; sold += 1; }
                StockEffect::HeldToAvailable => held -= 1,
                StockEffect::AvailableToSold => sold += 1,
                StockEffect::SoldToAvailable => sold -= 1,
            }
            match step.token {
                TokenEffect::None => {}
                TokenEffect::Issue => live_tokens += 1,
                TokenEffect::Revoke => live_tokens -= 1,
                TokenEffect::Restore => { live_tokens += 1; kept += 1; }
            }
            was_lost = event == OrderEvent::DisputeLost;
            if step.money == MoneyEffect::GiveBack || event == OrderEvent::DisputeLost {
                kept -= 1;
            }
            state = step.to;
            prop_assert_eq!(held, i32::from(state == OrderState::AwaitingPayment));
            prop_assert_eq!(live_tokens, i32::from(state == OrderState::Fulfilled));
            prop_assert_eq!(kept, i32::from(state == OrderState::Fulfilled));
            prop_assert!(sold == 1 || state != OrderState::Fulfilled);
        }
    }

    #[test]
    fn an_order_has_a_token_and_a_payment_as_its_fulfillment_says(
        history in prop::collection::vec(events(), 0..12),
    ) {
        let (mut state, mut has_token, mut was_paid) = (OrderState::AwaitingPayment, false, false);
        for event in history {
            if matches!(event, OrderEvent::DisputeReversed(_)) {
                continue;
            }
            let Transition::Move(step) = transition(state, event) else { continue };
            was_paid |= matches!(event, OrderEvent::Paid(_));
            match step.token {
                TokenEffect::None => {}
                TokenEffect::Issue | TokenEffect::Restore => has_token = true,
                TokenEffect::Revoke => has_token = false,
            }
            state = step.to;
            match state.fulfillment() {
                Fulfillment::Never => prop_assert!(!has_token && !was_paid),
                Fulfillment::Current => prop_assert!(has_token && was_paid),
                Fulfillment::Former => prop_assert!(!has_token && was_paid),
            }
        }
    }
}
