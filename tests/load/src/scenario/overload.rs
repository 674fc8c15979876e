//! Orders at twice the peak: the server should place as many as at the peak, and reject the others at once.

use anyhow::{Context, Result};

use super::peak::peak;
use crate::bench::Bench;
use crate::generator::{LoadStats, Rate};
use crate::measure::{number, ratios};
use crate::options::Scenario;
use crate::orders::OVERLOADED;
use crate::peak::Peak;
use crate::report::Target;

/// Many more clients than requests that the server lets wait, so that the server rejects requests instead of
/// the clients running out.
pub(super) const CLIENTS: usize = 4_096;

/// Clients that measure the latency of rejections, on a thread of their own with so little to do that it is
/// never late, as the thread of the crowd may be.
const PROBES: usize = 64;

/// Orders of all probes per second.
const PROBE_RATE: u32 = 100;

struct Round {
    /// Orders per second.
    peak: f64,
    /// Orders per second.
    offered: f64,
    crowd: LoadStats,
    probes: LoadStats,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let peak = peak(bench).await?;
    let mut rounds = Vec::new();
    for _ in 0..bench.options.rounds {
        rounds.push(round(bench, peak).await?);
    }
    let of = |figure: fn(&Round) -> f64| rounds.iter().map(figure).collect::<Vec<_>>();
    let (peaks, goodput) = (of(|round| round.peak), of(|round| round.crowd.throughput()));
    let report = &bench.report;
    report.result(Target::GOODPUT, &ratios(&goodput, &peaks));
    let name = Scenario::Overload.name();
    for (figure, unit, found) in [
        ("peak", "a second", peaks),
        ("offered", "a second", of(|round| round.offered)),
        ("orders", "a second", goodput),
        (
            "rejections",
            "a second",
            of(|round| round.crowd.rejections()),
        ),
        (
            "due and never sent",
            "requests",
            of(|round| number(round.crowd.unsent)),
        ),
        (
            "median of orders, since due",
            "ms",
            of(|round| round.crowd.accepted.median_ms()),
        ),
        (
            "p99 of orders, since due",
            "ms",
            of(|round| round.crowd.accepted.p99_ms()),
        ),
        (
            "median of probe orders, since due",
            "ms",
            of(|round| round.probes.accepted.median_ms()),
        ),
    ] {
        report.figure(name, figure, unit, &found);
    }
    report_rejections(bench, &rounds);
    Ok(())
}

/// Rounds without a rejection have no latency of rejections.
fn report_rejections(bench: &Bench, rounds: &[Round]) {
    let (name, report) = (Scenario::Overload.name(), &bench.report);
    let of = |stats: fn(&Round) -> &LoadStats, figure: fn(&LoadStats) -> f64| {
        let all = rounds.iter().map(stats);
        let rejecting = all.filter(|stats| stats.rejected_since_sent.count() > 0);
        rejecting.map(figure).collect::<Vec<_>>()
    };
    let median = |stats: &LoadStats| stats.rejected_since_sent.median_ms();
    let p99 = |stats: &LoadStats| stats.rejected_since_sent.p99_ms();
    let crowd = of(|round| &round.crowd, median);
    if crowd.is_empty() {
        report.note("nothing was rejected at twice the peak: the server lets all requests wait");
    }
    report.figure(name, "median of rejections, since sent", "ms", &crowd);
    let crowd = of(|round| &round.crowd, p99);
    report.figure(name, "p99 of rejections, since sent", "ms", &crowd);
    report.result(Target::REJECTION, &of(|round| &round.probes, median));
    report.result(Target::REJECTION_P99, &of(|round| &round.probes, p99));
}

/// Measures the peak again, because the speed of the machine varies, and then twice as much.
async fn round(bench: &Bench, peak: Peak) -> Result<Round> {
    let (market, name) = (&bench.market, Scenario::Overload.name());
    let server = &market.server;
    let load = bench.load(server, peak.clients, Rate::Unlimited);
    let orders = market.orders(&market.listings)?;
    let placed = bench.place("peak", market, server, load, orders).await?;
    let peak = Peak {
        throughput: placed.stats.throughput(),
        ..peak
    };

    let twice = peak.percent(200);
    let load = |clients, rate| {
        let orders = market.orders(&market.listings)?.allow(OVERLOADED);
        anyhow::Ok((bench.load(server, clients, Rate::PerSecond(rate)), orders))
    };
    let loads = vec![load(CLIENTS, twice)?, load(PROBES, PROBE_RATE)?];
    let (stats, _) = bench.place_all(name, market, server, loads).await?;
    let mut stats = stats.into_iter();
    Ok(Round {
        peak: peak.throughput,
        offered: f64::from(twice),
        crowd: stats.next().context("the crowd has no stats")?,
        probes: stats.next().context("the probes have no stats")?,
    })
}
