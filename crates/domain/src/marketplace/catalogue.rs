use std::num::NonZeroU32;
use std::sync::Arc;

use thiserror::Error;

use crate::account::{Origin, SignedIn};
use crate::id::{AccountId, ListingId};
use crate::listing::{
    ApiKey, CataloguePosition, CatalogueQuery, EditListing, Listing, ListingDetails, ListingEdit,
    NewListing, OwnListing,
};
use crate::page::{Page, PageRequest};
use crate::ports::{
    Clock, EditListingError, Entropy, KeyVault, ListingIndex, ListingStore, StoreError, VaultError,
};
use crate::units::Stock;

/// Publishing, changing and finding listings.
#[derive(Clone)]
pub struct Catalogue {
    /// Keeps listings.
    pub listings: Arc<dyn ListingStore>,
    /// Reads through what is on sale.
    pub index: Arc<dyn ListingIndex>,
    /// Seals keys.
    pub vault: Arc<dyn KeyVault>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// Asks for a listing.
#[derive(Debug, Clone)]
pub struct PublishListing {
    /// What is sold.
    pub details: ListingDetails,
    /// The key that opens the service.
    pub api_key: ApiKey,
    /// How many units.
    pub units: Stock,
}

/// Why a listing was not published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// Its key could not be sealed.
    #[error("publishing a listing failed")]
    Vault(#[from] VaultError),
    /// The store could not be asked.
    #[error("publishing a listing failed")]
    Unavailable(#[from] StoreError),
}

/// Why a listing was not changed.
#[derive(Debug, Error)]
pub enum ChangeListingError {
    /// Its new key could not be sealed.
    #[error("changing a listing failed")]
    Vault(#[from] VaultError),
    /// It was not to be changed.
    #[error(transparent)]
    Edit(#[from] EditListingError),
}

impl Catalogue {
    /// Puts a listing on sale, its key sealed.
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn publish(
        &self,
        seller: AccountId,
        request: PublishListing,
    ) -> Result<Listing, PublishError> {
        let now = self.clock.now();
        let id = ListingId::mint(now, self.entropy.as_ref());
        let listing = NewListing {
            id,
            seller_id: seller,
            details: request.details,
            units: request.units,
            sealed_key: self.vault.seal(id, &request.api_key)?,
            listed_at: now,
        };
        Ok(self.listings.publish(listing).await?)
    }

    /// Changes a listing of the signed-in seller's.
    ///
    /// # Errors
    /// [`ChangeListingError`]
    pub async fn edit(
        &self,
        seller: &SignedIn,
        origin: &Origin,
        listing_id: ListingId,
        edit: ListingEdit<ApiKey>,
    ) -> Result<Listing, ChangeListingError> {
        let edit = edit.map_key(|key| self.vault.seal(listing_id, &key))?;
        let seller = seller.acting(origin, self.clock.now());
        Ok(self
            .listings
            .edit(EditListing {
                listing_id,
                edit,
                seller,
            })
            .await?)
    }

    /// The listing, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError> {
        self.listings.find(id).await
    }

    /// A page of what is on sale.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError> {
        self.listings.search(query).await
    }

    /// A page of the seller's own listings.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError> {
        self.listings.of_seller(seller, page).await
    }

    /// Where each page begins of a sitemap with `size` listings a page: after which listing, and the first
    /// one after none. It reads the ids of all that is on sale.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sitemap(&self, size: NonZeroU32) -> Result<Vec<Option<ListingId>>, StoreError> {
        let boundaries = self.index.on_sale_boundaries(size).await?;
        let first = std::iter::once(None);
        Ok(first.chain(boundaries.into_iter().map(Some)).collect())
    }

    /// The page of that sitemap that begins after `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sitemap_page(
        &self,
        after: Option<ListingId>,
        size: NonZeroU32,
    ) -> Result<Vec<ListingId>, StoreError> {
        self.index.on_sale(after, size.get()).await
    }
}

#[cfg(test)]
mod tests;
