use std::num::NonZeroU32;

use async_trait::async_trait;
use udam_domain::id::ListingId;
use udam_domain::listing::ListingState;
use udam_domain::{ListingIndex, StoreError};

use super::MemoryStore;

#[async_trait]
impl ListingIndex for MemoryStore {
    async fn on_sale(
        &self,
        after: Option<ListingId>,
        limit: u32,
    ) -> Result<Vec<ListingId>, StoreError> {
        let ids = self.ids_on_sale().into_iter();
        let rest = ids.filter(|id| after.is_none_or(|after| *id > after));
        Ok(rest
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect())
    }

    async fn on_sale_boundaries(&self, every: NonZeroU32) -> Result<Vec<ListingId>, StoreError> {
        let every = usize::try_from(every.get()).unwrap_or(usize::MAX);
        let ids = self.ids_on_sale();
        let pages = ids.chunks(every);
        let followed = pages.len().saturating_sub(1);
        Ok(pages
            .take(followed)
            .filter_map(<[_]>::last)
            .copied()
            .collect())
    }
}

impl MemoryStore {
    fn ids_on_sale(&self) -> Vec<ListingId> {
        self.read(|data| {
            let rows = data.listings.iter();
            let on_sale = rows.filter(|(_, row)| row.state == ListingState::Active);
            on_sale.map(|(id, _)| *id).collect()
        })
    }
}
