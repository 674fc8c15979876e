use super::*;

fn statement(account: &Account, session: &Value) -> (String, i64) {
    let payment = session["payment_intent"].as_str().unwrap();
    (payment.to_owned(), balance(account, payment).net())
}

#[test]
fn a_second_payment_has_its_own_session_intent_and_money() {
    let mut account = account();
    let (first, payment) = paid(&mut account);
    let second = account
        .pay_again(&first, RepeatedPayment::default(), &at(2))
        .unwrap();
    assert_eq!(
        event_types(&mut account),
        [
            "payment_intent.succeeded",
            "charge.succeeded",
            "checkout.session.completed"
        ]
    );
    let (other, kept) = statement(&account, &second);
    assert_ne!(other, payment);
    assert_eq!((kept, balance(&account, &payment).net()), (1_000, 1_000));
    let stored = account.render(second["id"].as_str().unwrap()).unwrap();
    assert_eq!(stored, second);
    let original = account.render(&first).unwrap();
    assert_eq!(original["payment_intent"], payment);
    assert_eq!(original["metadata"], second["metadata"]);
    account.refund(new_refund(&other, None), &at(3)).unwrap();
    assert_eq!(statement(&account, &second).1, 0);
}

#[test]
fn a_second_payment_can_claim_to_be_anything() {
    let mut account = account();
    let first = open(&mut account);
    let repeat = RepeatedPayment {
        session: Some(first.clone()),
        amount: Some(999),
        currency: Currency::from_code("eur"),
        mode: Some("setup".to_owned()),
        livemode: true,
    };
    let second = account.pay_again(&first, repeat, &at(2)).unwrap();
    for (field, value) in [
        ("id", Value::from(first.clone())),
        ("amount_total", 999.into()),
        ("currency", "eur".into()),
        ("mode", "setup".into()),
        ("livemode", true.into()),
    ] {
        assert_eq!(second[field], value, "{field}");
    }
    let events = account.take_new_events();
    let completed = account.events.find(events.last().unwrap()).unwrap();
    assert!(completed.livemode);
    assert_eq!(completed.object, second.to_string());
    // The session itself knows nothing of it.
    assert_eq!(account.render(&first).unwrap()["status"], "open");
    assert_eq!(statement(&account, &second).1, 999);
}

#[test]
fn an_event_can_hold_anything() {
    let mut account = account();
    for object in [Value::Null, "text".into(), serde_json::json!([1])] {
        let new = NewEvent {
            kind: "checkout.session.completed".to_owned(),
            object: object.clone(),
            created: Some(7),
            livemode: false,
        };
        let id = account.record_new(new, "", &at(1));
        let event = account.events.find(&id).unwrap();
        assert_eq!((event.created, &event.object), (7, &object.to_string()));
        assert!(event.is_of_type("checkout.session.completed"));
    }
}
