//! Catching up on what has happened.

use serde_json::{Value, json};
use udam_domain::PaymentGateway;
use udam_domain::payment::PaymentEventKind;

use crate::scripted::{Scripted, Step};
use crate::support::{at, charge_id, gateway, is_unavailable, session};

fn expired(number: i64) -> Value {
    json!({
        "id": format!("evt_{number}"),
        "object": "event",
        "created": 1_900_000_000 + number,
        "type": "checkout.session.expired",
        "data": {"object": session(&json!({"status": "expired"}))},
    })
}

fn list(events: &[Value], has_more: bool) -> Step {
    let list = json!({"object": "list", "data": events, "has_more": has_more, "url": "/v1/events"});
    Step::json(200, &list)
}

#[tokio::test]
async fn all_pages_are_told_the_oldest_first() {
    let stripe = Scripted::start([
        list(&[expired(5), expired(4)], true),
        list(&[expired(3), expired(2)], true),
        list(&[expired(1)], false),
    ])
    .await;
    let since = at(1_900_000_000);
    let events = gateway(stripe.address).events_since(since).await.unwrap();
    let names: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(names, ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]);
    assert_eq!(events[0].at, at(1_900_000_001));
    let charge_id = Some(charge_id(1));
    assert_eq!(events[0].kind, PaymentEventKind::Expired { charge_id });

    let asked = stripe.asked();
    assert!(
        asked[0]
            .line
            .starts_with("GET /v1/events?created[gte]=1900000000&limit=100&")
    );
    assert!(
        asked[0]
            .line
            .contains("types[0]=checkout.session.completed")
    );
    assert!(asked[0].line.contains("types[6]=charge.dispute.closed"));
    assert!(!asked[0].line.contains("starting_after"));
    assert!(asked[1].line.contains("starting_after=evt_4"));
    assert!(asked[2].line.contains("starting_after=evt_2"));
}

#[tokio::test]
async fn nothing_has_happened() {
    let stripe = Scripted::start([list(&[], false)]).await;
    let events = gateway(stripe.address).events_since(at(0)).await.unwrap();
    assert!(events.is_empty());
}

#[tokio::test]
async fn a_page_that_fails_fails_the_whole() {
    let failure = || Step::error(500, "api_error", "Something went wrong.");
    let stripe =
        Scripted::start([list(&[expired(2)], true), failure(), failure(), failure()]).await;
    let events = gateway(stripe.address).events_since(at(0)).await;
    assert!(is_unavailable(&events));
}

#[tokio::test]
async fn a_list_that_leads_nowhere_ends() {
    let stripe = Scripted::start([list(&[expired(1)], true), list(&[], true)]).await;
    let events = gateway(stripe.address).events_since(at(0)).await;
    assert!(is_unavailable(&events));
    assert_eq!(stripe.asked().len(), 2);
}

#[tokio::test]
async fn a_list_without_an_end_ends() {
    let steps = (0..600).map(|number| list(&[expired(number)], true));
    let stripe = Scripted::start(steps).await;
    let events = gateway(stripe.address).events_since(at(0)).await;
    assert!(is_unavailable(&events));
    assert_eq!(stripe.asked().len(), 500);
}
