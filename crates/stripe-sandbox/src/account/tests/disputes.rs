use super::*;

fn dispute(account: &mut Account, payment: &str) -> String {
    let target = RefundTarget::Payment(payment.to_owned());
    let reason = "fraudulent".to_owned();
    account.open_dispute(&target, reason, &at(2)).unwrap()
}

#[test]
fn a_lost_dispute_charges_the_amount_back() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    assert_eq!(balance(&account, &payment).disputed, 1_000);
    assert_eq!(balance(&account, &payment).net(), 0);
    account
        .close_dispute(&id, DisputeOutcome::Lost, &at(3))
        .unwrap();
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
    account
        .close_dispute(&id, DisputeOutcome::Won, &at(3))
        .unwrap();
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
fn a_disputed_charge_cannot_be_refunded_unless_the_dispute_is_won() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    let error = account
        .refund(new_refund(&payment, None), &at(3))
        .unwrap_err();
    assert!(matches!(error, RequestError::ChargedBack { .. }));
    account
        .close_dispute(&id, DisputeOutcome::Won, &at(4))
        .unwrap();
    account.refund(new_refund(&payment, None), &at(5)).unwrap();
}

#[test]
fn a_charge_is_disputed_once_and_a_dispute_is_closed_once() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    account
        .close_dispute(&id, DisputeOutcome::Won, &at(3))
        .unwrap();
    let closed = account
        .close_dispute(&id, DisputeOutcome::Lost, &at(4))
        .unwrap_err();
    assert!(matches!(closed, RequestError::DisputeClosed { .. }));
    let target = RefundTarget::Payment(payment);
    let again = account
        .open_dispute(&target, String::new(), &at(5))
        .unwrap_err();
    assert!(matches!(again, RequestError::AlreadyDisputed { .. }));
}
