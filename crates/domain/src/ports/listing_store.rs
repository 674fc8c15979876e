use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, ListingId};
use crate::listing::{
    CataloguePosition, CatalogueQuery, EditListing, Listing, NewListing, NotCallable, OwnListing,
    SealedKey, StockChange, TooManyListings,
};
use crate::page::{Page, PageRequest};
use crate::policy::NewListingTerms;

/// Publishes and changes listings, and with each its stock.
///
/// The units of a listing are available, held by orders that await payment, or sold. Their sum changes only
/// here. Orders move units between the three, see [`StockDelta`](crate::order::StockDelta).
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingStore: Send + Sync {
    /// Publishes a listing with its sealed key, its stock and the first version of its gateway terms, on sale, if
    /// [`may_publish`](crate::listing::may_publish) says so, writes an audit record, and returns it. Calls of one
    /// seller at once are decided one after another.
    ///
    /// With it, the seller takes the [`skeleton`](crate::account::AccountName::skeleton) of its name, which no other
    /// seller has from then on: of several sellers at once whose names look alike, one publishes.
    ///
    /// # Errors
    /// [`PublishListingError`]; nothing has changed then. `NameTaken` if another seller has taken that skeleton.
    /// `Failed` if the seller's account does not exist, or a listing has this id.
    async fn publish(
        &self,
        listing: NewListing,
        terms: NewListingTerms,
    ) -> Result<Listing, PublishListingError>;

    /// Applies an edit, and returns the listing as it is then. A field with
    /// [`Change::Keep`](crate::listing::Change::Keep) stays as it is, whatever has changed it since the
    /// seller read it. The stock changes by [`StockChange::delta`], over all units of the listing and those
    /// available, under the lock that orders take: units that were held or sold meanwhile stay so. Orders
    /// keep the price that they were placed at; a new key and address are what tokens reveal from then on, and
    /// [`ServiceChanges::edited`](crate::listing::ServiceChanges::edited) dates them for those who hold one.
    /// The result must be [callable](crate::listing::check_callable), where a listing has sold calls once it has had
    /// gateway terms; and so must its key be, as far as [`unchecked_key`](crate::listing::unchecked_key) says. Terms that differ from those before get the [next](crate::gateway::TermsVersion::next) version
    /// after the listing's last. Replacing the key writes an audit record, and so does what
    /// [`ListingDetails::audited_since`](crate::listing::ListingDetails::audited_since) names.
    ///
    /// # Errors
    /// [`EditListingError`]; nothing has changed then, not even the other fields. `UncheckedKey` has the key that is to be
    /// checked before the edit is repeated with it as its [`callable_key`](EditListing::callable_key).
    async fn edit(&self, edit: EditListing) -> Result<Listing, EditListingError>;
}

/// Reads listings.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingReader: Send + Sync {
    /// Returns the listing, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError>;

    /// Returns a page of the listings on sale, sold out or not, that match the query, in its order. How
    /// [`CatalogueQuery::text`] matches and ranks is up to the implementation. The page ends early where
    /// [`Page::of_long_items`] does for [`Listing::text_length`].
    ///
    /// # Errors
    /// [`StoreError`]
    async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError>;

    /// Returns a page of the seller's listings, whatever their state, the newest first. Units sold and revenue
    /// are those of its orders, as [`StockDelta`](crate::order::StockDelta) counts them: units that
    /// [are sold](crate::order::OrderState::is_sold). The page ends early as that of [`search`](Self::search) does.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError>;
}

/// Why a [`ListingStore`] did not publish a listing.
#[derive(Debug, Error)]
pub enum PublishListingError {
    /// The seller is new, and has published enough for a day.
    #[error(transparent)]
    TooMany(#[from] TooManyListings),
    /// Another seller has a name that looks like that of this one.
    #[error("another seller has a name that looks like that of the seller")]
    NameTaken,
    /// An operator has suspended the seller.
    #[error("the seller is suspended")]
    Suspended,
    /// The store failed.
    #[error("publishing a listing failed")]
    Unavailable(#[from] StoreError),
}

/// Why a [`ListingStore`] did not change a listing.
#[derive(Debug, Error)]
pub enum EditListingError {
    /// There is no such listing.
    #[error("there is no such listing")]
    NotFound,
    /// Another seller owns it.
    #[error("the listing is another seller's")]
    NotYours,
    /// After this change the gateway could not call its service.
    #[error(transparent)]
    NotCallable(#[from] NotCallable),
    /// Whether the gateway can call its service with this key is not known.
    #[error("whether the gateway can call the service with its key is not known")]
    UncheckedKey(SealedKey),
    /// After this change it would hold more units than [`Stock::MAX`](crate::units::Stock::MAX).
    #[error("the listing would hold more units than a listing may")]
    TooManyUnits(StockChange),
    /// The store failed.
    #[error("changing a listing failed")]
    Unavailable(#[from] StoreError),
}
