//! Properties of all pages.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::test::TestRequest;
use udam_domain::account::AccountName;
use udam_domain::listing::{Description, Listing, ServiceName, UnitDescription};
use udam_domain::mocks;
use udam_domain::page::{Page, PageLimit};

use crate::testing::{TestStore, ada};

const LISTING: &str = "/listings/lst_01h455vb4pex5vsknk084sn02q";

fn listing(name: &str) -> Listing {
    let mut listing = mocks::listing(3, mocks::account_id(4));
    listing.details.service_name = name.parse().unwrap();
    listing.details.description = Some("</script><script>alert(1)</script>".parse().unwrap());
    listing
}

/// A store with one listing of this name.
fn store_with(mut store: TestStore, name: &str) -> TestStore {
    let found = listing(name);
    let page = found.clone();
    store
        .mocks
        .listing_reader
        .expect_find()
        .returning(move |_| Ok(Some(found.clone())));
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
        .mocks
        .listing_reader
        .expect_search()
        .returning(move |_| {
            Ok(Page {
                items: vec![page.clone()],
                next: None,
            })
        });
    store
}

#[actix_web::test]
async fn text_from_sellers_is_escaped() {
    let name = "<b onclick=x>\"Rain\"</b>";
    for path in ["/", LISTING] {
        let page = store_with(TestStore::new(), name).get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.html.contains("<b onclick"), "{}", page.html);
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
    }
}

#[actix_web::test]
async fn lists_of_listings_are_short_whatever_their_texts() {
    let mut longest = listing("Rain");
    let seller = "&".repeat(AccountName::MAX_LENGTH);
    longest.seller.name = seller.parse().unwrap();
    let details = &mut longest.details;
    // In HTML, five bytes each.
    details.service_name = "&".repeat(ServiceName::MAX_LENGTH).parse().unwrap();
    let unit = "&".repeat(UnitDescription::MAX_LENGTH);
    details.unit_description = unit.parse().unwrap();
    details.description = "&".repeat(Description::MAX_LENGTH).parse().ok();
    for path in ["/", "/feed.xml"] {
        let mut store = TestStore::new();
        let items = vec![longest.clone(); PageLimit::default().get().into()];
        let reader = &mut store.mocks.listing_reader;
        reader.expect_search().returning(move |_| {
            Ok(Page {
                items: items.clone(),
                next: None,
            })
        });
        let page = store.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.matches("&#38;&#38;").count() > 1_000, "{path}");
        assert!(page.html.len() < 128 * 1024, "{path}: {}", page.html.len());
    }
}

#[actix_web::test]
async fn text_from_sellers_is_shown_in_its_own_direction() {
    let name = "\u{645}\u{637}\u{631}";
    let page = store_with(TestStore::new(), name).get(LISTING).await.html;
    for part in [
        format!("<h1 dir=\"auto\">{name}</h1>"),
        "<p class=\"prose\" dir=\"auto\">".to_owned(),
        "dir=\"auto\">Northwind</a>".to_owned(),
    ] {
        assert!(page.contains(&part), "{part} in {page}");
    }
    let page = store_with(TestStore::new(), name).get("/").await.html;
    for part in [
        format!("dir=\"auto\">{name}</a>"),
        "<p class=\"listing-description\" dir=\"auto\">".to_owned(),
        "<bdi>Northwind</bdi>".to_owned(),
    ] {
        assert!(page.contains(&part), "{part} in {page}");
    }
}

#[actix_web::test]
async fn every_response_has_the_security_headers() {
    let missing = {
        let mut store = TestStore::new();
        store
            .mocks
            .listing_reader
            .expect_find()
            .returning(|_| Ok(None));
        store.get(LISTING).await
    };
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    for page in [store_with(TestStore::new(), "Rain").get("/").await, missing] {
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(
            page.headers.get(header::X_CONTENT_TYPE_OPTIONS).unwrap(),
            "nosniff"
        );
    }
}

#[actix_web::test]
async fn public_pages_are_cached_until_they_change_and_personal_ones_never() {
    let page = store_with(TestStore::new(), "Rain").get(LISTING).await;
    let tag = page.headers.get(header::ETAG).unwrap().clone();
    assert_eq!(
        page.headers.get(header::CACHE_CONTROL).unwrap(),
        "public, no-cache"
    );
    let again = TestRequest::get()
        .uri(LISTING)
        .insert_header((header::IF_NONE_MATCH, tag));
    let again = store_with(TestStore::new(), "Rain").request(again).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.html.is_empty());

    let mine = store_with(TestStore::signed_in(), "Rain")
        .get(LISTING)
        .await;
    assert!(mine.html.contains(ada().name.as_str()));
    assert_eq!(mine.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
}

#[actix_web::test]
async fn a_form_from_another_site_is_rejected() {
    let logout = |origin: &'static str| {
        TestRequest::post()
            .uri("/logout")
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .insert_header((header::ORIGIN, origin))
            .set_payload(format!(
                "csrf={}",
                crate::csrf::token(crate::testing::SESSION)
            ))
    };
    // Another origin, with a valid token.
    let page = TestStore::signed_in()
        .request(logout("https://evil.example"))
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    // Our origin without a token.
    let page = TestStore::signed_in().send("/logout", String::new()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.html.contains("out of date"));
}

#[actix_web::test]
async fn a_flash_message_needs_a_valid_signature() {
    let asked = |path: String| async move {
        let mut store = TestStore::signed_in();
        store
            .mocks
            .sessions
            .expect_of_account()
            .returning(|_, _, _, _| {
                Ok(Page {
                    items: Vec::new(),
                    next: None,
                })
            });
        store.get(&path).await.html
    };
    let signature = crate::csrf::flash_signature(crate::testing::SESSION, "/account", "password");
    let page = asked(format!("/account?done=password&by={signature}")).await;
    assert!(page.contains("class=\"notice success\""), "{page}");
    for address in [
        "/account?done=password".to_owned(),
        format!("/account?done=ended&by={signature}"),
    ] {
        assert!(!asked(address).await.contains("class=\"notice success\""));
    }
}

#[actix_web::test]
async fn a_405_lists_the_allowed_methods() {
    let page = TestStore::new()
        .request(TestRequest::delete().uri("/"))
        .await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(page.headers.get(header::ALLOW).unwrap(), "GET, HEAD");
}
