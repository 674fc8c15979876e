//! How often one caller may come, and how often one account's password may be tried by whomever. It
//! protects what is dear: password hashes from guessing, and all else from one client that takes
//! everybody's turn.

use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use udam_domain::account::Email;

use super::problem::{Problem, Refusal};

/// After so many calls, callers and accounts that have long been quiet are forgotten, so that the memory
/// of them is bounded by how many call within a few minutes.
const FORGET_EVERY: u32 = 4_096;

/// How often calls of a kind may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pace {
    /// Calls that check or set a password.
    Credentials,
    /// All others that people make.
    #[default]
    General,
    /// Calls of machines that must never be turned away: probes, and the payment provider's.
    Unlimited,
}

/// A call comes too soon, by so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooSoon(pub(super) u64);

impl From<TooSoon> for Refusal {
    fn from(TooSoon(seconds): TooSoon) -> Self {
        Problem::RateLimited(seconds).into()
    }
}

/// What is left of each allowance.
pub(super) struct RateLimits {
    callers: Option<Callers>,
    attempts: DefaultKeyedRateLimiter<Email>,
    clock: DefaultClock,
    calls: AtomicU32,
}

struct Callers {
    credentials: DefaultKeyedRateLimiter<IpAddr>,
    general: DefaultKeyedRateLimiter<IpAddr>,
}

impl RateLimits {
    /// With an allowance for each account's password, and for each caller if that is on: nobody else
    /// who limits callers can know which account they try.
    pub(super) fn new(callers_too: bool) -> Self {
        Self {
            callers: callers_too.then(Callers::new),
            // More than a person needs who has forgotten which password it was.
            attempts: RateLimiter::keyed(every(Duration::from_secs(5), 20)),
            clock: DefaultClock::default(),
            calls: AtomicU32::new(0),
        }
    }

    /// Counts a call of this caller's, unless it comes too soon.
    pub(super) fn admit(&self, pace: Pace, caller: Option<IpAddr>) -> Result<(), TooSoon> {
        let Some(callers) = &self.callers else {
            return Ok(());
        };
        let limiter = match pace {
            Pace::Credentials => &callers.credentials,
            Pace::General => &callers.general,
            Pace::Unlimited => return Ok(()),
        };
        self.check(limiter, &allowance_holder(caller))
    }

    /// Counts an attempt at this account's password, unless there are too many, from wherever they
    /// come. There need not be such an account: nobody shall learn from it whether there is.
    pub(super) fn admit_attempt(&self, email: &Email) -> Result<(), TooSoon> {
        self.check(&self.attempts, email)
    }

    fn check<K: Clone + Eq + Hash>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), TooSoon> {
        self.forget_the_quiet();
        limiter.check_key(key).map_err(|too_soon| {
            let wait = too_soon.wait_time_from(self.clock.now());
            TooSoon(whole_seconds(wait))
        })
    }

    fn forget_the_quiet(&self) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        if calls.is_multiple_of(FORGET_EVERY) {
            forget(&self.attempts);
            if let Some(callers) = &self.callers {
                forget(&callers.credentials);
                forget(&callers.general);
            }
        }
    }
}

impl Callers {
    fn new() -> Self {
        Self {
            credentials: RateLimiter::keyed(every(Duration::from_secs(3), 10)),
            general: RateLimiter::keyed(every(Duration::from_millis(10), 400)),
        }
    }
}

fn forget<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>) {
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

/// Whom an address stands for. A household or a rented machine has a whole /64 of IPv6 to call from.
fn allowance_holder(caller: Option<IpAddr>) -> IpAddr {
    match caller.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        Some(address) => address,
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    let started = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(started).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limits: &RateLimits, pace: Pace, caller: &str, calls: usize) -> usize {
        let caller = caller.parse().ok();
        (0..calls)
            .filter(|_| limits.admit(pace, caller).is_ok())
            .count()
    }

    #[test]
    fn guessing_passwords_is_slowed_down_for_one_caller_only() {
        let limits = RateLimits::new(true);
        assert_eq!(admitted(&limits, Pace::Credentials, "192.0.2.1", 30), 10);
        assert_eq!(admitted(&limits, Pace::Credentials, "192.0.2.2", 5), 5);
        assert_eq!(admitted(&limits, Pace::General, "192.0.2.1", 30), 30);
    }

    #[test]
    fn a_caller_cannot_multiply_within_its_ipv6_network() {
        let limits = RateLimits::new(true);
        let total: usize = (0..30)
            .map(|host| {
                admitted(
                    &limits,
                    Pace::Credentials,
                    &format!("2001:db8::{host:x}"),
                    1,
                )
            })
            .sum();
        assert_eq!(total, 10);
        assert_eq!(
            admitted(&limits, Pace::Credentials, "2001:db8:0:1::1", 1),
            1
        );
    }

    #[test]
    fn one_account_s_password_is_guessed_no_faster_from_many_places() {
        for callers_too in [true, false] {
            let limits = RateLimits::new(callers_too);
            let attempts = |email: &str| {
                let email = email.parse().unwrap();
                (0..40)
                    .filter(|_| limits.admit_attempt(&email).is_ok())
                    .count()
            };
            assert_eq!(attempts("ada@example.com"), 20);
            assert_eq!(attempts("Ada@Example.com"), 0);
            assert_eq!(attempts("grace@example.com"), 20);
        }
    }

    #[test]
    fn whoever_has_long_been_quiet_is_forgotten() {
        for callers_too in [true, false] {
            let mut limits = RateLimits::new(callers_too);
            limits.attempts = RateLimiter::keyed(every(Duration::from_nanos(1), 1));
            let attempt = |limits: &RateLimits, number: u32| {
                let email = format!("ada{number}@example.com").parse().unwrap();
                limits.admit_attempt(&email).unwrap();
            };
            (0..100).for_each(|number| attempt(&limits, number));
            assert_eq!(limits.attempts.len(), 100);
            std::thread::sleep(Duration::from_millis(1));
            limits.calls = AtomicU32::new(FORGET_EVERY);
            attempt(&limits, 100);
            assert_eq!(limits.attempts.len(), 1);
        }
    }

    #[test]
    fn whoever_is_turned_away_hears_how_long_to_wait() {
        let limits = RateLimits::new(true);
        admitted(&limits, Pace::Credentials, "192.0.2.1", 10);
        let problem = limits.admit(Pace::Credentials, "192.0.2.1".parse().ok());
        assert!(matches!(problem, Err(TooSoon(1..=3))), "{problem:?}");
    }

    #[test]
    fn without_allowances_and_for_machines_every_call_is_admitted() {
        let off = RateLimits::new(false);
        assert_eq!(admitted(&off, Pace::Credentials, "192.0.2.1", 50), 50);
        let on = RateLimits::new(true);
        assert_eq!(admitted(&on, Pace::Unlimited, "192.0.2.1", 1_000), 1_000);
    }

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(2_001)), 3);
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
    }
}
