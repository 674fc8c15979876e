//! `GET /metrics`

use anyhow::Result;
use udam_testkit::{MarketBuilder, weather_listing};

use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["GET /metrics"];

#[tokio::test]
async fn metrics_count_requests_and_orders() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(2)).await?;
    let buyer = market.sign_up("buyer").await?;
    for _ in 0..3 {
        buyer.buy(&listing, 1).await?;
    }
    let response = market.operator(0)?.get("/metrics").await?;
    assert_eq!(response.status, 200);
    assert!(response.header("content-type").starts_with("text/plain"));
    for expected in [
        "# TYPE",
        "/v1/orders",
        "status=\"201\"",
        "status=\"409\"",
        "insufficient_units",
        "udam_pool",
    ] {
        assert!(
            response.text.contains(expected),
            "no {expected} in:\n{}",
            response.text
        );
    }
    // A metric per listing or buyer would grow without bound.
    assert!(!response.text.contains(&listing));
    Ok(())
}
