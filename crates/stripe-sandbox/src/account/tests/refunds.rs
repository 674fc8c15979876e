use super::*;

const REFUNDED: &[&str] = &[
    "refund.created",
    "charge.refunded",
    "refund.updated",
    "charge.refund.updated",
];

#[test]
fn a_payment_is_refunded_in_parts_and_never_beyond_what_was_paid() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account
        .refund(new_refund(&payment, Some(300)), &at(2))
        .unwrap();
    assert_eq!(balance(&account, &payment).net(), 700);
    let error = account.refund(new_refund(&payment, Some(701)), &at(3));
    let error = error.unwrap_err();
    assert!(matches!(error, RequestError::RefundTooLarge { .. }));
    account.refund(new_refund(&payment, None), &at(4)).unwrap();
    assert_eq!(balance(&account, &payment).net(), 0);
    let error = account
        .refund(new_refund(&payment, None), &at(5))
        .unwrap_err();
    assert!(matches!(error, RequestError::AlreadyRefunded { .. }));
    assert_eq!(event_types(&mut account), [REFUNDED, REFUNDED].concat());
}

#[test]
fn a_charge_is_refunded_once_its_whole_amount_is() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let mut observed = Vec::new();
    for amount in [Some(999), None] {
        account
            .refund(new_refund(&payment, amount), &at(2))
            .unwrap();
        let events = account.take_new_events();
        let refunded = account.events.find(&events[1]).unwrap();
        let charge: Value = serde_json::from_str(&refunded.object).unwrap();
        let before: Value =
            serde_json::from_str(refunded.previous_attributes.as_ref().unwrap()).unwrap();
        observed.push((
            before["amount_refunded"].as_i64().unwrap(),
            charge["amount_refunded"].as_i64().unwrap(),
            charge["refunded"].as_bool().unwrap(),
        ));
    }
    assert_eq!(observed, [(0, 999, false), (999, 1_000, true)]);
}

#[test]
fn a_payment_that_failed_cannot_be_refunded() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    let session = account.render(&id).unwrap();
    let payment = session["payment_intent"].as_str().unwrap();
    let error = account
        .refund(new_refund(payment, None), &at(2))
        .unwrap_err();
    assert!(matches!(error, RequestError::NothingToRefund { .. }));
}

#[test]
fn the_error_about_an_unknown_payment_names_it() {
    let error = account()
        .refund(new_refund("pi_none", None), &at(0))
        .unwrap_err();
    assert_eq!(
        error,
        RequestError::NotFound {
            object_type: "payment_intent",
            id: "pi_none".to_owned(),
            location: ParamLocation::Parameter("payment_intent"),
        }
    );
}

/// Refunds 4.00 USD of the payment with this outcome. Returns the refund's id.
fn refunded(account: &mut Account, payment: &str, status: RefundStatus) -> String {
    let new = NewRefund {
        outcome: Some(outcome(status)),
        ..new_refund(payment, Some(400))
    };
    account.refund(new, &at(2)).unwrap()
}

#[test]
fn a_refund_in_progress_takes_its_amount_at_once() {
    for status in [RefundStatus::Pending, RefundStatus::RequiresAction] {
        let mut account = account();
        let (_, payment) = paid(&mut account);
        let id = refunded(&mut account, &payment, status);
        assert_eq!(
            event_types(&mut account),
            ["refund.created", "charge.refunded"]
        );
        let in_progress = balance(&account, &payment);
        assert_eq!((in_progress.refunds_pending, in_progress.net()), (400, 600));
        account
            .settle_refund(&id, outcome(RefundStatus::Succeeded), &at(3))
            .unwrap();
        assert_eq!(
            event_types(&mut account),
            ["refund.updated", "charge.refund.updated"]
        );
        let settled = balance(&account, &payment);
        assert_eq!((settled.refunds_pending, settled.net()), (0, 600));
        assert_eq!(account.render(&id).unwrap()["status"], "succeeded");
    }
}

#[test]
fn a_refund_that_fails_later_gives_its_amount_back() {
    for status in [RefundStatus::Pending, RefundStatus::Succeeded] {
        let mut account = account();
        let (_, payment) = paid(&mut account);
        let id = refunded(&mut account, &payment, status);
        account.refund(new_refund(&payment, None), &at(3)).unwrap();
        account.take_new_events();
        account
            .settle_refund(&id, outcome(RefundStatus::Failed), &at(4))
            .unwrap();
        assert_eq!(balance(&account, &payment).net(), 400);
        let events = account.take_new_events();
        let event = |index: usize| account.events.find(&events[index]).unwrap();
        let types: Vec<&str> = (0..3).map(|index| event(index).kind.as_ref()).collect();
        let expected = ["refund.updated", "charge.refund.updated", "refund.failed"];
        assert_eq!(types, expected);
        let previous = event(0).previous_attributes.clone().unwrap();
        let previous: Value = serde_json::from_str(&previous).unwrap();
        assert_eq!(previous["status"], status.into_str());
        let refund: Value = serde_json::from_str(&event(2).object).unwrap();
        assert_eq!(refund["status"], "failed");
        assert_eq!(refund["failure_reason"], "insufficient_funds");
        assert!(refund["failure_balance_transaction"].is_string());
        // What has come back can be refunded again.
        account.refund(new_refund(&payment, None), &at(5)).unwrap();
        assert_eq!(balance(&account, &payment).net(), 0);
    }
}

#[test]
fn a_refund_that_fails_at_once_takes_nothing() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = refunded(&mut account, &payment, RefundStatus::Failed);
    assert_eq!(
        event_types(&mut account),
        ["refund.created", "refund.failed"]
    );
    assert_eq!(balance(&account, &payment).net(), 1_000);
    let refund = account.render(&id).unwrap();
    assert_eq!(refund["status"], "failed");
    assert!(refund["failure_balance_transaction"].is_null());
}

#[test]
fn a_canceled_refund_has_not_failed() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = refunded(&mut account, &payment, RefundStatus::RequiresAction);
    account.take_new_events();
    account
        .settle_refund(&id, outcome(RefundStatus::Canceled), &at(3))
        .unwrap();
    assert_eq!(
        event_types(&mut account),
        ["refund.updated", "charge.refund.updated"]
    );
    assert_eq!(balance(&account, &payment).net(), 1_000);
    assert!(account.render(&id).unwrap()["failure_reason"].is_null());
}

#[test]
fn a_refund_that_has_ended_cannot_be_settled() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = refunded(&mut account, &payment, RefundStatus::Failed);
    account.take_new_events();
    let error = account
        .settle_refund(&id, outcome(RefundStatus::Succeeded), &at(3))
        .unwrap_err();
    let status = "failed";
    assert_eq!(error, RequestError::RefundSettled { refund: id, status });
    assert!(event_types(&mut account).is_empty());
}

#[test]
fn only_a_refund_that_is_accepted_uses_up_a_planned_outcome() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account.refund_plan.add(PlannedOutcome {
        outcome: outcome(RefundStatus::Pending),
        remaining: Uses(Some(1)),
    });
    let too_much = new_refund(&payment, Some(1_001));
    account.refund(too_much, &at(2)).unwrap_err();
    let statuses = [(); 2].map(|()| {
        let id = account.refund(new_refund(&payment, Some(1)), &at(2));
        account.refunds.find(&id.unwrap()).unwrap().status
    });
    assert_eq!(statuses, [RefundStatus::Pending, RefundStatus::Succeeded]);
}

#[test]
fn a_charge_s_refunds_never_exceed_it_while_some_are_in_progress() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    refunded(&mut account, &payment, RefundStatus::Pending);
    let error = account.refund(new_refund(&payment, Some(601)), &at(3));
    assert_eq!(
        error.unwrap_err().to_string(),
        "Refund amount (6.01 USD) is greater than unrefunded amount on charge (6.00 USD)"
    );
    account
        .refund(new_refund(&payment, Some(600)), &at(3))
        .unwrap();
    assert_eq!(balance(&account, &payment).net(), 0);
}
