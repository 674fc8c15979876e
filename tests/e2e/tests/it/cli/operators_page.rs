//! `docs/OPERATIONS.md` lists what the program has.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use udam_testkit::{Binary, MarketBuilder, weather_listing};

use crate::setup::seller_with_listing;

const PAGE: &str = include_str!("../../../../../docs/OPERATIONS.md");

/// Names in code spans that a row of a table under this heading begins with.
fn listed_under(heading: &str) -> Result<BTreeSet<&'static str>> {
    let (_, section) = PAGE.split_once(heading).context("no such heading")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let first_cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    Ok(first_cells
        .filter_map(|line| line.split(" |").next())
        .flat_map(|cell| cell.split('`').step_by(2))
        .collect())
}

#[tokio::test]
async fn the_operators_page_lists_exactly_the_settings_of_the_help() -> Result<()> {
    let output = Binary::udam()?
        .run(["serve", "--help"], [("", ""); 0])
        .await?;
    let (_, settings) = output
        .success()?
        .split_once("Settings, from the environment or a file:\n")
        .context("the help lists no settings")?;
    let known: BTreeSet<&str> = settings
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();

    assert!(known.contains("DATABASE_URL") && known.len() > 15);
    assert_eq!(listed_under("\n## Settings\n")?, known);
    Ok(())
}

#[tokio::test]
async fn the_operators_page_lists_every_metric() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    buyer.buy(&listing, 1).await?;
    let metrics = market.operator(0)?.get("/metrics").await?.text;
    let listed = listed_under("\n## Watch it\n")?;

    let mut seen = 0;
    for metric in metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
        .filter(|name| name.starts_with("udam_"))
    {
        assert!(listed.contains(metric), "docs/OPERATIONS.md lacks {metric}");
        seen += 1;
    }
    assert!(seen >= 5, "{metrics}");
    Ok(())
}
