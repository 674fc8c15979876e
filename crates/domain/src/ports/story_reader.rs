use async_trait::async_trait;

use super::StoreError;
use crate::administration::{AccountStory, Hit, ListingStory, Lookup, OrderStory, StoryPosition};
use crate::id::{AccountId, ListingId, OrderId};
use crate::page::PageRequest;

/// Reads what operators look for. Nothing that it returns grants access to anything.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait StoryReader: Send + Sync {
    /// Returns all that has exactly this name, up to [`Lookup::MOST_HITS`]. A payment is found with the orders that it pays for.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Hit>, StoreError>;

    /// Returns an order as it is now, with a page of its history; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn order(
        &self,
        id: OrderId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<OrderStory>, StoreError>;

    /// Returns an account as it is now, with a page of its history; `None` if there is none. Its orders and payments are
    /// entries of the history, what became of them is told in the story of each order.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn account(
        &self,
        id: AccountId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<AccountStory>, StoreError>;

    /// Returns a listing as it is now, with a page of its history; `None` if there is none. Its orders are not in it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn listing(
        &self,
        id: ListingId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<ListingStory>, StoreError>;
}
