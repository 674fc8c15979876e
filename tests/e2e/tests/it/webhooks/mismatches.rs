//! Payments of another amount or currency.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::{MarketBuilder, Response, wait_until, webhook};

use crate::paid_market::{PaidMarket, alert_lines, session_id};

/// The event that reports the payment of an order, with other values in the session.
async fn paid(fixture: &PaidMarket, order: &Response, id: &str, values: Value) -> Result<Vec<u8>> {
    let path = format!("/v1/checkout/sessions/{}", session_id(order));
    let mut session = fixture.sandbox.get(&path).await?;
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

async fn send(fixture: &PaidMarket, body: &[u8]) -> Result<Response> {
    let signature = webhook::signature(WEBHOOK_SECRET, webhook::now(), body);
    fixture
        .market
        .client()?
        .send_webhook(body, Some(&signature))
        .await
}

/// Number of times that the only open alert was raised.
async fn times_raised(fixture: &PaidMarket) -> Result<i64> {
    let listed = fixture.market.run(&["alerts", "list"]).await?.stdout;
    assert_eq!(listed.lines().count(), 1, "{listed}");
    Ok(listed.split('\t').nth(3).unwrap_or_default().parse()?)
}

#[tokio::test]
async fn another_amount_or_currency_fulfils_nothing_and_raises_an_alert() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    let order = fixture.order(1).await?;
    let wrong = [
        json!({"amount_total": 699}),
        json!({"amount_total": 701}),
        json!({"amount_total": 0}),
        json!({"currency": "eur"}),
        json!({"amount_total": 7, "currency": "jpy"}),
    ];
    let mut payments = 0;
    for (number, values) in wrong.into_iter().enumerate() {
        let body = paid(&fixture, &order, &format!("evt_wrong_{number}"), values).await?;
        // An error would only make Stripe send the same event again.
        for _ in 0..2 {
            assert_eq!(send(&fixture, &body).await?.status, 200);
        }
        payments += 1;
        assert_eq!(times_raised(&fixture).await?, payments);
        // An operator is told once.
        assert_eq!(fixture.alert_count().await?, 1);
        let logged = alert_lines(&fixture.market.logs());
        assert_eq!(logged.lines().count(), 1, "{logged}");
        assert_eq!(fixture.reload(&order).await?.json(), order.json());
    }
    let logged = alert_lines(&fixture.market.logs());
    assert!(
        logged
            .lines()
            .all(|line| line.contains("ERROR") && line.contains("chg_")),
        "{logged}"
    );
    assert_eq!(fixture.available().await?, 9);
    fixture.market.verify().await?;

    // A payment of the right amount still fulfils the order.
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn a_mismatching_payment_is_not_accepted_at_the_lapse_either() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(1).await?;
    // As if the provider had charged a dollar less than requested.
    let more = |by: i64| format!("UPDATE charges SET tab_minor = tab_minor + {by}");
    fixture.market.database.execute(&more(100)).await?;
    fixture.pay(&order).await?;
    wait_until("an alert", async || Ok(fixture.alert_count().await? > 0)).await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.reload(&order).await?["status"], "awaiting_payment");
    let before = times_raised(&fixture).await?;

    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    assert!(times_raised(&fixture).await? > before);
    assert!(fixture.buyer.get("/v1/tokens").await?.items().is_empty());
    fixture.market.database.execute(&more(-100)).await?;
    fixture.market.verify().await?;
    // The money stays at the provider, and an operator has been alerted.
    assert_eq!(fixture.sandbox.state().await?.net(session_id(&order)), 700);
    Ok(())
}
