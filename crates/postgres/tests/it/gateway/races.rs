//! Changes that race with calls: none is drawn that begins after the change has returned.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;
use udam_domain::gateway::DeleteAccessKey;
use udam_domain::id::RefundId;
use udam_domain::token::RevokeToken;
use udam_domain::{AccessKeyStore, CallStore, TokenStore};
use udam_postgres::PgCallStore;

use super::market::{Market, Opened};
use crate::fixtures::{Counting, actor, at};

/// Draws from eight tasks over two stores while `change` is made. Returns the calls drawn that began after it returned.
async fn drawn_after(
    market: &Arc<Market>,
    opened: Opened,
    change: impl Future<Output = ()>,
) -> usize {
    let is_over = Arc::new(AtomicBool::new(false));
    let other = PgCallStore::new(market.database.pool.clone());
    let mut tasks = JoinSet::new();
    for caller in 0..8 {
        let (market, is_over) = (Arc::clone(market), Arc::clone(&is_over));
        let calls = if caller % 2 == 0 {
            market.calls.clone()
        } else {
            other.clone()
        };
        tasks.spawn(async move {
            let mut late = 0;
            for _ in 0..30 {
                let began_after = is_over.load(Ordering::SeqCst);
                let drawn = calls.draw(market.request(opened.key, at(60))).await;
                late += usize::from(began_after && drawn.is_ok());
            }
            late
        });
    }
    tokio::task::yield_now().await;
    change.await;
    is_over.store(true, Ordering::SeqCst);
    tasks.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_begins_after_a_key_was_deleted() {
    let market = Arc::new(Market::plain().await);
    for _ in 0..5 {
        let opened = market.open(1_000).await;
        let change = async {
            let delete = DeleteAccessKey {
                token_id: opened.token,
                key_id: opened.key.id,
                buyer: actor(market.buyer),
                at: at(60),
            };
            assert!(market.keys.delete(delete).await.unwrap());
        };
        assert_eq!(drawn_after(&market, opened, change).await, 0);
    }
    market.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_begins_after_a_token_was_revoked() {
    let market = Arc::new(Market::plain().await);
    for _ in 0..5 {
        let opened = market.open(1_000).await;
        let change = async {
            let revoke = RevokeToken {
                token_id: opened.token,
                by: actor(market.seller),
                at: at(60),
                refund_id: RefundId::mint(at(60), &Counting),
            };
            market.database.tokens().revoke(revoke).await.unwrap();
        };
        assert_eq!(drawn_after(&market, opened, change).await, 0);
    }
    market.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_begins_after_a_listing_was_archived() {
    let market = Arc::new(Market::plain().await);
    let opened = market.open(1_000).await;
    assert_eq!(drawn_after(&market, opened, market.archive()).await, 0);
    market.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limited_keys_are_deleted_while_they_are_used() {
    let market = Arc::new(Market::plain().await);
    for _ in 0..5 {
        let opened = market.open(1_000).await;
        let key = market.limited(opened.token, 500).await;
        let limited = Opened { key, ..opened };
        let change = async {
            let delete = DeleteAccessKey {
                token_id: opened.token,
                key_id: key.id,
                buyer: actor(market.buyer),
                at: at(60),
            };
            assert!(market.keys.delete(delete).await.unwrap());
        };
        assert_eq!(drawn_after(&market, limited, change).await, 0);
    }
    market.verify().await;
}
