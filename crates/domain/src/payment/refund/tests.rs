use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, charge_id, order_id, refund_id, usd};

fn order(minor: i64) -> OrderToRefund {
    OrderToRefund {
        id: order_id(1),
        route: PaymentRoute::Tab,
        total: usd(minor),
    }
}

/// A charge of 13.00 that was paid, with what the provider has reported and the refunds of ours.
fn paid(reported: i64, refunds: &[(i64, RefundProgress)]) -> ChargeToRefund {
    let refund = |(minor, progress): &(i64, RefundProgress)| RefundSnapshot {
        amount: usd(*minor),
        progress: *progress,
    };
    ChargeToRefund {
        id: charge_id(1),
        state: ChargeState::Paid,
        total: usd(13_00),
        refunded: usd(reported),
        refunds: refunds.iter().map(refund).collect(),
    }
}

fn back(order: &OrderToRefund, charge: Option<&ChargeToRefund>) -> GiveBack {
    give_back(order, charge, refund_id(9), at(5)).unwrap()
}

/// Minor units owed through the provider, and those refunded elsewhere already.
fn owed(minor: i64, charge: &ChargeToRefund) -> Option<(i64, i64)> {
    match back(&order(minor), Some(charge)) {
        GiveBack::ThroughProvider(new) => Some((new.amount.minor(), new.given_elsewhere.minor())),
        GiveBack::Nothing => None,
        GiveBack::OffTheTab(_) => panic!("it was paid for"),
    }
}

#[test]
fn the_refund_of_an_unpaid_order_comes_off_the_tab() {
    assert_eq!(back(&order(3_00), None), GiveBack::OffTheTab(usd(3_00)));
    for state in [ChargeState::Open, ChargeState::Closed] {
        let unpaid = ChargeToRefund {
            state,
            ..paid(0, &[])
        };
        let off = GiveBack::OffTheTab(usd(3_00));
        assert_eq!(back(&order(3_00), Some(&unpaid)), off);
        // An order that was to be paid first was never on the tab.
        let checkout = OrderToRefund {
            route: PaymentRoute::Checkout,
            ..order(3_00)
        };
        assert_eq!(back(&checkout, Some(&unpaid)), GiveBack::Nothing);
    }
}

#[test]
fn the_refund_of_a_paid_order_goes_through_the_provider() {
    for route in [PaymentRoute::Tab, PaymentRoute::Checkout] {
        let order = OrderToRefund {
            route,
            ..order(10_00)
        };
        let new = NewRefund {
            id: refund_id(9),
            charge_id: charge_id(1),
            order_id: Some(order_id(1)),
            amount: usd(10_00),
            given_elsewhere: usd(0),
            created_at: at(5),
        };
        assert_eq!(
            back(&order, Some(&paid(0, &[]))),
            GiveBack::ThroughProvider(new)
        );
    }
}

#[test]
fn an_amount_refunded_by_an_operator_is_not_refunded_again() {
    assert_eq!(owed(10_00, &paid(2_00, &[])), Some((10_00, 0)));
    assert_eq!(owed(10_00, &paid(4_00, &[])), Some((9_00, 1_00)));
    assert_eq!(owed(10_00, &paid(12_99, &[])), Some((1, 9_99)));
    assert_eq!(owed(10_00, &paid(13_00, &[])), None);
}

#[test]
fn claimed_and_given_refunds_do_not_count_as_an_operators() {
    use RefundProgress::{Claimed, Given, Owed};

    // The provider has reported 10.00 that it was asked for, or may have been.
    assert_eq!(owed(3_00, &paid(10_00, &[(10_00, Given)])), Some((3_00, 0)));
    assert_eq!(
        owed(3_00, &paid(10_00, &[(10_00, Claimed)])),
        Some((3_00, 0))
    );
    // Nobody has asked for it: those 10.00 are an operator's.
    assert_eq!(
        owed(3_00, &paid(10_00, &[(2_00, Owed)])),
        Some((1_00, 2_00))
    );
    // It has not reported them yet.
    assert_eq!(owed(3_00, &paid(0, &[(10_00, Given)])), Some((3_00, 0)));
    assert_eq!(owed(3_00, &paid(0, &[(11_00, Owed)])), Some((2_00, 1_00)));
    assert_eq!(owed(3_00, &paid(0, &[(13_00, Owed)])), None);
}

#[test]
fn amounts_in_two_currencies_are_an_error() {
    let yen = OrderToRefund {
        total: Money::new(100, "JPY".parse().unwrap()),
        ..order(0)
    };
    assert!(give_back(&yen, Some(&paid(0, &[])), refund_id(9), at(5)).is_err());
}

fn progress() -> impl Strategy<Value = RefundProgress> {
    prop::sample::select(vec![
        RefundProgress::Owed,
        RefundProgress::Claimed,
        RefundProgress::Given,
    ])
}

proptest! {
    /// Orders of one charge are refunded one after the other, while an operator gives some back as well.
    #[test]
    fn a_payment_is_refunded_in_full_once_and_no_more(
        totals in prop::collection::vec((1..500_i64, progress()), 1..6),
        by_operator in 0..800_i64,
    ) {
        let total: i64 = totals.iter().map(|(minor, _)| minor).sum();
        let by_operator = by_operator.min(total);
        let mut charge = ChargeToRefund {
            total: usd(total),
            refunded: usd(by_operator),
            ..paid(0, &[])
        };
        let mut given = by_operator;
        for (minor, progress) in totals {
            let before = given;
            if let GiveBack::ThroughProvider(new) = back(&order(minor), Some(&charge)) {
                prop_assert!(new.amount.minor() > 0);
                prop_assert_eq!(new.amount.minor() + new.given_elsewhere.minor(), minor);
                charge.refunds.push(RefundSnapshot { amount: new.amount, progress });
                given += new.amount.minor();
                if progress != RefundProgress::Owed {
                    // The provider was asked for it, and reports it with the rest.
                    charge.refunded = charge.refunded.checked_add(new.amount).unwrap();
                }
            }
            prop_assert!(given <= total);
            prop_assert!(given - before == minor || given == total);
        }
        prop_assert_eq!(given, total);
    }
}
