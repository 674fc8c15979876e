use super::*;
use crate::money::{Currency, Money};
use OrderState::{Fulfilled, Refunded};
use RefundOutcome::{Failed, Given, Pending};

#[test]
fn a_partial_sum_is_recorded_and_a_late_one_changes_nothing() {
    let mut stored = Stored::paid(&[10_00]);
    for (told, known) in [(2_00, 2_00), (5_00, 5_00), (3_00, 5_00), (5_00, 5_00)] {
        stored.apply(&sum(told), 2);
        assert_eq!(stored.refunded(), [known]);
        assert_eq!(stored.states(), [Fulfilled]);
    }
    // More than was paid cannot go back.
    stored.apply(&sum(10_01), 3);
    assert_eq!(stored.charge.reported, usd(10_00));
    assert_eq!(
        (stored.states(), stored.tokens()),
        (vec![Refunded], vec![TokenState::Revoked])
    );
    assert_eq!(stored.owed(), [0; 0]);
}

#[test]
fn once_all_of_it_has_gone_back_every_order_is_refunded() {
    let mut stored = Stored::paid(&[10_00, 3_00, 2_00]);
    stored.apply(&sum(15_00), 2);
    assert_eq!(stored.states(), [Refunded; 3]);
    assert_eq!(stored.refunded(), [10_00, 3_00, 2_00]);
    assert_eq!(stored.alerts, []);
}

#[test]
fn a_refund_of_what_one_order_costs_is_of_that_order() {
    for at_once in [true, false] {
        let mut stored = Stored::paid(&[10_00, 3_00]);
        if at_once {
            stored.apply(&sum(10_00), 2);
        } else {
            stored.apply(&by_operator("re_1", 10_00, Given), 2);
        }
        assert_eq!(stored.states(), [Refunded, Fulfilled]);
        assert_eq!(stored.refunded(), [10_00, 0]);
        assert_eq!((stored.owed(), stored.alerts), (vec![], vec![]));
    }
}

#[test]
fn the_sum_and_the_refund_that_it_consists_of_are_one_refund_in_any_order() {
    let reports = [sum(3_00), by_operator("re_1", 3_00, Given)];
    for order in [[0, 1], [1, 0]] {
        let mut stored = Stored::paid(&[10_00, 3_00]);
        for index in order {
            stored.apply(&reports[index], 2);
        }
        assert_eq!(stored.refunded(), [0, 3_00], "{order:?}");
        assert_eq!(stored.states(), [Fulfilled, Refunded]);
        assert_eq!(stored.charge.left(), 3_00);
    }
}

#[test]
fn a_refund_for_no_order_in_particular_changes_none_and_raises_an_alert() {
    // Two orders cost the same, or none costs as much.
    for (prices, amount) in [([10_00, 3_00, 3_00], 3_00), ([10_00, 3_00, 2_00], 4_00)] {
        let mut stored = Stored::paid(&prices);
        stored.apply(&by_operator("re_1", amount, Given), 2);
        assert_eq!(stored.states(), [Fulfilled; 3]);
        assert_eq!(stored.refunded(), [0; 3]);
        assert_eq!(stored.alerts, [AlertKind::RefundUnattributed]);
        // The same news by another event is no second contradiction.
        stored.apply(&sum(amount), 3);
        assert_eq!(stored.alerts.len(), 1);
    }
}

#[test]
fn of_orders_that_cost_the_same_the_one_whose_refund_is_owed_comes_first() {
    for (number, refunded) in [(1, [3_00, 0, 0]), (2, [0, 3_00, 0]), (3, [0, 0, 3_00])] {
        let mut stored = Stored::paid(&[3_00; 3]);
        stored.refund(number);
        stored.apply(&by_operator("re_1", 3_00, Given), 2);
        assert_eq!(stored.refunded(), refunded);
        assert_eq!((stored.owed(), stored.alerts), (vec![], vec![]));
    }
}

#[test]
fn a_refund_with_the_order_in_its_metadata_is_of_that_order() {
    let mut stored = Stored::paid(&[10_00, 3_00, 3_00]);
    let named = |number, reference: &str, amount| {
        Reversal::Refund(ReportedRefund {
            reference: pi(reference),
            id: None,
            order_id: Some(order_id(number)),
            amount: usd(amount),
            outcome: Given,
        })
    };
    stored.apply(&named(3, "re_1", 3_00), 2);
    assert_eq!(stored.states(), [Fulfilled, Fulfilled, Refunded]);
    stored.apply(&named(1, "re_2", 4_00), 3);
    assert_eq!(stored.refunded(), [4_00, 0, 3_00]);
    // An order of another charge.
    stored.apply(&named(9, "re_3", 1_00), 4);
    assert_eq!(stored.alerts, [AlertKind::RefundUnattributed]);
}

#[test]
fn refunding_one_order_after_its_refund_at_the_provider_leaves_the_others_alone() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.refund(1);
    assert_eq!(stored.owed(), [10_00]);
    // An operator does by hand what a sweep has not.
    stored.apply(&by_operator("re_1", 10_00, Given), 2);
    assert_eq!(stored.owed(), [0; 0]);
    assert_eq!(stored.amounts(RefundState::Covered), [0; 0]);
    assert_eq!(stored.states(), [Refunded, Fulfilled]);
    assert_eq!(stored.refunded(), [10_00, 0]);
}

#[test]
fn what_is_owed_is_what_the_provider_has_not_refunded() {
    // A part at the provider, whose webhook comes after the seller's refund.
    for claimed in [false, true] {
        let mut stored = Stored::paid(&[10_00]);
        stored.refund(1);
        stored.charge.refunds[0].claimed = claimed;
        stored.apply(&by_operator("re_1", 4_00, Given), 2);
        assert_eq!(stored.owed(), [6_00], "{claimed}");
        let refund = stored
            .charge
            .refunds
            .iter()
            .find(|refund| refund.is_unsent());
        let refund = refund.unwrap().clone();
        stored.apply(&ours(&refund, "re_2", Given), 3);
        assert_eq!((stored.owed(), stored.refunded()), (vec![], vec![10_00]));
    }
}

#[test]
fn a_reported_sum_may_be_a_claimed_refund_until_the_provider_says_otherwise() {
    let mut stored = Stored::paid(&[10_00]);
    stored.refund(1);
    stored.charge.refunds[0].claimed = true;
    stored.apply(&sum(10_00), 2);
    assert_eq!(stored.owed(), [10_00], "it may be the claimed one");
    // It was an operator's.
    stored.apply(&by_operator("re_1", 10_00, Given), 3);
    assert_eq!(stored.owed(), [0; 0]);
    assert_eq!(stored.charge.left(), 10_00);
}

#[test]
fn a_refund_that_fails_is_owed_again_with_an_alert_and_later_each_time() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.refund(1);
    for failures in 1..4 {
        let unsent = |refund: &&Refund| refund.is_unsent();
        let refund = stored.charge.refunds.iter().find(unsent).unwrap().clone();
        let name = format!("re_{failures}");
        // Also one that was answered as failed at once.
        if failures > 1 {
            stored.apply(&ours(&refund, &name, Pending), 5);
            assert_eq!(stored.refunded(), [10_00, 0]);
        }
        stored.apply(&ours(&refund, &name, Failed), 6);
        assert_eq!(stored.refunded(), [0, 0]);
        assert_eq!(stored.owed(), [10_00]);
        let again = stored.charge.refunds.iter().find(unsent).unwrap();
        assert_ne!(again.id, refund.id, "the provider would repeat its answer");
        assert_eq!(
            (again.attempts, again.order_id),
            (failures, Some(order_id(1)))
        );
        assert_eq!(again.not_before, crate::payment::retry_at(failures, at(6)));
        // A repeat changes nothing.
        stored.apply(&ours(&refund, &name, Failed), 7);
        stored.apply(&ours(&refund, &name, Pending), 8);
        assert_eq!(stored.owed(), [10_00]);
    }
    assert_eq!(stored.alerts, [AlertKind::RefundFailed; 3]);
}

#[test]
fn an_operators_refund_that_fails_leaves_the_refunded_order_owed() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.apply(&by_operator("re_1", 10_00, Pending), 2);
    assert_eq!(stored.states(), [Refunded, Fulfilled]);
    stored.apply(&by_operator("re_1", 10_00, Failed), 3);
    assert_eq!(stored.owed(), [10_00]);
    let again = stored.charge.refunds.last().unwrap();
    assert_eq!(again.origin, RefundOrigin::Marketplace);
    assert_eq!(again.order_id, Some(order_id(1)));
    // The sum that the provider reported earlier consisted of it.
    stored.apply(&sum(10_00), 4);
    assert_eq!((stored.owed(), stored.charge.left()), (vec![10_00], 0));
}

#[test]
fn a_report_in_another_currency_changes_nothing_and_raises_an_alert() {
    let mut stored = Stored::paid(&[10_00]);
    let before = stored.charge.clone();
    let yen = Money::new(10_00, "JPY".parse::<Currency>().unwrap());
    let reversals = [
        Reversal::Refunded(yen),
        Reversal::Dispute(ReportedDispute {
            reference: pi("du_1"),
            amount: yen,
            state: DisputeState::Lost,
            is_known: true,
        }),
    ];
    for reversal in reversals {
        stored.apply(&reversal, 2);
        assert_eq!(stored.charge, before);
    }
    assert_eq!(stored.alerts, [AlertKind::CurrencyMismatch; 2]);
}

#[test]
fn of_a_second_payment_only_the_refund_that_is_owed_is_followed() {
    let mut stored = Stored::paid(&[10_00]);
    let second = Refund {
        other_payment: Some(pi("pi_2")),
        ..Refund::owed(refund_id(1), None, usd(10_00))
    };
    stored.charge.refunds.push(second.clone());
    stored.apply_to("pi_2", &sum(10_00), 2);
    assert_eq!(
        (stored.charge.reported, stored.owed()),
        (usd(0), vec![10_00])
    );
    stored.apply_to("pi_2", &ours(&second, "re_1", Given), 3);
    assert_eq!((stored.states(), stored.owed()), (vec![Fulfilled], vec![]));
    assert_eq!(stored.refunded(), [0]);
    stored.apply_to("pi_2", &ours(&second, "re_1", Failed), 4);
    assert_eq!(stored.owed(), [10_00]);
    let again = stored.charge.refunds.last().unwrap();
    assert_eq!(again.other_payment, Some(pi("pi_2")));
    let before = stored.charge.clone();
    stored.apply_to("pi_2", &by_operator("re_9", 10_00, Given), 5);
    assert_eq!(stored.charge, before);
    stored.apply_to("pi_2", &dispute("du_1", 10_00, DisputeState::Lost), 6);
    assert_eq!(stored.states(), [Fulfilled]);
    assert!(stored.alerts.contains(&AlertKind::DisputeUnattributed));
}

#[test]
fn a_refund_that_has_failed_is_owed_whatever_the_order_of_the_reports() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut stored = Stored::paid(&[9_30]);
        stored.refund(1);
        let sent = stored.charge.refunds[0].clone();
        let reports = [
            ours(&sent, "re_1", Given),
            sum(9_30),
            ours(&sent, "re_1", Failed),
        ];
        for index in order {
            stored.apply(&reports[index], 2);
        }
        assert_eq!(stored.charge.left(), 0, "{order:?}");
        assert_eq!(stored.owed(), [9_30], "{order:?}");
    }
}

#[test]
fn an_operators_refund_that_has_failed_has_not_left_whatever_the_order_of_the_reports() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut stored = Stored::paid(&[9_30, 2_00]);
        let reports = [
            by_operator("re_1", 4_00, Given),
            sum(4_00),
            by_operator("re_1", 4_00, Failed),
        ];
        for index in order {
            stored.apply(&reports[index], 2);
        }
        assert_eq!(stored.charge.left(), 0, "{order:?}");
        assert_eq!(stored.refunded(), [0, 0], "{order:?}");
    }
}
