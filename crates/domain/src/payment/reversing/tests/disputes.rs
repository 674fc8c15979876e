use super::*;
use DisputeState::{Closed, Inquiry, Lost, Open, Won};
use OrderState::{Fulfilled, Refunded};
use TokenState::{Active, Revoked, Suspended};

#[test]
fn an_inquiry_suspends_nothing_and_neither_does_what_has_ended_without_a_decision() {
    let mut stored = Stored::paid(&[10_00]);
    for (name, states) in [("du_1", [Inquiry, Closed]), ("du_2", [Open, Closed])] {
        for (state, second) in states.into_iter().zip(1..) {
            stored.apply(&dispute(name, 10_00, state), second);
            let suspended = state == Open;
            assert_eq!(stored.tokens() == [Suspended], suspended, "{name} {state}");
        }
    }
    assert_eq!((stored.states(), stored.alerts), (vec![Fulfilled], vec![]));
}

#[test]
fn an_inquiry_suspends_as_a_dispute_does_if_the_operator_says_so() {
    let mut stored = Stored::paid(&[10_00]);
    stored.inquiries = Inquiries::Suspend;
    for (state, token) in [(Inquiry, Suspended), (Closed, Active)] {
        stored.apply(&dispute("du_1", 10_00, state), 1);
        assert_eq!(stored.tokens(), [token], "{state}");
    }
    assert_eq!(stored.alerts, vec![]);
}

#[test]
fn a_dispute_in_an_unknown_state_suspends_nothing_and_an_operator_is_told() {
    let mut stored = Stored::paid(&[10_00]);
    let reversal = Reversal::Dispute(ReportedDispute {
        reference: pi("du_1"),
        amount: usd(10_00),
        state: Inquiry,
        is_known: false,
    });
    stored.apply(&reversal, 1);
    assert_eq!(stored.tokens(), [Active]);
    assert_eq!(stored.alerts, [AlertKind::DisputeUnknown]);
}

#[test]
fn a_token_is_suspended_while_any_dispute_is_open() {
    let mut stored = Stored::paid(&[10_00]);
    let steps = [
        ("du_1", Inquiry, Active),
        ("du_1", Closed, Active),
        ("du_2", Open, Suspended),
        ("du_3", Open, Suspended),
        ("du_2", Won, Suspended),
        ("du_3", Won, Active),
    ];
    for ((name, state, token), second) in steps.into_iter().zip(1..) {
        stored.apply(&dispute(name, 10_00, state), second);
        assert_eq!(stored.tokens(), [token], "{name} {state}");
    }
}

#[test]
fn a_lost_dispute_about_all_of_it_refunds_every_order_and_owes_nothing() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.apply(&dispute("du_1", 13_00, Open), 1);
    assert_eq!(stored.tokens(), [Suspended; 2]);
    stored.apply(&dispute("du_1", 13_00, Lost), 2);
    assert_eq!(
        (stored.states(), stored.tokens()),
        (vec![Refunded; 2], vec![Revoked; 2])
    );
    assert_eq!((stored.owed(), stored.alerts), (vec![], vec![]));
}

#[test]
fn a_dispute_of_a_part_touches_the_order_that_costs_as_much() {
    for (amount, touched) in [(3_00, 1), (10_00, 0)] {
        let mut stored = Stored::paid(&[10_00, 3_00]);
        stored.apply(&dispute("du_1", amount, Open), 1);
        stored.apply(&dispute("du_1", amount, Lost), 2);
        let expected: Vec<OrderState> = (0..2)
            .map(|index| {
                if index == touched {
                    Refunded
                } else {
                    Fulfilled
                }
            })
            .collect();
        assert_eq!(stored.states(), expected);
        assert_eq!(stored.tokens()[1 - touched], Active);
        assert_eq!((stored.owed(), stored.alerts), (vec![], vec![]));
    }
}

#[test]
fn a_dispute_never_takes_more_than_its_amount_and_an_operator_is_told_of_the_rest() {
    // The charge's own order first, then the newest that it has carried, as far as the amount goes.
    let cases = [
        (4_00, [Fulfilled, Refunded, Fulfilled]),
        (12_50, [Refunded, Fulfilled, Refunded]),
        (1_00, [Fulfilled; 3]),
    ];
    for (amount, states) in cases {
        let mut stored = Stored::paid(&[10_00, 3_50, 2_00]);
        stored.apply(&dispute("du_1", amount, Open), 1);
        stored.apply(&dispute("du_1", amount, Lost), 2);
        let taken: i64 = [10_00, 3_50, 2_00]
            .iter()
            .zip(stored.states())
            .filter_map(|(price, state)| (state == Refunded).then_some(*price))
            .sum();
        assert!(taken <= amount);
        let newest_first = if amount == 4_00 {
            [Fulfilled, Fulfilled, Refunded]
        } else {
            states
        };
        assert_eq!(stored.states(), newest_first, "{amount}");
        assert_eq!(stored.alerts, [AlertKind::DisputeUnattributed]);
    }
}

#[test]
fn a_dispute_of_a_part_of_the_only_order_suspends_it_and_takes_nothing() {
    let mut stored = Stored::paid(&[10_00]);
    stored.apply(&dispute("du_1", 3_00, Open), 1);
    assert_eq!(stored.tokens(), [Suspended]);
    stored.apply(&dispute("du_1", 3_00, Lost), 2);
    assert_eq!(
        (stored.states(), stored.tokens()),
        (vec![Fulfilled], vec![Active])
    );
    assert_eq!(stored.alerts, [AlertKind::DisputeUnattributed]);
    // No more is owed than is left.
    stored.refund(1);
    assert_eq!(stored.owed(), [7_00]);
}

#[test]
fn a_dispute_that_is_won_on_appeal_restores_what_it_had_taken() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    // The seller had revoked this token before.
    stored.charge.orders[1].token.as_mut().unwrap().state = Revoked;
    for (state, second) in [(Open, 1), (Lost, 2)] {
        stored.apply(&dispute("du_1", 13_00, state), second);
    }
    assert_eq!(stored.states(), [Refunded; 2]);
    stored.apply(&dispute("du_1", 13_00, Won), 3);
    assert_eq!(stored.states(), [Fulfilled; 2]);
    assert_eq!(stored.tokens(), [Active, Revoked]);
    assert_eq!(
        (stored.owed(), stored.alerts),
        (vec![], vec![AlertKind::DisputeReversed])
    );
}

#[test]
fn what_cannot_be_restored_after_an_appeal_is_owed_back() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.charge.orders[1].token.as_mut().unwrap().expires_at = at(EXPIRY * 2);
    for (state, second) in [(Open, 1), (Lost, 2), (Won, EXPIRY)] {
        stored.apply(&dispute("du_1", 13_00, state), second);
    }
    assert_eq!(stored.states(), [Refunded, Fulfilled]);
    assert_eq!(
        (stored.owed(), stored.alerts),
        (vec![10_00], vec![AlertKind::DisputeReversed])
    );
}

#[test]
fn the_outcome_of_a_dispute_is_that_of_its_latest_event() {
    let events = [(Open, 1), (Lost, 2), (Won, 3)];
    for order in [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
        [1, 0, 2],
        [0, 2, 1],
        [2, 0, 1],
    ] {
        let mut stored = Stored::paid(&[10_00]);
        for index in order {
            let (state, second) = events[index];
            stored.apply(&dispute("du_1", 10_00, state), second);
        }
        assert_eq!(
            (stored.states(), stored.tokens()),
            (vec![Fulfilled], vec![Active])
        );
    }
}

#[test]
fn a_refund_waits_for_the_end_of_a_dispute() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.refund(2);
    stored.apply(&dispute("du_1", 13_00, Open), 1);
    assert_eq!(
        (stored.owed(), stored.amounts(RefundState::Held)),
        (vec![], vec![3_00])
    );
    let mut won = stored.clone();
    won.apply(&dispute("du_1", 13_00, Won), 2);
    assert_eq!(won.owed(), [3_00]);
    // The bank has given it back: it is not given again.
    stored.apply(&dispute("du_1", 13_00, Lost), 2);
    assert_eq!((stored.owed(), stored.alerts.len()), (vec![], 0));
    stored.apply(&dispute("du_1", 13_00, Won), 3);
    assert_eq!(stored.owed(), [3_00]);
}

#[test]
fn a_payment_that_was_refunded_and_lost_as_well_raises_an_alert() {
    let mut stored = Stored::paid(&[10_00]);
    stored.apply(&by_operator("re_1", 10_00, RefundOutcome::Given), 1);
    stored.apply(&dispute("du_1", 10_00, Open), 2);
    assert_eq!(stored.alerts, []);
    stored.apply(&dispute("du_1", 10_00, Lost), 3);
    assert_eq!(stored.alerts, [AlertKind::RefundedAndLost]);
}

#[test]
fn an_order_that_was_refunded_and_lost_stays_refunded_if_the_dispute_is_won_on_appeal() {
    let mut stored = Stored::paid(&[10_00, 3_00]);
    stored.apply(&dispute("du_1", 10_00, Open), 1);
    stored.apply(&dispute("du_1", 10_00, Lost), 2);
    let named = Reversal::Refund(ReportedRefund {
        reference: pi("re_1"),
        id: None,
        order_id: Some(order_id(1)),
        amount: usd(10_00),
        outcome: RefundOutcome::Given,
    });
    stored.apply(&named, 3);
    stored.apply(&dispute("du_1", 10_00, Won), 4);
    assert_eq!(stored.states(), [Refunded, Fulfilled]);
    assert_eq!(stored.tokens(), [Revoked, Active]);
    assert_eq!(stored.owed(), [0; 0]);
}
