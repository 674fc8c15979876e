use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, ListingId};
use crate::listing::{
    CataloguePosition, CatalogueQuery, EditListing, KeyId, Listing, NewListing, OwnListing,
    SealedKey, StockChange,
};
use crate::page::{Page, PageRequest};
use crate::time::Timestamp;

/// Keeps listings and their stock.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingStore: Send + Sync {
    /// Publishes a listing with its sealed key and its stock.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn publish(&self, listing: NewListing) -> Result<Listing, StoreError>;

    /// The listing, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError>;

    /// Changes what the edit says, under the listing's lock: units sold meanwhile stay sold. A
    /// replaced key leaves an audit record.
    ///
    /// # Errors
    /// [`EditListingError`]; nothing has changed then.
    async fn edit(&self, edit: EditListing) -> Result<Listing, EditListingError>;

    /// A page of the listings on sale that the query asks for.
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
    /// It is another seller's.
    #[error("the listing is another seller's")]
    NotYours,
    /// With this change it would hold more units than a listing may.
    #[error("the listing would hold more units than a listing may")]
    TooManyUnits(StockChange),
    /// The store could not be asked.
    #[error("changing a listing failed")]
    Unavailable(#[from] StoreError),
}

/// The sealed keys as such, for moving them from one master key to another.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SealedKeyStore: Send + Sync {
    /// One key, the newest, of those sealed under each master key that any is sealed under.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn samples(&self) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Up to `limit` keys sealed under another master key than `active`, of listings after `after`,
    /// in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<ListingId>,
        limit: u16,
    ) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Puts `to` in the place of `from` and leaves an audit record. Answers `false`, and changes
    /// nothing, when the stored key is no longer `from`: its seller has replaced it meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn reseal(
        &self,
        listing: ListingId,
        from: SealedKey,
        to: SealedKey,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
