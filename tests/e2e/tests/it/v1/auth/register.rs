//! `POST /v1/auth/register`

use anyhow::{Result, ensure};
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email};

use super::assert_session;
use crate::assertions::{assert_invalid_fields, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/register"];

#[tokio::test]
async fn registering_creates_an_account_and_a_session() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
    let response = visitor.post("/v1/auth/register", body).await?;
    assert_session(&response, 201, &email, "Ada Lovelace");
    let ada = visitor.with_session(response.text_at("/session_token"));
    assert_eq!(ada.get("/v1/tokens").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_default_name_is_neutral_and_tells_nothing_of_the_email() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("grace");
    let registered = visitor.register(&email, PASSWORD).await?;
    let id = registered.text_at("/user/id");
    let neutral = format!("Member {}", &id[id.len() - 8..]);
    assert_session(&registered, 201, &email, &neutral);
    Ok(())
}

#[tokio::test]
async fn an_email_has_one_account_in_any_spelling() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    assert_eq!(visitor.register(&email, PASSWORD).await?.status, 201);
    for spelling in [email.clone(), email.to_uppercase(), format!(" {email} ")] {
        assert_problem(
            &visitor.register(&spelling, PASSWORD).await?,
            409,
            "email_taken",
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_password_may_hold_any_characters() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for text in ["\0\u{1}\0\u{2}\0\0\0\0", "пароль-🔑-٣", " a  b  c "] {
        let email = unique_email("ada");
        let registered = visitor.register(&email, text).await?;
        ensure!(registered.status == 201, "{text:?}: {}", registered.text);
        ensure!(
            visitor.log_in(&email, text).await?.status == 200,
            "{text:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_password_that_is_guessed_first_is_refused_with_advice() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada-lovelace");
    let local = email.split('@').next().unwrap_or_default();
    for (text, rule) in [
        ("Password", "most common"),
        ("12345678", "most common"),
        ("        ", "blank"),
        ("zzzzzzzz", "one character repeated"),
        (email.as_str(), "your email address"),
        (local, "your email address"),
        ("udam2026", "name of this marketplace"),
    ] {
        let refused = visitor.register(&email, text).await?;
        assert_invalid_fields(&refused, &["password"]);
        let message = refused.text_at("/errors/0/message");
        ensure!(message.contains(rule), "{text:?}: {message}");
        ensure!(message.contains("choose several words"), "{message}");
    }
    let ada = visitor.register(&email, PASSWORD).await?;
    let ada = visitor.with_session(ada.text_at("/session_token"));
    let change = json!({"current_password": PASSWORD, "new_password": "iloveyou"});
    let refused = ada.post("/v1/auth/password", change).await?;
    assert_invalid_fields(&refused, &["new_password"]);
    Ok(())
}
