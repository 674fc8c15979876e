//! Reading orders, tokens, tabs and stock.

use super::Market;
use crate::audit::Actor;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::values::{at, usd};
use crate::id::{AccountId, ListingId, RefundId};
use crate::listing::{Listing, OwnListing};
use crate::order::{Order, OrderState};
use crate::page::PageRequest;
use crate::ports::{RevealKeyError, RevokeTokenError};
use crate::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenState};

impl Market {
    /// The order as its buyer reads it now.
    pub(in crate::conformance) async fn find(&self, order: &Order) -> Checked<Order> {
        let found = self.stores.order_reader.find(order.id, order.buyer_id);
        some("the order, for its buyer", found.await?)
    }

    /// Fails unless the order is in this state now.
    pub(in crate::conformance) async fn is_in(
        &self,
        order: &Order,
        state: OrderState,
    ) -> Checked<Order> {
        let order = self.find(order).await?;
        equal("state of the order", order.state, state)?;
        Ok(order)
    }

    /// The token of an order that has one, as its buyer reads it now.
    pub(in crate::conformance) async fn token(&self, order: &Order) -> Checked<Token> {
        let order = self.find(order).await?;
        let id = some("a token of the order", order.token_id)?;
        let found = self.stores.token_reader.find(id, order.buyer_id).await?;
        some("the token, for its buyer", found)
    }

    pub(in crate::conformance) async fn token_is(
        &self,
        order: &Order,
        state: TokenState,
    ) -> Checked {
        let token = self.token(order).await?;
        equal("state of the token", token.state, state)
    }

    pub(in crate::conformance) async fn reveal(
        &self,
        token: &Token,
        buyer: AccountId,
        seconds: i64,
    ) -> Result<SealedAccess, RevealKeyError> {
        let reveal = RevealKey {
            token_id: token.id,
            buyer: Actor::from(buyer),
            at: at(seconds),
            first_key: None,
        };
        self.stores.tokens.reveal(reveal).await
    }

    pub(in crate::conformance) async fn revoke(
        &self,
        token: &Token,
        by: AccountId,
        seconds: i64,
    ) -> Result<Token, RevokeTokenError> {
        let revoke = RevokeToken {
            token_id: token.id,
            by: Actor::from(by),
            at: at(seconds),
            refund_id: RefundId::mint(at(seconds), &self.ids),
        };
        self.stores.tokens.revoke(revoke).await
    }

    pub(in crate::conformance) async fn listing(&self, id: ListingId) -> Checked<Listing> {
        some("the listing", self.stores.listing_reader.find(id).await?)
    }

    pub(in crate::conformance) async fn has_available(
        &self,
        listing: ListingId,
        units: u32,
    ) -> Checked {
        let found = self.listing(listing).await?.available.get();
        equal("units available", found, units)
    }

    /// Fails unless the seller's listing has sold so many units for so many cents.
    pub(in crate::conformance) async fn has_sold(
        &self,
        listing: ListingId,
        units: u64,
        revenue: i64,
    ) -> Checked {
        let page = PageRequest::default();
        let own = self.stores.listing_reader.of_seller(self.seller, page);
        let is_it = |own: &OwnListing| own.listing.id == listing;
        let own = some(
            "the listing, for its seller",
            own.await?.items.into_iter().find(is_it),
        )?;
        let found = (own.units_sold, own.revenue);
        equal("units sold, and revenue", found, (units, usd(revenue)))
    }

    /// Fails unless the buyer's tab stands at so many cents.
    pub(in crate::conformance) async fn tab_is(&self, minor: i64) -> Checked {
        let tab = self.stores.tab_reader.tab(self.buyer).await?;
        let found = some("a tab", tab)?.open;
        equal("sum on the tab", found, usd(minor))
    }

    /// Fails unless nothing is owed at this time.
    pub(in crate::conformance) async fn owes_nothing(&self, seconds: i64) -> Checked {
        equal("refunds owed", self.owed(seconds).await?, Vec::new())
    }
}
