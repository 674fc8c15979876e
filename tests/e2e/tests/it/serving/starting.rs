use anyhow::Result;
use futures::future::try_join;
use udam_testkit::{
    Binary, Database, ErrorResponses, Market, MarketBuilder, Server, weather_listing,
};

use crate::scenes::on_sale;

#[tokio::test]
async fn a_schema_that_is_behind_is_told_how_to_catch_up() -> Result<()> {
    let database = Database::empty().await?;
    let variables = MarketBuilder::new().environment(&database).await?;
    let finished = Binary::udam()?
        .run(["serve", "--no-migrate"], variables.clone())
        .await?;
    assert_eq!(finished.code, Some(1));
    assert!(
        finished.stderr.contains("udam migrate"),
        "{}",
        finished.stderr
    );
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
async fn an_address_that_is_taken_is_named_with_the_way_out() -> Result<()> {
    let market = Market::shared().await?;
    let taken = market.address(0).to_string();
    let variables = MarketBuilder::new()
        .set("UDAM_LISTEN", &taken)
        .environment(&market.database)
        .await?;
    let finished = Binary::udam()?.run(["serve"], variables).await?;
    assert_eq!(finished.code, Some(1));
    for expected in [taken.as_str(), "UDAM_LISTEN"] {
        assert!(finished.stderr.contains(expected), "{}", finished.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_not_told_how_it_is_reached_warns_of_it_once() -> Result<()> {
    for (public_url, warnings, canonical) in [
        (None, 1, "https://127.0.0.1:"),
        (Some("https://udam.example"), 0, "https://udam.example/"),
    ] {
        let opening = MarketBuilder::new();
        let market = match public_url {
            Some(url) => opening.set("UDAM_PUBLIC_URL", url),
            None => opening,
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
async fn servers_that_start_at_once_on_an_empty_database_take_turns() -> Result<()> {
    let database = Database::empty().await?;
    let variables = MarketBuilder::new().environment(&database).await?;
    let (first, second) =
        try_join(Server::start(variables.clone()), Server::start(variables)).await?;
    let market = Market {
        database,
        servers: vec![first, second],
        errors: ErrorResponses::default(),
    };
    let (_seller, listing) = on_sale(&market, weather_listing(2)).await?;
    for buyer in market.sign_up_many(2).await? {
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    }
    market.verify().await?;
    Ok(())
}
