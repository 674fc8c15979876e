//! Calls without HTTP.

mod idempotency;
mod parameters;
mod reading;

use actix_web::http::Method;
use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::execution::{self, Begun};
use super::{Faults, Idempotency};
use crate::account::{Account, Rules};
use crate::chance::Chance;
use crate::form::Form;
use crate::shared::World;
use crate::webhooks::Mailroom;

const NOW: i64 = 1_700_000_000;

const SESSION: &str = "mode=payment&line_items[0][price_data][currency]=usd\
    &line_items[0][price_data][unit_amount]=250\
    &line_items[0][price_data][product_data][name]=Calls&line_items[0][quantity]=4\
    &success_url=http://shop/ok?s={CHECKOUT_SESSION_ID}&client_reference_id=ord_1\
    &metadata[order]=1&payment_intent_data[metadata][order]=1";

fn world() -> World {
    let rules = Rules {
        pages: "http://sandbox".to_owned(),
        shortest_session: 1_800,
    };
    World {
        account: Account::new(rules, Chance::seeded(1)),
        idempotency: Idempotency::default(),
        faults: Faults::default(),
        mailroom: Mailroom::new(None),
    }
}

fn call(method: &Method, path: &str, form: &str, key: Option<&str>) -> Call {
    Call {
        method: method.to_string(),
        path: path.to_owned(),
        form: Form::parse(form.as_bytes()),
        api_key: None,
        idempotency_key: key.map(str::to_owned),
    }
}

fn post(path: &str, form: &str) -> Call {
    call(&Method::POST, path, form, None)
}

fn get(path: &str, form: &str) -> Call {
    call(&Method::GET, path, form, None)
}

fn run(world: &mut World, call: &Call) -> Answer {
    match execution::begin(world, call, NOW) {
        Begun::Answered(answer) => answer,
        Begun::Started(request) => execution::finish(world, call, request, NOW),
    }
}

/// The answer's status and body.
fn answered(world: &mut World, call: &Call) -> (u16, Value) {
    let answer = run(world, call);
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// The id of a session that has been opened.
fn open(world: &mut World) -> String {
    let (status, session) = answered(world, &post("/v1/checkout/sessions", SESSION));
    assert_eq!(status, 200, "{session}");
    session["id"].as_str().unwrap().to_owned()
}
