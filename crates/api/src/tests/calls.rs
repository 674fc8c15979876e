use std::time::Duration;

use serde_json::json;
use udam_domain::gateway::{Call, CallOutcome, CallPath, CallState, Head, Method as CallMethod};
use udam_domain::id::{AccessKeyId, CallId};
use udam_domain::page::Page;

use super::*;
use crate::testing::MockGateway;

/// A call of Ada's.
pub(super) fn call() -> Call {
    let head = Head {
        status: 200,
        declared_units: None,
    };
    Call {
        id: CallId::from_uuid(Uuid::from_u128(9)),
        token_id: token().id,
        key_id: AccessKeyId::from_uuid(Uuid::from_u128(9)),
        listing_id: token().listing_id,
        buyer_id: ada().id,
        seller_id: token().seller_id,
        terms: TermsVersion::FIRST,
        request: Some((
            CallMethod::Get,
            CallPath::new("/v1/rain".to_owned()).unwrap(),
        )),
        outcome: CallOutcome::Answered(head),
        state: CallState::Charged,
        units: 1,
        request_bytes: 0,
        response_bytes: 12,
        latency: Some(Duration::from_micros(48_400)),
        began_at: NOW,
        ended_at: NOW,
    }
}

/// As clients see it.
pub(super) fn shown() -> Value {
    json!({
        "id": id(CallId::from_uuid),
        "token_id": id(TokenId::from_uuid),
        "key_id": id(AccessKeyId::from_uuid),
        "listing_id": id(ListingId::from_uuid),
        "method": "GET",
        "path": "/v1/rain",
        "outcome": "answered",
        "status": 200,
        "state": "charged",
        "units": 1,
        "request_bytes": 0,
        "response_bytes": 12,
        "latency_ms": 48,
        "terms_version": 1,
        "began_at": "1970-01-01T00:00:00Z",
        "ended_at": "1970-01-01T00:00:00Z",
    })
}

#[actix_web::test]
async fn a_buyer_pages_through_the_calls_of_a_token() {
    let mut gateway = MockGateway::default();
    gateway
        .reader
        .expect_of_token()
        .returning(|_, buyer, page| {
            assert_eq!(buyer, ada().id);
            let next = page.after.is_none().then(|| call().id);
            let items = vec![call()];
            Ok(Page { items, next })
        });
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(Some(gateway_token())));
    let api = api.into_data();
    let first = send_to(&api, as_ada(get(&token_path("/calls?limit=1")))).await;
    assert_eq!(first.body["data"], json!([shown()]));
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let last = token_path(&format!("/calls?limit=1&cursor={cursor}"));
    let last = send_to(&api, as_ada(get(&last))).await;
    assert_eq!(last.body["next_cursor"], Value::Null);
    let foreign = send_to(&api, as_ada(get(&format!("/v1/tokens?cursor={cursor}")))).await;
    assert_eq!(foreign.fields(), ["cursor"]);
}

#[actix_web::test]
async fn a_lost_call_has_no_request_and_no_answer() {
    let mut gateway = MockGateway::default();
    gateway.reader.expect_of_listing().returning(|_, _, _| {
        let lost = Call {
            request: None,
            outcome: CallOutcome::Lost,
            state: CallState::Returned,
            units: 0,
            latency: None,
            ..call()
        };
        let items = vec![lost];
        Ok(Page { items, next: None })
    });
    let path = format!("/v1/me/calls?listing={}", id(ListingId::from_uuid));
    let answer = send(TestApi::with_gateway(gateway), as_ada(get(&path))).await;
    let call = &answer.body["data"][0];
    for field in ["method", "path", "status", "latency_ms"] {
        assert!(call[field].is_null(), "{field}");
    }
    assert_eq!(
        (&call["outcome"], &call["state"]),
        (&json!("lost"), &json!("returned"))
    );
}

#[actix_web::test]
async fn a_seller_names_the_listing_whose_calls_are_asked_for() {
    let api = TestApi::with_gateway(MockGateway::default()).into_data();
    for (query, fields) in [
        ("", ["listing"].as_slice()),
        ("?listing=tok_1&limit=0", &["listing", "limit"]),
        (
            "?listing=lst_01h455vb4pex5vsknk084sn02q&cursor=x",
            &["cursor"],
        ),
    ] {
        let answer = send_to(&api, as_ada(get(&format!("/v1/me/calls{query}")))).await;
        assert_eq!(answer.fields(), fields);
    }
}

#[actix_web::test]
async fn calls_of_unknown_tokens_and_without_a_gateway_are_not_found() {
    let mut api = TestApi::with_gateway(MockGateway::default());
    api.mocks
        .token_reader
        .expect_find()
        .returning(|_, _| Ok(None));
    let api = api.into_data();
    let none = TestApi::signed_in().into_data();
    let listing = id(ListingId::from_uuid);
    for (api, path) in [
        (&api, token_path("/calls")),
        (&api, token_path("/usage")),
        (&none, token_path("/calls")),
        (&none, token_path("/usage")),
        (&none, format!("/v1/me/calls?listing={listing}")),
        (&none, "/v1/me/usage".to_owned()),
    ] {
        let answer = send_to(api, as_ada(get(&path))).await;
        assert_eq!(answer.problem(), (404, "not_found"), "{path}");
    }
}
