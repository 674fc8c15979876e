use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// Settings of a sandbox. The defaults suit tests: any free port of this machine, no webhooks until a URL is
/// set, and Stripe's own limits.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Address to listen on; port 0 = any free port.
    pub listen: SocketAddr,
    /// URL by which browsers reach the hosted pages; `None` = the address listened on.
    pub public_url: Option<Url>,
    /// URL that webhooks are sent to, `http` only; `None` = no webhooks are sent, but events can be listed.
    pub webhook_url: Option<Url>,
    /// Secrets that webhooks are signed with: several while one is being rotated.
    pub webhook_secrets: Vec<String>,
    /// Secret key that requests to the API must have.
    pub api_key: String,
    /// Minimum time between the creation and the expiry of a session. Stripe: 30 minutes.
    pub minimum_session_lifetime: Duration,
    /// Wait before each retry of a webhook; there are as many retries as waits.
    pub webhook_retries: Vec<Duration>,
    /// Time limit for the response to a webhook.
    pub webhook_timeout: Duration,
    /// File that keeps the account, so that a sandbox that is started with it again goes on, if it can at the same
    /// address; `None` = the account ends with the sandbox. Webhooks in progress are not kept: their events are
    /// listed.
    pub journal: Option<PathBuf>,
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
            journal: None,
        }
    }
}
