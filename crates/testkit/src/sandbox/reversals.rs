//! Refunds and disputes, as an operator, a bank or a card network makes them.

use anyhow::Result;
use serde_json::{Value, json};

use super::control::id_of;
use super::{Sandbox, send};

impl Sandbox {
    /// Refunds the payment of a session, as an operator does in Stripe's dashboard: so many minor units,
    /// or all that is left.
    pub async fn refund(&self, session: &str, minor: Option<i64>) -> Result<()> {
        let mut body = json!({"payment": session});
        if let (Some(minor), Some(body)) = (minor, body.as_object_mut()) {
            body.insert("amount".to_owned(), minor.into());
        }
        self.control("/refunds", body).await.map(drop)
    }

    /// As [`refund`](Self::refund), with any `amount`, `metadata`, `status` and `failure_reason`. Returns
    /// the id of the refund.
    pub async fn refund_with(&self, session: &str, mut body: Value) -> Result<String> {
        if let Some(body) = body.as_object_mut() {
            body.insert("payment".to_owned(), session.into());
        }
        Ok(id_of(&self.control("/refunds", body).await?))
    }

    /// Changes the status of a refund: one in progress ends, or one that has succeeded fails.
    pub async fn settle_refund(&self, refund: &str, status: &str) -> Result<()> {
        let path = format!("/refunds/{refund}/settle");
        self.control(&path, json!({"status": status}))
            .await
            .map(drop)
    }

    /// Gives the next refunds that the application requests this status: `pending` or `failed`, say.
    pub async fn plan_refunds(&self, status: &str, next: u32) -> Result<()> {
        let body = json!({"status": status, "next": next});
        self.control("/refund_outcomes", body).await.map(drop)
    }

    /// Has the refunds that the application requests succeed again.
    pub async fn clear_refund_plan(&self) -> Result<()> {
        let url = format!("{}/_sandbox/refund_outcomes", self.base);
        send(self.http.delete(url)).await.map(drop)
    }

    /// Opens a dispute over the payment of a session and returns its id.
    pub async fn dispute(&self, session: &str) -> Result<String> {
        self.dispute_with(session, json!({})).await
    }

    /// As [`dispute`](Self::dispute), with any `amount`, `status` and `reason`.
    pub async fn dispute_with(&self, session: &str, body: Value) -> Result<String> {
        let path = format!("/payments/{session}/dispute");
        Ok(id_of(&self.control(&path, body).await?))
    }

    /// Changes the status of a dispute without closing it.
    pub async fn update_dispute(&self, dispute: &str, status: &str) -> Result<()> {
        let path = format!("/disputes/{dispute}/update");
        self.control(&path, json!({"status": status}))
            .await
            .map(drop)
    }

    /// Closes a dispute as `won`, `lost` or anything else.
    pub async fn close_dispute(&self, dispute: &str, status: &str) -> Result<()> {
        let path = format!("/disputes/{dispute}/close");
        self.control(&path, json!({"status": status}))
            .await
            .map(drop)
    }

    /// Closes a dispute that has been closed: the network has decided otherwise.
    pub async fn decide_again(&self, dispute: &str, status: &str) -> Result<()> {
        let path = format!("/disputes/{dispute}/close");
        self.control(&path, json!({"status": status, "again": true}))
            .await
            .map(drop)
    }

    /// The statement of a session's payment: what was received, refunded, disputed and kept.
    pub async fn statement(&self, session: &str) -> Result<Value> {
        let url = format!("{}/_sandbox/payments/{session}", self.base);
        Ok(send(self.http.get(url)).await?.json().clone())
    }
}
