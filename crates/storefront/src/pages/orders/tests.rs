use udam_domain::complaint::Complaint;
use udam_domain::id::{AccountId, ListingId, TokenId};
use udam_domain::money::{Currency, Money};
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use udam_domain::{ChangeOrderError, MockPaymentGateway, MockPaymentStore, SendComplaintError};
use uuid::Uuid;

use super::*;
use crate::testing::{TestStore, ada, provider};

pub(in crate::pages) const ORDER: &str = "/orders/ord_00000000000000000000000005";

const PAY_URL: &str = "https://pay.example/cs_1";

pub(in crate::pages) fn someone() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(9))
}

/// Ada's order of 12.00 USD, which awaits payment or was paid.
pub(in crate::pages) fn order(state: OrderState) -> Order {
    let token = TokenId::from_uuid(Uuid::from_u128(6));
    let awaits = state == OrderState::AwaitingPayment;
    Order {
        id: OrderId::from_uuid(Uuid::from_u128(5)),
        buyer_id: ada().id,
        seller_id: someone(),
        listing_id: ListingId::from_uuid(Uuid::from_u128(3)),
        service_name: "<b>Rain</b>".parse().unwrap(),
        units: Units::new(3).unwrap(),
        price_per_unit: Money::new(400, Currency::USD),
        total: Money::new(1_200, Currency::USD),
        route: PaymentRoute::Checkout,
        state,
        lapses_at: Some(Timestamp::from_second(1_800).unwrap()).filter(|_| awaits),
        token_id: (!awaits).then_some(token),
        payment_url: awaits.then(|| PAY_URL.to_owned()),
        tab_carried: awaits.then(|| Money::zero(Currency::USD)),
        refunded: Money::zero(Currency::USD),
        paid_at: (!awaits).then_some(Timestamp::UNIX_EPOCH),
        created_at: Timestamp::UNIX_EPOCH,
        fulfilled_at: (!awaits).then_some(Timestamp::UNIX_EPOCH),
        closed_at: None,
    }
}

/// A store with this order, in which Ada is signed in and the payment provider expects no calls.
pub(in crate::pages) fn store_with(order: Order) -> TestStore {
    store_with_complaint(order, None)
}

/// As [`store_with`], with this complaint of Ada's about the order.
fn store_with_complaint(order: Order, sent: Option<Complaint>) -> TestStore {
    let mut store = TestStore::signed_in();
    let found = move |_, _| Ok(Some(order.clone()));
    store.mocks.order_reader.expect_find().returning(found);
    let token = |_, _| Ok(None);
    store.mocks.token_reader.expect_find().returning(token);
    let latest = move |_, _| Ok(sent.clone());
    store.mocks.complaints.expect_latest().returning(latest);
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), MockPaymentStore::new()));
    store
}

#[actix_web::test]
async fn the_payment_link_says_what_is_charged() {
    for (carried, text) in [
        (None, ">Pay 12.00 USD<"),
        (Some(0), ">Pay 12.00 USD<"),
        (Some(70), ">Pay 12.70 USD (12.00 + 0.70 from your tab)<"),
        (Some(2_325), ">Pay 35.25 USD (12.00 + 23.25 from your tab)<"),
    ] {
        let store = store_with(Order {
            tab_carried: carried.map(|minor| Money::new(minor, Currency::USD)),
            ..order(OrderState::AwaitingPayment)
        });
        let page = store.get(ORDER).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.html.contains(&format!("href=\"{PAY_URL}\"")),
            "{}",
            page.html
        );
        assert!(page.html.contains(text), "{}", page.html);
        // What another order's payment carries, this one does not promise.
        let includes = carried.is_some_and(|minor| minor > 0);
        assert_eq!(page.html.contains("what was on your tab"), includes);
        assert!(page.html.contains(&format!("action=\"{ORDER}/cancel\"")));
        assert!(!page.html.contains("<b>Rain"));
    }
}

#[actix_web::test]
async fn an_order_without_a_checkout_offers_to_try_again() {
    let without_checkout = Order {
        payment_url: None,
        ..order(OrderState::AwaitingPayment)
    };
    let page = store_with(without_checkout).get(ORDER).await;
    assert!(page.html.contains("has not answered yet"), "{}", page.html);
    assert!(page.html.contains(&format!("action=\"{ORDER}/pay\"")));
}

#[actix_web::test]
async fn a_lapsed_order_cannot_be_paid() {
    let lapsed = Order {
        lapses_at: Some(Timestamp::UNIX_EPOCH),
        ..order(OrderState::AwaitingPayment)
    };
    let page = store_with(lapsed).get(ORDER).await;
    assert!(
        page.html.contains("time to pay has run out"),
        "{}",
        page.html
    );
    assert!(!page.html.contains(PAY_URL) && !page.html.contains("/cancel\""));
}

#[actix_web::test]
async fn a_seller_can_cancel_or_refund_and_sees_neither_where_to_pay_nor_the_token() {
    for state in [OrderState::AwaitingPayment, OrderState::Fulfilled] {
        let sold = Order {
            buyer_id: someone(),
            seller_id: ada().id,
            ..order(state)
        };
        let page = store_with(sold).get(ORDER).await;
        assert_eq!(page.status, StatusCode::OK);
        for buyers in [PAY_URL, "/pay\"", "/tokens/"] {
            assert!(!page.html.contains(buyers), "{buyers} in {}", page.html);
        }
        let cancels = page.html.contains("/cancel\"");
        assert_eq!(cancels, state == OrderState::AwaitingPayment);
        let refunds = page.html.contains(&format!("href=\"{ORDER}/refund\""));
        assert_eq!(refunds, state == OrderState::Fulfilled);
    }
}

#[actix_web::test]
async fn an_order_of_others_is_not_found() {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .order_reader
        .expect_find()
        .returning(|_, _| Ok(None));
    assert_eq!(store.get(ORDER).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_token_is_linked_while_it_grants_access() {
    for &state in OrderState::ALL {
        let page = store_with(order(state)).get(ORDER).await;
        let shown = page.html.contains("/tokens/tok_");
        assert_eq!(shown, state == OrderState::Fulfilled, "{state:?}");
    }
}

#[actix_web::test]
async fn an_order_that_was_paid_meanwhile_is_not_canceled() {
    let mut store = store_with(order(OrderState::Fulfilled));
    let refuse = |_| Err(ChangeOrderError::InvalidState(OrderState::Fulfilled));
    store.mocks.orders.expect_cancel().returning(refuse);
    let page = store.post(&format!("{ORDER}/cancel"), "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.html.contains("can no longer be canceled"),
        "{}",
        page.html
    );
    assert!(page.html.contains("View token"));
}

#[actix_web::test]
async fn an_unknown_message_code_is_ignored() {
    let store = store_with(order(OrderState::Fulfilled));
    let page = store.get(&format!("{ORDER}?done=gotcha")).await;
    assert!(!page.html.contains("gotcha"));
}

#[actix_web::test]
async fn orders_are_listed_in_pages() {
    let mut store = TestStore::signed_in();
    let last = order(OrderState::Fulfilled);
    let asked = PageRequest {
        after: Some(last.id),
        limit: PageLimit::default(),
    };
    store
        .mocks
        .order_reader
        .expect_of_buyer()
        .withf(move |buyer, page| *buyer == ada().id && *page == asked)
        .returning(move |_, _| {
            Ok(Page {
                next: Some(last.id),
                items: vec![last.clone()],
            })
        });
    let page = store.get(&ORDER.replace("/ord_", "?after=ord_")).await;
    assert!(page.html.contains("&#60;b&#62;Rain"), "{}", page.html);
    assert!(
        page.html.contains("href=\"/orders?after=ord_"),
        "{}",
        page.html
    );
}

#[actix_web::test]
async fn the_page_of_a_canceled_order_says_one_thing_of_its_payment() {
    let canceled = Order {
        token_id: None,
        fulfilled_at: None,
        closed_at: Some(Timestamp::UNIX_EPOCH),
        ..order(OrderState::Canceled)
    };
    let page = store_with(canceled)
        .get(&format!("{ORDER}?done=canceled"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("The order is canceled."));
    assert_eq!(
        page.html
            .matches("If a payment of yours still arrives")
            .count(),
        1
    );
    let text = page.html.to_lowercase();
    assert!(!text.contains("nothing was charged") && !text.contains("should a payment"));
    assert!(!page.html.contains("/pay\"") && !page.html.contains("/cancel\""));
}

#[actix_web::test]
async fn an_order_on_the_tab_says_whether_it_is_paid() {
    let on_tab = |paid_at| Order {
        route: PaymentRoute::Tab,
        paid_at,
        ..order(OrderState::Fulfilled)
    };
    let page = store_with(on_tab(None)).get(ORDER).await;
    assert!(
        page.html.contains("As soon as the tab is paid"),
        "{}",
        page.html
    );
    let paid = Timestamp::from_second(86_400).unwrap();
    let page = store_with(on_tab(Some(paid))).get(ORDER).await;
    let text: String = page.html.split_whitespace().collect();
    assert!(
        text.contains("<b>Paidwiththetab</b><p>2Jan1970,00:00UTC</p>"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("As soon as the tab is paid"));
    let page = store_with(order(OrderState::Fulfilled)).get(ORDER).await;
    assert!(!page.html.contains("Paid with the tab"));
}

/// A complaint of Ada's about her order.
fn complaint(resolved_at: Option<Timestamp>) -> Complaint {
    Complaint {
        order_id: order(OrderState::Fulfilled).id,
        reason: "<b>Nothing</b> works.".parse().unwrap(),
        sent_at: Timestamp::UNIX_EPOCH,
        resolved_at,
    }
}

#[actix_web::test]
async fn a_buyer_complains_and_sees_what_has_become_of_it() {
    const FORM: &str = "action=\"/orders/ord_00000000000000000000000005/complaint\"";
    const OPEN: &str = "Sent on 1 Jan 1970, 00:00 UTC. The operator has yet to resolve it.";
    let fulfilled = || order(OrderState::Fulfilled);
    let page = store_with(fulfilled()).get(ORDER).await;
    assert!(page.html.contains(FORM), "{}", page.html);
    let open = store_with_complaint(fulfilled(), Some(complaint(None)));
    let page = open.get(ORDER).await;
    assert!(page.html.contains(OPEN), "{}", page.html);
    assert!(!page.html.contains(FORM) && !page.html.contains("<b>Nothing"));
    let resolved = complaint(Some(Timestamp::UNIX_EPOCH));
    let page = store_with_complaint(fulfilled(), Some(resolved))
        .get(ORDER)
        .await;
    assert!(
        page.html.contains("resolved on 1 Jan 1970"),
        "{}",
        page.html
    );
    assert!(page.html.contains(FORM), "{}", page.html);
    let others = Order {
        buyer_id: someone(),
        seller_id: ada().id,
        ..fulfilled()
    };
    let unpaid = order(OrderState::AwaitingPayment);
    for order in [others, unpaid] {
        let page = store_with(order).get(ORDER).await;
        assert!(!page.html.contains(FORM), "{}", page.html);
    }
}

#[actix_web::test]
async fn a_complaint_is_sent_from_the_page_of_the_order() {
    let path = format!("{ORDER}/complaint");
    let mut store = store_with(order(OrderState::Fulfilled));
    let sent = |_| Ok(complaint(None));
    store.mocks.complaints.expect_send().returning(sent);
    let page = store.post(&path, "reason=It+fails.").await;
    assert_eq!(page.location(), format!("{ORDER}?done=complained"));

    let store = store_with(order(OrderState::Fulfilled));
    let page = store.post(&path, "reason=+").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.html.contains("What is wrong: Must not be blank."),
        "{}",
        page.html
    );

    let mut store = store_with(order(OrderState::Fulfilled));
    let open = |_| Err(SendComplaintError::AlreadyOpen);
    store.mocks.complaints.expect_send().returning(open);
    let page = store.post(&path, "reason=It+fails.").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}
