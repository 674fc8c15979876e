use serde_json::json;
use udam_domain::id::AccountId;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Order, OrderState};
use udam_domain::payment::Charge;
use udam_domain::policy::Unchargeable;
use udam_domain::{OpenChargeError, StoreError};

use super::checkouts::{PAGE, charge, finding, session, with_checkout};
use super::orders::{order, path};
use super::*;
use crate::testing::{MockProvider, ada};

#[actix_web::test]
async fn without_a_provider_nothing_can_be_paid_for() {
    let unavailable = (503, "payments_unavailable");
    for (buyer_id, expected) in [
        (ada().id, unavailable),
        (order().seller_id, (404, "not_found")),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks.order_reader.expect_find().returning(move |_, _| {
            Ok(Some(Order {
                buyer_id,
                ..order()
            }))
        });
        let answer = send(api, as_ada(post(&path("/checkout")))).await;
        assert_eq!(answer.problem(), expected);
    }
    let answer = send(TestApi::signed_in(), as_ada(post("/v1/tab/checkout"))).await;
    assert_eq!(answer.problem(), unavailable);
    let answer = send(
        TestApi::new(),
        post("/v1/webhooks/stripe").set_payload("{}"),
    )
    .await;
    assert_eq!(answer.problem(), unavailable);
}

#[actix_web::test]
async fn only_its_buyer_gets_the_payment_url_of_an_order() {
    let sold = Order {
        buyer_id: AccountId::from_uuid(Uuid::from_u128(5)),
        seller_id: ada().id,
        ..with_checkout()
    };
    let api = finding(TestApi::paid_by(MockProvider::default()), sold).into_data();
    let answer = send_to(&api, as_ada(post(&path("/checkout")))).await;
    assert_eq!(answer.problem(), (404, "not_found"));
    let answer = send_to(&api, as_ada(get(&path("")))).await;
    assert_eq!(answer.body["status"], "awaiting_payment");
    assert_eq!(answer.body["payment_url"], Value::Null);
}

#[actix_web::test]
async fn where_to_pay_is_shown_only_while_there_is_something_to_pay() {
    for (state, shown) in [
        (OrderState::AwaitingPayment, json!(PAGE)),
        (OrderState::Fulfilled, Value::Null),
        (OrderState::Canceled, Value::Null),
    ] {
        let api = finding(
            TestApi::signed_in(),
            Order {
                state,
                ..with_checkout()
            },
        );
        let answer = send(api, as_ada(get(&path("")))).await;
        assert_eq!(answer.body["payment_url"], shown);
    }
}

#[actix_web::test]
async fn the_refunded_amount_of_an_order_is_shown() {
    let refunded = Money::new(250, Currency::USD);
    let api = finding(
        TestApi::signed_in(),
        Order {
            refunded,
            ..order()
        },
    );
    let answer = send(api, as_ada(get(&path("")))).await;
    assert_eq!(answer.body["refunded_amount"], "2.50");
}

#[actix_web::test]
async fn a_tab_is_paid_by_itself() {
    let mut provider = MockProvider::default();
    let on_tab = Charge {
        order: None,
        tab: Money::new(300, Currency::USD),
        ..charge(Some(session()))
    };
    provider
        .charges
        .expect_charge_tab()
        .withf(|request| request.buyer_id == ada().id)
        .return_once(|_| Ok(on_tab));
    let answer = send(TestApi::paid_by(provider), as_ada(post("/v1/tab/checkout"))).await;
    assert_eq!(
        (answer.status, &answer.body),
        (200, &json!({"payment_url": PAGE}))
    );
}

#[actix_web::test]
async fn a_failed_tab_checkout_has_the_code_of_its_reason() {
    for (error, expected) in [
        (OpenChargeError::NothingOwed, (409, "invalid_state")),
        (
            OpenChargeError::Unchargeable(Unchargeable::TooSmall),
            (409, "invalid_state"),
        ),
        (StoreError::Overloaded.into(), (503, "overloaded")),
    ] {
        let mut provider = MockProvider::default();
        provider
            .charges
            .expect_charge_tab()
            .return_once(|_| Err(error));
        let answer = send(TestApi::paid_by(provider), as_ada(post("/v1/tab/checkout"))).await;
        assert_eq!(answer.problem(), expected);
        assert!(answer.body.get("order_id").is_none());
    }
}

#[actix_web::test]
async fn cancellations_and_refunds_trigger_a_sweep() {
    for (action, state) in [
        ("/cancel", OrderState::Canceled),
        ("/refund", OrderState::Refunded),
    ] {
        let mut api = TestApi::paid_by(MockProvider::default());
        let moved = move |order| Ok(Order { state, ..order });
        api.mocks
            .orders
            .expect_cancel()
            .returning(move |_| moved(with_checkout()));
        api.mocks
            .orders
            .expect_refund()
            .returning(move |_| moved(with_checkout()));
        let sweeps = api.sweeps.clone();
        let answer = send(api, as_ada(post(&path(action)))).await;
        assert_eq!(answer.body["status"], <&str>::from(state));
        assert_eq!(sweeps.count(), 1);
    }
}
