//! The terms of orders in the forms of a listing.

use super::*;

#[actix_web::test]
async fn a_seller_sets_the_terms_of_orders_and_clears_them() {
    let fields = "service_name=Rain&price_per_unit=2.50&unit_description=1+call";
    let most = |count| Some(Units::new(count).unwrap());
    for (terms, pay_first, max_units_per_order) in [
        ("", false, None),
        ("max_units_per_order=", false, None),
        ("pay_first=yes&max_units_per_order=+20+", true, most(20)),
    ] {
        let mut store = TestStore::signed_in();
        seal(&mut store, "sk_live_7");
        let published = store.mocks.listings.expect_publish();
        published.withf(move |new, _| {
            let details = &new.details;
            (details.pay_first, details.max_units_per_order) == (pay_first, max_units_per_order)
        });
        published.once().returning(|_, _| Ok(listing_of(ada().id)));
        let form = format!("{fields}&{terms}&api_key=sk_live_7&available_units=10");
        let answer = store.post("/sell", &form).await;
        assert_eq!(answer.location(), format!("{LISTING}?done=published"));

        let mut store = store_with_listing_of(ada().id);
        let edited = store.mocks.listings.expect_edit();
        edited.withf(move |request| {
            let details = &request.edit.details;
            details.pay_first == Change::To(pay_first)
                && details.max_units_per_order == Change::To(max_units_per_order)
        });
        edited.once().returning(|_| Ok(listing_of(ada().id)));
        let form = format!("{fields}&{terms}&{}", version());
        let answer = store.post(LISTING, &form).await;
        assert_eq!(answer.location(), format!("{LISTING}?done=saved"));
    }
}

#[actix_web::test]
async fn the_form_of_a_listing_is_filled_in_with_its_terms() {
    const CHECKED: &str = "name=\"pay_first\" value=\"yes\" checked";
    let page = store_with_listing_of(ada().id).get(LISTING).await;
    assert!(page.html.contains("pay_first") && !page.html.contains(CHECKED));

    let mut store = TestStore::signed_in();
    store.mocks.listing_reader.expect_find().returning(|_| {
        let mut listing = listing_of(ada().id);
        listing.details.pay_first = true;
        listing.details.max_units_per_order = Some(Units::new(4_321).unwrap());
        Ok(Some(listing))
    });
    let page = store.get(LISTING).await;
    assert!(page.html.contains(CHECKED), "{}", page.html);
    assert!(page.html.contains("value=\"4321\""), "{}", page.html);

    let wrong = format!("max_units_per_order=0&pay_first=yes&{}", version());
    let page = store_with_listing_of(ada().id).post(LISTING, &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = "Most units per order: Must be a whole number from 1 to 1000000.";
    assert!(page.html.contains(error), "{}", page.html);
    assert!(page.html.contains(CHECKED), "{}", page.html);
}
