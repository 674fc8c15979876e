//! The effect of logins on orders: passwords are hashed on the same cores.

use std::time::Duration;

use anyhow::Result;

use super::peak::peak;
use super::series::Series;
use crate::bench::Bench;
use crate::generator::{Load, Rate};
use crate::logins::Logins;
use crate::measure::ratios;
use crate::options::Scenario;
use crate::orders::OVERLOADED;
use crate::report::Target;

/// Logins per second.
const LOGIN_RATE: u32 = 20;

/// Time by which the logins outlast the orders whose latency counts.
const OVERLAP: Duration = Duration::from_secs(2);

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::Logins.name());
    let half = Rate::PerSecond(peak(bench).await?.percent(50));
    let mut logins = Logins::register(&market.seller.signed_out()).await?;
    let (mut alone, mut with_logins) = (Series::default(), Series::default());
    let (mut rates, mut login_p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let place = |name| {
            let load = bench.load(&market.server, 256, half);
            let orders = market.orders(&market.listings)?.allow(OVERLOADED);
            anyhow::Ok(bench.place(name, market, &market.server, load, orders))
        };
        alone.push(&place("orders alone")?.await?);
        let load = Load {
            duration: bench.options.round() + OVERLAP,
            ..bench.load(&market.server, 16, Rate::PerSecond(LOGIN_RATE))
        };
        let (placed, logged_in) = tokio::join!(place("orders with logins")?, load.run(logins));
        let stats;
        (stats, logins) = logged_in?;
        bench.report_unexpected(name, &market.server, &stats);
        with_logins.push(&placed?);
        rates.push(stats.throughput());
        login_p99.push(stats.accepted.p99_ms());
    }
    let report = &bench.report;
    report.result(Target::LOGINS, &ratios(&with_logins.p99_ms, &alone.p99_ms));
    report.figure(name, "logins", "a second", &rates);
    report.figure(name, "p99 of logins", "ms", &login_p99);
    alone.report("orders alone, at half of the peak", report);
    with_logins.report("orders with logins, at half of the peak", report);
    Ok(())
}
