use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use udam_stripe_sandbox::SandboxSettings;
use url::Url;

/// A local stand-in for Stripe: its API, a hosted checkout page, and signed webhooks.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where buyers' browsers find the hosted pages, if not at the address listened at.
    #[arg(long)]
    public_url: Option<Url>,
    /// Where webhooks go.
    #[arg(long)]
    webhook_url: Option<Url>,
    /// What webhooks are signed with; may be given several times.
    #[arg(long = "webhook-secret", default_value = "whsec_sandbox")]
    webhook_secrets: Vec<String>,
    /// The secret key that calls must bear.
    #[arg(long, default_value = "sk_test_sandbox")]
    api_key: String,
    /// How many seconds ahead a session's end must be.
    #[arg(long, default_value_t = 1_800)]
    minimum_session_seconds: u64,
    /// How many milliseconds to wait before each further attempt to deliver a webhook.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1000,2000,4000,8000,15000,30000,60000"
    )]
    webhook_retry_ms: Vec<u64>,
}

impl From<Arguments> for SandboxSettings {
    fn from(arguments: Arguments) -> Self {
        let retries = arguments.webhook_retry_ms.into_iter();
        Self {
            listen: arguments.listen,
            public_url: arguments.public_url,
            webhook_url: arguments.webhook_url,
            webhook_secrets: arguments.webhook_secrets,
            api_key: arguments.api_key,
            minimum_session_lifetime: Duration::from_secs(arguments.minimum_session_seconds),
            webhook_retries: retries.map(Duration::from_millis).collect(),
            ..Self::default()
        }
    }
}
