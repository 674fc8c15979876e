//! `GET /v1/tab`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

use crate::assertions::{assert_json, assert_no_store};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tab"];

#[tokio::test]
async fn a_tab_has_an_open_amount_and_a_limit() -> Result<()> {
    let buyer = Market::shared().await?.sign_up("buyer").await?;
    let response = buyer.get("/v1/tab").await?;
    assert_json(&response, 200);
    assert_no_store(&response);
    assert_eq!(
        response.json(),
        &json!({"open": "0.00", "limit": "25.00", "currency": "USD"})
    );
    Ok(())
}
