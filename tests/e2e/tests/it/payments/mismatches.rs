//! Payments that are not what was asked for.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::{MarketBuilder, Response, wait_until, webhook};

use super::stage::{Stage, alert_in, session};

/// The event that says that the order's session was paid, with other values in the session.
async fn paid(stage: &Stage, order: &Response, id: &str, values: Value) -> Result<Vec<u8>> {
    let path = format!("/v1/checkout/sessions/{}", session(order));
    let mut session = stage.sandbox.get(&path).await?;
    session["status"] = json!("complete");
    session["payment_status"] = json!("paid");
    session["payment_intent"] = json!("pi_of_the_test");
    for (name, value) in values.as_object().unwrap() {
        session[name] = value.clone();
    }
    let event = json!({
        "id": id,
        "object": "event",
        "created": webhook::now(),
        "type": "checkout.session.completed",
        "data": {"object": session},
    });
    Ok(event.to_string().into_bytes())
}

async fn send(stage: &Stage, body: &[u8]) -> Result<Response> {
    let signature = webhook::signature(WEBHOOK_SECRET, webhook::now(), body);
    stage
        .market
        .client()?
        .send_webhook(body, Some(&signature))
        .await
}

#[tokio::test]
async fn another_amount_or_currency_fulfils_nothing_and_calls_an_operator() -> Result<()> {
    let stage = Stage::without_sweeps(MarketBuilder::new(), 10).await?;
    let order = stage.order(1).await?;
    let wrong = [
        json!({"amount_total": 699}),
        json!({"amount_total": 701}),
        json!({"amount_total": 0}),
        json!({"currency": "eur"}),
        json!({"amount_total": 7, "currency": "jpy"}),
    ];
    let mut alerts = 0;
    for (number, values) in wrong.into_iter().enumerate() {
        let body = paid(&stage, &order, &format!("evt_wrong_{number}"), values).await?;
        // Stripe has done its part, and would only tell the same again.
        for _ in 0..2 {
            assert_eq!(send(&stage, &body).await?.status, 200);
        }
        alerts += 1;
        assert_eq!(stage.alerts().await?, alerts);
        let told = alert_in(&stage.market.logs());
        assert_eq!(told.lines().count(), usize::try_from(alerts)?, "{told}");
        assert_eq!(stage.now(&order).await?.json(), order.json());
    }
    let told = alert_in(&stage.market.logs());
    assert!(
        told.lines()
            .all(|line| line.contains("ERROR") && line.contains("chg_")),
        "{told}"
    );
    assert_eq!(stage.available().await?, 9);
    stage.market.verify().await?;

    // What was asked for still fulfils it.
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end_after_alerts().await
}

#[tokio::test]
async fn a_payment_that_does_not_fit_is_not_taken_for_one_at_the_lapse_either() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(1).await?;
    // As if the provider had taken a dollar less than it was asked to.
    let more = |by: i64| format!("UPDATE charges SET tab_minor = tab_minor + {by}");
    stage.market.database.execute(&more(100)).await?;
    stage.pay(&order).await?;
    wait_until("an alert", async || Ok(stage.alerts().await? > 0)).await?;
    stage.sweep().await?;
    assert_eq!(stage.now(&order).await?["status"], "awaiting_payment");
    let told = stage.alerts().await?;

    stage.lapse(1).await?;
    stage.until(&order, "expired").await?;
    assert_eq!(stage.available().await?, 10);
    assert!(stage.alerts().await? > told);
    assert!(stage.buyer.get("/v1/tokens").await?.items().is_empty());
    stage.market.database.execute(&more(-100)).await?;
    stage.market.verify().await?;
    // The money is for a person to see to.
    assert_eq!(stage.sandbox.state().await?.net(session(&order)), 700);
    Ok(())
}
