use super::*;

fn new_dispute(payment: &str, status: DisputeStatus) -> NewDispute {
    NewDispute {
        target: RefundTarget::Payment(payment.to_owned()),
        amount: None,
        reason: "fraudulent".to_owned(),
        status,
    }
}

/// Opens a chargeback over all that has not been refunded. Returns its id.
fn dispute(account: &mut Account, payment: &str) -> String {
    let new = new_dispute(payment, DisputeStatus::NeedsResponse);
    account.open_dispute(new, &at(2)).unwrap()
}

/// Opens a chargeback over a part. Returns its id.
fn partial_dispute(account: &mut Account, payment: &str, amount: i64) -> String {
    let new = NewDispute {
        amount: Some(amount),
        ..new_dispute(payment, DisputeStatus::NeedsResponse)
    };
    account.open_dispute(new, &at(2)).unwrap()
}

fn close(account: &mut Account, id: &str, status: DisputeStatus) {
    account.close_dispute(id, status, false, &at(3)).unwrap();
}

#[test]
fn a_lost_dispute_charges_the_amount_back() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    assert_eq!(balance(&account, &payment).disputed, 1_000);
    assert_eq!(balance(&account, &payment).net(), 0);
    close(&mut account, &id, DisputeStatus::Lost);
    assert_eq!(balance(&account, &payment).disputed, 0);
    assert_eq!(balance(&account, &payment).charged_back, 1_000);
    assert_eq!(balance(&account, &payment).net(), 0);
    assert_eq!(
        event_types(&mut account),
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed"
        ]
    );
}

#[test]
fn a_won_dispute_reinstates_the_amount() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    close(&mut account, &id, DisputeStatus::Won);
    assert_eq!(balance(&account, &payment).net(), 1_000);
    let rendered = account.render(&id).unwrap();
    assert_eq!(rendered["status"], "won");
    let movements = rendered["balance_transactions"].as_array().unwrap();
    let net: i64 = movements
        .iter()
        .map(|movement| movement["net"].as_i64().unwrap())
        .sum();
    assert_eq!(net, 0);
}

#[test]
fn a_dispute_covers_the_amount_not_refunded() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account
        .refund(new_refund(&payment, Some(400)), &at(1))
        .unwrap();
    let id = dispute(&mut account, &payment);
    assert_eq!(account.render(&id).unwrap()["amount"], 600);
    assert_eq!(balance(&account, &payment).net(), 0);
}

#[test]
fn a_payment_that_was_refunded_can_be_lost_to_a_dispute_as_well() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account.refund(new_refund(&payment, None), &at(1)).unwrap();
    let id = dispute(&mut account, &payment);
    assert_eq!(account.render(&id).unwrap()["amount"], 1_000);
    close(&mut account, &id, DisputeStatus::Lost);
    assert_eq!(balance(&account, &payment).net(), -1_000);
}

#[test]
fn a_disputed_charge_cannot_be_refunded_unless_the_dispute_is_won() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    let error = account
        .refund(new_refund(&payment, None), &at(3))
        .unwrap_err();
    assert!(matches!(error, RequestError::ChargedBack { .. }));
    close(&mut account, &id, DisputeStatus::Won);
    account.refund(new_refund(&payment, None), &at(5)).unwrap();
}

#[test]
fn a_dispute_over_a_part_keeps_the_rest_from_being_refunded() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = partial_dispute(&mut account, &payment, 300);
    for lost in [false, true] {
        if lost {
            close(&mut account, &id, DisputeStatus::Lost);
        }
        assert_eq!(balance(&account, &payment).net(), 700);
        let error = account.refund(new_refund(&payment, Some(100)), &at(3));
        assert!(matches!(
            error.unwrap_err(),
            RequestError::ChargedBack { .. }
        ));
    }
}

#[test]
fn an_inquiry_takes_no_money_and_allows_refunds() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let new = new_dispute(&payment, DisputeStatus::WarningNeedsResponse);
    let id = account.open_dispute(new, &at(2)).unwrap();
    assert_eq!(account.render(&id).unwrap()["is_charge_refundable"], true);
    account
        .refund(new_refund(&payment, Some(100)), &at(3))
        .unwrap();
    account.take_new_events();
    close(&mut account, &id, DisputeStatus::WarningClosed);
    assert_eq!(balance(&account, &payment).net(), 900);
    assert_eq!(event_types(&mut account), ["charge.dispute.closed"]);
}

#[test]
fn an_inquiry_that_becomes_a_chargeback_withdraws_the_amount() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let new = new_dispute(&payment, DisputeStatus::WarningUnderReview);
    let id = account.open_dispute(new, &at(2)).unwrap();
    account.take_new_events();
    account
        .update_dispute(&id, DisputeStatus::NeedsResponse, &at(3))
        .unwrap();
    assert_eq!(balance(&account, &payment).disputed, 1_000);
    let events = account.take_new_events();
    let updated = account.events.find(&events[0]).unwrap();
    assert_eq!(updated.kind, "charge.dispute.updated");
    let previous = updated.previous_attributes.clone().unwrap();
    let previous: Value = serde_json::from_str(&previous).unwrap();
    assert_eq!(previous["status"], "warning_under_review");
    let withdrawn = account.events.find(&events[1]).unwrap();
    assert_eq!(withdrawn.kind, "charge.dispute.funds_withdrawn");
}

#[test]
fn a_charge_has_several_disputes_each_with_its_own_end() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let won = partial_dispute(&mut account, &payment, 300);
    let lost = partial_dispute(&mut account, &payment, 200);
    let open = partial_dispute(&mut account, &payment, 100);
    assert_eq!(balance(&account, &payment).disputed, 600);
    close(&mut account, &won, DisputeStatus::Won);
    close(&mut account, &lost, DisputeStatus::Lost);
    let Balance {
        disputed,
        charged_back,
        ..
    } = balance(&account, &payment);
    assert_eq!((disputed, charged_back), (100, 200));
    assert_eq!(account.render(&open).unwrap()["status"], "needs_response");
}

#[test]
fn a_closed_dispute_is_closed_again_only_when_the_network_decides_otherwise() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    close(&mut account, &id, DisputeStatus::Lost);
    let error = account
        .close_dispute(&id, DisputeStatus::Won, false, &at(4))
        .unwrap_err();
    assert!(matches!(error, RequestError::DisputeClosed { .. }));
    account.take_new_events();
    account
        .close_dispute(&id, DisputeStatus::Won, true, &at(5))
        .unwrap();
    assert_eq!(balance(&account, &payment).net(), 1_000);
    account
        .close_dispute(&id, DisputeStatus::Lost, true, &at(6))
        .unwrap();
    assert_eq!(balance(&account, &payment).net(), 0);
    assert_eq!(
        event_types(&mut account),
        [
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
        ]
    );
}

#[test]
fn a_decided_dispute_can_be_opened_again() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    for (decision, charged_back) in [(DisputeStatus::Won, 0), (DisputeStatus::Lost, 1_000)] {
        close(&mut account, &id, decision);
        assert_eq!(balance(&account, &payment).charged_back, charged_back);
        account
            .update_dispute(&id, DisputeStatus::UnderReview, &at(4))
            .unwrap();
        assert_eq!(balance(&account, &payment).disputed, 1_000);
    }
}

#[test]
fn a_prevented_dispute_leaves_the_amount_and_an_unknown_decision_where_it_is() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    for (status, net) in [("prevented", 1_000), ("arbitrated", 0)] {
        let id = dispute(&mut account, &payment);
        close(&mut account, &id, status.parse().unwrap());
        assert_eq!(account.render(&id).unwrap()["status"], status);
        assert_eq!(balance(&account, &payment).disputed, 0, "{status}");
        assert_eq!(balance(&account, &payment).net(), net, "{status}");
    }
}
