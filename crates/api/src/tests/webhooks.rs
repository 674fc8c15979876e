use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use udam_domain::id::ChargeId;
use udam_domain::money::{Currency, Money};
use udam_domain::payment::{EventId, PaymentEvent, PaymentEventKind};
use udam_domain::{Applied, PaymentAlert, StoreError, WebhookError};
use udam_web::RateLimitClass;
use udam_web::body::BodyLimit;

use super::*;
use crate::testing::MockProvider;

/// Not in the order or with the spaces that a JSON library would write.
const BODY: &str = "{ \"type\":\"checkout.session.completed\",\"id\" : \"evt_1\" }\n";
const SIGNATURE: &str = "t=1,v1=ab";

fn event() -> PaymentEvent {
    PaymentEvent {
        id: EventId::new("evt_1".into()),
        at: NOW,
        kind: PaymentEventKind::Other,
    }
}

/// A provider that is known by [`SIGNATURE`] on [`BODY`].
fn known() -> MockProvider {
    let mut provider = MockProvider::default();
    provider
        .webhooks
        .expect_is_plausible()
        .withf(|signature, now| signature == SIGNATURE && *now == NOW)
        .return_const(true);
    provider
        .webhooks
        .expect_verify()
        .withf(|body, signature, now| {
            body == BODY.as_bytes() && signature == SIGNATURE && *now == NOW
        })
        .returning(|_, _, _| Ok(event()));
    provider
}

fn applying(applied: Result<Applied, StoreError>) -> TestApi {
    let mut provider = known();
    provider
        .charges
        .expect_apply()
        .withf(|apply| apply.event == event())
        .times(1)
        .return_once(|_| applied);
    let mut api = TestApi::new();
    api.mocks.provider = Some(provider);
    api
}

fn refusing(error: WebhookError) -> TestApi {
    let mut api = TestApi::new();
    let mut provider = MockProvider::default();
    provider.webhooks.expect_is_plausible().return_const(true);
    provider
        .webhooks
        .expect_verify()
        .returning(move |_, _, _| Err(error));
    api.mocks.provider = Some(provider);
    api
}

fn webhook() -> TestRequest {
    post("/v1/webhooks/stripe")
        .insert_header(("stripe-signature", SIGNATURE))
        .set_payload(BODY)
}

fn alert() -> PaymentAlert {
    let amount = |minor| Money::new(minor, Currency::USD);
    PaymentAlert::mismatch(
        ChargeId::from_uuid(Uuid::from_u128(9)),
        amount(9_99),
        amount(10_00),
    )
}

#[actix_web::test]
async fn an_event_is_acknowledged_whatever_its_outcome() {
    for applied in [
        Applied::Done,
        Applied::Repeated,
        Applied::Ignored,
        Applied::Alert(vec![alert()]),
    ] {
        let answer = send(applying(Ok(applied)), webhook()).await;
        assert_eq!(
            (answer.status, answer.body),
            (200, json!({"received": true}))
        );
    }
}

#[actix_web::test]
async fn an_event_that_could_not_be_stored_is_to_be_sent_again() {
    for (error, expected) in [
        (StoreError::Overloaded, (503, "overloaded")),
        (StoreError::Unreachable("gone".into()), (503, "overloaded")),
        (
            StoreError::Failed("disk full".into()),
            (500, "internal_error"),
        ),
    ] {
        let answer = send(applying(Err(error)), webhook()).await;
        assert_eq!(answer.problem(), expected);
    }
}

#[actix_web::test]
async fn an_event_without_the_providers_signature_is_rejected() {
    let forged = send(refusing(WebhookError::BadSignature), webhook()).await;
    let unsigned = post("/v1/webhooks/stripe").set_payload(BODY);
    let unsigned = send(refusing(WebhookError::Malformed), unsigned).await;
    for answer in [forged, unsigned] {
        assert_eq!(answer.problem(), (401, "unauthenticated"));
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains("STRIPE_WEBHOOK_SECRET"), "{detail}");
        assert_eq!(answer.header("www-authenticate"), Some("Stripe-Signature"));
    }
    let senseless = send(refusing(WebhookError::Malformed), webhook()).await;
    assert_eq!(senseless.problem(), (400, "malformed_json"));
}

#[actix_web::test]
async fn an_event_may_be_larger_than_other_bodies_up_to_a_limit() {
    let api = refusing(WebhookError::BadSignature).into_data();
    let of = |length: usize| webhook().set_payload("x".repeat(length));
    let limit = BodyLimit::Webhook.bytes();
    let answer = send_to(&api, of(limit)).await;
    assert_eq!(answer.problem(), (401, "unauthenticated"));
    let answer = send_to(&api, of(limit + 1)).await;
    assert_eq!(answer.problem(), (413, "payload_too_large"));
    assert_eq!(answer.body["detail"], "Send at most 1024 KiB.");
}

#[actix_web::test]
async fn no_body_is_read_whose_signature_cannot_hold() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let mut provider = MockProvider::default();
    provider.webhooks.expect_is_plausible().return_const(false);
    let mut api = TestApi::new();
    api.mocks.provider = Some(provider);
    let api = api.into_data();
    // The mock does not expect to be shown a body.
    let unsigned = post("/v1/webhooks/stripe").set_payload(BODY);
    for request in [unsigned, webhook()] {
        let answer = send_to(&api, request).await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
    }
    let page = recorder.handle().render();
    let counted = r#"udam_webhooks_total{outcome="unauthenticated"} 2"#;
    assert!(page.contains(counted), "{page}");
}

#[actix_web::test]
async fn events_are_never_held_up() {
    let mut provider = known();
    provider
        .charges
        .expect_apply()
        .returning(|_| Ok(Applied::Repeated));
    let mut api = TestApi::new();
    api.mocks.provider = Some(provider);
    api.rate_limit = true;
    let api = api.into_data();
    let client = TestRequest::default().to_http_request();
    let admission = &api.dependencies.admission;
    let app = init_service(App::new().configure(configure(api.clone()))).await;
    let status = async |request: TestRequest| {
        call_service(&app, request.to_request())
            .await
            .status()
            .as_u16()
    };
    // The allowance refills while a request is on its way, so that a slow machine needs several attempts.
    let mut limited = false;
    for _ in 0..1_000 {
        while admission.admit(&client, RateLimitClass::General).is_ok() {}
        limited = status(get("/v1/tab")).await == 429;
        if limited {
            break;
        }
    }
    assert!(limited, "other calls are never limited");
    while admission.admit(&client, RateLimitClass::General).is_ok() {}
    assert_eq!(status(webhook()).await, 200);
}

#[actix_web::test]
async fn webhooks_are_counted_by_outcome_and_alerts_separately() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    send(applying(Ok(Applied::Done)), webhook()).await;
    send(applying(Ok(Applied::Alert(vec![alert()]))), webhook()).await;
    send(applying(Err(StoreError::Overloaded)), webhook()).await;
    send(refusing(WebhookError::BadSignature), webhook()).await;
    let page = recorder.handle().render();
    for line in [
        r#"udam_webhooks_total{outcome="done"} 1"#,
        r#"udam_webhooks_total{outcome="alert"} 1"#,
        r#"udam_webhooks_total{outcome="overloaded"} 1"#,
        r#"udam_webhooks_total{outcome="unauthenticated"} 1"#,
        "udam_payment_alerts_total 1",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}
