use serde_json::json;
use udam_domain::gateway::{AccessKey, AccessKeyDigest};
use udam_domain::id::{ListingId, OrderId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::page::Page;
use udam_domain::token::SealedAccess;
use udam_domain::{RevealKeyError, RevokeTokenError, VaultError};

use super::*;
use crate::testing::MockGateway;

fn access() -> SealedAccess {
    SealedAccess::Service {
        listing_id: token().listing_id,
        key: sealed(),
        endpoint_url: None,
    }
}

#[actix_web::test]
async fn a_token_shows_as_expired_once_its_time_is_up() {
    let mut api = TestApi::signed_in();
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(Some(token())));
    let answer = send(api, as_ada(get(&token_path("")))).await;
    assert_eq!(
        answer.body,
        json!({
            "id": id(TokenId::from_uuid),
            "order_id": id(OrderId::from_uuid),
            "listing_id": id(ListingId::from_uuid),
            "service_name": "Weather",
            "units": 3,
            "access": "key",
            "units_left": null,
            "units_open": null,
            "units_charged": null,
            "terms_version": null,
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
    let answer = send(api, as_ada(post(&token_path("/reveal")))).await;
    let expected = json!({"api_key": "sk_live_secret", "endpoint_url": null, "access": "key"});
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn sealed() -> SealedKey {
    SealedKey {
        key_id: "main".parse().unwrap(),
        ciphertext: vec![1],
    }
}

#[actix_web::test]
async fn a_token_through_the_gateway_has_its_units_and_reveals_a_key_of_its_own() {
    let mut gateway = MockGateway::default();
    gateway.mint.expect_mint().returning(|| {
        let key = AccessKey::new("udk_new".to_owned());
        (key, AccessKeyDigest::new([7; 32]))
    });
    let vault = &mut gateway.key_vault;
    vault.expect_seal().returning(|_, _| Ok(sealed()));
    vault
        .expect_open()
        .returning(|_, _| Ok(AccessKey::new("udk_first".to_owned())));
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(Some(gateway_token())));
    api.mocks.tokens.expect_reveal().returning(|reveal| {
        let key = reveal.first_key.ok_or(RevealKeyError::NoKey)?.sealed;
        Ok(SealedAccess::Gateway {
            listing_id: token().listing_id,
            key,
        })
    });
    let api = api.into_data();
    let token = send_to(&api, as_ada(get(&token_path("")))).await.body;
    let shown = [
        "access",
        "units",
        "units_left",
        "units_open",
        "units_charged",
        "terms_version",
    ];
    let shown = shown.map(|field| token[field].clone());
    assert_eq!(json!(shown), json!(["gateway", 3, 1, 0, 2, 1]));

    let revealed = send_to(&api, as_ada(post(&token_path("/reveal")))).await;
    let address = format!("https://udam.example/gw/{}", id(ListingId::from_uuid));
    let expected = json!({"api_key": "udk_first", "endpoint_url": address, "access": "gateway"});
    assert_eq!((revealed.status, &revealed.body), (200, &expected));
    assert_eq!(revealed.header("cache-control"), Some("no-store"));
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
        let answer = send(api, as_ada(post(&token_path("/reveal")))).await;
        assert_eq!(answer.problem(), expected);
    }
    let mut api = TestApi::signed_in();
    api.mocks.tokens.expect_reveal().returning(|_| Ok(access()));
    api.mocks
        .vault
        .expect_open()
        .returning(|_, _| Err(VaultError::Unopenable));
    let answer = send(api, as_ada(post(&token_path("/reveal")))).await;
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
    let answer = send(api, as_ada(post(&token_path("/revoke")))).await;
    assert_eq!(answer.body["status"], "revoked");

    let mut api = TestApi::signed_in();
    api.mocks
        .tokens
        .expect_revoke()
        .returning(|_| Err(RevokeTokenError::NotFound));
    let answer = send(api, as_ada(post(&token_path("/revoke")))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
}
