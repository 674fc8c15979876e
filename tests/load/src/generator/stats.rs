use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;

use crate::measure::per_second;

/// A histogram of durations, with three significant digits.
#[derive(Debug, Clone)]
pub(crate) struct LatencyHistogram(Histogram<u64>);

const MAX_LATENCY: Duration = Duration::from_mins(2);

impl LatencyHistogram {
    pub(crate) fn new() -> Result<Self> {
        let max = u64::try_from(MAX_LATENCY.as_micros())?;
        Ok(Self(Histogram::new_with_bounds(1, max, 3)?))
    }

    pub(crate) fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent))
    }

    /// Median, in milliseconds.
    pub(crate) fn median_ms(&self) -> f64 {
        self.percentile(50.0).as_secs_f64() * 1e3
    }

    /// 99th percentile, in milliseconds.
    pub(crate) fn p99_ms(&self) -> f64 {
        self.percentile(99.0).as_secs_f64() * 1e3
    }
}

/// Counts and latencies of a load.
#[derive(Debug)]
pub(crate) struct LoadStats {
    duration: Duration,
    /// Latencies of accepted requests, from the time when they were due.
    pub(crate) accepted: LatencyHistogram,
    /// Latencies of rejected requests, from the time when they were due.
    pub(crate) rejected: LatencyHistogram,
    /// Latencies of rejected requests, from the time when they were sent.
    pub(crate) rejected_since_sent: LatencyHistogram,
    /// Requests that were accepted before the end of the load.
    accepted_in_time: u64,
    /// Requests that were rejected before the end of the load.
    rejected_in_time: u64,
    /// Requests without a response: the connection broke.
    pub(crate) unanswered: u64,
    /// Requests that were due and not sent, because all clients were waiting.
    pub(crate) unsent: u64,
    /// Requests with an unexpected response, or with none.
    pub(crate) unexpected: u64,
    /// Description of the first of those.
    pub(crate) example: Option<String>,
}

impl LoadStats {
    pub(crate) fn new(duration: Duration) -> Result<Self> {
        Ok(Self {
            duration,
            accepted: LatencyHistogram::new()?,
            rejected: LatencyHistogram::new()?,
            rejected_since_sent: LatencyHistogram::new()?,
            accepted_in_time: 0,
            rejected_in_time: 0,
            unanswered: 0,
            unsent: 0,
            unexpected: 0,
            example: None,
        })
    }

    pub(super) fn record_accepted(&mut self, since_due: Duration, in_time: bool) {
        self.accepted.record(since_due);
        self.accepted_in_time += u64::from(in_time);
    }

    pub(super) fn record_rejected(
        &mut self,
        since_due: Duration,
        since_sent: Duration,
        in_time: bool,
    ) {
        self.rejected.record(since_due);
        self.rejected_since_sent.record(since_sent);
        self.rejected_in_time += u64::from(in_time);
    }

    pub(super) fn record_unexpected(&mut self, description: String) {
        self.unexpected += 1;
        self.example.get_or_insert(description);
    }

    /// Requests accepted per second, without those after the end of the load.
    pub(crate) fn throughput(&self) -> f64 {
        per_second(self.accepted_in_time, self.duration)
    }

    /// Requests rejected per second, without those after the end of the load.
    pub(crate) fn rejections(&self) -> f64 {
        per_second(self.rejected_in_time, self.duration)
    }
}
