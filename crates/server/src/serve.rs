//! `udam serve`: the marketplace in production.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use udam_crypto::SystemEntropy;
use udam_domain::StoreError;
use udam_hosting::{HostError, ListenError, Listener, StartingServer};
use udam_postgres::{
    CaseFolding, ConnectError, EncodingError, MigrateError, PgPool, PoolSettings, Replica,
    check_encoding, forgoes_tls, wait_until_reachable,
};
use url::Url;

use crate::hosting::{self, Listeners, host_settings, starting_routes};
use crate::open_files::raise_open_files_limit;
use crate::startup_warnings::warn_of_settings;
use crate::telemetry::{LogFormat, MetricsError, start_logging, start_measuring};
use crate::wiring::{Databases, WiringError, wire};
use udam_config::{MarketplaceSettings, ReplicaSettings, ServeSettings};

/// Handling of missing migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Applies the missing migrations.
    Migrate,
    /// Refuses to start.
    Check,
}

/// Error of `udam serve`.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Listening at the address failed.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics recorder could not be installed.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Clients could not be answered during the start.
    #[error("clients could not be answered during the start")]
    Starting(#[source] io::Error),
    /// The database does not accept connections, also after the wait for it.
    #[error("the database could not be reached")]
    Unreachable(#[source] StoreError),
    /// The database cannot hold every text.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Migrations are missing, and `--no-migrate` was given.
    #[error("the database lacks {}; run `udam migrate`, or leave out --no-migrate", .0.join(", "))]
    Pending(Vec<String>),
    /// The database could not be queried.
    #[error("the database could not be asked for its migrations")]
    Unavailable(#[from] StoreError),
    /// The marketplace could not be wired.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// Serving failed.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// Serves the marketplace until it is stopped.
///
/// # Errors
/// [`ServeError`]
pub async fn serve(settings: ServeSettings, schema: Schema) -> Result<(), ServeError> {
    let ServeSettings {
        marketplace,
        database,
        database_wait,
        replica,
        master_keys,
        log,
    } = settings;
    start_logging(log, LogFormat::for_stderr());
    raise_open_files_limit();
    let recorder = start_measuring()?;
    let listeners = Listeners::bind(&marketplace.http, "set UDAM_LISTEN")?;
    let starting = respond_meanwhile(&listeners)?;
    let pool = PgPool::connect(&database)?;
    check_database(&pool, &database, database_wait).await?;
    bring_up_to_date(&pool, &database, schema).await?;
    let replica = replica.as_ref().map(connect_replica).transpose()?;
    let databases = Databases {
        pool: &pool,
        replica,
    };
    let wired = wire(databases, master_keys, &marketplace, recorder, None).await?;
    log_payments(&marketplace);
    warn_of_settings(&marketplace);
    let http = &marketplace.http;
    let address = listeners.clients.address();
    let admin_address = listeners.operators.as_ref().map(Listener::address);
    starting.stop().await;
    let mut running = hosting::start(&wired.adapters, http, listeners)?;
    let admin_address = admin_address.map(tracing::field::display);
    let public_url = http.public_url.as_ref().map(Url::as_str);
    tracing::info!(%address, admin_address, public_url, "serving");
    running.until_signalled().await?;
    wired.adapters.health.stop();
    if !http.stop_delay.is_zero() {
        let seconds = http.stop_delay.as_secs();
        tracing::info!(seconds, "serving on before it stops; /readyz returns 503");
        running.linger(http.stop_delay).await;
    }
    wired.adapters.stop();
    running.stop().await?;
    wired.drain().await;
    tracing::info!("stopped");
    Ok(())
}

fn connect_replica(settings: &ReplicaSettings) -> Result<Replica, ConnectError> {
    let pool = PgPool::connect(&settings.database)?;
    Ok(Replica::new(pool, settings.max_lag))
}

/// Responds to clients until the marketplace is ready.
fn respond_meanwhile(listeners: &Listeners) -> Result<StartingServer, ServeError> {
    // As all of production does.
    let needs_tls = true;
    let settings = host_settings(Arc::new(SystemEntropy), needs_tls);
    StartingServer::start(settings, listeners.all(), starting_routes())
        .map_err(ServeError::Starting)
}

fn log_payments(settings: &MarketplaceSettings) {
    if let Some(payments) = settings.payments() {
        let public_url = &payments.stripe.public_url;
        let webhooks = format_args!("{public_url}v1/webhooks/stripe");
        tracing::info!(%webhooks, "taking payments through Stripe, which sends its webhooks here");
    } else {
        let limit = settings.orders.small_order_limit();
        tracing::info!(
            %limit,
            "no payment provider is set up: orders from this limit on are turned away"
        );
    }
}

/// Waits for the database, and checks that it can hold and search every text.
async fn check_database(
    pool: &PgPool,
    database: &PoolSettings,
    wait: Duration,
) -> Result<(), ServeError> {
    wait_until_reachable(pool, wait)
        .await
        .map_err(ServeError::Unreachable)?;
    if check_encoding(pool).await? == CaseFolding::AsciiOnly {
        tracing::warn!(
            "the database's lc_ctype has letters of ASCII only: a search for \u{e4} does not find \u{c4}; to \
             change that, restore a dump into a database with LC_CTYPE 'C.UTF-8'"
        );
    }
    if forgoes_tls(pool, database).await? {
        tracing::warn!(
            "DATABASE_URL has no sslmode, though the database offers TLS: the password and all data travel in \
             the clear; add sslmode=require to it, or sslmode=disable if the network is yours"
        );
    }
    Ok(())
}

async fn bring_up_to_date(
    pool: &PgPool,
    database: &PoolSettings,
    schema: Schema,
) -> Result<(), ServeError> {
    match schema {
        Schema::Migrate => {
            for migration in udam_postgres::migrate(database).await? {
                tracing::info!(%migration, "applied a migration");
            }
        }
        Schema::Check => {
            let pending = udam_postgres::pending(pool).await?;
            if !pending.is_empty() {
                return Err(ServeError::Pending(pending));
            }
        }
    }
    let newer = udam_postgres::newer(pool).await?;
    if !newer.is_empty() {
        let migrations = newer.join(", ");
        tracing::warn!(
            migrations,
            "the database was migrated by a newer version, which this one runs beside during a deploy; \
             otherwise run that version"
        );
    }
    Ok(())
}
