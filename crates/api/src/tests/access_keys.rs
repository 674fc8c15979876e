use serde_json::json;
use udam_domain::IssueAccessKeyError;
use udam_domain::gateway::{AccessKey, AccessKeyDigest, AccessKeyInfo};
use udam_domain::id::AccessKeyId;
use udam_domain::token::TokenStatus;

use super::*;
use crate::testing::MockGateway;

fn info() -> AccessKeyInfo {
    AccessKeyInfo {
        id: AccessKeyId::from_uuid(Uuid::from_u128(9)),
        token_id: token().id,
        name: Some("Nightly import".parse().unwrap()),
        max_units: Some(Units::new(2).unwrap()),
        taken_units: 1,
        expires_at: Some(NOW),
        is_first: false,
        created_at: NOW,
    }
}

fn shown() -> Value {
    json!({
        "id": id(AccessKeyId::from_uuid),
        "name": "Nightly import",
        "max_units": 2,
        "units_taken": 1,
        "expires_at": "1970-01-01T00:00:00Z",
        "first": false,
        "created_at": "1970-01-01T00:00:00Z",
    })
}

fn key_path() -> String {
    token_path(&format!("/keys/{}", id(AccessKeyId::from_uuid)))
}

/// An API that finds the token, if there is one.
fn api(gateway: MockGateway, token: Option<Token>) -> TestApi {
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .token_reader
        .expect_find()
        .returning(move |_, _| Ok(token.clone()));
    api
}

fn minting() -> MockGateway {
    let mut gateway = MockGateway::default();
    gateway.mint.expect_mint().returning(|| {
        let key = AccessKey::new("udk_new".to_owned());
        (key, AccessKeyDigest::new([7; 32]))
    });
    gateway
}

#[actix_web::test]
async fn the_keys_of_a_token_are_listed_without_their_secrets() {
    let mut gateway = MockGateway::default();
    gateway
        .keys
        .expect_of_token()
        .returning(|_, _| Ok(vec![info()]));
    let answer = send(
        api(gateway, Some(gateway_token())),
        as_ada(get(&token_path("/keys"))),
    )
    .await;
    let expected = json!({"data": [shown()], "next_cursor": null});
    assert_eq!((answer.status, &answer.body), (200, &expected));
    let missing = api(MockGateway::default(), None);
    let answer = send(missing, as_ada(get(&token_path("/keys")))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
}

#[actix_web::test]
async fn a_key_is_issued_with_its_limits_and_shown_once() {
    let mut gateway = minting();
    gateway.keys.expect_issue().once().returning(|issue| {
        assert_eq!(issue.name.unwrap().as_str(), "Nightly import");
        assert_eq!(issue.max_units, Units::new(2).ok());
        let expires_at = issue.expires_at.unwrap().to_string();
        assert_eq!(expires_at, "1970-01-01T00:00:01Z");
        assert_eq!(issue.buyer.account_id, ada().id);
        Ok(info())
    });
    let body = json!({
        "name": "Nightly import", "max_units": "2", "expires_at": "1970-01-01T01:00:01+01:00",
    });
    let request = as_ada(post(&token_path("/keys")).set_json(body));
    let answer = send(api(gateway, Some(gateway_token())), request).await;
    let mut expected = shown();
    expected["api_key"] = json!("udk_new");
    let listing = id(ListingId::from_uuid);
    expected["endpoint_url"] = json!(format!("https://udam.example/gw/{listing}"));
    assert_eq!((answer.status, &answer.body), (201, &expected));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn a_key_needs_no_limits() {
    for request in [
        post(&token_path("/keys")),
        post(&token_path("/keys")).set_json(json!({"name": null})),
    ] {
        let mut gateway = minting();
        gateway.keys.expect_issue().once().returning(|issue| {
            assert_eq!(
                (&issue.name, issue.max_units, issue.expires_at),
                (&None, None, None)
            );
            Ok(issue.into_info())
        });
        let answer = send(api(gateway, Some(gateway_token())), as_ada(request)).await;
        assert_eq!(answer.status, 201);
    }
}

#[actix_web::test]
async fn every_wrong_limit_is_named() {
    let body = json!({"name": " ", "max_units": 0, "expires_at": "tomorrow", "units": 1});
    let request = as_ada(post(&token_path("/keys")).set_json(body));
    let answer = send(api(MockGateway::default(), None), request).await;
    assert_eq!(
        answer.fields(),
        ["name", "max_units", "expires_at", "units"]
    );
}

#[actix_web::test]
async fn a_key_that_has_expired_is_not_issued() {
    let body = json!({"expires_at": NOW.to_string()});
    let request = as_ada(post(&token_path("/keys")).set_json(body));
    let answer = send(api(minting(), Some(gateway_token())), request).await;
    assert_eq!((answer.status, answer.fields()), (422, vec!["expires_at"]));
}

#[actix_web::test]
async fn a_key_that_is_not_issued_has_the_code_of_its_reason() {
    for (error, expected) in [
        (IssueAccessKeyError::NotFound, (404, "not_found")),
        (
            IssueAccessKeyError::NotThroughGateway,
            (409, "invalid_state"),
        ),
        (IssueAccessKeyError::TooMany, (409, "too_many_access_keys")),
        (
            IssueAccessKeyError::NotActive(TokenStatus::Revoked),
            (410, "token_revoked"),
        ),
        (
            IssueAccessKeyError::NotActive(TokenStatus::Expired),
            (410, "token_expired"),
        ),
        (
            IssueAccessKeyError::NotActive(TokenStatus::Suspended),
            (409, "invalid_state"),
        ),
    ] {
        let mut gateway = minting();
        gateway.keys.expect_issue().return_once(|_| Err(error));
        let request = as_ada(post(&token_path("/keys")));
        let answer = send(api(gateway, Some(gateway_token())), request).await;
        assert_eq!(answer.problem(), expected);
    }
    let missing = api(minting(), None);
    let answer = send(missing, as_ada(post(&token_path("/keys")))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
}

#[actix_web::test]
async fn a_key_is_deleted_once() {
    for (existed, status) in [(true, 204), (false, 404)] {
        let mut gateway = MockGateway::default();
        gateway.keys.expect_delete().returning(move |delete| {
            assert_eq!(delete.key_id, info().id);
            assert_eq!(delete.token_id, token().id);
            Ok(existed)
        });
        let request = as_ada(TestRequest::delete().uri(&key_path()));
        assert_eq!(send(api(gateway, None), request).await.status, status);
    }
}

#[actix_web::test]
async fn without_a_gateway_there_are_no_keys() {
    for request in [
        get(&token_path("/keys")),
        post(&token_path("/keys")),
        TestRequest::delete().uri(&key_path()),
    ] {
        let answer = send(TestApi::signed_in(), as_ada(request)).await;
        assert_eq!(answer.problem(), (404, "not_found"));
    }
}
