use udam_domain::id::OrderId;
use udam_domain::money::Currency;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::Page;
use udam_domain::payment::{
    Charge, ChargeState, CheckoutSession, PaymentRoute, ProviderReference, Tab,
};
use udam_domain::policy::Unchargeable;
use udam_domain::time::Timestamp;
use udam_domain::{GatewayError, MockPaymentGateway, MockPaymentStore};

use super::*;
use crate::pages::orders::tests::{ORDER, order};
use crate::testing::{TestStore, ada, provider};

mod payments;

/// A store in which Ada owes this amount, for one order, and nothing was paid.
fn owing(minor: i64) -> TestStore {
    with_tab(minor, Vec::new(), Vec::new())
}

/// A store in which Ada owes this amount, with these open and paid charges.
fn with_tab(minor: i64, open: Vec<CarryingCharge>, paid: Vec<CarryingCharge>) -> TestStore {
    let mut store = TestStore::signed_in();
    let owed = Money::new(minor, Currency::USD);
    let tab = move |buyer_id| {
        Ok(Some(Tab {
            buyer_id,
            open: owed,
            owed_since: None,
            has_paid: true,
        }))
    };
    let carried_by = open.first().map(CarryingCharge::carrier);
    let on_tab = TabOrder {
        order: small(minor),
        carried_by,
    };
    let items = if minor == 0 { Vec::new() } else { vec![on_tab] };
    let tabs = &mut store.mocks.tab_reader;
    tabs.expect_tab().returning(tab);
    tabs.expect_open_charges()
        .withf(|buyer| *buyer == ada().id)
        .returning(move |_| Ok(open.clone()));
    tabs.expect_orders()
        .withf(|buyer, _| *buyer == ada().id)
        .returning(move |_, _| Ok(last_page(items.clone())));
    tabs.expect_paid_charges()
        .withf(|buyer, _| *buyer == ada().id)
        .returning(move |_, _| Ok(last_page(paid.clone())));
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), MockPaymentStore::new()));
    store
}

fn last_page<T, P>(items: Vec<T>) -> Page<T, P> {
    Page { items, next: None }
}

/// Ada's order on the tab.
fn small(minor: i64) -> Order {
    Order {
        route: PaymentRoute::Tab,
        total: Money::new(minor, Currency::USD),
        paid_at: None,
        ..order(OrderState::Fulfilled)
    }
}

/// A charge that carries this amount of the tab, for Ada's order of 29.97 or for the tab alone.
fn charge(minor: i64, order_id: Option<OrderId>, state: ChargeState) -> CarryingCharge {
    let tab = Money::new(minor, Currency::USD);
    let own = if order_id.is_some() { 2_997 } else { 0 };
    let is_open = state == ChargeState::Open;
    CarryingCharge {
        id: PAYMENT.rsplit('/').next().unwrap().parse().unwrap(),
        order_id,
        tab,
        total: Money::new(minor + own, Currency::USD),
        state,
        payment_url: is_open.then(|| "https://pay.example/cs_1".to_owned()),
        expires_at: Timestamp::from_second(1_800).unwrap(),
        paid_at: (state == ChargeState::Paid).then_some(Timestamp::UNIX_EPOCH),
    }
}

const PAYMENT: &str = "/tab/payments/chg_00000000000000000000000007";

#[actix_web::test]
async fn the_tab_lists_the_orders_that_it_is_owed_for() {
    let page = owing(525).get("/tab").await;
    for text in [
        "On your tab",
        "5.25 USD",
        "&#60;b&#62;Rain",
        "No payment yet",
    ] {
        assert!(page.html.contains(text), "{text} in {}", page.html);
    }
    assert!(page.html.contains(&format!("href=\"{ORDER}\"")));
    assert!(page.html.contains("href=\"/tab\" aria-current=\"page\""));
    let page = owing(0).get("/tab").await;
    assert!(!page.html.contains("On your tab"), "{}", page.html);
}

#[actix_web::test]
async fn the_tab_shows_what_the_payment_of_an_order_includes_with_a_link_to_it() {
    let carrier = order(OrderState::AwaitingPayment).id;
    let open = charge(525, Some(carrier), ChargeState::Open);
    // All of it: there is nothing to pay but the order.
    let page = with_tab(525, vec![open.clone()], Vec::new())
        .get("/tab")
        .await;
    assert!(
        page.html
            .contains("The payment of an order includes 5.25 USD of your tab."),
        "{}",
        page.html
    );
    assert!(
        page.html
            .contains(&format!("<a href=\"{ORDER}\">View that order</a>"))
    );
    assert!(page.html.contains("An unpaid order"));
    assert!(
        page.html
            .contains("All of your tab is paid with that order")
    );
    assert!(!page.html.contains("action=\"/tab/settle\""));
    // A part of it: the rest can be paid.
    let page = with_tab(700, vec![open], Vec::new()).get("/tab").await;
    assert!(page.html.contains("action=\"/tab/settle\""));
}

#[actix_web::test]
async fn the_tab_links_to_an_open_payment_of_its_own_until_it_runs_out() {
    let open = charge(525, None, ChargeState::Open);
    let page = with_tab(525, vec![open.clone()], Vec::new())
        .get("/tab")
        .await;
    assert!(
        page.html
            .contains("A payment of 5.25 USD of your tab is open until 1 Jan 1970, 00:30 UTC."),
        "{}",
        page.html
    );
    assert!(page.html.contains("href=\"https://pay.example/cs_1\""));
    let over = CarryingCharge {
        expires_at: Timestamp::UNIX_EPOCH,
        ..open
    };
    let page = with_tab(525, vec![over], Vec::new()).get("/tab").await;
    assert!(page.html.contains("is being closed"), "{}", page.html);
    assert!(!page.html.contains("https://pay.example"));
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
async fn paying_the_tab_links_to_the_provider_and_says_what_is_charged() {
    let mut store = with_tab(900, vec![charge(700, None, ChargeState::Open)], Vec::new());
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
        page.html
            .contains("<a class=\"button\" href=\"https://pay.example/cs_1\">Pay 7.00 USD</a>"),
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
            "includes it",
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
