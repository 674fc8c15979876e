use async_trait::async_trait;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Listing, OwnListing};
use udam_domain::page::{Page, PageRequest};
use udam_domain::{ListingReader, StoreError};

use super::store::PgListingStore;
use crate::replica::Replica;

/// Reads listings from a standby, as long as that is close behind, and from the primary otherwise.
///
/// For those who look around. Whatever is decided, or follows from what its reader has just done, is read from the primary.
#[derive(Debug, Clone)]
pub struct PgCatalogueReader {
    primary: PgListingStore,
    replica: Replica,
    on_replica: PgListingStore,
}

impl PgCatalogueReader {
    /// Over a primary's listings and a standby.
    #[must_use]
    pub fn new(primary: PgListingStore, replica: Replica) -> Self {
        let on_replica = PgListingStore::new(replica.pool().clone());
        Self {
            primary,
            replica,
            on_replica,
        }
    }

    /// What was read from the standby; `None` if it is not to be asked, or has failed.
    async fn read<T>(&self, reading: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
        if !self.replica.is_fresh() {
            return None;
        }
        match reading.await {
            Ok(read) => Some(read),
            Err(error) => {
                self.replica.failed(&error);
                None
            }
        }
    }
}

#[async_trait]
impl ListingReader for PgCatalogueReader {
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError> {
        // One that the standby does not have may be new.
        match self.read(self.on_replica.find(id)).await.flatten() {
            Some(found) => Ok(Some(found)),
            None => self.primary.find(id).await,
        }
    }

    async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError> {
        match self.read(self.on_replica.search(query.clone())).await {
            Some(page) => Ok(page),
            None => self.primary.search(query).await,
        }
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError> {
        self.primary.of_seller(seller, page).await
    }
}
