//! Listings and orders.

use super::Market;
use crate::audit::Actor;
use crate::conformance::check::Checked;
use crate::conformance::values::{at, text, usd};
use crate::id::{AccountId, ListingId, OrderId, RefundId, TokenId};
use crate::listing::{
    EditListing, Listing, ListingDetails, ListingEdit, NewListing, Price, SealedKey,
};
use crate::order::{
    Authority, CancelOrder, CanceledBy, Order, PlaceOrder, PlacedOrder, RefundOrder, RefundedBy,
    ReturnedUnits,
};
use crate::policy::{Endpoints, NewListingTerms, ReleaseLapsed, SweepPolicy};
use crate::ports::{ChangeOrderError, EditListingError, PlaceOrderError, PublishListingError};
use crate::units::{Stock, Units};

/// A sealed key that no vault can open, which stores need not know.
pub(in crate::conformance) fn sealed(ciphertext: &str) -> Checked<SealedKey> {
    Ok(SealedKey {
        key_id: text("key-1")?,
        ciphertext: ciphertext.as_bytes().to_vec(),
    })
}

impl Market {
    /// What the seller publishes at [`list`](Self::list).
    pub(in crate::conformance) fn new_listing(
        &self,
        units: i64,
        price: i64,
    ) -> Checked<NewListing> {
        Ok(NewListing {
            id: ListingId::mint(at(0), &self.ids),
            seller: Actor::from(self.seller),
            details: ListingDetails {
                description: Some(text("Rain and shine.")?),
                endpoint_url: Some(text("https://api.example.com/")?),
                ..ListingDetails::new(
                    text("Weather")?,
                    text("1,000 requests")?,
                    Price::new(usd(price))?,
                )
            },
            units: Stock::new(units)?,
            sealed_key: sealed("first")?,
            listed_at: at(0),
        })
    }

    pub(in crate::conformance) async fn publish(
        &self,
        listing: NewListing,
    ) -> Result<Listing, PublishListingError> {
        let terms = NewListingTerms::unlimited();
        self.stores.listings.publish(listing, terms).await
    }

    /// Publishes a listing of the seller's, at a price in cents.
    pub(in crate::conformance) async fn list(&self, units: i64, price: i64) -> Checked<ListingId> {
        let listing = self.new_listing(units, price)?;
        Ok(self.publish(listing).await?.id)
    }

    pub(in crate::conformance) async fn edit(
        &self,
        seller: AccountId,
        listing_id: ListingId,
        edit: ListingEdit<SealedKey>,
    ) -> Result<Listing, EditListingError> {
        let edit = EditListing {
            listing_id,
            edit,
            callable_key: None,
            seller: Actor::from(seller),
            endpoints: Endpoints::Public,
            at: at(5),
        };
        self.stores.listings.edit(edit).await
    }

    /// An order of the buyer's, without a key.
    pub(in crate::conformance) fn order(
        &self,
        listing_id: ListingId,
        units: i64,
        seconds: i64,
    ) -> Checked<PlaceOrder> {
        let placed_at = at(seconds);
        Ok(PlaceOrder {
            order_id: OrderId::mint(placed_at, &self.ids),
            token_id: TokenId::mint(placed_at, &self.ids),
            authority: Authority::Account(self.buyer),
            listing_id,
            units: Units::new(units)?,
            expected_price: None,
            idempotency_key: None,
            network: None,
            placed_at,
        })
    }

    pub(in crate::conformance) async fn place(
        &self,
        order: PlaceOrder,
    ) -> Result<PlacedOrder, PlaceOrderError> {
        self.stores.orders.place(order).await
    }

    /// Places an order of the buyer's that must be accepted.
    pub(in crate::conformance) async fn buy(
        &self,
        listing: ListingId,
        units: i64,
        seconds: i64,
    ) -> Checked<Order> {
        let order = self.order(listing, units, seconds)?;
        Ok(self.place(order).await?.order)
    }

    pub(in crate::conformance) async fn cancel(
        &self,
        buyer: AccountId,
        order_id: OrderId,
        seconds: i64,
    ) -> Result<Order, ChangeOrderError> {
        let buyer = Actor::from(buyer);
        let at = at(seconds);
        let cancel = CancelOrder {
            order_id,
            by: CanceledBy::Party(buyer),
            at,
        };
        self.stores.orders.cancel(cancel).await
    }

    pub(in crate::conformance) async fn refund(
        &self,
        seller: AccountId,
        order_id: OrderId,
        seconds: i64,
        units: ReturnedUnits,
    ) -> Result<Order, ChangeOrderError> {
        let at = at(seconds);
        let refund = RefundOrder {
            order_id,
            by: RefundedBy::Seller(Actor::from(seller)),
            at,
            units,
            refund_id: RefundId::mint(at, &self.ids),
        };
        self.stores.orders.refund(refund).await
    }

    /// Has the seller refund an order whose units stay sold.
    pub(in crate::conformance) async fn take_back(
        &self,
        order: &Order,
        seconds: i64,
    ) -> Checked<Order> {
        let refunded = self.refund(self.seller, order.id, seconds, ReturnedUnits::StaySold);
        Ok(refunded.await?)
    }

    /// Ends the reservations that are over, up to `limit`.
    pub(in crate::conformance) async fn release(
        &self,
        seconds: i64,
        limit: u16,
    ) -> Checked<Vec<OrderId>> {
        let request = ReleaseLapsed {
            limit,
            ..SweepPolicy::default().lapsed_at(at(seconds))
        };
        Ok(self.stores.orders.release_lapsed(request).await?)
    }
}
