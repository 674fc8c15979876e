use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use super::{Account, digest};
use crate::audit::Actor;
use crate::id::{AccountId, AccountKeyId};
use crate::secret::presented_secret;
use crate::text::{bounded_text, line};
use crate::time::{SignedDuration, Timestamp, before};

bounded_text!(
    /// Name that an account gives a key of its own: one line of at most 100 characters.
    AccountKeyName,
    line,
    100
);

digest!(
    /// SHA-256 of an account key, by which it is looked up.
    AccountKeyDigest
);

presented_secret!(
    /// A secret by which a program acts for an account, within its scopes.
    AccountKey
);

impl AccountKey {
    /// Beginning of every account key, by which people and secret scanners recognize one.
    pub const PREFIX: &'static str = "udp_";
}

/// A kind of use of an account key. None includes another.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Reading what the account sees.
    Read,
    /// Ordering, paying, and using what was bought, revealing its keys included.
    Buy,
    /// Publishing and editing listings, refunding orders.
    Sell,
}

/// The scopes of an account key: one or more, each once, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

/// A key has no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have one scope at least")]
pub struct NoScope;

/// The key of the request does not have this scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the key does not have the scope {0}")]
pub struct ScopeMissing(pub Scope);

impl Scopes {
    /// These scopes, without repeats.
    ///
    /// # Errors
    /// [`NoScope`]
    pub fn new(mut scopes: Vec<Scope>) -> Result<Self, NoScope> {
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            Err(NoScope)
        } else {
            Ok(Self(scopes))
        }
    }

    /// The scopes, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Whether what needs this scope is allowed.
    ///
    /// # Errors
    /// [`ScopeMissing`]
    pub fn allow(&self, needed: Scope) -> Result<(), ScopeMissing> {
        if self.0.contains(&needed) {
            Ok(())
        } else {
            Err(ScopeMissing(needed))
        }
    }
}

/// An account key as its account sees it. Its secret is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKeyInfo {
    /// Identifier, by which it is revoked.
    pub id: AccountKeyId,
    /// Name.
    pub name: AccountKeyName,
    /// Uses that it is allowed, at least one.
    pub scopes: Scopes,
    /// Time from which it is refused, UTC; `None` if it does not expire.
    pub expires_at: Option<Timestamp>,
    /// Time at which it was made, UTC.
    pub created_at: Timestamp,
    /// Time of the last use, UTC, to within [`TOUCH_INTERVAL`](Self::TOUCH_INTERVAL); `None` if it was not used.
    pub last_used_at: Option<Timestamp>,
}

impl AccountKeyInfo {
    /// Most keys that an account may have at once.
    pub const MOST: usize = 20;

    /// Least time between two records of a key's use.
    pub const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_mins(10);

    /// Whether it is accepted.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether a use at `now` is to be put on record.
    #[must_use]
    pub fn is_worth_noting(&self, now: Timestamp) -> bool {
        let earlier = before(now, Self::TOUCH_INTERVAL);
        self.last_used_at.is_none_or(|last| last <= earlier)
    }
}

/// Request to store a key of the acting account.
#[derive(Debug, Clone)]
pub struct NewAccountKey {
    /// The account, acting on itself.
    pub actor: Actor,
    /// The key.
    pub key: AccountKeyInfo,
    /// Digest of its secret.
    pub digest: AccountKeyDigest,
}

/// Request to revoke a key of the acting account.
#[derive(Debug, Clone, Copy)]
pub struct RevokeAccountKey {
    /// The account, acting on itself.
    pub actor: Actor,
    /// The key.
    pub key: AccountKeyId,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// The account that a living key acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    /// The account.
    pub account: Account,
    /// The key.
    pub key: AccountKeyInfo,
}

impl KeyHolder {
    /// Identifier of the account.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        self.account.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, draw};

    fn key(expires_at: Option<i64>, last_used_at: Option<i64>) -> AccountKeyInfo {
        AccountKeyInfo {
            id: AccountKeyId::mint(at(0), &draw(1)),
            name: "Nightly job".parse().unwrap(),
            scopes: Scopes::new(vec![Scope::Read]).unwrap(),
            expires_at: expires_at.map(at),
            created_at: at(0),
            last_used_at: last_used_at.map(at),
        }
    }

    #[test]
    fn a_key_is_allowed_its_scopes_and_no_other() {
        assert_eq!(Scopes::new(Vec::new()), Err(NoScope));
        let given = vec![Scope::Sell, Scope::Read, Scope::Sell];
        let scopes = Scopes::new(given).unwrap();
        assert_eq!(
            scopes.iter().collect::<Vec<_>>(),
            [Scope::Read, Scope::Sell]
        );
        assert_eq!(scopes.allow(Scope::Read), Ok(()));
        assert_eq!(scopes.allow(Scope::Buy), Err(ScopeMissing(Scope::Buy)));
    }

    #[test]
    fn a_key_is_refused_from_its_end_on() {
        assert!(key(None, None).is_alive(at(i64::from(u32::MAX))));
        assert!(key(Some(10), None).is_alive(at(9)));
        assert!(!key(Some(10), None).is_alive(at(10)));
    }

    #[test]
    fn a_use_is_recorded_once_in_a_while() {
        assert!(key(None, None).is_worth_noting(at(0)));
        assert!(!key(None, Some(0)).is_worth_noting(at(599)));
        assert!(key(None, Some(0)).is_worth_noting(at(600)));
    }

    #[test]
    fn neither_key_nor_digest_prints() {
        let secret = AccountKey::new("udp_secret".to_owned());
        let digest = AccountKeyDigest::new([7; 32]);
        assert_eq!(
            format!("{secret:?} {digest:?}"),
            "AccountKey([redacted]) [redacted]"
        );
    }
}
