use std::num::NonZeroU32;
use std::sync::Arc;

use thiserror::Error;

use crate::audit::Actor;
use crate::id::ListingId;
use crate::listing::{ApiKey, EditListing, Listing, ListingDetails, ListingEdit, NewListing};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Clock, EditListingError, Entropy, KeyVault, ListingIndex, ListingStore, StoreError, VaultError,
};
use crate::units::Stock;

/// Publishing and changing listings, and listing all of them for a sitemap.
#[derive(Clone)]
pub struct Catalogue {
    store: Arc<dyn ListingStore>,
    index: Arc<dyn ListingIndex>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The ports that [`Catalogue`] needs.
#[derive(Clone)]
pub struct CataloguePorts {
    /// Publishes and changes listings.
    pub store: Arc<dyn ListingStore>,
    /// Reads the ids of all listings on sale.
    pub index: Arc<dyn ListingIndex>,
    /// Seals sellers' keys.
    pub vault: Arc<dyn KeyVault>,
    /// Time at which listings are published and changed.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// Asks for a listing.
#[derive(Debug, Clone)]
pub struct PublishListing {
    /// Description, price and address of the service.
    pub details: ListingDetails,
    /// Key that grants access to the service; it is stored sealed.
    pub api_key: ApiKey,
    /// Number of units on sale.
    pub units: Stock,
}

/// Why a listing was not published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// Its key could not be sealed.
    #[error("publishing a listing failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("publishing a listing failed")]
    Unavailable(#[from] StoreError),
}

/// Why a listing was not changed.
#[derive(Debug, Error)]
pub enum ChangeListingError {
    /// Its new key could not be sealed.
    #[error("changing a listing failed")]
    Vault(#[from] VaultError),
    /// The edit was refused, or the store failed.
    #[error(transparent)]
    Edit(#[from] EditListingError),
}

impl Catalogue {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: CataloguePorts) -> Self {
        Self {
            store: ports.store,
            index: ports.index,
            vault: ports.vault,
            clock: ports.clock,
            entropy: ports.entropy,
        }
    }

    /// Publishes a listing of the actor's with its key sealed.
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn publish(
        &self,
        seller: Actor,
        request: PublishListing,
    ) -> Result<Listing, PublishError> {
        let now = self.clock.now();
        let id = ListingId::mint(now, self.entropy.as_ref());
        let listing = NewListing {
            id,
            seller_id: seller.account_id,
            details: request.details,
            units: request.units,
            sealed_key: self.vault.seal(id, &request.api_key).await?,
            listed_at: now,
        };
        Ok(self.store.publish(listing).await?)
    }

    /// Changes a listing of the actor's.
    ///
    /// # Errors
    /// [`ChangeListingError`]
    pub async fn edit(
        &self,
        seller: Actor,
        listing_id: ListingId,
        edit: ListingEdit<ApiKey>,
    ) -> Result<Listing, ChangeListingError> {
        let seal = async |key| self.vault.seal(listing_id, &key).await;
        let edit = edit.map_key(seal).await?;
        let edit = EditListing {
            listing_id,
            edit,
            seller,
            at: self.clock.now(),
        };
        Ok(self.store.edit(edit).await?)
    }

    /// The listing after which each page of a sitemap with `size` listings a page begins; `None` for the
    /// first page. It reads the ids of all listings on sale.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sitemap(&self, size: NonZeroU32) -> Result<Vec<Option<ListingId>>, StoreError> {
        let boundaries = self.index.on_sale_boundaries(size).await?;
        let first = std::iter::once(None);
        Ok(first.chain(boundaries.into_iter().map(Some)).collect())
    }

    /// The listings of the sitemap's page that begins after `after`.
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

opaque_debug!(Catalogue, CataloguePorts);

#[cfg(test)]
mod tests;
