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
