//! What sellers and buyers are told of their business, once, whatever stops or runs at the same time.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{
    Client, MailServer, Market, MarketBuilder, Upstream, expect_status, unique_email, wait_until,
    weather_listing,
};

use super::{mailing, sign_up_by_mail};
use crate::gateway::{Service, called_listing, trusting};
use crate::setup::publish;

/// Two servers that sweep every second and send their mails through this one.
async fn sweeping(mails: &MailServer) -> Result<Market> {
    let builder: MarketBuilder = mailing(mails).set("UDAM_RECONCILE_INTERVAL", "1s");
    trusting(builder.set("UDAM_PRIVATE_ENDPOINTS", "allow"))
        .servers(2)
        .start()
        .await
}

async fn account(market: &Market, mails: &MailServer, name: &str) -> Result<(Client, String)> {
    let email = unique_email(name);
    let client = sign_up_by_mail(market, mails, &email).await?;
    Ok((client, email))
}

/// Waits until no mail is due any more, and returns how many of this kind were written.
async fn written(market: &Market, kind: &str) -> Result<i64> {
    let unsent = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL";
    wait_until("all mails to be sent", async || {
        Ok(market.database.count(unsent).await? == 0)
    })
    .await?;
    let written = format!("SELECT count(*) FROM mails WHERE kind = '{kind}'");
    market.database.count(&written).await
}

/// Lets each server sweep a few times.
async fn sweeps() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

#[tokio::test]
async fn a_seller_is_told_each_time_that_a_listing_sells_out() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = sweeping(&mails).await?;
    let (seller, email) = account(&market, &mails, "seller").await?;
    let (buyer, _) = account(&market, &mails, "buyer").await?;
    let listing = publish(&seller, weather_listing(3)).await?;
    expect_status(buyer.buy(&listing, 2).await?, 201)?;
    assert_eq!(written(&market, "listing_sold_out").await?, 0);
    let other_server = buyer.at(market.address(1));
    expect_status(other_server.buy(&listing, 1).await?, 201)?;
    expect_status(buyer.buy(&listing, 1).await?, 409)?;
    let told = mails
        .mail(&email, "Weather by the hour has sold out")
        .await?;
    assert!(told.text.contains(&format!("/my/listings/{listing}")));
    assert!(!told.text.contains("not paid yet"), "{}", told.text);
    assert_eq!(
        told.header("list-unsubscribe-post"),
        "List-Unsubscribe=One-Click"
    );
    let path = format!("/v1/listings/{listing}");
    expect_status(seller.patch(&path, json!({"add_units": 1})).await?, 200)?;
    expect_status(buyer.buy(&listing, 1).await?, 201)?;
    mails.mail(&email, "has sold out").await?;
    assert_eq!(written(&market, "listing_sold_out").await?, 2);
    assert!(mails.received().is_empty(), "{:?}", mails.received());
    Ok(())
}

#[tokio::test]
async fn a_buyer_is_told_once_that_few_units_of_a_token_are_left() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = sweeping(&mails).await?;
    let (seller, _) = account(&market, &mails, "seller").await?;
    let (buyer, email) = account(&market, &mails, "buyer").await?;
    let upstream = Upstream::start().await?;
    let terms = json!({"charge": "success"});
    let listing = called_listing(&upstream.base(), 100, terms);
    let listing = publish(&seller, listing).await?;
    let service = Service::of(seller, buyer, listing, 20).await?;
    for _ in 0..17 {
        assert_eq!(service.call("/").await?.status, 200);
    }
    assert_eq!(written(&market, "units_low").await?, 0);
    // It draws a unit, fails, and gives it back.
    assert_eq!(service.call("/status/503").await?.status, 503);
    let told = mails.mail(&email, "of 20 units").await?;
    assert!(told.text.contains(&service.token), "{}", told.text);
    for _ in 0..3 {
        assert_eq!(service.call("/").await?.status, 200);
    }
    assert_eq!(written(&market, "units_low").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_buyer_is_told_once_of_all_tokens_that_expire_on_a_day() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = sweeping(&mails).await?;
    let (seller, _) = account(&market, &mails, "seller").await?;
    let (buyer, email) = account(&market, &mails, "buyer").await?;
    let listing = publish(&seller, weather_listing(9)).await?;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let order = expect_status(buyer.buy(&listing, 1).await?, 201)?;
        tokens.push(order.text_at("/token_id").to_owned());
    }
    expect_status(buyer.revoke(&tokens[2]).await?, 200)?;
    sweeps().await;
    assert_eq!(written(&market, "tokens_expiring").await?, 0);
    // As if they had been bought long ago, and the sweep had run since.
    let soon = "UPDATE tokens SET created_at = now() - interval '27 days',
        expires_at = date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '2 days 1 hour'
            + (id::text < (SELECT max(id::text) FROM tokens))::int * interval '30 minutes'";
    market.database.execute(soon).await?;
    market
        .database
        .execute("UPDATE notice_progress SET through = now() WHERE notice = 'tokens_expiring'")
        .await?;
    let told = mails.mail(&email, "Access ends on ").await?;
    for token in &tokens[..2] {
        assert!(
            told.text.contains(&format!("/tokens/{token}")),
            "{}",
            told.text
        );
    }
    assert!(!told.text.contains(&format!("/tokens/{}", tokens[2])));
    market
        .database
        .execute("UPDATE notice_progress SET through = now() WHERE notice = 'tokens_expiring'")
        .await?;
    sweeps().await;
    assert_eq!(written(&market, "tokens_expiring").await?, 1);
    assert!(mails.received().is_empty(), "{:?}", mails.received());
    Ok(())
}

#[tokio::test]
async fn sellers_are_told_once_of_the_sales_of_a_day_whatever_servers_stop() -> Result<()> {
    const SELLERS: usize = 4;

    let mails = MailServer::start().await?;
    let mut market = sweeping(&mails).await?;
    let (buyer, _) = account(&market, &mails, "buyer").await?;
    let mut sellers = Vec::new();
    for _ in 0..SELLERS {
        let (seller, email) = account(&market, &mails, "seller").await?;
        let listing = publish(&seller, weather_listing(9)).await?;
        expect_status(buyer.buy(&listing, 2).await?, 201)?;
        expect_status(buyer.buy(&listing, 1).await?, 201)?;
        sellers.push(email);
    }
    sweeps().await;
    // As if all that had been on the last day that is told of.
    let yesterday = "UPDATE orders SET created_at = day.at, id = (
            lpad(to_hex((extract(epoch FROM day.at) * 1000)::bigint), 12, '0') || substr(replace(id::text, '-', ''), 13)
        )::uuid
        FROM (
            SELECT date_trunc('day', (now() - interval '1 hour') AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                - interval '10 hours' AS at
        ) AS day";
    market.database.execute(yesterday).await?;
    let again = "UPDATE notice_progress SET through = now() - interval '2 days' WHERE notice = 'sale_digest'";
    market.database.execute(again).await?;
    market.servers[0].kill().await?;
    for email in &sellers {
        let told = mails.mail(email, "You sold for 3.00 USD on ").await?;
        assert!(told.text.contains("2 orders of 3 units"), "{}", told.text);
        assert!(told.text.contains("3 x Weather by the hour: 3.00 USD"));
    }
    market.database.execute(again).await?;
    sweeps().await;
    let count = written(&market, "sale_digest").await?;
    assert_eq!(usize::try_from(count)?, SELLERS);
    assert!(mails.received().is_empty(), "{:?}", mails.received());
    Ok(())
}
