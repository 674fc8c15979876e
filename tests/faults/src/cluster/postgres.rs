//! The database of all servers: a durable cluster, whose processes may be killed.

use std::env::temp_dir;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal};
use tokio_postgres::Client;
use udam_testkit::{DurableCluster, child_processes, wait_for, wait_until};

use super::signals::{Stopped, process, signal};
use crate::proxy::Proxy;

/// Recovery reads what has been written since the last checkpoint.
const PARAMETERS: [(&str, &str); 1] = [("checkpoint_timeout", "30s")];

/// A durable PostgreSQL cluster, and the proxy before it.
#[derive(Debug)]
pub(crate) struct Postgres {
    durable: DurableCluster,
    /// The proxy through which the servers reach it. The verification connects directly.
    pub(crate) proxy: Proxy,
}

impl Postgres {
    pub(super) async fn start() -> Result<Self> {
        let started = Self {
            durable: DurableCluster::start(&temp_dir(), &PARAMETERS).await?,
            proxy: Proxy::start().await?,
        };
        started.forward()?;
        Ok(started)
    }

    /// Starts it again after it has ended, as a supervisor would.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.durable.restart().await?;
        self.forward()
    }

    fn forward(&self) -> Result<()> {
        let port = self.durable.cluster()?.port();
        self.proxy
            .forward_to(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        Ok(())
    }

    /// The database's URL, not through the proxy.
    pub(crate) fn url(&self) -> Result<String> {
        Ok(self.durable.cluster()?.url().expose().to_owned())
    }

    /// The database's URL through the proxy, which a restart does not change.
    pub(super) fn url_through_proxy(&self) -> Result<String> {
        let direct = format!(":{}/", self.durable.cluster()?.port());
        let through_proxy = format!(":{}/", self.proxy.address().port());
        Ok(self.url()?.replace(&direct, &through_proxy))
    }

    /// A connection that does not go through the proxy.
    pub(crate) async fn connect(&self) -> Result<Client> {
        self.durable.connect().await
    }

    /// Waits until it has recovered from the end of a backend: until `witness`, a connection from before,
    /// has been closed and a new one is accepted.
    pub(crate) async fn recovered(&self, witness: &Client) -> Result<()> {
        let closed = async || Ok(witness.is_closed());
        wait_until("PostgreSQL to close its connections", closed).await?;
        let connected = async || Ok(self.connect().await.ok());
        wait_for("PostgreSQL to recover", connected).await.map(drop)
    }

    /// Kills all of its processes at once, as a power cut would.
    pub(crate) fn kill(&self) -> Result<()> {
        self.freeze()?.kill()
    }

    /// Kills the postmaster; its children notice and end.
    pub(crate) fn kill_postmaster(&self) -> Result<()> {
        signal(self.postmaster()?, Signal::KILL)
    }

    /// Kills one backend; the postmaster then ends all others, recovers, and goes on.
    pub(crate) fn kill_backend(&self, backend: i32) -> Result<()> {
        let backend = Pid::from_raw(backend).context("a backend without a process id")?;
        ensure!(
            self.children()?.contains(&backend),
            "it is no process of PostgreSQL"
        );
        signal(backend, Signal::KILL)
    }

    /// Stops all of its processes.
    pub(crate) fn freeze(&self) -> Result<Stopped> {
        let mut stopped = Stopped::default();
        // First the postmaster, which then starts no others.
        stopped.stop(self.postmaster()?)?;
        for child in self.children()? {
            stopped.stop(child)?;
        }
        Ok(stopped)
    }

    fn children(&self) -> Result<Vec<Pid>> {
        let children = child_processes(self.postmaster_id()?)?;
        Ok(children.into_iter().filter_map(process).collect())
    }

    fn postmaster(&self) -> Result<Pid> {
        process(self.postmaster_id()?).context("PostgreSQL is not running")
    }

    fn postmaster_id(&self) -> Result<u32> {
        let process = self.durable.cluster()?.server_pid();
        process.context("PostgreSQL is not running")
    }
}

/// Process ids of the backends that the servers are connected to.
pub(crate) async fn backends(client: &Client) -> Result<Vec<i32>> {
    let statement = "SELECT pid FROM pg_stat_activity
                     WHERE application_name = 'udam' AND backend_type = 'client backend'
                     ORDER BY backend_start, pid";
    let rows = client.query(statement, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
