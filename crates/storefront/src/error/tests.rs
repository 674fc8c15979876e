use udam_domain::StoreError;

use super::*;
use crate::testing::{Received, TestStore};

const LISTING: &str = "/listings/lst_01h455vb4pex5vsknk084sn02q";

async fn page(error: StoreError) -> Received {
    let mut store = TestStore::new();
    store.listings.expect_find().return_once(|_| Err(error));
    store.get(LISTING).await
}

#[actix_web::test]
async fn only_what_was_refused_beforehand_is_said_not_to_have_happened() {
    let not_known = "It is not known whether what you asked for was done.";
    let gone = || "relation accounts".into();
    for (error, status, says) in [
        (StoreError::Overloaded, 503, "Nothing has been charged."),
        (StoreError::Unreachable(gone()), 503, not_known),
        (StoreError::Failed(gone()), 500, "before you try again"),
    ] {
        let refused = matches!(error, StoreError::Overloaded);
        let page = page(error).await;
        assert_eq!(page.status.as_u16(), status);
        assert!(page.html.contains(says), "{}", page.html);
        assert_eq!(page.html.contains("Nothing has been"), refused);
        assert!(!page.html.contains("relation accounts"));
        let wait = page.headers.get(header::RETRY_AFTER);
        assert_eq!(wait.is_some_and(|wait| wait == "1"), status == 503);
    }
}
