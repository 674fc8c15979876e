use async_trait::async_trait;
use udam_domain::gateway::{Call, CallQuality, Granularity, UsageBucket, UsageQuery};
use udam_domain::id::{AccountId, CallId, ListingId, TokenId};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;
use udam_domain::{CallReader, SealedService, StoreError};

use super::by_key;
use super::quality::{self, QualityCache};
use super::row::{self, select_calls};
use super::terms::{optional_terms, terms_columns, terms_join};
use super::usage;
use crate::columns::Columns;
use crate::concurrency_limit::ConcurrencyLimit;
use crate::listings::sealed_key;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::Parameters;

/// Reads calls that have ended from PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgCallReader {
    pool: PgPool,
    sums: ConcurrencyLimit,
    measurements: ConcurrencyLimit,
    quality: QualityCache,
}

/// Largest number of concurrent sums, and of concurrent measurements. Each reads every call that it is of.
const MAX_SUMS: usize = 2;

impl PgCallReader {
    /// A reader over `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            sums: ConcurrencyLimit::new(MAX_SUMS),
            measurements: ConcurrencyLimit::new(MAX_SUMS),
            quality: QualityCache::new(),
        }
    }

    async fn page(
        &self,
        statement: &str,
        (of, reader): (uuid::Uuid, AccountId),
        page: PageRequest<CallId>,
    ) -> Result<Page<Call, CallId>, StoreError> {
        let before = paging::before(page.after.map(CallId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let parameters: Parameters<'_> = &[&of, &reader.uuid(), &before, &limit];
        let found = by_key::rows(&self.pool, statement, parameters).await?;
        let calls = found.iter().map(row::call).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(calls, page.limit, |call: &Call| call.id))
    }
}

#[async_trait]
impl CallReader for PgCallReader {
    async fn find(&self, id: CallId, account: AccountId) -> Result<Option<Call>, StoreError> {
        const FIND: &str = select_calls!(
            "PgCallReader::find",
            "WHERE c.id = $1 AND $2 IN (c.buyer_id, c.seller_id)"
        );

        let parameters: Parameters<'_> = &[&id.uuid(), &account.uuid()];
        let found = by_key::rows(&self.pool, FIND, parameters).await?;
        Ok(found.first().map(row::call).transpose()?)
    }

    async fn of_token(
        &self,
        token: TokenId,
        buyer: AccountId,
        page: PageRequest<CallId>,
    ) -> Result<Page<Call, CallId>, StoreError> {
        // In the order of the index on tokens: by `id` alone, those of a token with few calls would be looked for among
        // everyone's.
        const OF_TOKEN: &str = select_calls!(
            "PgCallReader::of_token",
            "
WHERE c.token_id = ANY (ARRAY(SELECT t.id FROM tokens t WHERE t.id = $1 AND t.buyer_id = $2))
    AND c.id < $3
ORDER BY c.token_id DESC, c.id DESC LIMIT $4"
        );

        self.page(OF_TOKEN, (token.uuid(), buyer), page).await
    }

    async fn of_listing(
        &self,
        listing: ListingId,
        seller: AccountId,
        page: PageRequest<CallId>,
    ) -> Result<Page<Call, CallId>, StoreError> {
        const OF_LISTING: &str = select_calls!(
            "PgCallReader::of_listing",
            "
WHERE c.listing_id = ANY (ARRAY(SELECT l.id FROM listings l WHERE l.id = $1 AND l.seller_id = $2))
    AND c.id < $3
ORDER BY c.listing_id DESC, c.id DESC LIMIT $4"
        );

        self.page(OF_LISTING, (listing.uuid(), seller), page).await
    }

    async fn usage(
        &self,
        query: UsageQuery,
        by: Granularity,
        now: Timestamp,
    ) -> Result<Vec<UsageBucket>, StoreError> {
        let _permit = self.sums.acquire().await?;
        usage::sums(&self.pool, query, by, now).await
    }

    async fn service(
        &self,
        listing: ListingId,
        seller: AccountId,
    ) -> Result<Option<SealedService>, StoreError> {
        const SERVICE: &str = concat!(
            "\
-- PgCallReader::service
SELECT l.endpoint_url, l.sealed_key, l.master_key_id, l.terms_version, ",
            terms_columns!("terms."),
            " FROM listings l",
            terms_join!(),
            "WHERE l.id = $1 AND l.seller_id = $2 AND l.endpoint_url IS NOT NULL"
        );

        let client = self.pool.client().await?;
        let found = client
            .row(SERVICE, &[&listing.uuid(), &seller.uuid()])
            .await?;
        let Some(row) = found else {
            return Ok(None);
        };
        Ok(Some(SealedService {
            endpoint_url: row.read("endpoint_url")?,
            key: sealed_key(&row)?,
            terms: optional_terms(&row)?,
        }))
    }

    async fn quality(&self, listing: ListingId, now: Timestamp) -> Result<CallQuality, StoreError> {
        if let Some(recent) = self.quality.get(listing, now) {
            return Ok(recent);
        }
        let _permit = self.measurements.acquire().await?;
        // Who has waited may find what was measured meanwhile.
        if let Some(recent) = self.quality.get(listing, now) {
            return Ok(recent);
        }
        let measured = quality::measure(&self.pool, listing, now).await?;
        self.quality.insert(listing, now, measured);
        Ok(measured)
    }
}
