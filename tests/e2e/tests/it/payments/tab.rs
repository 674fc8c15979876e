//! Small orders are paid for together: with a larger one, or by themselves.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Response, wait_until};

use super::stage::{Stage, on_tab, page, session};
use crate::expect::{assert_answer, assert_not_stored, assert_problem};

/// The amounts of what is for sale on a session's page.
async fn lines(stage: &Stage, session: &str) -> Result<Vec<i64>> {
    let path = format!("/v1/checkout/sessions/{session}/line_items");
    let list = stage.sandbox.get(&path).await?;
    let lines = list["data"].as_array().unwrap().iter();
    Ok(lines
        .map(|line| line["amount_total"].as_i64().unwrap())
        .collect())
}

async fn tab_page(stage: &Stage) -> Result<Response> {
    let answer = stage.buyer.post_empty("/v1/tab/checkout").await?;
    assert_answer(&answer, 200);
    assert_not_stored(&answer);
    Ok(answer)
}

async fn until_tab_is(stage: &Stage, open: &str) -> Result<()> {
    wait_until(
        "the tab to be paid",
        async || Ok(stage.tab().await? == open),
    )
    .await
}

#[tokio::test]
async fn a_checkout_carries_the_tab_and_clears_exactly_what_it_carried() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    on_tab(&stage.buyer, &trifle, 2).await?;
    on_tab(&stage.buyer, &trifle, 3).await?;
    assert_eq!(stage.tab().await?, "7.50");
    let order = stage.order(1).await?;
    assert_eq!(order["total_price"], "7.00");
    assert_eq!(lines(&stage, session(&order)).await?, [700, 750]);

    // What is added now is not on that page.
    on_tab(&stage.buyer, &trifle, 1).await?;
    assert_eq!(stage.tab().await?, "9.00");
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.tab().await?, "1.50");
    assert_eq!(stage.sandbox.state().await?.net(session(&order)), 1450);

    let next = stage.order(1).await?;
    assert_eq!(lines(&stage, session(&next)).await?, [700, 150]);
    stage.pay(&next).await?;
    stage.until(&next, "fulfilled").await?;
    assert_eq!(stage.tab().await?, "0.00");
    stage.end().await
}

#[tokio::test]
async fn a_full_tab_sends_the_next_small_order_to_pay() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("4.99").await?;
    for _ in 0..5 {
        on_tab(&stage.buyer, &trifle, 1).await?;
    }
    assert_eq!(stage.tab().await?, "24.95");
    let order = stage.buyer.buy(&trifle, 1).await?;
    assert_eq!(
        (order.status, &order["status"]),
        (201, &json!("awaiting_payment"))
    );
    assert_eq!(lines(&stage, session(&order)).await?, [499, 2495]);
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.tab().await?, "0.00");
    on_tab(&stage.buyer, &trifle, 1).await?;
    stage.end().await
}

#[tokio::test]
async fn what_is_too_little_to_be_charged_and_too_much_for_the_tab_holds_nothing() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("4.99").await?;
    for _ in 0..5 {
        on_tab(&stage.buyer, &trifle, 1).await?;
    }
    // It carries the tab, so that nothing is left to be charged together with what comes next.
    let order = stage.order(1).await?;
    let cents = stage.trifle("0.20").await?;
    let path = format!("/v1/listings/{cents}");
    let refused = stage.buyer.buy_with_key(&cents, 1, "cents").await?;
    assert_problem(&refused, 409, "invalid_state");
    assert_eq!(stage.buyer.get(&path).await?["available_units"], 100);
    let orders = stage.buyer.get("/v1/orders").await?;
    assert_eq!(orders.items()[0]["status"], "canceled");

    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    let served = stage.buyer.buy_with_key(&cents, 1, "cents again").await?;
    assert_eq!(
        (served.status, &served["status"]),
        (201, &json!("fulfilled"))
    );
    stage.end().await
}

#[tokio::test]
async fn a_tab_is_paid_by_itself() -> Result<()> {
    let stage = Stage::set().await?;
    assert_problem(
        &stage.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    let trifle = stage.trifle("1.50").await?;
    on_tab(&stage.buyer, &trifle, 2).await?;
    let answer = tab_page(&stage).await?;
    assert_eq!(lines(&stage, session(&answer)).await?, [300]);
    // The same page again, whatever was added.
    on_tab(&stage.buyer, &trifle, 1).await?;
    assert_eq!(tab_page(&stage).await?.json(), answer.json());

    let paid = stage.sandbox.press(page(&answer), "pay").await?;
    assert_eq!(
        (paid.status, paid.header("location")),
        (303, "http://market.example.com/tab")
    );
    until_tab_is(&stage, "1.50").await?;
    let next = tab_page(&stage).await?;
    assert_ne!(page(&next), page(&answer));
    assert_eq!(lines(&stage, session(&next)).await?, [150]);
    stage.sandbox.press(page(&next), "pay").await?;
    until_tab_is(&stage, "0.00").await?;
    assert_problem(
        &stage.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    assert_eq!(stage.sandbox.state().await?.sessions().len(), 2);
    stage.end().await
}

#[tokio::test]
async fn what_an_order_carries_is_not_asked_for_twice() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    on_tab(&stage.buyer, &trifle, 2).await?;
    let order = stage.order(1).await?;
    assert_problem(
        &stage.buyer.post_empty("/v1/tab/checkout").await?,
        409,
        "invalid_state",
    );
    let second = stage.order(1).await?;
    assert_eq!(lines(&stage, session(&second)).await?, [700]);

    // Given up, it carries nothing any more.
    assert_eq!(stage.buyer.cancel(order.id()).await?.status, 200);
    let answer = tab_page(&stage).await?;
    assert_eq!(lines(&stage, session(&answer)).await?, [300]);
    stage.sandbox.press(page(&answer), "pay").await?;
    until_tab_is(&stage, "0.00").await?;

    // Paid late all the same, it buys its own order and nothing that is paid for.
    stage.sweep().await?;
    stage.sandbox.pay_late(session(&order)).await?;
    stage.until(&order, "fulfilled").await?;
    wait_until("the surplus to go back", async || {
        let books = stage.sandbox.state().await?;
        Ok(books.refunds_of(session(&order)) == [300])
    })
    .await?;
    stage.end().await
}

#[tokio::test]
async fn an_abandoned_checkout_leaves_the_tab_as_it_was() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    on_tab(&stage.buyer, &trifle, 2).await?;
    let order = stage.order(1).await?;
    stage.lapse(1).await?;
    stage.until(&order, "expired").await?;
    assert_eq!(stage.tab().await?, "3.00");
    let abandoned = tab_page(&stage).await?;
    stage.lapse(1).await?;
    stage.sweep().await?;
    let answer = tab_page(&stage).await?;
    assert_ne!(page(&answer), page(&abandoned));
    assert_eq!(
        stage.sandbox.press(page(&abandoned), "pay").await?.status,
        410
    );
    stage.sandbox.press(page(&answer), "pay").await?;
    until_tab_is(&stage, "0.00").await?;
    stage.end().await
}

#[tokio::test]
async fn a_small_order_refunded_before_it_was_paid_for_is_not_paid_for() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    let returned = on_tab(&stage.buyer, &trifle, 2).await?;
    on_tab(&stage.buyer, &trifle, 1).await?;
    let order = stage.order(1).await?;
    assert_eq!(lines(&stage, session(&order)).await?, [700, 450]);
    // The page asks for it already.
    assert_eq!(
        stage.seller.refund(returned.id()).await?["status"],
        "refunded"
    );
    assert_eq!(stage.tab().await?, "1.50");
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.tab().await?, "0.00");
    wait_until("its price to go back", async || {
        let books = stage.sandbox.state().await?;
        Ok(books.refunds_of(session(&order)) == [300])
    })
    .await?;
    stage.end().await
}

#[tokio::test]
async fn a_small_order_refunded_after_it_was_paid_for_is_given_back() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    let returned = on_tab(&stage.buyer, &trifle, 2).await?;
    let kept = on_tab(&stage.buyer, &trifle, 1).await?;
    let order = stage.bought(1).await?;
    assert_eq!(stage.tab().await?, "0.00");
    for _ in 0..2 {
        let refund = stage.seller.refund(returned.id()).await?;
        assert_eq!(
            (refund.status, &refund["status"]),
            (200, &json!("refunded"))
        );
    }
    // It is not on the tab, so nothing comes off it.
    assert_eq!(stage.tab().await?, "0.00");
    wait_until("its price to show as given back", async || {
        Ok(stage.now(&returned).await?["refunded_amount"] == "3.00")
    })
    .await?;
    let refunds = stage.sandbox.state().await?;
    assert_eq!(refunds.refunds().len(), 1);
    assert_problem(
        &stage.buyer.reveal(returned.text_at("/token_id")).await?,
        410,
        "token_revoked",
    );
    for order in [kept, order] {
        let now = stage.now(&order).await?;
        assert_eq!(now["status"], "fulfilled");
        assert_eq!(
            stage.buyer.reveal(now.text_at("/token_id")).await?.status,
            200
        );
    }
    stage.end().await
}
