use std::process::Command;

use anyhow::{Context, Result, ensure};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use udam_embedded_postgres::Binaries;
use udam_embedded_postgres::testing::{TemplateDatabase, TestDatabase};

use crate::binary::Binary;

/// Connects to a database; the connection ends with the client.
pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("connecting to PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// The PostgreSQL database of one test. All of a process are in one cluster, which ends with it.
#[derive(Debug)]
pub struct Database(TestDatabase);

impl Database {
    /// A database on which `udam migrate` has run.
    pub async fn migrated() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare = || {
            TemplateDatabase::prepare(|url| async move {
                let variables = [("DATABASE_URL", url.expose())];
                Binary::udam()?
                    .run(["migrate"], variables)
                    .await?
                    .success()
                    .map(drop)
            })
        };
        Ok(Self(
            TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
        ))
    }

    /// An empty database.
    pub async fn empty() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare = || TemplateDatabase::prepare(|_url| async { anyhow::Ok(()) });
        Ok(Self(
            TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
        ))
    }

    /// Its URL, which holds the password.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url().expose().to_owned()
    }

    /// A connection to it, for what the API does not offer.
    pub async fn connect(&self) -> Result<Client> {
        connect(&self.url()).await
    }

    /// Executes statements.
    pub async fn execute(&self, statements: &str) -> Result<()> {
        Ok(self.connect().await?.batch_execute(statements).await?)
    }

    /// The result of a `SELECT` of one `bigint`.
    pub async fn count(&self, statement: &str) -> Result<i64> {
        let row = self.connect().await?.query_one(statement, &[]).await?;
        Ok(row.try_get(0)?)
    }

    /// Ends all connections and refuses new ones.
    pub async fn refuse_connections(&self) -> Result<()> {
        let name = self.name()?;
        self.administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            .await?;
        self.administer(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await
    }

    /// Accepts connections again.
    pub async fn accept_connections(&self) -> Result<()> {
        let name = self.name()?;
        self.administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
            .await
    }

    fn name(&self) -> Result<String> {
        let url = self.url();
        let (_, name) = url.rsplit_once('/').context("the database has no name")?;
        Ok(name.to_owned())
    }

    /// Executes a statement about the database in another one of the cluster.
    async fn administer(&self, statement: &str) -> Result<()> {
        let url = self.url();
        let (cluster, _) = url.rsplit_once('/').context("the database has no name")?;
        let client = connect(&format!("{cluster}/postgres")).await?;
        Ok(client.batch_execute(statement).await?)
    }

    /// Everything in it, as `pg_dump` writes it.
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
