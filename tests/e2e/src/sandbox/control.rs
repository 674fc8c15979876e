//! What a test has the sandbox do that nobody could have Stripe do.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Sandbox, SandboxState, answer_to};

impl Sandbox {
    /// All that it knows.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn state(&self) -> Result<SandboxState> {
        let request = self.http.get(format!("{}/_sandbox/state", self.base));
        Ok(SandboxState::new(answer_to(request).await?.json().clone()))
    }

    /// Has it send webhooks to the server at this address from now on.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn send_webhooks_to(&self, server: SocketAddr) -> Result<()> {
        let url = format!("http://{server}/v1/webhooks/stripe");
        self.control("/webhooks/url", json!({"url": url})).await?;
        Ok(())
    }

    /// Has the post be as unreliable as this says; by default it is not.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn post_is(&self, policy: Value) -> Result<()> {
        self.control("/webhooks", policy).await.map(drop)
    }

    /// How many webhooks are in each state: `held`, `dropped`, `waiting`, `delivered`, `failed`.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn post(&self) -> Result<Value> {
        let request = self.http.get(format!("{}/_sandbox/webhooks", self.base));
        let post = answer_to(request).await?;
        Ok(post.json().get("counts").cloned().unwrap_or_default())
    }

    /// Sends what the post has held back; how many webhooks that were.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn release(&self) -> Result<u64> {
        let answer = self.control("/webhooks/release", json!({})).await?;
        Ok(answer
            .get("released")
            .and_then(Value::as_u64)
            .unwrap_or_default())
    }

    /// Delivers an event so many times, all at once; what each was answered.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn deliver(&self, event: &str, times: usize) -> Result<Vec<u64>> {
        let body = json!({"times": times, "at_once": true});
        let answer = self
            .control(&format!("/webhooks/{event}/deliver"), body)
            .await?;
        let attempts = answer.get("attempts").and_then(Value::as_array);
        let status = |attempt: &Value| attempt.get("status").and_then(Value::as_u64);
        Ok(attempts
            .into_iter()
            .flatten()
            .map(|attempt| status(attempt).unwrap_or_default())
            .collect())
    }

    /// Has the next calls to its API go wrong in this way.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn fail(&self, fault: Value) -> Result<()> {
        self.control("/faults", fault).await.map(drop)
    }

    /// How many calls are still to go wrong.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn faults_left(&self) -> Result<u64> {
        let request = self.http.get(format!("{}/_sandbox/faults", self.base));
        let answer = answer_to(request).await?;
        let waiting = answer.json().get("waiting").and_then(Value::as_array);
        let next = |fault: &Value| fault.get("next").and_then(Value::as_u64);
        Ok(waiting.into_iter().flatten().filter_map(next).sum())
    }

    /// Has calls go right again.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn recover(&self) -> Result<()> {
        let request = self.http.delete(format!("{}/_sandbox/faults", self.base));
        answer_to(request).await.map(drop)
    }

    /// Pays a session although it has expired.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn pay_late(&self, session: &str) -> Result<()> {
        self.control(&format!("/sessions/{session}/pay"), json!({"late": true}))
            .await
            .map(drop)
    }

    /// Pays a session in a way that takes its time.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn pay_slowly(&self, session: &str) -> Result<()> {
        self.control(&format!("/sessions/{session}/pay_async"), json!({}))
            .await
            .map(drop)
    }

    /// Brings a slow payment to its end.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn settle(&self, session: &str, succeed: bool) -> Result<()> {
        let path = format!("/sessions/{session}/settle_async");
        self.control(&path, json!({"succeed": succeed}))
            .await
            .map(drop)
    }

    /// Gives what was paid on a session back, as an operator does in Stripe's dashboard: all that is
    /// left, or so many minor units.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn refund(&self, session: &str, minor: Option<i64>) -> Result<()> {
        let mut body = json!({"payment": session});
        if let (Some(minor), Some(body)) = (minor, body.as_object_mut()) {
            body.insert("amount".to_owned(), minor.into());
        }
        self.control("/refunds", body).await.map(drop)
    }

    /// Opens a dispute about what was paid on a session; its id.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn dispute(&self, session: &str) -> Result<String> {
        let path = format!("/payments/{session}/dispute");
        let dispute = self.control(&path, json!({})).await?;
        let id = dispute.get("id").and_then(Value::as_str);
        Ok(id.unwrap_or_default().to_owned())
    }

    /// Closes a dispute: it is `won` or `lost`.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn close_dispute(&self, dispute: &str, status: &str) -> Result<()> {
        let path = format!("/disputes/{dispute}/close");
        self.control(&path, json!({"status": status}))
            .await
            .map(drop)
    }

    async fn control(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/_sandbox{path}", self.base);
        let answer = answer_to(self.http.post(url).json(&body)).await?;
        ensure!(
            answer.status == 200,
            "{path} was answered {}: {}",
            answer.status,
            answer.text
        );
        Ok(answer.json().clone())
    }
}
