//! `GET /v1/auth/sessions`, `DELETE /v1/auth/sessions/{id}`, and the expiry of sessions.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Market, MarketBuilder, PASSWORD, unique_email};

use super::{age, is_alive, sessions};
use crate::assertions::{assert_fields, assert_id, assert_json, assert_problem, assert_timestamp};

pub(crate) const ROUTES: &[&str] = &["GET /v1/auth/sessions", "DELETE /v1/auth/sessions/{id}"];

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

    let response = ada.sessions().await?;
    assert_json(&response, 200);
    assert_fields(response.json(), &["data", "next_cursor"]);
    assert_eq!(
        (response.items().len(), &response["next_cursor"]),
        (2, &Value::Null)
    );
    for session in response.items() {
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
            assert_timestamp(&session[instant]);
        }
    }
    let shown = |session: &Value| (session["device"].clone(), session["current"].clone());
    assert_eq!(
        shown(&response.items()[0]),
        (json!("Pocket calculator/1.0"), json!(true))
    );
    assert_eq!(
        shown(&response.items()[1]),
        (json!("udam-testkit"), json!(false))
    );
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_a_page_at_a_time() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_, sessions) = sessions(&market, 4).await?;
    let all = sessions[0].sessions().await?;
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    for length in [2, 2, 1] {
        let path = format!("/v1/auth/sessions?limit=2{cursor}");
        let page = sessions[0].get(&path).await?;
        assert_eq!(page.items().len(), length);
        listed.extend(page.items().to_vec());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => assert_eq!(length, 1),
        }
    }
    assert_eq!(listed, all.items());
    Ok(())
}

#[tokio::test]
async fn ending_one_session_keeps_the_others() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_, sessions) = sessions(&market, 3).await?;
    let list = sessions[0].sessions().await?;
    assert_eq!(list.items().len(), 4);
    let current: Vec<_> = list
        .items()
        .iter()
        .filter(|session| session["current"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    // Sessions are sorted newest first, so this is that of `sessions[2]`.
    let path = format!(
        "/v1/auth/sessions/{}",
        list.items()[0]["id"].as_str().unwrap()
    );
    assert_eq!(sessions[0].delete(&path).await?.status, 204);
    assert!(!is_alive(&market, &sessions[2]).await?);
    assert!(is_alive(&market, &sessions[1]).await? && is_alive(&market, &sessions[0]).await?);
    assert_problem(&sessions[0].delete(&path).await?, 404, "not_found");
    assert_eq!(sessions[0].sessions().await?.items().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_session_expires_after_its_lifetime_even_in_use() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_TTL", "1h")
        .start()
        .await?;
    let (_, sessions) = sessions(&market, 1).await?;
    age(&market, 59).await?;
    market
        .database
        .execute("UPDATE sessions SET last_seen_at = now()")
        .await?;
    assert!(is_alive(&market, &sessions[0]).await?);
    age(&market, 2).await?;
    market
        .database
        .execute("UPDATE sessions SET last_seen_at = now()")
        .await?;
    assert!(!is_alive(&market, &sessions[0]).await?);
    Ok(())
}

#[tokio::test]
async fn an_idle_session_expires_and_one_in_use_does_not() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_IDLE_TTL", "10m")
        .start()
        .await?;
    let (_, sessions) = sessions(&market, 2).await?;
    for _ in 0..3 {
        age(&market, 9).await?;
        // This request is recorded as the last use.
        assert!(is_alive(&market, &sessions[0]).await?);
    }
    assert!(!is_alive(&market, &sessions[1]).await?);
    age(&market, 11).await?;
    assert!(!is_alive(&market, &sessions[0]).await?);
    Ok(())
}

#[tokio::test]
async fn an_order_needs_a_session_that_has_not_expired() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_TTL", "1h")
        .start()
        .await?;
    let seller = market.sign_up("seller").await?;
    let listing = seller.publish(udam_testkit::weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_eq!(buyer.buy(listing.id(), 1).await?.status, 201);
    age(&market, 61).await?;
    assert_problem(&buyer.buy(listing.id(), 1).await?, 401, "unauthenticated");
    market.verify().await?;
    Ok(())
}
