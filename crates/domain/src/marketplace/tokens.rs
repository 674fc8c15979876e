use std::sync::Arc;

use thiserror::Error;

use super::access_keys::AccessKeys;
use crate::audit::Actor;
use crate::id::{RefundId, TokenId};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Clock, Entropy, KeyVault, RevealKeyError, RevokeTokenError, SweepTrigger, TokenStore,
    VaultError,
};
use crate::token::{Access, RevealKey, RevokeToken, SealedAccess, Token};

/// Revealing the keys of tokens, and revoking tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Arc<dyn TokenStore>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sweeps: Arc<dyn SweepTrigger>,
    access_keys: Option<AccessKeys>,
}

/// The ports that [`Tokens`] needs.
#[derive(Clone)]
pub struct TokenPorts {
    /// Reveals and revokes tokens.
    pub store: Arc<dyn TokenStore>,
    /// Opens sealed keys.
    pub vault: Arc<dyn KeyVault>,
    /// Time by which tokens expire.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Asks for a sweep once something may be owed to a buyer.
    pub sweeps: Arc<dyn SweepTrigger>,
    /// Makes and opens the first keys of tokens that are used through the gateway; `None` without a gateway.
    pub access_keys: Option<AccessKeys>,
}

/// Why a token's key was not revealed.
#[derive(Debug, Error)]
pub enum OpenTokenError {
    /// The token grants no access, or the store failed.
    #[error(transparent)]
    Reveal(#[from] RevealKeyError),
    /// The key could not be opened.
    #[error("opening a token failed")]
    Vault(#[from] VaultError),
}

impl Tokens {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: TokenPorts) -> Self {
        Self {
            store: ports.store,
            vault: ports.vault,
            clock: ports.clock,
            entropy: ports.entropy,
            sweeps: ports.sweeps,
            access_keys: ports.access_keys,
        }
    }

    /// Returns what the token grants access to, to the buyer who holds it: the seller's key and endpoint, or the
    /// token's first access key, which is made the first time.
    ///
    /// # Errors
    /// [`OpenTokenError`]
    pub async fn reveal(&self, buyer: Actor, token_id: TokenId) -> Result<Access, OpenTokenError> {
        match self.sealed_access(buyer, token_id).await? {
            SealedAccess::Service {
                listing_id,
                key,
                endpoint_url,
            } => Ok(Access::Service {
                api_key: self.vault.open(listing_id, &key).await?,
                endpoint_url,
            }),
            SealedAccess::Gateway { listing_id, key } => {
                let keys = self.access_keys.as_ref();
                let keys = keys.ok_or(VaultError::Unopenable)?;
                Ok(Access::Gateway {
                    listing_id,
                    access_key: keys.open(token_id, &key).await?,
                })
            }
        }
    }

    /// What the token grants access to, sealed. A first access key is made only if the store has none. Of several at once,
    /// one is stored, and all return that.
    async fn sealed_access(
        &self,
        buyer: Actor,
        token_id: TokenId,
    ) -> Result<SealedAccess, OpenTokenError> {
        let mut reveal = RevealKey {
            token_id,
            buyer,
            at: self.clock.now(),
            first_key: None,
        };
        match (self.store.reveal(reveal.clone()).await, &self.access_keys) {
            (Err(RevealKeyError::NoKey), Some(keys)) => {
                reveal.first_key = Some(keys.first(token_id).await?);
                Ok(self.store.reveal(reveal).await?)
            }
            (revealed, _) => Ok(revealed?),
        }
    }

    /// Revokes a token that the actor has bought or sold. What its order has cost goes back if its seller
    /// revokes it and its key was never revealed, and a sweep is asked for, which sends it.
    ///
    /// # Errors
    /// [`RevokeTokenError`]
    pub async fn revoke(&self, by: Actor, token_id: TokenId) -> Result<Token, RevokeTokenError> {
        let at = self.clock.now();
        let revoke = RevokeToken {
            token_id,
            by,
            at,
            refund_id: RefundId::mint(at, self.entropy.as_ref()),
        };
        let revoked = self.store.revoke(revoke).await?;
        self.sweeps.trigger();
        Ok(revoked)
    }
}

opaque_debug!(Tokens, TokenPorts);

#[cfg(test)]
mod tests;
