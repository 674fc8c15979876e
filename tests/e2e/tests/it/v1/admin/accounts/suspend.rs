//! `POST /v1/admin/accounts/{id}/suspend`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, expect_status, unique_email, weather_listing};

use super::super::{act, staff};
use crate::assertions::assert_problem;
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/accounts/{id}/suspend"];

#[tokio::test]
async fn a_suspended_account_has_no_session_and_learns_of_it_with_the_right_password() -> Result<()>
{
    let market = Market::shared().await?;
    let operator = staff(market, "operator").await?;
    let email = unique_email("suspended_user");
    let visitor = market.client()?;
    let registered = visitor.register(&email, PASSWORD).await?;
    let id = registered.text_at("/user/id").to_owned();
    let user = visitor.with_session(registered.text_at("/session_token"));
    let path = format!("/v1/admin/accounts/{id}/suspend");
    let suspended = expect_status(act(&operator, &path).await?, 200)?;
    assert!(suspended["suspended_at"].is_string());
    assert_problem(&user.get("/v1/me").await?, 401, "unauthenticated");
    let right = visitor.log_in(&email, PASSWORD).await?;
    assert_problem(&right, 403, "suspended");
    let wrong = visitor.log_in(&email, "not my password").await?;
    assert_problem(&wrong, 401, "invalid_credentials");
    let again = expect_status(act(&operator, &path).await?, 200)?;
    assert_eq!(again["suspended_at"], suspended["suspended_at"]);
    Ok(())
}

#[tokio::test]
async fn listings_and_tokens_of_a_suspended_seller_stop() -> Result<()> {
    let market = Market::shared().await?;
    let operator = staff(market, "operator").await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let id = seller.get("/v1/me").await?.id().to_owned();
    let buyer = market.sign_up("buyer_of_suspended").await?;
    let token = buy_token(&buyer, &listing).await?;
    act(&operator, &format!("/v1/admin/accounts/{id}/suspend")).await?;
    assert_problem(&buyer.buy(&listing, 1).await?, 403, "suspended");
    assert_problem(&buyer.reveal(&token).await?, 403, "suspended");
    let catalogue = buyer.get(&format!("/v1/listings?seller={id}")).await?;
    assert!(catalogue.items().is_empty());
    let shown = buyer.get(&format!("/v1/listings/{listing}")).await?;
    assert_eq!(shown["status"], "suspended");
    Ok(())
}

#[tokio::test]
async fn only_operators_suspend_with_a_reason_and_it_is_audited() -> Result<()> {
    let market = Market::shared().await?;
    let user = market.sign_up("to_be_suspended").await?;
    let id = user.get("/v1/me").await?.id().to_owned();
    let path = format!("/v1/admin/accounts/{id}/suspend");
    assert_problem(&act(&user, &path).await?, 403, "forbidden");
    let support = staff(market, "support").await?;
    assert_problem(&act(&support, &path).await?, 403, "forbidden");
    let operator = staff(market, "operator").await?;
    let without = operator.post(&path, json!({})).await?;
    assert_problem(&without, 422, "invalid_request");
    let own = operator.get("/v1/me").await?.id().to_owned();
    let own = format!("/v1/admin/accounts/{own}/suspend");
    assert_problem(&act(&operator, &own).await?, 403, "forbidden");
    let nobody = "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q/suspend";
    assert_problem(&act(&operator, nobody).await?, 404, "not_found");
    assert_eq!(user.get("/v1/me").await?.status, 200);
    expect_status(act(&operator, &path).await?, 200)?;
    let output = market.run(&["audit", "--json", "--account", &id]).await?;
    let last = output.success()?.lines().last().unwrap_or_default();
    let record: serde_json::Value = serde_json::from_str(last)?;
    assert_eq!(record["action"], "account_suspended");
    assert_eq!(record["reason"], "It sells what is not its own.");
    assert_eq!(record["before"], "active");
    assert_eq!(record["after"], "suspended");
    assert_eq!(record["subject"], id.as_str());
    Ok(())
}
