use async_trait::async_trait;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, TokenId};
use udam_domain::order;
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::give_back_revoked;
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
            let stored = data.tokens.get_mut(&token.id).ok_or_else(missing)?;
            stored.revealed_at.get_or_insert(reveal.at);
            data.record(AuditAction::KeyRevealed, reveal.buyer, reveal.at);
            let listing = data.listings.get(&token.listing_id).ok_or_else(missing)?;
            Ok(SealedAccess::Service {
                listing_id: token.listing_id,
                key: listing.published.sealed_key.clone(),
                endpoint_url: listing.published.details.endpoint_url.clone(),
            })
        })
    }

    async fn revoke(&self, revoke: RevokeToken) -> Result<Token, RevokeTokenError> {
        self.change(|data| {
            let token = data
                .token(revoke.token_id)
                .filter(|token| [token.buyer_id, token.seller_id].contains(&revoke.by.account_id));
            let token = token.ok_or(RevokeTokenError::NotFound)?;
            let order = data.order(token.order_id).ok_or_else(missing)?;
            if let Some(step) = order::refund_by_revoking(&token, order.state, &revoke) {
                data.write_move(&order, step, revoke.at, None)?;
                let charge = data.charge_to_refund(order.id)?;
                data.give_back(&order, charge, |to_refund, charge| {
                    give_back_revoked(to_refund, charge, revoke.refund_id)
                })?;
                data.record(AuditAction::OrderRefunded, revoke.by, revoke.at);
            }
            if let Some(revoked) = token.state.revoke() {
                let stored = data.tokens.get_mut(&token.id).ok_or_else(missing)?;
                stored.state = revoked;
                data.record(AuditAction::TokenRevoked, revoke.by, revoke.at);
            }
            Ok(data.token(token.id).ok_or_else(missing)?)
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
    /// A token with the name of its service, as the listing has it now, and what has changed since its order.
    fn token(&self, id: TokenId) -> Option<Token> {
        let mut token = self.tokens.get(&id)?.clone();
        let listing = self.listings.get(&token.listing_id)?;
        token.service_name = listing.published.details.service_name.clone();
        let ordered_at = self.orders.get(&token.order_id)?.order.created_at;
        token.service_changes = listing.changes.since(ordered_at);
        Some(token)
    }
}
