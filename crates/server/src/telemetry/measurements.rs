use std::time::Duration;

use metrics::{describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use thiserror::Error;
use tokio::time;
use udam_postgres::{PgCallStore, PgOrderStore, PgPool};
use udam_web::{describe_alert_metrics, describe_request_metrics};

use crate::{audit_links, lost_calls, mail, reconciliation, reservations};

/// Buckets of request durations, in seconds: from a cached read to a request that is about to time out.
const DURATIONS: [f64; 13] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Buckets of the number of orders, or calls, per transaction.
const BATCHES: [f64; 11] = [
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];

/// Time between two samples of gauges; about as often as scrapes.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);

const CONNECTIONS_MAX: &str = "udam_pool_connections_max";
const CONNECTIONS_OPEN: &str = "udam_pool_connections_open";
const CONNECTIONS_IDLE: &str = "udam_pool_connections_idle";
const CALLERS_WAITING: &str = "udam_pool_callers_waiting";

/// The metrics recorder could not be installed.
#[derive(Debug, Error)]
#[error("metrics cannot be kept")]
pub struct MetricsError(#[from] BuildError);

/// Installs the metrics recorder of the process, which can be done once.
///
/// # Errors
/// [`MetricsError`]
pub fn start_measuring() -> Result<PrometheusHandle, MetricsError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATIONS)?
        .set_buckets_for_metric(Matcher::Full(PgOrderStore::BATCH_SIZE.to_owned()), &BATCHES)?
        .set_buckets_for_metric(Matcher::Full(PgCallStore::BATCH_SIZE.to_owned()), &BATCHES)?
        .install_recorder()?;
    describe_request_metrics();
    udam_api::describe_metrics();
    describe_alert_metrics();
    udam_hosting::describe_metrics();
    udam_gateway::describe_gateway_metrics();
    audit_links::describe_metrics();
    lost_calls::describe_metrics();
    mail::describe_metrics();
    reconciliation::describe_metrics();
    reservations::describe_metrics();
    describe_histogram!(
        PgCallStore::BATCH_SIZE,
        "Calls that one transaction has drawn or ended."
    );
    describe_histogram!(
        PgOrderStore::BATCH_SIZE,
        "Orders that one transaction has placed."
    );
    describe_gauge!(CONNECTIONS_MAX, "Connections that the pool may have.");
    describe_gauge!(CONNECTIONS_OPEN, "Connections that it has.");
    describe_gauge!(CONNECTIONS_IDLE, "Connections that nobody uses.");
    describe_gauge!(CALLERS_WAITING, "Callers that wait for a connection.");
    Ok(recorder)
}

/// Samples the pool and runs the recorder's upkeep, periodically. Never returns.
pub async fn measure_pool(pool: PgPool, recorder: PrometheusHandle) {
    let mut looks = time::interval(SAMPLE_INTERVAL);
    loop {
        looks.tick().await;
        let status = pool.status();
        set(CONNECTIONS_MAX, status.max_size);
        set(CONNECTIONS_OPEN, status.size);
        set(CONNECTIONS_IDLE, status.available);
        set(CALLERS_WAITING, status.waiting);
        recorder.run_upkeep();
    }
}

fn set(name: &'static str, count: usize) {
    // A pool has no more connections than this can count.
    gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_pool_is_measured() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let _recording = metrics::set_default_local_recorder(&recorder);
        let settings = udam_postgres::PoolSettings::new("postgres://nowhere.invalid/udam");
        let pool = PgPool::connect(&settings).unwrap();
        let measuring = measure_pool(pool, handle.clone());
        assert!(
            time::timeout(Duration::from_millis(50), measuring)
                .await
                .is_err()
        );
        let page = handle.render();
        assert!(page.contains("udam_pool_connections_max 16"), "{page}");
        assert!(page.contains("udam_pool_connections_open 0"), "{page}");
    }
}
