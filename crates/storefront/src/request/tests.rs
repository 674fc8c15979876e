use actix_web::test::TestRequest;
use actix_web::web;
use udam_web::acting_account;

use super::Request;
use crate::testing::{PROXY, SESSION, TestStore, ada};

async fn received(store: TestStore, request: TestRequest) -> Request {
    let cookie = format!("__Host-udam_session={SESSION}");
    let request = request.insert_header(("cookie", cookie)).to_http_request();
    let request = Request::from_get(web::Data::new(store.into_storefront()), request).await;
    request.unwrap_or_else(|_error| panic!("no rate limit applies here"))
}

#[actix_web::test]
async fn without_a_public_url_absolute_urls_use_the_host_header_over_https_except_in_development() {
    for (development, address) in [
        (false, "https://shop.example/feed.xml"),
        (true, "http://shop.example/feed.xml"),
    ] {
        let store = TestStore {
            public_url: None,
            development,
            ..TestStore::new()
        };
        let request = TestRequest::get().insert_header(("host", "shop.example"));
        // Any client can send it.
        let request = request.insert_header(("x-forwarded-host", "evil.example"));
        assert_eq!(
            received(store, request).await.absolute_url("/feed.xml"),
            address
        );
    }
    let request = TestRequest::get().insert_header(("host", "shop.example"));
    let url = received(TestStore::new(), request)
        .await
        .absolute_url("/feed.xml");
    assert_eq!(url, "https://udam.example/feed.xml");
}

#[actix_web::test]
async fn the_client_address_is_the_one_that_a_trusted_proxy_forwards_for() {
    let request = TestRequest::get()
        .peer_addr((PROXY, 4711).into())
        .insert_header(("x-forwarded-for", "192.0.2.7"));
    let request = received(TestStore::new(), request).await;
    assert_eq!(request.origin().address, "192.0.2.7".parse().ok());
}

#[actix_web::test]
async fn the_account_of_a_request_is_recorded_for_the_access_log() {
    let recorded = async |store| {
        let request = received(store, TestRequest::get()).await;
        acting_account(&request.http)
    };
    assert_eq!(recorded(TestStore::signed_in()).await, Some(ada().id));
    assert_eq!(recorded(TestStore::new()).await, None);
}
