//! `udam dev`: the whole marketplace on one machine, with nothing configured.
//!
//! The database is a private cluster in the data directory, the master keys are a file in it, orders
//! are paid at a stand-in for Stripe, and an email address alone signs in. Everything else is what
//! production runs.

mod data_directory;
mod demo;
mod sandbox;
mod welcome;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::sleep;
use udam_crypto::MasterKeys;
use udam_domain::Marketplace;
use udam_embedded_postgres::{Cluster, ClusterError, Settings};
use udam_postgres::{ConnectError, MigrateError, PgPool, PoolSettings};
use udam_stripe_sandbox::SandboxError;

use crate::api::LoginMode;
use crate::config::{DevSettings, MarketplaceSettings};
use crate::hosting::{HostError, ListenError, Listeners, Purpose, host};
use crate::telemetry::{LogFormat, MetricsError, start_logging, start_measuring};
use crate::terminal::Terminal;
use crate::wiring::{WiringError, wire};

use data_directory::{DataDirectory, DataDirectoryError};
use demo::DemoError;
use welcome::Welcome;

/// Whether a new marketplace starts with something in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoData {
    /// Demo sellers, listings and buyers.
    Seeded,
    /// Nothing.
    None,
}

/// Why there is no marketplace on this machine, or no longer.
#[derive(Debug, Error)]
pub enum DevError {
    /// The address cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Metrics cannot be kept.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// There is no database.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The database did not last.
    #[error(
        "the database in {} has ended by itself; start `udam dev` again, and it recovers",
        .0.display()
    )]
    DatabaseEnded(PathBuf),
    /// The cluster's own URL leads nowhere.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The parts do not make a marketplace.
    #[error("{} cannot be used; delete it to start afresh", data_directory.display())]
    Wiring {
        /// Where the data is.
        data_directory: PathBuf,
        /// Why.
        #[source]
        source: WiringError,
    },
    /// There is nothing to pay at.
    #[error("the stand-in for Stripe could not be started")]
    Sandbox(#[from] SandboxError),
    /// The demo data could not be put in.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// Serving failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A task did not survive.
    #[error("a task failed")]
    Task(#[from] JoinError),
}

/// What there is before the database.
struct Plan {
    settings: MarketplaceSettings,
    master_keys: MasterKeys,
    listeners: Listeners,
    directory: DataDirectory,
    demo_data: DemoData,
}

/// Runs the marketplace until it is told to stop.
///
/// # Errors
/// [`DevError`]
pub async fn dev(
    settings: DevSettings,
    directory: &Path,
    demo_data: DemoData,
    terminal: &mut Terminal<'_>,
) -> Result<(), DevError> {
    let DevSettings {
        marketplace: settings,
        master_keys,
        unused,
        log,
    } = settings;
    start_logging(log, LogFormat::Lines);
    for name in unused {
        terminal.remark(format_args!(
            "{name} is set, but `udam dev` does not use it."
        ));
    }
    // What costs nothing and is most often amiss comes first.
    let listeners = listeners(&settings, terminal)?;
    let directory = DataDirectory::open(directory)?;
    let master_keys = master_keys.map_or_else(|| directory.master_keys(), Ok)?;
    terminal.remark(format_args!(
        "Starting a database in {} ...",
        directory.path().display()
    ));
    let home = directory.cluster();
    let mut cluster = spawn_blocking(move || Cluster::start(&home, &Settings::default())).await??;
    let database = PoolSettings::new(cluster.url().expose());
    let plan = Plan {
        settings,
        master_keys,
        listeners,
        directory,
        demo_data,
    };
    let kept_in = plan.directory.path().to_owned();
    let served = tokio::select! {
        served = serve_over(&database, plan, terminal) => served,
        () = ended(&mut cluster) => Err(DevError::DatabaseEnded(kept_in)),
    };
    // Whatever became of the marketplace, its database ends in good order.
    let stopped = spawn_blocking(move || cluster.stop()).await;
    served?;
    Ok(stopped??)
}

/// Waits until the database has ended by itself, which somebody who watches its processes can bring
/// about.
async fn ended(cluster: &mut Cluster) {
    const GLANCE: Duration = Duration::from_secs(1);

    while !cluster.has_ended() {
        sleep(GLANCE).await;
    }
}

fn listeners(
    settings: &MarketplaceSettings,
    terminal: &mut Terminal<'_>,
) -> Result<Listeners, ListenError> {
    let address = settings.http.listen;
    if !address.ip().is_loopback() {
        terminal.remark(format_args!(
            "{} is open to other machines, and anybody can sign in as anyone: keep it to a \
             network you trust.",
            address.ip()
        ));
    }
    Listeners::take(&settings.http, Purpose::Development)
}

async fn serve_over(
    database: &PoolSettings,
    plan: Plan,
    terminal: &mut Terminal<'_>,
) -> Result<(), DevError> {
    let Plan {
        mut settings,
        master_keys,
        listeners,
        directory,
        demo_data,
    } = plan;
    let address = listeners.clients.local_addr().map_err(HostError::from)?;
    let (sandbox, payments) = sandbox::start(&settings.http, address).await?;
    settings.take_payments(payments);
    udam_postgres::migrate(database).await?;
    let pool = PgPool::connect(database)?;
    let recorder = start_measuring()?;
    let login = LoginMode::EmailAloneSuffices;
    let wired = wire(&pool, master_keys, &settings, login, recorder)
        .await
        .map_err(|source| DevError::Wiring {
            data_directory: directory.path().to_owned(),
            source,
        })?;
    let Marketplace {
        accounts,
        catalogue,
        ..
    } = &wired.marketplace;
    if demo_data == DemoData::Seeded {
        demo::seed(accounts, catalogue, settings.orders.currency()).await?;
    }
    let to_buy = demo::something_to_buy(catalogue, &settings.orders).await?;
    let (api, store) = (wired.api.clone(), wired.store.clone());
    host(api, store, &settings.http, listeners, |address| {
        terminal.answer(Welcome {
            address,
            sandbox: sandbox.base_url(),
            data_directory: directory.path(),
            demo_data,
            to_buy,
        })
    })
    .await?;
    wired.wind_down().await;
    sandbox.stop().await;
    Ok(())
}

/// An address that this machine can connect to: one listens everywhere, but connects somewhere.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests;
