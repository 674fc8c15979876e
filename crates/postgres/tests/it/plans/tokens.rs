use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, RefundId, TokenId};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::token::{RevealKey, RevokeToken};
use udam_domain::{TokenReader, TokenStore};
use udam_postgres::PgTokenStore;
use uuid::Uuid;

use super::grown::{PAGE, grown, new_year};

#[tokio::test]
async fn tokens_of_a_buyer_are_read_along_their_index_at_any_depth() {
    let grown = grown().await;
    let buyer = grown.busiest("tokens", "buyer_id").await;
    let middle = grown.middle("tokens", "buyer_id", buyer).await;
    let each_with_its_listing_order_and_balance = [("PgTokenStore::of_buyer", 4 * PAGE)];
    let held = grown.hold(&each_with_its_listing_order_and_balance, async |pool, _| {
        for after in [None, Some(TokenId::from_uuid(middle))] {
            let limit = PageLimit::default();
            let tokens = PgTokenStore::new(pool.clone());
            let page = tokens.of_buyer(buyer, PageRequest { after, limit }).await;
            assert_eq!(page.unwrap().items.len(), 20);
        }
    });
    held.await;
}

#[tokio::test]
async fn a_token_is_found_revealed_and_revoked_by_id() {
    let grown = grown().await;
    let active = "SELECT t.id FROM tokens t JOIN orders o ON o.id = t.order_id
        WHERE t.state = 'active' AND o.terms_version IS NULL ORDER BY t.id DESC LIMIT 2";
    let tokens: Vec<Uuid> = grown.all(active, &[]).await;
    let whose = "SELECT buyer_id FROM tokens WHERE id = ANY ($1) ORDER BY id DESC";
    let buyers: Vec<Uuid> = grown.all(whose, &[&tokens]).await;
    let bounds = [
        ("PgTokenStore::find", 3),
        ("tokens::reveal", 3),
        ("tokens::check_not_suspended", 1),
        ("tokens::lock_sold", 1),
        ("tokens::revoke", 3),
        ("audit::record", 0),
    ];
    let held = grown.hold(&bounds, async |pool, time| {
        let store = PgTokenStore::new(pool);
        let (token_id, buyer) = (
            TokenId::from_uuid(tokens[time]),
            AccountId::from_uuid(buyers[time]),
        );
        let (by, at) = (Actor::from(buyer), new_year());
        assert!(store.find(token_id, buyer).await.unwrap().is_some());
        store
            .reveal(RevealKey {
                token_id,
                buyer: by,
                at,
                first_key: None,
            })
            .await
            .unwrap();
        store
            .revoke(RevokeToken {
                token_id,
                by,
                at,
                refund_id: RefundId::from_uuid(Uuid::from_u128(1)),
            })
            .await
            .unwrap();
    });
    held.await;
}
