use super::*;

fn rejected(new: NewSession) -> RequestError {
    account().open_session(new, &at(0)).unwrap_err()
}

#[test]
fn the_total_of_a_session_is_the_sum_of_its_line_items() {
    let mut account = account();
    let new = new_session(&[(250, 4), (1, 17)]);
    let id = account.open_session(new, &at(0)).unwrap();
    let rendered = account.render(&id).unwrap();
    assert_eq!(rendered["amount_total"], 1_017);
    assert_eq!(rendered["status"], "open");
    assert_eq!(rendered["url"], format!("http://sandbox/c/pay/{id}"));
}

#[test]
fn a_session_expires_between_the_minimum_time_and_a_day_from_now() {
    let expiring_in = |seconds| NewSession {
        expires_at: Some(NOW + seconds),
        ..new_session(&[(100, 1)])
    };
    for seconds in [1_800, 86_400] {
        assert!(account().open_session(expiring_in(seconds), &at(0)).is_ok());
    }
    for seconds in [-1, 0, 1_799, 86_401] {
        let error = rejected(expiring_in(seconds));
        let param = "expires_at";
        assert!(
            matches!(&error, RequestError::InvalidParameter { param: at, .. } if at == param),
            "{error:?}"
        );
    }
}

#[test]
fn a_session_expires_after_a_day_by_default() {
    let mut account = account();
    let new = NewSession {
        expires_at: None,
        ..new_session(&[(100, 1)])
    };
    let id = account.open_session(new, &at(0)).unwrap();
    assert_eq!(account.sessions.find(&id).unwrap().expires_at, NOW + 86_400);
}

#[test]
fn an_amount_outside_stripe_s_limits_is_rejected() {
    let too_small = rejected(new_session(&[(49, 1)]));
    assert!(matches!(too_small, RequestError::AmountTooSmall { .. }));
    let too_large = rejected(new_session(&[(1_000_000, 100)]));
    assert!(matches!(too_large, RequestError::AmountTooLarge { .. }));
    let overflowing = rejected(new_session(&[(i64::MAX, 2)]));
    assert!(matches!(overflowing, RequestError::AmountTooLarge { .. }));
}

#[test]
fn a_zero_decimal_currency_has_its_own_minimum() {
    let yen = |amount| NewSession {
        currency: Currency::from_code("jpy").unwrap(),
        ..new_session(&[(amount, 1)])
    };
    assert!(account().open_session(yen(50), &at(0)).is_ok());
    assert!(matches!(
        rejected(yen(49)),
        RequestError::AmountTooSmall { .. }
    ));
}

#[test]
fn a_session_expires_when_it_is_due_and_not_before() {
    let mut account = account();
    let id = open(&mut account);
    account.expire_due(NOW + 1_799);
    assert!(event_types(&mut account).is_empty());
    account.expire_due(NOW + 1_800);
    account.expire_due(NOW + 1_801);
    assert_eq!(event_types(&mut account), ["checkout.session.expired"]);
    let rendered = account.render(&id).unwrap();
    assert_eq!(rendered["status"], "expired");
    assert!(rendered["url"].is_null());
}

#[test]
fn only_an_open_session_can_be_expired() {
    let mut account = account();
    let (paid, _) = paid(&mut account);
    let expired = open(&mut account);
    account.expire_session(&expired, &at(1)).unwrap();
    for (id, status) in [(paid, "complete"), (expired, "expired")] {
        let error = account.expire_session(&id, &at(2)).unwrap_err();
        let action = "expired";
        assert_eq!(error, RequestError::SessionNotOpen { action, status });
    }
}

#[test]
fn expiring_a_session_cancels_its_failed_payment() {
    let mut account = account();
    let id = open(&mut account);
    account.decline(&id, &at(1)).unwrap();
    account.take_new_events();
    account.expire_due(NOW + 1_800);
    assert_eq!(
        event_types(&mut account),
        ["payment_intent.canceled", "checkout.session.expired"]
    );
}

#[test]
fn ten_thousand_sessions_expire_when_they_are_due() {
    let mut account = account();
    for number in 0..10_000 {
        let new = NewSession {
            expires_at: Some(NOW + 1_800 + number % 100),
            ..new_session(&[(100, 1)])
        };
        account.open_session(new, &at(0)).unwrap();
    }
    account.expire_due(NOW + 1_849);
    assert_eq!(account.take_new_events().len(), 5_000);
    account.expire_due(NOW + 86_400);
    assert_eq!(account.take_new_events().len(), 5_000);
}
