//! What is measured, one subject a file.

mod checkout;
mod growth;
mod logins;
mod overload;
mod pages;
mod peak;
mod reads;
mod series;
mod sold_out;
mod sweep;
mod throughput;

use anyhow::Result;

use crate::bench::Bench;
use crate::options::Scenario;
use crate::report::{Target, remark};

pub(crate) use peak::Peak;

/// Measures what is asked for. One that fails is reported, and does not keep the others from going on.
pub(crate) async fn run(bench: &Bench) {
    bench.report.result(Target::IDLE, &[bench.market.idle_mib]);
    failed(bench, "throughput", throughput::run(bench).await);
    for scenario in [
        Scenario::Sweep,
        Scenario::Overload,
        Scenario::Logins,
        Scenario::SoldOut,
        Scenario::Checkout,
        Scenario::Reads,
        Scenario::Pages,
        Scenario::Growth,
    ] {
        if !bench.options.wants(scenario) {
            continue;
        }
        remark(scenario.name());
        let outcome = match scenario {
            Scenario::Sweep => sweep::run(bench).await,
            Scenario::Overload => overload::run(bench).await,
            Scenario::Logins => logins::run(bench).await,
            Scenario::SoldOut => sold_out::run(bench).await,
            Scenario::Checkout => checkout::run(bench).await,
            Scenario::Reads => reads::run(bench).await,
            Scenario::Pages => pages::run(bench).await,
            Scenario::Growth => growth::run(bench).await,
            Scenario::Many
            | Scenario::Hot
            | Scenario::One
            | Scenario::BatchOfOne
            | Scenario::Crowd => Ok(()),
        };
        failed(bench, scenario.name(), outcome);
    }
}

fn failed(bench: &Bench, name: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        // Not with `{:?}`: a backtrace of ours tells nobody what went wrong elsewhere.
        bench.report.fault(format_args!("{name} failed: {error:#}"));
    }
}
