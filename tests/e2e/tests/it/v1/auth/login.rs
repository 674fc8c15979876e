//! `POST /v1/auth/login`

pub(crate) mod second_factor;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email};

use super::assert_session;
use crate::assertions::{assert_invalid_fields, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/login"];

#[tokio::test]
async fn logging_in_opens_another_session_of_the_same_account() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let registered = visitor.register(&email, PASSWORD).await?;
    let response = visitor.log_in(&email.to_uppercase(), PASSWORD).await?;
    assert_session(&response, 200, &email, registered.text_at("/user/name"));
    assert_eq!(response["user"], registered["user"]);
    assert_ne!(response["session_token"], registered["session_token"]);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_email_get_the_same_response() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    visitor.register(&email, PASSWORD).await?;
    let mut wrong = visitor.log_in(&email, "not my password").await?;
    let mut unknown = visitor.log_in(&unique_email("nobody"), PASSWORD).await?;
    for response in [&mut wrong, &mut unknown] {
        assert_problem(response, 401, "invalid_credentials");
        response.text = response.text.replace(response.header("x-request-id"), "");
    }
    assert_eq!(wrong.text, unknown.text);
    // A password too short to be valid gets the same response, which does not reveal the rules.
    assert_problem(
        &visitor.log_in(&email, "").await?,
        401,
        "invalid_credentials",
    );
    Ok(())
}

#[tokio::test]
async fn an_email_without_a_password_is_rejected_in_production() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    visitor.register(&email, PASSWORD).await?;
    for body in [
        json!({"email": email}),
        json!({"email": email, "password": null}),
    ] {
        assert_invalid_fields(&visitor.post("/v1/auth/login", body).await?, &["password"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_password_is_the_same_whichever_keyboard_has_typed_it() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let (composed, decomposed) = ("\u{e5}ngstr\u{f6}m 1\u{a0}2", "a\u{30a}ngstro\u{308}m 1 2");
    assert_eq!(visitor.register(&email, decomposed).await?.status, 201);
    for password in [composed, decomposed, "a\u{30a}ngstr\u{f6}m 1\u{3000}2"] {
        assert_eq!(
            visitor.log_in(&email, password).await?.status,
            200,
            "{password:?}"
        );
    }
    let other = visitor.log_in(&email, "angstrom 1 2").await?;
    assert_problem(&other, 401, "invalid_credentials");
    Ok(())
}
