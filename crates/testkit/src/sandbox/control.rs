//! The sandbox's control API: what Stripe offers no API for.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Sandbox, SandboxState, send};

impl Sandbox {
    /// Everything it holds.
    pub async fn state(&self) -> Result<SandboxState> {
        let request = self.http.get(format!("{}/_sandbox/state", self.base));
        Ok(SandboxState::new(send(request).await?.json().clone()))
    }

    /// Sends webhooks to the server at this address from now on.
    pub async fn send_webhooks_to(&self, server: SocketAddr) -> Result<()> {
        let url = format!("http://{server}/v1/webhooks/stripe");
        self.control("/webhooks/url", json!({"url": url})).await?;
        Ok(())
    }

    /// Sets how webhooks are delivered: held back, dropped, repeated, delayed or shuffled. By default
    /// each is delivered at once.
    pub async fn deliver_webhooks(&self, policy: Value) -> Result<()> {
        self.control("/webhooks", policy).await.map(drop)
    }

    /// The number of webhooks in each state: `held`, `dropped`, `waiting`, `delivered`, `failed`.
    pub async fn webhook_counts(&self) -> Result<Value> {
        let request = self.http.get(format!("{}/_sandbox/webhooks", self.base));
        let webhooks = send(request).await?;
        Ok(webhooks.json().get("counts").cloned().unwrap_or_default())
    }

    /// Delivers an event this many times, all at once, and returns the status of each response.
    pub async fn deliver(&self, event: &str, times: usize) -> Result<Vec<u64>> {
        let body = json!({"times": times, "at_once": true});
        let delivered = self
            .control(&format!("/webhooks/{event}/deliver"), body)
            .await?;
        let attempts = delivered.get("attempts").and_then(Value::as_array);
        let status = |attempt: &Value| attempt.get("status").and_then(Value::as_u64);
        Ok(attempts
            .into_iter()
            .flatten()
            .map(|attempt| status(attempt).unwrap_or_default())
            .collect())
    }

    /// Makes the next calls of its API fail in this way.
    pub async fn inject_fault(&self, fault: Value) -> Result<()> {
        self.control("/faults", fault).await.map(drop)
    }

    /// The number of calls that are still to fail.
    pub async fn faults_left(&self) -> Result<u64> {
        let request = self.http.get(format!("{}/_sandbox/faults", self.base));
        let faults = send(request).await?;
        let waiting = faults.json().get("waiting").and_then(Value::as_array);
        let next = |fault: &Value| fault.get("next").and_then(Value::as_u64);
        Ok(waiting.into_iter().flatten().filter_map(next).sum())
    }

    /// Makes calls succeed again.
    pub async fn clear_faults(&self) -> Result<()> {
        let request = self.http.delete(format!("{}/_sandbox/faults", self.base));
        send(request).await.map(drop)
    }

    /// Pays a session although it has expired.
    pub async fn pay_late(&self, session: &str) -> Result<()> {
        self.control(&format!("/sessions/{session}/pay"), json!({"late": true}))
            .await
            .map(drop)
    }

    /// Pays a session by a method that settles later, such as a bank debit.
    pub async fn pay_async(&self, session: &str) -> Result<()> {
        self.control(&format!("/sessions/{session}/pay_async"), json!({}))
            .await
            .map(drop)
    }

    /// Settles such a payment: it succeeds or fails.
    pub async fn settle_async(&self, session: &str, succeed: bool) -> Result<()> {
        let path = format!("/sessions/{session}/settle_async");
        self.control(&path, json!({"succeed": succeed}))
            .await
            .map(drop)
    }

    /// Pays again for what a session is for, by another payment intent; the body says what the event of the
    /// second session claims. Returns that session.
    pub async fn pay_again(&self, session: &str, body: Value) -> Result<Value> {
        self.control(&format!("/sessions/{session}/pay_again"), body)
            .await
    }

    /// Puts an event of this type, with any object, among the listed ones, and sends it. Returns its id.
    pub async fn add_event(&self, kind: &str, object: Value) -> Result<String> {
        let body = json!({"type": kind, "object": object});
        Ok(id_of(&self.control("/events", body).await?))
    }

    /// Calls `POST /_sandbox{path}` and returns the response; fails unless the status is 200.
    pub async fn control(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/_sandbox{path}", self.base);
        let response = send(self.http.post(url).json(&body)).await?;
        ensure!(
            response.status == 200,
            "{path}: {} {}",
            response.status,
            response.text
        );
        Ok(response.json().clone())
    }
}

/// The id of the object in a response.
pub(super) fn id_of(object: &Value) -> String {
    let id = object.get("id").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}
