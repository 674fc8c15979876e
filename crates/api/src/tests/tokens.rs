use serde_json::json;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey, ServiceChanges};
use udam_domain::page::Page;
use udam_domain::token::{SealedAccess, Token, TokenState};
use udam_domain::units::Units;
use udam_domain::{RevealKeyError, RevokeTokenError, VaultError};

use super::*;
use crate::testing::ada;

fn token() -> Token {
    Token {
        id: TokenId::from_uuid(Uuid::from_u128(9)),
        order_id: OrderId::from_uuid(Uuid::from_u128(9)),
        listing_id: ListingId::from_uuid(Uuid::from_u128(9)),
        buyer_id: ada().id,
        seller_id: AccountId::from_uuid(Uuid::from_u128(5)),
        service_name: "Weather".parse().unwrap(),
        units: Units::new(3).unwrap(),
        state: TokenState::Active,
        expires_at: NOW,
        created_at: NOW,
        revealed_at: None,
        service_changes: ServiceChanges::default(),
    }
}

fn access() -> SealedAccess {
    SealedAccess {
        listing_id: token().listing_id,
        key: SealedKey {
            key_id: "main".parse().unwrap(),
            ciphertext: vec![1],
        },
        endpoint_url: None,
    }
}

fn path(action: &str) -> String {
    format!("/v1/tokens/{}{action}", id(TokenId::from_uuid))
}

#[actix_web::test]
async fn a_token_shows_as_expired_once_its_time_is_up() {
    let mut api = TestApi::signed_in();
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(Some(token())));
    let answer = send(api, as_ada(get(&path("")))).await;
    assert_eq!(
        answer.body,
        json!({
            "id": id(TokenId::from_uuid),
            "order_id": id(OrderId::from_uuid),
            "listing_id": id(ListingId::from_uuid),
            "service_name": "Weather",
            "units": 3,
            "status": "expired",
            "expires_at": "1970-01-01T00:00:00Z",
            "created_at": "1970-01-01T00:00:00Z",
            "endpoint_changed_at": null,
            "key_changed_at": null,
        })
    );
}

#[actix_web::test]
async fn tokens_are_listed() {
    let mut api = TestApi::signed_in();
    api.mocks.token_reader.expect_of_buyer().returning(|_, _| {
        Ok(Page {
            items: vec![token()],
            next: None,
        })
    });
    let answer = send(api, as_ada(get("/v1/tokens"))).await;
    assert_eq!(answer.body["data"][0]["id"], id(TokenId::from_uuid));
}

#[actix_web::test]
async fn revealing_shows_the_key_and_is_not_kept() {
    let mut api = TestApi::signed_in();
    api.mocks.tokens.expect_reveal().returning(|_| Ok(access()));
    let key = |_: ListingId, _: &SealedKey| Ok(ApiKey::new("sk_live_secret".into()).unwrap());
    api.mocks.vault.expect_open().returning(key);
    let answer = send(api, as_ada(post(&path("/reveal")))).await;
    let expected = json!({"api_key": "sk_live_secret", "endpoint_url": null});
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn a_token_without_access_has_the_code_of_its_reason() {
    for (error, expected) in [
        (RevealKeyError::NotFound, (404, "not_found")),
        (RevealKeyError::Revoked, (410, "token_revoked")),
        (RevealKeyError::Expired, (410, "token_expired")),
        (RevealKeyError::Suspended, (409, "invalid_state")),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks.tokens.expect_reveal().return_once(|_| Err(error));
        let answer = send(api, as_ada(post(&path("/reveal")))).await;
        assert_eq!(answer.problem(), expected);
    }
    let mut api = TestApi::signed_in();
    api.mocks.tokens.expect_reveal().returning(|_| Ok(access()));
    api.mocks
        .vault
        .expect_open()
        .returning(|_, _| Err(VaultError::Unopenable));
    let answer = send(api, as_ada(post(&path("/reveal")))).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
}

#[actix_web::test]
async fn revoking_returns_the_current_token() {
    let mut api = TestApi::signed_in();
    api.mocks.tokens.expect_revoke().returning(|_| {
        Ok(Token {
            state: TokenState::Revoked,
            ..token()
        })
    });
    let answer = send(api, as_ada(post(&path("/revoke")))).await;
    assert_eq!(answer.body["status"], "revoked");

    let mut api = TestApi::signed_in();
    api.mocks
        .tokens
        .expect_revoke()
        .returning(|_| Err(RevokeTokenError::NotFound));
    let answer = send(api, as_ada(post(&path("/revoke")))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
}
