use stripe_client_core::StripeMethod;

use super::*;

struct Always(u8);

impl Entropy for Always {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(self.0);
    }
}

fn settings(secret_key: &str) -> StripeSettings {
    StripeSettings::new(
        Secret::new(secret_key.into()),
        "https://udam.example".parse().unwrap(),
    )
}

fn connection(chance: u8) -> Connection {
    Connection::new(&settings("sk_test_1"), Arc::new(Always(chance))).unwrap()
}

#[test]
fn waits_double_and_are_shortened_by_chance_to_no_less_than_a_half() {
    let longest = connection(0);
    assert_eq!(longest.pause(0), Duration::from_millis(500));
    assert_eq!(longest.pause(1), Duration::from_secs(1));
    assert_eq!(longest.pause(6), Duration::from_secs(32));
    assert_eq!(longest.pause(u32::MAX), Duration::from_secs(32));
    let shortest = connection(255).pause(0);
    assert!(shortest > Duration::from_millis(250) && shortest < Duration::from_millis(252));
}

#[test]
fn a_form_has_one_order() {
    let sent = |body: &str| {
        let mut request = RequestBuilder::new(StripeMethod::Post, "/refunds");
        request.body = Some(body.to_owned());
        in_order(request).body
    };
    assert_eq!(sent("b=1&a[y]=2&a[x]=3"), Some("a[x]=3&a[y]=2&b=1".into()));
    assert_eq!(sent("b=1&a[y]=2&a[x]=3"), sent("a[x]=3&b=1&a[y]=2"));
}

#[test]
fn a_key_that_no_request_can_carry_is_refused() {
    for key in ["", "  ", "sk_live_a\nb", "sk_live_\0"] {
        let refused = Connection::new(&settings(key), Arc::new(Always(0))).err();
        assert_eq!(refused, Some(StripeSetupError::SecretKey), "{key:?}");
    }
}

#[test]
fn an_api_address_that_no_path_can_follow_is_refused() {
    let mut settings = settings("sk_test_1");
    settings.api_base = Some("https://api.example/?key=1".parse().unwrap());
    let refused = Connection::new(&settings, Arc::new(Always(0))).err();
    assert_eq!(refused, Some(StripeSetupError::ApiBase));
}
