use serde_json::json;
use udam_domain::gateway::{
    CallCost, CallRate, GatewayTerms, HeaderName, KeyPlacement, KeyPrefix, PathPrefix, Paths,
    RatePeriod,
};
use udam_domain::id::{ListingId, OrderId};
use udam_domain::listing::{
    CataloguePosition, Description, KeyId, Listing, OwnListing, SealedKey, Sort, StockChange,
};
use udam_domain::mocks;
use udam_domain::money::{Currency, Money};
use udam_domain::page::{MAX_PAGE_TEXT, Page, PageLimit};
use udam_domain::units::{Stock, Units};
use udam_domain::{EditListingError, VaultError};

use super::*;
use crate::testing::ada;

fn listing() -> Listing {
    let mut listing = mocks::listing(9, ada().id);
    listing.seller.name = ada().name;
    listing.details.endpoint_url = Some("https://api.example.com".parse().unwrap());
    listing.available = Stock::default();
    listing.created_at = NOW;
    listing
}

fn sealed() -> SealedKey {
    let key_id: KeyId = "main".parse().unwrap();
    SealedKey {
        key_id,
        ciphertext: vec![1],
    }
}

fn path() -> String {
    format!("/v1/listings/{}", id(ListingId::from_uuid))
}

fn patch(body: &Value) -> TestRequest {
    as_ada(TestRequest::patch().uri(&path()).set_json(body))
}

#[actix_web::test]
async fn a_listing_has_the_documented_fields() {
    let mut api = TestApi::new();
    api.mocks
        .listing_reader
        .expect_find()
        .returning(|_| Ok(Some(listing())));
    let answer = send(api, get(&path())).await;
    assert_eq!(
        answer.body,
        json!({
            "id": id(ListingId::from_uuid),
            "seller": {"id": ada().id.to_string(), "name": "Ada"},
            "service_name": "Weather",
            "description": null,
            "endpoint_url": "https://api.example.com",
            "price_per_unit": "2.50",
            "currency": "USD",
            "unit_description": "1,000 requests",
            "available_units": 0,
            "pay_first": false,
            "max_units_per_order": null,
            "access": "key",
            "gateway": null,
            "status": "sold_out",
            "created_at": "1970-01-01T00:00:00Z",
            "quality": null,
        })
    );
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
}

#[actix_web::test]
async fn a_path_without_a_listing_is_not_found_and_not_cached() {
    let mut api = TestApi::new();
    api.mocks
        .listing_reader
        .expect_find()
        .returning(|_| Ok(None));
    let api = api.into_data();
    let other_kind = format!("/v1/listings/{}", id(OrderId::from_uuid));
    for path in [path().as_str(), "/v1/listings/7", &other_kind] {
        let answer = send_to(&api, get(path)).await;
        assert_eq!(answer.problem(), (404, "not_found"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[actix_web::test]
async fn publishing_seals_the_key_and_never_shows_it() {
    let mut api = TestApi::signed_in();
    api.mocks
        .vault
        .expect_seal()
        .times(1)
        .returning(|_, _| Ok(sealed()));
    api.mocks
        .listings
        .expect_publish()
        .returning(|_, _| Ok(listing()));
    let answer = send(api, as_ada(post("/v1/listings").set_json(listing_body()))).await;
    assert_eq!(answer.status, 201);
    assert!(!answer.text.contains("sk_live_secret"));

    let mut broken = TestApi::signed_in();
    broken
        .mocks
        .vault
        .expect_seal()
        .returning(|_, _| Err(VaultError::Unsealable));
    let answer = send(
        broken,
        as_ada(post("/v1/listings").set_json(listing_body())),
    )
    .await;
    assert_eq!(answer.problem(), (500, "internal_error"));
}

#[actix_web::test]
async fn a_listing_in_another_currency_is_refused() {
    let mut body = listing_body();
    body["currency"] = json!("EUR");
    body["price_per_unit"] = json!(2.505);
    let answer = send(
        TestApi::signed_in(),
        as_ada(post("/v1/listings").set_json(body)),
    )
    .await;
    assert_eq!(answer.fields(), ["price_per_unit", "currency"]);
}

#[actix_web::test]
async fn publishing_checks_the_session_before_the_body() {
    let answer = send(TestApi::new(), post("/v1/listings").set_payload("{")).await;
    assert_eq!(answer.problem(), (401, "unauthenticated"));
}

#[actix_web::test]
async fn an_edit_changes_the_given_fields() {
    let mut api = TestApi::signed_in();
    api.mocks
        .listings
        .expect_edit()
        .withf(|edit| edit.edit.stock == StockChange::Add(Stock::new(5).unwrap()))
        .returning(|_| Ok(listing()));
    let answer = send(api, patch(&json!({"add_units": "5", "currency": "usd"}))).await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn a_rejected_edit_has_the_code_of_its_reason() {
    for (error, expected) in [
        (EditListingError::NotFound, (404, "not_found")),
        (EditListingError::NotYours, (403, "forbidden")),
    ] {
        let mut api = TestApi::signed_in();
        api.mocks.listings.expect_edit().return_once(|_| Err(error));
        assert_eq!(send(api, patch(&json!({}))).await.problem(), expected);
    }
    let most = Stock::MAX;
    for (change, body, field) in [
        (
            StockChange::Add(most),
            json!({"add_units": most.get()}),
            "add_units",
        ),
        (
            StockChange::Set(most),
            json!({"available_units": most.get()}),
            "available_units",
        ),
    ] {
        let mut api = TestApi::signed_in();
        let error = EditListingError::TooManyUnits(change);
        api.mocks.listings.expect_edit().return_once(|_| Err(error));
        assert_eq!(send(api, patch(&body)).await.fields(), [field]);
    }
    let both = json!({"add_units": 1, "available_units": 1});
    assert_eq!(
        send(TestApi::signed_in(), patch(&both)).await.fields(),
        ["add_units"]
    );
}

#[actix_web::test]
async fn the_catalogue_is_read_page_by_page() {
    let mut api = TestApi::new();
    api.mocks.listing_reader.expect_search().returning(|query| {
        assert_eq!(query.sort, Sort::Price);
        let next = match query.page.after {
            None => Some(CataloguePosition::Price(250, listing().id)),
            Some(_) => None,
        };
        Ok(Page {
            items: vec![listing()],
            next,
        })
    });
    let api = api.into_data();
    let first = send_to(&api, get("/v1/listings?sort=price&limit=1")).await;
    assert_eq!(first.status, 200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let last = format!("/v1/listings?sort=price&limit=1&cursor={cursor}");
    assert_eq!(
        send_to(&api, get(&last)).await.body["next_cursor"],
        Value::Null
    );
    let resorted = format!("/v1/listings?sort=-price&cursor={cursor}");
    assert_eq!(send_to(&api, get(&resorted)).await.fields(), ["cursor"]);
}

#[actix_web::test]
async fn a_seller_sees_units_sold_and_revenue_of_a_listing() {
    let mut api = TestApi::signed_in();
    api.mocks
        .listing_reader
        .expect_of_seller()
        .returning(|_, _| {
            let revenue = Money::new(1_250, Currency::USD);
            let own = OwnListing {
                listing: listing(),
                units_sold: 5,
                revenue,
            };
            Ok(Page {
                items: vec![own],
                next: None,
            })
        });
    let answer = send(api, as_ada(get("/v1/me/listings"))).await;
    let own = &answer.body["data"][0];
    assert_eq!(own["id"], id(ListingId::from_uuid));
    assert_eq!(own["units_sold"], 5);
    assert_eq!(own["revenue"], "12.50");
}

/// Terms whose texts are as long as they may be.
fn longest_terms() -> GatewayTerms {
    let prefix = |number: usize| {
        let filler = "\"".repeat(PathPrefix::MAX_LENGTH - 3);
        format!("/{number:02}{filler}").parse().unwrap()
    };
    let placement = KeyPlacement::Header {
        name: "x".repeat(HeaderName::MAX_LENGTH).parse().unwrap(),
        prefix: "\"".repeat(KeyPrefix::MAX_LENGTH).parse().unwrap(),
    };
    GatewayTerms {
        auth: placement,
        paths: Paths::new((0..Paths::MOST).map(prefix).collect()).unwrap(),
        cost: CallCost::new(Units::MAX, Some(Units::MAX)).unwrap(),
        rate: Some(CallRate::new(CallRate::MOST.into(), RatePeriod::Second).unwrap()),
        ..GatewayTerms::default()
    }
}

/// A page as storage returns it, of a hundred listings whose descriptions have this length.
fn page_of_long_listings(length: usize, terms: Option<GatewayTerms>) -> Page<Listing, ListingId> {
    let mut long = listing();
    long.details.gateway = terms;
    // In JSON, two bytes each.
    long.details.description = Some("\"".repeat(length).parse().unwrap());
    let read = vec![long; usize::from(PageLimit::MAX.get()) + 1];
    Page::of_long_items(read, PageLimit::MAX, Listing::text_length, |listing| {
        listing.id
    })
}

#[actix_web::test]
async fn a_page_of_listings_is_never_larger_than_documented() {
    const MAX_BYTES: usize = 256 * 1024;
    let others = listing().text_length();
    let of_hundred = MAX_PAGE_TEXT / usize::from(PageLimit::MAX.get()) - others;
    let terms = longest_terms();
    for (length, terms) in [
        (of_hundred, None),
        (Description::MAX_LENGTH, None),
        (Description::MAX_LENGTH, Some(terms.clone())),
        (1, Some(terms)),
        (
            of_hundred - GatewayTerms::default().text_length(),
            Some(GatewayTerms::default()),
        ),
    ] {
        let page = page_of_long_listings(length, terms);
        let mut api = TestApi::signed_in();
        let (found, own) = (page.clone(), page);
        let reader = &mut api.mocks.listing_reader;
        reader.expect_search().returning(move |_| {
            Ok(Page {
                items: found.items.clone(),
                next: found.next.map(CataloguePosition::Newest),
            })
        });
        reader.expect_of_seller().returning(move |_, _| {
            let own_listing = |listing: &Listing| OwnListing {
                listing: listing.clone(),
                units_sold: u64::MAX,
                revenue: Money::new(i64::MAX, Currency::USD),
            };
            Ok(Page {
                items: own.items.iter().map(own_listing).collect(),
                next: own.next,
            })
        });
        let api = api.into_data();
        for path in ["/v1/listings?limit=100", "/v1/me/listings?limit=100"] {
            let answer = send_to(&api, as_ada(get(path))).await;
            assert_eq!(answer.status, 200);
            assert!(answer.text.len() > MAX_BYTES / 2, "{}", answer.text.len());
            assert!(answer.text.len() <= MAX_BYTES, "{}", answer.text.len());
            assert!(answer.body["next_cursor"].is_string());
        }
    }
}
