use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Market, PASSWORD, Response, unique_email};

use crate::expect::{assert_answer, assert_fields, assert_id, assert_instant, assert_not_stored};

#[track_caller]
fn assert_session(answer: &Response, status: u16, email: &str, name: &str) {
    assert_answer(answer, status);
    assert_not_stored(answer);
    assert_fields(answer.json(), &["session_token", "expires_at", "user"]);
    assert!(answer.text_at("/session_token").starts_with("udam_ses_"));
    assert_instant(&answer["expires_at"]);
    assert_fields(&answer["user"], &["id", "email", "name"]);
    assert_id(&answer["user"]["id"], "acc");
    assert_eq!(
        (answer.text_at("/user/email"), answer.text_at("/user/name")),
        (email, name)
    );
}

#[tokio::test]
async fn registering_makes_an_account_and_signs_it_in() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
    let answer = visitor.post("/v1/auth/register", body).await?;
    assert_session(&answer, 201, &email, "Ada Lovelace");
    let ada = visitor.with_session(answer.text_at("/session_token"));
    assert_eq!(ada.get("/v1/tokens").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_signed_in_account_is_the_one_that_was_registered() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
    let registered = visitor.post("/v1/auth/register", body).await?;
    let ada = visitor.with_session(registered.text_at("/session_token"));
    let me = ada.get("/v1/me").await?;
    assert_answer(&me, 200);
    assert_not_stored(&me);
    assert_eq!(me.json(), &registered["user"]);
    Ok(())
}

#[tokio::test]
async fn who_gives_no_name_is_called_by_the_address() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("grace");
    let local = email.split('@').next().unwrap();
    assert_session(
        &visitor.register(&email, PASSWORD).await?,
        201,
        &email,
        local,
    );
    Ok(())
}

#[tokio::test]
async fn logging_in_opens_another_session_of_the_same_account() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let registered = visitor.register(&email, PASSWORD).await?;
    let answer = visitor.log_in(&email.to_uppercase(), PASSWORD).await?;
    assert_session(&answer, 200, &email, email.split('@').next().unwrap());
    assert_eq!(answer["user"], registered["user"]);
    assert_ne!(answer["session_token"], registered["session_token"]);
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_with_their_device_address_and_times() -> Result<()> {
    let market = Market::shared().await?;
    let (visitor, email) = (market.client()?, unique_email("ada"));
    visitor.register(&email, PASSWORD).await?;
    let login = visitor
        .request(Method::POST, "/v1/auth/login")
        .header("User-Agent", "Pocket calculator/1.0");
    let login = visitor
        .send(login.json(&json!({"email": email, "password": PASSWORD})))
        .await?;
    let ada = visitor.with_session(login.text_at("/session_token"));

    let answer = ada.sessions().await?;
    assert_answer(&answer, 200);
    assert_fields(answer.json(), &["data", "next_cursor"]);
    assert_eq!(
        (answer.items().len(), &answer["next_cursor"]),
        (2, &Value::Null)
    );
    for session in answer.items() {
        let fields = [
            "id",
            "device",
            "address",
            "created_at",
            "last_seen_at",
            "expires_at",
            "current",
        ];
        assert_fields(session, &fields);
        assert_id(&session["id"], "ses");
        assert_eq!(session["address"], "127.0.0.1");
        for instant in ["created_at", "last_seen_at", "expires_at"] {
            assert_instant(&session[instant]);
        }
    }
    let told = |session: &Value| (session["device"].clone(), session["current"].clone());
    assert_eq!(
        told(&answer.items()[0]),
        (json!("Pocket calculator/1.0"), json!(true))
    );
    assert_eq!(
        told(&answer.items()[1]),
        (json!("udam-testkit"), json!(false))
    );
    Ok(())
}

#[tokio::test]
async fn logging_out_answers_ok_and_ending_sessions_answers_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let (visitor, email) = (market.client()?, unique_email("ada"));
    let first = visitor.register(&email, PASSWORD).await?;
    let first = visitor.with_session(first.text_at("/session_token"));
    let second = visitor.log_in(&email, PASSWORD).await?;
    let second = visitor.with_session(second.text_at("/session_token"));

    let sessions = second.sessions().await?;
    let other = sessions.items()[1]["id"].as_str().unwrap();
    let ended = second.delete(&format!("/v1/auth/sessions/{other}")).await?;
    assert_eq!((ended.status, ended.text.as_str()), (204, ""));
    assert_eq!(first.sessions().await?.status, 401);

    let change = json!({"current_password": PASSWORD, "new_password": "another good password"});
    let changed = second.post("/v1/auth/password", change).await?;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));

    let answer = second.log_out().await?;
    assert_answer(&answer, 200);
    assert_eq!(answer.json(), &json!({"ok": true}));
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_the_name_that_its_request_was_given() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for path in ["/v1/listings", "/v1/orders", "/nowhere"] {
        let request = visitor
            .request(Method::GET, path)
            .header("X-Request-Id", "trace-7.a_B");
        assert_eq!(
            visitor.send(request).await?.header("x-request-id"),
            "trace-7.a_B"
        );
        let unnamed = [visitor.get(path).await?, visitor.get(path).await?];
        assert_ne!(
            unnamed[0].header("x-request-id"),
            unnamed[1].header("x-request-id")
        );
        let forged = visitor
            .request(Method::GET, path)
            .header("X-Request-Id", "a b{}");
        assert_ne!(visitor.send(forged).await?.header("x-request-id"), "a b{}");
    }
    Ok(())
}
