//! `GET /v1/me/export`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, add_factor, expect_status, unique_email, weather_listing};

use crate::assertions::assert_no_store;
use crate::setup::{buy_token, publish};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/export"];

#[tokio::test]
async fn a_person_takes_along_all_that_is_stored_of_them_and_no_key() -> Result<()> {
    let market = Market::shared().await?;
    let email = unique_email("exported");
    let opened = market.client()?.register(&email, PASSWORD).await?;
    let ada = market
        .client()?
        .with_session(opened.text_at("/session_token"));
    let own = publish(&ada, weather_listing(3)).await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(200)).await?;
    // More than a page.
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(buy_token(&ada, &listing).await?);
    }
    ada.reveal(&tokens[0]).await?;
    buy_token(&seller, &own).await?;
    let key = json!({"name": "Nightly job", "scopes": ["read"]});
    let key = expect_status(ada.post("/v1/me/api-keys", key).await?, 201)?;
    let factors = add_factor(&ada, PASSWORD).await?;
    let document = expect_status(factors.client.get("/v1/me/export").await?, 200)?;
    assert_no_store(&document);
    assert!(
        document
            .header("content-disposition")
            .contains("attachment; filename=\"udam-account.json\"")
    );
    assert_eq!(document["account"]["email"], email.as_str());
    assert_eq!(document["mail_preferences"]["sale_digest"], true);
    assert!(document["account"]["second_factor_since"].is_string());
    assert_eq!(document["api_keys"][0]["name"], "Nightly job");
    for secret in [key.text_at("/api_key"), factors.recovery_codes[0].as_str()] {
        assert!(!document.text.contains(secret));
    }
    let count = |list: &str| document[list].as_array().map_or(0, Vec::len);
    assert_eq!(
        [
            "sessions",
            "orders",
            "sales",
            "tokens",
            "listings",
            "complaints"
        ]
        .map(count),
        [1, 3, 1, 3, 1, 0]
    );
    assert_eq!(document["listings"][0]["id"], own.as_str());
    let actions = document["actions"].to_string();
    assert!(actions.contains("key_revealed"), "{actions}");
    assert!(!document.text.contains("sk-weather-1"));
    Ok(())
}
