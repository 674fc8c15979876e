//! `udam keys`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Binary, Market, MarketBuilder, Server, weather_listing};

use crate::setup::{buy_token, seller_with_listing, with_fields};

async fn new_key(id: &str) -> Result<String> {
    let output = Binary::udam()?
        .run(["keys", "generate", "--id", id], [("", ""); 0])
        .await?;
    let printed = output.success()?.trim().to_owned();
    assert!(
        printed.starts_with(&format!("{id}:")) && !printed.contains('\n'),
        "{} lines",
        printed.lines().count()
    );
    Ok(printed)
}

/// Replaces all servers by one with these keys.
async fn restart(market: &mut Market, keys: &str) -> Result<()> {
    for server in market.servers.drain(..) {
        server.stop().await?;
    }
    let variables = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", keys)
        .environment(&market.database)
        .await?;
    market.servers.push(Server::start(variables).await?);
    Ok(())
}

async fn run(
    market: &Market,
    arguments: &[&str],
    keys: &str,
) -> Result<udam_testkit::CommandOutput> {
    let variables = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", keys)
        .environment(&market.database)
        .await?;
    Binary::udam()?.run(arguments, variables).await
}

#[tokio::test]
async fn after_a_rotation_the_old_key_is_not_needed() -> Result<()> {
    let (k1, k2) = (new_key("k1").await?, new_key("k2").await?);
    let mut market = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", &k1)
        .start()
        .await?;
    let buyer = market.sign_up("buyer").await?;
    let mut tokens = Vec::new();
    for number in 0..3 {
        let listing = with_fields(
            weather_listing(5),
            [("api_key", json!(format!("sk-{number}")))],
        );
        let (_seller, listing) = seller_with_listing(&market, listing).await?;
        tokens.push(buy_token(&buyer, &listing).await?);
    }

    let both = format!("{k2},{k1}");
    restart(&mut market, &both).await?;
    let sealed_under = "SELECT count(*) FROM listings WHERE master_key_id = ";
    assert_eq!(
        market
            .database
            .count(&format!("{sealed_under}'k1'"))
            .await?,
        3
    );
    let rotated = run(&market, &["keys", "rotate"], &both).await?;
    assert_eq!(rotated.code, Some(0), "{}", rotated.stderr);
    assert!(
        rotated.stderr.contains("3 moved under k2"),
        "{}",
        rotated.stderr
    );
    assert_eq!(
        market
            .database
            .count(&format!("{sealed_under}'k2'"))
            .await?,
        3
    );
    // A second rotation has nothing to do.
    assert!(
        run(&market, &["keys", "rotate"], &both)
            .await?
            .stderr
            .contains("0 moved")
    );

    restart(&mut market, &k2).await?;
    let buyer = buyer.at(market.address(0));
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(
            buyer.reveal(token).await?["api_key"],
            format!("sk-{number}")
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_master_key_is_named() -> Result<()> {
    let (k1, k2) = (new_key("first-key").await?, new_key("k2").await?);
    let market = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", &k1)
        .start()
        .await?;
    seller_with_listing(&market, weather_listing(5)).await?;
    for arguments in [&["serve"][..], &["keys", "rotate"]] {
        let output = run(&market, arguments, &k2).await?;
        assert_eq!(output.code, Some(1), "{arguments:?}");
        assert!(output.stderr.contains("first-key"), "{}", output.stderr);
        assert!(
            output.stderr.contains("UDAM_MASTER_KEYS"),
            "{}",
            output.stderr
        );
    }
    Ok(())
}

#[tokio::test]
async fn another_key_of_the_same_name_is_refused_before_anything_is_served() -> Result<()> {
    let mut market = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", &new_key("k1").await?)
        .start()
        .await?;
    seller_with_listing(&market, weather_listing(5)).await?;
    let refused = restart(&mut market, &new_key("k1").await?).await;
    let why = format!("{:#}", refused.unwrap_err());
    assert!(
        why.contains("the master key k1 at hand is not the one"),
        "{why}"
    );
    Ok(())
}

#[tokio::test]
async fn keys_are_rotated_while_buyers_reveal_them() -> Result<()> {
    let (k1, k2) = (new_key("k1").await?, new_key("k2").await?);
    let mut market = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", &k1)
        .start()
        .await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    let both = format!("{k2},{k1}");
    restart(&mut market, &both).await?;
    let buyer = buyer.at(market.address(0));
    let builder = async {
        for _ in 0..60 {
            assert_eq!(buyer.reveal(&token).await?["api_key"], "sk-weather-1");
        }
        anyhow::Ok(())
    };
    let (opened, rotated) =
        futures::future::join(builder, run(&market, &["keys", "rotate"], &both)).await;
    opened?;
    assert_eq!(rotated?.code, Some(0));
    let audited = "SELECT count(*) FROM audit_events WHERE action = ";
    assert_eq!(
        market
            .database
            .count(&format!("{audited}'key_rotated'"))
            .await?,
        1
    );
    assert_eq!(
        market
            .database
            .count(&format!("{audited}'key_revealed'"))
            .await?,
        60
    );
    Ok(())
}

#[tokio::test]
async fn two_keys_generated_on_one_day_have_different_ids() -> Result<()> {
    let generate = || async {
        Binary::udam()?
            .run(["keys", "generate"], [("", ""); 0])
            .await
    };
    let (first, second) = (generate().await?, generate().await?);
    let id = |printed: &str| printed.split_once(':').unwrap().0.to_owned();
    assert_ne!(id(first.success()?), id(second.success()?));
    Ok(())
}
