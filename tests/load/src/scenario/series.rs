use crate::bench::OrderLoad;
use crate::report::Report;

/// The figures of a scenario, with one value per round.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Orders per second.
    pub(super) throughput: Vec<f64>,
    pub(super) median_ms: Vec<f64>,
    pub(super) p99_ms: Vec<f64>,
    /// CPU time of server and PostgreSQL per order, in microseconds.
    pub(super) cpu_us: Vec<f64>,
    /// CPU time of the generator per order, in microseconds.
    generator_us: Vec<f64>,
}

impl Series {
    pub(super) fn push(&mut self, load: &OrderLoad) {
        self.throughput.push(load.stats.throughput());
        self.median_ms.push(load.stats.accepted.median_ms());
        self.p99_ms.push(load.stats.accepted.p99_ms());
        self.cpu_us.push(load.cpu_us);
        self.generator_us.push(load.generator_us);
    }

    pub(super) fn report(&self, scenario: &str, report: &Report) {
        for (name, unit, rounds) in [
            ("orders", "a second", &self.throughput),
            ("median", "ms", &self.median_ms),
            ("p99", "ms", &self.p99_ms),
            ("CPU of server and PostgreSQL", "µs an order", &self.cpu_us),
            ("CPU of the generator", "µs an order", &self.generator_us),
        ] {
            report.figure(scenario, name, unit, rounds);
        }
    }
}
