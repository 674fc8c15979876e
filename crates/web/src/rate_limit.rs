//! Limits on how often one client calls. How often one account's password is tried is limited by the use case.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use udam_domain::account::Network;

/// Number of calls between removals of the clients whose allowance is full again. It bounds
/// the memory by how many call within a few minutes.
const PURGE_EVERY: u32 = 4_096;

/// The allowance of a client that a request draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateLimitClass {
    /// Requests that check or set a password: one every 3 s, 10 at once.
    Credentials,
    /// All other requests: 100 a second, 400 at once.
    #[default]
    General,
    /// Probes of whether the server is alive, apart from all other requests: 200 a second, 1,000 at once.
    Probes,
    /// Requests that make the server call an address that their client has chosen: one every 2 s, 10 at once.
    Outbound,
    /// No limit: the payment provider's webhooks, and operators.
    Unlimited,
}

/// An allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    /// Time until the request can be repeated, in whole seconds; at least 1.
    pub retry_after: u64,
}

/// Remaining allowances by client.
pub(crate) struct RateLimits {
    clients: Option<ClientLimits>,
    clock: DefaultClock,
    calls: AtomicU32,
}

struct ClientLimits {
    credentials: DefaultKeyedRateLimiter<Network>,
    general: DefaultKeyedRateLimiter<Network>,
    probes: DefaultKeyedRateLimiter<Network>,
    outbound: DefaultKeyedRateLimiter<Network>,
}

impl RateLimits {
    /// With `limit_clients`, full allowances for each client; without, no limits.
    pub(crate) fn new(limit_clients: bool) -> Self {
        Self {
            clients: limit_clients.then(ClientLimits::new),
            clock: DefaultClock::default(),
            calls: AtomicU32::new(0),
        }
    }

    /// Draws one request of this class from the client's allowance.
    pub(crate) fn admit(
        &self,
        class: RateLimitClass,
        client: Option<IpAddr>,
    ) -> Result<(), RateLimited> {
        let Some(clients) = &self.clients else {
            return Ok(());
        };
        let limiter = match class {
            RateLimitClass::Credentials => &clients.credentials,
            RateLimitClass::General => &clients.general,
            RateLimitClass::Probes => &clients.probes,
            RateLimitClass::Outbound => &clients.outbound,
            RateLimitClass::Unlimited => return Ok(()),
        };
        // All clients of unknown address share one allowance.
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        self.check(limiter, Network::of(client.unwrap_or(unknown)))
    }

    fn check(
        &self,
        limiter: &DefaultKeyedRateLimiter<Network>,
        client: Network,
    ) -> Result<(), RateLimited> {
        self.purge_when_due();
        limiter.check_key(&client).map_err(|used_up| {
            let wait = used_up.wait_time_from(self.clock.now());
            RateLimited {
                retry_after: whole_seconds(wait),
            }
        })
    }

    fn purge_when_due(&self) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        if calls.is_multiple_of(PURGE_EVERY)
            && let Some(clients) = &self.clients
        {
            purge(&clients.credentials);
            purge(&clients.general);
            purge(&clients.probes);
            purge(&clients.outbound);
        }
    }
}

impl ClientLimits {
    fn new() -> Self {
        Self {
            credentials: RateLimiter::keyed(every(Duration::from_secs(3), 10)),
            general: RateLimiter::keyed(every(Duration::from_millis(10), 400)),
            probes: RateLimiter::keyed(every(Duration::from_millis(5), 1_000)),
            outbound: RateLimiter::keyed(every(Duration::from_secs(2), 10)),
        }
    }
}

fn purge(limiter: &DefaultKeyedRateLimiter<Network>) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

/// One call each `period`, and `burst` at once after a pause.
fn every(period: Duration, burst: u32) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(period)
        .unwrap_or_else(|| Quota::per_second(burst))
        .allow_burst(burst)
}

fn whole_seconds(wait: Duration) -> u64 {
    let started = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(started).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limits: &RateLimits, class: RateLimitClass, client: &str, calls: usize) -> usize {
        let client = client.parse().ok();
        (0..calls)
            .filter(|_| limits.admit(class, client).is_ok())
            .count()
    }

    #[test]
    fn guessing_passwords_is_slowed_down_for_one_client_only() {
        let limits = RateLimits::new(true);
        assert_eq!(
            admitted(&limits, RateLimitClass::Credentials, "192.0.2.1", 30),
            10
        );
        assert_eq!(
            admitted(&limits, RateLimitClass::Credentials, "192.0.2.2", 5),
            5
        );
        assert_eq!(
            admitted(&limits, RateLimitClass::General, "192.0.2.1", 30),
            30
        );
    }

    #[test]
    fn a_client_cannot_multiply_within_its_ipv6_network() {
        let limits = RateLimits::new(true);
        let total: usize = (0..30)
            .map(|host| {
                admitted(
                    &limits,
                    RateLimitClass::Credentials,
                    &format!("2001:db8::{host:x}"),
                    1,
                )
            })
            .sum();
        assert_eq!(total, 10);
        assert_eq!(
            admitted(&limits, RateLimitClass::Credentials, "2001:db8:0:1::1", 1),
            1
        );
    }

    #[test]
    fn full_allowances_are_purged() {
        let mut limits = RateLimits::new(true);
        let clients = |limits: &RateLimits| limits.clients.as_ref().unwrap().general.len();
        limits.clients.as_mut().unwrap().general =
            RateLimiter::keyed(every(Duration::from_nanos(1), 1));
        for number in 0..100 {
            admitted(
                &limits,
                RateLimitClass::General,
                &format!("192.0.2.{number}"),
                1,
            );
        }
        assert_eq!(clients(&limits), 100);
        std::thread::sleep(Duration::from_millis(1));
        limits.calls = AtomicU32::new(PURGE_EVERY);
        admitted(&limits, RateLimitClass::General, "192.0.2.100", 1);
        assert_eq!(clients(&limits), 1);
    }

    #[test]
    fn a_limited_client_is_told_how_long_to_wait() {
        let limits = RateLimits::new(true);
        admitted(&limits, RateLimitClass::Credentials, "192.0.2.1", 10);
        let limited = limits.admit(RateLimitClass::Credentials, "192.0.2.1".parse().ok());
        assert!(
            matches!(limited, Err(RateLimited { retry_after: 1..=3 })),
            "{limited:?}"
        );
    }

    #[test]
    fn probes_have_a_generous_allowance_of_their_own() {
        let limits = RateLimits::new(true);
        admitted(&limits, RateLimitClass::General, "192.0.2.1", 1_000);
        let probes = admitted(&limits, RateLimitClass::Probes, "192.0.2.1", 5_000);
        assert!((1_000..3_000).contains(&probes), "{probes}");
    }

    #[test]
    fn calls_of_addresses_that_clients_choose_have_a_small_allowance_of_their_own() {
        let limits = RateLimits::new(true);
        let outbound = admitted(&limits, RateLimitClass::Outbound, "192.0.2.1", 30);
        assert_eq!(outbound, 10);
        let passwords = admitted(&limits, RateLimitClass::Credentials, "192.0.2.1", 30);
        assert_eq!(passwords, 10);
    }

    #[test]
    fn without_limits_and_for_webhooks_every_request_is_admitted() {
        let off = RateLimits::new(false);
        assert_eq!(
            admitted(&off, RateLimitClass::Credentials, "192.0.2.1", 50),
            50
        );
        let on = RateLimits::new(true);
        assert_eq!(
            admitted(&on, RateLimitClass::Unlimited, "192.0.2.1", 1_000),
            1_000
        );
    }

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(2_001)), 3);
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
    }
}
