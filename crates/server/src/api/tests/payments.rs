use serde_json::json;
use udam_domain::money::{Currency, Money};
use udam_domain::order::Order;
use udam_domain::payment::Tab;

use super::orders::{order, path};
use super::*;
use crate::api::testing::ada;

#[actix_web::test]
async fn without_a_provider_nothing_can_be_paid_for() {
    let unavailable = (503, "payments_unavailable");
    for (buyer_id, expected) in [
        (ada().id, unavailable),
        (order().seller_id, (404, "not_found")),
    ] {
        let mut api = TestApi::signed_in();
        api.book.expect_find().returning(move |_, _| {
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
async fn a_tab_stands_at_what_is_owed() {
    for (owed, open) in [(Some(300), "3.00"), (None, "0.00")] {
        let mut api = TestApi::signed_in();
        api.book.expect_tab().returning(move |buyer_id| {
            Ok(owed.map(|minor| Tab {
                buyer_id,
                open: Money::new(minor, Currency::USD),
            }))
        });
        let answer = send(api, as_ada(get("/v1/tab"))).await;
        let expected = json!({"open": open, "limit": "25.00", "currency": "USD"});
        assert_eq!(answer.body, expected);
    }
}
