//! What all scenarios share.

use std::cell::Cell;

use anyhow::{Context, Result};
use futures::future::try_join_all;

use crate::books::Books;
use crate::cluster::DurableCluster;
use crate::generator::{Load, Pace, Tally};
use crate::market::Market;
use crate::measure::{CpuClock, host, number};
use crate::options::Options;
use crate::orders::Orders;
use crate::programs::Programs;
use crate::report::{Report, remark};
use crate::sandbox::Sandbox;
use crate::scenario::Peak;
use crate::server::{Server, Setup};

pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) sandbox: Sandbox,
    pub(crate) market: Market,
    pub(crate) report: Report,
    /// The most orders a second, once that is known.
    pub(crate) peak: Cell<Option<Peak>>,
    pub(crate) cluster: DurableCluster,
}

/// What came of a load of orders.
pub(crate) struct Placed {
    pub(crate) tally: Tally,
    /// Processor time of the server and PostgreSQL for an order, in microseconds.
    pub(crate) cpu_us: f64,
    /// Of the generator.
    pub(crate) generator_us: f64,
}

impl Bench {
    pub(crate) async fn prepare(options: Options) -> Result<Self> {
        let programs = Programs::find(options.programs.as_deref())?;
        let report = Report::default();
        // Now, before we are a load ourselves.
        report.settings(host());
        remark("starting PostgreSQL, the server and the sandbox");
        let cluster = DurableCluster::start(options.data_dir.as_deref()).await?;
        let sandbox = Sandbox::start(&programs).await?;
        let nothing: [(&str, String); 0] = [];
        let generate = ["keys", "generate", "--id", "k1"];
        let master_keys = programs.udam(&generate, &nothing).await?;
        let setup = Setup {
            programs,
            master_keys,
            stripe: sandbox.base().to_owned(),
        };
        let market = Market::open(&cluster, "market", setup, &[]).await?;
        sandbox.send_webhooks_to(market.server.address()).await?;

        report.settings([("PostgreSQL".to_owned(), cluster.version())]);
        report.settings(DurableCluster::settings(&market.database).await?);
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
    pub(crate) fn load(&self, server: &Server, clients: usize, pace: Pace) -> Load {
        Load {
            address: server.address(),
            clients,
            pace,
            duration: self.options.round(),
        }
    }

    /// Has orders placed, measures what they cost, and sees whether they are in the books. Whatever
    /// is wrong is reported.
    pub(crate) async fn place(
        &self,
        name: &str,
        market: &Market,
        server: &Server,
        load: Load,
        orders: Orders,
    ) -> Result<Placed> {
        let loads = vec![(load, orders)];
        let (tallies, used) = self.place_all(name, market, server, loads).await?;
        let tally = tallies.into_iter().next().context("a load has no tally")?;
        let per_order = 1e6 / number(tally.granted.count().max(1));
        Ok(Placed {
            cpu_us: used.served.as_secs_f64() * per_order,
            generator_us: used.generator.as_secs_f64() * per_order,
            tally,
        })
    }

    /// The same of several loads at once, each with clients of its own. Also the processor time that
    /// all of them have cost.
    pub(crate) async fn place_all(
        &self,
        name: &str,
        market: &Market,
        server: &Server,
        loads: Vec<(Load, Orders)>,
    ) -> Result<(Vec<Tally>, CpuClock)> {
        market.database.checkpoint().await?;
        let books = Books::open(&market.database).await?;
        let clock = || CpuClock::read(server.process(), self.cluster.process()?);
        let before = clock()?;
        let driven = loads.into_iter().map(|(load, orders)| load.drive(orders));
        let driven = try_join_all(driven).await?;
        let used = clock()?.since(&before);
        let (mut tallies, mut acknowledged, mut unanswered) = (Vec::new(), Vec::new(), 0);
        for (tally, orders) in driven {
            remark(format_args!(
                "  {name}: {:.0}/s, median {:.2} ms, p99 {:.2} ms",
                tally.throughput(),
                tally.granted.median_ms(),
                tally.granted.p99_ms()
            ));
            self.note_wrong(name, server, &tally);
            acknowledged.extend(orders.acknowledged);
            unanswered += tally.unanswered;
            tallies.push(tally);
        }
        for fault in books.settle(&mut acknowledged, unanswered).await? {
            self.report.fault(format_args!("{name}: {fault}"));
        }
        Ok((tallies, used))
    }

    /// Reports answers that should not have been given, with what the server says of it.
    pub(crate) fn note_wrong(&self, name: &str, server: &Server, tally: &Tally) {
        if let Some(example) = &tally.example {
            self.report.fault(format_args!(
                "{name}: {} answers were wrong, such as {example} {}",
                tally.wrong,
                server.last_complaint()
            ));
        }
    }

    /// Proves the books and stops everything. What does not go in good order is reported.
    pub(crate) async fn finish(self) -> Report {
        let market = self.market;
        let verified = market.verify().await;
        let stopped = market.server.stop().await;
        drop(market.database);
        for (what, outcome) in [
            ("the books", verified),
            ("stopping the server", stopped),
            ("stopping PostgreSQL", self.cluster.stop().await),
        ] {
            if let Err(error) = outcome {
                self.report.fault(format_args!("{what}: {error:#}"));
            }
        }
        self.report
    }
}
