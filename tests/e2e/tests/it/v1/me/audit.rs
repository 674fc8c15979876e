//! `GET /v1/me/audit`

use anyhow::Result;
use serde_json::Value;
use udam_testkit::{Market, PASSWORD, unique_email, weather_listing};

use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/audit"];

#[tokio::test]
async fn an_account_reads_what_it_did_and_what_was_done_about_it_and_nobody_elses() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let email = unique_email("audited");
    let registered = market.client()?.register(&email, PASSWORD).await?;
    let buyer = market
        .client()?
        .with_session(registered.text_at("/session_token"));
    market.client()?.log_in(&email, "not my password").await?;
    let token = buy_token(&buyer, &listing).await?;
    buyer.reveal(&token).await?;
    let page = buyer.get("/v1/me/audit").await?;
    let actions: Vec<&Value> = page.items().iter().map(|item| &item["action"]).collect();
    assert_eq!(actions, ["key_revealed", "log_in_failed", "logged_in"]);
    assert_eq!(page.items()[0]["subject"], token.as_str());
    let own: Vec<&Value> = page.items().iter().map(|item| &item["own"]).collect();
    assert_eq!(own, [true, false, true]);
    let of_seller = seller.get("/v1/me/audit").await?;
    assert_eq!(of_seller.items()[0]["action"], "listing_published");
    assert_eq!(of_seller.items().len(), 2);
    Ok(())
}

#[tokio::test]
async fn pages_of_what_was_done_repeat_and_skip_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let buyer = market.sign_up("audit_pages").await?;
    for name in ["Ada A", "Ada B", "Ada C", "Ada D"] {
        buyer
            .patch("/v1/me", serde_json::json!({"name": name}))
            .await?;
    }
    let whole = buyer.get("/v1/me/audit").await?;
    let mut read = Vec::new();
    let mut path = "/v1/me/audit?limit=2".to_owned();
    loop {
        let page = buyer.get(&path).await?;
        read.extend(page.items().to_vec());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/me/audit?limit=2&cursor={next}");
    }
    assert_eq!(read, whole.items());
    assert_eq!(read.len(), 5);
    Ok(())
}
