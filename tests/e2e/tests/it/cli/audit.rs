//! `udam audit`

use anyhow::Result;
use serde_json::Value;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, unique_email, weather_listing};

use crate::setup::{buy_token, publish};

struct Fixture {
    market: Market,
    seller: String,
    buyer: Client,
    buyer_id: String,
    order: String,
    token: String,
}

/// A seller, and a buyer who has mistyped its password, and who reveals a token that is then taken back.
async fn fixture() -> Result<Fixture> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let seller_id = seller.get("/v1/me").await?.id().to_owned();
    let listing = publish(&seller, weather_listing(9)).await?;
    let email = unique_email("buyer");
    let registered = market.client()?.register(&email, PASSWORD).await?;
    let buyer = market
        .client()?
        .with_session(registered.text_at("/session_token"));
    market.client()?.log_in(&email, "not my password").await?;
    let token = buy_token(&buyer, &listing).await?;
    let orders = buyer.get("/v1/orders").await?;
    let order = orders.text_at("/data/0/id").to_owned();
    buyer.reveal(&token).await?;
    seller.refund(&order).await?;
    Ok(Fixture {
        market,
        seller: seller_id,
        buyer,
        buyer_id: registered.text_at("/user/id").to_owned(),
        order,
        token,
    })
}

impl Fixture {
    /// The lines that the command prints with these options, without their times.
    async fn printed(&self, options: &[&str]) -> Result<Vec<String>> {
        let arguments = [&["audit"], options].concat();
        let output = self.market.run(&arguments).await?;
        let lines = output.success()?.lines();
        let without_time = |line: &str| line.split_once('\t').map_or("", |cut| cut.1).to_owned();
        Ok(lines.map(without_time).collect())
    }
}

#[tokio::test]
async fn it_prints_what_was_done_with_an_order_and_by_and_about_an_account() -> Result<()> {
    let fixture = fixture().await?;
    let Fixture {
        seller,
        buyer_id,
        order,
        token,
        ..
    } = &fixture;
    let address = "127.0.0.1";
    let of_order = [
        format!("key_revealed\t{buyer_id}\t{address}\t{token}"),
        format!("order_refunded\t{seller}\t{address}\t{order}"),
    ];
    assert_eq!(fixture.printed(&["--order", order]).await?, of_order);
    let of_buyer = fixture.printed(&["--account", buyer_id]).await?;
    assert!(of_buyer[0].starts_with(&format!("logged_in\t{buyer_id}\t{address}\tses_")));
    let rest = [
        format!("log_in_failed\t-\t{address}\t{buyer_id}"),
        of_order[0].clone(),
    ];
    assert_eq!(of_buyer[1..], rest);
    // Both logins, the listing, and these.
    assert_eq!(fixture.printed(&[]).await?.len(), 6);
    Ok(())
}

#[tokio::test]
async fn it_prints_what_was_done_in_a_period_and_as_json() -> Result<()> {
    let fixture = fixture().await?;
    let earlier =
        "UPDATE audit_events SET at = '2026-01-31T12:00:00Z' WHERE action = 'log_in_failed';
        UPDATE audit_events SET at = '2026-02-01T00:00:00Z' WHERE action = 'key_revealed'";
    fixture.market.database.execute(earlier).await?;
    let actions = async |options: &[&str]| -> Result<Vec<String>> {
        let lines = fixture.printed(options).await?;
        let first = |line: &String| line.split('\t').next().unwrap_or_default().to_owned();
        Ok(lines.iter().map(first).collect())
    };
    let january = ["--since", "2026-01-31", "--until", "2026-02-01"];
    assert_eq!(actions(&january).await?, ["log_in_failed"]);
    let until = ["--until", "2026-02-01T00:00:01Z"];
    assert_eq!(actions(&until).await?, ["log_in_failed", "key_revealed"]);
    let since = ["--since", "2026-02-01T00:00:01Z"];
    assert_eq!(actions(&since).await?.len(), 4);

    let arguments = ["audit", "--json", "--until", "2026-02-01"];
    let output = fixture.market.run(&arguments).await?;
    let record: Value = serde_json::from_str(output.success()?)?;
    assert_eq!(record["at"], "2026-01-31T12:00:00Z");
    assert_eq!(record["action"], "log_in_failed");
    assert_eq!(record["account"], Value::Null);
    assert_eq!(record["address"], "127.0.0.1");
    assert_eq!(record["subject"], fixture.buyer_id.as_str());
    Ok(())
}

#[tokio::test]
async fn an_option_that_is_no_identifier_or_time_is_an_error() -> Result<()> {
    let fixture = fixture().await?;
    for options in [
        ["--account", "ada"],
        ["--order", fixture.buyer_id.as_str()],
        ["--since", "yesterday"],
    ] {
        let arguments = [&["audit"], &options[..]].concat();
        let output = fixture.market.run(&arguments).await?;
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains(options[0]), "{}", output.stderr);
    }
    assert_eq!(fixture.buyer.get("/v1/me").await?.status, 200);
    Ok(())
}
