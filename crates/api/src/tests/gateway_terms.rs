use std::time::Duration;

use serde_json::json;
use udam_domain::gateway::{CallQuality, GatewayTerms};
use udam_domain::listing::{ApiKey, Change, KeyId, Listing, NotCallable, OwnListing, SealedKey};
use udam_domain::mocks;
use udam_domain::money::{Currency, Money};
use udam_domain::page::Page;
use udam_domain::{EditListingError, MockListingStore};

use super::*;
use crate::testing::MockGateway;

/// All terms, as a seller sends them and as everyone sees them.
fn terms() -> Value {
    json!({
        "auth": {"in": "header", "name": "X-Api-Key", "prefix": ""},
        "methods": ["GET", "POST"],
        "paths": ["/v1", "/v2/rain"],
        "units_per_call": 2,
        "max_units_per_call": 20,
        "charge": "answered",
        "timeout": 10,
        "rate": {"calls": 100, "per": "minute"},
    })
}

fn body(gateway: &Value) -> Value {
    let mut body = listing_body();
    body["endpoint_url"] = json!("https://api.example.com/base");
    body["access"] = json!("gateway");
    body["gateway"] = gateway.clone();
    body
}

fn path(below: &str) -> String {
    format!("/v1/listings/{}{below}", id(ListingId::from_uuid))
}

fn patch(body: &Value) -> TestRequest {
    as_ada(TestRequest::patch().uri(&path("")).set_json(body))
}

fn sealing(api: &mut TestApi) -> &mut MockListingStore {
    let key_id: KeyId = "main".parse().unwrap();
    api.mocks.vault.expect_seal().returning(move |_, _| {
        Ok(SealedKey {
            key_id: key_id.clone(),
            ciphertext: vec![1],
        })
    });
    &mut api.mocks.listings
}

/// A marketplace that publishes whatever it is sent.
fn publishing() -> TestApi {
    let mut api = TestApi::with_gateway(MockGateway::default());
    sealing(&mut api).expect_publish().returning(|new, _| {
        let mut listing = mocks::listing(9, ada().id);
        listing.details = new.details;
        Ok(listing)
    });
    api
}

#[actix_web::test]
async fn a_listing_sold_through_the_gateway_shows_its_terms_and_hides_its_service() {
    let api = publishing().into_data();
    let request = as_ada(post("/v1/listings").set_json(body(&terms())));
    let answer = send_to(&api, request).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["access"], "gateway");
    assert_eq!(answer.body["gateway"], terms());
    let address = format!("https://udam.example/gw/{}", id(ListingId::from_uuid));
    assert_eq!(answer.body["endpoint_url"], address);
    assert!(!answer.text.contains("api.example.com"), "{}", answer.text);
}

#[actix_web::test]
async fn every_term_has_a_default() {
    let defaults = json!({
        "auth": {"in": "header", "name": "Authorization", "prefix": "Bearer "},
        "methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        "paths": ["/"],
        "units_per_call": 1,
        "max_units_per_call": null,
        "charge": "success",
        "timeout": 30,
        "rate": null,
    });
    let api = publishing().into_data();
    for given in [json!(null), json!({}), defaults.clone()] {
        let request = as_ada(post("/v1/listings").set_json(body(&given)));
        let answer = send_to(&api, request).await;
        assert_eq!(answer.body["gateway"], defaults, "{given}");
    }
}

#[actix_web::test]
async fn a_key_has_its_place_in_a_header_the_query_or_basic_authentication() {
    let api = publishing().into_data();
    for (given, shown) in [
        (
            json!({"in": "header", "name": "X-Key"}),
            json!({"in": "header", "name": "X-Key", "prefix": ""}),
        ),
        (
            json!({"in": "header", "prefix": "Token "}),
            json!({"in": "header", "name": "Authorization", "prefix": "Token "}),
        ),
        (
            json!({"in": "query", "name": "appid", "prefix": null}),
            json!({"in": "query", "name": "appid", "prefix": null}),
        ),
        (
            json!({"in": "basic", "name": "api"}),
            json!({"in": "basic", "name": "api", "prefix": null}),
        ),
        (
            json!({"in": "basic"}),
            json!({"in": "basic", "name": null, "prefix": null}),
        ),
    ] {
        let request = as_ada(post("/v1/listings").set_json(body(&json!({"auth": given}))));
        let answer = send_to(&api, request).await;
        assert_eq!(answer.body["gateway"]["auth"], shown);
    }
}

#[actix_web::test]
async fn every_wrong_term_is_named_by_its_place_together_with_other_fields() {
    let mut body = body(&json!({
        "auth": {"in": "query", "name": "a b", "prefix": "x", "key": "y"},
        "methods": ["GET", "get", 7],
        "paths": ["/v1", "v2", "/../x"],
        "units_per_call": 0,
        "max_units_per_call": "many",
        "charge": "sometimes",
        "timeout": 301,
        "rate": {"calls": 0, "per": "minute"},
        "retries": 3,
    }));
    body["price_per_unit"] = json!("free");
    let api = publishing().into_data();
    let answer = send_to(&api, as_ada(post("/v1/listings").set_json(body))).await;
    let expected = [
        "price_per_unit",
        "gateway/auth/name",
        "gateway/auth/prefix",
        "gateway/auth/key",
        "gateway/methods/1",
        "gateway/methods/2",
        "gateway/paths/1",
        "gateway/paths/2",
        "gateway/units_per_call",
        "gateway/max_units_per_call",
        "gateway/charge",
        "gateway/timeout",
        "gateway/rate/calls",
        "gateway/retries",
    ];
    assert_eq!(answer.fields(), expected);
    for (given, field) in [
        (json!("x"), "gateway"),
        (json!({"auth": {}}), "gateway/auth/in"),
        (
            json!({"auth": {"in": "cookie", "name": "x"}}),
            "gateway/auth/in",
        ),
        (
            json!({"auth": {"in": "header", "name": "Host"}}),
            "gateway/auth/name",
        ),
        (json!({"auth": {"in": "query"}}), "gateway/auth/name"),
        (
            json!({"auth": {"in": "basic", "prefix": "x"}}),
            "gateway/auth/prefix",
        ),
        (json!({"methods": []}), "gateway/methods"),
        (json!({"paths": "/"}), "gateway/paths"),
        (json!({"paths": []}), "gateway/paths"),
        (
            json!({"units_per_call": 3, "max_units_per_call": 2}),
            "gateway/max_units_per_call",
        ),
        (json!({"rate": {"calls": 1}}), "gateway/rate/per"),
        (json!({"timeout": 1.5}), "gateway/timeout"),
    ] {
        let request = as_ada(post("/v1/listings").set_json(self::body(&given)));
        let answer = send_to(&api, request).await;
        assert_eq!(answer.fields(), [field], "{given}");
    }
}

#[actix_web::test]
async fn a_term_that_is_given_twice_is_refused() {
    let terms = r#"{"timeout": 1, "rate": {"calls": 1, "per": "day", "calls": 2}, "timeout": 2}"#;
    let edit = format!(r#"{{"access": "gateway", "gateway": {terms}}}"#);
    let request = TestRequest::patch()
        .uri(&path(""))
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .set_payload(edit);
    let api = TestApi::with_gateway(MockGateway::default());
    let answer = send(api, as_ada(request)).await;
    assert_eq!(answer.fields(), ["gateway/rate/calls", "gateway/timeout"]);
}

#[actix_web::test]
async fn terms_come_with_access_through_the_gateway_alone() {
    let api = publishing().into_data();
    for access in [json!(null), json!("key")] {
        let mut body = body(&json!({}));
        body["access"] = access;
        let answer = send_to(&api, as_ada(post("/v1/listings").set_json(body))).await;
        assert_eq!(answer.fields(), ["gateway"]);
    }
    for edit in [
        json!({"gateway": {}}),
        json!({"gateway": null}),
        json!({"gateway": {}, "access": "key"}),
        json!({"access": "gateway"}),
        json!({"access": "gateway", "gateway": null}),
    ] {
        assert_eq!(
            send_to(&api, patch(&edit)).await.fields(),
            ["gateway"],
            "{edit}"
        );
    }
    let null = send_to(&api, patch(&json!({"access": null}))).await;
    assert_eq!(null.fields(), ["access"]);
}

#[actix_web::test]
async fn an_edit_replaces_all_terms_clears_them_or_keeps_them() {
    for (edit, expected) in [
        (json!({"service_name": "Climate"}), Change::Keep),
        (json!({"access": "key"}), Change::To(None)),
        (json!({"access": "key", "gateway": null}), Change::To(None)),
        (
            json!({"access": "gateway", "gateway": {}}),
            Change::To(Some(GatewayTerms::default())),
        ),
    ] {
        let mut api = TestApi::with_gateway(MockGateway::default());
        api.mocks.listings.expect_edit().returning(move |change| {
            assert_eq!(change.edit.details.gateway, expected);
            Ok(mocks::listing(9, ada().id))
        });
        assert_eq!(send(api, patch(&edit)).await.status, 200, "{edit}");
    }
}

#[actix_web::test]
async fn a_service_that_the_gateway_cannot_call_is_refused_by_its_address() {
    for (endpoint, rule) in [
        (json!(null), "must be given"),
        (json!("http://api.example.com"), "must be https"),
        (
            json!("https://api.example.com/{city}"),
            "must not have variables",
        ),
        (
            json!("https://api.example.com/?a=b"),
            "must have neither a query",
        ),
    ] {
        let mut body = body(&json!({}));
        body["endpoint_url"] = endpoint;
        let answer = send(publishing(), as_ada(post("/v1/listings").set_json(body))).await;
        assert_eq!(answer.fields(), ["endpoint_url"]);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with(rule), "{message}");
    }
    let mut api = TestApi::with_gateway(MockGateway::default());
    api.mocks
        .listings
        .expect_edit()
        .returning(|_| Err(EditListingError::NotCallable(NotCallable::NoEndpoint)));
    let answer = send(api, patch(&json!({"endpoint_url": null}))).await;
    assert_eq!(answer.fields(), ["endpoint_url"]);
}

#[actix_web::test]
async fn a_key_that_is_too_short_for_the_gateway_is_refused() {
    let mut short = body(&json!({}));
    short["api_key"] = json!("sk_1234");
    let published = send(publishing(), as_ada(post("/v1/listings").set_json(short))).await;
    let mut api = TestApi::with_gateway(MockGateway::default());
    api.mocks
        .listings
        .expect_edit()
        .returning(|_| Err(EditListingError::NotCallable(NotCallable::ShortKey)));
    let edit = json!({"access": "gateway", "gateway": {}});
    let edited = send(api, patch(&edit)).await;
    for answer in [published, edited] {
        assert_eq!((answer.status, answer.fields()), (422, vec!["api_key"]));
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        let rule = format!("must have {} characters", ApiKey::SHORTEST_CALLABLE);
        assert!(message.starts_with(&rule), "{message}");
    }
}

#[actix_web::test]
async fn a_marketplace_without_a_gateway_sells_keys_alone() {
    let request = as_ada(post("/v1/listings").set_json(body(&json!({"timeout": 0}))));
    let answer = send(TestApi::signed_in(), request).await;
    assert_eq!(answer.fields(), ["access", "gateway/timeout"]);
    let message = &answer.body["errors"][0]["message"];
    assert_eq!(message, "must be key: this marketplace has no gateway");
    let edit = json!({"access": "gateway", "gateway": {}});
    let answer = send(TestApi::signed_in(), patch(&edit)).await;
    assert_eq!(answer.fields(), ["access"]);
}

fn sold_through_the_gateway() -> Listing {
    let mut listing = mocks::listing(9, ada().id);
    listing.details.endpoint_url = Some("https://api.example.com".parse().unwrap());
    listing.details.gateway = Some(GatewayTerms::default());
    listing
}

#[actix_web::test]
async fn measured_quality_is_public_once_there_are_a_hundred_calls() {
    for (calls, expected) in [
        (99, json!(null)),
        (
            100,
            json!({"calls": 100, "successes": 97, "p50_ms": 20, "p95_ms": 91}),
        ),
    ] {
        let mut gateway = MockGateway::default();
        gateway
            .reader
            .expect_quality()
            .once()
            .returning(move |_, _| {
                Ok(CallQuality {
                    calls,
                    successes: 97,
                    p50: Duration::from_micros(20_499),
                    p95: Duration::from_micros(90_500),
                })
            });
        let mut api = TestApi::with_gateway(gateway);
        api.mocks
            .listing_reader
            .expect_find()
            .returning(|_| Ok(Some(sold_through_the_gateway())));
        let api = api.into_data();
        for _ in 0..2 {
            let answer = send_to(&api, get(&path(""))).await;
            assert_eq!(answer.body["quality"], expected);
            assert!(!answer.text.contains("api.example.com"));
        }
    }
}

#[actix_web::test]
async fn only_its_seller_sees_the_address_behind_the_gateway() {
    let mut api = TestApi::with_gateway(MockGateway::default());
    let reader = &mut api.mocks.listing_reader;
    reader.expect_of_seller().returning(|_, _| {
        Ok(Page {
            items: vec![OwnListing {
                listing: sold_through_the_gateway(),
                units_sold: 0,
                revenue: Money::new(0, Currency::USD),
            }],
            next: None,
        })
    });
    reader.expect_search().returning(|_| {
        Ok(Page {
            items: vec![sold_through_the_gateway()],
            next: None,
        })
    });
    let api = api.into_data();
    let own = send_to(&api, as_ada(get("/v1/me/listings"))).await;
    assert_eq!(
        own.body["data"][0]["upstream_url"],
        "https://api.example.com"
    );
    let public = send_to(&api, get("/v1/listings")).await;
    assert!(!public.text.contains("api.example.com"));
    assert_eq!(public.body["data"][0]["access"], "gateway");
}
