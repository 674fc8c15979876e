use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use futures::{StreamExt, stream};

use super::*;

/// A body of which all but its first byte comes later, and `arrived` once it is complete.
fn late(arrived: Arc<AtomicBool>) -> Payload {
    let rest = stream::once(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        arrived.store(true, Ordering::SeqCst);
        Ok(Bytes::from_static(b"}"))
    });
    let body = stream::iter([Ok(Bytes::from_static(b"{"))]).chain(rest);
    Payload::Stream {
        payload: Box::pin(body),
    }
}

/// Answers that no session is alive, and fails if asked before the body has arrived.
fn ended_meanwhile(arrived: Arc<AtomicBool>) -> TestApi {
    let mut api = TestApi::signed_in();
    api.mocks.sessions.checkpoint();
    api.mocks
        .sessions
        .expect_authenticate()
        .times(1)
        .returning(move |_, _, _| {
            assert!(arrived.load(Ordering::SeqCst), "asked too early");
            Ok(None)
        });
    api
}

#[actix_web::test]
async fn a_session_that_ended_while_the_body_was_on_its_way_does_nothing() {
    tokio::time::pause();
    let document = TestApi::new().into_data().document.clone();
    let document: Value = serde_json::from_slice(&document).unwrap();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // An order's session is looked up in the transaction that places it.
            if operation["security"] == json!([]) || (path == "/v1/orders" && method == "post") {
                continue;
            }
            let arrived = Arc::new(AtomicBool::new(false));
            let api = ended_meanwhile(Arc::clone(&arrived)).into_data();
            let app = init_service(App::new().configure(configure(api))).await;
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path.replace("{id}", "lst_01h455vb4pex5vsknk084sn02q");
            let request = TestRequest::default().method(method.clone()).uri(&path);
            let mut request = as_ada(request).to_request();
            *request.payload() = late(arrived);
            let answer = call_service(&app, request).await;
            assert_eq!(answer.status(), 401, "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}
