use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use udam_crypto::SystemEntropy;
use udam_domain::Entropy;
use udam_domain::secret::Secret;
use udam_stripe::StripeSettings;
use udam_stripe_sandbox::{Sandbox, SandboxError, SandboxSettings};
use url::{ParseError, Url};

use super::reachable;
use crate::config::{HttpSettings, PaymentSettings};

/// Starts a stand-in for Stripe that sends its webhooks to the marketplace at `address`, and answers with
/// how the marketplace is paid through it. Both know keys that are made up here, and gone with it.
pub(super) async fn start(
    http: &HttpSettings,
    address: SocketAddr,
) -> Result<(Sandbox, PaymentSettings), SandboxError> {
    let (api_key, webhook_secret) = (made_up("sk_test_"), made_up("whsec_"));
    let marketplace =
        origin(address).map_err(|source| SandboxError::Address { address, source })?;
    let sandbox = Sandbox::start(SandboxSettings {
        webhook_url: marketplace.join("/v1/webhooks/stripe").ok(),
        webhook_secrets: vec![webhook_secret.clone()],
        api_key: api_key.clone(),
        // Reservations may be short here.
        minimum_session_lifetime: Duration::ZERO,
        ..SandboxSettings::default()
    })
    .await?;
    let public_url = http.public_url.clone().unwrap_or(marketplace);
    let stripe = StripeSettings {
        api_base: Some(sandbox.base_url().clone()),
        ..StripeSettings::new(Secret::new(api_key), public_url)
    };
    let payments = PaymentSettings {
        stripe,
        webhook_secrets: vec![Secret::new(webhook_secret)],
    };
    Ok((sandbox, payments))
}

fn origin(address: SocketAddr) -> Result<Url, ParseError> {
    Url::parse(&format!("http://{}", reachable(address)))
}

fn made_up(prefix: &str) -> String {
    let mut bytes = [0; 24];
    SystemEntropy.fill(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn http(public_url: Option<&str>) -> HttpSettings {
        HttpSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            admin_listen: None,
            public_url: public_url.map(|url| url.parse().unwrap()),
            trusted_proxies: Vec::new(),
            rate_limit: false,
            workers: NonZeroUsize::MIN,
        }
    }

    #[tokio::test]
    async fn keys_are_made_up_anew_and_buyers_come_back_to_where_they_were() {
        let address = "0.0.0.0:8080".parse().unwrap();
        let (first, payments) = start(&http(None), address).await.unwrap();
        let (second, others) = start(&http(Some("http://market.local")), address)
            .await
            .unwrap();
        let key = |payments: &PaymentSettings| payments.stripe.secret_key.expose().to_owned();
        assert!(key(&payments).starts_with("sk_test_"));
        assert_ne!(key(&payments), key(&others));
        assert_ne!(
            payments.webhook_secrets[0].expose(),
            others.webhook_secrets[0].expose()
        );
        assert_eq!(payments.stripe.api_base.as_ref(), Some(first.base_url()));
        assert_eq!(
            payments.stripe.public_url.as_str(),
            "http://127.0.0.1:8080/"
        );
        assert_eq!(others.stripe.public_url.as_str(), "http://market.local/");
        first.stop().await;
        second.stop().await;
    }
}
