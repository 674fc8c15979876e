//! What a call is refused for, from the moment that the change has returned.

use udam_domain::gateway::DeleteAccessKey;
use udam_domain::gateway::{CallPath, DrawRefused, Method};
use udam_domain::id::{CallId, ListingId, RefundId};
use udam_domain::token::{RevokeToken, TokenState};
use udam_domain::{AccessKeyStore, CallStore, DrawCallError, DrawnCall, TokenStore};

use super::market::{Key, Market, Opened, gateway_terms};
use crate::fixtures::{Counting, actor, at};

fn refusal(drawn: Result<DrawnCall, DrawCallError>) -> DrawRefused {
    match drawn.unwrap_err() {
        DrawCallError::Refused(refused) => refused,
        DrawCallError::Unavailable(error) => panic!("{error:?}"),
    }
}

/// A market whose first call has been made, so that whatever is cached is.
async fn called() -> (Market, Opened) {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    let drawn = market.draw(opened.key).await.unwrap();
    market.answer(&drawn, 200).await;
    (market, opened)
}

#[tokio::test]
async fn a_key_that_does_not_exist_draws_nothing_until_it_is_issued() {
    let (market, opened) = called().await;
    let key = Key::new();
    assert_eq!(refusal(market.draw(key).await), DrawRefused::InvalidKey);
    let issue = market.further(opened.token, key);
    market.keys.issue(issue).await.unwrap();
    assert!(market.draw(key).await.is_ok());
}

#[tokio::test]
async fn a_key_opens_the_listing_of_its_token_alone() {
    let (market, opened) = called().await;
    let other = market.database.listing(market.seller, |_| {}).await;
    for listing in [other.id, ListingId::mint(at(0), &Counting)] {
        let mut request = market.request(opened.key, at(60));
        request.listing_id = listing;
        let drawn = market.calls.draw(request).await;
        assert_eq!(refusal(drawn), DrawRefused::InvalidKey);
    }
}

#[tokio::test]
async fn a_token_that_was_revoked_or_suspended_draws_nothing() {
    let (market, opened) = called().await;
    let state = "UPDATE tokens SET state = $1";
    let suspended = TokenState::Suspended.to_string();
    market.database.run(state, &[&suspended]).await;
    let refused = refusal(market.draw(opened.key).await);
    assert_eq!(refused, DrawRefused::TokenSuspended);
    let active = TokenState::Active.to_string();
    market.database.run(state, &[&active]).await;
    assert!(market.draw(opened.key).await.is_ok());
    let revoke = RevokeToken {
        token_id: opened.token,
        by: actor(market.buyer),
        at: at(60),
        refund_id: RefundId::mint(at(60), &Counting),
    };
    market.database.tokens().revoke(revoke).await.unwrap();
    let refused = refusal(market.draw(opened.key).await);
    assert_eq!(refused, DrawRefused::TokenRevoked);
}

#[tokio::test]
async fn a_token_that_has_expired_draws_nothing() {
    let (market, opened) = called().await;
    let late = market.request(opened.key, at(3_600));
    let refused = refusal(market.calls.draw(late).await);
    assert_eq!(refused, DrawRefused::TokenExpired);
    let in_time = market.request(opened.key, at(3_599));
    assert!(market.calls.draw(in_time).await.is_ok());
}

#[tokio::test]
async fn an_archived_listing_is_called_no_more() {
    let (market, opened) = called().await;
    market.archive().await;
    let refused = refusal(market.draw(opened.key).await);
    assert_eq!(refused, DrawRefused::ListingArchived);
}

#[tokio::test]
async fn a_deleted_key_draws_nothing_and_others_of_the_token_do() {
    let (market, opened) = called().await;
    let further = Key::new();
    let issue = market.further(opened.token, further);
    market.keys.issue(issue).await.unwrap();
    let delete = DeleteAccessKey {
        token_id: opened.token,
        key_id: opened.key.id,
        buyer: actor(market.buyer),
        at: at(50),
    };
    assert!(market.keys.delete(delete).await.unwrap());
    let refused = refusal(market.draw(opened.key).await);
    assert_eq!(refused, DrawRefused::InvalidKey);
    assert!(market.draw(further).await.is_ok());
    market.verify().await;
}

#[tokio::test]
async fn calls_that_are_not_sold_and_units_that_are_not_left_are_refused() {
    let market = Market::with(gateway_terms()).await;
    let opened = market.open(7).await;
    let mut request = market.request(opened.key, at(60));
    request.method = Method::Delete;
    let refused = refusal(market.calls.draw(request.clone()).await);
    assert_eq!(refused, DrawRefused::NotSold);
    request.method = Method::Post;
    request.path = CallPath::new("/v2/snow".to_owned()).unwrap();
    let refused = refusal(market.calls.draw(request).await);
    assert_eq!(refused, DrawRefused::NotSold);
    assert!(market.draw(opened.key).await.is_ok());
    let refused = refusal(market.draw(opened.key).await);
    let text = "2 units of the token are left, and the call may cost 5";
    assert_eq!(refused.to_string(), text);
    assert_eq!(market.database.count("open_calls").await, 1);
    market.verify().await;
}

#[tokio::test]
async fn a_listing_whose_address_is_gone_fails_its_own_calls_alone() {
    let (market, opened) = called().await;
    // As a server of an older version could do.
    let older = "ALTER TABLE listings DROP CONSTRAINT listings_terms_need_endpoint";
    market.database.sql.batch_execute(older).await.unwrap();
    let remove = "UPDATE listings SET endpoint_url = NULL WHERE id = $1";
    let listing = market.listing.id.uuid();
    market.database.run(remove, &[&listing]).await;
    let drawn = market.draw(opened.key).await;
    assert!(matches!(drawn, Err(DrawCallError::Unavailable(_))));
    assert_eq!(market.balance(opened.token).await, [9, 0, 1]);
    let unknown: CallId = CallId::mint(at(0), &Counting);
    let mut request = market.request(Key::new(), at(60));
    request.call_id = unknown;
    let refused = refusal(market.calls.draw(request).await);
    assert_eq!(refused, DrawRefused::InvalidKey);
}
