use std::sync::Arc;

use thiserror::Error;

use super::access_keys::AccessKeys;
use crate::audit::Actor;
use crate::gateway::FirstAccessKey;
use crate::id::{RefundId, TokenId};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Clock, Entropy, KeyVault, RevealKeyError, RevokeTokenError, SweepTrigger, TokenReader,
    TokenStore, VaultError,
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
    gateway: Option<RevealThroughGateway>,
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
    /// Reveals tokens that are used through the gateway; `None` without a gateway.
    pub gateway: Option<RevealThroughGateway>,
}

/// What it takes to reveal tokens that are used through the gateway.
#[derive(Clone)]
pub struct RevealThroughGateway {
    /// Reads tokens.
    pub reader: Arc<dyn TokenReader>,
    /// Issues their first keys.
    pub keys: AccessKeys,
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
            gateway: ports.gateway,
        }
    }

    /// Returns what the token grants access to, to the buyer who holds it: the seller's key and endpoint, or the
    /// token's first access key, which is made the first time.
    ///
    /// # Errors
    /// [`OpenTokenError`]
    pub async fn reveal(&self, buyer: Actor, token_id: TokenId) -> Result<Access, OpenTokenError> {
        let reveal = RevealKey {
            token_id,
            buyer,
            at: self.clock.now(),
            first_key: self.first_key(buyer, token_id).await?,
        };
        match self.store.reveal(reveal).await? {
            SealedAccess::Service {
                listing_id,
                key,
                endpoint_url,
            } => Ok(Access::Service {
                api_key: self.vault.open(listing_id, &key).await?,
                endpoint_url,
            }),
            SealedAccess::Gateway { listing_id, key } => {
                let gateway = self.gateway.as_ref().ok_or(VaultError::Unopenable)?;
                Ok(Access::Gateway {
                    listing_id,
                    access_key: gateway.keys.open(token_id, &key).await?,
                })
            }
        }
    }

    /// A first access key for a token that is used through the gateway.
    async fn first_key(
        &self,
        buyer: Actor,
        token_id: TokenId,
    ) -> Result<Option<FirstAccessKey>, OpenTokenError> {
        let Some(gateway) = &self.gateway else {
            return Ok(None);
        };
        let token = gateway.reader.find(token_id, buyer.account_id).await;
        let token = token.map_err(RevealKeyError::from)?;
        let token = token.ok_or(RevealKeyError::NotFound)?;
        if token.gateway.is_none() {
            return Ok(None);
        }
        Ok(Some(gateway.keys.first(token_id).await?))
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

opaque_debug!(RevealThroughGateway, Tokens, TokenPorts);

#[cfg(test)]
mod tests;
