//! `POST /v1/auth/logout`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, PASSWORD, unique_email, weather_listing};

use crate::assertions::{assert_json, assert_problem};
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/logout"];

#[tokio::test]
async fn logging_out_returns_ok_and_ending_a_session_returns_no_content() -> Result<()> {
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

    let response = second.log_out().await?;
    assert_json(&response, 200);
    assert_eq!(response.json(), &json!({"ok": true}));
    Ok(())
}

#[tokio::test]
async fn a_logout_takes_effect_at_once_on_every_server() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let here = market.sign_up("buyer").await?;
    let there = here.at(market.address(1));
    let (_seller, listing) = seller_with_listing(&market, weather_listing(10)).await?;
    assert_eq!(there.buy(&listing, 1).await?.status, 201);

    let response = here.log_out().await?;
    assert_eq!(
        (response.status, response.text.as_str()),
        (200, r#"{"ok":true}"#)
    );
    for client in [&there, &here] {
        assert_problem(&client.buy(&listing, 1).await?, 401, "unauthenticated");
        assert_problem(&client.get("/v1/tokens").await?, 401, "unauthenticated");
        assert_problem(&client.sessions().await?, 401, "unauthenticated");
    }
    Ok(())
}
