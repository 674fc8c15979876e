//! Webhooks, signed as Stripe signs them.

use anyhow::Result;
use reqwest::Method;
use ring::hmac;

use crate::client::Client;
use crate::response::Response;

/// The `Stripe-Signature` of a body, signed with `secret` at a Unix time in seconds
/// (<https://docs.stripe.com/webhooks>, "Verify webhook signatures manually").
#[must_use]
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    format!("t={seconds},v1={}", v1(secret, seconds, body))
}

/// The `v1` part of that header: HMAC-SHA-256 of time and body, in hexadecimal.
#[must_use]
pub fn v1(secret: &str, seconds: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [seconds.to_string().as_bytes(), b".", body].concat();
    hex::encode(hmac::sign(&key, &signed))
}

/// Current Unix time, in seconds.
#[must_use]
pub fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Client {
    /// `POST /v1/webhooks/stripe`, with this `Stripe-Signature` or without any.
    pub async fn send_webhook(&self, body: &[u8], signature: Option<&str>) -> Result<Response> {
        let mut request = self
            .request(Method::POST, "/v1/webhooks/stripe")
            .header("Content-Type", "application/json; charset=utf-8");
        if let Some(signature) = signature {
            request = request.header("Stripe-Signature", signature);
        }
        self.send(request.body(body.to_vec())).await
    }
}
