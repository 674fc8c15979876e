use std::time::Duration;

use udam_domain::gateway::{CallQuality, GatewayTerms};
use udam_domain::mocks::{MockGateway, account_id, listing, listing_id};
use udam_domain::page::Page;
use udam_domain::units::Units;
use udam_domain::{MockPaymentGateway, MockPaymentStore};

use crate::pages::buying::tests::{LISTING, visited, with_terms};
use crate::testing::{TestStore, provider};

#[actix_web::test]
async fn a_listing_says_that_it_is_paid_before_delivery_and_promises_no_tab() {
    const PAID_FIRST: &str = "Paid before delivery, however small the order is.";
    let page = visited().get(LISTING).await;
    assert!(page.html.contains("go on your tab") && !page.html.contains(PAID_FIRST));
    let mut store = with_terms(TestStore::new(), |details| details.pay_first = true);
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), MockPaymentStore::new()));
    let page = store.get(LISTING).await;
    let said = format!("{PAID_FIRST} The units are reserved while you pay.");
    assert!(page.html.contains(&said), "{}", page.html);
    assert!(!page.html.contains("go on your tab"), "{}", page.html);
}

#[actix_web::test]
async fn the_form_to_buy_takes_as_many_units_as_the_seller_allows_and_as_are_left() {
    let page = visited().get(LISTING).await;
    assert!(page.html.contains("max=\"10\"") && !page.html.contains("Most per order"));
    let limited = |set| with_terms(TestStore::new(), set).get(LISTING);
    let few = limited(|details| details.max_units_per_order = Some(Units::new(3).unwrap())).await;
    assert!(few.html.contains("max=\"3\""), "{}", few.html);
    let fact = "<dt>Most per order</dt>\n      <dd>3 units</dd>";
    assert!(few.html.contains(fact), "{}", few.html);
    let many = limited(|details| details.max_units_per_order = Some(Units::MAX)).await;
    assert!(many.html.contains("max=\"10\""), "{}", many.html);
}

#[actix_web::test]
async fn a_listing_sold_through_the_gateway_shows_its_terms_and_quality_and_hides_its_address() {
    let mut gateway = MockGateway::default();
    gateway.reader.expect_quality().once().returning(|_, _| {
        Ok(CallQuality {
            calls: 1_204,
            successes: 1_203,
            p50: Duration::from_millis(48),
            p95: Duration::from_millis(131),
        })
    });
    let mut store = TestStore::new();
    store.mocks.gateway = Some(gateway);
    let reader = &mut store.mocks.listing_reader;
    reader.expect_find().returning(|_| {
        let mut listing = listing(9, account_id(2));
        listing.details.endpoint_url = Some("https://rain.example".parse().unwrap());
        listing.details.gateway = Some(GatewayTerms::default());
        Ok(Some(listing))
    });
    let none = || Page {
        items: Vec::new(),
        next: None,
    };
    reader.expect_search().returning(move |_| Ok(none()));
    let id = listing_id(9);
    let page = store.get(&format!("/listings/{id}")).await.html;
    for text in [
        "Through the gateway",
        &format!("https://udam.example/gw/{id}"),
        "In the header Authorization, after Bearer",
        "99.9 %",
        "131 ms",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("rain.example"));
}
