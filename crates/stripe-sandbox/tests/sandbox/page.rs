use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use udam_stripe_sandbox::SandboxSettings;

use crate::receiver::Receiver;
use crate::stage::{SESSION, Stage, now, settings};

fn location(response: &Response) -> &str {
    response.headers().get(LOCATION).unwrap().to_str().unwrap()
}

async fn page(stage: &Stage, session: &str) -> (StatusCode, String) {
    let request = stage.http.get(stage.url(&format!("/c/pay/{session}")));
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

async fn status(stage: &Stage, session: &str) -> String {
    let answer = stage.get(&format!("/v1/checkout/sessions/{session}")).await;
    answer.body["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_shows_what_is_for_sale_and_that_it_is_a_sandbox() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    let (status, page) = page(&stage, &session).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "SANDBOX",
        "Calls &lt;b&gt;&amp;&lt;/b&gt; more",
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
async fn who_pays_is_led_to_the_success_page_which_learns_the_session() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    let response = stage.press(&session, "pay").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let expected = format!("http://shop.example/ok?session={session}");
    assert_eq!(location(&response), expected);
    assert_eq!(status(&stage, &session).await, "complete");
}

#[tokio::test]
async fn whose_card_is_declined_is_led_back_and_may_try_again() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    let response = stage.press(&session, "decline").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&response), "http://shop.example/left");
    assert_eq!(status(&stage, &session).await, "open");
    stage.press(&session, "pay").await;
    assert_eq!(status(&stage, &session).await, "complete");
}

#[tokio::test]
async fn what_is_complete_or_expired_cannot_be_paid() {
    let stage = Stage::set(settings()).await;
    let paid = stage.open().await;
    stage.press(&paid, "pay").await;
    let expired = stage.open().await;
    stage.press(&expired, "expire").await;
    for (session, status) in [(paid, StatusCode::CONFLICT), (expired, StatusCode::GONE)] {
        assert_eq!(stage.press(&session, "pay").await.status(), status);
        assert_eq!(page(&stage, &session).await.0, status);
    }
    let known = stage.state().await;
    assert_eq!(known["payment_intents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_expires_by_itself() {
    let receiver = Receiver::start();
    let stage = Stage::set(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        ..settings()
    })
    .await;
    let end = (now() + 1).to_string();
    let form = [SESSION, &[("expires_at", end.as_str())]].concat();
    let answer = stage.post("/v1/checkout/sessions", &form).await;
    // Nobody asks for it meanwhile.
    let expired = receiver.wait_for(1).await[0].json();
    assert_eq!(expired["type"], "checkout.session.expired");
    assert_eq!(expired["data"]["object"]["id"], answer.body["id"]);
}

#[tokio::test]
async fn what_is_not_understood_changes_nothing() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    let response = stage.press(&session, "steal").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(status(&stage, &session).await, "open");
    let nowhere = stage.press("cs_test_none", "pay").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}
