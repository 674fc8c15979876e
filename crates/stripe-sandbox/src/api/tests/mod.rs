//! Requests without HTTP and without a clock.

mod idempotency;
mod parameters;
mod read;

use actix_web::http::Method;
use fastrand::Rng;
use serde_json::Value;

use super::once::{self, Started};
use crate::account::{Account, AccountSettings};
use crate::faults::Faults;
use crate::idempotency::Idempotency;
use crate::outbox::Outbox;
use crate::state::State;
use crate::wire::{ApiRequest, ApiResponse, Form};

const NOW: i64 = 1_700_000_000;

const SESSION: &str = "mode=payment&line_items[0][price_data][currency]=usd\
    &line_items[0][price_data][unit_amount]=250\
    &line_items[0][price_data][product_data][name]=Calls&line_items[0][quantity]=4\
    &success_url=http://shop/ok?s={CHECKOUT_SESSION_ID}&client_reference_id=ord_1\
    &metadata[order]=1&payment_intent_data[metadata][order]=1";

fn state() -> State {
    let settings = AccountSettings {
        page_base_url: "http://sandbox".to_owned(),
        min_session_seconds: 1_800,
    };
    State {
        account: Account::new(settings, Rng::with_seed(1)),
        idempotency: Idempotency::default(),
        faults: Faults::default(),
        outbox: Outbox::new(None),
        journal: None,
    }
}

fn request(method: &Method, path: &str, form: &str, key: Option<&str>) -> ApiRequest {
    ApiRequest {
        method: method.to_string(),
        path: path.to_owned(),
        form: Form::parse(form.as_bytes()),
        api_key: None,
        idempotency_key: key.map(str::to_owned),
    }
}

fn post(path: &str, form: &str) -> ApiRequest {
    request(&Method::POST, path, form, None)
}

fn get(path: &str, form: &str) -> ApiRequest {
    request(&Method::GET, path, form, None)
}

fn run(state: &mut State, request: &ApiRequest) -> ApiResponse {
    match once::start(state, request, NOW) {
        Started::Responded(response) => response,
        Started::New(request_id) => once::finish(state, request, request_id, NOW),
    }
}

/// Status and body of the response.
fn responded(state: &mut State, request: &ApiRequest) -> (u16, Value) {
    let response = run(state, request);
    (
        response.status,
        serde_json::from_str(&response.body).unwrap(),
    )
}

/// Opens a session and returns its id.
fn open(state: &mut State) -> String {
    let (status, session) = responded(state, &post("/v1/checkout/sessions", SESSION));
    assert_eq!(status, 200, "{session}");
    session["id"].as_str().unwrap().to_owned()
}
