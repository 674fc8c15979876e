use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, charge_id, order_id, refund_id, usd};
use crate::order::OrderState;
use crate::payment::{Dispute, DisputeState, PaidOrder, PaidToken, ProviderReference, RefundState};
use crate::token::TokenState;

fn to_refund(number: u128, minor: i64) -> OrderToRefund {
    OrderToRefund {
        id: order_id(number),
        route: PaymentRoute::Tab,
        total: usd(minor),
    }
}

/// A paid charge for orders of these prices.
fn paid(prices: &[i64]) -> PaidCharge {
    let order = |(minor, number): (&i64, u128)| PaidOrder {
        id: order_id(number),
        state: OrderState::Fulfilled,
        total: usd(*minor),
        own: number == 1,
        token: Some(PaidToken {
            state: TokenState::Active,
            expires_at: at(1_000),
        }),
        refunded: usd(0),
    };
    PaidCharge {
        id: charge_id(1),
        payment: ProviderReference::new("pi_1".into()),
        total: usd(prices.iter().sum()),
        reported: usd(0),
        refunds: Vec::new(),
        disputes: Vec::new(),
        orders: prices.iter().zip(1..).map(order).collect(),
    }
}

/// A refund that an operator has made at the provider, for no order in particular.
fn given(minor: i64) -> Refund {
    Refund::at_provider(refund_id(1), usd(minor))
}

fn owed(order: &OrderToRefund, charge: PaidCharge) -> Refund {
    let charge = Some(ChargeToRefund::Paid(charge));
    match give_back(order, charge, refund_id(9)) {
        GiveBack::ThroughProvider(mut refunds) => {
            assert_eq!(refunds.len(), 1);
            refunds.remove(0)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_refund_of_an_unpaid_order_comes_off_the_tab() {
    let off = GiveBack::OffTheTab(usd(3_00));
    assert_eq!(give_back(&to_refund(1, 3_00), None, refund_id(9)), off);
    for state in [ChargeState::Open, ChargeState::Closed] {
        let unpaid = || Some(ChargeToRefund::Unpaid(state));
        assert_eq!(give_back(&to_refund(1, 3_00), unpaid(), refund_id(9)), off);
        // An order that was to be paid first was never on the tab.
        let checkout = OrderToRefund {
            route: PaymentRoute::Checkout,
            ..to_refund(1, 3_00)
        };
        let back = give_back(&checkout, unpaid(), refund_id(9));
        assert_eq!(back, GiveBack::Nothing);
    }
}

#[test]
fn the_refund_of_a_paid_order_goes_through_the_provider() {
    let refund = owed(&to_refund(2, 3_00), paid(&[10_00, 3_00]));
    let expected = Refund::owed(refund_id(9), Some(order_id(2)), usd(3_00));
    assert_eq!(refund, expected);
}

#[test]
fn an_amount_refunded_by_an_operator_is_not_refunded_again() {
    for (elsewhere, left, state) in [
        (2_00, 10_00, RefundState::Owed),
        (4_00, 9_00, RefundState::Owed),
        (12_99, 1, RefundState::Owed),
        (13_00, 0, RefundState::Covered),
    ] {
        let mut charge = paid(&[10_00, 3_00]);
        charge.refunds.push(given(elsewhere));
        let refund = owed(&to_refund(1, 10_00), charge);
        assert_eq!((refund.amount, refund.state), (usd(left), state));
        assert_eq!(refund.wanted, usd(10_00));
    }
}

#[test]
fn a_disputed_payment_is_not_refunded() {
    let mut charge = paid(&[10_00]);
    charge.disputes.push(Dispute {
        reference: ProviderReference::new("du_1".into()),
        amount: usd(3_00),
        state: DisputeState::Open,
        reported_at: at(0),
        orders: Vec::new(),
    });
    let disputed = Some(ChargeToRefund::Paid(charge.clone()));
    let back = give_back(&to_refund(1, 10_00), disputed, refund_id(9));
    assert_eq!(back, GiveBack::Disputed);
    let disputed = Some(ChargeToRefund::Paid(charge.clone()));
    let held = Refund {
        state: RefundState::Held,
        ..Refund::owed(refund_id(9), Some(order_id(1)), usd(10_00))
    };
    assert_eq!(
        give_back_revoked(&to_refund(1, 10_00), disputed, refund_id(9)),
        GiveBack::ThroughProvider(vec![held])
    );
    for state in [
        DisputeState::Inquiry,
        DisputeState::Won,
        DisputeState::Closed,
    ] {
        charge.disputes[0].state = state;
        assert_eq!(
            owed(&to_refund(1, 10_00), charge.clone()).amount,
            usd(10_00)
        );
    }
    charge.disputes[0].state = DisputeState::Lost;
    assert_eq!(owed(&to_refund(1, 10_00), charge).amount, usd(7_00));
}

proptest! {
    /// Orders of one charge are refunded one after the other, while an operator gives some back as well.
    #[test]
    fn a_payment_is_refunded_in_full_once_and_no_more(
        prices in prop::collection::vec(1..500_i64, 1..6),
        by_operator in 0..800_i64,
    ) {
        let total: i64 = prices.iter().sum();
        let by_operator = by_operator.min(total);
        let mut charge = paid(&prices);
        if by_operator > 0 {
            charge.refunds.push(given(by_operator));
        }
        for (price, number) in prices.iter().zip(1..) {
            let to_refund = to_refund(number, *price);
            let id = refund_id(number + 10);
            let state = Some(ChargeToRefund::Paid(charge.clone()));
            let GiveBack::ThroughProvider(refunds) = give_back(&to_refund, state, id) else {
                panic!("it was paid");
            };
            for refund in refunds {
                charge.refunds.retain(|known| known.id != refund.id);
                charge.refunds.push(refund);
            }
            prop_assert!(charge.left() + charge.unsent() <= total);
        }
        prop_assert_eq!(charge.left() + charge.unsent(), total);
    }
}
