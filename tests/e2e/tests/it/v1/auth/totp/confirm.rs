//! `POST /v1/auth/totp/confirm`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, PASSWORD, Phone, expect_status};

use super::super::{is_alive, sessions};
use crate::assertions::{assert_fields, assert_invalid_fields, assert_no_store, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/totp/confirm"];

const PATH: &str = "/v1/auth/totp/confirm";

#[tokio::test]
async fn a_confirmed_factor_renews_the_session_and_ends_the_others() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_email, sessions) = sessions(&market, 2).await?;
    let begun = sessions[0].post("/v1/auth/totp", json!({"password": PASSWORD}));
    let begun = expect_status(begun.await?, 201)?;
    let phone = Phone::with_secret(begun.text_at("/secret"))?;
    let wrong = json!({"code": phone.wrong_code()});
    assert_invalid_fields(&sessions[0].post(PATH, wrong).await?, &["code"]);
    let code = json!({"code": phone.code().await});
    let confirmed = expect_status(sessions[0].post(PATH, code.clone()).await?, 200)?;
    assert_no_store(&confirmed);
    assert_fields(confirmed.json(), &["recovery_codes", "session_token"]);
    assert_eq!(
        confirmed["recovery_codes"].as_array().map(Vec::len),
        Some(10)
    );
    assert!(!is_alive(&market, &sessions[0]).await? && !is_alive(&market, &sessions[1]).await?);
    let renewed = sessions[0].with_session(confirmed.text_at("/session_token"));
    assert!(is_alive(&market, &renewed).await?);
    assert_problem(&renewed.post(PATH, code).await?, 409, "invalid_state");
    Ok(())
}

#[tokio::test]
async fn a_factor_can_be_confirmed_for_an_hour() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    let code = json!({"code": "123456"});
    assert_problem(&ada.post(PATH, code).await?, 409, "invalid_state");
    let begun = ada
        .post("/v1/auth/totp", json!({"password": PASSWORD}))
        .await?;
    let phone = Phone::with_secret(begun.text_at("/secret"))?;
    let age = "UPDATE totp_secrets SET created_at = created_at - interval '1 hour'";
    market.database.execute(age).await?;
    let code = json!({"code": phone.code().await});
    assert_problem(&ada.post(PATH, code).await?, 409, "invalid_state");
    Ok(())
}

#[tokio::test]
async fn of_two_confirmations_at_once_one_succeeds() -> Result<()> {
    let market = Market::shared().await?;
    let ada = market.sign_up("ada").await?;
    let begun = ada
        .post("/v1/auth/totp", json!({"password": PASSWORD}))
        .await?;
    let phone = Phone::with_secret(begun.text_at("/secret"))?;
    let code = json!({"code": phone.code().await});
    let both = futures::future::try_join(ada.post(PATH, code.clone()), ada.post(PATH, code));
    let (first, second) = both.await?;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(matches!(statuses[1], 401 | 409), "{statuses:?}");
    Ok(())
}
