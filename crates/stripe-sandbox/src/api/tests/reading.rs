use super::*;
use crate::account::{Occasion, Timing};

/// A session that has been paid.
fn paid(world: &mut World) -> String {
    let session = open(world);
    let occasion = Occasion::at(NOW);
    let account = &mut world.account;
    account.pay(&session, Timing::WhileOpen, &occasion).unwrap();
    session
}

#[test]
fn what_does_not_exist_is_missing() {
    for path in [
        "checkout/sessions/cs_0",
        "checkout/sessions/cs_0/line_items",
        "payment_intents/pi_0",
        "charges/ch_0",
        "refunds/re_0",
        "disputes/dp_0",
        "events/evt_0",
    ] {
        let (status, body) = answered(&mut world(), &get(&format!("/v1/{path}"), ""));
        assert_eq!(status, 404, "{path}");
        assert_eq!(body["error"]["code"], "resource_missing", "{path}");
    }
}

#[test]
fn an_id_of_another_kind_is_missing_too() {
    let mut world = world();
    let session = open(&mut world);
    let (status, _) = answered(&mut world, &get(&format!("/v1/charges/{session}"), ""));
    assert_eq!(status, 404);
}

#[test]
fn an_address_that_leads_nowhere_is_refused() {
    for call in [
        get("/v1/customers", ""),
        post("/v1/events", ""),
        get("/v1/checkout/sessions/cs_1/expire", ""),
    ] {
        let (status, body) = answered(&mut world(), &call);
        assert_eq!(status, 404, "{call:?}");
        assert_eq!(body["error"]["type"], "invalid_request_error");
    }
}

#[test]
fn what_is_expanded_is_there_in_full() {
    let mut world = world();
    let session = paid(&mut world);
    let path = format!("/v1/checkout/sessions/{session}");
    let form = "expand[]=payment_intent.latest_charge&expand[]=line_items";
    let (_, session) = answered(&mut world, &get(&path, form));
    let charge = &session["payment_intent"]["latest_charge"];
    assert_eq!(charge["object"], "charge");
    assert_eq!(charge["metadata"]["order"], "1");
    assert_eq!(session["line_items"]["data"][0]["amount_total"], 1_000);
    let (status, _) = answered(&mut world, &get(&path, "expand[]=customer"));
    assert_eq!(status, 400);
}

#[test]
fn a_session_is_found_by_its_payment() {
    let mut world = world();
    let session = paid(&mut world);
    open(&mut world);
    let payment = world.account.sessions.find(&session).unwrap();
    let payment = payment.payment_intent.clone().unwrap();
    let form = format!("payment_intent={payment}&expand[]=data.payment_intent");
    let (_, list) = answered(&mut world, &get("/v1/checkout/sessions", &form));
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["payment_intent"]["id"], payment);
}

#[test]
fn events_are_listed_by_type_and_page_by_page() {
    let mut world = world();
    paid(&mut world);
    paid(&mut world);
    let mut seen = Vec::new();
    let mut form = "types[]=charge.succeeded&types[]=checkout.session.*&limit=1".to_owned();
    loop {
        let (_, page) = answered(&mut world, &get("/v1/events", &form));
        let event = &page["data"][0];
        seen.push(event["type"].as_str().unwrap().to_owned());
        if page["has_more"] == false {
            break;
        }
        let after = event["id"].as_str().unwrap();
        form = format!(
            "types[]=charge.succeeded&types[]=checkout.session.*&limit=1&starting_after={after}"
        );
    }
    let pair = ["checkout.session.completed", "charge.succeeded"];
    assert_eq!(seen, [pair, pair].concat());
}

#[test]
fn events_are_listed_by_when_they_happened() {
    let mut world = world();
    paid(&mut world);
    let count = |world: &mut World, form: &str| {
        let (_, list) = answered(world, &get("/v1/events", form));
        list["data"].as_array().unwrap().len()
    };
    assert_eq!(count(&mut world, &format!("created[gte]={NOW}")), 3);
    assert_eq!(count(&mut world, &format!("created[gt]={NOW}")), 0);
    assert_eq!(count(&mut world, &format!("created[lt]={NOW}")), 0);
    assert_eq!(count(&mut world, &format!("created={NOW}&limit=2")), 2);
}

#[test]
fn a_list_has_bounds() {
    for form in ["limit=0", "limit=101", "starting_after=a&ending_before=b"] {
        let (status, _) = answered(&mut world(), &get("/v1/events", form));
        assert_eq!(status, 400, "{form}");
    }
}
