use actix_web::test::TestRequest;
use actix_web::{HttpMessage, web};
use udam_domain::id::AccountId;

use super::Request;
use crate::Stage;
use crate::testing::{ADDRESS, SESSION, TestStore, ada};

async fn parsed(store: TestStore, request: TestRequest) -> Request {
    let cookie = format!("__Host-udam_session={SESSION}");
    let request = request.insert_header(("cookie", cookie)).to_http_request();
    let request = Request::from_get(web::Data::new(store.into_storefront()), request).await;
    request.unwrap_or_else(|_trouble| panic!("nobody has to wait here"))
}

#[actix_web::test]
async fn without_a_public_url_addresses_are_of_the_host_over_tls_but_in_development() {
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
        // Anybody can say so.
        let request = request.insert_header(("x-forwarded-host", "evil.example"));
        assert_eq!(
            parsed(store, request).await.absolute_url("/feed.xml"),
            address
        );
    }
    let request = TestRequest::get().insert_header(("host", "shop.example"));
    let told = parsed(TestStore::new(), request)
        .await
        .absolute_url("/feed.xml");
    assert_eq!(told, "https://udam.example/feed.xml");
}

#[actix_web::test]
async fn visitors_come_from_where_the_premises_say() {
    let peer = "198.51.100.9:4711".parse().unwrap();
    let request = parsed(TestStore::new(), TestRequest::get().peer_addr(peer)).await;
    assert_eq!(request.origin().address, Some(ADDRESS));
}

#[actix_web::test]
async fn whose_doing_a_visit_is_gets_noted_once_it_is_known() {
    let noted = async |store| {
        let request = parsed(store, TestRequest::get()).await;
        request.http.extensions().get::<AccountId>().copied()
    };
    assert_eq!(noted(TestStore::signed_in()).await, Some(ada().id));
    assert_eq!(noted(TestStore::new()).await, None);
}
