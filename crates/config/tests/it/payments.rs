use std::time::Duration;

use udam_config::{ConfigError, PaymentSettings};
use udam_domain::money::Currency;
use udam_domain::secret::Secret;
use udam_stripe::charge_limits;

use super::marketplace;

const ALL: [(&str, &str); 2] = [
    ("STRIPE_SECRET_KEY", "sk_test_1"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_1"),
];

fn read(
    settings: &[(&str, &str)],
    public_url: Option<&str>,
) -> Result<Option<PaymentSettings>, ConfigError> {
    let mut settings = settings.to_vec();
    settings.extend(public_url.map(|url| ("UDAM_PUBLIC_URL", url)));
    let settings = marketplace(&settings)?;
    Ok(settings.payments().cloned())
}

const SHOP: Option<&str> = Some("https://market.example.com");

#[test]
fn without_stripe_settings_there_are_no_payments() {
    assert!(read(&[], SHOP).unwrap().is_none());
}

#[test]
fn with_all_of_them_there_are() {
    let rolled = [
        ("STRIPE_SECRET_KEY", "rk_live_1"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old"),
        ("STRIPE_API_BASE", "http://127.0.0.1:12111"),
    ];
    let payments = read(&rolled, SHOP).unwrap().unwrap();
    assert_eq!(payments.stripe.secret_key.expose(), "rk_live_1");
    let secrets = payments.webhook_secrets.iter().map(Secret::expose);
    assert_eq!(secrets.collect::<Vec<_>>(), ["whsec_new", "whsec_old"]);
    let api_base = payments.stripe.api_base.unwrap();
    assert_eq!(api_base.as_str(), "http://127.0.0.1:12111/");
    assert_eq!(
        payments.stripe.public_url.as_str(),
        "https://market.example.com/"
    );
    assert!(read(&ALL, SHOP).unwrap().unwrap().stripe.api_base.is_none());
}

#[test]
fn with_some_of_them_every_other_is_missed() {
    for (given, url, missed) in [
        (&ALL[..1], SHOP, &["STRIPE_WEBHOOK_SECRET"][..]),
        (&ALL[1..], SHOP, &["STRIPE_SECRET_KEY"]),
        (&ALL, None, &["UDAM_PUBLIC_URL"]),
        (
            &[("STRIPE_API_BASE", "https://stripe.example.com")],
            None,
            &[
                "STRIPE_SECRET_KEY",
                "STRIPE_WEBHOOK_SECRET",
                "UDAM_PUBLIC_URL",
            ],
        ),
    ] {
        let message = read(given, url).unwrap_err().to_string();
        for name in missed {
            assert_eq!(message.matches(&format!("{name} is missing")).count(), 1);
        }
        assert_eq!(
            message.matches("is missing").count(),
            missed.len(),
            "{message}"
        );
    }
    let message = read(&ALL, None).unwrap_err().to_string();
    let both = "though STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are set";
    assert!(message.contains(both), "{message}");
}

#[test]
fn stripe_opens_a_session_even_for_the_longest_reservation() {
    let payments = read(&ALL, SHOP).unwrap().unwrap();
    let longest = charge_limits(Currency::USD).longest_hold.unsigned_abs();
    let session = longest + payments.stripe.expiry_margin;
    assert!(session < Duration::from_hours(24));
}

#[test]
fn an_invalid_stripe_setting_is_rejected_and_not_quoted() {
    for (name, values) in [
        (
            "STRIPE_SECRET_KEY",
            &[
                "pk_live_hunter2",
                "sk_",
                "sk_hunter2 \u{e9}",
                "whsec_hunter2",
            ][..],
        ),
        (
            "STRIPE_WEBHOOK_SECRET",
            &["sk_hunter2", "whsec_", "whsec_a,", "whsec_a,hunter2"],
        ),
        (
            "STRIPE_API_BASE",
            &[
                "api.stripe.com",
                "ftp://hunter2",
                "https://a:hunter2@x.com",
                "https://x.com?hunter2",
            ],
        ),
    ] {
        for value in values {
            let others = ALL.into_iter().filter(|(other, _)| *other != name);
            let given: Vec<_> = others.chain([(name, *value)]).collect();
            let message = read(&given, SHOP).unwrap_err().to_string();
            assert!(
                message.contains(&format!("{name} in the environment must be")),
                "{message}"
            );
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
