use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    CataloguePosition, CatalogueQuery, EditListing, Listing, NewListing, OwnListing,
};
use udam_domain::page::{Page, PageRequest};
use udam_domain::policy::NewListingTerms;
use udam_domain::{EditListingError, ListingReader, ListingStore, PublishListingError, StoreError};

use super::sql::select_listings;
use super::{edit, publish, row, search};
use crate::concurrency_limit::ConcurrencyLimit;
use crate::paging;
use crate::pool::PgPool;

/// Keeps listings in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgListingStore {
    pub(super) pool: PgPool,
    pub(super) searches: ConcurrencyLimit,
}

/// Largest number of concurrent searches. A search ranks everything that it finds.
const MAX_SEARCHES: usize = 6;

impl PgListingStore {
    /// A store over `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            searches: ConcurrencyLimit::new(MAX_SEARCHES),
        }
    }
}

#[async_trait]
impl ListingStore for PgListingStore {
    async fn publish(
        &self,
        listing: NewListing,
        terms: NewListingTerms,
    ) -> Result<Listing, PublishListingError> {
        self.pool
            .transaction(|tx| publish::publish(tx, &listing, &terms).boxed())
            .await
    }

    async fn edit(&self, edit: EditListing) -> Result<Listing, EditListingError> {
        self.pool
            .transaction(|tx| edit::edit(tx, &edit).boxed())
            .await
    }
}

#[async_trait]
impl ListingReader for PgListingStore {
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError> {
        const FIND: &str = select_listings!("PgListingStore::find", "WHERE l.id = $1");

        let client = self.pool.client().await?;
        let found = client.row(FIND, &[&id.uuid()]).await?;
        Ok(found.as_ref().map(row::listing).transpose()?)
    }

    async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError> {
        let _permit = self.searches.acquire().await?;
        search::search(&self.pool, &query).await
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError> {
        // Only the index on the seller has this order. Ordered by `id` alone, the listings of a seller with
        // many would be looked for among everyone's.
        const OF_SELLER: &str = select_listings!(
            "PgListingStore::of_seller",
            "WHERE l.seller_id = ANY ($1) AND l.id < $2 ORDER BY l.seller_id, l.id DESC LIMIT $3"
        );

        let before = paging::before(page.after.map(ListingId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = client
            .rows(OF_SELLER, &[&[seller.uuid()].as_slice(), &before, &limit])
            .await?;
        let listings = found
            .iter()
            .map(row::own_listing)
            .collect::<Result<_, _>>()?;
        Ok(Page::of_long_items(
            listings,
            page.limit,
            |own: &OwnListing| own.listing.text_length(),
            |own| own.listing.id,
        ))
    }
}
