use std::sync::Arc;

use thiserror::Error;

use crate::account::{Origin, SignedIn};
use crate::id::{AccountId, TokenId};
use crate::page::{Page, PageRequest};
use crate::ports::{
    Clock, KeyVault, RevealKeyError, RevokeTokenError, StoreError, TokenStore, VaultError,
};
use crate::token::{Access, RevealKey, RevokeToken, Token};

/// Opening and revoking tokens.
#[derive(Clone)]
pub struct Tokens {
    /// Keeps tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// Opens sealed keys.
    pub vault: Arc<dyn KeyVault>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Why a token did not open its key.
#[derive(Debug, Error)]
pub enum OpenTokenError {
    /// The token opens nothing.
    #[error(transparent)]
    Reveal(#[from] RevealKeyError),
    /// The key it should open does not open here.
    #[error("opening a token failed")]
    Vault(#[from] VaultError),
}

impl Tokens {
    /// The seller's key and endpoint, for the signed-in buyer who holds the token.
    ///
    /// # Errors
    /// [`OpenTokenError`]
    pub async fn reveal(
        &self,
        buyer: &SignedIn,
        origin: &Origin,
        token_id: TokenId,
    ) -> Result<Access, OpenTokenError> {
        let buyer = buyer.acting(origin, self.clock.now());
        let sealed = self.tokens.reveal(RevealKey { token_id, buyer }).await?;
        let api_key = self.vault.open(sealed.listing_id, &sealed.key)?;
        Ok(Access {
            api_key,
            endpoint_url: sealed.endpoint_url,
        })
    }

    /// Ends a token, for its signed-in buyer or seller.
    ///
    /// # Errors
    /// [`RevokeTokenError`]
    pub async fn revoke(
        &self,
        by: &SignedIn,
        origin: &Origin,
        token_id: TokenId,
    ) -> Result<Token, RevokeTokenError> {
        let by = by.acting(origin, self.clock.now());
        self.tokens.revoke(RevokeToken { token_id, by }).await
    }

    /// The token, if it is the buyer's.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError> {
        self.tokens.find(id, buyer).await
    }

    /// A page of the buyer's tokens.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError> {
        self.tokens.of_buyer(buyer, page).await
    }
}

#[cfg(test)]
mod tests;
