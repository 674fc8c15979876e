//! `POST /v1/auth/step-up`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, PASSWORD, add_factor, expect_status, weather_listing};

use super::age_proofs;
use crate::assertions::{assert_fields, assert_problem, assert_timestamp};
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/step-up"];

const PATH: &str = "/v1/auth/step-up";

#[tokio::test]
async fn what_needs_a_recent_proof_is_refused_until_there_is_one() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    // Without a factor, nothing is asked for.
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    let nothing = buyer.post(PATH, json!({"code": "123456"})).await?;
    assert_problem(&nothing, 403, "second_factor_needed");

    let factors = add_factor(&buyer, PASSWORD).await?;
    let buyer = &factors.client;
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    age_proofs(&market).await?;
    let new = json!({"current_password": PASSWORD, "new_password": "another good password"});
    for refused in [
        buyer.reveal(&token).await?,
        buyer.post("/v1/auth/password", new.clone()).await?,
        buyer.post("/v1/auth/change-email", json!({})).await?,
        buyer
            .post_empty(&format!("/v1/tokens/{token}/keys"))
            .await?,
    ] {
        assert_problem(&refused, 403, "step_up_required");
    }
    // All else goes on.
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    let wrong = json!({"code": factors.phone.wrong_code()});
    assert_problem(
        &buyer.post(PATH, wrong).await?,
        401,
        "invalid_second_factor",
    );
    let code = json!({"code": factors.phone.code().await});
    let proved = expect_status(buyer.post(PATH, code.clone()).await?, 200)?;
    assert_fields(proved.json(), &["proved_until"]);
    assert_timestamp(&proved["proved_until"]);
    let there = buyer.at(market.address(1));
    assert_eq!(there.reveal(&token).await?.status, 200);
    assert_problem(&there.post(PATH, code).await?, 401, "invalid_second_factor");
    assert_eq!(there.post("/v1/auth/password", new).await?.status, 204);
    Ok(())
}

#[tokio::test]
async fn a_session_that_guesses_has_to_wait() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let factors = add_factor(&market.sign_up("ada").await?, PASSWORD).await?;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let guess = json!({"code": factors.phone.wrong_code()});
        statuses.push(factors.client.post(PATH, guess).await?.status);
    }
    assert_eq!(statuses[..5], [401; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    Ok(())
}
