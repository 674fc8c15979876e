use super::*;

#[test]
fn paying_completes_the_session_and_the_payment() {
    let mut account = account();
    let id = open(&mut account);
    account.pay(&id, PayWhen::Open, &at(1)).unwrap();
    assert_eq!(
        event_types(&mut account),
        [
            "payment_intent.succeeded",
            "charge.succeeded",
            "checkout.session.completed"
        ]
    );
    let session = account.render(&id).unwrap();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "paid");
    let payment = session["payment_intent"].as_str().unwrap();
    assert_eq!(balance(&account, payment).net(), 1_000);
}

#[test]
fn a_session_is_paid_once() {
    let mut account = account();
    let (id, _) = paid(&mut account);
    for when in [PayWhen::Open, PayWhen::OpenOrExpired] {
        let error = account.pay(&id, when, &at(2)).unwrap_err();
        let (action, status) = ("paid", "complete");
        assert_eq!(error, RequestError::SessionNotOpen { action, status });
    }
    assert!(event_types(&mut account).is_empty());
}

#[test]
fn a_declined_card_leaves_the_session_open() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    assert_eq!(
        event_types(&mut account),
        ["charge.failed", "payment_intent.payment_failed"]
    );
    let payment = account.render(&id).unwrap()["payment_intent"].clone();
    account.pay(&id, PayWhen::Open, &at(2)).unwrap();
    assert_eq!(account.render(&id).unwrap()["payment_intent"], payment);
    let balance = balance(&account, payment.as_str().unwrap());
    assert_eq!(balance.received, 1_000);
}

#[test]
fn an_expired_session_is_paid_only_by_a_late_payment() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    let earlier = account.render(&id).unwrap()["payment_intent"].clone();
    account.expire_due(NOW + 1_800);
    account.take_new_events();
    let error = account.pay(&id, PayWhen::Open, &at(1_801)).unwrap_err();
    let (action, status) = ("paid", "expired");
    assert_eq!(error, RequestError::SessionNotOpen { action, status });
    account
        .pay(&id, PayWhen::OpenOrExpired, &at(1_801))
        .unwrap();
    let session = account.render(&id).unwrap();
    assert_eq!(session["payment_status"], "paid");
    // The canceled intent cannot be paid any more.
    assert_ne!(session["payment_intent"], earlier);
    assert!(event_types(&mut account).contains(&"checkout.session.completed".to_owned()));
}

#[test]
fn a_delayed_payment_completes_the_session_before_the_money_arrives() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, PayWhen::Open, &at(1)).unwrap();
    let session = account.render(&id).unwrap();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "unpaid");
    assert!(event_types(&mut account).contains(&"checkout.session.completed".to_owned()));

    account.settle_async(&id, true, &at(2)).unwrap();
    assert_eq!(account.render(&id).unwrap()["payment_status"], "paid");
    assert!(
        event_types(&mut account).contains(&"checkout.session.async_payment_succeeded".to_owned())
    );
    let again = account.settle_async(&id, true, &at(3)).unwrap_err();
    assert!(matches!(again, RequestError::NothingToSettle { .. }));
}

#[test]
fn a_delayed_payment_may_fail() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, PayWhen::Open, &at(1)).unwrap();
    account.settle_async(&id, false, &at(2)).unwrap();
    let session = account.render(&id).unwrap();
    assert_eq!(session["payment_status"], "unpaid");
    let payment = session["payment_intent"].as_str().unwrap();
    assert_eq!(balance(&account, payment).net(), 0);
    assert!(
        event_types(&mut account).contains(&"checkout.session.async_payment_failed".to_owned())
    );
}

#[test]
fn an_event_holds_the_object_as_it_was_at_that_time() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, PayWhen::Open, &at(1)).unwrap();
    let events = account.take_new_events();
    account.settle_async(&id, true, &at(2)).unwrap();
    let completed = account.events.find(events.last().unwrap()).unwrap();
    let object: Value = serde_json::from_str(&completed.object).unwrap();
    assert_eq!(object["payment_status"], "unpaid");
}
