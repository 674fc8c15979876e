//! A seller calls its own service.

use tokio::runtime::Handle;
use udam_domain::gateway::{CallPath, CallTimeout, KeyPlacement, Method};
use udam_domain::listing::ApiKey;
use udam_domain::{ProbeAnswer, ProbeRequest, ServiceProbe};
use udam_gateway::Services;

use crate::SELLERS_KEY;
use crate::market::Settings;
use crate::service::Service;

fn probe(endpoint: &str) -> ProbeRequest {
    ProbeRequest {
        endpoint_url: endpoint.parse().unwrap(),
        key: ApiKey::new(SELLERS_KEY.to_owned()).unwrap(),
        auth: KeyPlacement::default(),
        method: Method::Get,
        path: CallPath::new("/v1".to_owned()).unwrap(),
        query: Some("a=b".to_owned()),
        timeout: CallTimeout::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_shows_the_answer_without_the_key() {
    let body = "x".repeat(ProbeAnswer::MOST_BYTES);
    let length = body.len() + SELLERS_KEY.len();
    let answer = format!(
        "HTTP/1.1 418 I'm a teapot\r\nX-Echo: {SELLERS_KEY}\r\nContent-Length: {length}\r\n\r\n{SELLERS_KEY}{body}"
    );
    let service = Service::answering(answer).await;
    let services = Services::new(Settings::of("").upstream, &Handle::current()).unwrap();
    let answer = services.probe(probe(&service.url())).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.len(), answer.is_truncated),
        (418, ProbeAnswer::MOST_BYTES, true)
    );
    let masked = "*".repeat(SELLERS_KEY.len());
    assert!(answer.body.starts_with(masked.as_bytes()));
    assert!(answer.headers.contains(&("x-echo".to_owned(), masked)));
    let received = service.received();
    assert!(received.starts_with("GET /v1?a=b HTTP/1.1\r\n"));
    assert!(received.contains(&format!("authorization: Bearer {SELLERS_KEY}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_says_what_happened_instead() {
    let mut settings = Settings::of("").upstream;
    settings.allow_private = false;
    let services = Services::new(settings, &Handle::current()).unwrap();
    let failed = services
        .probe(probe("https://127.0.0.1:1"))
        .await
        .unwrap_err();
    assert_eq!(failed.outcome.name(), "address_refused");
    let failed = services
        .probe(probe("https://nowhere.example"))
        .await
        .unwrap_err();
    assert_eq!(failed.outcome.name(), "name_not_found");
}
