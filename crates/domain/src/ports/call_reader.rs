use async_trait::async_trait;

use super::StoreError;
use crate::gateway::{Call, CallQuality, GatewayTerms, Granularity, UsageBucket, UsageQuery};
use crate::id::{AccountId, CallId, ListingId, TokenId};
use crate::listing::{EndpointUrl, SealedKey};
use crate::page::{Page, PageRequest};
use crate::time::Timestamp;

/// The service of a listing, with its key sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedService {
    /// Address.
    pub endpoint_url: EndpointUrl,
    /// Key, sealed for the listing.
    pub key: SealedKey,
    /// Terms of calls; `None` if buyers are shown the key.
    pub terms: Option<GatewayTerms>,
}

/// Reads calls that have ended, for as long as they are kept.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait CallReader: Send + Sync {
    /// Returns a call if `account` is its buyer or its seller.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: CallId, account: AccountId) -> Result<Option<Call>, StoreError>;

    /// Returns a page of the calls of a token, the newest first; empty if `buyer` does not hold it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_token(
        &self,
        token: TokenId,
        buyer: AccountId,
        page: PageRequest<CallId>,
    ) -> Result<Page<Call, CallId>, StoreError>;

    /// Returns a page of the calls of one of the seller's listings, the newest first; empty if it is another seller's.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_listing(
        &self,
        listing: ListingId,
        seller: AccountId,
        page: PageRequest<CallId>,
    ) -> Result<Page<Call, CallId>, StoreError>;

    /// Returns sums of calls over the periods up to and including that of `now`, the oldest first. Periods without
    /// calls are left out.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn usage(
        &self,
        query: UsageQuery,
        by: Granularity,
        now: Timestamp,
    ) -> Result<Vec<UsageBucket>, StoreError>;

    /// Returns what it takes to call the service of a listing, if `seller` sells it and it has an address.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn service(
        &self,
        listing: ListingId,
        seller: AccountId,
    ) -> Result<Option<SealedService>, StoreError>;

    /// Returns the quality of a listing's service over [`CallQuality::WINDOW`] before `now`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn quality(&self, listing: ListingId, now: Timestamp) -> Result<CallQuality, StoreError>;
}
