use super::*;
use crate::account::PayWhen;
use crate::model::Cause;

/// Opens and pays a session.
fn paid(state: &mut State) -> String {
    let session = open(state);
    let cause = Cause::at(NOW);
    let account = &mut state.account;
    account.pay(&session, PayWhen::Open, &cause).unwrap();
    session
}

#[test]
fn an_unknown_id_is_not_found() {
    for path in [
        "checkout/sessions/cs_0",
        "checkout/sessions/cs_0/line_items",
        "payment_intents/pi_0",
        "charges/ch_0",
        "refunds/re_0",
        "disputes/dp_0",
        "events/evt_0",
    ] {
        let (status, body) = responded(&mut state(), &get(&format!("/v1/{path}"), ""));
        assert_eq!(status, 404, "{path}");
        assert_eq!(body["error"]["code"], "resource_missing", "{path}");
    }
}

#[test]
fn an_id_of_another_type_is_not_found() {
    let mut state = state();
    let session = open(&mut state);
    let (status, _) = responded(&mut state, &get(&format!("/v1/charges/{session}"), ""));
    assert_eq!(status, 404);
}

#[test]
fn an_unknown_url_is_not_found() {
    for request in [
        get("/v1/customers", ""),
        post("/v1/events", ""),
        get("/v1/checkout/sessions/cs_1/expire", ""),
    ] {
        let (status, body) = responded(&mut state(), &request);
        assert_eq!(status, 404, "{request:?}");
        assert_eq!(body["error"]["type"], "invalid_request_error");
    }
}

#[test]
fn an_expanded_field_holds_the_object() {
    let mut state = state();
    let session = paid(&mut state);
    let path = format!("/v1/checkout/sessions/{session}");
    let form = "expand[]=payment_intent.latest_charge&expand[]=line_items";
    let (_, session) = responded(&mut state, &get(&path, form));
    let charge = &session["payment_intent"]["latest_charge"];
    assert_eq!(charge["object"], "charge");
    assert_eq!(charge["metadata"]["order"], "1");
    assert_eq!(session["line_items"]["data"][0]["amount_total"], 1_000);
    let (status, _) = responded(&mut state, &get(&path, "expand[]=customer"));
    assert_eq!(status, 400);
}

#[test]
fn sessions_are_filtered_by_payment() {
    let mut state = state();
    let session = paid(&mut state);
    open(&mut state);
    let payment = state.account.sessions.find(&session).unwrap();
    let payment = payment.payment_intent.clone().unwrap();
    let form = format!("payment_intent={payment}&expand[]=data.payment_intent");
    let (_, list) = responded(&mut state, &get("/v1/checkout/sessions", &form));
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["payment_intent"]["id"], payment);
}

#[test]
fn events_are_filtered_by_type_and_paged() {
    let mut state = state();
    paid(&mut state);
    paid(&mut state);
    let mut types = Vec::new();
    let mut form = "types[]=charge.succeeded&types[]=checkout.session.*&limit=1".to_owned();
    loop {
        let (_, page) = responded(&mut state, &get("/v1/events", &form));
        let event = &page["data"][0];
        types.push(event["type"].as_str().unwrap().to_owned());
        if page["has_more"] == false {
            break;
        }
        let after = event["id"].as_str().unwrap();
        form = format!(
            "types[]=charge.succeeded&types[]=checkout.session.*&limit=1&starting_after={after}"
        );
    }
    let pair = ["checkout.session.completed", "charge.succeeded"];
    assert_eq!(types, [pair, pair].concat());
}

#[test]
fn events_are_filtered_by_creation_time() {
    let mut state = state();
    paid(&mut state);
    let count = |state: &mut State, form: &str| {
        let (_, list) = responded(state, &get("/v1/events", form));
        list["data"].as_array().unwrap().len()
    };
    assert_eq!(count(&mut state, &format!("created[gte]={NOW}")), 3);
    assert_eq!(count(&mut state, &format!("created[gt]={NOW}")), 0);
    assert_eq!(count(&mut state, &format!("created[lt]={NOW}")), 0);
    assert_eq!(count(&mut state, &format!("created={NOW}&limit=2")), 2);
}

#[test]
fn the_parameters_of_a_list_are_validated() {
    for form in ["limit=0", "limit=101", "starting_after=a&ending_before=b"] {
        let (status, _) = responded(&mut state(), &get("/v1/events", form));
        assert_eq!(status, 400, "{form}");
    }
}
