use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;

use crate::measure::per_second;

/// How long things took, to three digits.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

const LONGEST: Duration = Duration::from_mins(2);

impl Latencies {
    pub(crate) fn new() -> Result<Self> {
        let longest = u64::try_from(LONGEST.as_micros())?;
        Ok(Self(Histogram::new_with_bounds(1, longest, 3)?))
    }

    pub(crate) fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// What so many percent took at most.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent))
    }

    /// In milliseconds.
    pub(crate) fn median_ms(&self) -> f64 {
        self.percentile(50.0).as_secs_f64() * 1e3
    }

    /// In milliseconds.
    pub(crate) fn p99_ms(&self) -> f64 {
        self.percentile(99.0).as_secs_f64() * 1e3
    }
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Tally {
    duration: Duration,
    /// Of what was granted, from when it was to be sent.
    pub(crate) granted: Latencies,
    /// Of what was refused, from when it was to be sent.
    pub(crate) refused: Latencies,
    /// Of what was refused, from when it was sent.
    pub(crate) refused_since_sent: Latencies,
    granted_in_time: u64,
    refused_in_time: u64,
    /// How many requests got no answer: the connection broke.
    pub(crate) unanswered: u64,
    /// How many requests were not sent, because the server was too far behind.
    pub(crate) unsent: u64,
    /// How many answers should not be.
    pub(crate) wrong: u64,
    /// The first of those.
    pub(crate) example: Option<String>,
}

impl Tally {
    pub(crate) fn new(duration: Duration) -> Result<Self> {
        Ok(Self {
            duration,
            granted: Latencies::new()?,
            refused: Latencies::new()?,
            refused_since_sent: Latencies::new()?,
            granted_in_time: 0,
            refused_in_time: 0,
            unanswered: 0,
            unsent: 0,
            wrong: 0,
            example: None,
        })
    }

    pub(super) fn grant(&mut self, waited: Duration, in_time: bool) {
        self.granted.record(waited);
        self.granted_in_time += u64::from(in_time);
    }

    pub(super) fn refuse(&mut self, waited: Duration, took: Duration, in_time: bool) {
        self.refused.record(waited);
        self.refused_since_sent.record(took);
        self.refused_in_time += u64::from(in_time);
    }

    pub(super) fn complain(&mut self, about: String) {
        self.wrong += 1;
        self.example.get_or_insert(about);
    }

    /// What was granted each second, not counting what came after the end.
    pub(crate) fn throughput(&self) -> f64 {
        per_second(self.granted_in_time, self.duration)
    }

    /// What was refused each second, not counting what came after the end.
    pub(crate) fn refusals(&self) -> f64 {
        per_second(self.refused_in_time, self.duration)
    }
}
