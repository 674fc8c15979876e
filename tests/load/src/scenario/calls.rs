//! Calls through the gateway, in turns with nginx as a plain proxy before the same service.

use anyhow::{Context, Result};
use hyper::header::HeaderValue;
use udam_testkit::{Client, ErrorResponses, Server};

use crate::bench::Bench;
use crate::calls::{Calls, buy, publish};
use crate::generator::{Load, LoadStats, Rate};
use crate::measure::{CpuClock, PeakMemory, median, number, ratios};
use crate::nginx::Nginx;
use crate::options::Scenario;
use crate::report::{Target, progress};

const CLIENTS: usize = 64;

/// Orders of a million units go on the tab.
const SETTINGS: [(&str, &str); 2] = [
    ("UDAM_PRIVATE_ENDPOINTS", "allow"),
    ("UDAM_SMALL_ORDER_LIMIT", "99999.00"),
];

/// The server and the proxy that are measured.
struct Subjects {
    server: Server,
    listing: String,
    /// Access keys of as many tokens.
    keys: Vec<HeaderValue>,
    proxy: Nginx,
    _service: Nginx,
}

/// A measurement of each round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Calls of all tokens.
    Many,
    /// Calls of one token.
    One,
    /// Requests through nginx.
    Proxy,
}

#[derive(Debug, Default)]
struct Figures {
    many: Vec<f64>,
    one: Vec<f64>,
    proxy: Vec<f64>,
    /// CPU time of the server and PostgreSQL per call, in microseconds.
    cpu_us: Vec<f64>,
    /// Peak memory of the server, in MiB.
    memory: Vec<f64>,
    added_p50: Vec<f64>,
    added_p99: Vec<f64>,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let subjects = Subjects::prepare(bench).await?;
    let mut figures = Figures::default();
    let mut steps = [Step::Many, Step::Proxy, Step::One];
    for round in 1..=bench.options.rounds {
        progress(format_args!("calls, round {round}"));
        for step in steps {
            figures.measure(bench, &subjects, step).await?;
        }
        steps.reverse();
    }
    figures.measure_latency(bench, &subjects).await?;
    figures.report(bench);
    subjects.server.stop().await.map(drop)
}

impl Subjects {
    async fn prepare(bench: &Bench) -> Result<Self> {
        let market = &bench.market;
        let service = Nginx::service().await?;
        let proxy = Nginx::proxy(service.address()).await?;
        let server = market
            .setup
            .start_server(&market.database, &SETTINGS)
            .await?;
        let client = Client::new(server.address(), ErrorResponses::default())?;
        let seller = client.with_session(market.seller.session());
        let endpoint = format!("http://{}", service.address());
        let listing = publish(&seller, &endpoint).await?;
        let keys = buy(&client, &market.buyers, &listing).await?;
        let subjects = Self {
            server,
            listing,
            keys,
            proxy,
            _service: service,
        };
        subjects.load(bench, Step::Many, Rate::Unlimited).await?;
        market.database.vacuum().await?;
        Ok(subjects)
    }

    async fn load(&self, bench: &Bench, step: Step, rate: Rate) -> Result<LoadStats> {
        let load = bench.load(&self.server, CLIENTS, rate);
        let (load, calls) = match step {
            Step::Many => (load, Calls::new(Some(&self.listing), &self.keys)),
            Step::One => {
                let one = self.keys.get(..1).unwrap_or_default();
                (load, Calls::new(Some(&self.listing), one))
            }
            Step::Proxy => {
                let address = self.proxy.address();
                (Load { address, ..load }, Calls::new(None, &[]))
            }
        };
        let (stats, _) = load.run(calls).await?;
        bench.report_unexpected(Scenario::Calls.name(), &self.server, &stats);
        Ok(stats)
    }
}

impl Figures {
    async fn measure(&mut self, bench: &Bench, subjects: &Subjects, step: Step) -> Result<()> {
        bench.market.database.checkpoint().await?;
        let clock = || CpuClock::read(subjects.server.id(), bench.cluster.postmaster()?);
        let memory = (step == Step::Many).then(|| PeakMemory::start(subjects.server.id()));
        let before = clock()?;
        let stats = subjects.load(bench, step, Rate::Unlimited).await?;
        let used = clock()?.since(&before);
        progress(format_args!(
            "  {step:?}: {:.0}/s, median {:.2} ms, p99 {:.2} ms",
            stats.throughput(),
            stats.accepted.median_ms(),
            stats.accepted.p99_ms()
        ));
        let throughput = match step {
            Step::Many => &mut self.many,
            Step::One => &mut self.one,
            Step::Proxy => &mut self.proxy,
        };
        throughput.push(stats.throughput());
        if let Some(memory) = memory {
            self.memory.push(memory.stop()?);
            let per_call = 1e6 / number(stats.accepted.count().max(1));
            self.cpu_us.push(used.served.as_secs_f64() * per_call);
        }
        Ok(())
    }

    /// Compares latencies at half of the gateway's peak.
    async fn measure_latency(&mut self, bench: &Bench, subjects: &Subjects) -> Result<()> {
        let peak = median(&self.many).context("no calls were measured")?;
        let half = Rate::PerSecond(rounded(peak / 2.0));
        for _ in 0..bench.options.rounds {
            let proxied = subjects.load(bench, Step::Proxy, half).await?.accepted;
            let called = subjects.load(bench, Step::Many, half).await?.accepted;
            for (step, latency) in [(Step::Proxy, &proxied), (Step::Many, &called)] {
                progress(format_args!(
                    "  {step:?} at half of the peak: median {:.2} ms, p99 {:.2} ms",
                    latency.median_ms(),
                    latency.p99_ms()
                ));
            }
            self.added_p50
                .push(called.median_ms() - proxied.median_ms());
            self.added_p99.push(called.p99_ms() - proxied.p99_ms());
        }
        Ok(())
    }

    fn report(&self, bench: &Bench) {
        let report = &bench.report;
        report.result(Target::CALLS_TO_PROXY, &ratios(&self.many, &self.proxy));
        report.result(Target::CALLS, &self.many);
        report.result(Target::CALL_P50, &self.added_p50);
        report.result(Target::CALL_P99, &self.added_p99);
        report.result(Target::TOKENS, &ratios(&self.many, &self.one));
        report.result(Target::CALL_MEMORY, &self.memory);
        for (name, rounds) in [
            ("calls of 1,000 tokens", &self.many),
            ("calls of one token", &self.one),
            ("requests through nginx", &self.proxy),
        ] {
            report.figure(name, "calls", "a second", rounds);
        }
        let name = Scenario::Calls.name();
        report.figure(
            name,
            "CPU of server and PostgreSQL",
            "µs a call",
            &self.cpu_us,
        );
    }
}

/// A rate as a whole number of requests.
fn rounded(rate: f64) -> u32 {
    format!("{rate:.0}").parse().unwrap_or(1)
}
