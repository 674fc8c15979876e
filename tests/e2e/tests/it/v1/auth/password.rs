//! `POST /v1/auth/password`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, PASSWORD};

use super::{is_alive, sessions};
use crate::assertions::{assert_invalid_fields, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/password"];

#[tokio::test]
async fn changing_a_password_needs_the_current_one() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    let change =
        json!({"current_password": "not my password", "new_password": "another good password"});
    assert_problem(
        &ada.post("/v1/auth/password", change).await?,
        401,
        "invalid_credentials",
    );
    let change = json!({"current_password": PASSWORD, "new_password": "short"});
    assert_invalid_fields(
        &ada.post("/v1/auth/password", change).await?,
        &["new_password"],
    );
    assert_eq!(ada.sessions().await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_the_old_password() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, sessions) = sessions(&market, 3).await?;
    let new = "another good password";
    let change = json!({"current_password": PASSWORD, "new_password": new});
    assert_eq!(
        sessions[0]
            .post("/v1/auth/password", change.clone())
            .await?
            .status,
        204
    );
    assert!(is_alive(&market, &sessions[0]).await?);
    assert!(!is_alive(&market, &sessions[1]).await? && !is_alive(&market, &sessions[2]).await?);

    let there = market.client()?.at(market.address(1));
    assert_problem(
        &there.log_in(&email, PASSWORD).await?,
        401,
        "invalid_credentials",
    );
    assert_eq!(there.log_in(&email, new).await?.status, 200);
    assert_problem(
        &sessions[0].post("/v1/auth/password", change).await?,
        401,
        "invalid_credentials",
    );
    Ok(())
}

#[tokio::test]
async fn of_two_concurrent_password_changes_one_succeeds() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, sessions) = sessions(&market, 2).await?;
    let change = |number: usize| {
        let change =
            json!({"current_password": PASSWORD, "new_password": format!("new password {number}")});
        sessions[number].post("/v1/auth/password", change)
    };
    let (first, second) = futures::future::try_join(change(0), change(1)).await?;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401]);
    let winner = usize::from(second.status == 204);
    let login = market
        .client()?
        .log_in(&email, &format!("new password {winner}"))
        .await?;
    assert_eq!(login.status, 200);
    Ok(())
}
