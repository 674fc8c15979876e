use std::sync::Arc;

use thiserror::Error;

use crate::audit::Actor;
use crate::id::TokenId;
use crate::opaque_debug::opaque_debug;
use crate::ports::{Clock, KeyVault, RevealKeyError, RevokeTokenError, TokenStore, VaultError};
use crate::token::{Access, RevealKey, RevokeToken, Token};

/// Revealing the keys of tokens, and revoking tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Arc<dyn TokenStore>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
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

    /// Revokes a token that the actor has bought or sold.
    ///
    /// # Errors
    /// [`RevokeTokenError`]
    pub async fn revoke(&self, by: Actor, token_id: TokenId) -> Result<Token, RevokeTokenError> {
        let revoke = RevokeToken {
            token_id,
            by,
            at: self.clock.now(),
        };
        self.store.revoke(revoke).await
    }
}

opaque_debug!(Tokens, TokenPorts);

#[cfg(test)]
mod tests;
