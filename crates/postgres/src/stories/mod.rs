//! Searches and stories for operators.

mod facts;
mod find;
mod history;

use async_trait::async_trait;
use udam_domain::administration::{
    AccountStory, Hit, ListingStory, Lookup, OrderStory, StoryPosition,
};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::PageRequest;
use udam_domain::{StoreError, StoryReader};

use crate::pool::PgPool;

/// Reads what operators look for from PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgStoryReader {
    pool: PgPool,
}

impl PgStoryReader {
    /// A reader over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl StoryReader for PgStoryReader {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Hit>, StoreError> {
        match lookup {
            Lookup::Id(id, kind) => find::by_id(&self.pool, *id, *kind).await,
            Lookup::Email(email) => find::by_email(&self.pool, email).await,
            Lookup::Provider(reference) => {
                find::by_reference(&self.pool, reference, Lookup::MOST_HITS.into()).await
            }
            Lookup::Nothing => Ok(Vec::new()),
        }
    }

    async fn order(
        &self,
        id: OrderId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<OrderStory>, StoreError> {
        let client = self.pool.client().await?;
        let Some((story, parts)) = facts::order_facts(&client, id).await? else {
            return Ok(None);
        };
        let history = history::of_order(&client, &parts, page).await?;
        Ok(Some(OrderStory { history, ..story }))
    }

    async fn account(
        &self,
        id: AccountId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<AccountStory>, StoreError> {
        let client = self.pool.client().await?;
        let Some(story) = facts::account_facts(&client, id).await? else {
            return Ok(None);
        };
        let history = history::of_account(&client, id, page).await?;
        Ok(Some(AccountStory { history, ..story }))
    }

    async fn listing(
        &self,
        id: ListingId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<ListingStory>, StoreError> {
        let client = self.pool.client().await?;
        let Some(story) = facts::listing_facts(&client, id).await? else {
            return Ok(None);
        };
        let history = history::of_listing(&client, id, page).await?;
        Ok(Some(ListingStory { history, ..story }))
    }
}
