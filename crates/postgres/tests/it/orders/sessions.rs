//! Orders are placed by sessions that are alive, and by no others.

use udam_domain::account::SessionDigest;
use udam_domain::policy::SessionPolicy;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{OrderStore, PlaceOrderError};
use udam_postgres::PgOrderStore;

use super::world::{World, at, order_for, policy, session_policy};

impl World {
    async fn last_seen(&self, session: SessionDigest) -> Timestamp {
        let client = &self.database.sql;
        let seen = "SELECT last_seen_at FROM sessions WHERE token_digest = $1";
        let digest = session.as_bytes().as_slice();
        client.query_one(seen, &[&digest]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn a_session_that_was_idle_for_too_long_is_not_revived_by_trying() {
    let world = World::new().await;
    let (seller, buyer) = (world.party().await, world.party().await);
    let listing = world.listing(seller, 100, 5).await;
    let sessions = SessionPolicy {
        idle_ttl: SignedDuration::from_mins(10),
        ..session_policy()
    };
    let orders = PgOrderStore::new(world.pool.clone(), policy(), sessions);
    let seen = world.last_seen(buyer.session).await;
    for _ in 0..2 {
        let mut order = order_for(buyer, listing, 1);
        order.placed_at = at(3_600);
        let refused = orders.place(order).await;
        assert!(
            matches!(refused, Err(PlaceOrderError::Unauthenticated)),
            "{refused:?}"
        );
        assert_eq!(world.last_seen(buyer.session).await, seen);
    }
    assert_eq!(world.stock(listing).await, (5, 0, 0, 0));
}

#[tokio::test]
async fn a_session_that_is_remembered_and_has_ended_places_nothing() {
    let world = World::new().await;
    let (seller, buyer) = (world.party().await, world.party().await);
    let listing = world.listing(seller, 100, 5).await;
    let order = || order_for(buyer, listing, 1);
    world.orders.place(order()).await.unwrap();
    let client = &world.database.sql;
    let end = "DELETE FROM sessions WHERE token_digest = $1";
    let digest = buyer.session.as_bytes().as_slice();
    assert_eq!(client.execute(end, &[&digest]).await.unwrap(), 1);
    for _ in 0..2 {
        let refused = world.orders.place(order()).await;
        assert!(
            matches!(refused, Err(PlaceOrderError::Unauthenticated)),
            "{refused:?}"
        );
    }
    assert_eq!(world.stock(listing).await, (4, 0, 1, 100));
}
