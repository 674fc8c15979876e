//! Markets without tabs.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, weather_listing};

use crate::paid_market::PaidMarket;
use crate::setup::{publish, with_fields};

#[tokio::test]
async fn without_tabs_every_order_is_paid_before_it_is_fulfilled() -> Result<()> {
    for setting in ["UDAM_TAB_LIMIT", "UDAM_SMALL_ORDER_LIMIT"] {
        let builder = MarketBuilder::new().set(setting, "0");
        let fixture = PaidMarket::start_with(builder, 10).await?;
        let cheap = with_fields(weather_listing(10), [("price_per_unit", json!("0.60"))]);
        let cheap = publish(&fixture.seller, cheap).await?;
        let order = fixture.buyer.buy(&cheap, 1).await?;
        assert_eq!(
            order["status"], "awaiting_payment",
            "{setting}: {}",
            order.text
        );
        assert_eq!(fixture.tab().await?, "0.00");
        fixture.pay(&order).await?;
        fixture.wait_for_status(&order, "fulfilled").await?;
        let page = fixture.buyer.get(&format!("/listings/{cheap}")).await?.text;
        assert!(
            page.contains("The units are reserved while you pay."),
            "{page}"
        );
        assert!(!page.contains("go on your tab"), "{page}");
        fixture.finish().await?;
    }
    Ok(())
}
