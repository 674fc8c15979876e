//! `DELETE /v1/me`

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{
    Client, MarketBuilder, PASSWORD, Response, expect_status, unique_email, weather_listing,
};

use crate::assertions::assert_problem;
use crate::setup::{buy_token, publish};

pub(crate) const ROUTES: &[&str] = &["DELETE /v1/me"];

async fn delete(client: &Client, password: &str) -> Result<Response> {
    let request = client.request(Method::DELETE, "/v1/me");
    client
        .send(request.json(&json!({"password": password})))
        .await
}

#[tokio::test]
async fn a_deleted_account_leaves_its_orders_and_nothing_of_the_person() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(9)).await?;
    let email = unique_email("erased-zebra");
    let body = json!({"email": email, "password": PASSWORD, "name": "Zebra Zoe"});
    let visitor = market.client()?;
    let opened = expect_status(visitor.post("/v1/auth/register", body).await?, 201)?;
    let zoe = visitor.with_session(opened.text_at("/session_token"));
    let own = publish(&zoe, weather_listing(3)).await?;
    let order = expect_status(zoe.buy(&listing, 1).await?, 201)?;
    zoe.reveal(order.text_at("/token_id")).await?;

    let wrong = delete(&zoe, "not the right one").await?;
    assert_problem(&wrong, 401, "invalid_credentials");
    let owing = delete(&zoe, PASSWORD).await?;
    assert_problem(&owing, 409, "account_needed");
    assert_eq!(owing["detail"], "Pay your tab.");
    // As if the tab had been paid.
    market
        .database
        .execute("UPDATE tabs SET open_minor = 0, owed_since = NULL")
        .await?;
    assert_eq!(delete(&zoe, PASSWORD).await?.status, 204);

    assert_eq!(zoe.get("/v1/me").await?.status, 401);
    let gone = visitor.log_in(&email, PASSWORD).await?;
    assert_problem(&gone, 401, "invalid_credentials");
    let archived = visitor.get(&format!("/v1/listings/{own}")).await?;
    assert!(archived.status == 404 || archived["status"] == "archived");
    let sale = expect_status(seller.get("/v1/me/sales").await?, 200)?;
    assert_eq!(sale.items()[0]["id"], order.id());
    assert_eq!(
        market
            .database
            .count("SELECT count(*) FROM tokens WHERE state = 'active'")
            .await?,
        0
    );
    let dump = market.database.dump().await?.to_lowercase();
    for trace in [email.as_str(), "zebra", "erased"] {
        assert!(!dump.contains(trace), "{trace} is in the database");
    }
    let addresses =
        "SELECT count(*) FROM addresses_of_actions a JOIN audit_events e ON e.id = a.event_id
        JOIN accounts c ON c.id = e.account_id WHERE c.deleted_at IS NOT NULL";
    assert_eq!(market.database.count(addresses).await?, 0);
    // The audit chain as well.
    let report = market.run(&["verify"]).await?;
    assert!(!report.stdout.contains("audit trail"), "{}", report.stdout);
    // Somebody new.
    let again = expect_status(visitor.register(&email, PASSWORD).await?, 201)?;
    let again = visitor.with_session(again.text_at("/session_token"));
    assert!(again.get("/v1/orders").await?.items().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_account_that_others_depend_on_is_kept_and_told_why() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let buyer = market.sign_up("buyer").await?;
    let listing = publish(&seller, weather_listing(9)).await?;
    buy_token(&buyer, &listing).await?;
    let refused = delete(&seller, PASSWORD).await?;
    assert_problem(&refused, 409, "account_needed");
    let detail: &Value = &refused["detail"];
    assert!(detail.to_string().contains("Refund the orders"), "{detail}");
    assert_eq!(seller.get("/v1/me").await?.status, 200);
    market
        .database
        .execute("UPDATE tokens SET expires_at = now(), created_at = now() - interval '30 days'")
        .await?;
    assert_eq!(delete(&seller, PASSWORD).await?.status, 204);
    assert_eq!(buyer.buy(&listing, 1).await?.status, 409);
    Ok(())
}

#[tokio::test]
async fn of_orders_and_a_deletion_at_once_the_orders_are_counted_or_refused() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    for round in 0..5 {
        let seller = market.sign_up(&format!("seller{round}")).await?;
        let buyer = market.sign_up(&format!("buyer{round}")).await?;
        let listing = publish(&seller, weather_listing(9)).await?;
        let elsewhere = buyer.at(market.address(1));
        let (deleted, bought) = tokio::join!(delete(&seller, PASSWORD), elsewhere.buy(&listing, 1));
        match (deleted?.status, bought?.status) {
            (204, 404 | 409) | (409, 201) => {}
            other => anyhow::bail!("{other:?}"),
        }
    }
    Ok(())
}
