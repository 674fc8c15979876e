//! Only live sessions place orders.

use udam_domain::account::SessionDigest;
use udam_domain::policy::SessionPolicy;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{OrderStore, PlaceOrderError};
use udam_postgres::PgOrderStore;

use super::market::{Market, at, order_for, policy, session_policy};

impl Market {
    async fn last_seen(&self, session: SessionDigest) -> Timestamp {
        let client = &self.database.sql;
        let seen = "SELECT last_seen_at FROM sessions WHERE token_digest = $1";
        let digest = session.as_bytes().as_slice();
        client.query_one(seen, &[&digest]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn an_order_does_not_revive_a_session_idle_for_too_long() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 100, 5).await;
    let sessions = SessionPolicy {
        idle_ttl: SignedDuration::from_mins(10),
        ..session_policy()
    };
    let orders = PgOrderStore::new(market.pool.clone(), policy(), sessions);
    let seen = market.last_seen(buyer.session).await;
    for _ in 0..2 {
        let mut order = order_for(buyer, listing, 1);
        order.placed_at = at(3_600);
        let refused = orders.place(order).await;
        assert!(
            matches!(refused, Err(PlaceOrderError::Unauthenticated)),
            "{refused:?}"
        );
        assert_eq!(market.last_seen(buyer.session).await, seen);
    }
    assert_eq!(market.stock(listing).await, (5, 0, 0, 0));
}

#[tokio::test]
async fn an_ended_session_in_the_cache_places_nothing() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 100, 5).await;
    let order = || order_for(buyer, listing, 1);
    market.orders.place(order()).await.unwrap();
    let client = &market.database.sql;
    let end = "DELETE FROM sessions WHERE token_digest = $1";
    let digest = buyer.session.as_bytes().as_slice();
    assert_eq!(client.execute(end, &[&digest]).await.unwrap(), 1);
    for _ in 0..2 {
        let refused = market.orders.place(order()).await;
        assert!(
            matches!(refused, Err(PlaceOrderError::Unauthenticated)),
            "{refused:?}"
        );
    }
    assert_eq!(market.stock(listing).await, (4, 0, 1, 100));
}
