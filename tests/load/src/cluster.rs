//! A PostgreSQL cluster that keeps what it has acknowledged, as one in production does.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::statfs;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use udam_embedded_postgres::{Cluster, Settings};

use crate::database::Database;

/// Outlives a reboot by the Filesystem Hierarchy Standard, so it is on a disk.
const DISK: &str = "/var/tmp";

/// `TMPFS_MAGIC` in Linux's `magic.h`.
const MEMORY: u64 = 0x0102_1994;

/// The first three are PostgreSQL's defaults, and said so that nobody has to know them. Checkpoints
/// come between rounds, when they are asked for, and not by themselves within one.
const PARAMETERS: [(&str, &str); 8] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("shared_buffers", "512MB"),
    ("max_connections", "300"),
    ("min_wal_size", "3GB"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "1h"),
];

/// Has files of the write-ahead log to use again, as a cluster has that is not new. Making one stops
/// everybody who commits for some milliseconds, about once in 10,000 orders.
const AGE_WAL: &str = "
    DO $$ BEGIN
        FOR i IN 1..2500 LOOP PERFORM pg_logical_emit_message(false, 'age', repeat('x', 1000000)); END LOOP;
    END $$;
    CHECKPOINT";

/// A running cluster, removed with its files when this is stopped or dropped.
pub(crate) struct DurableCluster {
    cluster: Cluster,
    /// Dropped after the cluster that lives in it.
    _directory: TempDir,
}

impl DurableCluster {
    pub(crate) async fn start(base: Option<&Path>) -> Result<Self> {
        let base = base.unwrap_or(Path::new(DISK)).to_owned();
        let directory = TempDir::with_prefix_in("udam-load-", &base)
            .with_context(|| format!("making a directory in {}", base.display()))?;
        let kind = statfs(directory.path())?.f_type;
        ensure!(
            u64::try_from(kind) != Ok(MEMORY),
            "{} is in memory, where fsync costs nothing: choose another with --data-dir",
            base.display()
        );
        let home = directory.path().join("cluster");
        let settings = Settings {
            parameters: PARAMETERS
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..Settings::default()
        };
        let cluster = spawn_blocking(move || Cluster::start(&home, &settings)).await??;
        let database = Database::connect(cluster.url()).await?;
        database.client().batch_execute(AGE_WAL).await?;
        Ok(Self {
            cluster,
            _directory: directory,
        })
    }

    /// A new, empty database.
    pub(crate) async fn database(&self, name: &str) -> Result<Database> {
        self.cluster.create_database(name, None).await?;
        Database::connect(self.cluster.url_of(name)).await
    }

    /// The process that all others of PostgreSQL come from.
    pub(crate) fn process(&self) -> Result<u32> {
        self.cluster
            .server_process()
            .context("PostgreSQL has ended")
    }

    /// Where PostgreSQL's `pgbench` is: beside its other programs, or on `PATH`.
    pub(crate) fn pgbench(&self) -> Result<PathBuf> {
        let beside = self.cluster.binaries().directory().join("pgbench");
        if beside.exists() {
            return Ok(beside);
        }
        let on_path = std::process::Command::new("pgbench")
            .arg("--version")
            .output();
        if on_path.is_err() {
            bail!(
                "pgbench is neither beside PostgreSQL's other programs ({}) nor on PATH; on Debian and \
                 Ubuntu, `apt-get install postgresql-contrib` or `postgresql` brings it",
                self.cluster.binaries().directory().display()
            );
        }
        Ok("pgbench".into())
    }

    pub(crate) fn version(&self) -> String {
        self.cluster.binaries().version().to_string()
    }

    /// What it really runs with, as it says itself.
    pub(crate) async fn settings(database: &Database) -> Result<Vec<(String, String)>> {
        let mut settings = Vec::new();
        for (name, _) in PARAMETERS {
            let row = database
                .client()
                .query_one(&format!("SHOW {name}"), &[])
                .await?;
            settings.push((name.to_owned(), row.try_get(0)?));
        }
        Ok(settings)
    }

    pub(crate) async fn stop(self) -> Result<()> {
        spawn_blocking(move || self.cluster.stop()).await??;
        Ok(())
    }
}
