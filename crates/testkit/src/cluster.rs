use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio_postgres::Client;
use udam_embedded_postgres::{Cluster, Settings};

use crate::database::connect;
use crate::processes::child_processes;

/// The settings without which a crash loses what was acknowledged.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

/// A PostgreSQL cluster that keeps what it has acknowledged, as one in production does; removed with its
/// files when this is stopped or dropped.
#[derive(Debug)]
pub struct DurableCluster {
    // Dropped before its files are removed.
    cluster: Option<Cluster>,
    parameters: Vec<(String, String)>,
    directory: TempDir,
}

impl DurableCluster {
    /// Starts one in a new directory below `base`, with these settings of `postgresql.conf`.
    pub async fn start(base: &Path, parameters: &[(&str, &str)]) -> Result<Self> {
        // The cluster of root runs as another account, which must be able to get there.
        let directory = tempfile::Builder::new()
            .prefix("udam-testkit-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(base)
            .with_context(|| format!("creating a directory in {}", base.display()))?;
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut started = Self {
            cluster: None,
            parameters: parameters.collect(),
            directory,
        };
        started.restart().await?;
        let client = started.connect().await?;
        for setting in DURABLE {
            let row = client.query_one(&format!("SHOW {setting}"), &[]).await?;
            ensure!(row.try_get::<_, &str>(0)? == "on", "{setting} is off");
        }
        Ok(started)
    }

    /// Starts it again, as a supervisor does once it has ended. It listens on another port.
    pub async fn restart(&mut self) -> Result<()> {
        drop(self.cluster.take());
        let directory = self.directory.path().join("cluster");
        let settings = Settings {
            parameters: self.parameters.clone(),
            ..Settings::default()
        };
        let started = spawn_blocking(move || Cluster::start(&directory, &settings)).await?;
        self.cluster = Some(started?);
        Ok(())
    }

    /// Kills all of its processes, as the loss of its machine does.
    pub fn kill(&self) -> Result<()> {
        let postmaster = self.cluster()?.server_pid();
        let postmaster = postmaster.context("PostgreSQL is not running")?;
        let children = child_processes(postmaster)?;
        // First the postmaster, which then starts no others. Its children may end by themselves once it has.
        kill(postmaster)?;
        for child in children {
            let _ = kill(child);
        }
        Ok(())
    }

    /// The running cluster.
    pub fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().context("PostgreSQL is not running")
    }

    /// The directory that holds its files.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A connection to its own database.
    pub async fn connect(&self) -> Result<Client> {
        connect(self.cluster()?.url().expose()).await
    }

    /// Stops it and waits until it has ended.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(cluster) = self.cluster.take() {
            spawn_blocking(move || cluster.stop()).await??;
        }
        Ok(())
    }
}

fn kill(process: u32) -> Result<()> {
    let id = Pid::from_raw(i32::try_from(process)?).context("no process id")?;
    kill_process(id, Signal::KILL).with_context(|| format!("killing process {process}"))
}
