use udam_domain::MockOrderReader;
use udam_domain::page::Page;
use udam_domain::time::{Timestamp, before};

use super::*;
use crate::pages::buying::tests::store;
use crate::pages::orders::tests::{ORDER, order};
use crate::testing::ada;

const LISTING: &str = "/listings/lst_00000000000000000000000003";
const OTHER_LISTING: &str = "/listings/lst_00000000000000000000000004";

/// What the page of a listing says to Ada, whose newest order was placed so many seconds ago.
async fn page(path: &str, newest: OrderState, seconds: i64) -> String {
    let newest = Order {
        created_at: before(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(seconds)),
        ..order(newest)
    };
    let mut store = store();
    store.reader = MockOrderReader::new();
    store
        .reader
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
async fn whoever_comes_back_is_told_what_they_have_just_bought() {
    for (seconds, when) in [
        (-3, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (150, "2 minutes ago"),
        (599, "9 minutes ago"),
    ] {
        let page = page(LISTING, OrderState::Fulfilled, seconds).await;
        let said = format!("You bought 3 units of this {when}.");
        let (before_the_form, _) = page.split_once("/buy\"").unwrap();
        assert!(before_the_form.contains(&said), "{page}");
        assert!(before_the_form.contains(&format!("href=\"{ORDER}\"")));
    }
    let page = page(LISTING, OrderState::AwaitingPayment, 150).await;
    assert!(page.contains("You ordered 3 units of this 2 minutes ago, and have yet to pay."));
}

#[actix_web::test]
async fn nothing_is_said_of_an_order_that_is_old_or_over_or_of_something_else() {
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
