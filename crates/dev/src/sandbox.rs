use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use udam_crypto::SystemEntropy;
use udam_domain::Entropy;
use udam_domain::secret::Secret;
use udam_stripe::StripeSettings;
use udam_stripe_sandbox::{Sandbox, SandboxError, SandboxSettings};
use url::{ParseError, Url};

use crate::reachable::reachable;

/// A Stripe sandbox in this process, with settings of the Stripe adapter and the webhook secret that fit
/// it.
pub struct SandboxPayments {
    /// Stops when dropped.
    pub sandbox: Sandbox,
    /// Settings of the Stripe adapter.
    pub stripe: StripeSettings,
    /// Signing secret of its webhooks.
    pub webhook_secret: Secret,
}

/// Starts a stand-in for Stripe that sends its webhooks to the marketplace at `address`. Buyers reach the marketplace
/// at `public_url`, or else at that address. API key and signing secret are generated, and gone with it; sessions and
/// payments stay in the `journal`, so that what was opened before a restart can be paid after it.
///
/// # Errors
/// [`SandboxError`]
pub async fn start_sandbox(
    public_url: Option<&Url>,
    address: SocketAddr,
    journal: PathBuf,
) -> Result<SandboxPayments, SandboxError> {
    let (api_key, webhook_secret) = (made_up("sk_test_"), made_up("whsec_"));
    let marketplace =
        origin(address).map_err(|source| SandboxError::Address { address, source })?;
    let sandbox = Sandbox::start(SandboxSettings {
        webhook_url: marketplace.join("/v1/webhooks/stripe").ok(),
        webhook_secrets: vec![webhook_secret.clone()],
        api_key: api_key.clone(),
        // Reservations may be short here.
        minimum_session_lifetime: Duration::ZERO,
        journal: Some(journal),
        ..SandboxSettings::default()
    })
    .await?;
    let public_url = public_url.cloned().unwrap_or(marketplace);
    let stripe = StripeSettings {
        api_base: Some(sandbox.base_url().clone()),
        ..StripeSettings::new(Secret::new(api_key), public_url)
    };
    Ok(SandboxPayments {
        sandbox,
        stripe,
        webhook_secret: Secret::new(webhook_secret),
    })
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
    use super::*;

    #[tokio::test]
    async fn keys_are_made_up_anew_and_buyers_come_back_to_where_they_were() {
        let address = "0.0.0.0:8080".parse().unwrap();
        let market = "http://market.local".parse().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (directory.path().join("1"), directory.path().join("2"));
        let first = start_sandbox(None, address, one).await.unwrap();
        let second = start_sandbox(Some(&market), address, other).await.unwrap();
        let key = |payments: &SandboxPayments| payments.stripe.secret_key.expose().to_owned();
        assert!(key(&first).starts_with("sk_test_"));
        assert_ne!(key(&first), key(&second));
        assert_ne!(
            first.webhook_secret.expose(),
            second.webhook_secret.expose()
        );
        let base_url = first.sandbox.base_url();
        assert_eq!(first.stripe.api_base.as_ref(), Some(base_url));
        assert_eq!(first.stripe.public_url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(second.stripe.public_url, market);
        first.sandbox.stop().await;
        second.sandbox.stop().await;
    }
}
