//! Shared state of all scenarios.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use udam_testkit::{Sandbox, Server};

use crate::cluster::BenchCluster;
use crate::consistency::ConsistencyCheck;
use crate::generator::{Load, LoadStats, Rate};
use crate::market::Market;
use crate::measure::{CpuClock, host, number};
use crate::options::Options;
use crate::orders::Orders;
use crate::peak::Peak;
use crate::programs::{Programs, Setup, last_error};
use crate::report::{Report, progress};

pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) sandbox: Sandbox,
    pub(crate) market: Market,
    pub(crate) report: Report,
    /// Highest throughput; `None` until it has been measured.
    pub(crate) peak: Cell<Option<Peak>>,
    pub(crate) cluster: BenchCluster,
}

/// Result of a load of orders.
pub(crate) struct OrderLoad {
    pub(crate) stats: LoadStats,
    /// CPU time of the server and PostgreSQL for an order, in microseconds.
    pub(crate) cpu_us: f64,
    /// CPU time of the generator for an order, in microseconds.
    pub(crate) generator_us: f64,
}

impl Bench {
    pub(crate) async fn prepare(options: Options) -> Result<Self> {
        let programs = Programs::find(options.programs.as_deref())?;
        let report = Report::default();
        // The load average must not include the benchmark itself.
        report.settings(host());
        progress("starting PostgreSQL, the server and the sandbox");
        let cluster = BenchCluster::start(options.data_dir.as_deref()).await?;
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::spawn(&programs.sandbox, any_port).await?;
        let generate = ["keys", "generate", "--id", "k1"];
        let master_keys = programs.run_udam(&generate, &[]).await?;
        let setup = Setup {
            programs,
            master_keys,
            stripe: sandbox.base().to_owned(),
        };
        let market = Market::start(&cluster, "market", setup, &[]).await?;
        sandbox.send_webhooks_to(market.server.address()).await?;

        report.settings([("PostgreSQL".to_owned(), cluster.version()?)]);
        report.settings(BenchCluster::settings(&market.database).await?);
        report.settings([
            ("RUST_LOG".to_owned(), "not set: info".to_owned()),
            ("UDAM_RATE_LIMIT".to_owned(), "off".to_owned()),
        ]);
        Ok(Self {
            options,
            sandbox,
            market,
            report,
            peak: Cell::new(None),
            cluster,
        })
    }

    /// A load for one round.
    pub(crate) fn load(&self, server: &Server, clients: usize, rate: Rate) -> Load {
        Load {
            address: server.address(),
            clients,
            rate,
            duration: self.options.round(),
        }
    }

    /// Places orders, measures their cost, and checks that the database has them. Errors are reported.
    pub(crate) async fn place(
        &self,
        name: &str,
        market: &Market,
        server: &Server,
        load: Load,
        orders: Orders,
    ) -> Result<OrderLoad> {
        let loads = vec![(load, orders)];
        let (stats, used) = self.place_all(name, market, server, loads).await?;
        let stats = stats.into_iter().next().context("a load without stats")?;
        let per_order = 1e6 / number(stats.accepted.count().max(1));
        Ok(OrderLoad {
            cpu_us: used.served.as_secs_f64() * per_order,
            generator_us: used.generator.as_secs_f64() * per_order,
            stats,
        })
    }

    /// The same with several loads at once, each with clients of its own. Also returns the CPU time of all
    /// of them.
    pub(crate) async fn place_all(
        &self,
        name: &str,
        market: &Market,
        server: &Server,
        loads: Vec<(Load, Orders)>,
    ) -> Result<(Vec<LoadStats>, CpuClock)> {
        market.database.checkpoint().await?;
        let check = ConsistencyCheck::start(&market.database).await?;
        let clock = || CpuClock::read(server.id(), self.cluster.postmaster()?);
        let before = clock()?;
        let running = loads.into_iter().map(|(load, orders)| load.run(orders));
        let results = try_join_all(running).await?;
        let used = clock()?.since(&before);
        let (mut all_stats, mut acknowledged, mut unanswered) = (Vec::new(), Vec::new(), 0);
        for (stats, orders) in results {
            progress(format_args!(
                "  {name}: {:.0}/s, median {:.2} ms, p99 {:.2} ms",
                stats.throughput(),
                stats.accepted.median_ms(),
                stats.accepted.p99_ms()
            ));
            self.report_unexpected(name, server, &stats);
            acknowledged.extend(orders.acknowledged);
            unanswered += stats.unanswered;
            all_stats.push(stats);
        }
        for error in check.finish(&mut acknowledged, unanswered).await? {
            self.report.error(format_args!("{name}: {error}"));
        }
        Ok((all_stats, used))
    }

    /// Reports unexpected responses, with the last error in the server's log.
    pub(crate) fn report_unexpected(&self, name: &str, server: &Server, stats: &LoadStats) {
        if let Some(example) = &stats.example {
            self.report.error(format_args!(
                "{name}: {} unexpected responses, such as {example} {}",
                stats.unexpected,
                last_error(server)
            ));
        }
    }

    /// Runs `udam verify` and stops everything. Errors are reported.
    pub(crate) async fn finish(self) -> Report {
        let market = self.market;
        let verified = market.verify().await;
        let stopped = market.server.stop().await.map(drop);
        drop(market.database);
        for (what, outcome) in [
            ("udam verify", verified),
            ("stopping the server", stopped),
            ("stopping PostgreSQL", self.cluster.stop().await),
        ] {
            if let Err(error) = outcome {
                self.report.error(format_args!("{what}: {error:#}"));
            }
        }
        self.report
    }
}
