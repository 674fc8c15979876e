use actix_web::http::StatusCode;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::listing::{Change, ListingState, OwnListing, SealedKey, StockChange};
use udam_domain::mocks;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{DailySales, Order, OrderState, ReturnedUnits};
use udam_domain::page::Page;
use udam_domain::payment::PaymentRoute;
use udam_domain::time::{Timestamp, day_of};
use udam_domain::units::{Stock, Units};
use udam_domain::{EditListingError, PublishListingError};
use uuid::Uuid;

use super::*;
use crate::testing::{TestStore, ada};

mod gateway;
mod sales;
mod terms;

const LISTING: &str = "/my/listings/lst_00000000000000000000000003";
const REFUND: &str = "/orders/ord_00000000000000000000000005/refund";

fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

fn somebody() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(4))
}

fn listing_of(seller: AccountId) -> Listing {
    let mut listing = mocks::listing(3, seller);
    listing.details.service_name = "<b>Rain</b>".parse().unwrap();
    listing
}

fn order(seller_id: AccountId, state: OrderState) -> Order {
    Order {
        id: OrderId::from_uuid(Uuid::from_u128(5)),
        buyer_id: AccountId::from_uuid(Uuid::from_u128(6)),
        seller_id,
        listing_id: listing_of(seller_id).id,
        service_name: "<b>Rain</b>".parse().unwrap(),
        units: Units::new(12).unwrap(),
        price_per_unit: usd(250),
        total: usd(30_00),
        route: PaymentRoute::Checkout,
        state,
        lapses_at: None,
        token_id: None,
        payment_url: None,
        tab_carried: None,
        refunded: usd(0),
        paid_at: None,
        created_at: Timestamp::UNIX_EPOCH,
        fulfilled_at: None,
        closed_at: None,
    }
}

/// A store in which Ada is signed in, and the only listing is this seller's.
fn store_with_listing_of(seller: AccountId) -> TestStore {
    let mut store = TestStore::signed_in();
    let found = store.mocks.listing_reader.expect_find();
    found.returning(move |_| Ok(Some(listing_of(seller))));
    store
}

/// A store in which Ada is signed in, and the only order is one of this seller's listing.
fn store_with_order_of(seller: AccountId, state: OrderState) -> TestStore {
    let mut store = TestStore::signed_in();
    let found = store.mocks.order_reader.expect_find();
    found.returning(move |_, _| Ok(Some(order(seller, state))));
    store
}

fn seal(store: &mut TestStore, key: &'static str) {
    let sealed = store.mocks.vault.expect_seal();
    sealed.withf(move |_, given| given.expose() == key);
    sealed.once().returning(|_, _| {
        Ok(SealedKey {
            key_id: "1".parse().unwrap(),
            ciphertext: vec![1],
        })
    });
}

#[actix_web::test]
async fn a_published_listing_has_its_key_sealed() {
    let mut store = TestStore::signed_in();
    seal(&mut store, "sk_live_7");
    let published = store.mocks.listings.expect_publish();
    published.withf(|new, _| {
        new.seller.account_id == ada().id
            && new.details.price_per_unit.amount() == usd(250)
            && new.details.endpoint_url.is_none()
            && new.units.get() == 10
    });
    published.once().returning(|_, _| Ok(listing_of(ada().id)));
    let form = "service_name=Rain&description=&endpoint_url=&api_key=sk_live_7\
        &price_per_unit=2.50&unit_description=1+call&available_units=10";
    let answer = store.post("/sell", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), format!("{LISTING}?done=published"));
}

#[actix_web::test]
async fn a_seller_whose_name_looks_like_another_s_is_asked_to_change_it() {
    let mut store = TestStore::signed_in();
    seal(&mut store, "sk_live_7");
    let published = store.mocks.listings.expect_publish();
    published.returning(|_, _| Err(PublishListingError::NameTaken));
    let form = "service_name=%3Cb%3ERain%3C/b%3E&description=&endpoint_url=&api_key=sk_live_7\
        &price_per_unit=2.50&unit_description=1+call&available_units=10";
    let page = store.post("/sell", form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.html
            .contains("Another seller has a name that looks like yours.")
    );
    assert!(
        page.html
            .contains("href=\"/account\">Change your public name")
    );
    assert!(page.html.contains("&#60;b&#62;Rain") && page.html.contains("Must be entered again"));
    assert!(!page.html.contains("sk_live"));
}

#[actix_web::test]
async fn an_invalid_form_is_shown_again_without_the_key() {
    let form = "service_name=%3Cb%3ERain%3C/b%3E&api_key=sk_live_7&api_key=sk_live_8\
        &price_per_unit=free&unit_description=1+call&available_units=10";
    let page = TestStore::signed_in().post("/sell", form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("&#60;b&#62;Rain"), "{}", page.html);
    assert!(page.html.contains("Must be a decimal amount"));
    assert!(page.html.contains("Must be entered again"));
    assert!(!page.html.contains("sk_live"));

    let store = store_with_listing_of(ada().id);
    let form = format!("{form}&{}", version());
    let page = store.post(LISTING, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Must be entered again"));
    assert!(!page.html.contains("sk_live"));
}

#[actix_web::test]
async fn a_listing_cannot_be_edited_by_others() {
    let of_another = || store_with_listing_of(somebody());
    for answer in [
        of_another().get(LISTING).await,
        of_another().get(&format!("{LISTING}/archive")).await,
        of_another().post(LISTING, "").await,
        of_another()
            .post(&format!("{LISTING}/units"), "add_units=1")
            .await,
        of_another()
            .post(&format!("{LISTING}/status"), "status=paused")
            .await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let visitor = TestStore::new().get(LISTING).await;
    assert!(visitor.location().starts_with("/login?next="));
}

#[actix_web::test]
async fn a_blank_key_keeps_the_sealed_one_and_a_new_one_replaces_it() {
    let terms = "service_name=Rain&description=Wet&endpoint_url=&price_per_unit=3\
        &unit_description=1+call";
    let terms = format!("{terms}&{}", version());
    let mut store = store_with_listing_of(ada().id);
    let edited = store.mocks.listings.expect_edit();
    edited.withf(|request| {
        let edit = &request.edit;
        edit.key.as_new().is_none()
            && matches!(edit.details.endpoint_url, Change::To(None))
            && edit.stock == StockChange::Keep
            && edit.state == Change::Keep
    });
    edited.once().returning(|_| Ok(listing_of(ada().id)));
    let answer = store.post(LISTING, &format!("{terms}&api_key=")).await;
    assert_eq!(answer.location(), format!("{LISTING}?done=saved"));

    let mut store = store_with_listing_of(ada().id);
    seal(&mut store, "sk_live_9");
    let edited = store.mocks.listings.expect_edit();
    edited.withf(|request| request.edit.key.as_new().is_some());
    edited.once().returning(|_| Ok(listing_of(ada().id)));
    let answer = store
        .post(LISTING, &format!("{terms}&api_key=sk_live_9"))
        .await;
    assert_eq!(answer.location(), format!("{LISTING}?done=key"));
}

/// The version field of the form of Ada's listing.
fn version() -> String {
    let version = super::edit::version(&listing_of(ada().id));
    format!("version={version}")
}

#[actix_web::test]
async fn a_form_of_an_older_version_saves_nothing_and_keeps_what_was_typed() {
    let form = "service_name=Snow&price_per_unit=1.00&unit_description=1+call&api_key=sk_live_7\
        &version=another";
    let page = store_with_listing_of(ada().id).post(LISTING, form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("Nothing was saved") && page.html.contains("value=\"Snow\""));
    assert!(
        page.html
            .contains(&version().replace("version=", "value=\""))
    );
    assert!(!page.html.contains("sk_live"));
}

#[actix_web::test]
async fn units_are_added_up_to_the_maximum_of_a_listing() {
    let path = format!("{LISTING}/units");
    for invalid in [
        "",
        "add_units=",
        "add_units=0",
        "add_units=-1",
        "add_units=1.5",
    ] {
        let page = store_with_listing_of(ada().id).post(&path, invalid).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{invalid}");
    }
    let mut store = store_with_listing_of(ada().id);
    let edited = store.mocks.listings.expect_edit();
    edited.once().returning(|request| {
        let Change::Keep = request.edit.state else {
            panic!("only the units may change");
        };
        Err(EditListingError::TooManyUnits(request.edit.stock))
    });
    let page = store.post(&path, "add_units=1000000000").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("1,000,000,000 units at most"));
}

#[actix_web::test]
async fn units_are_lowered_to_a_number() {
    let path = format!("{LISTING}/stock");
    for invalid in ["", "available_units=", "available_units=-1", "add_units=3"] {
        let page = store_with_listing_of(ada().id).post(&path, invalid).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{invalid}");
        assert!(page.html.contains("id=\"available_units-error\""));
    }
    for left in [0, 7] {
        let mut store = store_with_listing_of(ada().id);
        let edited = store.mocks.listings.expect_edit();
        edited.withf(move |request| {
            let set = StockChange::Set(Stock::new(left).unwrap());
            request.edit.stock == set && !request.edit.changes_terms()
        });
        edited.once().returning(|_| Ok(listing_of(ada().id)));
        let answer = store.post(&path, &format!("available_units={left}")).await;
        assert_eq!(answer.location(), format!("{LISTING}?done=stock"));
    }
}

#[actix_web::test]
async fn a_listing_is_archived_after_a_confirmation() {
    let page = store_with_listing_of(ada().id);
    let page = page.get(&format!("{LISTING}/archive")).await;
    assert!(page.html.contains(r#"name="status" value="archived""#));

    let mut store = store_with_listing_of(ada().id);
    let edited = store.mocks.listings.expect_edit();
    edited.withf(|request| request.edit.state == Change::To(ListingState::Archived));
    edited.once().returning(|_| Ok(listing_of(ada().id)));
    let status = format!("{LISTING}/status");
    let answer = store.post(&status, "status=archived").await;
    assert_eq!(answer.location(), format!("{LISTING}?done=archived"));

    let answer = store_with_listing_of(ada().id).post(&status, "status=sold_out");
    assert_eq!(answer.await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_seller_sees_the_sales_of_the_last_days() {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .listing_reader
        .expect_of_seller()
        .returning(|seller, _| {
            let own = OwnListing {
                listing: listing_of(seller),
                units_sold: 12,
                revenue: usd(30_00),
            };
            let next = Some(own.listing.id);
            Ok(Page {
                items: vec![own],
                next,
            })
        });
    store
        .mocks
        .order_reader
        .expect_daily_sales()
        .once()
        .returning(|_, _| {
            Ok(vec![DailySales {
                day: day_of(Timestamp::UNIX_EPOCH),
                units: 12,
                revenue: usd(30_00),
            }])
        });
    let page = store.get("/my/listings").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.html
            .contains("<title>1 Jan: 12 units, 30.00 USD</title>")
    );
    assert!(page.html.contains("1 of 30"));
    assert!(page.html.contains("/my/listings?after=lst_"));
    assert!(!page.html.contains("<b>Rain"));
}

#[actix_web::test]
async fn only_the_seller_can_refund_and_only_a_fulfilled_order() {
    let ask = store_with_order_of(ada().id, OrderState::Fulfilled)
        .get(REFUND)
        .await;
    assert_eq!(ask.status, StatusCode::OK);
    assert!(ask.html.contains("Refund 30.00 USD?") && !ask.html.contains("<b>Rain"));
    // A buyer may see the order, but not this page.
    let buyer = store_with_order_of(somebody(), OrderState::Fulfilled)
        .get(REFUND)
        .await;
    assert_eq!(buyer.status, StatusCode::NOT_FOUND);
    let late = store_with_order_of(ada().id, OrderState::Refunded)
        .get(REFUND)
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[actix_web::test]
async fn the_units_of_a_refund_go_back_on_sale_if_the_seller_chooses_so() {
    for (form, units) in [
        ("", ReturnedUnits::StaySold),
        ("return_units=yes", ReturnedUnits::ForSale),
    ] {
        let mut store = TestStore::signed_in();
        let refunded = store.mocks.orders.expect_refund();
        refunded.withf(move |refund| refund.units == units);
        refunded
            .once()
            .returning(|_| Ok(order(ada().id, OrderState::Refunded)));
        let answer = store.post(REFUND, form).await;
        assert_eq!(answer.location(), "/my/sales?done=refunded");
    }
}
