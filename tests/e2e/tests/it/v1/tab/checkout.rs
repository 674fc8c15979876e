//! `POST /v1/tab/checkout`, and charges that carry the tab.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Response, wait_until};

use crate::assertions::{assert_json, assert_no_store, assert_problem};
use crate::paid_market::{PaidMarket, buy_on_tab, payment_url, session_id};

pub(crate) const ROUTES: &[&str] = &["POST /v1/tab/checkout"];

/// Amounts of the line items of a session.
async fn line_items(fixture: &PaidMarket, session: &str) -> Result<Vec<i64>> {
    let path = format!("/v1/checkout/sessions/{session}/line_items");
    let list = fixture.sandbox.get(&path).await?;
    let lines = list["data"].as_array().unwrap().iter();
    Ok(lines
        .map(|line| line["amount_total"].as_i64().unwrap())
        .collect())
}

async fn tab_page(fixture: &PaidMarket) -> Result<Response> {
    let response = fixture.buyer.post_empty("/v1/tab/checkout").await?;
    assert_json(&response, 200);
    assert_no_store(&response);
    Ok(response)
}

/// Where the provider sends a buyer who has paid their tab: the page of the payment.
async fn landing_page(fixture: &PaidMarket, checkout: &Response) -> Result<String> {
    let id = session_id(checkout);
    let path = format!("/v1/checkout/sessions/{id}");
    let session = fixture.sandbox.get(&path).await?;
    let charge = session["metadata"]["charge_id"].as_str().unwrap();
    Ok(format!(
        "http://market.example.com/tab/payments/{charge}/paid?session_id={id}"
    ))
}

async fn wait_for_tab(fixture: &PaidMarket, open: &str) -> Result<()> {
    wait_until("the tab to be paid", async || {
        Ok(fixture.tab().await? == open)
    })
    .await
}

#[tokio::test]
async fn a_checkout_carries_the_tab_and_clears_exactly_what_it_carried() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    buy_on_tab(&fixture.buyer, &cheap, 3).await?;
    assert_eq!(fixture.tab().await?, "7.50");
    let order = fixture.order(1).await?;
    assert_eq!(order["total_price"], "7.00");
    assert_eq!(line_items(&fixture, session_id(&order)).await?, [700, 750]);

    // Orders placed from now on are not in that charge.
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    assert_eq!(fixture.tab().await?, "9.00");
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.tab().await?, "1.50");
    assert_eq!(fixture.sandbox.state().await?.net(session_id(&order)), 1450);

    let next = fixture.order(1).await?;
    assert_eq!(line_items(&fixture, session_id(&next)).await?, [700, 150]);
    fixture.pay(&next).await?;
    fixture.wait_for_status(&next, "fulfilled").await?;
    assert_eq!(fixture.tab().await?, "0.00");
    fixture.finish().await
}

#[tokio::test]
async fn a_small_order_beyond_the_tab_limit_goes_through_checkout() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("4.99").await?;
    for _ in 0..5 {
        buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    }
    assert_eq!(fixture.tab().await?, "24.95");
    let order = fixture.buyer.buy(&cheap, 1).await?;
    assert_eq!(
        (order.status, &order["status"]),
        (201, &json!("awaiting_payment"))
    );
    assert_eq!(line_items(&fixture, session_id(&order)).await?, [499, 2495]);
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.tab().await?, "0.00");
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    fixture.finish().await
}

#[tokio::test]
async fn an_order_too_small_to_charge_and_too_large_for_the_tab_holds_no_units() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("4.99").await?;
    for _ in 0..5 {
        buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    }
    // It carries the tab, so that nothing is left to charge together with the next order.
    let order = fixture.order(1).await?;
    let cents = fixture.publish_cheap("0.20").await?;
    let path = format!("/v1/listings/{cents}");
    let refused = fixture.buyer.buy_with_key(&cents, 1, "cents").await?;
    assert_problem(&refused, 409, "tab_in_checkout");
    assert_eq!(fixture.buyer.get(&path).await?["available_units"], 100);
    let orders = fixture.buyer.get("/v1/orders").await?;
    assert_eq!(orders.items()[0]["id"], order.id());

    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    let served = fixture.buyer.buy_with_key(&cents, 1, "cents again").await?;
    assert_eq!(
        (served.status, &served["status"]),
        (201, &json!("fulfilled"))
    );
    fixture.finish().await
}

#[tokio::test]
async fn a_tab_is_paid_alone() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    assert_problem(
        &fixture.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let response = tab_page(&fixture).await?;
    assert_eq!(line_items(&fixture, session_id(&response)).await?, [300]);
    // The same page again, though the tab has grown.
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    assert_eq!(tab_page(&fixture).await?.json(), response.json());

    let paid = fixture.sandbox.press(payment_url(&response), "pay").await?;
    assert_eq!(
        (paid.status, paid.header("location")),
        (303, landing_page(&fixture, &response).await?.as_str())
    );
    wait_for_tab(&fixture, "1.50").await?;
    let next = tab_page(&fixture).await?;
    assert_ne!(payment_url(&next), payment_url(&response));
    assert_eq!(line_items(&fixture, session_id(&next)).await?, [150]);
    fixture.sandbox.press(payment_url(&next), "pay").await?;
    wait_for_tab(&fixture, "0.00").await?;
    assert_problem(
        &fixture.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    assert_eq!(fixture.sandbox.state().await?.sessions().len(), 2);
    fixture.finish().await
}

#[tokio::test]
async fn a_tab_carried_by_an_order_is_not_charged_twice() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let order = fixture.order(1).await?;
    assert_problem(
        &fixture.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    let second = fixture.buyer.buy(&fixture.listing, 1).await?;
    assert_problem(&second, 409, "tab_in_checkout");

    // A canceled order carries nothing.
    assert_eq!(fixture.buyer.cancel(order.id()).await?.status, 200);
    let response = tab_page(&fixture).await?;
    assert_eq!(line_items(&fixture, session_id(&response)).await?, [300]);
    fixture.sandbox.press(payment_url(&response), "pay").await?;
    wait_for_tab(&fixture, "0.00").await?;

    // A late payment fulfils its own order, and the part for the tab is refunded.
    fixture.wait_for_sweep().await?;
    fixture.sandbox.pay_late(session_id(&order)).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    wait_until("the surplus to be refunded", async || {
        let state = fixture.sandbox.state().await?;
        Ok(state.refunds_of(session_id(&order)) == [300])
    })
    .await?;
    fixture.finish().await
}

#[tokio::test]
async fn an_abandoned_checkout_leaves_the_tab_open() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let order = fixture.order(1).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.tab().await?, "3.00");
    let abandoned = tab_page(&fixture).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_sweep().await?;
    let response = tab_page(&fixture).await?;
    assert_ne!(payment_url(&response), payment_url(&abandoned));
    assert_eq!(
        fixture
            .sandbox
            .press(payment_url(&abandoned), "pay")
            .await?
            .status,
        410
    );
    fixture.sandbox.press(payment_url(&response), "pay").await?;
    wait_for_tab(&fixture, "0.00").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_small_order_refunded_during_a_checkout_is_refunded_with_it() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    let returned = buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let order = fixture.order(1).await?;
    assert_eq!(line_items(&fixture, session_id(&order)).await?, [700, 450]);
    // The session charges for it already.
    assert_eq!(
        fixture.seller.refund(returned.id()).await?["status"],
        "refunded"
    );
    assert_eq!(fixture.tab().await?, "1.50");
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.tab().await?, "0.00");
    wait_until("the refund of the small order", async || {
        let state = fixture.sandbox.state().await?;
        Ok(state.refunds_of(session_id(&order)) == [300])
    })
    .await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_small_order_refunded_after_its_charge_is_refunded_at_the_provider() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    let returned = buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let kept = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let order = fixture.buy_and_pay(1).await?;
    assert_eq!(fixture.tab().await?, "0.00");
    for _ in 0..2 {
        let refund = fixture.seller.refund(returned.id()).await?;
        assert_eq!(
            (refund.status, &refund["status"]),
            (200, &json!("refunded"))
        );
    }
    // The order is not on the tab any more, so the tab does not change.
    assert_eq!(fixture.tab().await?, "0.00");
    wait_until("the refund of the small order to be shown", async || {
        Ok(fixture.reload(&returned).await?["refunded_amount"] == "3.00")
    })
    .await?;
    let refunds = fixture.sandbox.state().await?;
    assert_eq!(refunds.refunds().len(), 1);
    assert_problem(
        &fixture.buyer.reveal(returned.text_at("/token_id")).await?,
        410,
        "token_revoked",
    );
    for order in [kept, order] {
        let now = fixture.reload(&order).await?;
        assert_eq!(now["status"], "fulfilled");
        assert_eq!(
            fixture.buyer.reveal(now.text_at("/token_id")).await?.status,
            200
        );
    }
    fixture.finish().await
}
