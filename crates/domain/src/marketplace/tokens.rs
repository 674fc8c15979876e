use std::sync::Arc;

use thiserror::Error;

use crate::audit::Actor;
use crate::id::{RefundId, TokenId};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Clock, Entropy, KeyVault, RevealKeyError, RevokeTokenError, SweepTrigger, TokenStore,
    VaultError,
};
use crate::token::{Access, RevealKey, RevokeToken, Token};

/// Revealing the keys of tokens, and revoking tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Arc<dyn TokenStore>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sweeps: Arc<dyn SweepTrigger>,
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
        }
    }

    /// Returns the seller's key and endpoint to the buyer who holds the token.
    ///
    /// # Errors
    /// [`OpenTokenError`]
    pub async fn reveal(&self, buyer: Actor, token_id: TokenId) -> Result<Access, OpenTokenError> {
        let reveal = RevealKey {
            token_id,
            buyer,
            at: self.clock.now(),
        };
        let sealed = self.store.reveal(reveal).await?;
        let api_key = self.vault.open(sealed.listing_id, &sealed.key).await?;
        Ok(Access {
            api_key,
            endpoint_url: sealed.endpoint_url,
        })
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
