//! `/v1/admin/webhooks`

pub(crate) mod list;
pub(crate) mod replay;
pub(crate) mod show;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, Response};

use crate::paid_market::PaidMarket;

/// A market whose webhooks are lost and that does not sweep, an order that was paid there, and the id of that event.
pub(super) async fn lost_payment() -> Result<(PaidMarket, Response, String)> {
    let paid = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    paid.sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    let order = paid.order(2).await?;
    paid.pay(&order).await?;
    let events = paid.sandbox.events("checkout.session.completed").await?;
    let event = events.first().and_then(|event| event["id"].as_str());
    let event = event.unwrap_or_default().to_owned();
    Ok((paid, order, event))
}
