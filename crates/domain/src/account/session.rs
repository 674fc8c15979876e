use std::fmt;
use std::net::IpAddr;

use super::Account;
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::policy::SessionPolicy;
use crate::secret::Secret;
use crate::text::{bounded_text, line};
use crate::time::Timestamp;

bounded_text!(
    /// What a session was opened with, as its user agent calls itself: at most 200 characters.
    Device,
    line,
    200
);

/// What a client shows to prove its session. It leaves the marketplace once, when it is minted.
#[derive(Debug, Clone)]
pub struct SessionToken(Secret);

impl SessionToken {
    /// A token as a minter made it or a client sent it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The SHA-256 of a session token: all that is ever stored of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionDigest([u8; 32]);

impl SessionDigest {
    /// The digest with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store and look up.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where a request came from, as far as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address.
    pub address: Option<IpAddr>,
    /// What its user agent calls itself.
    pub device: Option<Device>,
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it, for ending it.
    pub id: SessionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it was opened from.
    pub origin: Origin,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to within [`SessionPolicy::TOUCH_INTERVAL`].
    pub last_seen_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether it still opens anything: neither expired nor left idle for too long.
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
    /// The digest of its token.
    pub digest: SessionDigest,
}

/// An account that has proved itself with a living session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose session it is.
    pub account: Account,
    /// The session.
    pub session: Session,
}

impl SignedIn {
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
