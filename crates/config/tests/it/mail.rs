use udam_config::{ConfigError, MailSettings};
use udam_domain::policy::Verification;

use super::marketplace;

const ALL: [(&str, &str); 3] = [
    ("UDAM_SMTP_URL", "smtps://udam:hunter2@mail.example.com"),
    ("UDAM_MAIL_FROM", "Market <market@example.com>"),
    ("UDAM_PUBLIC_URL", "https://market.example.com"),
];

fn read(settings: &[(&str, &str)]) -> Result<Option<MailSettings>, ConfigError> {
    Ok(marketplace(settings)?.mail)
}

#[test]
fn without_a_server_there_is_no_mail_and_nothing_to_verify() {
    let settings = marketplace(&ALL[2..]).unwrap();
    assert!(settings.mail.is_none());
    let verification = settings.orders.credit().verification;
    assert_eq!(verification, Verification::Impossible);
}

#[test]
fn with_all_settings_mail_is_sent_and_addresses_are_verified() {
    let settings = marketplace(&ALL).unwrap();
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    let from = settings.mail.unwrap().from.to_string();
    assert!(from.contains("<market@example.com>"), "{from}");
    let verification = settings.orders.credit().verification;
    assert_eq!(verification, Verification::Required);
}

#[test]
fn with_some_of_them_every_other_is_missed() {
    for (given, missed) in [
        (&ALL[..1], &["UDAM_MAIL_FROM", "UDAM_PUBLIC_URL"][..]),
        (&ALL[1..2], &["UDAM_SMTP_URL", "UDAM_PUBLIC_URL"]),
        (&ALL[..2], &["UDAM_PUBLIC_URL"]),
        (&ALL[1..], &["UDAM_SMTP_URL"]),
    ] {
        let error = read(given).unwrap_err().to_string();
        for name in missed {
            assert!(error.contains(&format!("{name} is missing")), "{error}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused_without_repeating_it() {
    for (name, value, complaint) in [
        (
            "UDAM_SMTP_URL",
            "https://u:hunter2@mail.example.com",
            "must be an address",
        ),
        ("UDAM_MAIL_FROM", "nobody", "must be an address"),
        ("UDAM_MAIL_TEMPLATES", "/nonexistent", "must be a directory"),
        ("UDAM_SMTP_CA", "/nonexistent", "could not be read"),
        ("UDAM_SMTP_CA", "Cargo.toml", "no certificate in PEM"),
    ] {
        let mut settings = ALL.to_vec();
        settings.retain(|(known, _)| *known != name);
        settings.push((name, value));
        let error = read(&settings).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(complaint), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
