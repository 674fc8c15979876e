//! Twice as many orders as the server can place: it is to place as many as ever, and to turn the rest
//! away at once.

use anyhow::{Context, Result};

use super::peak::{Peak, peak};
use crate::bench::Bench;
use crate::generator::{Pace, Tally};
use crate::measure::{number, ratios};
use crate::options::Scenario;
use crate::orders::OVERLOADED;
use crate::report::Target;

/// Many more than the server lets wait, so that it is the server who turns them away and not they who
/// hold back.
pub(super) const CLIENTS: usize = 4_096;

/// A few clients on a thread of their own, with so little to do that what they wait for is the server,
/// while the crowd's thread may well be late in reading its answers.
const BYSTANDERS: usize = 64;

/// Orders of all bystanders a second.
const BYSTANDING: u32 = 100;

struct Round {
    peak: f64,
    offered: f64,
    crowd: Tally,
    bystanders: Tally,
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
        ("refusals", "a second", of(|round| round.crowd.refusals())),
        (
            "due and never sent",
            "requests",
            of(|round| number(round.crowd.unsent)),
        ),
        (
            "median of orders, since due",
            "ms",
            of(|round| round.crowd.granted.median_ms()),
        ),
        (
            "p99 of orders, since due",
            "ms",
            of(|round| round.crowd.granted.p99_ms()),
        ),
        (
            "bystanders' median of orders, since due",
            "ms",
            of(|round| round.bystanders.granted.median_ms()),
        ),
    ] {
        report.figure(name, figure, unit, &found);
    }
    refusals(bench, &rounds);
    Ok(())
}

/// One that was not refused says nothing of how long it takes.
fn refusals(bench: &Bench, rounds: &[Round]) {
    let (name, report) = (Scenario::Overload.name(), &bench.report);
    let of = |tally: fn(&Round) -> &Tally, figure: fn(&Tally) -> f64| {
        let tallies = rounds.iter().map(tally);
        let refused = tallies.filter(|tally| tally.refused_since_sent.count() > 0);
        refused.map(figure).collect::<Vec<_>>()
    };
    let median = |tally: &Tally| tally.refused_since_sent.median_ms();
    let p99 = |tally: &Tally| tally.refused_since_sent.p99_ms();
    let crowd = of(|round| &round.crowd, median);
    if crowd.is_empty() {
        report.note("nothing was refused at twice the peak: the server lets everybody wait");
    }
    report.figure(name, "median of refusals, since sent", "ms", &crowd);
    let crowd = of(|round| &round.crowd, p99);
    report.figure(name, "p99 of refusals, since sent", "ms", &crowd);
    report.result(Target::REFUSAL, &of(|round| &round.bystanders, median));
    report.result(Target::REFUSAL_P99, &of(|round| &round.bystanders, p99));
}

/// The peak of this very minute, and then twice as much.
async fn round(bench: &Bench, peak: Peak) -> Result<Round> {
    let (market, name) = (&bench.market, Scenario::Overload.name());
    let server = &market.server;
    let load = bench.load(server, peak.clients, Pace::Closed);
    let orders = market.orders(&market.listings)?;
    let placed = bench.place("peak", market, server, load, orders).await?;
    let peak = Peak {
        throughput: placed.tally.throughput(),
        ..peak
    };

    let twice = peak.percent(200);
    let load = |clients, rate| {
        let orders = market.orders(&market.listings)?.or(OVERLOADED);
        anyhow::Ok((bench.load(server, clients, Pace::Open(rate)), orders))
    };
    let loads = vec![load(CLIENTS, twice)?, load(BYSTANDERS, BYSTANDING)?];
    let (tallies, _) = bench.place_all(name, market, server, loads).await?;
    let mut tallies = tallies.into_iter();
    Ok(Round {
        peak: peak.throughput,
        offered: f64::from(twice),
        crowd: tallies.next().context("the crowd has no tally")?,
        bystanders: tallies.next().context("the bystanders have no tally")?,
    })
}
