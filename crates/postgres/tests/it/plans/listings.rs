use udam_domain::audit::Actor;
use udam_domain::id::ListingId;
use udam_domain::listing::{Change, DetailsEdit, EditListing, ListingEdit, StockChange};
use udam_domain::money::Currency;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::policy::Endpoints;
use udam_domain::units::Stock;
use udam_domain::{AccountStore, ListingReader, ListingStore, SealedKeyStore};
use udam_postgres::{PgAccountStore, PgListingStore, PgSealedKeyStore};

use super::grown::{PAGE, grown};
use crate::fixtures::{new_account, new_listing, sealed, start, unlimited};
use crate::gateway::market::gateway_terms;

#[tokio::test]
async fn listings_of_a_seller_are_read_along_their_index_at_any_depth() {
    let grown = grown().await;
    let seller = grown.busiest("listings", "seller_id").await;
    let middle = grown.middle("listings", "seller_id", seller).await;
    // Each listing with its stock and its seller.
    let bounds = [("PgListingStore::of_seller", 3 * PAGE)];
    let held = grown.hold(&bounds, async |pool, _| {
        for after in [None, Some(ListingId::from_uuid(middle))] {
            let limit = PageLimit::default();
            let listings = PgListingStore::new(pool.clone());
            let page = listings
                .of_seller(seller, PageRequest { after, limit })
                .await;
            assert_eq!(page.unwrap().items.len(), 20);
        }
    });
    held.await;
}

#[tokio::test]
async fn a_listing_is_published_found_and_edited_by_id() {
    let grown = grown().await;
    let seller = grown.busiest("listings", "seller_id").await;
    let bounds = [
        ("PgListingStore::find", 3),
        ("accounts::register", 0),
        ("audit::record", 0),
        ("gateway::terms::", 1),
        ("listings::edit::", 1),
        ("listings::publish::", 2),
        ("listings::row::insert", 0),
        ("listings::row::update", 1),
        ("listings::read_back::", 4),
        ("listings::stock::change", 1),
        ("listings::stock::", 0),
        ("seller_names::", 1),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let accounts = PgAccountStore::new(pool.clone(), Currency::USD);
        let listings = PgListingStore::new(pool);
        let newcomer = new_account();
        let first = new_listing(newcomer.account.id);
        accounts.register(newcomer, None).await.unwrap();
        listings.publish(first, unlimited()).await.unwrap();
        let listing_id = listings
            .publish(new_listing(seller), unlimited())
            .await
            .unwrap()
            .id;
        assert!(listings.find(listing_id).await.unwrap().is_some());
        let key = sealed("growth");
        let edit = ListingEdit {
            details: DetailsEdit {
                description: Change::To(None),
                gateway: Change::To(Some(gateway_terms())),
                ..DetailsEdit::default()
            },
            stock: StockChange::Add(Stock::new(1).unwrap()),
            key: Change::To(key.clone()),
            ..ListingEdit::default()
        };
        let seller = Actor::from(seller);
        let edited = listings.edit(EditListing {
            listing_id,
            edit,
            callable_key: Some(key),
            seller,
            endpoints: Endpoints::Public,
            at: start(),
        });
        edited.await.unwrap();
    });
    held.await;
}

#[tokio::test]
async fn keys_are_sampled_and_resealed_without_a_scan_of_all_listings() {
    const BATCH: u16 = 100;

    // A few index entries for each master key; a batch, and the keys resealed before it.
    let bounds = [
        ("PgSealedKeyStore::samples", 20),
        (
            "PgSealedKeyStore::sealed_under_others",
            u64::from(BATCH) + 2,
        ),
        ("PgSealedKeyStore::reseal", 1),
        ("audit::record", 0),
    ];
    let held = grown().await.hold(&bounds, async |pool, _| {
        let keys = PgSealedKeyStore::new(pool);
        assert!(!keys.samples().await.unwrap().is_empty());
        let active = "another".parse().unwrap();
        let found = keys
            .sealed_under_others(&active, None, BATCH)
            .await
            .unwrap();
        let (listing, from) = found[0].clone();
        let to = sealed("another");
        assert!(keys.reseal(listing, from, to, start()).await.unwrap());
    });
    held.await;
}
