use serde_json::json;
use udam_domain::id::{ChargeId, ListingId, OrderId};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Order, OrderState, PlacedOrder};
use udam_domain::payment::{
    Charge, ChargedOrder, CheckoutSession, PaymentRoute, ProviderReference,
};
use udam_domain::time::SignedDuration;
use udam_domain::{GatewayError, OpenChargeError, PaymentAlert};

use super::orders::{order, path};
use super::*;
use crate::testing::{MockProvider, ada};

pub(super) const PAGE: &str = "https://checkout.stripe.com/c/pay/cs_1#a";

pub(super) fn session() -> CheckoutSession {
    CheckoutSession {
        reference: ProviderReference::new("cs_1".into()),
        url: PAGE.into(),
    }
}

/// An order of Ada's that awaits payment and that the provider knows nothing of.
fn without_checkout() -> Order {
    Order {
        route: PaymentRoute::Checkout,
        state: OrderState::AwaitingPayment,
        lapses_at: Some(NOW),
        token_id: None,
        total: Money::new(700, Currency::USD),
        ..order()
    }
}

/// The same once it does: its reservation runs from then.
pub(super) fn with_checkout() -> Order {
    Order {
        payment_url: Some(PAGE.into()),
        lapses_at: Some(NOW + SignedDuration::from_mins(30)),
        ..without_checkout()
    }
}

pub(super) fn charge(session: Option<CheckoutSession>) -> Charge {
    let order = without_checkout();
    Charge {
        id: ChargeId::from_uuid(Uuid::from_u128(9)),
        buyer_id: ada().id,
        order: Some(ChargedOrder {
            id: order.id,
            service_name: order.service_name,
            units: order.units,
            total: order.total,
        }),
        tab: Money::zero(Currency::USD),
        expires_at: NOW,
        session,
    }
}

/// A provider that opens one session.
fn opening() -> MockProvider {
    let mut provider = MockProvider::default();
    provider
        .charges
        .expect_charge_order()
        .withf(|request| request.order_id == order().id && request.buyer_id == Some(ada().id))
        .times(1)
        .returning(|_| Ok(charge(None)));
    provider
        .gateway
        .expect_open_session()
        .times(1)
        .returning(|_| Ok(session()));
    provider
        .charges
        .expect_record_session()
        .times(1)
        .returning(|_, _| Ok(()));
    provider
}

/// A provider that opens none.
fn failing(error: GatewayError) -> TestApi {
    let mut provider = MockProvider::default();
    provider
        .charges
        .expect_charge_order()
        .returning(|_| Ok(charge(None)));
    provider
        .gateway
        .expect_open_session()
        .return_once(|_| Err(error));
    let mut api = TestApi::paid_by(provider);
    api.mocks
        .alerts
        .expect_raise()
        .withf(|alert, _| {
            *alert
                == PaymentAlert::refused_session(
                    charge(None).id,
                    "sk_live_secret: no such parameter",
                )
        })
        .returning(|_, _| Ok(true));
    api
}

pub(super) fn finding(mut api: TestApi, found: Order) -> TestApi {
    api.mocks
        .order_reader
        .expect_find()
        .returning(move |_, _| Ok(Some(found.clone())));
    api
}

fn placing(mut api: TestApi, order: Order, replayed: bool) -> TestApi {
    api.mocks
        .orders
        .expect_place()
        .times(1)
        .return_once(move |_| Ok(PlacedOrder { order, replayed }));
    api
}

fn place() -> TestRequest {
    let body = json!({"listing_id": id(ListingId::from_uuid), "units_requested": 1});
    as_ada(post("/v1/orders").set_json(body))
}

#[actix_web::test]
async fn an_order_that_awaits_payment_has_its_payment_url() {
    let api = placing(TestApi::paid_by(opening()), without_checkout(), false);
    let answer = send(finding(api, with_checkout()), place()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["payment_url"], PAGE);
    assert_eq!(answer.body["payment_requires_confirmation"], true);
    assert_eq!(answer.body["expires_at"], "1970-01-01T00:30:00Z");
}

#[actix_web::test]
async fn an_order_that_needs_no_payment_does_not_trouble_the_provider() {
    let api = placing(TestApi::paid_by(MockProvider::default()), order(), false);
    let answer = send(api, place()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["payment_url"], Value::Null);
}

#[actix_web::test]
async fn a_repeat_opens_only_a_missing_checkout() {
    let api = placing(TestApi::paid_by(opening()), without_checkout(), true);
    let asked = send(finding(api, with_checkout()), place()).await;
    let known = placing(
        TestApi::paid_by(MockProvider::default()),
        with_checkout(),
        true,
    );
    let known = send(known, place()).await;
    for answer in [asked, known] {
        assert_eq!(answer.status, 201);
        assert_eq!(answer.header("idempotent-replayed"), Some("true"));
        assert_eq!(answer.body["payment_url"], PAGE);
    }
}

#[actix_web::test]
async fn a_repeat_while_the_order_moves_returns_its_current_state() {
    let mut provider = MockProvider::default();
    let expired = |_| Err(OpenChargeError::InvalidState(OrderState::Expired));
    provider.charges.expect_charge_order().returning(expired);
    let api = placing(TestApi::paid_by(provider), without_checkout(), true);
    let now = Order {
        state: OrderState::Expired,
        lapses_at: None,
        ..without_checkout()
    };
    let answer = send(finding(api, now), place()).await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (201, &json!("expired"))
    );
}

#[actix_web::test]
async fn an_order_survives_an_unresponsive_provider_and_is_named_in_the_error() {
    let error = GatewayError::Unavailable("timed out at 192.0.2.1".into());
    let api = placing(failing(error), without_checkout(), false);
    let answer = send(api, place()).await;
    assert_eq!(answer.problem(), (502, "payment_provider_error"));
    let order = id(OrderId::from_uuid);
    assert_eq!(answer.body["order_id"], order);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("the same Idempotency-Key"), "{detail}");
    assert!(
        detail.contains(&format!("/v1/orders/{order}/checkout")),
        "{detail}"
    );
    assert!(!answer.text.contains("192.0.2.1"));
}

#[actix_web::test]
async fn a_refusal_says_that_asking_again_does_not_help_and_how_long_the_units_are_held() {
    let errors = || {
        [
            GatewayError::Refused("sk_live_secret: no such parameter".into()),
            GatewayError::Denied("sk_live_secret is wrong".into()),
        ]
    };
    let refused = |answer: Answer| {
        assert_eq!(answer.problem(), (502, "payment_provider_error"));
        let order = id(OrderId::from_uuid);
        assert_eq!(answer.body["order_id"], order);
        let detail = answer.body["detail"].as_str().unwrap();
        for part in [
            "Asking again does not help now; an operator has been told",
            "held until 1970-01-01T00:00:00Z",
            &format!("POST /v1/orders/{order}/cancel"),
        ] {
            assert!(detail.contains(part), "{detail}");
        }
        assert!(!answer.text.contains("sk_live"));
    };
    for error in errors() {
        let api = placing(failing(error), without_checkout(), false);
        refused(send(api, place()).await);
    }
    for error in errors() {
        let api = finding(failing(error), without_checkout());
        refused(send(api, as_ada(post(&path("/checkout")))).await);
    }
}

#[actix_web::test]
async fn a_repeated_checkout_returns_the_same_url() {
    let mut provider = MockProvider::default();
    provider
        .charges
        .expect_charge_order()
        .times(2)
        .returning(|_| Ok(charge(Some(session()))));
    let api = finding(TestApi::paid_by(provider), with_checkout()).into_data();
    for _ in 0..2 {
        let answer = send_to(&api, as_ada(post(&path("/checkout")))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["id"], id(OrderId::from_uuid));
        assert_eq!(answer.body["payment_url"], PAGE);
    }
}

#[actix_web::test]
async fn an_order_that_does_not_await_payment_cannot_be_paid() {
    let mut provider = MockProvider::default();
    let fulfilled = |_| Err(OpenChargeError::InvalidState(OrderState::Fulfilled));
    provider.charges.expect_charge_order().returning(fulfilled);
    let api = finding(TestApi::paid_by(provider), order());
    let answer = send(api, as_ada(post(&path("/checkout")))).await;
    assert_eq!(answer.problem(), (409, "invalid_state"));
}

#[actix_web::test]
async fn asking_where_to_pay_again_names_the_order_when_the_provider_fails() {
    let api = failing(GatewayError::Unavailable("no answer".into()));
    let api = finding(api, without_checkout());
    let answer = send(api, as_ada(post(&path("/checkout")))).await;
    assert_eq!(answer.problem(), (502, "payment_provider_error"));
    assert_eq!(answer.body["order_id"], id(OrderId::from_uuid));
}
