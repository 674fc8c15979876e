//! The baseline: pgbench on the same cluster in a database of its own, with 32 connections over which
//! PostgreSQL's own C client sends prepared statements. It pays for no HTTP, no JSON and no idempotency.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::cluster::BenchCluster;
use crate::database::Database;

/// Form of pgbench's order transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// A transaction with a statement for each step, as it is usually written.
    Transaction,
    /// One statement for all steps, the fastest form.
    Statement,
}

impl Form {
    const ALL: [Self; 2] = [Self::Transaction, Self::Statement];

    /// File name and content of its script.
    const fn script(self) -> (&'static str, &'static str) {
        match self {
            Self::Transaction => (
                "transaction.sql",
                include_str!("../sql/baseline_transaction.sql"),
            ),
            Self::Statement => (
                "statement.sql",
                include_str!("../sql/baseline_statement.sql"),
            ),
        }
    }
}

/// Number of listings in its database.
pub(crate) const LISTINGS: u32 = 1_000;

const WARM_UP: Duration = Duration::from_secs(1);

pub(crate) struct Baseline {
    database: Database,
    pgbench: PathBuf,
    scripts: TempDir,
}

impl Baseline {
    pub(crate) async fn prepare(cluster: &BenchCluster) -> Result<Self> {
        let pgbench = cluster.pgbench()?;
        let database = cluster.create_database("baseline").await?;
        let schema = include_str!("../sql/baseline_schema.sql");
        database.client().batch_execute(schema).await?;
        let scripts = tempfile::tempdir()?;
        for form in Form::ALL {
            let (name, script) = form.script();
            std::fs::write(scripts.path().join(name), script)?;
        }
        let baseline = Self {
            database,
            pgbench,
            scripts,
        };
        // As in the marketplace, the tables have rows, and PostgreSQL has statistics of them.
        baseline.run(Form::Transaction, LISTINGS, WARM_UP).await?;
        baseline.database.vacuum().await?;
        Ok(baseline)
    }

    /// Places orders of this many listings, and returns the number per second.
    pub(crate) async fn run(&self, form: Form, listings: u32, duration: Duration) -> Result<f64> {
        let mut command = self.command(form, listings, duration)?;
        let output = spawn_blocking(move || command.output()).await?;
        let output = output.context("running pgbench")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench failed: {printed}{errors}");
        throughput(&printed).with_context(|| format!("pgbench prints no tps: {printed}"))
    }

    fn command(&self, form: Form, listings: u32, duration: Duration) -> Result<Command> {
        let mut command = Command::new(&self.pgbench);
        command
            .args([
                "--protocol=prepared",
                "--no-vacuum",
                "--jobs=1",
                "--client=32",
            ])
            .arg(format!("--time={}", duration.as_secs().max(1)))
            .arg(format!("--define=listings={listings}"))
            .arg(format!("--file={}", self.script(form).display()))
            .envs(self.database.environment()?)
            .stdin(Stdio::null());
        Ok(command)
    }

    fn script(&self, form: Form) -> PathBuf {
        self.scripts.path().join(Path::new(form.script().0))
    }
}

/// Since PostgreSQL 14, `tps` counts from the time when all connections are open.
fn throughput(printed: &str) -> Option<f64> {
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_throughput_is_parsed_from_the_output_of_pgbench() {
        let printed = "number of failed transactions: 0 (0.000%)\nlatency average = 5.2 ms\n\
                       initial connection time = 60.123 ms\n\
                       tps = 6123.456789 (without initial connection time)\n";
        assert_eq!(throughput(printed), Some(6_123.456_789));
        assert_eq!(throughput("pgbench: error"), None);
    }
}
