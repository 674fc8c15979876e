use std::net::IpAddr;
use std::sync::Once;

use actix_web::HttpRequest;
use actix_web::http::header;
use udam_domain::account::{Device, Origin};

use crate::client_address::client_address;
use crate::rate_limit::{RateLimitClass, RateLimited, RateLimits};
use crate::rate_report::keep_rate_report;
use crate::trusted_proxies::TrustedProxies;

/// Rate limits by client, and the trusted proxies by which clients are told apart. One per process.
pub struct Admission {
    trusted_proxies: TrustedProxies,
    limits: RateLimits,
}

impl Admission {
    /// Believes these proxies about the clients that they call for. With `limit_clients`, limits how
    /// often each client calls.
    #[must_use]
    pub fn new(trusted_proxies: TrustedProxies, limit_clients: bool) -> Self {
        Self {
            trusted_proxies,
            limits: RateLimits::new(limit_clients),
        }
    }

    /// Counts a request and returns the address of its client. What is left of its allowance stays with the request: see
    /// [`rate_report`](crate::rate_report()).
    ///
    /// # Errors
    /// [`RateLimited`] when the client has used up its allowance for requests of this class.
    pub fn admit(
        &self,
        request: &HttpRequest,
        class: RateLimitClass,
    ) -> Result<Option<IpAddr>, RateLimited> {
        if self.trusted_proxies.is_empty() {
            warn_of_unknown_proxy(request);
        }
        let client = client_address(request, &self.trusted_proxies);
        let counted = self.limits.admit(class, client);
        let report = match &counted {
            Ok(report) => *report,
            Err(limited) => Some(limited.report),
        };
        if let Some(report) = report {
            keep_rate_report(request, report);
        }
        counted.map(|_| client)
    }
}

/// Says once, for operators, what makes all visitors share one rate limit: a proxy in front that is not known.
fn warn_of_unknown_proxy(request: &HttpRequest) {
    static WARNED: Once = Once::new();

    if request.headers().contains_key(header::X_FORWARDED_FOR) {
        WARNED.call_once(|| {
            let peer = request.peer_addr().map(|peer| peer.ip());
            tracing::warn!(
                peer = peer.map(tracing::field::display),
                "a request has X-Forwarded-For, though no proxy is trusted: if one is in front, all its \
                 visitors share a rate limit and an address; set UDAM_TRUSTED_PROXIES to it"
            );
        });
    }
}

/// The origin of a request of the client at `address`: the address and the user agent.
#[must_use]
pub fn origin(request: &HttpRequest, address: Option<IpAddr>) -> Origin {
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let shortened: Option<String> =
        agent.map(|agent| agent.chars().take(Device::MAX_LENGTH).collect());
    Origin {
        address,
        device: shortened.and_then(|agent| agent.parse().ok()),
    }
}
