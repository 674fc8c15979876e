//! `POST` and `DELETE /v1/auth/totp`

pub(crate) mod confirm;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, PASSWORD, add_factor, expect_status};

use super::age_proofs;
use crate::assertions::{assert_fields, assert_no_store, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/totp", "DELETE /v1/auth/totp"];

const PATH: &str = "/v1/auth/totp";

#[tokio::test]
async fn beginning_takes_the_password_and_asks_for_nothing_yet() -> Result<()> {
    let market = Market::shared().await?;
    let ada = market.sign_up("ada").await?;
    let wrong = ada
        .post(PATH, json!({"password": "not my password"}))
        .await?;
    assert_problem(&wrong, 401, "invalid_credentials");
    let begun = expect_status(ada.post(PATH, json!({"password": PASSWORD})).await?, 201)?;
    assert_no_store(&begun);
    assert_fields(begun.json(), &["secret", "otpauth_uri"]);
    let (secret, uri) = (begun.text_at("/secret"), begun.text_at("/otpauth_uri"));
    assert_eq!(secret.len(), 32);
    assert!(
        uri.starts_with("otpauth://totp/UDAM:") && uri.contains(secret),
        "{uri}"
    );
    let email = ada.get("/v1/me").await?.text_at("/email").to_owned();
    assert_eq!(market.client()?.log_in(&email, PASSWORD).await?.status, 200);
    let again = expect_status(ada.post(PATH, json!({"password": PASSWORD})).await?, 201)?;
    assert_ne!(again.text_at("/secret"), secret);
    Ok(())
}

#[tokio::test]
async fn a_factor_moves_to_another_app_and_is_removed_after_a_recent_proof() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    assert_problem(&ada.delete(PATH).await?, 403, "second_factor_needed");
    let first = add_factor(&ada, PASSWORD).await?;
    age_proofs(&market).await?;
    for refused in [
        first.client.delete(PATH).await?,
        first
            .client
            .post(PATH, json!({"password": PASSWORD}))
            .await?,
        first
            .client
            .post("/v1/auth/totp/confirm", json!({"code": "123456"}))
            .await?,
    ] {
        assert_problem(&refused, 403, "step_up_required");
    }
    let proof = json!({"recovery_code": first.recovery_codes[0]});
    expect_status(first.client.post("/v1/auth/step-up", proof).await?, 200)?;
    let second = add_factor(&first.client, PASSWORD).await?;
    // The app and the codes before are void.
    for proof in [
        json!({"code": first.phone.code().await}),
        json!({"recovery_code": first.recovery_codes[1]}),
    ] {
        let refused = second.client.post("/v1/auth/step-up", proof).await?;
        assert_problem(&refused, 401, "invalid_second_factor");
    }
    let removed = expect_status(second.client.delete(PATH).await?, 200)?;
    assert_eq!(second.client.get("/v1/me").await?.status, 401);
    let renewed = ada.with_session(removed.text_at("/session_token"));
    let email = renewed.get("/v1/me").await?.text_at("/email").to_owned();
    assert_eq!(market.client()?.log_in(&email, PASSWORD).await?.status, 200);
    let left = "SELECT (SELECT count(*) FROM totp_secrets) + (SELECT count(*) FROM recovery_codes)";
    assert_eq!(market.database.count(left).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_stolen_database_has_neither_secrets_nor_codes() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    let begun = expect_status(ada.post(PATH, json!({"password": PASSWORD})).await?, 201)?;
    let factors = add_factor(&ada, PASSWORD).await?;
    let dump = market.database.dump().await?;
    let codes = factors.recovery_codes.iter();
    let secrets = codes.map(String::as_str).chain([begun.text_at("/secret")]);
    for secret in secrets {
        for form in udam_testkit::encodings(secret) {
            assert!(!dump.contains(&form), "{secret} is stored");
        }
        let plain = secret.replace('-', "");
        assert!(!dump.contains(&plain), "{secret} is stored");
    }
    Ok(())
}

#[tokio::test]
async fn an_operator_removes_the_factor_of_who_has_lost_everything() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    let email = ada.get("/v1/me").await?.text_at("/email").to_owned();
    let remove = ["accounts", "remove-factor", &email];
    let none = market.run(&remove).await?;
    assert_eq!(none.code, Some(1), "{}", none.stderr);
    let factors = add_factor(&ada, PASSWORD).await?;
    market.run(&remove).await?.success()?;
    assert_eq!(factors.client.get("/v1/me").await?.status, 401);
    let opened = market.client()?.log_in(&email, PASSWORD).await?;
    let ada = ada.with_session(expect_status(opened, 200)?.text_at("/session_token"));
    let audit = ada.get("/v1/me/audit").await?;
    let actions: Vec<&str> = audit
        .items()
        .iter()
        .filter_map(|record| record["action"].as_str())
        .collect();
    assert_eq!(
        actions[..3],
        ["logged_in", "second_factor_removed", "second_factor_added"]
    );
    let unknown = market.run(&["accounts", "remove-factor", "nobody@example.com"]);
    assert_eq!(unknown.await?.code, Some(1));
    Ok(())
}
