use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use udam_stripe_sandbox::SandboxSettings;
use url::Url;

/// A local stand-in for Stripe: its API, a hosted checkout page, and signed webhooks.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 = any free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// URL by which browsers reach the hosted pages, if it is not the address listened on.
    #[arg(long)]
    public_url: Option<Url>,
    /// URL that webhooks are sent to.
    #[arg(long)]
    webhook_url: Option<Url>,
    /// Secret that webhooks are signed with; may be given several times.
    #[arg(long = "webhook-secret", default_value = "whsec_sandbox")]
    webhook_secrets: Vec<String>,
    /// Secret key that requests to the API must have.
    #[arg(long, default_value = "sk_test_sandbox")]
    api_key: String,
    /// Minimum time between the creation and the expiry of a session, in seconds.
    #[arg(long, default_value_t = 1_800)]
    minimum_session_seconds: u64,
    /// File that keeps sessions and payments for the next start with it.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Waits before each retry of a webhook, in milliseconds.
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
            journal: arguments.journal,
            webhook_retries: retries.map(Duration::from_millis).collect(),
            ..Self::default()
        }
    }
}
