//! What buyers are told of their payments.

use anyhow::Result;
use udam_testkit::{MailServer, expect_status, wait_until};

use crate::paid_market::{PRICE, PaidMarket};

/// A market with a buyer that sends its mails through `mails` from now on.
async fn paid_and_mailing(mails: &MailServer) -> Result<(PaidMarket, String)> {
    let mut fixture = PaidMarket::start().await?;
    for (name, value) in mails.settings() {
        // Buyers are sent back to the address that payments are set up with.
        if name != "UDAM_PUBLIC_URL" {
            fixture.builder = fixture.builder.set(name, &value);
        }
    }
    fixture.restart().await?;
    let me = expect_status(fixture.buyer.get("/v1/me").await?, 200)?;
    let email = me.text_at("/email").to_owned();
    Ok((fixture, email))
}

#[tokio::test]
async fn a_payment_is_receipted_once_with_the_order_that_it_pays() -> Result<()> {
    let mails = MailServer::start().await?;
    let (fixture, email) = paid_and_mailing(&mails).await?;
    // Stripe delivers events again and again.
    fixture
        .sandbox
        .deliver_webhooks(serde_json::json!({"duplicate_per_mille": 1000}))
        .await?;
    let order = fixture.buy_and_pay(2).await?;
    let receipt = mails.mail(&email, "Receipt for 14.00 USD").await?;
    assert!(receipt.text.contains(order.id()), "{}", receipt.text);
    assert!(receipt.text.contains("2 x "), "{}", receipt.text);
    let other = fixture.buy_and_pay(1).await?;
    let receipt = mails
        .mail(&email, &format!("Receipt for {PRICE} USD"))
        .await?;
    assert!(receipt.text.contains(other.id()), "{}", receipt.text);
    fixture.wait_for_sweep().await?;
    let unsent = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL";
    wait_until("all mails to be sent", async || {
        Ok(fixture.market.database.count(unsent).await? == 0)
    })
    .await?;
    let more = mails.received();
    assert!(
        !more.iter().any(|mail| mail.subject().contains("Receipt")),
        "{more:?}"
    );
    fixture.finish().await
}

#[tokio::test]
async fn a_buyer_is_told_of_an_order_that_was_not_paid_and_not_of_one_that_was_canceled()
-> Result<()> {
    let mails = MailServer::start().await?;
    let (fixture, email) = paid_and_mailing(&mails).await?;
    let canceled = fixture.order(1).await?;
    let path = format!("/v1/orders/{}/cancel", canceled.id());
    expect_status(fixture.buyer.post(&path, serde_json::json!({})).await?, 200)?;
    fixture
        .market
        .database
        .execute("DELETE FROM let_go_holds")
        .await?;
    let order = fixture.order(1).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    let told = mails.mail(&email, "was not paid").await?;
    assert!(told.text.contains(order.id()), "{}", told.text);
    fixture.wait_for_sweep().await?;
    let written = "SELECT count(*) FROM mails WHERE kind = 'payment_failed'";
    assert_eq!(fixture.market.database.count(written).await?, 1);
    assert!(
        !mails
            .received()
            .iter()
            .any(|mail| mail.text.contains(canceled.id()))
    );
    fixture.finish().await
}
