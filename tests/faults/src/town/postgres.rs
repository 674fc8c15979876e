//! The cluster that the servers share: a durable one, whose processes may be killed.

use std::fs::Permissions;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio_postgres::{Client, NoTls};
use udam_e2e::eventually;
use udam_embedded_postgres::{Cluster, Settings};

use super::processes::{children, signal};
use crate::proxy::Proxy;

/// A cluster that survives a crash, and the way that the servers take to it.
#[derive(Debug)]
pub(crate) struct Postgres {
    // Dropped before its files are removed.
    cluster: Option<Cluster>,
    /// The way of the servers. The harness has its own.
    pub(crate) proxy: Proxy,
    home: TempDir,
}

impl Postgres {
    pub(super) async fn start() -> Result<Self> {
        // For root the cluster runs as somebody else, who must be able to get there.
        let home = tempfile::Builder::new()
            .prefix("udam-faults-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        let mut postgres = Self {
            cluster: None,
            proxy: Proxy::open().await?,
            home,
        };
        postgres.start_again().await?;
        let client = postgres.connect().await?;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let row = client.query_one(&format!("SHOW {setting}"), &[]).await?;
            ensure!(row.get::<_, &str>(0) == "on", "{setting} is off");
        }
        Ok(postgres)
    }

    /// Starts it as whatever supervises it would, once it has ended.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        drop(self.cluster.take());
        let directory = self.home.path().join("postgres");
        let cluster = spawn_blocking(move || start_in(&directory)).await??;
        self.proxy
            .lead_to(SocketAddr::from((Ipv4Addr::LOCALHOST, cluster.port())));
        self.cluster = Some(cluster);
        Ok(())
    }

    /// The database's URL, by the straight way.
    pub(crate) fn url(&self) -> Result<String> {
        Ok(self.cluster()?.url().expose().to_owned())
    }

    /// The database's URL, by the way of the servers; it stays the same when the cluster is started
    /// again.
    pub(super) fn url_through_proxy(&self) -> Result<String> {
        let here = format!(":{}/", self.cluster()?.port());
        let there = format!(":{}/", self.proxy.address().port());
        Ok(self.url()?.replace(&here, &there))
    }

    /// A connection by the straight way.
    pub(crate) async fn connect(&self) -> Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.url()?, NoTls)
            .await
            .context("connecting to PostgreSQL")?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Waits until it has recovered by itself, as it does when a backend was killed: until whoever
    /// was connected no longer is, and somebody can be again.
    pub(crate) async fn recovered(&self, witness: &Client) -> Result<()> {
        let thrown_out = async || Ok(witness.is_closed().then_some(()));
        eventually("PostgreSQL to notice", thrown_out).await?;
        let connected = async || Ok(self.connect().await.ok());
        eventually("PostgreSQL to recover", connected)
            .await
            .map(drop)
    }

    /// Kills all of it at once, as a power cut would.
    pub(crate) fn kill(&self) -> Result<()> {
        let all = self.freeze()?;
        all.0
            .iter()
            .try_for_each(|process| signal(*process, Signal::KILL))
    }

    /// Kills the postmaster; those that it has started notice, and go.
    pub(crate) fn kill_postmaster(&self) -> Result<()> {
        signal(self.postmaster()?, Signal::KILL)
    }

    /// Kills one backend: the postmaster then ends all others, recovers, and goes on.
    pub(crate) fn kill_backend(&self, backend: i32) -> Result<()> {
        let backend = Pid::from_raw(backend).context("there is no such process")?;
        let own = children(self.postmaster()?)?;
        ensure!(own.contains(&backend), "it is not PostgreSQL's");
        signal(backend, Signal::KILL)
    }

    /// Stops all processes of it where they are.
    pub(crate) fn freeze(&self) -> Result<Frozen> {
        let postmaster = self.postmaster()?;
        // One that is stopped starts no others meanwhile.
        let mut frozen = Frozen(vec![postmaster]);
        signal(postmaster, Signal::STOP)?;
        for process in children(postmaster)? {
            frozen.0.push(process);
            signal(process, Signal::STOP)?;
        }
        Ok(frozen)
    }

    fn postmaster(&self) -> Result<Pid> {
        let process = self.cluster()?.server_process();
        let process = process.and_then(|id| Pid::from_raw(id.try_into().ok()?));
        process.context("PostgreSQL does not run")
    }

    fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().context("PostgreSQL does not run")
    }
}

/// The backends that serve the marketplace's servers.
pub(crate) async fn backends(client: &Client) -> Result<Vec<i32>> {
    let statement = "SELECT pid FROM pg_stat_activity
                     WHERE application_name = 'udam' AND backend_type = 'client backend'
                     ORDER BY backend_start, pid";
    let rows = client.query(statement, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Processes that stand still until this is dropped.
#[derive(Debug)]
pub(crate) struct Frozen(Vec<Pid>);

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            // Whoever has ended need not go on.
            let _ = signal(*process, Signal::CONT);
        }
    }
}

fn start_in(directory: &Path) -> Result<Cluster> {
    let settings = Settings {
        // Recovery reads what was written since the last checkpoint.
        parameters: vec![("checkpoint_timeout".to_owned(), "30s".to_owned())],
        ..Settings::default()
    };
    Ok(Cluster::start(directory, &settings)?)
}
