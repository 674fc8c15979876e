//! Listings: publishing, changing and finding them, and moving their keys to another master key.

mod edit;
mod index;
mod keys;
mod publish;
mod row;
mod search;
mod statement;
mod stock;

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    CataloguePosition, CatalogueQuery, EditListing, Listing, NewListing, OwnListing,
};
use udam_domain::page::{Page, PageRequest};
use udam_domain::{EditListingError, ListingStore, StoreError};

use crate::concurrency_limit::ConcurrencyLimit;
use crate::paging;
use crate::pool::PgPool;
pub use keys::PgSealedKeyStore;

/// Keeps listings in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgListingStore {
    pool: PgPool,
    searches: ConcurrencyLimit,
}

/// How many searches run at once. One that finds much ranks all of it.
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
    async fn publish(&self, listing: NewListing) -> Result<Listing, StoreError> {
        self.pool
            .transaction(|tx| publish::publish(tx, &listing).boxed())
            .await
    }

    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError> {
        const FIND: &str = concat!(
            "-- PgListingStore::find\nSELECT ",
            include_str!("columns.sql"),
            "FROM listings l",
            include_str!("joins.sql"),
            "WHERE l.id = $1"
        );

        let client = self.pool.client().await?;
        let found = client.row(FIND, &[&id.uuid()]).await?;
        Ok(found.as_ref().map(row::listing).transpose()?)
    }

    async fn edit(&self, edit: EditListing) -> Result<Listing, EditListingError> {
        self.pool
            .transaction(|tx| edit::edit(tx, &edit).boxed())
            .await
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
        // Only the seller's own index has this order. By `id` alone, the listings of whoever has many are
        // looked for among all there are.
        const OF_SELLER: &str = concat!(
            "-- PgListingStore::of_seller\nSELECT ",
            include_str!("columns.sql"),
            "FROM listings l",
            include_str!("joins.sql"),
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
        Ok(Page::from_surplus(
            listings,
            page.limit,
            |own: &OwnListing| own.listing.id,
        ))
    }
}
