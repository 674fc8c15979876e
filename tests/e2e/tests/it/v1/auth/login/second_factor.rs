//! `POST /v1/auth/login/second-factor`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{
    Market, MarketBuilder, PASSWORD, Response, TwoFactors, add_factor, expect_status, unique_email,
};

use super::super::assert_session;
use crate::assertions::{assert_invalid_fields, assert_no_store, assert_problem, assert_timestamp};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/login/second-factor"];

const PATH: &str = "/v1/auth/login/second-factor";

/// The address of a new account with a second factor.
async fn account(market: &Market) -> Result<(String, TwoFactors)> {
    let email = unique_email("two_factors");
    let visitor = market.client()?;
    let registered = expect_status(visitor.register(&email, PASSWORD).await?, 201)?;
    let client = visitor.with_session(registered.text_at("/session_token"));
    Ok((email, add_factor(&client, PASSWORD).await?))
}

/// The challenge that the right password is answered with.
async fn challenge(market: &Market, email: &str) -> Result<Value> {
    let response = market.client()?.log_in(email, PASSWORD).await?;
    assert_problem(&response, 401, "second_factor_required");
    assert_no_store(&response);
    assert_timestamp(&response["challenge_expires_at"]);
    assert!(response.text_at("/challenge").starts_with("udam_chl_"));
    Ok(response["challenge"].clone())
}

async fn finish(market: &Market, number: usize, body: Value) -> Result<Response> {
    let visitor = market.client()?.at(market.address(number));
    visitor.post(PATH, body).await
}

#[tokio::test]
async fn a_login_with_a_second_factor_takes_a_code_and_each_code_once() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, factors) = account(&market).await?;
    let challenge = challenge(&market, &email).await?;
    let wrong = json!({"challenge": challenge, "code": factors.phone.wrong_code()});
    assert_problem(
        &finish(&market, 0, wrong).await?,
        401,
        "invalid_second_factor",
    );
    let code = factors.phone.code().await;
    let right = json!({"challenge": challenge, "code": code});
    // Of two at once, at two servers, one is accepted.
    let both = futures::future::try_join(
        finish(&market, 0, right.clone()),
        finish(&market, 1, right.clone()),
    );
    let (first, second) = both.await?;
    let (opened, refused) = if first.status == 200 {
        (first, second)
    } else {
        (second, first)
    };
    let name = opened.text_at("/user/name").to_owned();
    assert_session(&opened, 200, &email, &name);
    assert_eq!(refused.status, 401);
    // The challenge is used up, and so is the code.
    assert_problem(&finish(&market, 0, right).await?, 401, "challenge_expired");
    let challenge = self::challenge(&market, &email).await?;
    let again = json!({"challenge": challenge, "code": code});
    assert_problem(
        &finish(&market, 1, again).await?,
        401,
        "invalid_second_factor",
    );
    let next = json!({"challenge": challenge, "code": factors.phone.code().await});
    assert_eq!(finish(&market, 1, next).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_logs_in_once() -> Result<()> {
    let market = Market::shared().await?;
    let (email, factors) = account(market).await?;
    let typed = factors.recovery_codes[0].to_uppercase().replace('-', " ");
    let first = json!({"challenge": challenge(market, &email).await?, "recovery_code": typed});
    let opened = expect_status(finish(market, 0, first).await?, 200)?;
    let again = json!({"challenge": challenge(market, &email).await?, "recovery_code": typed});
    assert_problem(
        &finish(market, 0, again).await?,
        401,
        "invalid_second_factor",
    );
    let client = market
        .client()?
        .with_session(opened.text_at("/session_token"));
    // Logging in so is a proof.
    let replaced = expect_status(client.post_empty("/v1/auth/recovery-codes").await?, 201)?;
    assert_eq!(
        replaced["recovery_codes"].as_array().map(Vec::len),
        Some(10)
    );
    let void = json!({
        "challenge": challenge(market, &email).await?,
        "recovery_code": factors.recovery_codes[1],
    });
    assert_problem(
        &finish(market, 0, void).await?,
        401,
        "invalid_second_factor",
    );
    Ok(())
}

#[tokio::test]
async fn a_challenge_ends_after_minutes_and_with_the_password_or_the_factor() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (email, factors) = account(&market).await?;
    let codes = &factors.recovery_codes;
    let late = challenge(&market, &email).await?;
    let age = "UPDATE log_in_challenges SET expires_at = expires_at - interval '5 minutes'";
    market.database.execute(age).await?;
    let body = json!({"challenge": late, "recovery_code": codes[0]});
    assert_problem(&finish(&market, 0, body).await?, 401, "challenge_expired");

    let before = challenge(&market, &email).await?;
    let new = "another good password";
    let change = json!({"current_password": PASSWORD, "new_password": new});
    let changed = factors.client.post("/v1/auth/password", change).await?;
    assert_eq!(changed.status, 204);
    let body = json!({"challenge": before, "recovery_code": codes[0]});
    assert_problem(&finish(&market, 0, body).await?, 401, "challenge_expired");

    let response = market.client()?.log_in(&email, new).await?;
    let removed = factors.client.delete("/v1/auth/totp").await?;
    expect_status(removed, 200)?;
    let body = json!({"challenge": response["challenge"], "recovery_code": codes[0]});
    assert_problem(&finish(&market, 0, body).await?, 401, "challenge_expired");
    assert_eq!(market.client()?.log_in(&email, new).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn guesses_are_few_however_many_challenges_and_servers() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, factors) = account(&market).await?;
    // As from somewhere unknown.
    let forget = "DELETE FROM login_places";
    market.database.execute(forget).await?;
    let mut statuses = Vec::new();
    for number in 0..7 {
        let challenge = challenge(&market, &email).await?;
        let guess = json!({"challenge": challenge, "code": factors.phone.wrong_code()});
        statuses.push(finish(&market, number, guess).await?.status);
    }
    assert_eq!(statuses[..5], [401; 5]);
    // The waits begin with a second, which may have passed, and double.
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    let later = "UPDATE login_failures SET count = 30, last_at = now(), forgotten_at = now() + interval '30 days'
        WHERE email_digest = sha256(convert_to('second factor of ' || $email, 'UTF8'))";
    let later = later.replace("$email", &format!("'{email}'"));
    market.database.execute(&later).await?;
    let right = json!({
        "challenge": challenge(&market, &email).await?,
        "code": factors.phone.code().await,
    });
    let refused = finish(&market, 0, right).await?;
    assert_problem(&refused, 429, "rate_limited");
    let seconds: u64 = refused.header("retry-after").parse()?;
    assert!(seconds > 80_000 && seconds <= 86_400, "{seconds}");
    // The password has a count of its own.
    assert_eq!(market.client()?.log_in(&email, PASSWORD).await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn a_challenge_is_answered_with_one_proof() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let of = async |body: Value| visitor.post(PATH, body).await;
    assert_invalid_fields(&of(json!({})).await?, &["challenge", "code"]);
    let both = json!({
        "challenge": "x", "code": "123456", "recovery_code": "0000-1111-2222-3333-4444-5555",
    });
    assert_invalid_fields(&of(both).await?, &["recovery_code"]);
    let malformed = json!({"challenge": "x", "code": "12345"});
    assert_invalid_fields(&of(malformed).await?, &["code"]);
    let unknown = json!({"challenge": "udam_chl_x", "code": "123456"});
    assert_problem(&of(unknown).await?, 401, "challenge_expired");
    Ok(())
}
