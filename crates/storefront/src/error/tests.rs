use actix_web::http::header;
use udam_domain::StoreError;

use crate::testing::{Received, TestStore};

const LISTING: &str = "/listings/lst_01h455vb4pex5vsknk084sn02q";

async fn page(error: StoreError) -> Received {
    let mut store = TestStore::new();
    store
        .mocks
        .listing_reader
        .expect_find()
        .return_once(|_| Err(error));
    store.get(LISTING).await
}

#[actix_web::test]
async fn only_a_request_rejected_beforehand_is_reported_as_without_effect() {
    let unknown = "we do not know whether your request was carried out";
    let gone = || "relation accounts".into();
    for (error, status, text) in [
        (StoreError::Overloaded, 503, "Nothing was charged."),
        (StoreError::Unreachable(gone()), 503, unknown),
        (StoreError::Failed(gone()), 500, "before you try again"),
    ] {
        let refused = matches!(error, StoreError::Overloaded);
        let page = page(error).await;
        assert_eq!(page.status.as_u16(), status);
        assert!(page.html.contains(text), "{}", page.html);
        assert_eq!(page.html.contains("Nothing was"), refused);
        assert!(!page.html.contains("relation accounts"));
        let wait = page.headers.get(header::RETRY_AFTER);
        assert_eq!(wait.is_some_and(|wait| wait == "1"), status == 503);
    }
}
