//! Compares a marketplace of a million listings and a million orders, which are inserted directly, with a
//! small one, in turn.

use anyhow::{Context, Result, ensure};
use udam_domain::id::ListingId;
use udam_growth::{Size, grow};
use uuid::Uuid;

use super::reads::{self, SOME_LISTINGS};
use super::series::Series;
use crate::bench::Bench;
use crate::generator::{Connection, Rate};
use crate::market::Market;
use crate::measure::ratios;
use crate::reads::{Read, Reads};
use crate::report::{Target, progress};

/// No sweep runs during the scenario: the grown rows refer to payments that the sandbox does not have.
pub(super) const NO_SWEEPS: [(&str, &str); 1] = [("UDAM_RECONCILE_INTERVAL", "24h")];

/// Number of the page that is compared with the first.
const DEEP_PAGE: u32 = 10_000;

/// Listings per page.
const PAGE: u32 = 20;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let setup = bench.market.setup.clone();
    let grown = Market::start(&bench.cluster, "grown", setup, &NO_SWEEPS).await?;
    let rows = bench.options.grown_rows;
    let size = Size {
        accounts: (rows / 10).max(2),
        listings: rows,
        orders: rows,
    };
    let took = grow(grown.database.client(), &size).await?.took;
    progress(format_args!("  grown in {} s", took.as_secs()));
    grown.database.checkpoint().await?;

    orders(bench, &grown).await?;
    catalogue(bench, &grown, rows).await?;
    reads::measure(bench, &grown, ", grown").await?;
    if let Err(error) = grown.verify().await {
        bench
            .report
            .error(format_args!("udam verify, grown: {error:#}"));
    }
    grown.server.stop().await.map(drop)
}

/// The same load on both: over a thousand listings from all over the table, and over one. Each round has a
/// small marketplace of its own, which would otherwise grow as well.
async fn orders(bench: &Bench, grown: &Market) -> Result<()> {
    let scattered = restock(grown).await?;
    let one = scattered.get(..1).unwrap_or_default();
    let names = ["many, small", "many, grown", "hot, small", "hot, grown"];
    let mut found = names.map(|_| Series::default());
    for round in 1..=bench.options.rounds {
        let setup = grown.setup.clone();
        let name = format!("small_{round}");
        let small = Market::start(&bench.cluster, &name, setup, &NO_SWEEPS).await?;
        let subjects = [
            (&small, &*small.listings),
            (grown, &scattered),
            (&small, small.hot()),
            (grown, one),
        ];
        for ((name, series), (market, listings)) in names.iter().zip(&mut found).zip(subjects) {
            let load = bench.load(&market.server, 64, Rate::Unlimited);
            let orders = market.orders(listings)?;
            let placed = bench.place(name, market, &market.server, load, orders);
            series.push(&placed.await?);
        }
        small.server.stop().await?;
    }
    let report = &bench.report;
    for (name, series) in names.iter().zip(&found) {
        series.report(name, report);
    }
    let [many_small, many_grown, hot_small, hot_grown] = &found;
    report.result(
        Target::GROWTH,
        &ratios(&many_grown.cpu_us, &many_small.cpu_us),
    );
    let hot = ratios(&hot_grown.cpu_us, &hot_small.cpu_us);
    report.figure("hot, grown / small", "CPU", "times", &hot);
    Ok(())
}

/// Adds units to a thousand listings from all over the table, whose price is small.
async fn restock(market: &Market) -> Result<Vec<ListingId>> {
    let statement = include_str!("../../sql/restock.sql");
    let rows = market.database.client().query(statement, &[]).await?;
    let ids = rows.iter().map(|row| row.try_get::<_, Uuid>(0));
    let ids: Vec<_> = ids
        .map(|id| id.map(ListingId::from_uuid))
        .collect::<Result<_, _>>()?;
    market.database.vacuum().await?;
    Ok(ids)
}

/// Reads the first page of the catalogue and a deep one, from one client.
async fn catalogue(bench: &Bench, market: &Market, rows: u32) -> Result<()> {
    let pages_before = (DEEP_PAGE - 1).min(rows / PAGE / 2);
    let cursor = walk(market, pages_before * PAGE).await?;
    let pages = [
        ("page 1", "/v1/listings".to_owned()),
        ("deep page", format!("/v1/listings?cursor={cursor}")),
    ];
    let mut medians = pages.each_ref().map(|_| Vec::new());
    for _ in 0..bench.options.rounds {
        for ((name, path), median) in pages.iter().zip(&mut medians) {
            let reads = Reads::new(vec![Read::new(path, SOME_LISTINGS)]);
            let load = bench.load(&market.server, 1, Rate::Unlimited);
            let (stats, _) = load.run(reads).await?;
            bench.report_unexpected(name, &market.server, &stats);
            median.push(stats.accepted.median_ms());
        }
    }
    let report = &bench.report;
    for ((name, _), median) in pages.iter().zip(&medians) {
        report.figure(format_args!("{name}, grown"), "median", "ms", median);
    }
    if pages_before + 1 < DEEP_PAGE {
        report.note(format_args!("the deep page is {}", pages_before + 1));
    }
    let [first, deep] = &medians;
    report.result(Target::DEEP, &ratios(deep, first));
    Ok(())
}

/// Pages through this many listings, newest first, and returns the cursor of what follows.
async fn walk(market: &Market, listings: u32) -> Result<String> {
    let mut connection = Connection::open(market.server.address()).await?;
    let mut cursor = String::new();
    let mut left = listings;
    while left > 0 {
        let limit = left.min(100);
        let path = if cursor.is_empty() {
            format!("/v1/listings?limit={limit}")
        } else {
            format!("/v1/listings?limit={limit}&cursor={cursor}")
        };
        let response = connection.send(Read::new(path, "").request()?).await?;
        let status = response.status;
        ensure!(status == 200, "expected a page, got {status}");
        let page: serde_json::Value = serde_json::from_slice(&response.body)?;
        let next = page.get("next_cursor").and_then(serde_json::Value::as_str);
        next.context("the catalogue ends too soon")?
            .clone_into(&mut cursor);
        left -= limit;
    }
    Ok(cursor)
}
