use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use udam_stripe_sandbox::{Sandbox, SandboxSettings};
use url::{Url, form_urlencoded};

/// A running sandbox and an HTTP client for it.
pub(crate) struct TestSandbox {
    pub(crate) inner: Sandbox,
    pub(crate) http: Client,
}

/// A whole response.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl ApiResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Settings for tests: short waits, and sessions of any lifetime.
pub(crate) fn settings() -> SandboxSettings {
    SandboxSettings {
        minimum_session_lifetime: Duration::ZERO,
        webhook_retries: vec![Duration::from_millis(20); 3],
        webhook_timeout: Duration::from_millis(500),
        ..SandboxSettings::default()
    }
}

pub(crate) fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox uses the real time, and so must a test that asks for a short session"
    )]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs().try_into().unwrap()
}

/// Parameters of a session over 10.00 USD.
pub(crate) const SESSION: &[(&str, &str)] = &[
    ("mode", "payment"),
    ("line_items[0][price_data][currency]", "usd"),
    ("line_items[0][price_data][unit_amount]", "250"),
    (
        "line_items[0][price_data][product_data][name]",
        "Calls <b>&</b> more",
    ),
    ("line_items[0][quantity]", "4"),
    (
        "success_url",
        "http://shop.example/ok?session={CHECKOUT_SESSION_ID}",
    ),
    ("cancel_url", "http://shop.example/left"),
    ("client_reference_id", "ord_1"),
    ("metadata[order]", "ord_1"),
];

impl TestSandbox {
    pub(crate) async fn start(settings: SandboxSettings) -> Self {
        Self {
            inner: Sandbox::start(settings).await.unwrap(),
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    /// Starts a sandbox that sends its webhooks to `url`.
    pub(crate) async fn with_webhooks(url: &Url) -> Self {
        Self::start(SandboxSettings {
            webhook_url: Some(url.clone()),
            ..settings()
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.inner.base_url().join(path).unwrap().to_string()
    }

    /// Posts to the API. Fails if the response is not complete.
    pub(crate) async fn try_post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> reqwest::Result<ApiResponse> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut request = self
            .http
            .post(self.url(path))
            .bearer_auth("sk_test_sandbox")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        read(request.send().await?).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> ApiResponse {
        self.try_post(path, form, None).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> ApiResponse {
        let request = self.http.get(self.url(path)).bearer_auth("sk_test_sandbox");
        read(request.send().await.unwrap()).await.unwrap()
    }

    /// Posts to the control API.
    pub(crate) async fn control(&self, path: &str, body: Value) -> ApiResponse {
        let request = self.http.post(self.url(&format!("/_sandbox{path}")));
        read(request.json(&body).send().await.unwrap())
            .await
            .unwrap()
    }

    /// As `control`, and asserts success. Returns the body.
    pub(crate) async fn controlled(&self, path: &str, body: Value) -> Value {
        let response = self.control(path, body).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.body);
        response.body
    }

    pub(crate) async fn control_with(&self, method: Method, path: &str) -> Value {
        let request = self
            .http
            .request(method, self.url(&format!("/_sandbox{path}")));
        read(request.send().await.unwrap()).await.unwrap().body
    }

    pub(crate) async fn state(&self) -> Value {
        self.control_with(Method::GET, "/state").await
    }

    /// Opens a session and returns its id.
    pub(crate) async fn open(&self) -> String {
        let response = self.post("/v1/checkout/sessions", SESSION).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.body);
        response.body["id"].as_str().unwrap().to_owned()
    }

    /// Opens and pays a session. Returns its id and its payment intent's.
    pub(crate) async fn paid(&self) -> (String, String) {
        let session = self.open().await;
        let path = format!("/sessions/{session}/pay");
        let paid = self.controlled(&path, json!({})).await;
        let payment = paid["payment_intent"].as_str().unwrap().to_owned();
        (session, payment)
    }

    /// Presses a button of the hosted page.
    pub(crate) async fn press(&self, session: &str, action: &str) -> Response {
        let request = self
            .http
            .post(self.url(&format!("/c/pay/{session}")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(format!("action={action}"));
        request.send().await.unwrap()
    }
}

async fn read(response: Response) -> reqwest::Result<ApiResponse> {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(ApiResponse {
        status,
        headers,
        body,
    })
}
