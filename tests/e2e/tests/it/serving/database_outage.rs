//! A server without its database.

use anyhow::Result;
use udam_testkit::{MarketBuilder, PASSWORD, unique_email, wait_until, weather_listing};

use crate::assertions::assert_problem;
use crate::setup::seller_with_listing;

#[tokio::test]
async fn a_server_without_its_database_returns_503_and_recovers() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    market.database.refuse_connections().await?;
    for response in [
        buyer.buy(&listing, 1).await?,
        buyer.get("/v1/listings").await?,
        buyer.log_in(&unique_email("ada"), PASSWORD).await?,
        buyer.get("/readyz").await?,
    ] {
        assert_problem(&response, 503, "overloaded");
        assert_eq!(response.header("retry-after"), "1");
    }
    assert_eq!(buyer.get("/healthz").await?.status, 200);

    market.database.accept_connections().await?;
    wait_until("the server to recover", async || {
        Ok(buyer.get("/readyz").await?.status == 200)
    })
    .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}
