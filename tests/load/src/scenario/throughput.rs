//! Throughput and latency of orders in a closed loop, beside the baseline. Each round measures everything
//! once, and every other round in reverse order, so that a machine that gets slower or faster favours
//! neither.

use std::collections::BTreeMap;

use anyhow::Result;
use udam_testkit::Server;

use super::series::Series;
use crate::baseline::{Baseline, Form, LISTINGS};
use crate::bench::Bench;
use crate::generator::Rate;
use crate::measure::{PeakMemory, median, ratios};
use crate::options::Scenario;
use crate::peak::Peak;
use crate::report::{Report, Target, progress};

/// A measurement of each round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Orders(Scenario),
    /// The baseline over this many listings.
    Baseline(Form, u32),
}

/// Subjects that the steps measure besides the marketplace.
struct Subjects {
    baseline: Baseline,
    /// A server that places one order per transaction; `None` if it is not needed or did not start.
    unbatched: Option<Server>,
}

#[derive(Default)]
struct Figures {
    orders: BTreeMap<Scenario, Series>,
    /// Orders per second, by form and number of listings.
    baseline: BTreeMap<(Form, u32), Vec<f64>>,
    /// Peak memory of the server, in MiB.
    memory: Vec<f64>,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let mut steps = steps(bench);
    if steps.is_empty() {
        return Ok(());
    }
    let subjects = Subjects {
        baseline: Baseline::prepare(&bench.cluster).await?,
        unbatched: unbatched(bench).await,
    };
    let mut figures = Figures::default();
    for round in 1..=bench.options.rounds {
        progress(format_args!("throughput, round {round}"));
        for step in &steps {
            match step {
                Step::Orders(scenario) => {
                    figures.measure_orders(bench, &subjects, *scenario).await?;
                }
                Step::Baseline(form, listings) => {
                    figures
                        .measure_baseline(bench, &subjects, *form, *listings)
                        .await?;
                }
            }
        }
        steps.reverse();
    }
    if let Some(server) = subjects.unbatched {
        server.stop().await?;
    }
    bench.peak.set(figures.peak());
    figures.report(&bench.report);
    Ok(())
}

/// The steps of the scenarios asked for, each followed by its baselines.
fn steps(bench: &Bench) -> Vec<Step> {
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
    let mut steps = Vec::new();
    for (scenario, baselines) in all {
        if bench.options.includes(scenario) {
            steps.push(Step::Orders(scenario));
            let baselines = baselines.iter();
            steps.extend(baselines.map(|(form, listings)| Step::Baseline(*form, *listings)));
        }
    }
    steps
}

/// Starts a second server on the same database, if a scenario needs it.
async fn unbatched(bench: &Bench) -> Option<Server> {
    if !bench.options.includes(Scenario::BatchOfOne) {
        return None;
    }
    let market = &bench.market;
    let setting = [("UDAM_ORDER_BATCH", "1")];
    let starting = async {
        let server = market
            .setup
            .start_server(&market.database, &setting)
            .await?;
        market.warm_up(&server).await?;
        anyhow::Ok(server)
    };
    match starting.await {
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

impl Figures {
    async fn measure_orders(
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
        let memory = (scenario == Scenario::Crowd).then(|| PeakMemory::start(server.id()));
        let load = bench.load(server, clients, Rate::Unlimited);
        let orders = market.orders(listings)?;
        let placed = bench.place(scenario.name(), market, server, load, orders);
        self.orders
            .entry(scenario)
            .or_default()
            .push(&placed.await?);
        if let Some(memory) = memory {
            self.memory.push(memory.stop()?);
        }
        Ok(())
    }

    async fn measure_baseline(
        &mut self,
        bench: &Bench,
        subjects: &Subjects,
        form: Form,
        listings: u32,
    ) -> Result<()> {
        bench.market.database.checkpoint().await?;
        let duration = bench.options.round();
        let throughput = subjects.baseline.run(form, listings, duration).await?;
        progress(format_args!(
            "  {}: {throughput:.0}/s",
            baseline_name(form, listings)
        ));
        let rounds = self.baseline.entry((form, listings)).or_default();
        rounds.push(throughput);
        Ok(())
    }

    /// The higher throughput of the scenarios that reach it; `None` if neither was measured.
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
        for ((form, listings), rounds) in &self.baseline {
            let name = baseline_name(*form, *listings);
            report.figure(name, "orders", "a second", rounds);
        }
        let none = Series::default();
        let of = |scenario| self.orders.get(&scenario).unwrap_or(&none);
        let baseline = |listings| {
            let rounds = self.baseline.get(&(Form::Transaction, listings));
            rounds.map(Vec::as_slice).unwrap_or_default()
        };
        let (many, hot) = (of(Scenario::Many), of(Scenario::Hot));
        report.result(Target::MANY, &ratios(&many.throughput, baseline(LISTINGS)));
        report.result(Target::HOT, &ratios(&hot.throughput, baseline(1)));
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

fn baseline_name(form: Form, listings: u32) -> String {
    let form = match form {
        Form::Transaction => "transaction",
        Form::Statement => "statement",
    };
    format!("pgbench {form}, {listings}")
}
