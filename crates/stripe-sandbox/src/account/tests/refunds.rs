use super::*;

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
    assert_eq!(
        event_types(&mut account),
        [
            "refund.created",
            "charge.refunded",
            "refund.created",
            "charge.refunded"
        ]
    );
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
        let refunded = account.events.find(events.last().unwrap()).unwrap();
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
