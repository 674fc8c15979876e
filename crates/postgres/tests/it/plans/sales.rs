use udam_domain::OrderReader;
use udam_domain::id::OrderId;
use udam_domain::order::SalesPeriod;
use udam_domain::page::PageRequest;
use udam_domain::time::{SignedDuration, before};
use udam_postgres::PgOrderReader;

use super::grown::{PAGE, grown, new_year};

#[tokio::test]
async fn sales_are_counted_along_the_index_of_sellers_within_the_period_only() {
    let grown = grown().await;
    let seller = grown.busiest("orders", "seller_id").await;
    let count = "SELECT count(*) FROM orders WHERE seller_id = $1 AND id >= $2";
    let ordered = async |since| {
        let first = OrderId::first_at(since).uuid();
        let found: Vec<i64> = grown.all(count, &[&seller.uuid(), &first]).await;
        u64::try_from(found[0]).unwrap()
    };
    let year = before(new_year(), SignedDuration::from_hours(24 * 365));
    for days in [1, 30, 365] {
        let since = before(new_year(), SignedDuration::from_hours(24 * days));
        let asked_for = ordered(since).await;
        assert!(days == 365 || asked_for * 5 < ordered(year).await);
        // Index and table; a tenth more for index entries of dead rows that vacuum has yet to remove.
        let bounds = [("PgOrderReader::daily_sales", 2 * asked_for + asked_for / 10)];
        let held = grown.hold(&bounds, async |pool, _| {
            let sold = PgOrderReader::new(pool).daily_sales(seller, since).await;
            assert!(!sold.unwrap().is_empty());
        });
        held.await;
    }
}

#[tokio::test]
async fn sales_of_a_period_are_read_along_the_index_of_sellers_within_it_only() {
    let grown = grown().await;
    let seller = grown.busiest("orders", "seller_id").await;
    // Each with its listing, token, charge and buyer.
    let bounds = [("PgOrderReader::of_seller", 6 * PAGE)];
    let half = before(new_year(), SignedDuration::from_hours(24 * 182));
    let day = SignedDuration::from_hours(24);
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgOrderReader::new(pool);
        for (from, end) in [
            (None, Some(half)),
            (Some(before(half, day)), Some(half)),
            (Some(half), None),
        ] {
            let period = SalesPeriod { from, before: end };
            let sales = reader.of_seller(seller, period, PageRequest::default());
            let sales = sales.await.unwrap().items;
            assert!(!sales.is_empty());
            assert!(
                sales
                    .iter()
                    .all(|sale| period.contains(sale.order.created_at))
            );
        }
    });
    held.await;
}
