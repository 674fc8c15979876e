use udam_domain::MockOrderReader;
use udam_domain::page::Page;
use udam_domain::time::{Timestamp, before};

use super::*;
use crate::pages::buying::tests::store;
use crate::pages::orders::tests::{ORDER, order};
use crate::testing::ada;

const LISTING: &str = "/listings/lst_00000000000000000000000003";
const OTHER_LISTING: &str = "/listings/lst_00000000000000000000000004";

/// The page of a listing for Ada, whose newest order was placed so many seconds ago.
async fn page(path: &str, newest: OrderState, seconds: i64) -> String {
    let newest = Order {
        created_at: before(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(seconds)),
        ..order(newest)
    };
    let mut store = store();
    store.mocks.order_reader = MockOrderReader::new();
    store
        .mocks
        .order_reader
        .expect_of_buyer()
        .withf(|buyer, page| *buyer == ada().id && page.after.is_none() && page.limit.get() == 1)
        .times(1)
        .returning(move |_, _| {
            Ok(Page {
                items: vec![newest.clone()],
                next: None,
            })
        });
    store.get(path).await.html
}

#[actix_web::test]
async fn a_returning_buyer_sees_their_latest_order() {
    for (seconds, when) in [
        (-3, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (150, "2 minutes ago"),
        (599, "9 minutes ago"),
    ] {
        let page = page(LISTING, OrderState::Fulfilled, seconds).await;
        let text = format!("You bought 3 units of this {when}.");
        let (before_the_form, _) = page.split_once("/buy\"").unwrap();
        assert!(before_the_form.contains(&text), "{page}");
        assert!(before_the_form.contains(&format!("href=\"{ORDER}\"")));
    }
    let page = page(LISTING, OrderState::AwaitingPayment, 150).await;
    assert!(page.contains("You ordered 3 units of this 2 minutes ago and have not paid yet."));
}

#[actix_web::test]
async fn orders_that_are_old_closed_or_of_another_listing_are_not_shown() {
    let mut quiet = vec![
        page(LISTING, OrderState::Fulfilled, 600).await,
        page(OTHER_LISTING, OrderState::Fulfilled, 60).await,
    ];
    for over in [
        OrderState::Expired,
        OrderState::Canceled,
        OrderState::Refunded,
    ] {
        quiet.push(page(LISTING, over, 60).await);
    }
    for page in quiet {
        assert!(
            !page.contains("of this") && page.contains("/buy\""),
            "{page}"
        );
    }
}
