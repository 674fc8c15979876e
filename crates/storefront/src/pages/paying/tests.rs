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
    let untold = Order {
        payment_url: None,
        ..order(OrderState::AwaitingPayment)
    };
    let mut store = store_with(untold);
    store.mocks.provider = Some(provider(gateway, charges));
    store.post(&format!("{ORDER}/pay"), "").await
}

#[actix_web::test]
async fn the_browser_stays_here_while_the_provider_is_told() {
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
    // A form may not lead elsewhere, so that the way to the provider is a link.
    assert_eq!(answer.location(), ORDER);
}

#[actix_web::test]
async fn a_provider_that_fails_leaves_the_order_and_the_button() {
    let (mut charges, mut gateway) = (MockPaymentStore::new(), MockPaymentGateway::new());
    charges
        .expect_charge_order()
        .returning(|request| Ok(charge(request.charge_id, None)));
    gateway
        .expect_open_session()
        .returning(|_| Err(GatewayError::Unavailable("sk_test_1 timed out".into())));
    let page = pay(charges, gateway).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.html.contains("does not answer"), "{}", page.html);
    assert!(page.html.contains(&format!("action=\"{ORDER}/pay\"")));
    assert!(!page.html.contains("sk_test_1"));
}

#[actix_web::test]
async fn what_is_paid_already_is_said_to_be() {
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
async fn whoever_comes_back_before_the_confirmation_waits_for_a_minute_at_most() {
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
    // It is the first second of 1970.
    for (since, looks_again) in [("0", true), ("-59", true), ("-60", false), ("1", false)] {
        let page = ask(&format!("?since={since}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(refresh(&page), looks_again.then_some("2"), "{since}");
        assert_eq!(page.html.contains("data-live"), looks_again);
        assert!(page.html.contains("confirmation is"), "{}", page.html);
    }
}

#[actix_web::test]
async fn the_token_is_there_once_the_order_is_paid_and_not_if_it_is_closed() {
    for state in OrderState::ALL {
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
async fn a_seller_has_nothing_to_pay() {
    let sold = || Order {
        buyer_id: someone(),
        seller_id: ada().id,
        ..order(OrderState::AwaitingPayment)
    };
    let back = store_with(sold()).get(&format!("{ORDER}/paid")).await;
    let paid = store_with(sold()).post(&format!("{ORDER}/pay"), "").await;
    let nobody = TestStore::new()
        .get(&format!("{ORDER}/paid?session_id=cs_1"))
        .await;
    assert_eq!(
        (back.status, paid.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert!(nobody.location().starts_with("/login?next=%2Forders%2F"));
}
