use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use udam_stripe_sandbox::{Sandbox, SandboxSettings};
use url::form_urlencoded;

/// A sandbox and those who deal with it.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// How a test sets a sandbox up: quick to try again, and sessions may be short.
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
        reason = "the sandbox keeps real time, and so must who asks it for a short session"
    )]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs().try_into().unwrap()
}

/// A session about 10.00 USD.
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

impl Stage {
    pub(crate) async fn set(settings: SandboxSettings) -> Self {
        Self {
            sandbox: Sandbox::start(settings).await.unwrap(),
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.sandbox.base_url().join(path).unwrap().to_string()
    }

    /// A call to the API; an error if there is no whole answer.
    pub(crate) async fn try_post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> reqwest::Result<Answer> {
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

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.try_post(path, form, None).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.http.get(self.url(path)).bearer_auth("sk_test_sandbox");
        read(request.send().await.unwrap()).await.unwrap()
    }

    /// A call to the control API.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Answer {
        let request = self.http.post(self.url(&format!("/_sandbox{path}")));
        read(request.json(&body).send().await.unwrap())
            .await
            .unwrap()
    }

    /// The same, for one that must succeed; what it answers.
    pub(crate) async fn controlled(&self, path: &str, body: Value) -> Value {
        let answer = self.control(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
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

    /// The id of a session that has been opened.
    pub(crate) async fn open(&self) -> String {
        let answer = self.post("/v1/checkout/sessions", SESSION).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// The ids of a session that has been paid, and of its payment intent.
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

async fn read(response: Response) -> reqwest::Result<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer {
        status,
        headers,
        body,
    })
}
