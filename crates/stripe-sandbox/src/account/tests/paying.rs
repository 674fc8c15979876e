use super::*;

#[test]
fn paying_completes_the_session_and_takes_the_money() {
    let mut account = account();
    let id = open(&mut account);
    account.pay(&id, Timing::WhileOpen, &at(1)).unwrap();
    assert_eq!(
        happened(&mut account),
        [
            "payment_intent.succeeded",
            "charge.succeeded",
            "checkout.session.completed"
        ]
    );
    let session = account.show(&id).unwrap();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "paid");
    let payment = session["payment_intent"].as_str().unwrap();
    assert_eq!(balance(&account, payment).net(), 1_000);
}

#[test]
fn a_session_is_paid_once() {
    let mut account = account();
    let (id, _) = paid(&mut account);
    for timing in [Timing::WhileOpen, Timing::EvenLate] {
        let refusal = account.pay(&id, timing, &at(2)).unwrap_err();
        let (wanted, status) = ("paid", "complete");
        assert_eq!(refusal, Refusal::SessionNotOpen { wanted, status });
    }
    assert!(happened(&mut account).is_empty());
}

#[test]
fn a_declined_card_leaves_the_session_open_for_another() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    assert_eq!(
        happened(&mut account),
        ["charge.failed", "payment_intent.payment_failed"]
    );
    let payment = account.show(&id).unwrap()["payment_intent"].clone();
    account.pay(&id, Timing::WhileOpen, &at(2)).unwrap();
    assert_eq!(account.show(&id).unwrap()["payment_intent"], payment);
    let balance = balance(&account, payment.as_str().unwrap());
    assert_eq!(balance.received, 1_000);
}

#[test]
fn late_money_comes_only_when_asked_for() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    let earlier = account.show(&id).unwrap()["payment_intent"].clone();
    account.expire_due(NOW + 1_800);
    account.take_events();
    let refusal = account.pay(&id, Timing::WhileOpen, &at(1_801)).unwrap_err();
    let (wanted, status) = ("paid", "expired");
    assert_eq!(refusal, Refusal::SessionNotOpen { wanted, status });
    account.pay(&id, Timing::EvenLate, &at(1_801)).unwrap();
    let session = account.show(&id).unwrap();
    assert_eq!(session["payment_status"], "paid");
    // The canceled intent cannot be paid any more.
    assert_ne!(session["payment_intent"], earlier);
    assert!(happened(&mut account).contains(&"checkout.session.completed"));
}

#[test]
fn slow_money_completes_the_session_before_it_comes() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, Timing::WhileOpen, &at(1)).unwrap();
    let session = account.show(&id).unwrap();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "unpaid");
    assert!(happened(&mut account).contains(&"checkout.session.completed"));

    account.settle_async(&id, true, &at(2)).unwrap();
    assert_eq!(account.show(&id).unwrap()["payment_status"], "paid");
    assert!(happened(&mut account).contains(&"checkout.session.async_payment_succeeded"));
    let again = account.settle_async(&id, true, &at(3)).unwrap_err();
    assert!(matches!(again, Refusal::NothingToSettle { .. }));
}

#[test]
fn slow_money_may_never_come() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, Timing::WhileOpen, &at(1)).unwrap();
    account.settle_async(&id, false, &at(2)).unwrap();
    let session = account.show(&id).unwrap();
    assert_eq!(session["payment_status"], "unpaid");
    let payment = session["payment_intent"].as_str().unwrap();
    assert_eq!(balance(&account, payment).net(), 0);
    assert!(happened(&mut account).contains(&"checkout.session.async_payment_failed"));
}

#[test]
fn an_event_shows_the_object_as_it_was_then() {
    let mut account = account();
    let id = open(&mut account);
    account.pay_async(&id, Timing::WhileOpen, &at(1)).unwrap();
    let events = account.take_events();
    account.settle_async(&id, true, &at(2)).unwrap();
    let completed = account.events.find(events.last().unwrap()).unwrap();
    let object: Value = serde_json::from_str(&completed.object).unwrap();
    assert_eq!(object["payment_status"], "unpaid");
}
