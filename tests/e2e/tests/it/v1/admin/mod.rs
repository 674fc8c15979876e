//! `/v1/admin`: what operators do.

pub(crate) mod accounts;
pub(crate) mod listings;

use anyhow::Result;
use udam_testkit::{Client, Market, PASSWORD, Response, unique_email};

/// A new account with this role.
pub(crate) async fn staff(market: &Market, role: &str) -> Result<Client> {
    let email = unique_email(role);
    let visitor = market.client()?;
    let registered = visitor.register(&email, PASSWORD).await?;
    market
        .run(&["admin", "grant", &email, role])
        .await?
        .success()?;
    Ok(visitor.with_session(registered.text_at("/session_token")))
}

/// Suspends or restores something, for a reason.
pub(crate) async fn act(operator: &Client, path: &str) -> Result<Response> {
    let reason = serde_json::json!({"reason": "It sells what is not its own."});
    operator.post(path, reason).await
}
