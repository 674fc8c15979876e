//! What people look at before they buy, and after.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Pace;
use crate::market::Market;
use crate::reads::{Read, Reads};
use crate::report::remark;
use crate::seed::SUBJECTS;

const CLIENTS: usize = 64;

/// What a list that is not empty begins with.
pub(super) const SOME_LISTINGS: &str = r#"{"data":[{"id":"lst_"#;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    measure(bench, &bench.market, "").await
}

/// Reads of each kind in turn, from clients that never rest.
pub(super) async fn measure(bench: &Bench, market: &Market, of: &str) -> Result<()> {
    let mut found = BTreeMap::<&str, [Vec<f64>; 3]>::new();
    for _ in 0..bench.options.rounds {
        for (name, reads) in kinds(market) {
            let load = bench.load(&market.server, CLIENTS, Pace::Closed);
            let (tally, _) = load.drive(Reads::new(reads)).await?;
            bench.note_wrong(name, &market.server, &tally);
            remark(format_args!("  {name}{of}: {:.0}/s", tally.throughput()));
            let [throughput, median, p99] = found.entry(name).or_default();
            throughput.push(tally.throughput());
            median.push(tally.granted.median_ms());
            p99.push(tally.granted.p99_ms());
        }
    }
    for (name, [throughput, median, p99]) in &found {
        let name = format!("{name}{of}");
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
        .map(|buyer| Read::new("/v1/tokens", r#"{"data":["#).by(buyer));
    [
        ("catalogue", vec![Read::new("/v1/listings", SOME_LISTINGS)]),
        ("search", searches.collect()),
        ("listing", listings.collect()),
        ("tokens", tokens.collect()),
    ]
}
