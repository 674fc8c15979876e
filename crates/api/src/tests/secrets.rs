use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;
use udam_domain::StoreError;
use udam_domain::id::ListingId;

use super::*;

const SECRET: &str = "hunter2-the-secret";

/// Requests that hold a secret wherever one can be, and that are refused for other reasons.
fn refused() -> Vec<TestRequest> {
    let listing = format!("/v1/listings/{}", id(ListingId::from_uuid));
    let long = SECRET.repeat(300);
    vec![
        post("/v1/auth/register").set_json(json!({"email": SECRET, "password": SECRET, "name": 1})),
        post("/v1/auth/register").set_json(json!({"email": "a@b.c", "password": long})),
        post("/v1/auth/login").set_json(json!({"email": 1, "password": [SECRET]})),
        post("/v1/auth/login")
            .insert_header(("content-type", "application/json"))
            .set_payload(format!("{{\"password\": \"{SECRET}\" oops")),
        as_ada(post("/v1/auth/password"))
            .set_json(json!({"current_password": SECRET, "new_password": 1})),
        as_ada(post("/v1/listings")).set_json(json!({"api_key": format!(" {SECRET}")})),
        as_ada(TestRequest::patch().uri(&listing)).set_json(json!({"api_key": [SECRET]})),
        as_ada(post("/v1/orders"))
            .insert_header(("idempotency-key", SECRET.repeat(20)))
            .set_json(json!({"listing_id": SECRET, "units_requested": SECRET})),
        get("/v1/tab").insert_header(("authorization", format!("Bearer {SECRET}"))),
        get(&format!("/v1/listings?cursor={SECRET}&min_price={SECRET}")),
        get(&format!("/v1/listings/{SECRET}")),
        get(&format!("/{SECRET}")),
    ]
}

#[actix_web::test]
async fn no_problem_repeats_a_secret_that_was_sent() {
    for request in refused() {
        let answer = send(TestApi::signed_in(), request).await;
        assert!(answer.status >= 400);
        assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Logs what this thread does, for as long as the answer lives.
fn logging(log: &Log, level: Level) -> (DefaultGuard, Dispatch) {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // As long as there is one subscriber only, each place that logs is switched on or off for good by
    // whichever thread comes by first, and that may be another test's.
    (guard, Dispatch::new(NoSubscriber::new()))
}

#[actix_web::test]
async fn the_log_holds_no_secret_either_however_loud_it_is() {
    let log = Log::default();
    let _logging = logging(&log, Level::TRACE);
    for request in refused() {
        send(TestApi::signed_in(), request).await;
    }
    let text = log.text();
    assert!(text.contains("invalid_request"), "{text}");
    let ours = text.lines().filter(|line| line.contains("udam"));
    for line in ours {
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[actix_web::test]
async fn an_internal_error_is_logged_once_with_cause_and_request_id() {
    let log = Log::default();
    let logging = logging(&log, Level::INFO);
    let mut api = TestApi::signed_in();
    api.mocks
        .tab_reader
        .expect_tab()
        .returning(|_| Err(StoreError::Failed("disk full".into())));
    let request = as_ada(get("/v1/tab")).insert_header(("x-request-id", "request-7"));
    let answer = send(api, request).await;
    drop(logging);
    assert_eq!(answer.problem(), (500, "internal_error"));
    let text = log.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in [
        "ERROR",
        "request-7",
        "route=\"/v1/tab\"",
        "status=500",
        "could not carry out the operation: disk full",
        "acc_",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
