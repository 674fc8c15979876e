use super::*;
use crate::account::{Occasion, Timing};

fn keyed(form: &str) -> Call {
    let sessions = "/v1/checkout/sessions";
    call(&Method::POST, sessions, form, Some("k"))
}

#[test]
fn a_repetition_is_answered_from_memory() {
    let mut world = world();
    let first = run(&mut world, &keyed(SESSION));
    let second = run(&mut world, &keyed(SESSION));
    assert_eq!(first.body, second.body);
    assert_ne!(first.request(), second.request());
    assert_eq!(world.account.sessions.iter().count(), 1);
}

#[test]
fn a_repetition_is_recognised_although_its_parameters_come_in_another_order() {
    let mut world = world();
    run(&mut world, &keyed("a=1&b=2"));
    let reversed: Vec<&str> = SESSION.split('&').rev().collect();
    let first = run(&mut world, &keyed(SESSION));
    let second = run(&mut world, &keyed(&reversed.join("&")));
    assert_eq!(first.body, second.body);
}

#[test]
fn other_parameters_under_the_same_key_are_refused() {
    let mut world = world();
    run(&mut world, &keyed(SESSION));
    let other = keyed(&format!("{SESSION}&locale=en"));
    let (status, body) = answered(&mut world, &other);
    assert_eq!(status, 400);
    assert_eq!(body["error"]["type"], "idempotency_error");
}

#[test]
fn a_call_refused_for_its_parameters_leaves_its_key_free() {
    let mut world = world();
    assert_eq!(run(&mut world, &keyed("mode=payment")).status, 400);
    assert_eq!(run(&mut world, &keyed(SESSION)).status, 200);
}

#[test]
fn a_refusal_for_the_state_of_things_is_remembered() {
    let mut world = world();
    let session = open(&mut world);
    let occasion = Occasion::at(NOW);
    let account = &mut world.account;
    account.pay(&session, Timing::WhileOpen, &occasion).unwrap();
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    let expire = call(&Method::POST, &expire, "", Some("k"));
    let first = run(&mut world, &expire);
    let second = run(&mut world, &expire);
    assert_eq!((first.status, second.status), (400, 400));
    assert_eq!(first.body, second.body);
}

#[test]
fn a_call_that_is_being_carried_out_holds_its_key() {
    let mut world = world();
    let call = keyed(SESSION);
    let Begun::Started(request) = execution::begin(&mut world, &call, NOW) else {
        panic!("the key is free");
    };
    let (status, body) = answered(&mut world, &call);
    assert_eq!(status, 409);
    assert_eq!(body["error"]["code"], "idempotency_key_in_use");
    execution::finish(&mut world, &call, request, NOW);
    assert_eq!(run(&mut world, &call).status, 200);
}

#[test]
fn an_event_names_the_call_that_caused_it() {
    let mut world = world();
    let session = open(&mut world);
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    let answer = run(&mut world, &call(&Method::POST, &expire, "", Some("k")));
    let (_, events) = answered(&mut world, &get("/v1/events", ""));
    let cause = &events["data"][0]["request"];
    assert_eq!(cause["id"], answer.request());
    assert_eq!(cause["idempotency_key"], "k");
}
