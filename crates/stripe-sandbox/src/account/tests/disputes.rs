use super::*;

fn dispute(account: &mut Account, payment: &str) -> String {
    let of = RefundOf::Payment(payment.to_owned());
    let reason = "fraudulent".to_owned();
    account.open_dispute(&of, reason, &at(2)).unwrap()
}

fn refund(payment: &str, amount: Option<i64>) -> NewRefund {
    NewRefund {
        of: RefundOf::Payment(payment.to_owned()),
        amount,
        reason: None,
        metadata: Metadata::new(),
    }
}

#[test]
fn a_dispute_that_is_lost_takes_the_money_away() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    assert_eq!(balance(&account, &payment).disputed, 1_000);
    assert_eq!(balance(&account, &payment).net(), 0);
    account.close_dispute(&id, Verdict::Lost, &at(3)).unwrap();
    assert_eq!(balance(&account, &payment).charged_back, 1_000);
    assert_eq!(balance(&account, &payment).net(), 0);
    assert_eq!(
        happened(&mut account),
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed"
        ]
    );
}

#[test]
fn a_dispute_that_is_won_gives_the_money_back() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    account.close_dispute(&id, Verdict::Won, &at(3)).unwrap();
    assert_eq!(balance(&account, &payment).net(), 1_000);
    let shown = account.show(&id).unwrap();
    assert_eq!(shown["status"], "won");
    let movements = shown["balance_transactions"].as_array().unwrap();
    let net: i64 = movements
        .iter()
        .map(|one| one["net"].as_i64().unwrap())
        .sum();
    assert_eq!(net, 0);
}

#[test]
fn a_dispute_is_about_what_has_not_been_refunded() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account.refund(refund(&payment, Some(400)), &at(1)).unwrap();
    let id = dispute(&mut account, &payment);
    assert_eq!(account.show(&id).unwrap()["amount"], 600);
    assert_eq!(balance(&account, &payment).net(), 0);
}

#[test]
fn what_is_disputed_cannot_be_refunded_until_the_dispute_is_won() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    let refusal = account.refund(refund(&payment, None), &at(3)).unwrap_err();
    assert!(matches!(refusal, Refusal::ChargedBack { .. }));
    account.close_dispute(&id, Verdict::Won, &at(4)).unwrap();
    account.refund(refund(&payment, None), &at(5)).unwrap();
}

#[test]
fn a_charge_is_disputed_once_and_a_dispute_closed_once() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let id = dispute(&mut account, &payment);
    account.close_dispute(&id, Verdict::Won, &at(3)).unwrap();
    let closed = account
        .close_dispute(&id, Verdict::Lost, &at(4))
        .unwrap_err();
    assert!(matches!(closed, Refusal::DisputeClosed { .. }));
    let of = RefundOf::Payment(payment);
    let again = account
        .open_dispute(&of, String::new(), &at(5))
        .unwrap_err();
    assert!(matches!(again, Refusal::AlreadyDisputed { .. }));
}
