use actix_web::http::header::REFRESH;
use udam_domain::id::ChargeId;
use udam_domain::payment::{Charge, CheckoutSession, ProviderReference};
use udam_domain::time::Timestamp;
use udam_domain::{GatewayError, MockPaymentGateway, MockPaymentStore};

use super::*;
use crate::pages::orders::tests::{ORDER, order, someone, store_with};
use crate::testing::{Received, TestStore, ada, provider};

fn charge(id: ChargeId, session: Option<CheckoutSession>) -> Charge {
    Charge {
        id,
        buyer_id: ada().id,
        order: None,
        tab: order(OrderState::AwaitingPayment).total,
        expires_at: Timestamp::MAX,
        session,
    }
}

fn refresh(page: &Received) -> Option<&str> {
    let header = page.headers.get(REFRESH)?;
    header.to_str().ok()
}

async fn pay(charges: MockPaymentStore, gateway: MockPaymentGateway) -> Received {
    let without_checkout = Order {
        payment_url: None,
        ..order(OrderState::AwaitingPayment)
    };
    let mut store = store_with(without_checkout);
    store.mocks.provider = Some(provider(gateway, charges));
    store.post(&format!("{ORDER}/pay"), "").await
}

#[actix_web::test]
async fn opening_the_checkout_redirects_to_the_order() {
    let mut charges = MockPaymentStore::new();
    charges.expect_charge_order().times(1).returning(|request| {
        let reference = ProviderReference::new("cs_1".into());
        let url = "https://pay.example/cs_1".into();
        Ok(charge(
            request.charge_id,
            Some(CheckoutSession { reference, url }),
        ))
    });
    let answer = pay(charges, MockPaymentGateway::new()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    // The Content-Security-Policy forbids forms to redirect to the provider, so the order links to it.
    assert_eq!(answer.location(), ORDER);
}

#[actix_web::test]
async fn a_failing_provider_leaves_the_order_and_the_button() {
    let (mut charges, mut gateway) = (MockPaymentStore::new(), MockPaymentGateway::new());
    charges
        .expect_charge_order()
        .returning(|request| Ok(charge(request.charge_id, None)));
    gateway
        .expect_open_session()
        .returning(|_| Err(GatewayError::Unavailable("sk_test_1 timed out".into())));
    let page = pay(charges, gateway).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.html.contains("did not answer"), "{}", page.html);
    assert!(page.html.contains(&format!("action=\"{ORDER}/pay\"")));
    assert!(!page.html.contains("sk_test_1"));
}

#[actix_web::test]
async fn a_refusal_of_the_provider_does_not_ask_to_try_again() {
    for error in [
        || GatewayError::Refused("sk_test_1: no such parameter".into()),
        || GatewayError::Denied("sk_test_1 is unknown".into()),
    ] {
        let (mut charges, mut gateway) = (MockPaymentStore::new(), MockPaymentGateway::new());
        charges
            .expect_charge_order()
            .returning(|request| Ok(charge(request.charge_id, None)));
        gateway
            .expect_open_session()
            .returning(move |_| Err(error()));
        let page = pay(charges, gateway).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert!(
            page.html.contains("trying again does not help now"),
            "{}",
            page.html
        );
        assert!(
            page.html.contains("The units are reserved until"),
            "{}",
            page.html
        );
        assert!(page.html.contains(&format!("action=\"{ORDER}/cancel\"")));
        assert!(!page.html.contains("sk_test_1") && !page.html.contains("in a moment"));
    }
}

#[actix_web::test]
async fn a_paid_order_has_nothing_to_pay() {
    let mut store = store_with(order(OrderState::Fulfilled));
    let mut charges = MockPaymentStore::new();
    charges
        .expect_charge_order()
        .returning(|_| Err(OpenChargeError::InvalidState(OrderState::Fulfilled)));
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), charges));
    let page = store.post(&format!("{ORDER}/pay"), "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("nothing to pay"), "{}", page.html);
}

#[actix_web::test]
async fn the_page_refreshes_for_a_minute_at_most() {
    let paid = format!("{ORDER}/paid");
    let ask = async |query: &str| {
        let store = store_with(order(OrderState::AwaitingPayment));
        store.get(&format!("{paid}{query}")).await
    };
    for query in [
        "",
        "?session_id=cs_1",
        "?since=x",
        "?since=9223372036854775807",
    ] {
        assert_eq!(
            ask(query).await.location(),
            format!("{paid}?since=0"),
            "{query}"
        );
    }
    // The clock is at the epoch.
    for (since, refreshes) in [("0", true), ("-59", true), ("-60", false), ("1", false)] {
        let page = ask(&format!("?since={since}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(refresh(&page), refreshes.then_some("2"), "{since}");
        assert_eq!(page.html.contains("data-live"), refreshes);
        assert!(page.html.contains("confirmation is"), "{}", page.html);
    }
}

#[actix_web::test]
async fn the_token_is_linked_once_the_order_is_paid() {
    for &state in OrderState::ALL {
        let page = store_with(order(state))
            .get(&format!("{ORDER}/paid?since=0"))
            .await;
        let fulfilled = state == OrderState::Fulfilled;
        assert_eq!(page.html.contains("View token"), fulfilled, "{state:?}");
        assert_eq!(
            refresh(&page).is_some(),
            state == OrderState::AwaitingPayment
        );
    }
}

#[actix_web::test]
async fn a_seller_cannot_pay() {
    let sold = || Order {
        buyer_id: someone(),
        seller_id: ada().id,
        ..order(OrderState::AwaitingPayment)
    };
    let returned = store_with(sold()).get(&format!("{ORDER}/paid")).await;
    let paid = store_with(sold()).post(&format!("{ORDER}/pay"), "").await;
    let nobody = TestStore::new()
        .get(&format!("{ORDER}/paid?session_id=cs_1"))
        .await;
    assert_eq!(
        (returned.status, paid.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert!(nobody.location().starts_with("/login?next=%2Forders%2F"));
}
