use std::time::Duration;

use udam_domain::policy::Checkout;

use udam_config::{ConfigError, Environment, SettingsSources};

use super::{KEY, URL, sources};

fn errors<T: std::fmt::Debug>(settings: Result<T, ConfigError>) -> Vec<String> {
    let message = settings.unwrap_err().to_string();
    message
        .lines()
        .skip(1)
        .map(|line| line.trim_start_matches("  - ").to_owned())
        .collect()
}

#[test]
fn serving_needs_a_database_and_keys_and_reports_both() {
    let errors = errors(sources(&[]).for_serving());
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with("DATABASE_URL is missing; set it"));
    assert!(errors[1].starts_with("UDAM_MASTER_KEYS is missing; set it"));
}

#[test]
fn serving_goes_on_with_what_it_needs() {
    let keys = format!("k1:{KEY}");
    let given = [
        ("DATABASE_URL", URL),
        ("UDAM_MASTER_KEYS", &keys),
        ("UDAM_RATE_LIMIT", "off"),
    ];
    let settings = sources(&given).for_serving().unwrap();
    assert_eq!(settings.database.url, URL);
    assert_eq!(settings.master_keys.active().as_str(), "k1");
    assert!(!settings.marketplace.http.rate_limit);
    assert_eq!(
        settings.marketplace.reconcile_interval,
        Duration::from_secs(30)
    );
}

#[test]
fn orders_can_be_paid_once_stripe_is_set_up() {
    let keys = format!("k1:{KEY}");
    let given = [
        ("DATABASE_URL", URL),
        ("UDAM_MASTER_KEYS", &keys),
        ("UDAM_PUBLIC_URL", "https://market.example.com"),
        ("STRIPE_SECRET_KEY", "sk_live_1"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_1"),
    ];
    let settings = |given| sources(given).for_serving().unwrap().marketplace;
    let (without, with) = (settings(&given[..3]), settings(&given));
    assert!(without.payments().is_none());
    assert_eq!(without.orders.checkout(), Checkout::Unavailable);
    assert!(with.payments().is_some());
    assert_eq!(with.orders.checkout(), Checkout::Available);
}

#[test]
fn all_errors_are_reported_at_once() {
    let errors = errors(
        sources(&[
            ("DATABASE_URL", "mysql://localhost"),
            ("UDAM_LISTEN", "everywhere"),
            ("UDAM_LISTNE", "127.0.0.1:80"),
            ("UDAM_RECONCILE_INTERVAL", "often"),
            ("UDAM_SMALL_ORDER_LIMIT", "50"),
            ("UDAM_TOKEN_TTL", ""),
            ("STRIPE_SECRET_KEY", "sk_live_1"),
            ("RUST_LOG", "udam=loud"),
        ])
        .for_serving(),
    );
    for culprit in [
        "UDAM_LISTNE in the environment is no setting; did you mean UDAM_LISTEN?",
        "DATABASE_URL in the environment cannot be used (the database URL must start with",
        "UDAM_MASTER_KEYS is missing",
        "STRIPE_WEBHOOK_SECRET is missing, though STRIPE_SECRET_KEY is set",
        "UDAM_PUBLIC_URL is missing, though STRIPE_SECRET_KEY is set",
        "UDAM_RECONCILE_INTERVAL in the environment must be",
        "UDAM_LISTEN in the environment must be",
        "UDAM_SMALL_ORDER_LIMIT (50.00) is above UDAM_TAB_LIMIT (25.00)",
        "UDAM_TOKEN_TTL in the environment is empty",
        "RUST_LOG in the environment must be",
    ] {
        let message = errors
            .iter()
            .filter(|error| error.starts_with(culprit))
            .count();
        assert_eq!(message, 1, "{culprit}: {errors:#?}");
    }
    assert_eq!(errors.len(), 10, "{errors:#?}");
}

#[test]
fn no_message_and_no_debug_form_repeats_a_secret() {
    let keys = format!("k1:{KEY}");
    let settings = sources(&[
        ("DATABASE_URL", URL),
        ("UDAM_MASTER_KEYS", &keys),
        ("UDAM_PUBLIC_URL", "https://market.example.com"),
        ("STRIPE_SECRET_KEY", "sk_live_hunter2"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_hunter2"),
    ]);
    let debug = format!("{settings:?} {:?}", settings.for_serving().unwrap());
    assert!(
        !debug.contains("hunter2") && !debug.contains("AAAA"),
        "{debug}"
    );
    let wrong = sources(&[
        ("DATABASE_URL", "hunter2"),
        ("UDAM_MASTER_KEYS", "k1:hunter2"),
        ("UDAM_LISTEN", "hunter2"),
        ("UDAM_TAB_LIMIT", "hunter2"),
        ("STRIPE_SECRET_KEY", "hunter2"),
        ("STRIPE_WEBHOOK_SECRET", "hunter2"),
        ("RUST_LOG", "a=hunter2"),
        ("UDAM_FOO", "hunter2"),
    ]);
    let error = wrong.for_serving().unwrap_err();
    let message = format!("{error} {error:?}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_file_serves_as_well_as_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("udam.toml");
    let text = format!(
        "database_url = \"{URL}\"\nmaster_keys = \"k1:{KEY}\"\nworkers = 3\nrate_limit = \"off\"\n"
    );
    std::fs::write(&path, text).unwrap();
    let environment = [("UDAM_WORKERS".to_owned(), "5")].into_iter().collect();
    let settings = SettingsSources::new(environment, Some(&path))
        .unwrap()
        .for_serving()
        .unwrap();
    assert_eq!(settings.marketplace.http.workers.get(), 5);
    assert!(!settings.marketplace.http.rate_limit);
    std::fs::write(&path, "databas_url = \"\"\nlisten = 8080.5").unwrap();
    let sources = SettingsSources::new(Environment::default(), Some(&path)).unwrap();
    let errors = errors(sources.for_the_database());
    assert!(
        errors[0].contains("no setting; did you mean database_url?"),
        "{errors:?}"
    );
    assert!(
        errors[1].starts_with("DATABASE_URL is missing"),
        "{errors:?}"
    );
}

#[test]
fn tools_need_what_they_use() {
    assert!(sources(&[("DATABASE_URL", URL)]).for_the_database().is_ok());
    let errors = errors(sources(&[("DATABASE_URL", URL)]).for_rotation());
    assert!(
        errors[0].starts_with("UDAM_MASTER_KEYS is missing"),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 1);
}
