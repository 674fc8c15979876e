//! Starting `udam serve`.

use anyhow::Result;
use futures::future::try_join;
use udam_testkit::{
    Binary, Database, ErrorResponses, Market, MarketBuilder, Server, weather_listing,
};

use crate::setup::seller_with_listing;

#[tokio::test]
async fn an_outdated_schema_is_rejected_with_the_command_to_run() -> Result<()> {
    let database = Database::empty().await?;
    let variables = MarketBuilder::new().environment(&database).await?;
    let output = Binary::udam()?
        .run(["serve", "--no-migrate"], variables.clone())
        .await?;
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("udam migrate"), "{}", output.stderr);
    Binary::udam()?
        .run(["migrate"], variables.clone())
        .await?
        .success()?;
    let server =
        Server::spawn(Binary::udam()?.command(["serve", "--no-migrate"], variables)).await?;
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_address_in_use_is_named_with_its_setting() -> Result<()> {
    let market = Market::shared().await?;
    let taken = market.address(0).to_string();
    let variables = MarketBuilder::new()
        .set("UDAM_LISTEN", &taken)
        .environment(&market.database)
        .await?;
    let output = Binary::udam()?.run(["serve"], variables).await?;
    assert_eq!(output.code, Some(1));
    for expected in [taken.as_str(), "UDAM_LISTEN"] {
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_public_url_is_warned_of_once() -> Result<()> {
    for (public_url, warnings, canonical) in [
        (None, 1, "https://127.0.0.1:"),
        (Some("https://udam.example"), 0, "https://udam.example/"),
    ] {
        let builder = MarketBuilder::new();
        let market = match public_url {
            Some(url) => builder.set("UDAM_PUBLIC_URL", url),
            None => builder,
        };
        let market = market.start().await?;
        let logs = market.logs();
        let warned = logs
            .lines()
            .filter(|line| line.contains("WARN") && line.contains("UDAM_PUBLIC_URL"));
        assert_eq!(warned.count(), warnings, "{logs}");
        let page = market.client()?.get("/").await?;
        let expected = format!("rel=\"canonical\" href=\"{canonical}");
        assert!(page.text.contains(&expected), "{}", page.text);
    }
    Ok(())
}

#[tokio::test]
async fn servers_that_start_at_once_on_an_empty_database_both_serve() -> Result<()> {
    let database = Database::empty().await?;
    let variables = MarketBuilder::new().environment(&database).await?;
    let (first, second) =
        try_join(Server::start(variables.clone()), Server::start(variables)).await?;
    let market = Market {
        database,
        servers: vec![first, second],
        errors: ErrorResponses::default(),
    };
    let (_seller, listing) = seller_with_listing(&market, weather_listing(2)).await?;
    for buyer in market.sign_up_many(2).await? {
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    }
    market.verify().await?;
    Ok(())
}
