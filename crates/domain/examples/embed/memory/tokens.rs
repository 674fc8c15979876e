use async_trait::async_trait;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, TokenId};
use udam_domain::page::{Page, PageRequest};
use udam_domain::token::{RevealKey, RevokeToken, SealedAccess, Token};
use udam_domain::{RevealKeyError, RevokeTokenError, StoreError, TokenReader, TokenStore};

use super::MemoryStore;
use super::data::{Data, missing, page};

#[async_trait]
impl TokenStore for MemoryStore {
    async fn reveal(&self, reveal: RevealKey) -> Result<SealedAccess, RevealKeyError> {
        self.change(|data| {
            let token = data.token(reveal.token_id);
            let token = token.filter(|token| token.buyer_id == reveal.buyer.account_id);
            let token = token.ok_or(RevealKeyError::NotFound)?;
            RevealKeyError::unless_active(token.status(reveal.at))?;
            data.record(AuditAction::KeyRevealed, reveal.buyer, reveal.at);
            let listing = data.listings.get(&token.listing_id).ok_or_else(missing)?;
            Ok(SealedAccess {
                listing_id: token.listing_id,
                key: listing.published.sealed_key.clone(),
                endpoint_url: listing.published.details.endpoint_url.clone(),
            })
        })
    }

    async fn revoke(&self, revoke: RevokeToken) -> Result<Token, RevokeTokenError> {
        self.change(|data| {
            let stored = data
                .tokens
                .get_mut(&revoke.token_id)
                .filter(|token| [token.buyer_id, token.seller_id].contains(&revoke.by.account_id));
            let stored = stored.ok_or(RevokeTokenError::NotFound)?;
            if let Some(revoked) = stored.state.revoke() {
                stored.state = revoked;
                data.record(AuditAction::TokenRevoked, revoke.by, revoke.at);
            }
            Ok(data.token(revoke.token_id).ok_or_else(missing)?)
        })
    }
}

#[async_trait]
impl TokenReader for MemoryStore {
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError> {
        let found = self.read(|data| data.token(id));
        Ok(found.filter(|token| token.buyer_id == buyer))
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        request: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError> {
        Ok(self.read(|data| {
            let tokens = data.tokens.keys().rev().filter_map(|id| data.token(*id));
            let own = tokens.filter(|token| token.buyer_id == buyer);
            page(own, request, |token| token.id)
        }))
    }
}

impl Data {
    /// A token with the name of its service, as the listing has it now.
    fn token(&self, id: TokenId) -> Option<Token> {
        let mut token = self.tokens.get(&id)?.clone();
        let listing = self.listings.get(&token.listing_id)?;
        token.service_name = listing.published.details.service_name.clone();
        Some(token)
    }
}
