//! The scenarios, one subject a file.

mod calls;
mod checkout;
mod growth;
mod logins;
mod overload;
mod pages;
mod peak;
mod pooler;
mod reads;
mod series;
mod sold_out;
mod sweep;
mod throughput;

use anyhow::Result;

use crate::bench::Bench;
use crate::options::Scenario;
use crate::report::{Target, progress};

/// Measures the scenarios asked for. If one fails, that is reported and the others go on.
pub(crate) async fn run(bench: &Bench) {
    bench.report.result(Target::IDLE, &[bench.market.idle_mib]);
    report_failure(bench, "throughput", throughput::run(bench).await);
    for scenario in [
        Scenario::Sweep,
        Scenario::Overload,
        Scenario::Logins,
        Scenario::SoldOut,
        Scenario::Checkout,
        Scenario::Reads,
        Scenario::Pages,
        Scenario::Pooler,
        Scenario::Calls,
        Scenario::Growth,
    ] {
        if !bench.options.includes(scenario) {
            continue;
        }
        progress(scenario.name());
        let outcome = match scenario {
            Scenario::Sweep => sweep::run(bench).await,
            Scenario::Overload => overload::run(bench).await,
            Scenario::Logins => logins::run(bench).await,
            Scenario::SoldOut => sold_out::run(bench).await,
            Scenario::Checkout => checkout::run(bench).await,
            Scenario::Reads => reads::run(bench).await,
            Scenario::Pages => pages::run(bench).await,
            Scenario::Pooler => pooler::run(bench).await,
            Scenario::Calls => calls::run(bench).await,
            Scenario::Growth => growth::run(bench).await,
            Scenario::Many
            | Scenario::Hot
            | Scenario::One
            | Scenario::BatchOfOne
            | Scenario::Crowd => Ok(()),
        };
        report_failure(bench, scenario.name(), outcome);
    }
}

fn report_failure(bench: &Bench, name: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        // Without the backtrace, which would show only where this program noticed.
        bench.report.error(format_args!("{name} failed: {error:#}"));
    }
}
