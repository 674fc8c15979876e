//! Paging through all listings on sale.

use std::num::NonZeroU32;

use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{Change, EditListing, ListingEdit, ListingState};
use udam_domain::policy::Endpoints;
use udam_domain::units::Stock;
use udam_domain::{ListingIndex, ListingStore};

use crate::fixtures::{actor, at};
use crate::harness::Database;

impl Database {
    async fn on_sale(&self, after: Option<ListingId>, limit: u32) -> Vec<ListingId> {
        self.listings().on_sale(after, limit).await.unwrap()
    }

    async fn boundaries(&self, every: u32) -> Vec<ListingId> {
        let every = NonZeroU32::new(every).unwrap();
        self.listings().on_sale_boundaries(every).await.unwrap()
    }

    async fn put(&self, listing_id: ListingId, seller: AccountId, state: ListingState) {
        let edit = ListingEdit {
            state: Change::To(state),
            ..ListingEdit::default()
        };
        let seller = actor(seller);
        let edit = EditListing {
            listing_id,
            edit,
            callable_key: None,
            seller,
            endpoints: Endpoints::Public,
            at: at(60),
        };
        self.listings().edit(edit).await.unwrap();
    }
}

async fn listed(database: &Database, seller: AccountId, count: usize) -> Vec<ListingId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(database.listing(seller, |_| {}).await.id);
    }
    ids
}

#[tokio::test]
async fn listings_on_sale_are_read_in_id_order_sold_out_or_not() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    assert!(database.on_sale(None, 10).await.is_empty());
    let sold_out = database.listing(seller, |listing| {
        listing.units = Stock::default();
    });
    let mut ids = vec![sold_out.await.id];
    ids.extend(listed(&database, seller, 5).await);
    database.put(ids[2], seller, ListingState::Paused).await;
    database.put(ids[4], seller, ListingState::Archived).await;
    let wanted = [ids[0], ids[1], ids[3], ids[5]];

    assert_eq!(database.on_sale(None, 10).await, wanted);
    assert_eq!(database.on_sale(None, 2).await, wanted[..2]);
    assert_eq!(database.on_sale(Some(wanted[1]), 2).await, wanted[2..]);
    assert_eq!(database.on_sale(Some(ids[2]), 1).await, [wanted[2]]);
    assert!(database.on_sale(Some(wanted[3]), 2).await.is_empty());
}

#[tokio::test]
async fn pages_between_boundaries_hold_each_listing_once_and_none_is_empty() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    assert!(database.boundaries(3).await.is_empty());
    let ids = listed(&database, seller, 8).await;
    for (off_sale, state) in [(0, ListingState::Paused), (4, ListingState::Archived)] {
        database.put(ids[off_sale], seller, state).await;
    }
    let wanted = database.on_sale(None, 10).await;
    assert_eq!(wanted.len(), 6);
    assert_eq!(database.boundaries(3).await, [wanted[2]]);
    assert_eq!(database.boundaries(4).await, [wanted[3]]);
    assert_eq!(database.boundaries(1).await, wanted[..5]);

    for size in 1..=7 {
        let mut found = Vec::new();
        let boundaries = database.boundaries(size).await;
        for after in [None].into_iter().chain(boundaries.into_iter().map(Some)) {
            let page = database.on_sale(after, size).await;
            assert!(!page.is_empty(), "pages of {size}");
            found.extend(page);
        }
        assert_eq!(found, wanted, "pages of {size}");
    }
}
