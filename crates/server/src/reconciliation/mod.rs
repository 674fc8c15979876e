//! The worker that finishes payments interrupted by crashes, outages and errors of the provider.

mod figures;
mod sweep_signal;

use std::time::Duration;

use tokio::time::{self, MissedTickBehavior};
use udam_domain::error_chain;
use udam_domain::marketplace::{Reconciliation, Sweep};
use udam_web::raise_alert;

use crate::reservations;

use figures::Lag;

pub(crate) use figures::describe_metrics;
pub use sweep_signal::SweepSignal;

/// Shortest time between two sweeps, however often they are triggered: each costs a call to the provider.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// Sweeps whenever `every` has passed, and soon after a signal. Never returns; every server may do it.
pub(crate) async fn reconcile(
    reconciliation: Reconciliation,
    signal: SweepSignal,
    every: Duration,
) {
    let mut turns = time::interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut lag = Lag::new();
    loop {
        let turn = async {
            tokio::select! {
                _ = turns.tick() => {}
                () = signal.triggered() => {}
            }
        };
        lag.watched(turn).await;
        let mut sweep = Sweep::default();
        let ended = lag.watched(reconciliation.sweep(&mut sweep)).await;
        // A sweep that stopped half-way has done what it says all the same.
        reservations::lapsed(sweep.lapsed);
        report(&sweep);
        match ended {
            Ok(()) => {
                lag.end();
                figures::completed(&sweep);
            }
            Err(error) => {
                figures::failed(&error);
                let cause = error_chain(&error);
                tracing::warn!(cause, "unfinished payments wait for the next sweep");
            }
        }
        lag.watched(time::sleep(MIN_INTERVAL)).await;
    }
}

fn report(sweep: &Sweep) {
    let Sweep {
        sent,
        caught_up,
        closed,
        lapsed,
        refunded,
        postponed,
        denied,
        alerts,
    } = sweep;
    alerts.iter().for_each(raise_alert);
    if sent + caught_up + closed + lapsed + refunded > 0 {
        tracing::info!(
            sent,
            caught_up,
            closed,
            lapsed,
            refunded,
            "finished payments that were left undone"
        );
    }
    if *postponed > 0 && denied.is_none() {
        tracing::warn!(
            postponed,
            "the payment provider could not be asked; the next sweep asks again"
        );
    }
}

#[cfg(test)]
mod tests;
