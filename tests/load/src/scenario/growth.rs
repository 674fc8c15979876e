//! Whether it is still as fast with a million listings and a million orders. They are written straight
//! into the tables; then the same is asked of the grown marketplace as of the small one, in turn.

use anyhow::{Context, Result, ensure};
use udam_domain::id::ListingId;
use udam_growth::{Size, grow};
use uuid::Uuid;

use super::reads::{self, SOME_LISTINGS};
use super::series::Series;
use crate::bench::Bench;
use crate::generator::{Connection, Pace};
use crate::market::Market;
use crate::measure::ratios;
use crate::reads::{Read, Reads};
use crate::report::{Target, remark};

/// What has grown names payments that the stand-in for Stripe knows nothing of. No sweep is to look
/// into them meanwhile.
pub(super) const NO_SWEEPS: [(&str, &str); 1] = [("UDAM_RECONCILE_INTERVAL", "24h")];

/// The page that is compared with the first, of 20 listings each.
const DEEP_PAGE: u32 = 10_000;
const PAGE: u32 = 20;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let setup = bench.market.setup.clone();
    let grown = Market::open(&bench.cluster, "grown", setup, &NO_SWEEPS).await?;
    let rows = bench.options.grown_rows;
    let size = Size {
        accounts: (rows / 10).max(2),
        listings: rows,
        orders: rows,
    };
    let took = grow(grown.database.client(), &size).await?.took;
    remark(format_args!("  grown in {} s", took.as_secs()));
    grown.database.checkpoint().await?;

    orders(bench, &grown).await?;
    catalogue(bench, &grown, rows).await?;
    reads::measure(bench, &grown, ", grown").await?;
    if let Err(error) = grown.verify().await {
        bench
            .report
            .fault(format_args!("the grown books: {error:#}"));
    }
    grown.server.stop().await
}

/// The same load, small and grown: over as many listings, from all over the table, and over one. Each
/// round has a small marketplace of its own, or the small one would grow as well.
async fn orders(bench: &Bench, grown: &Market) -> Result<()> {
    let scattered = restock(grown).await?;
    let one = scattered.get(..1).unwrap_or_default();
    let names = ["many, small", "many, grown", "hot, small", "hot, grown"];
    let mut found = names.map(|_| Series::default());
    for round in 1..=bench.options.rounds {
        let setup = grown.setup.clone();
        let name = format!("small_{round}");
        let small = Market::open(&bench.cluster, &name, setup, &NO_SWEEPS).await?;
        let subjects = [
            (&small, &*small.listings),
            (grown, &scattered),
            (&small, small.hot()),
            (grown, one),
        ];
        for ((name, series), (market, listings)) in names.iter().zip(&mut found).zip(subjects) {
            let load = bench.load(&market.server, 64, Pace::Closed);
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

/// Has a thousand listings from all over the table hold plenty, at a price that is served at once.
async fn restock(market: &Market) -> Result<Vec<ListingId>> {
    let statement = include_str!("../../sql/restock.sql");
    let rows = market.database.client().query(statement, &[]).await?;
    let ids = rows.iter().map(|row| row.try_get::<_, Uuid>(0));
    let ids: Vec<_> = ids
        .map(|id| id.map(ListingId::from_uuid))
        .collect::<Result<_, _>>()?;
    market.database.tidy().await?;
    Ok(ids)
}

/// One reader, who looks at the first page and at one deep in the catalogue.
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
            let load = bench.load(&market.server, 1, Pace::Closed);
            let (tally, _) = load.drive(reads).await?;
            bench.note_wrong(name, &market.server, &tally);
            median.push(tally.granted.median_ms());
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

/// Goes through so many listings, newest first; the cursor to what comes after.
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
        let answer = connection.ask(Read::new(path, "").request()?).await?;
        let status = answer.status;
        ensure!(status == 200, "a page was answered {status}");
        let page: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let next = page.get("next_cursor").and_then(serde_json::Value::as_str);
        next.context("the catalogue ends too soon")?
            .clone_into(&mut cursor);
        left -= limit;
    }
    Ok(cursor)
}
