use udam_domain::time::Timestamp;

use super::{URL, sources};

#[test]
fn development_needs_no_settings_and_names_the_unused_ones() {
    let settings = sources(&[]).for_development(None).unwrap();
    assert!(settings.master_keys.is_none() && settings.unused.is_empty());
    let http = &settings.marketplace.http;
    assert!(!http.rate_limit && http.admin_listen.is_none());
    let given = sources(&[("DATABASE_URL", URL), ("STRIPE_SECRET_KEY", "sk_test_1")]);
    let unused = given.for_development(None).unwrap().unused;
    assert_eq!(unused, ["DATABASE_URL", "STRIPE_SECRET_KEY"]);
}

#[test]
fn development_takes_the_same_settings_and_the_command_line_wins() {
    let given = [
        ("UDAM_LISTEN", "127.0.0.1:1"),
        ("UDAM_RESERVATION_TTL", "3s"),
        ("UDAM_RATE_LIMIT", "on"),
    ];
    let listen = "127.0.0.1:2".parse().unwrap();
    let settings = sources(&given)
        .for_development(Some(listen))
        .unwrap()
        .marketplace;
    assert_eq!(settings.http.listen, listen);
    let start = Timestamp::UNIX_EPOCH;
    let reserved = settings.orders.reserved_until(start).duration_since(start);
    assert_eq!(reserved.as_secs(), 3);
    assert!(settings.http.rate_limit);
    assert!(
        sources(&[("UDAM_LISTNE", "")])
            .for_development(None)
            .is_err()
    );
}

#[test]
fn a_reservation_in_development_is_as_short_as_one_likes() {
    let short = sources(&[("UDAM_RESERVATION_TTL", "29m")]);
    assert!(short.for_development(None).is_ok());
}
