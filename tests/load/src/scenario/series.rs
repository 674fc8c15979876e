use crate::bench::Placed;
use crate::report::Report;

/// What a scenario came to, round by round.
#[derive(Debug, Default)]
pub(super) struct Series {
    pub(super) throughput: Vec<f64>,
    pub(super) median_ms: Vec<f64>,
    pub(super) p99_ms: Vec<f64>,
    pub(super) cpu_us: Vec<f64>,
    generator_us: Vec<f64>,
}

impl Series {
    pub(super) fn push(&mut self, placed: &Placed) {
        self.throughput.push(placed.tally.throughput());
        self.median_ms.push(placed.tally.granted.median_ms());
        self.p99_ms.push(placed.tally.granted.p99_ms());
        self.cpu_us.push(placed.cpu_us);
        self.generator_us.push(placed.generator_us);
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
