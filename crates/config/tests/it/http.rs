use udam_config::{ConfigError, HttpSettings};
use udam_web::TrustedProxies;

use super::marketplace;

fn read(settings: &[(&str, &str)]) -> Result<HttpSettings, ConfigError> {
    marketplace(settings).map(|settings| settings.http)
}

#[test]
fn the_defaults_serve_this_machine_alone() {
    let http = read(&[]).unwrap();
    assert_eq!(http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(http.admin_listen.unwrap().to_string(), "127.0.0.1:9090");
    assert_eq!(http.trusted_proxies, TrustedProxies::default());
    assert!(http.rate_limit);
    assert_eq!(http.gateway_listen, None);
    assert!(http.stop_delay.is_zero());
}

#[test]
fn calls_come_to_an_address_that_no_other_listener_has() {
    let own = read(&[("UDAM_GATEWAY_LISTEN", "0.0.0.0:8081")]).unwrap();
    assert_eq!(own.gateway_listen.unwrap().port(), 8_081);
    for (taken, by) in [
        ("127.0.0.1:8080", "UDAM_LISTEN"),
        ("0.0.0.0:9090", "UDAM_ADMIN_LISTEN"),
    ] {
        let error = read(&[("UDAM_GATEWAY_LISTEN", taken)])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!(
                "{by} and UDAM_GATEWAY_LISTEN are the same address"
            )),
            "{error}"
        );
    }
}

#[test]
fn each_setting_is_read() {
    let http = read(&[
        ("UDAM_LISTEN", "[::]:80"),
        ("UDAM_ADMIN_LISTEN", "10.0.0.1:9090"),
        ("UDAM_PUBLIC_URL", "https://market.example.com"),
        ("UDAM_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
        ("UDAM_RATE_LIMIT", "off"),
        ("UDAM_WORKERS", "512"),
        ("UDAM_STOP_DELAY", "15s"),
    ])
    .unwrap();
    assert_eq!(http.listen.to_string(), "[::]:80");
    assert_eq!(http.admin_listen.unwrap().to_string(), "10.0.0.1:9090");
    assert_eq!(
        http.public_url.unwrap().as_str(),
        "https://market.example.com/"
    );
    let proxies = "10.0.0.0/8,192.0.2.1/32".parse().unwrap();
    assert_eq!(http.trusted_proxies, proxies);
    assert!(!http.rate_limit);
    assert_eq!(http.workers.get(), 512);
    assert_eq!(http.stop_delay.as_secs(), 15);
}

#[test]
fn malformed_settings_are_all_refused() {
    for (name, values) in [
        (
            "UDAM_LISTEN",
            &["localhost:8080", "8080", "127.0.0.1", "127.0.0.1:70000"][..],
        ),
        ("UDAM_ADMIN_LISTEN", &[":9090"]),
        (
            "UDAM_PUBLIC_URL",
            &[
                "market",
                "ftp://x.com",
                "https://a:b@x.com",
                "https://x.com/a",
                "https://x.com?a",
            ],
        ),
        (
            "UDAM_TRUSTED_PROXIES",
            &["proxy.local", "10.0.0.0/33", "10.0.0.1,", "0.0.0.0/0"],
        ),
        ("UDAM_RATE_LIMIT", &["yes", "ON", "1"]),
        ("UDAM_WORKERS", &["0", "-1", "many", "513"]),
    ] {
        for value in values {
            let errors = read(&[(name, value)]).unwrap_err().to_string();
            assert!(
                errors.contains(&format!("{name} in the environment must be")),
                "{errors}"
            );
        }
    }
}

#[test]
fn two_listeners_have_two_addresses() {
    let read = |listen, admin| read(&[("UDAM_LISTEN", listen), ("UDAM_ADMIN_LISTEN", admin)]);
    for (listen, admin) in [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("0.0.0.0:8080", "127.0.0.1:8080"),
        ("127.0.0.1:8080", "0.0.0.0:8080"),
        ("[::]:8080", "127.0.0.1:8080"),
    ] {
        let errors = read(listen, admin).unwrap_err().to_string();
        assert!(errors.contains("give one of them another port"), "{errors}");
    }
    for (listen, admin) in [
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("0.0.0.0:8080", "[::1]:8080"),
        ("192.0.2.1:8080", "127.0.0.1:8080"),
    ] {
        assert!(read(listen, admin).is_ok(), "{listen} {admin}");
    }
}

#[test]
fn clients_are_not_served_at_the_default_address_of_operators() {
    let errors = read(&[("UDAM_LISTEN", "0.0.0.0:9090")]).unwrap_err();
    assert!(errors.to_string().contains("UDAM_ADMIN_LISTEN"), "{errors}");
}
