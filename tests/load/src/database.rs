//! A database, and a connection to it for everything that is not measured.

use anyhow::{Context, Result};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config};
use udam_embedded_postgres::ConnectionUrl;
use udam_testkit::connect;

pub(crate) struct Database {
    url: ConnectionUrl,
    client: Client,
}

impl Database {
    pub(crate) async fn connect(url: ConnectionUrl) -> Result<Self> {
        let client = connect(url.expose()).await?;
        Ok(Self { url, client })
    }

    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The environment variables from which PostgreSQL's programs read where to connect: among their
    /// arguments the password would be visible.
    pub(crate) fn environment(&self) -> Result<Vec<(&'static str, String)>> {
        let config: Config = self.url.expose().parse()?;
        let port = config.get_ports().first().context("a URL without a port")?;
        let password = String::from_utf8_lossy(config.get_password().unwrap_or_default());
        Ok(vec![
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", port.to_string()),
            ("PGUSER", config.get_user().unwrap_or_default().to_owned()),
            ("PGPASSWORD", password.into_owned()),
            (
                "PGDATABASE",
                config.get_dbname().unwrap_or_default().to_owned(),
            ),
        ])
    }

    /// The result of a `SELECT` of one `bigint`.
    pub(crate) async fn count(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<i64> {
        let row = self.client.query_one(statement, parameters).await?;
        Ok(row.try_get(0)?)
    }

    /// Vacuums and analyses all tables, as autovacuum does from time to time.
    pub(crate) async fn vacuum(&self) -> Result<()> {
        Ok(self.client.batch_execute("VACUUM (ANALYZE)").await?)
    }

    /// Runs a checkpoint, so that the next round does not pay for the writes of the last one.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        Ok(self.client.batch_execute("CHECKPOINT").await?)
    }
}
