//! `POST /v1/orders/{id}/complaint`, `GET /v1/orders/{id}/complaint`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, weather_listing};

use crate::assertions::{
    assert_fields, assert_invalid_fields, assert_json, assert_problem, assert_timestamp,
};
use crate::paid_market::PaidMarket;
use crate::setup::publish;

pub(crate) const ROUTES: &[&str] = &[
    "POST /v1/orders/{id}/complaint",
    "GET /v1/orders/{id}/complaint",
];

fn path(order: &str) -> String {
    format!("/v1/orders/{order}/complaint")
}

#[tokio::test]
async fn a_complaint_is_an_alert_until_an_operator_resolves_it() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    let path = path(order.id());
    assert_problem(&buyer.get(&path).await?, 404, "not_found");
    let body = json!({"reason": "The key is refused.\n\tSince Monday."});
    let sent = buyer.post(&path, body.clone()).await?;
    assert_json(&sent, 201);
    let fields = ["order_id", "reason", "open", "created_at", "resolved_at"];
    assert_fields(sent.json(), &fields);
    assert_eq!(sent["order_id"], order["id"]);
    assert_eq!(
        (&sent["open"], &sent["resolved_at"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(buyer.get(&path).await?.json(), sent.json());
    assert_problem(&seller.get(&path).await?, 404, "not_found");
    assert_problem(
        &buyer.post(&path, body.clone()).await?,
        409,
        "complaint_open",
    );

    let listed = market.run(&["alerts", "list"]).await?.stdout;
    let alert: Vec<&str> = listed.trim_end().split('\t').collect();
    assert_eq!(alert[4..7], ["complaint", order.id(), "-"], "{listed}");
    assert!(alert[7].contains("The key is refused. Since Monday."));
    assert!(market.logs().contains("\"kind\":\"complaint\""));
    let resolved = market.run(&["alerts", "resolve", alert[0]]).await?;
    assert_eq!(resolved.code, Some(0), "{}", resolved.stderr);
    let resolved = buyer.get(&path).await?;
    assert_eq!(resolved["open"], false);
    assert_timestamp(&resolved["resolved_at"]);
    assert_eq!(buyer.post(&path, body).await?.status, 201);
    let audited = market.run(&["audit", "--order", order.id()]).await?.stdout;
    assert_eq!(audited.matches("complaint_sent").count(), 2, "{audited}");
    Ok(())
}

#[tokio::test]
async fn only_the_buyer_of_a_fulfilled_order_complains_ten_times_a_day() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("0.50").await?;
    let unpaid = fixture.order(1).await?;
    let body = json!({"reason": "Nothing came."});
    let refused = fixture.buyer.post(&path(unpaid.id()), body.clone()).await?;
    assert_problem(&refused, 409, "invalid_state");
    for number in 0..11 {
        let order = fixture.buyer.buy(&cheap, 1).await?;
        let path = path(order.id());
        for outsider in [&fixture.seller, &fixture.market.sign_up("other").await?] {
            let refused = outsider.post(&path, body.clone()).await?;
            assert_problem(&refused, 404, "not_found");
        }
        let sent = fixture.buyer.post(&path, body.clone()).await?;
        if number < 10 {
            assert_json(&sent, 201);
        } else {
            assert_problem(&sent, 429, "rate_limited");
            let seconds: u64 = sent.header("retry-after").parse()?;
            assert!((86_000..=86_400).contains(&seconds), "{seconds}");
        }
    }
    let order = fixture.buyer.get("/v1/orders?limit=1").await?;
    let path = path(order.text_at("/data/0/id"));
    for reason in [json!(" "), json!("x".repeat(2_001)), json!(7), json!(null)] {
        let refused = fixture.buyer.post(&path, json!({"reason": reason})).await?;
        assert_invalid_fields(&refused, &["reason"]);
    }
    fixture.finish_with_alerts().await
}
