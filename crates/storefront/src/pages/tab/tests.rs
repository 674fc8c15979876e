use udam_domain::money::Currency;
use udam_domain::payment::{Charge, CheckoutSession, ProviderReference, Tab};
use udam_domain::policy::Unchargeable;
use udam_domain::time::Timestamp;
use udam_domain::{GatewayError, MockPaymentGateway, MockPaymentStore};

use super::*;
use crate::testing::{TestStore, provider};

fn owing(minor: i64) -> TestStore {
    let mut store = TestStore::signed_in();
    let open = Money::new(minor, Currency::USD);
    let tab = move |buyer_id| {
        Ok(Some(Tab {
            buyer_id,
            open,
            owed_since: None,
            has_paid: true,
        }))
    };
    store.mocks.order_reader.expect_tab().returning(tab);
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), MockPaymentStore::new()));
    store
}

#[actix_web::test]
async fn a_tab_can_be_paid_once_the_smallest_charge_is_on_it() {
    for (minor, can_pay) in [(0, false), (49, false), (50, true), (2_500, true)] {
        let page = owing(minor).get("/tab").await;
        assert_eq!(
            page.html.contains("action=\"/tab/settle\""),
            can_pay,
            "{minor}"
        );
    }
    let mut unpayable = owing(2_500);
    unpayable.mocks.provider = None;
    let page = unpayable.get("/tab").await;
    assert!(
        page.html.contains("cannot take payments yet"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("action=\"/tab/settle\""));
}

#[actix_web::test]
async fn paying_the_tab_links_to_the_provider() {
    let mut store = owing(700);
    let mut charges = MockPaymentStore::new();
    charges.expect_charge_tab().returning(|request| {
        Ok(Charge {
            id: request.charge_id,
            buyer_id: request.buyer_id,
            order: None,
            tab: Money::new(700, Currency::USD),
            expires_at: Timestamp::MAX,
            session: Some(CheckoutSession {
                reference: ProviderReference::new("cs_1".into()),
                url: "https://pay.example/cs_1".into(),
            }),
        })
    });
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), charges));
    let page = store.post("/tab/settle", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.html.contains("href=\"https://pay.example/cs_1\""),
        "{}",
        page.html
    );
}

#[actix_web::test]
async fn a_tab_that_cannot_be_paid_is_shown_with_the_reason() {
    type Refusal = fn() -> CheckoutError;
    let refusals: [(Refusal, _, _); 7] = [
        (
            || OpenChargeError::NothingOwed.into(),
            StatusCode::CONFLICT,
            "includes",
        ),
        (
            || OpenChargeError::Unchargeable(Unchargeable::TooSmall).into(),
            StatusCode::CONFLICT,
            "less than can be",
        ),
        (
            || OpenChargeError::Unchargeable(Unchargeable::TooFine).into(),
            StatusCode::CONFLICT,
            "finer than can be",
        ),
        (
            || OpenChargeError::Unchargeable(Unchargeable::TooLarge).into(),
            StatusCode::CONFLICT,
            "more than can be",
        ),
        (
            || GatewayError::Unavailable("timed out".into()).into(),
            StatusCode::BAD_GATEWAY,
            "did not answer",
        ),
        (
            || GatewayError::Refused("no such parameter".into()).into(),
            StatusCode::BAD_GATEWAY,
            "trying again does not help now",
        ),
        (
            || GatewayError::Denied("no such key".into()).into(),
            StatusCode::BAD_GATEWAY,
            "The operator has been told",
        ),
    ];
    for (refusal, status, why) in refusals {
        let mut store = owing(700);
        let (mut gateway, mut charges) = (MockPaymentGateway::new(), MockPaymentStore::new());
        charges
            .expect_charge_tab()
            .returning(move |request| match refusal() {
                CheckoutError::Charge(error) => Err(error),
                _ => Ok(Charge {
                    id: request.charge_id,
                    buyer_id: request.buyer_id,
                    order: None,
                    tab: Money::new(700, Currency::USD),
                    expires_at: Timestamp::MAX,
                    session: None,
                }),
            });
        gateway
            .expect_open_session()
            .returning(move |_| match refusal() {
                CheckoutError::Gateway(error) => Err(error),
                error => panic!("{error}"),
            });
        store.mocks.provider = Some(provider(gateway, charges));
        let page = store.post("/tab/settle", "").await;
        assert_eq!(page.status, status);
        assert!(page.html.contains(why), "{}", page.html);
        assert!(page.html.contains("7.00 USD"));
    }
}
