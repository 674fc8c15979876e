use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use url::Url;

/// How a sandbox is set up. The default suits tests: any free port of this machine, no webhooks
/// until an address is set, and Stripe's own limits.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where buyers' browsers find the hosted pages, if not at the address listened at.
    pub public_url: Option<Url>,
    /// Where webhooks go. Without one, events can only be asked for. `http` only.
    pub webhook_url: Option<Url>,
    /// What webhooks are signed with. Several while one is being replaced.
    pub webhook_secrets: Vec<String>,
    /// The secret key that calls to the API must bear.
    pub api_key: String,
    /// How far ahead a session's `expires_at` must be. Stripe asks for 30 minutes.
    pub minimum_session_lifetime: Duration,
    /// How long to wait before each further attempt to deliver a webhook; as many attempts as there
    /// are waits, and one more.
    pub webhook_retries: Vec<Duration>,
    /// How long the application may take to answer a webhook.
    pub webhook_timeout: Duration,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            webhook_url: None,
            webhook_secrets: vec!["whsec_sandbox".to_owned()],
            api_key: "sk_test_sandbox".to_owned(),
            minimum_session_lifetime: Duration::from_mins(30),
            webhook_retries: [1, 2, 4, 8, 15, 30, 60].map(Duration::from_secs).to_vec(),
            webhook_timeout: Duration::from_secs(10),
        }
    }
}
