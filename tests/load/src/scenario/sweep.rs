//! Orders at fixed rates, whether the server keeps up or not.

use std::collections::BTreeMap;

use anyhow::Result;

use super::overload;
use super::peak::peak;
use super::series::Series;
use crate::bench::Bench;
use crate::generator::Rate;
use crate::measure::median;
use crate::options::Scenario;
use crate::orders::OVERLOADED;
use crate::report::{Point, Target};

/// Offered rates, in percent of the peak.
const PERCENTS: [u32; 6] = [25, 50, 75, 90, 100, 125];

/// Enough for the requests in flight while the server keeps up.
const CLIENTS: usize = 256;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let peak = peak(bench).await?;
    let market = &bench.market;
    let mut found = BTreeMap::<u32, Series>::new();
    let mut percents = PERCENTS;
    for _ in 0..bench.options.rounds {
        for percent in percents {
            let rate = Rate::PerSecond(peak.percent(percent));
            let clients = if percent > 100 {
                overload::CLIENTS
            } else {
                CLIENTS
            };
            let load = bench.load(&market.server, clients, rate);
            let orders = market.orders(&market.listings)?.allow(OVERLOADED);
            let name = name(percent);
            let placed = bench.place(&name, market, &market.server, load, orders);
            found.entry(percent).or_default().push(&placed.await?);
        }
        percents.reverse();
    }
    if let Some(half) = found.get(&50) {
        bench.report.result(Target::P99_AT_HALF, &half.p99_ms);
    }
    let mut points = Vec::new();
    for (percent, series) in &found {
        series.report(&name(*percent), &bench.report);
        let middle = |rounds| median(rounds).unwrap_or(f64::NAN);
        points.push(Point {
            percent: *percent,
            offered: f64::from(peak.percent(*percent)),
            throughput: middle(&series.throughput),
            median_ms: middle(&series.median_ms),
            p99_ms: middle(&series.p99_ms),
        });
    }
    bench.report.curve(points);
    Ok(())
}

fn name(percent: u32) -> String {
    format!("{} at {percent} %", Scenario::Sweep.name())
}
