use std::error::Error;

use udam_domain::listing::{ListingDetails, Price};
use udam_domain::mocks;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Authority, Order, OrderState, PlacedOrder};
use udam_domain::page::Page;
use udam_domain::payment::Charge;
use udam_domain::time::Timestamp;
use udam_domain::units::Stock;
use udam_domain::{GatewayError, MockPaymentGateway, MockPaymentStore};

use super::*;
use crate::pages::orders::tests::{ORDER, order, someone};
use crate::testing::{Received, TestStore, ada, provider};

mod refusals;

pub(in crate::pages) const LISTING: &str = "/listings/lst_00000000000000000000000003";
const BUY: &str = "/listings/lst_00000000000000000000000003/buy";
const KEY: &str = "6b8b4567-327b-43c6-a3c9-869895e3ab10";

/// A store with a listing of ten units, in which Ada is signed in.
pub(in crate::pages) fn store() -> TestStore {
    let mut store = with_listing(TestStore::signed_in());
    store
        .mocks
        .order_reader
        .expect_of_buyer()
        .returning(|_, _| {
            Ok(Page {
                items: Vec::new(),
                next: None,
            })
        });
    store
}

/// The same for a visitor.
pub(in crate::pages) fn visited() -> TestStore {
    with_listing(TestStore::new())
}

fn with_listing(store: TestStore) -> TestStore {
    with_terms(store, |_| {})
}

/// A listing of ten units, with the details that `set` changes.
pub(in crate::pages) fn with_terms(
    mut store: TestStore,
    set: fn(&mut ListingDetails),
) -> TestStore {
    let found = store.mocks.listing_reader.expect_find();
    found.returning(move |id| {
        let mut listing = mocks::listing(3, someone());
        listing.id = id;
        listing.details.price_per_unit = Price::new(Money::new(400, Currency::USD)).unwrap();
        set(&mut listing.details);
        Ok(Some(listing))
    });
    store.mocks.listing_reader.expect_search().returning(|_| {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    });
    store
}

fn placing(order: Order, replayed: bool) -> TestStore {
    let mut store = store();
    store
        .mocks
        .orders
        .expect_place()
        .withf(|place| {
            let key = place.idempotency_key.as_ref();
            matches!(place.authority, Authority::Session(_))
                && place.units.get() == 3
                && place.expected_price == Some(Money::new(400, Currency::USD))
                && key.is_some_and(|key| key.as_str() == KEY)
        })
        .times(1)
        .returning(move |_| {
            let order = order.clone();
            Ok(PlacedOrder { order, replayed })
        });
    store
}

async fn buy(store: TestStore, units: &str) -> Received {
    let form = format!("order_key={KEY}&price_minor=400&units={units}");
    store.post(BUY, &form).await
}

#[actix_web::test]
async fn an_order_is_placed_under_the_form_s_idempotency_key() {
    for (replayed, page) in [
        (false, ORDER.to_owned()),
        (true, format!("{ORDER}?done=before")),
    ] {
        let answer = buy(placing(order(OrderState::Fulfilled), replayed), "3").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), page);
    }
}

#[actix_web::test]
async fn a_failing_provider_does_not_lose_the_order() {
    let without_checkout = Order {
        payment_url: None,
        tab_carried: None,
        ..order(OrderState::AwaitingPayment)
    };
    let mut store = placing(without_checkout.clone(), false);
    let (mut gateway, mut charges) = (MockPaymentGateway::new(), MockPaymentStore::new());
    charges.expect_charge_order().returning(move |request| {
        Ok(Charge {
            id: request.charge_id,
            buyer_id: ada().id,
            order: None,
            tab: without_checkout.total,
            expires_at: Timestamp::MAX,
            session: None,
        })
    });
    let outage = || -> Box<dyn Error + Send + Sync> { "outage".into() };
    gateway
        .expect_open_session()
        .times(1)
        .returning(move |_| Err(GatewayError::Unavailable(outage())));
    store.mocks.provider = Some(provider(gateway, charges));
    let answer = buy(store, "3").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), ORDER);
}

#[actix_web::test]
async fn an_invalid_number_of_units_is_shown_again() {
    for units in ["", "0", "1.5", "-1", "%3Cb%3E", "1000001"] {
        let page = buy(store(), units).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{units}");
        assert!(page.html.contains("id=\"units-error\""), "{}", page.html);
        assert!(!page.html.contains("<b>"));
    }
}

#[actix_web::test]
async fn a_rejected_order_is_reported_on_the_listing() {
    for (rejection, why) in [
        (
            Rejection::InsufficientUnits {
                available: Stock::new(2).unwrap(),
            },
            "Only 2 units left.",
        ),
        (
            Rejection::TooManyUnits {
                most: Units::new(2).unwrap(),
            },
            "The seller allows 2 units in one order at most. Nothing was bought: order fewer units.",
        ),
        (Rejection::ListingUnavailable, "not on sale"),
        (Rejection::TotalTooLarge, "more than can be charged at once"),
        (
            Rejection::TotalTooFine {
                finest: Money::new(25, Currency::USD),
            },
            "The total must be a multiple of 0.25 USD to be charged. Nothing was bought: order another \
             number of units.",
        ),
    ] {
        let mut store = store();
        store
            .mocks
            .orders
            .expect_place()
            .returning(move |_| Err(PlaceOrderError::Rejected(rejection)));
        let page = buy(store, "3").await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.html.contains(why), "{}", page.html);
        assert!(page.html.contains("value=\"3\""), "{}", page.html);
        assert!(
            !page.html.contains(KEY),
            "the key belonged to the rejected order"
        );
    }
}

#[actix_web::test]
async fn a_buyer_whose_session_ended_logs_in_and_returns_to_the_listing() {
    let mut store = store();
    store
        .mocks
        .orders
        .expect_place()
        .returning(|_| Err(PlaceOrderError::Unauthenticated));
    let answer = buy(store, "3").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let listing = LISTING.replace('/', "%2F");
    assert_eq!(
        answer.location(),
        format!("/login?next={listing}%3Funits%3D3")
    );
}

#[actix_web::test]
async fn a_form_without_an_idempotency_key_buys_nothing() {
    for key in ["", "1", "../../x"] {
        let form = format!("order_key={key}&price_minor=400&units=3");
        let answer = store().post(BUY, &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
    }
}

#[actix_web::test]
async fn all_spellings_of_an_idempotency_key_name_the_same_order() {
    for key in [
        KEY.to_uppercase(),
        KEY.replace('-', ""),
        format!("%7B{KEY}%7D"),
        format!("urn:uuid:{KEY}"),
    ] {
        let form = format!("order_key={key}&price_minor=400&units=+3%20");
        let store = placing(order(OrderState::Fulfilled), false);
        let answer = store.post(BUY, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{key}");
    }
}

#[actix_web::test]
async fn a_form_without_the_price_shown_buys_nothing() {
    for price in ["", "&price_minor=", "&price_minor=4.00", "&price_minor=x"] {
        let form = format!("order_key={KEY}&units=3{price}");
        let answer = store().post(BUY, &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{price}");
    }
}

#[actix_web::test]
async fn an_order_at_another_price_than_shown_is_rejected() {
    let shown = Money::new(1, Currency::USD);
    let mut store = store();
    store
        .mocks
        .orders
        .expect_place()
        .withf(move |place| place.expected_price == Some(shown))
        .times(1)
        .returning(|_| {
            let now = Money::new(400, Currency::USD);
            Err(PlaceOrderError::Rejected(Rejection::PriceChanged { now }))
        });
    let form = format!("order_key={KEY}&price_minor=1&units=+3+");
    let page = store.post(BUY, &form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for part in [
        "The price is now 4.00 USD per unit. Nothing was bought: check the total, and press Buy if \
         you still want it.",
        "name=\"price_minor\" value=\"400\"",
        "value=\"3\"",
        ">12.00 USD</output>",
    ] {
        assert!(page.html.contains(part), "{part} in {}", page.html);
    }
    assert!(!page.html.contains(KEY));
}

#[actix_web::test]
async fn a_new_price_is_reported_together_with_other_reasons() {
    let mut store = store();
    store.mocks.orders.expect_place().returning(|_| {
        let available = Stock::new(2).unwrap();
        let short = Rejection::InsufficientUnits { available };
        Err(PlaceOrderError::Rejected(short))
    });
    let form = format!("order_key={KEY}&price_minor=1&units=3");
    let page = store.post(BUY, &form).await;
    let why = "The price is now 4.00 USD per unit. Only 2 units left.";
    assert!(page.html.contains(why), "{}", page.html);
}

#[actix_web::test]
async fn a_buyer_without_a_response_learns_how_to_retry_without_buying_twice() {
    for (error, status, advice) in [
        (
            StoreError::Unreachable("gone".into()),
            StatusCode::SERVICE_UNAVAILABLE,
            "Reload this page",
        ),
        (
            StoreError::Failed("gone".into()),
            StatusCode::INTERNAL_SERVER_ERROR,
            "Check the current state",
        ),
    ] {
        let mut store = store();
        store
            .mocks
            .orders
            .expect_place()
            .return_once(move |_| Err(PlaceOrderError::Unavailable(error)));
        let page = buy(store, "3").await;
        assert_eq!(page.status, status);
        assert!(page.html.contains(advice), "{}", page.html);
        let claims = [
            "Nothing was",
            "nothing was",
            "nothing has been",
            "Nothing has been",
        ];
        for claim in claims {
            assert!(!page.html.contains(claim), "{}", page.html);
        }
    }
}

#[actix_web::test]
async fn a_visitor_without_a_session_is_sent_to_log_in() {
    let form = format!("order_key={KEY}&price_minor=400&units=3");
    let answer = TestStore::new().post_as_visitor(BUY, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/login?next="));
    assert!(
        answer.location().ends_with("%3Funits%3D3"),
        "{}",
        answer.location()
    );
}

#[actix_web::test]
async fn the_number_of_units_survives_logging_in_to_buy() {
    let page = visited().get(LISTING).await;
    let button = format!("type=\"submit\" formmethod=\"get\" formaction=\"{BUY}\">Log in to buy<");
    assert!(page.html.contains(&button), "{}", page.html);
    for (query, ending) in [
        ("?units=7", "%3Funits%3D7"),
        ("?units=+12+", "%3Funits%3D12"),
        ("?units=many", "lst_00000000000000000000000003"),
        ("", "lst_00000000000000000000000003"),
    ] {
        let answer = TestStore::new().get(&format!("{BUY}{query}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let location = answer.location();
        assert!(
            location.starts_with("/login?next=") && location.ends_with(ending),
            "{location}"
        );
    }
    let back = store().get(&format!("{BUY}?units=7")).await;
    assert_eq!(back.location(), format!("{LISTING}?units=7"));
    let page = store().get(&format!("{LISTING}?units=7")).await;
    assert!(page.html.contains("value=\"7\"") && page.html.contains(">28.00 USD</output>"));
}

#[actix_web::test]
async fn units_are_promised_to_be_reserved_only_where_they_can_be_paid_for() {
    let (holding, refusing) = (
        "the units are reserved while you pay",
        "Larger orders cannot be placed",
    );
    let page = visited().get(LISTING).await;
    assert!(
        !page.html.contains(holding) && page.html.contains(refusing),
        "{}",
        page.html
    );
    let mut store = visited();
    store.mocks.provider = Some(provider(MockPaymentGateway::new(), MockPaymentStore::new()));
    let page = store.get(LISTING).await;
    assert!(
        page.html.contains(holding) && !page.html.contains(refusing),
        "{}",
        page.html
    );
}
