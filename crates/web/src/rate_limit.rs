//! Limits on how often one client calls. How often one account's password is tried is limited by the use case.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use udam_domain::account::Network;

use crate::rate_report::RateReport;

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

impl RateLimitClass {
    /// Name of its policy in headers.
    const fn policy(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::General => "general",
            Self::Probes => "probes",
            Self::Outbound => "outbound",
            Self::Unlimited => "unlimited",
        }
    }
}

/// An allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    /// Time until the request can be repeated, in whole seconds; at least 1.
    pub retry_after: u64,
    /// Report on the allowance, for the client.
    pub report: RateReport,
}

type ClientLimiter =
    RateLimiter<Network, DefaultKeyedStateStore<Network>, DefaultClock, StateInformationMiddleware>;

/// Remaining allowances by client.
pub(crate) struct RateLimits {
    clients: Option<ClientLimits>,
    clock: DefaultClock,
    calls: AtomicU32,
}

struct ClientLimits {
    credentials: Allowance,
    general: Allowance,
    probes: Allowance,
    outbound: Allowance,
}

/// An allowance of each client: one request each `period`, and `burst` at once after a pause.
struct Allowance {
    limiter: ClientLimiter,
    policy: &'static str,
    period: Duration,
    burst: u32,
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

    /// Draws one request of this class from the client's allowance. Returns what is left; `None` without a limit.
    pub(crate) fn admit(
        &self,
        class: RateLimitClass,
        client: Option<IpAddr>,
    ) -> Result<Option<RateReport>, RateLimited> {
        let Some(clients) = &self.clients else {
            return Ok(None);
        };
        let allowance = match class {
            RateLimitClass::Credentials => &clients.credentials,
            RateLimitClass::General => &clients.general,
            RateLimitClass::Probes => &clients.probes,
            RateLimitClass::Outbound => &clients.outbound,
            RateLimitClass::Unlimited => return Ok(None),
        };
        // All clients of unknown address share one allowance.
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        self.check(allowance, Network::of(client.unwrap_or(unknown)))
            .map(Some)
    }

    fn check(&self, allowance: &Allowance, client: Network) -> Result<RateReport, RateLimited> {
        self.purge_when_due();
        match allowance.limiter.check_key(&client) {
            Ok(after) => Ok(allowance.after(&after)),
            Err(used_up) => {
                let wait = used_up.wait_time_from(self.clock.now());
                let retry_after = whole_seconds(wait);
                Err(RateLimited {
                    retry_after,
                    report: allowance.report(0, retry_after),
                })
            }
        }
    }

    fn purge_when_due(&self) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        if calls.is_multiple_of(PURGE_EVERY)
            && let Some(clients) = &self.clients
        {
            clients.credentials.purge();
            clients.general.purge();
            clients.probes.purge();
            clients.outbound.purge();
        }
    }
}

impl ClientLimits {
    fn new() -> Self {
        let allowance =
            |class: RateLimitClass, period, burst| Allowance::new(class.policy(), period, burst);
        Self {
            credentials: allowance(RateLimitClass::Credentials, Duration::from_secs(3), 10),
            general: allowance(RateLimitClass::General, Duration::from_millis(10), 400),
            probes: allowance(RateLimitClass::Probes, Duration::from_millis(5), 1_000),
            outbound: allowance(RateLimitClass::Outbound, Duration::from_secs(2), 10),
        }
    }
}

impl Allowance {
    fn new(policy: &'static str, period: Duration, burst: u32) -> Self {
        let most = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period)
            .unwrap_or_else(|| Quota::per_second(most))
            .allow_burst(most);
        Self {
            limiter: RateLimiter::keyed(quota).with_middleware(),
            policy,
            period,
            burst,
        }
    }

    /// Requests that are left after an admitted one.
    fn after(&self, state: &StateSnapshot) -> RateReport {
        let left = state.remaining_burst_capacity();
        let used = self.burst.saturating_sub(left);
        self.report(left, whole_seconds(self.period.saturating_mul(used)))
    }

    fn report(&self, left: u32, reset: u64) -> RateReport {
        RateReport {
            policy: self.policy,
            quota: self.burst,
            window: whole_seconds(self.period.saturating_mul(self.burst)),
            left,
            reset,
        }
    }

    fn purge(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
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
        let clients = |limits: &RateLimits| limits.clients.as_ref().unwrap().general.limiter.len();
        limits.clients.as_mut().unwrap().general =
            Allowance::new("general", Duration::from_nanos(1), 1);
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
        let limited = limited.unwrap_err();
        assert!((1..=3).contains(&limited.retry_after), "{limited:?}");
        let report = limited.report;
        assert_eq!((report.left, report.reset), (0, limited.retry_after));
    }

    #[test]
    fn an_admitted_client_is_told_what_is_left_and_when_all_is_there_again() {
        let limits = RateLimits::new(true);
        let client = "192.0.2.1".parse().ok();
        let report = limits.admit(RateLimitClass::Credentials, client).unwrap();
        let expected = RateReport {
            policy: "credentials",
            quota: 10,
            window: 30,
            left: 9,
            reset: 3,
        };
        assert_eq!(report, Some(expected));
        let next = limits.admit(RateLimitClass::Credentials, client).unwrap();
        assert_eq!(next.map(|report| (report.left, report.reset)), Some((8, 6)));
        let unlimited = limits.admit(RateLimitClass::Unlimited, client).unwrap();
        assert_eq!(unlimited, None);
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
