use super::*;

fn refused(wanted: NewSession) -> Refusal {
    account().open_session(wanted, &at(0)).unwrap_err()
}

#[test]
fn a_session_sells_the_sum_of_its_lines() {
    let mut account = account();
    let wanted = new_session(&[(250, 4), (1, 17)]);
    let id = account.open_session(wanted, &at(0)).unwrap();
    let shown = account.show(&id).unwrap();
    assert_eq!(shown["amount_total"], 1_017);
    assert_eq!(shown["status"], "open");
    assert_eq!(shown["url"], format!("http://sandbox/c/pay/{id}"));
}

#[test]
fn a_session_may_end_between_the_shortest_time_and_a_day() {
    let ends = |seconds| NewSession {
        expires_at: Some(NOW + seconds),
        ..new_session(&[(100, 1)])
    };
    for seconds in [1_800, 86_400] {
        assert!(account().open_session(ends(seconds), &at(0)).is_ok());
    }
    for seconds in [-1, 0, 1_799, 86_401] {
        let refusal = refused(ends(seconds));
        let param = "expires_at";
        assert!(
            matches!(&refusal, Refusal::InvalidParameter { param: at, .. } if at == param),
            "{refusal:?}"
        );
    }
}

#[test]
fn a_session_ends_after_a_day_unless_told() {
    let mut account = account();
    let wanted = NewSession {
        expires_at: None,
        ..new_session(&[(100, 1)])
    };
    let id = account.open_session(wanted, &at(0)).unwrap();
    assert_eq!(account.sessions.find(&id).unwrap().expires_at, NOW + 86_400);
}

#[test]
fn an_amount_that_stripe_does_not_charge_is_refused() {
    let too_small = refused(new_session(&[(49, 1)]));
    assert!(matches!(too_small, Refusal::AmountTooSmall { .. }));
    let too_large = refused(new_session(&[(1_000_000, 100)]));
    assert!(matches!(too_large, Refusal::AmountTooLarge { .. }));
    let overflowing = refused(new_session(&[(i64::MAX, 2)]));
    assert!(matches!(overflowing, Refusal::AmountTooLarge { .. }));
}

#[test]
fn a_currency_without_decimals_has_a_least_amount_of_its_own() {
    let yen = |amount| NewSession {
        currency: Currency::parse("jpy").unwrap(),
        ..new_session(&[(amount, 1)])
    };
    assert!(account().open_session(yen(50), &at(0)).is_ok());
    assert!(matches!(refused(yen(49)), Refusal::AmountTooSmall { .. }));
}

#[test]
fn a_session_expires_when_its_time_comes_and_not_before() {
    let mut account = account();
    let id = open(&mut account);
    account.expire_due(NOW + 1_799);
    assert!(happened(&mut account).is_empty());
    account.expire_due(NOW + 1_800);
    account.expire_due(NOW + 1_801);
    assert_eq!(happened(&mut account), ["checkout.session.expired"]);
    let shown = account.show(&id).unwrap();
    assert_eq!(shown["status"], "expired");
    assert!(shown["url"].is_null());
}

#[test]
fn only_an_open_session_can_be_expired() {
    let mut account = account();
    let (paid, _) = paid(&mut account);
    let expired = open(&mut account);
    account.expire_session(&expired, &at(1)).unwrap();
    for (id, status) in [(paid, "complete"), (expired, "expired")] {
        let refusal = account.expire_session(&id, &at(2)).unwrap_err();
        let wanted = "expired";
        assert_eq!(refusal, Refusal::SessionNotOpen { wanted, status });
    }
}

#[test]
fn an_attempt_that_failed_is_canceled_with_its_session() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    account.take_events();
    account.expire_due(NOW + 1_800);
    assert_eq!(
        happened(&mut account),
        ["payment_intent.canceled", "checkout.session.expired"]
    );
}

#[test]
fn ten_thousand_sessions_expire_in_order() {
    let mut account = account();
    for number in 0..10_000 {
        let wanted = NewSession {
            expires_at: Some(NOW + 1_800 + number % 100),
            ..new_session(&[(100, 1)])
        };
        account.open_session(wanted, &at(0)).unwrap();
    }
    account.expire_due(NOW + 1_849);
    assert_eq!(account.take_events().len(), 5_000);
    account.expire_due(NOW + 86_400);
    assert_eq!(account.take_events().len(), 5_000);
}
