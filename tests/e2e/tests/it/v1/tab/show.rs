//! `GET /v1/tab`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

use crate::assertions::{assert_json, assert_no_store};
use crate::paid_market::{PaidMarket, buy_on_tab, payment_url};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tab"];

#[tokio::test]
async fn a_tab_has_an_open_amount_and_a_limit() -> Result<()> {
    let buyer = Market::shared().await?.sign_up("buyer").await?;
    let response = buyer.get("/v1/tab").await?;
    assert_json(&response, 200);
    assert_no_store(&response);
    assert_eq!(
        response.json(),
        &json!({"open": "0.00", "limit": "25.00", "currency": "USD", "checkouts": []})
    );
    Ok(())
}

#[tokio::test]
async fn a_tab_names_the_unfinished_payment_that_includes_it() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 3).await?;
    let order = fixture.order(1).await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let tab = fixture.buyer.get("/v1/tab").await?;
    assert_eq!(tab["open"], "6.00");
    let now = fixture.reload(&order).await?;
    let checkout = json!({
        "order_id": order.id(), "amount": "4.50", "total": "11.50",
        "payment_url": payment_url(&order), "expires_at": now["expires_at"],
    });
    assert_eq!(tab["checkouts"], json!([checkout]));

    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    let tab = fixture.buyer.get("/v1/tab").await?;
    assert_eq!(
        (&tab["open"], &tab["checkouts"]),
        (&json!("1.50"), &json!([]))
    );
    fixture.finish().await
}
