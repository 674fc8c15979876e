//! Lists of events.

use serde_json::{Value, json};
use udam_domain::payment::{EventId, ListedEvents, PaymentEventKind};
use udam_domain::policy::FindEvents;
use udam_domain::{GatewayError, PaymentEventFeed};

use crate::scripted::{ScriptedServer, Step};
use crate::support::{all_since, at, charge_id, gateway, is_unavailable, reference, session};

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
async fn all_pages_are_returned_oldest_first() {
    let stripe = ScriptedServer::start([
        list(&[expired(5), expired(4)], true),
        list(&[expired(3), expired(2)], true),
        list(&[expired(1)], false),
    ])
    .await;
    let request = FindEvents {
        until: Some(at(1_900_000_060)),
        ..all_since(1_900_000_000)
    };
    let events = gateway(stripe.address).events(request).await;
    let events = events.unwrap().unwrap();
    assert!(events.unreadable.is_empty());
    let events = events.readable;
    let names: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(names, ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]);
    assert_eq!(events[0].at, at(1_900_000_001));
    let charge_id = Some(charge_id(1));
    let expected = PaymentEventKind::Expired {
        charge_id,
        session: reference("cs_test_1"),
    };
    assert_eq!(events[0].kind, expected);

    let requests = stripe.requests();
    assert!(
        requests[0].line.starts_with(
            "GET /v1/events?created[gte]=1900000000&created[lt]=1900000060&limit=100&"
        )
    );
    assert!(
        requests[0]
            .line
            .contains("types[0]=checkout.session.completed")
    );
    assert!(requests[0].line.contains("types[13]=charge.dispute.closed"));
    assert!(!requests[0].line.contains("starting_after"));
    assert!(requests[1].line.contains("starting_after=evt_4"));
    assert!(requests[2].line.contains("starting_after=evt_2"));
}

#[tokio::test]
async fn an_event_is_read_by_its_id() {
    let unknown = json!({"error": {"type": "invalid_request_error", "message": "No such event"}});
    let other =
        json!({"id": "evt_2", "object": "event", "created": "soon", "type": "charge.refunded"});
    let stripe = ScriptedServer::start([
        Step::json(200, &expired(1)),
        Step::json(404, &unknown),
        Step::json(200, &other),
    ])
    .await;
    let gateway = gateway(stripe.address);
    let read = async |id: &str| gateway.event(&EventId::new(id.to_owned())).await;
    let event = read("evt_1").await.unwrap().unwrap();
    assert_eq!((event.id.as_str(), event.at), ("evt_1", at(1_900_000_001)));
    assert_eq!(read("evt_3").await.unwrap(), None);
    assert!(matches!(read("evt_2").await, Err(GatewayError::Refused(_))));
    // No request is made of what is none of Stripe's ids.
    for id in ["", "../refunds", "evt 1"] {
        assert_eq!(read(id).await.unwrap(), None, "{id}");
    }
    let lines: Vec<String> = stripe
        .requests()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("GET /v1/events/evt_1"), "{lines:?}");
}

#[tokio::test]
async fn no_more_pages_are_read_than_show_that_the_list_is_too_long() {
    for (limit, pages) in [(2, 2), (3, 2), (4, 3), (5, 3)] {
        let stripe = ScriptedServer::start([
            list(&[expired(5), expired(4)], true),
            list(&[expired(3), expired(2)], true),
            list(&[expired(1)], false),
        ])
        .await;
        let request = FindEvents {
            limit: Some(limit),
            ..all_since(0)
        };
        let events = gateway(stripe.address).events(request).await.unwrap();
        assert_eq!(
            events.map(|events| events.readable.len()),
            (limit == 5).then_some(5)
        );
        assert_eq!(stripe.requests().len(), pages, "{limit}");
    }
}

#[tokio::test]
async fn an_empty_list_has_no_events() {
    let stripe = ScriptedServer::start([list(&[], false)]).await;
    let events = gateway(stripe.address)
        .events(all_since(0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(events, ListedEvents::default());
}

#[tokio::test]
async fn an_event_of_an_odd_shape_is_named_and_the_rest_of_its_page_and_of_the_list_is_read() {
    let odd = json!({"id": "evt_3", "object": "event", "created": "yesterday", "type": 7});
    let stripe = ScriptedServer::start([
        list(&[expired(4), odd.clone()], true),
        list(&[expired(2), json!(["evt"]), expired(1)], false),
    ])
    .await;
    let events = gateway(stripe.address)
        .events(all_since(0))
        .await
        .unwrap()
        .unwrap();
    let readable = events.readable.iter().map(|event| event.id.as_str());
    assert_eq!(readable.collect::<Vec<_>>(), ["evt_1", "evt_2", "evt_4"]);
    let unreadable = events.unreadable.iter().map(EventId::as_str);
    assert_eq!(unreadable.collect::<Vec<_>>(), ["", "evt_3"]);
    assert!(stripe.requests()[1].line.contains("starting_after=evt_3"));
    // Without an id there is no next page.
    let stripe = ScriptedServer::start([list(&[json!({"id": null})], true)]).await;
    let events = gateway(stripe.address).events(all_since(0)).await;
    assert!(is_unavailable(&events));
}

#[tokio::test]
async fn a_page_that_fails_fails_the_whole_list() {
    let failure = || Step::error(500, "api_error", "Something went wrong.");
    let stripe =
        ScriptedServer::start([list(&[expired(2)], true), failure(), failure(), failure()]).await;
    let events = gateway(stripe.address).events(all_since(0)).await;
    assert!(is_unavailable(&events));
}

#[tokio::test]
async fn a_list_without_a_next_cursor_ends() {
    let stripe = ScriptedServer::start([list(&[expired(1)], true), list(&[], true)]).await;
    let events = gateway(stripe.address).events(all_since(0)).await;
    assert!(is_unavailable(&events));
    assert_eq!(stripe.requests().len(), 2);
}

#[tokio::test]
async fn an_endless_list_ends_at_the_maximum_of_pages() {
    let steps = (0..600).map(|number| list(&[expired(number)], true));
    let stripe = ScriptedServer::start(steps).await;
    let events = gateway(stripe.address).events(all_since(0)).await;
    assert!(is_unavailable(&events));
    assert_eq!(stripe.requests().len(), 500);
}
