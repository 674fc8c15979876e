use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};

use crate::harness::{SESSION, TestSandbox, now, settings};
use crate::receiver::Receiver;

fn location(response: &Response) -> &str {
    response.headers().get(LOCATION).unwrap().to_str().unwrap()
}

async fn page(sandbox: &TestSandbox, session: &str) -> (StatusCode, String) {
    let request = sandbox.http.get(sandbox.url(&format!("/c/pay/{session}")));
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

async fn status(sandbox: &TestSandbox, session: &str) -> String {
    let response = sandbox
        .get(&format!("/v1/checkout/sessions/{session}"))
        .await;
    response.body["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_shows_the_line_items_and_a_sandbox_banner() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    let (status, page) = page(&sandbox, &session).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "SANDBOX",
        "Calls &#60;b&#62;&#38;&#60;/b&#62; more",
        "4 at 2.50 USD",
        "10.00 USD",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for action in ["pay", "decline", "expire"] {
        let button = format!("name=\"action\" value=\"{action}\"");
        assert!(page.contains(&button), "{button} in {page}");
    }
}

#[tokio::test]
async fn a_buyer_who_pays_is_redirected_to_the_success_url() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    let response = sandbox.press(&session, "pay").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let expected = format!("http://shop.example/ok?session={session}");
    assert_eq!(location(&response), expected);
    assert_eq!(status(&sandbox, &session).await, "complete");
}

#[tokio::test]
async fn a_buyer_whose_card_is_declined_is_redirected_and_may_pay_again() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    let response = sandbox.press(&session, "decline").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&response), "http://shop.example/left");
    assert_eq!(status(&sandbox, &session).await, "open");
    sandbox.press(&session, "pay").await;
    assert_eq!(status(&sandbox, &session).await, "complete");
}

#[tokio::test]
async fn a_complete_or_expired_session_cannot_be_paid() {
    let sandbox = TestSandbox::start(settings()).await;
    let paid = sandbox.open().await;
    sandbox.press(&paid, "pay").await;
    let expired = sandbox.open().await;
    sandbox.press(&expired, "expire").await;
    for (session, status) in [(paid, StatusCode::CONFLICT), (expired, StatusCode::GONE)] {
        assert_eq!(sandbox.press(&session, "pay").await.status(), status);
        assert_eq!(page(&sandbox, &session).await.0, status);
    }
    let state = sandbox.state().await;
    assert_eq!(state["payment_intents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_expires_without_any_request() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let end = (now() + 1).to_string();
    let form = [SESSION, &[("expires_at", end.as_str())]].concat();
    let response = sandbox.post("/v1/checkout/sessions", &form).await;
    // No request comes in meanwhile.
    let expired = receiver.wait_for(1).await[0].json();
    assert_eq!(expired["type"], "checkout.session.expired");
    assert_eq!(expired["data"]["object"]["id"], response.body["id"]);
}

#[tokio::test]
async fn an_invalid_action_changes_nothing() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    let response = sandbox.press(&session, "steal").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(status(&sandbox, &session).await, "open");
    let nowhere = sandbox.press("cs_test_none", "pay").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}
