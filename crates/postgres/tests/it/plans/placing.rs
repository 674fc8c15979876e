use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::order::{Authority, PlaceOrder};
use udam_domain::units::Units;
use udam_postgres::PgOrderStore;
use uuid::Uuid;

use super::grown::{grown, new_year};
use crate::orders::market::{fresh_uuid, keyed, policy, session_policy};

/// Orders in one batch.
const BATCH: usize = 20;

/// Rows read per order: its tab and stock with their index entries; and for a replay,
/// an order with its listing, token, charge and refund.
const EACH: u64 = 5;

#[tokio::test]
async fn placing_orders_reads_only_their_own_rows() {
    let grown = grown().await;
    let on_sale = "SELECT l.id FROM listings l JOIN listing_stock s ON s.listing_id = l.id
        WHERE l.state = 'active' AND s.available > 100 AND l.price_minor < 100
        ORDER BY l.id LIMIT 20";
    let listings: Vec<Uuid> = grown.all(on_sale, &[]).await;
    let free = "SELECT account_id FROM tabs WHERE open_minor = 0 ORDER BY account_id LIMIT 20";
    let buyers: Vec<Uuid> = grown.all(free, &[]).await;
    let theirs =
        "SELECT token_digest FROM sessions WHERE account_id = ANY ($1) ORDER BY account_id";
    let digests: Vec<Vec<u8>> = grown.all(theirs, &[&buyers]).await;

    let most = EACH * u64::try_from(BATCH).unwrap();
    let bounds = [("orders::", most)];
    let held = grown.hold(&bounds, async |pool, time| {
        let store = PgOrderStore::new(pool, policy(), session_policy());
        let order = |number: usize| {
            let digest = digests[number].clone().try_into().unwrap();
            let authority = if number.is_multiple_of(2) {
                Authority::Session(SessionDigest::new(digest))
            } else {
                Authority::Account(AccountId::from_uuid(buyers[number]))
            };
            let order = PlaceOrder {
                order_id: OrderId::from_uuid(fresh_uuid()),
                token_id: TokenId::from_uuid(fresh_uuid()),
                authority,
                listing_id: ListingId::from_uuid(listings[number]),
                units: Units::new(1).unwrap(),
                expected_price: None,
                idempotency_key: None,
                placed_at: new_year(),
            };
            keyed(order, &format!("time {time}, number {number}"))
        };
        let orders: Vec<PlaceOrder> = (0..BATCH).map(order).collect();
        for replayed in [false, true] {
            for placed in store.place_all(&orders).await {
                assert_eq!(placed.unwrap().replayed, replayed);
            }
        }
    });
    held.await;
}
