use std::process::Command;

use anyhow::{Context, Result, ensure};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;
use udam_embedded_postgres::Binaries;
use udam_embedded_postgres::testing::{TemplateDatabase, TestDatabase};

use crate::binary::Binary;

/// A PostgreSQL database of one test. All of a process are in one cluster, which goes away with it.
#[derive(Debug)]
pub struct Database(TestDatabase);

impl Database {
    /// One that `udam migrate` has been run on.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or migrating it fails.
    pub async fn migrated() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare = || {
            TemplateDatabase::prepare(|url| async move {
                let variables = [("DATABASE_URL", url.expose())];
                Binary::find()?
                    .run(["migrate"], variables)
                    .await?
                    .printed()
                    .map(drop)
            })
        };
        Ok(Self(
            TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
        ))
    }

    /// One with nothing in it.
    ///
    /// # Errors
    /// When there is no PostgreSQL.
    pub async fn empty() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare = || TemplateDatabase::prepare(|_url| async { anyhow::Ok(()) });
        Ok(Self(
            TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
        ))
    }

    /// Where it is, with the password to it.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url().expose().to_owned()
    }

    /// A connection to it, for what the API does not offer.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(&self) -> Result<tokio_postgres::Client> {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Runs statements in it, as somebody would who has got hold of it.
    ///
    /// # Errors
    /// When it refuses one.
    pub async fn tamper(&self, statements: &str) -> Result<()> {
        Ok(self.connect().await?.batch_execute(statements).await?)
    }

    /// Lets nobody in any more, and throws everybody out.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn close(&self) -> Result<()> {
        let name = self.name()?;
        self.administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            .await?;
        self.administer(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await
    }

    /// Lets everybody in again.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn reopen(&self) -> Result<()> {
        self.administer(&format!(
            "ALTER DATABASE {} ALLOW_CONNECTIONS true",
            self.name()?
        ))
        .await
    }

    fn name(&self) -> Result<String> {
        let url = self.url();
        let (_, name) = url.rsplit_once('/').context("the database has no name")?;
        Ok(name.to_owned())
    }

    /// Runs a statement about the database, from another one: one's own cannot be closed.
    async fn administer(&self, statement: &str) -> Result<()> {
        let url = self.url();
        let (cluster, _) = url.rsplit_once('/').context("the database has no name")?;
        let (client, connection) =
            tokio_postgres::connect(&format!("{cluster}/postgres"), NoTls).await?;
        tokio::spawn(connection);
        Ok(client.batch_execute(statement).await?)
    }

    /// What a `SELECT` of one number comes to.
    ///
    /// # Errors
    /// When it is no such statement.
    pub async fn count(&self, statement: &str) -> Result<i64> {
        Ok(self
            .connect()
            .await?
            .query_one(statement, &[])
            .await?
            .try_get(0)?)
    }

    /// All that is in it, as a thief would carry it off.
    ///
    /// # Errors
    /// When `pg_dump` fails.
    pub async fn dump(&self) -> Result<String> {
        let beside = Binaries::find(None)?.directory().join("pg_dump");
        let program = if beside.exists() {
            beside
        } else {
            "pg_dump".into()
        };
        let mut command = Command::new(program);
        command.args(["--no-password", "--dbname", &self.url()]);
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        let output = output.context("running pg_dump")?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }
}
