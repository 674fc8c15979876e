use std::time::Duration;

use thiserror::Error;
use udam_domain::secret::Secret;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(10);
const RETRIES: u32 = 2;
const BACKOFF: Duration = Duration::from_millis(500);

/// Settings of the gateway.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// Secret key of the Stripe account: `sk_…`, or a restricted `rk_…`.
    pub secret_key: Secret,
    /// Base URL of the API, without `/v1`; `None` = Stripe itself.
    pub api_base: Option<Url>,
    /// Public URL of the marketplace. Checkout redirects buyers to pages below it.
    pub public_url: Url,
    /// Time by which a session expires later than its charge.
    ///
    /// Stripe opens no session that expires in less than 30 minutes. Without a margin it rejects one for a
    /// charge of exactly 30 minutes that it is first asked for late.
    pub expiry_margin: Duration,
    /// Time limit of one request, from connecting to the last byte of the response.
    pub timeout: Duration,
    /// Maximum number of retries while Stripe is unavailable.
    pub retries: u32,
    /// Delay before the first retry. It doubles with each further retry, and each is shortened at random by
    /// up to a half.
    pub backoff: Duration,
}

impl StripeSettings {
    /// Settings for Stripe itself: a time limit of 10 seconds, two retries, and no margin.
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

/// An invalid setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StripeSetupError {
    /// The secret key is empty, or has characters that are not valid in a header.
    #[error("the secret key must be a key of stripe's, such as sk_live_…")]
    SecretKey,
    /// The API's base URL is invalid.
    #[error("the address of stripe's API must be http or https, with no query and no password")]
    ApiBase,
    /// The marketplace's public URL is invalid.
    #[error("the public address must be http or https, with no query and no password")]
    PublicUrl,
}

/// Returns the URL without a trailing slash; `None` if no path can be appended to it.
pub(crate) fn base_url(url: &Url) -> Option<&str> {
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
    fn a_base_url_may_have_a_path_but_no_query_fragment_or_password() {
        let base_of = |text: &str| base_url(&text.parse().unwrap()).map(str::to_owned);
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
    fn debug_does_not_print_the_secret_key() {
        let settings = StripeSettings::new(
            Secret::new("sk_live_hunter2".into()),
            "https://udam.example".parse().unwrap(),
        );
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
