use super::*;

fn of(payment: &str, amount: Option<i64>) -> NewRefund {
    NewRefund {
        of: RefundOf::Payment(payment.to_owned()),
        amount,
        reason: None,
        metadata: Metadata::new(),
    }
}

#[test]
fn a_payment_is_refunded_in_parts_and_never_beyond_what_was_paid() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    account.refund(of(&payment, Some(300)), &at(2)).unwrap();
    assert_eq!(balance(&account, &payment).net(), 700);
    let refusal = account.refund(of(&payment, Some(701)), &at(3));
    let refusal = refusal.unwrap_err();
    assert!(matches!(refusal, Refusal::RefundTooLarge { .. }));
    account.refund(of(&payment, None), &at(4)).unwrap();
    assert_eq!(balance(&account, &payment).net(), 0);
    let refusal = account.refund(of(&payment, None), &at(5)).unwrap_err();
    assert!(matches!(refusal, Refusal::AlreadyRefunded { .. }));
    assert_eq!(
        happened(&mut account),
        [
            "refund.created",
            "charge.refunded",
            "refund.created",
            "charge.refunded"
        ]
    );
}

#[test]
fn a_charge_says_refunded_when_nothing_of_it_is_left() {
    let mut account = account();
    let (_, payment) = paid(&mut account);
    let mut seen = Vec::new();
    for amount in [Some(999), None] {
        account.refund(of(&payment, amount), &at(2)).unwrap();
        let events = account.take_events();
        let refunded = account.events.find(events.last().unwrap()).unwrap();
        let charge: Value = serde_json::from_str(&refunded.object).unwrap();
        let before: Value = serde_json::from_str(refunded.previous.as_ref().unwrap()).unwrap();
        seen.push((
            before["amount_refunded"].as_i64().unwrap(),
            charge["amount_refunded"].as_i64().unwrap(),
            charge["refunded"].as_bool().unwrap(),
        ));
    }
    assert_eq!(seen, [(0, 999, false), (999, 1_000, true)]);
}

#[test]
fn what_was_not_paid_cannot_be_refunded() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    let session = account.show(&id).unwrap();
    let payment = session["payment_intent"].as_str().unwrap();
    let refusal = account.refund(of(payment, None), &at(2)).unwrap_err();
    assert!(matches!(refusal, Refusal::NothingToRefund { .. }));
}

#[test]
fn a_payment_that_does_not_exist_is_named() {
    let refusal = account().refund(of("pi_none", None), &at(0)).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::NotFound {
            kind: "payment_intent",
            id: "pi_none".to_owned(),
            place: Place::Parameter("payment_intent"),
        }
    );
}
