use actix_web::http::StatusCode;
use actix_web::http::header::REFRESH;
use udam_domain::page::{PageLimit, PageRequest};

use super::*;
use crate::testing::Received;

/// A store with this charge of Ada's, who owes 1.50.
fn with_charge(found: Option<CarryingCharge>) -> TestStore {
    let mut store = owing(150);
    let tabs = &mut store.mocks.tab_reader;
    tabs.expect_charge()
        .withf(|id, buyer| PAYMENT.ends_with(&id.to_string()) && *buyer == ada().id)
        .returning(move |_, _| Ok(found.clone()));
    store
}

fn refresh(page: &Received) -> Option<&str> {
    page.headers.get(REFRESH)?.to_str().ok()
}

#[actix_web::test]
async fn the_tab_has_its_last_payments_which_say_that_they_are_paid() {
    let with = order(OrderState::Fulfilled).id;
    let paid = vec![
        charge(525, Some(with), ChargeState::Paid),
        charge(300, None, ChargeState::Paid),
    ];
    let page = with_tab(0, Vec::new(), paid).get("/tab").await;
    for text in ["5.25 USD", "3.00 USD", ">Paid</span>", "Nothing else"] {
        assert!(page.html.contains(text), "{text} in {}", page.html);
    }
    for href in [PAYMENT, ORDER] {
        assert!(
            page.html.contains(&format!("href=\"{href}\"")),
            "{}",
            page.html
        );
    }
    assert!(!page.html.contains("All payments"));
}

#[actix_web::test]
async fn payments_of_the_tab_are_listed_in_pages() {
    let mut store = TestStore::signed_in();
    let last = charge(300, None, ChargeState::Paid);
    let asked = PageRequest {
        after: Some(last.id),
        limit: PageLimit::default(),
    };
    let tabs = &mut store.mocks.tab_reader;
    tabs.expect_paid_charges()
        .withf(move |buyer, page| *buyer == ada().id && *page == asked)
        .returning(move |_, _| {
            Ok(Page {
                next: Some(last.id),
                items: vec![last.clone()],
            })
        });
    let page = store.get(&PAYMENT.replace("/chg_", "?after=chg_")).await;
    assert!(page.html.contains("3.00 USD"), "{}", page.html);
    assert!(page.html.contains("href=\"/tab/payments?after=chg_"));
}

#[actix_web::test]
async fn the_page_of_a_payment_has_the_orders_that_it_has_cleared() {
    let with = order(OrderState::Fulfilled).id;
    let mut store = with_charge(Some(charge(525, Some(with), ChargeState::Paid)));
    let cleared = Order {
        paid_at: Some(Timestamp::UNIX_EPOCH),
        ..small(525)
    };
    let tabs = &mut store.mocks.tab_reader;
    tabs.expect_cleared_orders()
        .returning(move |_, _, _| Ok(last_page(vec![cleared.clone()])));
    let page = store.get(PAYMENT).await;
    for text in [
        "Payment of 5.25 USD",
        "35.22 USD",
        "&#60;b&#62;Rain",
        "1 Jan 1970, 00:00 UTC",
    ] {
        assert!(page.html.contains(text), "{text} in {}", page.html);
    }
    for unpaid in [None, Some(charge(525, None, ChargeState::Open))] {
        let page = with_charge(unpaid).get(PAYMENT).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn the_page_after_paying_the_tab_follows_the_confirmation() {
    let returned = format!("{PAYMENT}/paid");
    let open = || Some(charge(525, None, ChargeState::Open));
    let page = with_charge(open())
        .get(&format!("{returned}?session_id=cs_1"))
        .await;
    assert_eq!(page.location(), format!("{returned}?since=0"));
    let page = with_charge(open())
        .get(&format!("{returned}?since=0"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(refresh(&page), Some("2"));
    assert!(page.html.contains("data-live") && page.html.contains("being confirmed"));
    let page = with_charge(open())
        .get(&format!("{returned}?since=-60"))
        .await;
    assert_eq!(refresh(&page), None);
    assert!(page.html.contains("longer than usual"), "{}", page.html);

    let paid = charge(525, None, ChargeState::Paid);
    let page = with_charge(Some(paid))
        .get(&format!("{returned}?session_id=cs_1"))
        .await;
    assert_eq!((page.status, refresh(&page)), (StatusCode::OK, None));
    for text in ["Paid: 5.25 USD", "You owe now", ">1.50 USD<"] {
        assert!(page.html.contains(text), "{text} in {}", page.html);
    }
    assert!(page.html.contains(&format!("href=\"{PAYMENT}\"")));
    assert!(!page.html.contains("data-live"));

    let closed = charge(525, None, ChargeState::Closed);
    let page = with_charge(Some(closed)).get(&returned).await;
    assert!(
        page.html.contains("The time to pay has run out"),
        "{}",
        page.html
    );
    let page = with_charge(None).get(&returned).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
