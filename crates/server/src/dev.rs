//! `udam dev`: the whole marketplace on one machine, with nothing configured.
//!
//! The database is a private cluster in the data directory, the master keys are a file in it, orders
//! are paid at a stand-in for Stripe, and an email address alone signs in. Everything else is what
//! production runs.

mod foreign_hosts;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::sleep;
use udam_crypto::{MasterKeys, SystemClock, SystemEntropy};
use udam_dev::demo::{self, DemoError};
use udam_dev::{
    Cluster, ClusterError, DataDirectory, DataDirectoryError, DatabaseError, DemoData, EmailLogIn,
    Hosts, Mailbox, Race, SandboxError, SandboxPayments, Upstream, UpstreamError, Welcome,
    development, start_database, start_sandbox,
};
use udam_domain::listing::KeyIdError;
use udam_domain::money::Currency;
use udam_domain::{Clock, Marketplace, StoreError};
use udam_hosting::{HostError, ListenError};
use udam_mail::{TemplateError, Templates};
use udam_postgres::{ConnectError, Mailing, MigrateError, PgMailLinkStore, PgPool, PoolSettings};

use crate::hosting::{self, Listeners};
use crate::maintenance::id_of_today;
use crate::open_files::raise_open_files_limit;
use crate::telemetry::{LogFormat, MetricsError, start_logging, start_measuring};
use crate::terminal::{Terminal, TerminalError};
use crate::wiring::{Adapters, Databases, InDevelopment, WiringError, wire};
use udam_config::{DevSettings, MarketplaceSettings, PaymentSettings};

use foreign_hosts::refuse_foreign_hosts;

/// How to listen at another address.
const MOVE_LISTENER: &str =
    "pass --listen, such as --listen 127.0.0.1:8081, or --listen 127.0.0.1:0 for any free port";

/// Error of `udam dev`.
#[derive(Debug, Error)]
pub enum DevError {
    /// Listening at the address failed.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics recorder could not be installed.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// A new master key could not be named.
    #[error("the new master key could not be named")]
    KeyId(#[from] KeyIdError),
    /// The database could not be started.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database could not be stopped.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The database ended by itself.
    #[error(
        "the database in {} has ended by itself; start `udam dev` again, and it recovers",
        .0.display()
    )]
    DatabaseEnded(PathBuf),
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The marketplace could not be wired.
    #[error("{} cannot be used; delete it to start afresh", data_directory.display())]
    Wiring {
        /// The data directory.
        data_directory: PathBuf,
        /// Cause.
        #[source]
        source: WiringError,
    },
    /// The sandbox could not be started.
    #[error("the stand-in for Stripe could not be started")]
    Sandbox(#[from] SandboxError),
    /// The demo services could not be started.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// Mails could not be worded.
    #[error(transparent)]
    Mail(#[from] TemplateError),
    /// The demo data could not be inserted.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The demo accounts could not be marked as verified.
    #[error("the demo accounts could not be marked as verified")]
    Unavailable(#[from] StoreError),
    /// Serving failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The address could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// A task panicked.
    #[error("a task failed")]
    Task(#[from] JoinError),
}

/// Everything that is ready before the database.
struct Plan {
    settings: MarketplaceSettings,
    master_keys: MasterKeys,
    listeners: Listeners,
    directory: DataDirectory,
    demo_data: DemoData,
}

/// Runs the marketplace until it is stopped.
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
    raise_open_files_limit();
    for name in unused {
        terminal.eprint(format_args!(
            "{name} is set, but `udam dev` does not use it."
        ));
    }
    // What costs nothing and is most often amiss comes first.
    let listeners = listeners(&settings, terminal)?;
    let directory = DataDirectory::open(directory)?;
    let master_keys = match master_keys {
        Some(given) => given,
        None => directory.master_keys(id_of_today(&SystemClock, &SystemEntropy)?)?,
    };
    terminal.eprint(format_args!(
        "Starting a database in {} ...",
        directory.path().display()
    ));
    let home = directory.cluster();
    let mut cluster = spawn_blocking(move || start_database(&home)).await??;
    let mut database = PoolSettings::new(cluster.url().expose());
    database.mailing = Mailing::On;
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
    // The database is stopped in order, whether or not serving failed.
    let stopped = spawn_blocking(move || cluster.stop()).await;
    served?;
    Ok(stopped??)
}

/// Waits until the database has ended by itself, for example because its process was killed.
async fn ended(cluster: &mut Cluster) {
    const POLL_INTERVAL: Duration = Duration::from_secs(1);

    while !cluster.has_exited() {
        sleep(POLL_INTERVAL).await;
    }
}

fn listeners(
    settings: &MarketplaceSettings,
    terminal: &mut Terminal<'_>,
) -> Result<Listeners, ListenError> {
    let address = settings.http.listen;
    if !address.ip().is_loopback() {
        terminal.eprint(format_args!(
            "{} is open to other machines, and anybody can sign in as anyone: keep it to a \
             network you trust.",
            address.ip()
        ));
    }
    Listeners::bind(&settings.http, MOVE_LISTENER)
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
    let address = listeners.clients.address();
    let public_url = settings.http.public_url.as_ref();
    let SandboxPayments {
        sandbox,
        stripe,
        webhook_secret,
    } = start_sandbox(public_url, address, directory.sandbox()).await?;
    // Payers are sent back there as well.
    let site = stripe.public_url.clone();
    settings.take_payments(PaymentSettings {
        stripe,
        webhook_secrets: vec![webhook_secret],
    });
    udam_postgres::migrate(database).await?;
    let pool = PgPool::connect(database)?;
    let recorder = start_measuring()?;
    let currency = settings.orders.currency();
    let development_parts = development_parts(Templates::load(site, None)?, currency);
    let wired = wire(
        Databases::primary(&pool),
        master_keys,
        &settings,
        recorder,
        Some(development_parts),
    )
    .await
    .map_err(|source| DevError::Wiring {
        data_directory: directory.path().to_owned(),
        source,
    })?;
    let Marketplace {
        accounts,
        catalogue,
        readers,
        ..
    } = &wired.marketplace;
    let listings = readers.listings.as_ref();
    let upstream = Upstream::start(&directory.upstream_port()).await?;
    if demo_data == DemoData::Seeded {
        let services = upstream.base_url();
        demo::seed(accounts, catalogue, listings, currency, services).await?;
        let links = PgMailLinkStore::new(pool.clone(), currency);
        let now = SystemClock.now();
        links.take_as_verified(&demo::addresses(), now).await?;
    }
    let suggested = demo::suggest_listings(listings, &settings.orders).await?;
    let hosts = Hosts::new(address.ip(), settings.http.public_url.as_ref());
    let adapters = Adapters {
        first_routes: Some(refuse_foreign_hosts(hosts)),
        ..wired.adapters.clone()
    };
    let running = hosting::start(&adapters, &settings.http, listeners)?;
    terminal.print(Welcome {
        address,
        sandbox: sandbox.base_url(),
        data_directory: directory.path(),
        demo_data,
        suggested,
    })?;
    running.until_stopped(|| adapters.stop()).await?;
    wired.drain().await;
    upstream.stop().await;
    sandbox.stop().await;
    Ok(())
}

/// A mailbox that takes the mails, and additions to the storefront.
fn development_parts(templates: Templates, currency: Currency) -> InDevelopment {
    let mailbox = Mailbox::new(templates, Arc::new(SystemClock));
    let mailer = Arc::new(mailbox.clone());
    let additions = Box::new(move |marketplace: &Marketplace| {
        let log_in = Arc::new(EmailLogIn::new(marketplace.accounts.clone()));
        let race = Race::new(marketplace.clone(), currency, log_in.clone());
        development(log_in, race, mailbox)
    });
    InDevelopment { mailer, additions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use udam_config::SettingsSources;

    #[tokio::test]
    async fn an_address_that_is_taken_leads_to_another() {
        let listeners = |address: &str| {
            let sources = SettingsSources::default();
            let settings = sources.for_development(Some(address.parse().unwrap()));
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            let mut terminal = Terminal::new(&mut stdout, &mut stderr);
            listeners(&settings.unwrap().marketplace, &mut terminal)
        };
        let taken = listeners("127.0.0.1:0").unwrap();
        let address = taken.clients.address();
        let error = listeners(&address.to_string()).unwrap_err();
        let expected = format!(
            "{address} is taken by another program; stop it, or choose another address: pass \
             --listen, such as --listen 127.0.0.1:8081, or --listen 127.0.0.1:0 for any free port"
        );
        assert_eq!(error.to_string(), expected);
    }
}
