use serde_json::json;
use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{
    Authority, Order, OrderState, PlacedOrder, Rejection, ReturnedUnits, Sale,
};
use udam_domain::page::Page;
use udam_domain::payment::PaymentRoute;
use udam_domain::units::{Stock, Units};
use udam_domain::{ChangeOrderError, PlaceOrderError};

use super::*;
use crate::testing::ada;

pub(super) fn order() -> Order {
    Order {
        id: OrderId::from_uuid(Uuid::from_u128(9)),
        buyer_id: ada().id,
        seller_id: AccountId::from_uuid(Uuid::from_u128(5)),
        listing_id: ListingId::from_uuid(Uuid::from_u128(9)),
        service_name: "Weather".parse().unwrap(),
        units: Units::new(1).unwrap(),
        price_per_unit: Money::new(250, Currency::USD),
        total: Money::new(250, Currency::USD),
        route: PaymentRoute::Tab,
        state: OrderState::Fulfilled,
        lapses_at: None,
        token_id: Some(TokenId::from_uuid(Uuid::from_u128(9))),
        payment_url: None,
        tab_carried: None,
        refunded: Money::zero(Currency::USD),
        paid_at: None,
        created_at: NOW,
        fulfilled_at: Some(NOW),
        closed_at: None,
    }
}

pub(super) fn sale() -> Sale {
    Sale {
        order: order(),
        buyer: "=Ada".parse().unwrap(),
    }
}

fn body() -> Value {
    json!({"listing_id": id(ListingId::from_uuid), "units_requested": "1"})
}

fn placing() -> TestRequest {
    as_ada(post("/v1/orders").set_json(body()))
}

pub(super) fn path(action: &str) -> String {
    format!("/v1/orders/{}{action}", id(OrderId::from_uuid))
}

#[actix_web::test]
async fn an_order_is_placed_by_session_and_has_the_documented_fields() {
    let mut api = TestApi::signed_in();
    api.mocks.sessions.checkpoint();
    api.mocks
        .orders
        .expect_place()
        .withf(|order| order.authority == Authority::Session(SessionDigest::new([7; 32])))
        .returning(|_| {
            Ok(PlacedOrder {
                order: order(),
                replayed: false,
            })
        });
    let answer = send(api, placing()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("idempotent-replayed"), None);
    assert_eq!(
        answer.body,
        json!({
            "id": id(OrderId::from_uuid),
            "order_id": id(OrderId::from_uuid),
            "listing_id": id(ListingId::from_uuid),
            "service_name": "Weather",
            "units": 1,
            "price_per_unit": "2.50",
            "total_price": "2.50",
            "refunded_amount": "0.00",
            "currency": "USD",
            "status": "fulfilled",
            "payment_requires_confirmation": false,
            "payment_url": null,
            "token_id": id(TokenId::from_uuid),
            "paid_at": null,
            "expires_at": null,
            "created_at": "1970-01-01T00:00:00Z",
        })
    );
}

#[actix_web::test]
async fn an_order_that_awaits_payment_has_its_expiry_time() {
    let mut api = TestApi::signed_in();
    api.mocks.order_reader.expect_find().returning(|_, _| {
        let state = OrderState::AwaitingPayment;
        Ok(Some(Order {
            state,
            lapses_at: Some(NOW),
            token_id: None,
            ..order()
        }))
    });
    let answer = send(api, as_ada(get(&path("")))).await;
    assert_eq!(answer.body["payment_requires_confirmation"], true);
    assert_eq!(answer.body["expires_at"], "1970-01-01T00:00:00Z");
    assert_eq!(answer.body["token_id"], Value::Null);
}

#[actix_web::test]
async fn a_repeat_has_the_first_status_and_the_replayed_header() {
    let mut api = TestApi::signed_in();
    api.mocks
        .orders
        .expect_place()
        .withf(|order| order.idempotency_key.as_ref().unwrap().as_str() == "order 7")
        .returning(|_| {
            Ok(PlacedOrder {
                order: order(),
                replayed: true,
            })
        });
    let request = placing().insert_header(("idempotency-key", "order 7"));
    let answer = send(api, request).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
}

#[actix_web::test]
async fn header_and_body_are_refused_together() {
    let request = as_ada(post("/v1/orders"))
        .append_header(("idempotency-key", "a"))
        .append_header(("idempotency-key", "b"))
        .set_json(json!({"listing_id": id(OrderId::from_uuid), "units_requested": 3.5}));
    let answer = send(TestApi::signed_in(), request).await;
    assert_eq!(
        answer.fields(),
        ["Idempotency-Key", "listing_id", "units_requested"]
    );
}

#[actix_web::test]
async fn a_rejected_order_has_the_code_of_its_reason() {
    let left = Stock::new(2).unwrap();
    let most = Units::new(3).unwrap();
    for (error, expected) in [
        (PlaceOrderError::Unauthenticated, (401, "unauthenticated")),
        (PlaceOrderError::ListingNotFound, (404, "not_found")),
        (
            PlaceOrderError::IdempotencyKeyReused,
            (422, "idempotency_key_reused"),
        ),
        (
            Rejection::ListingUnavailable.into(),
            (409, "listing_unavailable"),
        ),
        (
            Rejection::InsufficientUnits { available: left }.into(),
            (409, "insufficient_units"),
        ),
        (
            Rejection::TooManyUnits { most }.into(),
            (409, "too_many_units"),
        ),
        (
            Rejection::PaymentsUnavailable.into(),
            (503, "payments_unavailable"),
        ),
        (Rejection::TotalTooLarge.into(), (422, "invalid_request")),
        (
            Rejection::TotalTooFine {
                finest: Money::new(10, "KWD".parse().unwrap()),
            }
            .into(),
            (422, "invalid_request"),
        ),
        (Rejection::CurrencyMismatch.into(), (422, "invalid_request")),
        (
            Rejection::PriceChanged {
                now: Money::new(499, Currency::USD),
            }
            .into(),
            (409, "price_changed"),
        ),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks.orders.expect_place().return_once(|_| Err(error));
        let answer = send(api, placing()).await;
        assert_eq!(answer.problem(), expected);
        if expected.1 == "price_changed" {
            assert_eq!(answer.body["price_per_unit"], "4.99");
            let detail = answer.body["detail"].as_str().unwrap();
            assert!(detail.starts_with("A unit costs 4.99 USD now"), "{detail}");
        }
        if expected.1 == "too_many_units" {
            assert_eq!(answer.body["max_units_per_order"], 3);
        }
        if expected.1 == "insufficient_units" {
            assert!(
                answer.body["detail"]
                    .as_str()
                    .unwrap()
                    .contains("Only 2 units are left")
            );
        }
    }
}

#[actix_web::test]
async fn an_order_may_name_the_price_that_its_buyer_was_shown() {
    for (price, cents) in [
        (json!("12.3"), Some(12_30)),
        (json!(12.3), Some(12_30)),
        (Value::Null, None),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks
            .orders
            .expect_place()
            .withf(move |place| {
                place.expected_price == cents.map(|cents| Money::new(cents, Currency::USD))
            })
            .returning(|_| {
                Ok(PlacedOrder {
                    order: order(),
                    replayed: false,
                })
            });
        let mut body = body();
        body["expected_price_per_unit"] = price;
        let answer = send(api, as_ada(post("/v1/orders").set_json(body))).await;
        assert_eq!(answer.status, 201);
    }
    for price in [
        json!("0"),
        json!("1.234"),
        json!("free"),
        json!(-1),
        json!([]),
    ] {
        let mut body = body();
        body["expected_price_per_unit"] = price.clone();
        let answer = send(
            TestApi::signed_in(),
            as_ada(post("/v1/orders").set_json(body)),
        )
        .await;
        assert_eq!(answer.fields(), ["expected_price_per_unit"], "{price}");
    }
}

#[actix_web::test]
async fn a_refund_returns_units_only_on_request() {
    for (body, expected) in [
        (None, ReturnedUnits::StaySold),
        (Some(json!({})), ReturnedUnits::StaySold),
        (Some(json!({"return_units": true})), ReturnedUnits::ForSale),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks
            .orders
            .expect_refund()
            .withf(move |refund| refund.units == expected)
            .returning(|_| {
                Ok(Order {
                    state: OrderState::Refunded,
                    ..order()
                })
            });
        let request = as_ada(post(&path("/refund")));
        let request = match body {
            Some(body) => request.set_json(body),
            None => request,
        };
        assert_eq!(send(api, request).await.body["status"], "refunded");
    }
}

#[actix_web::test]
async fn a_state_that_does_not_allow_it_is_a_conflict() {
    let mut api = TestApi::signed_in();
    let fulfilled = |_| Err(ChangeOrderError::InvalidState(OrderState::Fulfilled));
    api.mocks.orders.expect_cancel().returning(fulfilled);
    let answer = send(api, as_ada(post(&path("/cancel")))).await;
    assert_eq!(answer.problem(), (409, "invalid_state"));
    assert!(
        answer.body["detail"]
            .as_str()
            .unwrap()
            .contains("fulfilled")
    );
}

#[actix_web::test]
async fn lists_hold_purchases_and_sales() {
    let page = |_, _| {
        Ok(Page {
            items: vec![order()],
            next: Some(order().id),
        })
    };
    let mut api = TestApi::signed_in();
    api.mocks
        .order_reader
        .expect_of_buyer()
        .times(1)
        .returning(page);
    api.mocks
        .order_reader
        .expect_of_seller()
        .times(1)
        .returning(|_, _, _| {
            Ok(Page {
                items: vec![sale()],
                next: Some(order().id),
            })
        });
    let api = api.into_data();
    for path in ["/v1/orders?limit=1", "/v1/me/sales?limit=1"] {
        let answer = send_to(&api, as_ada(get(path))).await;
        assert_eq!(answer.body["data"][0]["id"], id(OrderId::from_uuid));
        assert!(answer.body["next_cursor"].is_string());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let wrong = send_to(&api, as_ada(get("/v1/orders?limit=0&limit=2&page=1"))).await;
    assert_eq!(wrong.fields(), ["limit", "limit", "page"]);
}
