//! Webhooks as Stripe signs them, and as others might.

use anyhow::Result;
use reqwest::Method;
use ring::hmac;

use crate::answer::Answer;
use crate::client::Client;

/// The header that a secret makes of a body at this second
/// (<https://docs.stripe.com/webhooks>, "Verify webhook signatures manually").
#[must_use]
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    format!("t={seconds},v1={}", scheme_one(secret, seconds, body))
}

/// The same without its time: what `v1` is.
#[must_use]
pub fn scheme_one(secret: &str, seconds: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [seconds.to_string().as_bytes(), b".", body].concat();
    hex::encode(hmac::sign(&key, &signed))
}

/// The second that it is.
#[must_use]
pub fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Client {
    /// Posts a body to where webhooks go, with this signature or without any.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn webhook(&self, body: &[u8], signature: Option<&str>) -> Result<Answer> {
        let mut request = self
            .request(Method::POST, "/v1/webhooks/stripe")
            .header("Content-Type", "application/json; charset=utf-8");
        if let Some(signature) = signature {
            request = request.header("Stripe-Signature", signature);
        }
        self.send(request.body(body.to_vec())).await
    }
}
