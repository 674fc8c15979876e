use udam_domain::account::{Network, SessionDigest};
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::order::{Authority, PlaceOrder};
use udam_domain::policy::{HoldTerms, OrderPolicy, OrderTerms};
use udam_domain::units::Units;
use udam_postgres::PgOrderStore;
use uuid::Uuid;

use super::grown::{grown, new_year};
use crate::orders::market::{fresh_uuid, keyed, session_policy, terms};

/// Orders in one batch.
const BATCH: usize = 20;

/// Rows read per order: its tab and stock with their index entries; and for a replay,
/// an order with its listing, token, charge and refund.
const EACH: u64 = 5;

#[tokio::test]
async fn placing_orders_reads_only_their_own_rows() {
    place(1).await;
}

#[tokio::test]
async fn holding_units_reads_only_what_the_buyers_hold() {
    place(500).await;
}

/// The policy, with networks counted and no limit that is reached.
fn counting() -> OrderPolicy {
    OrderPolicy::new(OrderTerms {
        holds: HoldTerms {
            new_open_checkouts_per_network: Some(u32::MAX),
            ..HoldTerms::unlimited()
        },
        ..terms()
    })
    .unwrap()
}

/// Places orders of this many units: of one that goes on a tab, of many that are held.
async fn place(units: i64) {
    let grown = grown().await;
    let on_sale = "SELECT l.id FROM listings l JOIN listing_stock s ON s.listing_id = l.id
        WHERE l.state = 'active' AND s.available > 1000 AND l.price_minor < 100
        ORDER BY l.id LIMIT 20";
    let listings: Vec<Uuid> = grown.all(on_sale, &[]).await;
    // The other test has buyers of its own.
    let from = if units == 1 { 0 } else { 100 };
    let free = format!(
        "SELECT account_id FROM tabs WHERE open_minor = 0 ORDER BY account_id LIMIT 20 OFFSET {from}"
    );
    let buyers: Vec<Uuid> = grown.all(&free, &[]).await;
    let theirs =
        "SELECT token_digest FROM sessions WHERE account_id = ANY ($1) ORDER BY account_id";
    let digests: Vec<Vec<u8>> = grown.all(theirs, &[&buyers]).await;

    let most = EACH * u64::try_from(BATCH).unwrap();
    let bounds = [("orders::", most)];
    let held = grown.hold(&bounds, async |pool, time| {
        let store = PgOrderStore::new(pool, counting(), session_policy());
        let order = |number: usize| {
            // Other tests end sessions meanwhile.
            let digest = digests.get(number).filter(|_| number.is_multiple_of(2));
            let authority = match digest {
                Some(digest) => {
                    Authority::Session(SessionDigest::new(digest.clone().try_into().unwrap()))
                }
                None => Authority::Account(AccountId::from_uuid(buyers[number])),
            };
            let order = PlaceOrder {
                order_id: OrderId::from_uuid(fresh_uuid()),
                token_id: TokenId::from_uuid(fresh_uuid()),
                authority,
                listing_id: ListingId::from_uuid(listings[number]),
                units: Units::new(units).unwrap(),
                expected_price: None,
                idempotency_key: None,
                network: Some(Network::of([192, 0, 2, 7].into())),
                placed_at: new_year(),
            };
            keyed(
                order,
                &format!("{units} units, time {time}, number {number}"),
            )
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
