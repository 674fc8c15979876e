//! `/v1/admin`: what operators look for, read and do.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod audit;
pub(crate) mod listings;
pub(crate) mod orders;
pub(crate) mod search;
pub(crate) mod webhooks;

use anyhow::Result;
use udam_testkit::{Client, Market, PASSWORD, Response, unique_email};

use crate::assertions::assert_problem;

/// A new account with this role.
pub(crate) async fn staff(market: &Market, role: &str) -> Result<Client> {
    let email = unique_email(role);
    let visitor = market.client()?;
    let registered = visitor.register(&email, PASSWORD).await?;
    market
        .run(&[
            "admin",
            "grant",
            &email,
            role,
            "--reason",
            "A new colleague.",
        ])
        .await?
        .success()?;
    Ok(visitor.with_session(registered.text_at("/session_token")))
}

/// Does something, such as suspending, for a reason.
pub(crate) async fn act(operator: &Client, path: &str) -> Result<Response> {
    let reason = serde_json::json!({"reason": "It sells what is not its own."});
    operator.post(path, reason).await
}

/// Asserts that every role reads this path, and that nobody else does.
pub(crate) async fn assert_staff_alone_reads(market: &Market, path: &str) -> Result<()> {
    let user = market.sign_up("curious").await?;
    assert_problem(&user.get(path).await?, 403, "forbidden");
    for role in ["support", "operator", "admin"] {
        let read = staff(market, role).await?.get(path).await?;
        assert_eq!(read.status, 200, "{role}: {}", read.text);
    }
    Ok(())
}

/// Asserts that neither users nor support do this, and that an operator needs a reason.
pub(crate) async fn assert_operators_alone_do(market: &Market, path: &str) -> Result<()> {
    let user = market.sign_up("bold").await?;
    let support = staff(market, "support").await?;
    for client in [user, support] {
        assert_problem(&act(&client, path).await?, 403, "forbidden");
    }
    let operator = staff(market, "operator").await?;
    for body in [serde_json::json!({}), serde_json::json!({"reason": " "})] {
        let refused = operator.post(path, body).await?;
        assert_problem(&refused, 422, "invalid_request");
    }
    Ok(())
}

/// What has happened in a history, the newest first.
pub(crate) fn told(history: &serde_json::Value) -> Vec<&str> {
    let entries = history["data"].as_array().into_iter().flatten();
    entries.filter_map(|entry| entry["what"].as_str()).collect()
}
