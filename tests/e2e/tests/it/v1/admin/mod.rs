//! `/v1/admin`: what operators do.

pub(crate) mod accounts;
pub(crate) mod listings;

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
        .run(&["admin", "grant", &email, role])
        .await?
        .success()?;
    let client = visitor.with_session(registered.text_at("/session_token"));
    Ok((email, client))
}

/// Suspends or restores something, for a reason.
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
