//! How many orders there are each second, and how long they take, from clients that never rest. Each
//! round measures everything once, the yardstick included, and every other round the other way
//! about: a machine that grows slower or faster meanwhile favours nobody.

use std::collections::BTreeMap;

use anyhow::Result;

use super::peak::Peak;
use super::series::Series;
use crate::bench::Bench;
use crate::generator::Pace;
use crate::measure::{PeakMemory, median, ratios};
use crate::options::Scenario;
use crate::report::{Report, Target, remark};
use crate::server::Server;
use crate::yardstick::{Form, LISTINGS, Yardstick};

/// What is measured in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Orders(Scenario),
    /// Over so many listings.
    Yardstick(Form, u32),
}

/// Who they are measured on.
struct Subjects {
    yardstick: Yardstick,
    /// Where a transaction takes one order; none if that cannot be had.
    unbatched: Option<Server>,
}

#[derive(Default)]
struct Found {
    orders: BTreeMap<Scenario, Series>,
    yardstick: BTreeMap<(Form, u32), Vec<f64>>,
    memory: Vec<f64>,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let mut turns = turns(bench);
    if turns.is_empty() {
        return Ok(());
    }
    let subjects = Subjects {
        yardstick: Yardstick::prepare(&bench.cluster).await?,
        unbatched: unbatched(bench).await,
    };
    let mut found = Found::default();
    for round in 1..=bench.options.rounds {
        remark(format_args!("throughput, round {round}"));
        for turn in &turns {
            match turn {
                Turn::Orders(scenario) => found.order(bench, &subjects, *scenario).await?,
                Turn::Yardstick(form, listings) => {
                    found.compare(bench, &subjects, *form, *listings).await?;
                }
            }
        }
        turns.reverse();
    }
    if let Some(server) = subjects.unbatched {
        server.stop().await?;
    }
    bench.peak.set(found.peak());
    found.report(&bench.report);
    Ok(())
}

/// What is asked for, each beside what it is compared with.
fn turns(bench: &Bench) -> Vec<Turn> {
    let all: [(Scenario, &[(Form, u32)]); 5] = [
        (
            Scenario::Many,
            &[(Form::Transaction, LISTINGS), (Form::Statement, LISTINGS)],
        ),
        (
            Scenario::Hot,
            &[(Form::Transaction, 1), (Form::Statement, 1)],
        ),
        (Scenario::One, &[]),
        (Scenario::BatchOfOne, &[]),
        (Scenario::Crowd, &[]),
    ];
    let mut turns = Vec::new();
    for (scenario, yardsticks) in all {
        if bench.options.wants(scenario) {
            turns.push(Turn::Orders(scenario));
            let compared = yardsticks.iter();
            turns.extend(compared.map(|(form, listings)| Turn::Yardstick(*form, *listings)));
        }
    }
    turns
}

/// A second server on the same database, if it is wanted and there is one.
async fn unbatched(bench: &Bench) -> Option<Server> {
    if !bench.options.wants(Scenario::BatchOfOne) {
        return None;
    }
    let market = &bench.market;
    let setting = [("UDAM_ORDER_BATCH", "1")];
    let serving = async {
        let server = market.setup.serve(&market.database, &setting).await?;
        market.warm_up(&server).await?;
        anyhow::Ok(server)
    };
    match serving.await {
        Ok(server) => Some(server),
        Err(error) => {
            let name = Scenario::BatchOfOne.name();
            bench
                .report
                .note(format_args!("{name} was not measured: {error:#}"));
            None
        }
    }
}

impl Found {
    async fn order(
        &mut self,
        bench: &Bench,
        subjects: &Subjects,
        scenario: Scenario,
    ) -> Result<()> {
        let market = &bench.market;
        let server = match (scenario, &subjects.unbatched) {
            (Scenario::BatchOfOne, None) => return Ok(()),
            (Scenario::BatchOfOne, Some(server)) => server,
            _ => &market.server,
        };
        let listings = match scenario {
            Scenario::Hot => market.hot(),
            _ => &market.listings,
        };
        let clients = match scenario {
            Scenario::One | Scenario::BatchOfOne => 1,
            Scenario::Crowd => 256,
            _ => 64,
        };
        let watch = (scenario == Scenario::Crowd).then(|| PeakMemory::watch(server.process()));
        let load = bench.load(server, clients, Pace::Closed);
        let orders = market.orders(listings)?;
        let placed = bench.place(scenario.name(), market, server, load, orders);
        self.orders
            .entry(scenario)
            .or_default()
            .push(&placed.await?);
        if let Some(watch) = watch {
            self.memory.push(watch.most()?);
        }
        Ok(())
    }

    async fn compare(
        &mut self,
        bench: &Bench,
        subjects: &Subjects,
        form: Form,
        listings: u32,
    ) -> Result<()> {
        bench.market.database.checkpoint().await?;
        let ran = subjects
            .yardstick
            .run(form, listings, bench.options.round());
        let throughput = ran.await?;
        remark(format_args!(
            "  {}: {throughput:.0}/s",
            yardstick_name(form, listings)
        ));
        let rounds = self.yardstick.entry((form, listings)).or_default();
        rounds.push(throughput);
        Ok(())
    }

    /// None if neither scenario that could show it was measured.
    fn peak(&self) -> Option<Peak> {
        let full = [(Scenario::Many, 64), (Scenario::Crowd, 256)];
        let peaks = full.iter().filter_map(|(scenario, clients)| {
            let series = self.orders.get(scenario)?;
            let throughput = median(&series.throughput)?;
            let clients = *clients;
            Some(Peak {
                throughput,
                clients,
            })
        });
        peaks.max_by(|one, other| one.throughput.total_cmp(&other.throughput))
    }

    fn report(&self, report: &Report) {
        for (scenario, series) in &self.orders {
            series.report(scenario.name(), report);
        }
        for ((form, listings), rounds) in &self.yardstick {
            let name = yardstick_name(*form, *listings);
            report.figure(name, "orders", "a second", rounds);
        }
        let none = Series::default();
        let of = |scenario| self.orders.get(&scenario).unwrap_or(&none);
        let yardstick = |listings| {
            let rounds = self.yardstick.get(&(Form::Transaction, listings));
            rounds.map(Vec::as_slice).unwrap_or_default()
        };
        let (many, hot) = (of(Scenario::Many), of(Scenario::Hot));
        report.result(Target::MANY, &ratios(&many.throughput, yardstick(LISTINGS)));
        report.result(Target::HOT, &ratios(&hot.throughput, yardstick(1)));
        report.result(
            Target::HOT_TO_MANY,
            &ratios(&hot.throughput, &many.throughput),
        );
        report.result(Target::P99, &many.p99_ms);
        let single = ratios(
            &of(Scenario::One).median_ms,
            &of(Scenario::BatchOfOne).median_ms,
        );
        let more: Vec<_> = single.iter().map(|ratio| (ratio - 1.0) * 100.0).collect();
        report.result(Target::ONE, &more);
        report.result(Target::CROWD, &self.memory);
    }
}

fn yardstick_name(form: Form, listings: u32) -> String {
    let form = match form {
        Form::Transaction => "transaction",
        Form::Statement => "statement",
    };
    format!("pgbench {form}, {listings}")
}
