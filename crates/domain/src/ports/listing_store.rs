use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, ListingId};
use crate::listing::{
    CataloguePosition, CatalogueQuery, EditListing, Listing, NewListing, OwnListing, StockChange,
};
use crate::page::{Page, PageRequest};

/// Publishes and changes listings, and with each its stock.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingStore: Send + Sync {
    /// Publishes a listing with its sealed key and its stock.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn publish(&self, listing: NewListing) -> Result<Listing, StoreError>;

    /// Applies an edit under the listing's lock: units sold meanwhile stay sold. Replacing the key writes
    /// an audit record.
    ///
    /// # Errors
    /// [`EditListingError`]; nothing has changed then.
    async fn edit(&self, edit: EditListing) -> Result<Listing, EditListingError>;
}

/// Reads listings.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingReader: Send + Sync {
    /// The listing, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError>;

    /// A page of the listings on sale, sold out or not, that match the query.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError>;

    /// A page of the seller's listings, whatever their state, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError>;
}

/// Why a listing was not changed.
#[derive(Debug, Error)]
pub enum EditListingError {
    /// There is no such listing.
    #[error("there is no such listing")]
    NotFound,
    /// Another seller owns it.
    #[error("the listing is another seller's")]
    NotYours,
    /// After this change it would hold more units than [`Stock::MAX`](crate::units::Stock::MAX).
    #[error("the listing would hold more units than a listing may")]
    TooManyUnits(StockChange),
    /// The store failed.
    #[error("changing a listing failed")]
    Unavailable(#[from] StoreError),
}
