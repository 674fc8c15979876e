//! The ids of all listings on sale, along the partial index of those. In transactions for their plans: once
//! edits have scattered the listings over the table, the server would otherwise sort all of it for a long
//! page.

use std::num::NonZeroU32;

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::id::ListingId;
use udam_domain::{ListingIndex, StoreError};
use uuid::Uuid;

use super::store::PgListingStore;
use crate::columns::Columns;
use crate::predicates::in_catalogue;

#[async_trait]
impl ListingIndex for PgListingStore {
    async fn on_sale(
        &self,
        after: Option<ListingId>,
        limit: u32,
    ) -> Result<Vec<ListingId>, StoreError> {
        const ON_SALE: &str = concat!(
            "-- PgListingStore::on_sale\nSELECT l.id FROM listings l WHERE ",
            in_catalogue!("l"),
            " AND l.id > $1 ORDER BY l.id LIMIT $2"
        );

        let (after, limit) = (after.map_or(Uuid::nil(), ListingId::uuid), i64::from(limit));
        self.pool
            .transaction(move |tx| {
                async move {
                    let found = tx.rows(ON_SALE, &[&after, &limit]).await?;
                    found.iter().map(|row| Ok(row.read("id")?)).collect()
                }
                .boxed()
            })
            .await
    }

    async fn on_sale_boundaries(&self, every: NonZeroU32) -> Result<Vec<ListingId>, StoreError> {
        const BOUNDARIES: &str = concat!(
            "\
-- PgListingStore::on_sale_boundaries
SELECT id
FROM (
    SELECT l.id, row_number() OVER in_order AS number, lead(l.id) OVER in_order AS next
    FROM listings l WHERE ",
            in_catalogue!("l"),
            "
    WINDOW in_order AS (ORDER BY l.id)
) AS numbered
WHERE number % $1 = 0 AND next IS NOT NULL ORDER BY id"
        );

        // Reads all ids on sale, and is therefore limited like searches.
        let _permit = self.searches.acquire().await?;
        let every = i64::from(every.get());
        self.pool
            .transaction(move |tx| {
                async move {
                    let found = tx.rows(BOUNDARIES, &[&every]).await?;
                    found.iter().map(|row| Ok(row.read("id")?)).collect()
                }
                .boxed()
            })
            .await
    }
}
