//! The storefront's public pages, read by one client in a closed loop, so that the latency is little more than
//! the time to render a page.

use anyhow::{Context, Result};
use udam_growth::{Size, grow};

use super::growth::NO_SWEEPS;
use crate::bench::Bench;
use crate::generator::Rate;
use crate::market::Market;
use crate::reads::{Read, Reads};
use crate::report::Target;
use crate::seed::SUBJECTS;

const SIZE: Size = Size {
    accounts: 1_000,
    listings: 10_000,
    orders: 10_000,
};

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let setup = bench.market.setup.clone();
    let market = Market::start(&bench.cluster, "pages", setup, &NO_SWEEPS).await?;
    grow(market.database.client(), &SIZE).await?;
    market.database.vacuum().await?;
    let pages = pages(&market)?;
    let mut medians = vec![Vec::new(); pages.len()];
    for _ in 0..bench.options.rounds {
        for ((name, reads), medians) in pages.iter().zip(&mut medians) {
            let load = bench.load(&market.server, 1, Rate::Unlimited);
            let (stats, _) = load.run(Reads::new(reads.clone())).await?;
            bench.report_unexpected(name, &market.server, &stats);
            medians.push(stats.accepted.median_ms());
        }
    }
    for ((name, _), medians) in pages.iter().zip(&medians) {
        bench.report.figure(name, "median", "ms", medians);
    }
    let slowest = (0..medians.first().map_or(0, Vec::len)).map(|round| {
        let of_round = medians.iter().filter_map(|page| page.get(round));
        of_round.copied().fold(0.0, f64::max)
    });
    bench
        .report
        .result(Target::PAGE, &slowest.collect::<Vec<_>>());
    market.server.stop().await.map(drop)
}

fn pages(market: &Market) -> Result<[(&'static str, Vec<Read>); 5]> {
    let listing = market.listings.first().context("there are no listings")?;
    let searches = |sort: &str| {
        let path = |subject| format!("/?q={subject}{sort}");
        let pages = SUBJECTS
            .iter()
            .map(|subject| Read::new(path(subject), "</html>"));
        pages.collect::<Vec<_>>()
    };
    Ok([
        ("page: catalogue", vec![Read::new("/", "</html>")]),
        ("page: search, best match first", searches("")),
        ("page: search, cheapest first", searches("&sort=price")),
        (
            "page: listing",
            vec![Read::new(format!("/listings/{listing}"), "</html>")],
        ),
        ("page: feed", vec![Read::new("/feed.xml", "</feed>")]),
    ])
}
