//! Reads of each kind.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Rate;
use crate::market::Market;
use crate::reads::{Read, Reads};
use crate::report::progress;
use crate::seed::SUBJECTS;

const CLIENTS: usize = 64;

/// The beginning of a list of listings that is not empty.
pub(super) const SOME_LISTINGS: &str = r#"{"data":[{"id":"lst_"#;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    measure(bench, &bench.market, "").await
}

/// Measures reads of each kind in turn, in a closed loop. `suffix` is appended to the names of the figures.
pub(super) async fn measure(bench: &Bench, market: &Market, suffix: &str) -> Result<()> {
    let mut found = BTreeMap::<&str, [Vec<f64>; 3]>::new();
    for _ in 0..bench.options.rounds {
        for (name, reads) in kinds(market) {
            let load = bench.load(&market.server, CLIENTS, Rate::Unlimited);
            let (stats, _) = load.run(Reads::new(reads)).await?;
            bench.report_unexpected(name, &market.server, &stats);
            progress(format_args!(
                "  {name}{suffix}: {:.0}/s",
                stats.throughput()
            ));
            let [throughput, median, p99] = found.entry(name).or_default();
            throughput.push(stats.throughput());
            median.push(stats.accepted.median_ms());
            p99.push(stats.accepted.p99_ms());
        }
    }
    for (name, [throughput, median, p99]) in &found {
        let name = format!("{name}{suffix}");
        bench.report.figure(&name, "reads", "a second", throughput);
        bench.report.figure(&name, "median", "ms", median);
        bench.report.figure(&name, "p99", "ms", p99);
    }
    Ok(())
}

fn kinds(market: &Market) -> [(&'static str, Vec<Read>); 4] {
    let searches = SUBJECTS.iter().map(|subject| {
        let path = format!("/v1/listings?q={subject}");
        Read::new(path, *subject)
    });
    let listings = market.listings.iter().map(|listing| {
        Read::new(
            format!("/v1/listings/{listing}"),
            format!(r#"{{"id":"{listing}""#),
        )
    });
    let tokens = market
        .buyers
        .iter()
        .map(|buyer| Read::new("/v1/tokens", r#"{"data":["#).with_authorization(buyer));
    [
        ("catalogue", vec![Read::new("/v1/listings", SOME_LISTINGS)]),
        ("search", searches.collect()),
        ("listing", listings.collect()),
        ("tokens", tokens.collect()),
    ]
}
