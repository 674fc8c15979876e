use actix_web::test::TestRequest;
use actix_web::{HttpMessage, web};
use udam_domain::id::AccountId;

use super::Request;
use crate::Stage;
use crate::testing::{ADDRESS, SESSION, TestStore, ada};

async fn received(store: TestStore, request: TestRequest) -> Request {
    let cookie = format!("__Host-udam_session={SESSION}");
    let request = request.insert_header(("cookie", cookie)).to_http_request();
    let request = Request::from_get(web::Data::new(store.into_storefront()), request).await;
    request.unwrap_or_else(|_error| panic!("no rate limit applies here"))
}

#[actix_web::test]
async fn without_a_public_url_absolute_urls_use_the_host_header_over_https_except_in_development() {
    for (stage, address) in [
        (Stage::Production, "https://shop.example/feed.xml"),
        (Stage::Development, "http://shop.example/feed.xml"),
    ] {
        let store = TestStore {
            public_url: None,
            stage,
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
async fn the_client_address_comes_from_the_server_around_the_storefront() {
    let peer = "198.51.100.9:4711".parse().unwrap();
    let request = received(TestStore::new(), TestRequest::get().peer_addr(peer)).await;
    assert_eq!(request.origin().address, Some(ADDRESS));
}

#[actix_web::test]
async fn the_account_of_a_request_is_recorded_for_the_access_log() {
    let recorded = async |store| {
        let request = received(store, TestRequest::get()).await;
        request.http.extensions().get::<AccountId>().copied()
    };
    assert_eq!(recorded(TestStore::signed_in()).await, Some(ada().id));
    assert_eq!(recorded(TestStore::new()).await, None);
}
