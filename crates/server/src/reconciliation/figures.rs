use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use tokio::time::{self, Instant};
use udam_domain::marketplace::{Sweep, SweepError};

const SWEEPS: &str = "udam_sweeps_total";
const FINDINGS: &str = "udam_sweep_findings_total";
const LAG: &str = "udam_sweep_lag_seconds";

/// Time between two records of the lag while it grows; about as often as scrapes.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);

/// Tells the recorder that is installed what these measurements are.
pub(crate) fn describe_metrics() {
    describe_counter!(SWEEPS, "Sweeps of unfinished payments, by how they ended.");
    describe_counter!(
        FINDINGS,
        "What sweeps of unfinished payments did, by what was left to do."
    );
    describe_gauge!(
        LAG,
        Unit::Seconds,
        "Time since this server last completed a sweep of unfinished payments."
    );
}

/// Counts a completed sweep and its findings.
pub(super) fn completed(sweep: &Sweep) {
    counter!(SWEEPS, "outcome" => "completed").increment(1);
    for (finding, count) in figures(sweep) {
        counter!(FINDINGS, "finding" => finding).increment(count.into());
    }
}

/// Counts a sweep that stopped, or that the payment provider denied access.
pub(super) fn failed(error: &SweepError) {
    let outcome = match error {
        SweepError::Denied(_) => "refused",
        _ => "stopped",
    };
    counter!(SWEEPS, "outcome" => outcome).increment(1);
}

const fn figures(sweep: &Sweep) -> [(&'static str, u32); 6] {
    let Sweep {
        sent,
        caught_up,
        closed,
        lapsed,
        refunded,
        postponed,
        denied: _,
        alerts: _,
    } = sweep;
    [
        ("sent", *sent),
        ("caught_up", *caught_up),
        ("closed", *closed),
        ("lapsed", *lapsed),
        ("refunded", *refunded),
        ("postponed", *postponed),
    ]
}

/// Time at which a sweep was last completed.
pub(super) struct Lag(Instant);

impl Lag {
    /// It counts from the start: nothing is late yet.
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }

    pub(super) fn end(&mut self) {
        self.0 = Instant::now();
    }

    /// Does something, and keeps the lag on record while it takes its time.
    pub(super) async fn watched<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut looks = time::interval(SAMPLE_INTERVAL);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = looks.tick() => gauge!(LAG).set(self.0.elapsed().as_secs_f64()),
            }
        }
    }
}
