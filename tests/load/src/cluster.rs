//! The PostgreSQL cluster that is measured: durable, and on a disk.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::statfs;
use udam_testkit::DurableCluster;

use crate::database::Database;

/// It outlives a reboot, by the Filesystem Hierarchy Standard, and is therefore on a disk.
const DISK: &str = "/var/tmp";

/// `TMPFS_MAGIC` of Linux's `magic.h`.
const TMPFS_MAGIC: u64 = 0x0102_1994;

/// The first three are PostgreSQL's defaults, stated for the report. Checkpoints happen between rounds, when
/// they are requested, and none happens within a round.
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

/// Fills the write-ahead log, so that its files are reused as in a cluster that is not new. Creating a file
/// stops all commits for some milliseconds, about once in 10,000 orders.
const FILL_WAL: &str = "
    DO $$ BEGIN
        FOR i IN 1..2500 LOOP PERFORM pg_logical_emit_message(false, 'fill', repeat('x', 1000000)); END LOOP;
    END $$;
    CHECKPOINT";

/// A running cluster, removed with its files when this is stopped or dropped.
pub(crate) struct BenchCluster(DurableCluster);

impl BenchCluster {
    pub(crate) async fn start(base: Option<&Path>) -> Result<Self> {
        let base = base.unwrap_or(Path::new(DISK));
        let kind = statfs(base)
            .with_context(|| format!("inspecting the file system of {}", base.display()))?
            .f_type;
        ensure!(
            u64::try_from(kind) != Ok(TMPFS_MAGIC),
            "{} is in memory, where fsync costs nothing: choose another with --data-dir",
            base.display()
        );
        let cluster = DurableCluster::start(base, &PARAMETERS).await?;
        cluster.connect().await?.batch_execute(FILL_WAL).await?;
        Ok(Self(cluster))
    }

    /// Creates an empty database.
    pub(crate) async fn create_database(&self, name: &str) -> Result<Database> {
        let cluster = self.0.cluster()?;
        cluster.create_database(name, None).await?;
        Database::connect(cluster.url_of(name)).await
    }

    /// Process id of the postmaster, the parent of all other processes.
    pub(crate) fn postmaster(&self) -> Result<u32> {
        let process = self.0.cluster()?.server_pid();
        process.context("PostgreSQL has ended")
    }

    /// Path of `pgbench`: beside PostgreSQL's other programs, or on `PATH`.
    pub(crate) fn pgbench(&self) -> Result<PathBuf> {
        let directory = self.0.cluster()?.binaries().directory();
        let beside = directory.join("pgbench");
        if beside.exists() {
            return Ok(beside);
        }
        if Command::new("pgbench").arg("--version").output().is_err() {
            bail!(
                "pgbench is neither beside PostgreSQL's other programs ({}) nor on PATH; on Debian and \
                 Ubuntu, `apt-get install postgresql-contrib` or `postgresql` installs it",
                directory.display()
            );
        }
        Ok("pgbench".into())
    }

    pub(crate) fn version(&self) -> Result<String> {
        Ok(self.0.cluster()?.binaries().version().to_string())
    }

    /// The values of [`PARAMETERS`] that PostgreSQL reports.
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
        self.0.stop().await
    }
}
