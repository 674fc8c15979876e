use udam_config::ConfigError;
use udam_domain::policy::{Endpoints, OrderPolicy, SessionPolicy};
use udam_domain::time::{SignedDuration, Timestamp};

use super::marketplace;

fn policies(settings: &[(&str, &str)]) -> Result<(OrderPolicy, SessionPolicy), ConfigError> {
    marketplace(settings).map(|settings| (settings.orders, settings.sessions))
}

fn errors(settings: &[(&str, &str)]) -> String {
    policies(settings).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    let (orders, sessions) = policies(&[]).unwrap();
    assert_eq!(format!("{:?}", orders.small_order_limit()), "5.00 USD");
    assert_eq!(format!("{:?}", orders.tab_limit()), "25.00 USD");
    let start = Timestamp::UNIX_EPOCH;
    let (reserved, token) = (orders.reserved_until(start), orders.token_expires(start));
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    assert_eq!(
        reserved.duration_since(start),
        SignedDuration::from_mins(30)
    );
    assert_eq!(token.duration_since(start), days(30));
    assert_eq!((sessions.ttl, sessions.idle_ttl), (days(30), days(7)));
}

#[test]
fn limits_are_decimals_in_the_currency() {
    let yen = [("UDAM_CURRENCY", "jpy"), ("UDAM_TAB_LIMIT", "9000")];
    let (orders, _) = policies(&yen).unwrap();
    assert_eq!(format!("{:?}", orders.tab_limit()), "9000 JPY");
    assert_eq!(format!("{:?}", orders.small_order_limit()), "500 JPY");
    assert!(errors(&[("UDAM_TAB_LIMIT", "25.001")]).contains("at most 2 digits"));
    assert!(errors(&[("UDAM_TAB_LIMIT", "-1")]).contains("must be a decimal amount"));
    assert!(errors(&[("UDAM_SMALL_ORDER_LIMIT", "-0.01")]).contains("must be a decimal amount"));
    assert!(errors(&[("UDAM_CURRENCY", "XAU")]).contains("ISO 4217"));
}

#[test]
fn an_order_batch_is_at_least_one_and_no_more_than_may_wait() {
    let read = |value: &str| {
        let settings = marketplace(&[("UDAM_ORDER_BATCH", value)]);
        settings.map(|settings| settings.order_batch.get())
    };
    assert_eq!(read("1").unwrap(), 1);
    assert_eq!(read("1024").unwrap(), 1024);
    for refused in ["0", "1025", "many"] {
        let errors = read(refused).unwrap_err().to_string();
        assert!(errors.contains("from 1 to 1024"), "{errors}");
    }
}

#[test]
fn a_small_order_fits_on_an_empty_tab() {
    let both = [
        ("UDAM_SMALL_ORDER_LIMIT", "30"),
        ("UDAM_TAB_LIMIT", "29.99"),
    ];
    assert!(
        errors(&both).contains("UDAM_SMALL_ORDER_LIMIT (30.00) is above UDAM_TAB_LIMIT (29.99)")
    );
    assert!(errors(&[("UDAM_TAB_LIMIT", "4")]).contains("UDAM_SMALL_ORDER_LIMIT (5.00)"));
    let malformed = [
        ("UDAM_SMALL_ORDER_LIMIT", "30"),
        ("UDAM_TAB_LIMIT", "a lot"),
    ];
    assert!(!errors(&malformed).contains("is above"));
}

#[test]
fn a_limit_of_zero_has_every_order_paid_first() {
    for zero in [
        &[("UDAM_TAB_LIMIT", "0")][..],
        &[("UDAM_SMALL_ORDER_LIMIT", "0.00")],
        &[("UDAM_TAB_LIMIT", "0"), ("UDAM_SMALL_ORDER_LIMIT", "0")],
    ] {
        let (orders, _) = policies(zero).unwrap();
        assert_eq!(orders.small_order_limit().minor(), 0, "{zero:?}");
    }
}

#[test]
fn a_tab_is_no_larger_than_one_charge_can_clear() {
    let limit = |text| errors(&[("UDAM_TAB_LIMIT", text)]);
    let expected = "UDAM_TAB_LIMIT (1000000.00) must be at most 999999.49";
    assert!(limit("1000000").contains(expected), "{}", limit("1000000"));
    assert!(policies(&[("UDAM_TAB_LIMIT", "999999.49")]).is_ok());
    let yen = [("UDAM_CURRENCY", "JPY"), ("UDAM_TAB_LIMIT", "99999950")];
    assert!(
        errors(&yen).contains("at most 99999949"),
        "{}",
        errors(&yen)
    );
}

#[test]
fn a_reservation_is_as_long_as_providers_allow() {
    let short = errors(&[("UDAM_RESERVATION_TTL", "29m")]);
    assert!(short.contains("UDAM_RESERVATION_TTL (29m) must be from 30m to 23h"));
    assert!(errors(&[("UDAM_RESERVATION_TTL", "24h")]).contains("(1d)"));
}

#[test]
fn a_session_is_not_idle_for_longer_than_it_lives() {
    let both = [("UDAM_SESSION_TTL", "1d"), ("UDAM_SESSION_IDLE_TTL", "2d")];
    assert!(errors(&both).contains("UDAM_SESSION_IDLE_TTL (2d) is above UDAM_SESSION_TTL (1d)"));
    let (_, sessions) = policies(&both[..1]).unwrap();
    assert_eq!(sessions.idle_ttl, sessions.ttl);
    assert!(errors(&[("UDAM_SESSION_IDLE_TTL", "119s")]).contains("at least 2m"));
}

#[test]
fn services_are_public_and_calls_are_kept_for_90_days_unless_told_otherwise() {
    let read = |settings: &[(&str, &str)]| {
        let settings = marketplace(settings);
        settings.map(|settings| (settings.listings.endpoints, settings.calls.kept.as_hours()))
    };
    assert_eq!(read(&[]).unwrap(), (Endpoints::Public, 90 * 24));
    let given = [
        ("UDAM_PRIVATE_ENDPOINTS", "allow"),
        ("UDAM_CALLS_KEPT", "7d"),
    ];
    assert_eq!(read(&given).unwrap(), (Endpoints::Any, 7 * 24));
    let short = read(&[("UDAM_CALLS_KEPT", "23h")]).unwrap_err().to_string();
    assert!(
        short.contains("UDAM_CALLS_KEPT (23h) must be at least a day"),
        "{short}"
    );
    let unknown = read(&[("UDAM_PRIVATE_ENDPOINTS", "yes")]).unwrap_err();
    assert!(unknown.to_string().contains("must be refuse or allow"));
}
