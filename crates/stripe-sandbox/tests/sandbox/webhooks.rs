use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use udam_stripe_sandbox::SandboxSettings;

use crate::receiver::{Arrival, Receiver};
use crate::stage::{Stage, settings};

async fn sending_to(receiver: &Receiver) -> Stage {
    Stage::set(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        ..settings()
    })
    .await
}

fn kinds(arrivals: &[Arrival]) -> Vec<String> {
    arrivals.iter().map(Arrival::kind).collect()
}

/// Long enough for what must not come to have come.
async fn a_while() {
    sleep(Duration::from_millis(300)).await;
}

async fn counts(stage: &Stage) -> Value {
    let post = stage.control_with(reqwest::Method::GET, "/webhooks").await;
    post["counts"].clone()
}

const PAID: [&str; 3] = [
    "payment_intent.succeeded",
    "charge.succeeded",
    "checkout.session.completed",
];

#[tokio::test]
async fn the_events_of_a_session_come_in_order() {
    let receiver = Receiver::start();
    let stage = sending_to(&receiver).await;
    stage.paid().await;
    assert_eq!(kinds(&receiver.wait_for(3).await), PAID);
}

#[tokio::test]
async fn every_secret_that_is_valid_signs() {
    let receiver = Receiver::start();
    let stage = Stage::set(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        webhook_secrets: vec!["whsec_old".to_owned(), "whsec_new".to_owned()],
        ..settings()
    })
    .await;
    stage.paid().await;
    for arrival in receiver.wait_for(3).await {
        assert_eq!(arrival.event("whsec_old").id, arrival.event("whsec_new").id);
    }
}

#[tokio::test]
async fn what_is_refused_is_tried_again_and_then_given_up() {
    let receiver = Receiver::with_script([500; 3]);
    let stage = sending_to(&receiver).await;
    stage.paid().await;
    receiver.wait_for(6).await;
    a_while().await;
    assert_eq!(receiver.arrivals().len(), 6);
    assert_eq!(counts(&stage).await["delivered"], 3);

    let hopeless = Receiver::with_script([503; 100]);
    stage.sandbox.set_webhook_url(Some(hopeless.url.clone()));
    stage.paid().await;
    hopeless.wait_for(12).await;
    a_while().await;
    assert_eq!(hopeless.arrivals().len(), 12);
    assert_eq!(counts(&stage).await["failed"], 3);
}

#[tokio::test]
async fn a_redirect_is_not_an_acceptance() {
    let receiver = Receiver::with_script([302]);
    let stage = sending_to(&receiver).await;
    stage.paid().await;
    assert_eq!(receiver.wait_for(4).await.len(), 4);
}

#[tokio::test]
async fn an_application_that_was_away_gets_what_it_missed() {
    let away = Receiver::start();
    away.stop().await;
    let stage = Stage::set(SandboxSettings {
        webhook_url: Some(away.url.clone()),
        webhook_retries: vec![Duration::from_millis(20); 500],
        ..settings()
    })
    .await;
    stage.paid().await;
    let back = Receiver::start();
    let url = json!({"url": back.url.as_str()});
    stage.controlled("/webhooks/url", url).await;
    let ids: HashSet<String> = back.wait_for(3).await.iter().map(Arrival::id).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn what_is_held_back_comes_when_it_is_released() {
    let receiver = Receiver::start();
    let stage = sending_to(&receiver).await;
    stage.controlled("/webhooks", json!({"hold": true})).await;
    stage.paid().await;
    a_while().await;
    assert!(receiver.arrivals().is_empty());
    assert_eq!(counts(&stage).await["held"], 3);
    let released = stage.controlled("/webhooks/release", json!({})).await;
    assert_eq!(released["released"], 3);
    assert_eq!(kinds(&receiver.wait_for(3).await), PAID);
}

#[tokio::test]
async fn an_event_can_be_delivered_many_times_at_once() {
    let receiver = Receiver::start();
    let stage = sending_to(&receiver).await;
    stage.paid().await;
    let event = receiver.wait_for(3).await[2].id();
    let path = format!("/webhooks/{event}/deliver");
    let wanted = json!({"times": 20, "at_once": true});
    let delivered = stage.controlled(&path, wanted).await;
    let attempts = delivered["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 20);
    assert!(attempts.iter().all(|attempt| attempt["status"] == 200));
    let arrivals = receiver.arrivals();
    let same = arrivals.iter().filter(|arrival| arrival.id() == event);
    assert_eq!(same.count(), 21);
}

#[tokio::test]
async fn what_the_post_loses_can_still_be_asked_for() {
    let receiver = Receiver::start();
    let stage = sending_to(&receiver).await;
    let lossy = json!({"drop_per_mille": 1000});
    stage.controlled("/webhooks", lossy).await;
    stage.paid().await;
    a_while().await;
    assert!(receiver.arrivals().is_empty());
    let missed = stage.get("/v1/events?delivery_success=false").await;
    assert_eq!(missed.body["data"].as_array().unwrap().len(), 3);
    let known = stage.state().await;
    assert_eq!(known["deliveries"][0]["state"], "dropped");
}

#[tokio::test]
async fn an_unreliable_post_brings_things_twice_and_out_of_order() {
    let receiver = Receiver::start();
    let stage = sending_to(&receiver).await;
    let policy = json!({
        "duplicate_per_mille": 1000, "delay_ms": [0, 50], "shuffle": true, "seed": 7,
    });
    stage.controlled("/webhooks", policy).await;
    for _ in 0..5 {
        stage.paid().await;
    }
    let arrivals = receiver.wait_for(30).await;
    let ids: HashSet<String> = arrivals.iter().map(Arrival::id).collect();
    assert_eq!((arrivals.len(), ids.len()), (30, 15));
    let listed = stage.get("/v1/events?limit=100").await;
    let listed = listed.body["data"].as_array().unwrap().iter().rev();
    let in_order: Vec<String> = listed
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect();
    let mut seen = HashSet::new();
    let first_arrivals = arrivals.iter().map(Arrival::id);
    let arrived: Vec<String> = first_arrivals
        .filter(|id| seen.insert(id.clone()))
        .collect();
    assert_ne!(arrived, in_order);
}

#[tokio::test]
async fn a_slow_application_is_asked_again() {
    let stage = Stage::set(SandboxSettings {
        // Accepts connections, and answers none.
        webhook_url: Some(silent().parse().unwrap()),
        webhook_timeout: Duration::from_millis(50),
        webhook_retries: vec![Duration::from_millis(10)],
        ..settings()
    })
    .await;
    stage.paid().await;
    while counts(&stage).await["failed"] != 3 {
        sleep(Duration::from_millis(20)).await;
    }
    let known = stage.state().await;
    let delivery = &known["deliveries"][0];
    assert_eq!(delivery["state"], "failed");
    let attempts = delivery["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    assert!(attempts[0]["error"].as_str().unwrap().contains("timed out"));
}

fn silent() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::mem::forget(listener);
    format!("http://{address}/")
}
