use stripe_client_core::StripeMethod;

use super::*;

struct ConstantEntropy(u8);

impl Entropy for ConstantEntropy {
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

fn connection(random: u8) -> Connection {
    Connection::new(&settings("sk_test_1"), Arc::new(ConstantEntropy(random))).unwrap()
}

#[test]
fn the_retry_delay_doubles_and_is_shortened_by_up_to_a_half() {
    let longest = connection(0);
    assert_eq!(longest.retry_delay(0), Duration::from_millis(500));
    assert_eq!(longest.retry_delay(1), Duration::from_secs(1));
    assert_eq!(longest.retry_delay(6), Duration::from_secs(32));
    assert_eq!(longest.retry_delay(u32::MAX), Duration::from_secs(32));
    let shortest = connection(255).retry_delay(0);
    assert!(shortest > Duration::from_millis(250) && shortest < Duration::from_millis(252));
}

#[test]
fn the_fields_of_a_form_are_sorted() {
    let sent = |body: &str| {
        let mut request = RequestBuilder::new(StripeMethod::Post, "/refunds");
        request.body = Some(body.to_owned());
        sort_form(request).body
    };
    assert_eq!(sent("b=1&a[y]=2&a[x]=3"), Some("a[x]=3&a[y]=2&b=1".into()));
    assert_eq!(sent("b=1&a[y]=2&a[x]=3"), sent("a[x]=3&b=1&a[y]=2"));
}

#[test]
fn an_invalid_secret_key_is_rejected() {
    for key in ["", "  ", "sk_live_a\nb", "sk_live_\0"] {
        let error = Connection::new(&settings(key), Arc::new(ConstantEntropy(0))).err();
        assert_eq!(error, Some(StripeSetupError::SecretKey), "{key:?}");
    }
}

#[test]
fn an_api_base_with_a_query_is_rejected() {
    let mut settings = settings("sk_test_1");
    settings.api_base = Some("https://api.example/?key=1".parse().unwrap());
    let error = Connection::new(&settings, Arc::new(ConstantEntropy(0))).err();
    assert_eq!(error, Some(StripeSetupError::ApiBase));
}
