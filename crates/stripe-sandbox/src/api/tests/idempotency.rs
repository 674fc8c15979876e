use super::*;
use crate::account::PayWhen;
use crate::model::Cause;

fn keyed(form: &str) -> ApiRequest {
    let sessions = "/v1/checkout/sessions";
    request(&Method::POST, sessions, form, Some("k"))
}

#[test]
fn a_repeat_gets_the_first_response_again() {
    let mut state = state();
    let first = run(&mut state, &keyed(SESSION));
    let second = run(&mut state, &keyed(SESSION));
    assert_eq!(first.body, second.body);
    assert_ne!(first.request_id(), second.request_id());
    assert_eq!(state.account.sessions.iter().count(), 1);
}

#[test]
fn a_repeat_is_recognised_with_its_parameters_in_another_order() {
    let mut state = state();
    run(&mut state, &keyed("a=1&b=2"));
    let reversed: Vec<&str> = SESSION.split('&').rev().collect();
    let first = run(&mut state, &keyed(SESSION));
    let second = run(&mut state, &keyed(&reversed.join("&")));
    assert_eq!(first.body, second.body);
}

#[test]
fn other_parameters_under_the_same_key_are_rejected() {
    let mut state = state();
    run(&mut state, &keyed(SESSION));
    let other = keyed(&format!("{SESSION}&locale=en"));
    let (status, body) = responded(&mut state, &other);
    assert_eq!(status, 400);
    assert_eq!(body["error"]["type"], "idempotency_error");
}

#[test]
fn a_request_that_fails_validation_frees_its_key() {
    let mut state = state();
    assert_eq!(run(&mut state, &keyed("mode=payment")).status, 400);
    assert_eq!(run(&mut state, &keyed(SESSION)).status, 200);
}

#[test]
fn an_error_about_the_state_of_an_object_is_stored() {
    let mut state = state();
    let session = open(&mut state);
    let cause = Cause::at(NOW);
    let account = &mut state.account;
    account.pay(&session, PayWhen::Open, &cause).unwrap();
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    let expire = request(&Method::POST, &expire, "", Some("k"));
    let first = run(&mut state, &expire);
    let second = run(&mut state, &expire);
    assert_eq!((first.status, second.status), (400, 400));
    assert_eq!(first.body, second.body);
}

#[test]
fn a_request_in_progress_holds_its_key() {
    let mut state = state();
    let request = keyed(SESSION);
    let Started::New(request_id) = once::start(&mut state, &request, NOW) else {
        panic!("the key is free");
    };
    let (status, body) = responded(&mut state, &request);
    assert_eq!(status, 409);
    assert_eq!(body["error"]["code"], "idempotency_key_in_use");
    once::finish(&mut state, &request, request_id, NOW);
    assert_eq!(run(&mut state, &request).status, 200);
}

#[test]
fn an_event_names_the_request_that_caused_it() {
    let mut state = state();
    let session = open(&mut state);
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    let response = run(&mut state, &request(&Method::POST, &expire, "", Some("k")));
    let (_, events) = responded(&mut state, &get("/v1/events", ""));
    let cause = &events["data"][0]["request"];
    assert_eq!(cause["id"], response.request_id());
    assert_eq!(cause["idempotency_key"], "k");
}
