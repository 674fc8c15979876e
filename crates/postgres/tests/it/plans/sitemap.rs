use std::num::NonZeroU32;

use udam_domain::ListingIndex;
use udam_domain::id::ListingId;
use udam_postgres::PgListingStore;
use uuid::Uuid;

use super::grown::grown;

/// Listings that other tests may publish meanwhile.
const A_FEW: u64 = 100;

#[tokio::test]
async fn a_page_of_listings_on_sale_is_read_along_its_index_at_any_depth_and_size() {
    let grown = grown().await;
    let middle = "SELECT id FROM listings WHERE state = 'active' ORDER BY id
        OFFSET (SELECT count(*) / 2 FROM listings) LIMIT 1";
    let middle: Vec<Uuid> = grown.all(middle, &[]).await;
    for limit in [20, 20_000] {
        let bounds = [("PgListingStore::on_sale", u64::from(limit))];
        let held = grown.hold(&bounds, async |pool, _| {
            let listings = PgListingStore::new(pool);
            for after in [None, Some(ListingId::from_uuid(middle[0]))] {
                let page = listings.on_sale(after, limit).await.unwrap();
                assert_eq!(u32::try_from(page.len()), Ok(limit));
            }
        });
        held.await;
    }
}

#[tokio::test]
async fn boundaries_are_found_in_one_pass_over_the_index_of_listings_on_sale() {
    let grown = grown().await;
    let count = "SELECT count(*) FROM listings WHERE state = 'active'";
    let on_sale: Vec<i64> = grown.all(count, &[]).await;
    let on_sale = u64::try_from(on_sale[0]).unwrap();
    let bounds = [("PgListingStore::on_sale_boundaries", on_sale + A_FEW)];
    let held = grown.hold(&bounds, async |pool, _| {
        let every = NonZeroU32::new(5_000).unwrap();
        let listings = PgListingStore::new(pool);
        let boundaries = listings.on_sale_boundaries(every).await.unwrap();
        assert_eq!(u64::try_from(boundaries.len()), Ok(on_sale / 5_000));
    });
    held.await;
}
