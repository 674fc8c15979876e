use serde_json::json;
use udam_domain::id::CallId;

use super::*;
use crate::testing::MockGateway;

fn path() -> String {
    format!("/v1/calls/{}/receipt", id(CallId::from_uuid))
}

fn receipt() -> Value {
    let mut receipt = calls::shown();
    receipt["buyer_id"] = json!(ada().id.to_string());
    receipt["seller_id"] = json!(token().seller_id.to_string());
    receipt
}

#[actix_web::test]
async fn the_receipt_that_is_shown_is_what_was_signed() {
    let mut gateway = MockGateway::default();
    gateway.reader.expect_find().returning(|call, account| {
        assert_eq!((call, account), (calls::call().id, ada().id));
        Ok(Some(calls::call()))
    });
    gateway.receipts.expect_sign().once().returning(|payload| {
        let signed: Value = serde_json::from_slice(payload).unwrap();
        assert_eq!(signed, receipt());
        "head.payload.signature".to_owned()
    });
    let answer = send(TestApi::with_gateway(gateway), as_ada(get(&path()))).await;
    let expected = json!({"receipt": receipt(), "jws": "head.payload.signature"});
    assert_eq!((answer.status, &answer.body), (200, &expected));
}

#[actix_web::test]
async fn nobody_gets_the_receipt_of_anothers_call() {
    let mut gateway = MockGateway::default();
    gateway.reader.expect_find().returning(|_, _| Ok(None));
    let api = TestApi::with_gateway(gateway).into_data();
    let answer = send_to(&api, as_ada(get(&path()))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
    let other_kind = format!("/v1/calls/{}/receipt", id(ListingId::from_uuid));
    let answer = send_to(&api, as_ada(get(&other_kind))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
    assert_eq!(
        send_to(&api, get(&path())).await.problem(),
        (401, "unauthenticated")
    );
    let none = send(TestApi::signed_in(), as_ada(get(&path()))).await;
    assert_eq!(none.problem(), (404, "not_found"));
}

#[actix_web::test]
async fn the_keys_of_receipts_are_public_and_kept_for_minutes() {
    const PATH: &str = "/.well-known/udam-receipts.json";

    let mut gateway = MockGateway::default();
    gateway
        .receipts
        .expect_public_keys()
        .returning(|| r#"{"keys": []}"#.to_owned());
    let answer = send(TestApi::with_gateway(gateway), get(PATH)).await;
    assert_eq!((answer.status, &answer.body), (200, &json!({"keys": []})));
    assert_eq!(
        answer.header("content-type"),
        Some("application/jwk-set+json")
    );
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let none = send(TestApi::signed_in(), get(PATH)).await;
    assert_eq!(none.problem(), (404, "not_found"));
    assert_eq!(none.header("cache-control"), None);
}
