use std::sync::Arc;

use thiserror::Error;

use crate::account::{
    AccountKey, AccountKeyInfo, AccountKeyName, KeyHolder, NewAccountKey, RevokeAccountKey, Scopes,
    SignedIn, StepUpRequired,
};
use crate::audit::Actor;
use crate::id::{AccountId, AccountKeyId};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AccountKeyMint, AccountKeyStore, Clock, Entropy, MakeAccountKeyError, StoreError,
};
use crate::time::Timestamp;

/// Keys by which programs act for an account: making, listing and revoking them, and authenticating requests by them.
#[derive(Clone)]
pub struct AccountKeys {
    store: Arc<dyn AccountKeyStore>,
    mint: Arc<dyn AccountKeyMint>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The ports of account keys alone.
#[derive(Clone)]
pub struct AccountKeyPorts {
    /// Keeps keys.
    pub store: Arc<dyn AccountKeyStore>,
    /// Makes and recognizes keys.
    pub mint: Arc<dyn AccountKeyMint>,
}

/// Asks for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeKey {
    /// Its name.
    pub name: AccountKeyName,
    /// Uses that it is allowed, at least one.
    pub scopes: Scopes,
    /// Time from which it is refused, UTC; `None` if it does not expire.
    pub expires_at: Option<Timestamp>,
}

/// Why no key was made.
#[derive(Debug, Error)]
pub enum MakeKeyError {
    /// It would have expired before it is made.
    #[error("a key must expire in the future")]
    ExpiresInPast,
    /// The account has as many keys as it may have.
    #[error("an account may have {} keys", AccountKeyInfo::MOST)]
    TooMany,
    /// The second factor of the account must be proved again first.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
    /// The store failed.
    #[error("making a key failed")]
    Unavailable(#[from] StoreError),
}

impl From<MakeAccountKeyError> for MakeKeyError {
    fn from(error: MakeAccountKeyError) -> Self {
        match error {
            MakeAccountKeyError::TooMany => Self::TooMany,
            MakeAccountKeyError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

impl AccountKeys {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: AccountKeyPorts, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            store: ports.store,
            mint: ports.mint,
            clock,
            entropy,
        }
    }

    /// Makes a key of the account that is signed in, and returns its secret, which cannot be read again.
    ///
    /// # Errors
    /// [`MakeKeyError`]
    pub async fn make(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
        request: MakeKey,
    ) -> Result<(AccountKeyInfo, AccountKey), MakeKeyError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        if request.expires_at.is_some_and(|end| end <= now) {
            return Err(MakeKeyError::ExpiresInPast);
        }
        let (secret, digest) = self.mint.mint();
        let key = AccountKeyInfo {
            id: AccountKeyId::mint(now, self.entropy.as_ref()),
            name: request.name,
            scopes: request.scopes,
            expires_at: request.expires_at,
            created_at: now,
            last_used_at: None,
        };
        let new = NewAccountKey {
            actor,
            key: key.clone(),
            digest,
        };
        self.store.make(new).await?;
        Ok((key, secret))
    }

    /// The keys of an account, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_account(&self, account: AccountId) -> Result<Vec<AccountKeyInfo>, StoreError> {
        self.store.of_account(account).await
    }

    /// Revokes a key of the actor. Returns `false` if the account has no such key.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn revoke(&self, actor: Actor, key: AccountKeyId) -> Result<bool, StoreError> {
        let revoke = RevokeAccountKey {
            actor,
            key,
            at: self.clock.now(),
        };
        self.store.revoke(revoke).await
    }

    /// The account that this key acts for, if it is a living one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn authenticate(&self, key: &AccountKey) -> Result<Option<KeyHolder>, StoreError> {
        match self.mint.recognize(key) {
            Some(digest) => self.store.authenticate(digest, self.clock.now()).await,
            None => Ok(None),
        }
    }
}

opaque_debug!(AccountKeys, AccountKeyPorts);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::account::{AccountKeyDigest, Scope};
    use crate::fixtures::{account, actor, at, clock, entropy, signed_in};
    use crate::ports::{MockAccountKeyMint, MockAccountKeyStore};

    const DIGEST: AccountKeyDigest = AccountKeyDigest::new([3; 32]);

    fn keys(store: MockAccountKeyStore) -> AccountKeys {
        let mut mint = MockAccountKeyMint::new();
        mint.expect_mint()
            .returning(|| (AccountKey::new("udp_minted".to_owned()), DIGEST));
        mint.expect_recognize()
            .returning(|key| (key.expose() == "udp_minted").then_some(DIGEST));
        let ports = AccountKeyPorts {
            store: Arc::new(store),
            mint: Arc::new(mint),
        };
        AccountKeys::new(ports, clock(at(1_000)), entropy())
    }

    fn request(expires_at: Option<i64>) -> MakeKey {
        MakeKey {
            name: "Nightly job".parse().unwrap(),
            scopes: Scopes::new(vec![Scope::Buy]).unwrap(),
            expires_at: expires_at.map(at),
        }
    }

    #[test]
    fn a_key_is_stored_by_its_digest_and_handed_out_once() {
        let mut store = MockAccountKeyStore::new();
        store
            .expect_make()
            .withf(|new| new.digest == DIGEST && new.key.created_at == at(1_000))
            .once()
            .returning(|_| Ok(()));
        let made = block_on(keys(store).make(actor(2), &signed_in(2), request(Some(1_001))));
        let (info, secret) = made.unwrap();
        assert_eq!(secret.expose(), "udp_minted");
        assert_eq!(
            (info.last_used_at, info.expires_at),
            (None, Some(at(1_001)))
        );
    }

    #[test]
    fn no_key_is_made_that_has_expired_or_without_a_recent_proof_of_the_factor() {
        let keys = keys(MockAccountKeyStore::new());
        let expired = block_on(keys.make(actor(2), &signed_in(2), request(Some(1_000))));
        assert!(matches!(expired, Err(MakeKeyError::ExpiresInPast)));
        let mut guarded = signed_in(2);
        guarded.has_factor = true;
        let refused = block_on(keys.make(actor(2), &guarded, request(None)));
        assert!(matches!(refused, Err(MakeKeyError::StepUpRequired(_))));
    }

    #[test]
    fn what_no_mint_has_made_reaches_no_store() {
        let mut store = MockAccountKeyStore::new();
        store.expect_authenticate().once().returning(|_, now| {
            assert_eq!(now, at(1_000));
            Ok(Some(KeyHolder {
                account: account(2),
                key: AccountKeyInfo {
                    id: AccountKeyId::mint(at(0), entropy().as_ref()),
                    name: "Nightly job".parse().unwrap(),
                    scopes: Scopes::new(vec![Scope::Read]).unwrap(),
                    expires_at: None,
                    created_at: at(0),
                    last_used_at: None,
                },
            }))
        });
        let keys = keys(store);
        let authenticate = |text: &str| {
            let key = AccountKey::new(text.to_owned());
            block_on(keys.authenticate(&key)).unwrap()
        };
        assert_eq!(
            authenticate("udp_minted").unwrap().account_id(),
            account(2).id
        );
        assert_eq!(authenticate("udp_mistyped"), None);
    }
}
