//! `docs/OPERATIONS.md` lists what the program has.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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

/// Names of metrics in a text, such as a dashboard. Those of a histogram's series are the histogram's.
fn metrics_in(text: &str) -> BTreeSet<&str> {
    let is_part_of_name = |c: char| c.is_ascii_lowercase() || c == '_';
    text.split(|c| !is_part_of_name(c))
        .filter(|word| word.starts_with("udam_"))
        .map(|name| {
            let series = ["_bucket", "_sum", "_count"];
            let base = series.iter().find_map(|end| name.strip_suffix(end));
            base.unwrap_or(name)
        })
        .collect()
}

/// All sources of the program.
fn sources() -> Result<String> {
    fn read(directory: &Path, all: &mut String) -> Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                read(&path, all)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                all.push_str(&fs::read_to_string(path)?);
            }
        }
        Ok(())
    }
    let mut all = String::new();
    for krate in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates"))? {
        read(&krate?.path().join("src"), &mut all)?;
    }
    Ok(all)
}

#[test]
fn metrics_that_the_operators_page_lists_are_in_the_program() -> Result<()> {
    let sources = sources()?;
    let listed = listed_under("\n### Metrics\n")?;
    let metrics = listed.iter().filter(|name| name.starts_with("udam_"));
    for metric in metrics {
        assert!(
            sources.contains(&format!("\"{metric}\"")),
            "{metric} is gone"
        );
    }
    Ok(())
}

#[test]
fn dashboard_and_alerts_use_metrics_that_the_operators_page_lists() -> Result<()> {
    const DASHBOARD: &str = include_str!("../../../../../deploy/monitoring/grafana.json");
    const ALERTS: &str = include_str!("../../../../../deploy/monitoring/alerts.yaml");

    let listed = listed_under("\n### Metrics\n")?;
    for text in [DASHBOARD, ALERTS] {
        let used = metrics_in(text);
        assert!(used.len() > 10, "{used:?}");
        let unknown: Vec<_> = used.difference(&listed).collect();
        assert!(unknown.is_empty(), "no such metrics: {unknown:?}");
    }
    let shown = metrics_in(DASHBOARD);
    let missing: Vec<_> = listed
        .iter()
        .filter(|name| name.starts_with("udam_") && !shown.contains(*name))
        .collect();
    assert!(missing.is_empty(), "not on the dashboard: {missing:?}");
    serde_json::from_str::<serde_json::Value>(DASHBOARD)?;
    Ok(())
}
