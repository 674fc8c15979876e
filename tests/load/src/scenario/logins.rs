//! Whether those who buy notice those who log in: a password is hashed on the same processors.

use std::time::Duration;

use anyhow::Result;

use super::peak::peak;
use super::series::Series;
use crate::bench::Bench;
use crate::generator::{Load, Pace};
use crate::logins::Logins;
use crate::measure::ratios;
use crate::options::Scenario;
use crate::orders::OVERLOADED;
use crate::report::Target;

/// A second.
const RATE: u32 = 20;

/// Logins go on before and after the orders whose latency counts.
const LONGER: Duration = Duration::from_secs(2);

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::Logins.name());
    let half = Pace::Open(peak(bench).await?.percent(50));
    let mut logins = Logins::register(market.server.address()).await?;
    let (mut alone, mut beside) = (Series::default(), Series::default());
    let (mut rates, mut login_p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let place = |name| {
            let load = bench.load(&market.server, 256, half);
            let orders = market.orders(&market.listings)?.or(OVERLOADED);
            anyhow::Ok(bench.place(name, market, &market.server, load, orders))
        };
        alone.push(&place("orders alone")?.await?);
        let load = Load {
            duration: bench.options.round() + LONGER,
            ..bench.load(&market.server, 16, Pace::Open(RATE))
        };
        let (placed, logged_in) = tokio::join!(place("orders beside logins")?, load.drive(logins));
        let tally;
        (tally, logins) = logged_in?;
        bench.note_wrong(name, &market.server, &tally);
        beside.push(&placed?);
        rates.push(tally.throughput());
        login_p99.push(tally.granted.p99_ms());
    }
    let report = &bench.report;
    report.result(Target::LOGINS, &ratios(&beside.p99_ms, &alone.p99_ms));
    report.figure(name, "logins", "a second", &rates);
    report.figure(name, "p99 of logins", "ms", &login_p99);
    alone.report("orders alone, at half of the peak", report);
    beside.report("orders beside logins, at half of the peak", report);
    Ok(())
}
