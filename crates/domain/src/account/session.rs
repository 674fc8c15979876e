use std::net::IpAddr;

use super::{Account, LogInPlace, SessionDigest, StepUpRequired, check_proof};
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::policy::SessionPolicy;
use crate::secret::presented_secret;
use crate::text::{bounded_text, line};
use crate::time::Timestamp;

bounded_text!(
    /// The `User-Agent` that a session was opened with: at most 200 characters.
    Device,
    line,
    200
);

presented_secret!(
    /// The secret that authenticates a client. It is returned once, when the session is opened.
    SessionToken
);

/// Origin of a request, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Client address.
    pub address: Option<IpAddr>,
    /// Its `User-Agent`, truncated.
    pub device: Option<Device>,
}

/// A session of an account. The token that authenticates it is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identifier, by which it is ended.
    pub id: SessionId,
    /// The account that it authenticates.
    pub account_id: AccountId,
    /// Origin of the request that opened it.
    pub origin: Origin,
    /// Time of opening, UTC.
    pub created_at: Timestamp,
    /// Time of the last use, UTC, to within [`SessionPolicy::TOUCH_INTERVAL`].
    pub last_seen_at: Timestamp,
    /// Time at which it ends however much it is used, UTC.
    pub expires_at: Timestamp,
    /// Time at which it has last proved the second factor, UTC; `None` if it never has.
    pub proved_at: Option<Timestamp>,
}

impl Session {
    /// Returns whether it still authenticates: it has neither expired nor been idle for too long.
    #[must_use]
    pub fn is_alive(&self, policy: &SessionPolicy, now: Timestamp) -> bool {
        policy.admits(self.last_seen_at, self.expires_at, now)
    }
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// Digest of its token.
    pub digest: SessionDigest,
    /// Places that its account is recognized by from then on.
    pub places: Vec<LogInPlace>,
}

/// An account that a living session has authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// The session.
    pub session: Session,
    /// Whether the account has a second factor.
    pub has_factor: bool,
    /// Whether the account had a role when the session was looked up. It says what to show; what an operator may do is asked of
    /// [`Administration::operator`](crate::marketplace::Administration::operator).
    pub has_role: bool,
}

impl AsRef<Account> for SignedIn {
    fn as_ref(&self) -> &Account {
        &self.account
    }
}

impl SignedIn {
    /// Whether it may do what asks for a recent proof of the second factor. An account without one may.
    ///
    /// # Errors
    /// [`StepUpRequired`]
    pub fn check_step_up(&self, now: Timestamp) -> Result<(), StepUpRequired> {
        if self.has_factor {
            check_proof(self.session.proved_at, now)
        } else {
            Ok(())
        }
    }

    /// This account, acting from `address`.
    #[must_use]
    pub const fn actor(&self, address: Option<IpAddr>) -> Actor {
        Actor {
            account_id: self.account.id,
            address,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::{SignedDuration, after};

    fn session() -> Session {
        Session {
            id: SessionId::from_uuid(Uuid::from_u128(1)),
            account_id: AccountId::from_uuid(Uuid::from_u128(2)),
            origin: Origin::default(),
            created_at: Timestamp::UNIX_EPOCH,
            last_seen_at: Timestamp::UNIX_EPOCH,
            expires_at: after(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(24)),
            proved_at: None,
        }
    }

    #[test]
    fn a_session_ends_when_idle_or_old() {
        let policy = SessionPolicy {
            ttl: SignedDuration::from_hours(24),
            idle_ttl: SignedDuration::from_hours(2),
        };
        let alive_after = |last_seen: i64, now: i64| {
            let at = |hours| after(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(hours));
            Session {
                last_seen_at: at(last_seen),
                ..session()
            }
            .is_alive(&policy, at(now))
        };
        assert!(alive_after(0, 1));
        assert!(!alive_after(0, 2));
        assert!(alive_after(23, 23));
        assert!(!alive_after(23, 24));
    }

    #[test]
    fn neither_token_nor_digest_prints() {
        let token = SessionToken::new("udam_ses_secret".into());
        let digest = SessionDigest::new([7; 32]);
        assert_eq!(
            format!("{token:?} {digest:?}"),
            "SessionToken([redacted]) [redacted]"
        );
    }
}
