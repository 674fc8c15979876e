//! Limits of accounts that are used up, as clients are told of them. That of the client's address comes with the request.

use udam_domain::account::AttemptKind;
use udam_domain::complaint::Complaint;
use udam_domain::policy::LinkLimit;
use udam_domain::time::SignedDuration;
use udam_web::RateReport;

/// Why a client has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limited {
    /// Whole seconds to wait.
    pub(crate) seconds: u64,
    /// The limit of the account; `None` if that of the address is used up.
    pub(crate) of_account: Option<RateReport>,
}

impl Limited {
    /// The address has called too often.
    pub(crate) const fn by_address(seconds: u64) -> Self {
        Self {
            seconds,
            of_account: None,
        }
    }

    /// The password, or the second factor, of an account was tried too often.
    pub(crate) fn attempts(kind: AttemptKind, seconds: u64) -> Self {
        let policy = match kind {
            AttemptKind::Password => "password",
            AttemptKind::SecondFactor => "second_factor",
        };
        let limits = kind.limits();
        Self::by_account(policy, limits.free, limits.longest_wait, seconds)
    }

    /// An address was sent too many links.
    pub(crate) fn links(seconds: u64) -> Self {
        let LinkLimit { most, within } = LinkLimit::default();
        Self::by_account("mails", most, within, seconds)
    }

    /// An account has complained too often.
    pub(crate) fn complaints(seconds: u64) -> Self {
        let most = u32::try_from(Complaint::MOST).unwrap_or(u32::MAX);
        Self::by_account("complaints", most, Complaint::PERIOD, seconds)
    }

    fn by_account(policy: &'static str, quota: u32, window: SignedDuration, reset: u64) -> Self {
        let report = RateReport {
            policy,
            quota,
            window: window.unsigned_abs().as_secs(),
            left: 0,
            reset,
        };
        Self {
            seconds: reset,
            of_account: Some(report),
        }
    }
}
