//! `udam serve`: the marketplace in production.

use thiserror::Error;
use udam_domain::StoreError;
use udam_postgres::{ConnectError, MigrateError, PgPool, PoolSettings};
use url::Url;

use crate::config::{MarketplaceSettings, ServeSettings};
use crate::hosting::{Audience, HostError, ListenError, Listeners, host};
use crate::telemetry::{LogFormat, MetricsError, start_logging, start_measuring};
use crate::wiring::{WiringError, wire};

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
        master_keys,
        log,
    } = settings;
    start_logging(log, LogFormat::for_stderr());
    let recorder = start_measuring()?;
    let listeners = Listeners::take(&marketplace.http, Audience::Clients)?;
    let pool = PgPool::connect(&database)?;
    bring_up_to_date(&pool, &database, schema).await?;
    let wired = wire(&pool, master_keys, &marketplace, recorder, |_| None).await?;
    log_payments(&marketplace);
    let http = &marketplace.http;
    if http.public_url.is_none() {
        tracing::warn!(
            "UDAM_PUBLIC_URL is not set: canonical addresses, the sitemap and the feed are made of \
             whatever host each visitor asks for; set it to how buyers reach the marketplace"
        );
    }
    host(wired.adapters.clone(), http, listeners, |address| {
        let public_url = http.public_url.as_ref().map(Url::as_str);
        tracing::info!(%address, public_url, "serving");
        Ok(())
    })
    .await?;
    wired.drain().await;
    tracing::info!("stopped");
    Ok(())
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
            Ok(())
        }
        Schema::Check => {
            let pending = udam_postgres::pending(pool).await?;
            if pending.is_empty() {
                Ok(())
            } else {
                Err(ServeError::Pending(pending))
            }
        }
    }
}
