use std::sync::Arc;

use crate::audit::Actor;
use crate::gateway::{
    AccessKey, AccessKeyInfo, AccessKeyName, DeleteAccessKey, FirstAccessKey, IssueAccessKey,
    NewAccessKey,
};
use crate::id::{AccessKeyId, TokenId};
use crate::listing::SealedKey;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AccessKeyMint, AccessKeyStore, AccessKeyVault, Clock, Entropy, IssueAccessKeyError, StoreError,
    VaultError,
};
use crate::time::Timestamp;
use crate::units::Units;

/// Issuing and deleting access keys.
#[derive(Clone)]
pub struct AccessKeys {
    store: Arc<dyn AccessKeyStore>,
    mint: Arc<dyn AccessKeyMint>,
    vault: Arc<dyn AccessKeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The ports that [`AccessKeys`] needs.
#[derive(Clone)]
pub struct AccessKeyPorts {
    /// Keeps access keys.
    pub store: Arc<dyn AccessKeyStore>,
    /// Makes access keys.
    pub mint: Arc<dyn AccessKeyMint>,
    /// Seals the first key of a token.
    pub vault: Arc<dyn AccessKeyVault>,
    /// Time at which keys are issued.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// A further access key that a buyer asks for.
#[derive(Debug, Clone, Default)]
pub struct FurtherKey {
    /// Name, if its buyer gives one.
    pub name: Option<AccessKeyName>,
    /// Most units that it may spend; `None` = all of the token's.
    pub max_units: Option<Units>,
    /// Time from which it opens nothing, UTC; `None` = that of the token.
    pub expires_at: Option<Timestamp>,
}

impl AccessKeys {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: AccessKeyPorts) -> Self {
        Self {
            store: ports.store,
            mint: ports.mint,
            vault: ports.vault,
            clock: ports.clock,
            entropy: ports.entropy,
        }
    }

    /// Issues a further key of a token, which expires later than now. The secret is returned here and never again.
    ///
    /// # Errors
    /// [`IssueAccessKeyError`]
    pub async fn issue(
        &self,
        buyer: Actor,
        token_id: TokenId,
        further: FurtherKey,
    ) -> Result<(AccessKeyInfo, AccessKey), IssueAccessKeyError> {
        let at = self.clock.now();
        if further
            .expires_at
            .is_some_and(|expires_at| expires_at <= at)
        {
            return Err(IssueAccessKeyError::ExpiresInPast);
        }
        let (secret, key) = self.new_key(at);
        let issue = IssueAccessKey {
            token_id,
            buyer,
            key,
            name: further.name,
            max_units: further.max_units,
            expires_at: further.expires_at,
            at,
        };
        Ok((self.store.issue(issue).await?, secret))
    }

    /// Deletes a key of a token. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn delete(
        &self,
        buyer: Actor,
        token_id: TokenId,
        key_id: AccessKeyId,
    ) -> Result<bool, StoreError> {
        let delete = DeleteAccessKey {
            token_id,
            key_id,
            buyer,
            at: self.clock.now(),
        };
        self.store.delete(delete).await
    }

    /// A first key for a token that has none.
    pub(super) async fn first(&self, token_id: TokenId) -> Result<FirstAccessKey, VaultError> {
        let (secret, key) = self.new_key(self.clock.now());
        let sealed = self.vault.seal(token_id, &secret).await?;
        Ok(FirstAccessKey { key, sealed })
    }

    /// Opens the first key of a token.
    pub(super) async fn open(
        &self,
        token_id: TokenId,
        sealed: &SealedKey,
    ) -> Result<AccessKey, VaultError> {
        self.vault.open(token_id, sealed).await
    }

    fn new_key(&self, at: Timestamp) -> (AccessKey, NewAccessKey) {
        let (secret, digest) = self.mint.mint();
        let id = AccessKeyId::mint(at, self.entropy.as_ref());
        (secret, NewAccessKey { id, digest })
    }
}

opaque_debug!(AccessKeys, AccessKeyPorts);

#[cfg(test)]
mod tests;
