//! `/v1/admin`: what operators look for, read and do.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod audit;
pub(crate) mod listings;
pub(crate) mod orders;
pub(crate) mod search;
pub(crate) mod webhooks;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{
    Client, Market, MarketBuilder, PASSWORD, Response, TwoFactors, add_factor, expect_status,
    unique_email,
};

use super::auth::age_proofs;
use crate::assertions::assert_problem;

/// A new account with this role, whose session has proved its second factor.
pub(crate) async fn staff(market: &Market, role: &str) -> Result<Client> {
    let visitor = market.client()?;
    let (_email, client) = staff_without_factor(market, &visitor, role).await?;
    Ok(add_factor(&client, PASSWORD).await?.client)
}

/// A new operator with its second factor.
pub(crate) async fn operator_with_factor(market: &Market) -> Result<(String, TwoFactors)> {
    let visitor = market.client()?;
    let (email, client) = staff_without_factor(market, &visitor, "operator").await?;
    Ok((email, add_factor(&client, PASSWORD).await?))
}

/// The address and session of a new account with this role and no second factor.
pub(crate) async fn staff_without_factor(
    market: &Market,
    visitor: &Client,
    role: &str,
) -> Result<(String, Client)> {
    let email = unique_email(role);
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
    let client = visitor.with_session(registered.text_at("/session_token"));
    Ok((email, client))
}

/// Does something, such as suspending, for a reason.
pub(crate) async fn act(operator: &Client, path: &str) -> Result<Response> {
    let reason = json!({"reason": "It sells what is not its own."});
    operator.post(path, reason).await
}

#[tokio::test]
async fn operators_need_a_second_factor_and_a_recent_proof_of_it() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let user = market.sign_up("user").await?;
    let id = user.get("/v1/me").await?.id().to_owned();
    let path = format!("/v1/admin/accounts/{id}/suspend");
    let visitor = market.client()?;
    let (_email, operator) = staff_without_factor(&market, &visitor, "admin").await?;
    let refused = act(&operator, &path).await?;
    assert_problem(&refused, 403, "second_factor_needed");
    let factors = add_factor(&operator, PASSWORD).await?;
    age_proofs(&market).await?;
    let refused = act(&factors.client, &path).await?;
    assert_problem(&refused, 403, "step_up_required");
    // Who has no role learns no more.
    let user = add_factor(&user, PASSWORD).await?;
    age_proofs(&market).await?;
    assert_problem(&act(&user.client, &path).await?, 403, "forbidden");
    let proof = json!({"code": factors.phone.code().await});
    expect_status(factors.client.post("/v1/auth/step-up", proof).await?, 200)?;
    expect_status(act(&factors.client, &path).await?, 200)?;
    Ok(())
}

#[tokio::test]
async fn logging_in_by_the_second_factor_is_a_proof() -> Result<()> {
    let market = Market::shared().await?;
    let (email, factors) = operator_with_factor(market).await?;
    let visitor = market.client()?;
    let asked = visitor.log_in(&email, PASSWORD).await?;
    let proof = json!({"challenge": asked["challenge"], "code": factors.phone.code().await});
    let opened = visitor.post("/v1/auth/login/second-factor", proof);
    let opened = expect_status(opened.await?, 200)?;
    let operator = visitor.with_session(opened.text_at("/session_token"));
    let nobody = "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q/suspend";
    assert_problem(&act(&operator, nobody).await?, 404, "not_found");
    Ok(())
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
