//! Access keys of tokens.

use futures::future::join_all;
use udam_domain::audit::AuditAction;
use udam_domain::gateway::{DeleteAccessKey, DrawRefused, IssueAccessKey};
use udam_domain::token::TokenState;
use udam_domain::{AccessKeyStore, CallStore, DrawCallError, IssueAccessKeyError, RevealKeyError};

use super::market::{Key, Market, answered, gateway_terms, units};
use crate::fixtures::{actor, at};

fn delete(market: &Market, key: Key, token: udam_domain::id::TokenId) -> DeleteAccessKey {
    DeleteAccessKey {
        token_id: token,
        key_id: key.id,
        buyer: actor(market.buyer),
        at: at(50),
    }
}

#[tokio::test]
async fn the_first_key_is_stored_once_and_shown_again() {
    let market = Market::plain().await;
    let token = market.buy(10).await;
    let keys: Vec<Key> = (0..8).map(|_| Key::new()).collect();
    let revealed = join_all(keys.iter().map(|key| market.reveal(token, *key))).await;
    let revealed: Vec<_> = revealed.into_iter().map(Result::unwrap).collect();
    assert!(revealed.iter().all(|each| *each == revealed[0]));
    assert_eq!(revealed[0].0, market.listing.id);
    assert_eq!(market.database.count("access_keys").await, 1);
    assert_eq!(market.balance(token).await, [10, 0, 0]);
    assert!(market.token(token).await.revealed_at.is_some());
    let mut opens = 0;
    for key in keys {
        opens += usize::from(market.draw(key).await.is_ok());
    }
    assert_eq!(opens, 1);
    let audited = market.database.audited().await;
    assert_eq!(audited, ["key_revealed"; 8]);
    market.verify().await;
}

#[tokio::test]
async fn a_token_without_a_key_to_store_is_not_revealed() {
    let market = Market::plain().await;
    let token = market.buy(10).await;
    let refused = market.access(token, None).await;
    assert!(matches!(refused, Err(RevealKeyError::NoKey)));
    assert_eq!(market.token(token).await.revealed_at, None);
    let stored = market.reveal(token, Key::new()).await.unwrap();
    let again = market.access(token, None).await.unwrap();
    let udam_domain::token::SealedAccess::Gateway { key, .. } = again else {
        panic!("{again:?}");
    };
    assert_eq!(key, stored.1);
}

#[tokio::test]
async fn nothing_is_stored_if_a_reveal_cannot_be_audited() {
    let market = Market::plain().await;
    let token = market.buy(10).await;
    market.database.fail_audit(AuditAction::KeyRevealed).await;
    let refused = market.reveal(token, Key::new()).await;
    assert!(matches!(refused, Err(RevealKeyError::Unavailable(_))));
    assert_eq!(market.database.count("access_keys").await, 0);
    assert_eq!(market.database.count("token_balances").await, 0);
}

#[tokio::test]
async fn a_buyer_whose_first_key_is_deleted_is_shown_a_new_one() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let before = market.reveal(opened.token, Key::new()).await.unwrap();
    let deleted = delete(&market, opened.key, opened.token);
    assert!(market.keys.delete(deleted).await.unwrap());
    let new = Key::new();
    let after = market.reveal(opened.token, new).await.unwrap();
    assert_ne!(before, after);
    assert!(market.draw(new).await.is_ok());
    assert!(market.draw(opened.key).await.is_err());
    let secrets = "SELECT count(*) FROM access_keys WHERE sealed_key IS NOT NULL";
    assert_eq!(market.database.value::<i64>(secrets).await, 1);
}

#[tokio::test]
async fn further_keys_are_listed_with_the_first_and_deleted_once() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let further = Key::new();
    let mut issue = market.further(opened.token, further);
    issue.name = Some("Backend".parse().unwrap());
    issue.max_units = Some(units(4));
    issue.expires_at = Some(at(600));
    let issued = market.keys.issue(issue.clone()).await.unwrap();
    assert_eq!(issued, issue.into_info());
    let listed = market.keys.of_token(opened.token, market.buyer).await;
    let listed = listed.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].id, listed[0].is_first), (opened.key.id, true));
    assert_eq!(listed[1], issued);
    let by_seller = market.keys.of_token(opened.token, market.seller).await;
    assert_eq!(by_seller.unwrap(), []);

    let mut by_seller = delete(&market, further, opened.token);
    by_seller.buyer = actor(market.seller);
    assert!(!market.keys.delete(by_seller).await.unwrap());
    let deleted = delete(&market, further, opened.token);
    assert!(market.keys.delete(deleted).await.unwrap());
    assert!(!market.keys.delete(deleted).await.unwrap());
    let audited = market.database.audited().await;
    let actions = ["key_revealed", "access_key_issued", "access_key_deleted"];
    assert_eq!(audited, actions);
}

#[tokio::test]
async fn a_key_spends_no_more_than_its_limit_and_until_it_expires() {
    let market = Market::with(gateway_terms()).await;
    let opened = market.open(100).await;
    let key = market.limited(opened.token, 12).await;
    let (first, second) = (
        market.draw(key).await.unwrap(),
        market.draw(key).await.unwrap(),
    );
    let refused = market.draw(key).await.unwrap_err();
    let text = "the access key may spend 2 more units, and the call may cost 5";
    assert_eq!(refused.to_string(), text);
    // What a call does not cost, its key can spend again.
    let finish = answered(&first, 200, Some(1));
    market.calls.finish(finish).await.unwrap();
    market.answer(&second, 503).await;
    let listed = market.keys.of_token(opened.token, market.buyer).await;
    assert_eq!(listed.unwrap()[1].taken_units, 1);
    assert!(market.draw(key).await.is_ok());
    assert!(market.draw(opened.key).await.is_ok());
    market.verify().await;

    let mut issue = market.further(opened.token, Key::new());
    issue.expires_at = Some(at(100));
    let expiring = Key {
        id: issue.key.id,
        digest: issue.key.digest,
    };
    market.keys.issue(issue).await.unwrap();
    let in_time = market.request(expiring, at(99));
    assert!(market.calls.draw(in_time).await.is_ok());
    let late = market.calls.draw(market.request(expiring, at(100))).await;
    let invalid = DrawCallError::Refused(DrawRefused::InvalidKey);
    assert_eq!(late.unwrap_err().to_string(), invalid.to_string());
}

#[tokio::test]
async fn keys_are_issued_for_active_tokens_of_the_buyer_that_are_used_through_the_gateway() {
    let market = Market::plain().await;
    let token = market.buy(10).await;
    let mut by_seller = market.further(token, Key::new());
    by_seller.buyer = actor(market.seller);
    let refused = market.keys.issue(by_seller).await;
    assert!(matches!(refused, Err(IssueAccessKeyError::NotFound)));
    // A key before the first reveal makes the balance, and counts as revealed.
    let key = Key::new();
    let issue = market.further(token, key);
    market.keys.issue(issue).await.unwrap();
    assert!(market.draw(key).await.is_ok());
    assert_eq!(market.token(token).await.revealed_at, Some(at(20)));
    let state = "UPDATE tokens SET state = $1";
    let suspended = TokenState::Suspended.to_string();
    market.database.run(state, &[&suspended]).await;
    let refused = market.keys.issue(market.further(token, Key::new())).await;
    assert!(matches!(refused, Err(IssueAccessKeyError::NotActive(_))));
    market.sell_by(None).await.unwrap();
    let shown = market.buy(1).await;
    let refused = market.keys.issue(market.further(shown, Key::new())).await;
    assert!(matches!(
        refused,
        Err(IssueAccessKeyError::NotThroughGateway)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_no_more_keys_than_it_may_however_they_are_issued() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let requests = (0..IssueAccessKey::MOST + 10)
        .map(|_| market.keys.issue(market.further(opened.token, Key::new())));
    let issued = join_all(requests).await;
    let stored = issued.iter().filter(|result| result.is_ok()).count();
    // The first key is one of them.
    assert_eq!(stored, IssueAccessKey::MOST - 1);
    let refused = issued.into_iter().filter_map(Result::err);
    for refusal in refused {
        assert!(matches!(refusal, IssueAccessKeyError::TooMany), "{refusal}");
    }
    let listed = market.keys.of_token(opened.token, market.buyer).await;
    let listed = listed.unwrap();
    let newest = Key {
        id: listed[10].id,
        ..Key::new()
    };
    let deleted = delete(&market, newest, opened.token);
    assert!(market.keys.delete(deleted).await.unwrap());
    let again = market
        .keys
        .issue(market.further(opened.token, Key::new()))
        .await;
    assert!(again.is_ok());
}
