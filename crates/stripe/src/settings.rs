use std::time::Duration;

use thiserror::Error;
use udam_domain::secret::Secret;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(10);
const RETRIES: u32 = 2;
const BACKOFF: Duration = Duration::from_millis(500);

/// How to reach Stripe, and how patiently.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// The key of the Stripe account: `sk_…`, or a restricted `rk_…`.
    pub secret_key: Secret,
    /// Where Stripe's API is, if not at Stripe: the address that `/v1` comes after.
    pub api_base: Option<Url>,
    /// How buyers reach the marketplace. Checkout sends them back to pages below it.
    pub public_url: Url,
    /// How much longer a session lives at Stripe than its charge asks for.
    ///
    /// Stripe opens no session that would expire in less than 30 minutes. A charge that expires after
    /// exactly as long is refused when Stripe is first told of it late; this is what makes up for it.
    pub expiry_margin: Duration,
    /// How long one call may take, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// How often a call that found Stripe unavailable is made again.
    pub retries: u32,
    /// How long to wait before the first repeat. Each further wait is twice as long; of each, a random
    /// part of up to one half is left out.
    pub backoff: Duration,
}

impl StripeSettings {
    /// Stripe itself, with 10 seconds a call, two repeats, and no margin.
    #[must_use]
    pub const fn new(secret_key: Secret, public_url: Url) -> Self {
        Self {
            secret_key,
            api_base: None,
            public_url,
            expiry_margin: Duration::ZERO,
            timeout: TIMEOUT,
            retries: RETRIES,
            backoff: BACKOFF,
        }
    }
}

/// Why no gateway can be made of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StripeSetupError {
    /// The key is empty, or holds characters that no request can carry.
    #[error("the secret key must be a key of stripe's, such as sk_live_…")]
    SecretKey,
    /// The API's address is not one.
    #[error("the address of stripe's API must be http or https, with no query and no password")]
    ApiBase,
    /// The marketplace's address is not one.
    #[error("the public address must be http or https, with no query and no password")]
    PublicUrl,
}

/// The address without its last slash, if paths can be put after it.
pub(crate) fn base(url: &Url) -> Option<&str> {
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then(|| url.as_str().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_after_the_address_and_whatever_path_it_has() {
        let base_of = |text: &str| base(&text.parse().unwrap()).map(str::to_owned);
        assert_eq!(
            base_of("https://udam.example"),
            Some("https://udam.example".into())
        );
        assert_eq!(
            base_of("http://127.0.0.1:8080/market/"),
            Some("http://127.0.0.1:8080/market".into())
        );
        for text in [
            "ftp://udam.example",
            "data:text/plain,udam",
            "https://udam.example/?a=b",
            "https://udam.example/#a",
            "https://ada:secret@udam.example",
        ] {
            assert_eq!(base_of(text), None, "{text}");
        }
    }

    #[test]
    fn the_key_does_not_print() {
        let settings = StripeSettings::new(
            Secret::new("sk_live_hunter2".into()),
            "https://udam.example".parse().unwrap(),
        );
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
