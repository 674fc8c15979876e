use std::time::Duration;

use serde_json::json;
use udam_domain::gateway::{CallOutcome, Method as CallMethod};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::{ProbeAnswer, ProbeFailed, ProbeRequest, SealedService, VaultError};

use super::*;
use crate::testing::MockGateway;

fn path() -> String {
    format!("/v1/listings/{}/probe", id(ListingId::from_uuid))
}

fn probe(body: &Value) -> TestRequest {
    as_ada(post(&path()).set_json(body))
}

fn service() -> SealedService {
    SealedService {
        endpoint_url: "https://api.example.com".parse().unwrap(),
        key: SealedKey {
            key_id: "main".parse().unwrap(),
            ciphertext: vec![1],
        },
        terms: None,
    }
}

/// An API whose services answer so.
fn probing(
    answer: impl Fn(ProbeRequest) -> Result<ProbeAnswer, ProbeFailed> + Send + 'static,
) -> TestApi {
    let mut gateway = MockGateway::default();
    gateway
        .reader
        .expect_service()
        .returning(|_, _| Ok(Some(service())));
    gateway.probe.expect_probe().returning(answer);
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .vault
        .expect_open()
        .returning(|_, _| Ok(ApiKey::new("sk_live_secret".to_owned()).unwrap()));
    api
}

fn answer(body: &[u8]) -> ProbeAnswer {
    ProbeAnswer {
        status: 404,
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: body.to_vec(),
        is_truncated: false,
        latency: Duration::from_millis(48),
    }
}

#[actix_web::test]
async fn a_seller_sees_what_the_service_answers() {
    let api = probing(|request| {
        assert_eq!(request.method, CallMethod::Post);
        assert_eq!(request.path.as_str(), "/v1/rain");
        assert_eq!(request.query.as_deref(), Some("lat=52.52"));
        Ok(answer(b"no rain"))
    });
    let body = json!({"method": "POST", "path": "/v1/rain", "query": "lat=52.52"});
    let found = send(api, probe(&body)).await;
    let expected = json!({
        "outcome": "answered",
        "answer": {
            "status": 404,
            "headers": [{"name": "content-type", "value": "text/plain"}],
            "body": "no rain",
            "body_encoding": "text",
            "truncated": false,
            "latency_ms": 48,
        },
    });
    assert_eq!((found.status, &found.body), (200, &expected));
}

#[actix_web::test]
async fn a_probe_gets_the_root_and_a_body_that_is_no_text_is_encoded() {
    let api = probing(|request| {
        assert_eq!(
            (request.method, request.path.as_str()),
            (CallMethod::Get, "/")
        );
        Ok(answer(b"\xff\xfe"))
    });
    let found = send(api, probe(&json!({}))).await;
    assert_eq!(found.body["answer"]["body"], "//4=");
    assert_eq!(found.body["answer"]["body_encoding"], "base64");
}

#[actix_web::test]
async fn a_service_that_does_not_answer_is_told_by_its_outcome() {
    for outcome in CallOutcome::WITHOUT_HEAD {
        let api = probing(move |_| Err(ProbeFailed { outcome }));
        let found = send(api, probe(&json!({}))).await;
        let expected = json!({"outcome": outcome.name(), "answer": null});
        assert_eq!((found.status, &found.body), (200, &expected));
    }
}

#[actix_web::test]
async fn every_wrong_part_of_a_probe_is_named() {
    let api = probing(|_| Ok(answer(b""))).into_data();
    for (body, fields) in [
        (
            json!({"method": "get", "path": "v1", "query": "a b", "body": ""}),
            ["method", "path", "query", "body"].as_slice(),
        ),
        (json!({"path": "/v1?x"}), &["path"]),
        (json!({"path": format!("/{}", "a".repeat(200))}), &["path"]),
        (json!({"query": "a#b"}), &["query"]),
        (json!({"query": "a".repeat(2_001)}), &["query"]),
    ] {
        assert_eq!(send_to(&api, probe(&body)).await.fields(), fields, "{body}");
    }
}

#[actix_web::test]
async fn nobody_probes_the_service_of_another_seller() {
    let mut gateway = MockGateway::default();
    gateway.reader.expect_service().returning(|_, seller| {
        assert_eq!(seller, ada().id);
        Ok(None)
    });
    let answer = send(TestApi::with_gateway(gateway), probe(&json!({}))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
    let none = send(TestApi::signed_in(), probe(&json!({}))).await;
    assert_eq!(none.problem(), (404, "not_found"));

    let mut gateway = MockGateway::default();
    gateway
        .reader
        .expect_service()
        .returning(|_, _| Ok(Some(service())));
    let mut api = TestApi::with_gateway(gateway);
    api.mocks
        .vault
        .expect_open()
        .returning(|_, _| Err(VaultError::Unopenable));
    let answer = send(api, probe(&json!({}))).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
}

#[actix_web::test]
async fn probes_are_rate_limited_apart_from_other_calls() {
    let mut api = probing(|_| Ok(answer(b"")));
    api.rate_limit = true;
    let api = api.into_data();
    // One app for all requests, which is faster than the allowance is refilled.
    let app = init_service(App::new().configure(configure(api.clone()))).await;
    let mut statuses = Vec::new();
    for _ in 0..200 {
        let response = call_service(&app, probe(&json!({})).to_request()).await;
        statuses.push(response.status().as_u16());
    }
    assert!(statuses[..10].iter().all(|status| *status == 200));
    assert!(statuses.contains(&429));
    assert_eq!(send_to(&api, get("/v1/listings?limit=0")).await.status, 422);
}
