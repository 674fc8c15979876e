//! A database, and a connection to it for what nobody measures.

use anyhow::{Context, Result};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls};
use udam_embedded_postgres::ConnectionUrl;

pub(crate) struct Database {
    url: ConnectionUrl,
    client: Client,
}

impl Database {
    pub(crate) async fn connect(url: ConnectionUrl) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url.expose(), NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { url, client })
    }

    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Where it is, in the variables that PostgreSQL's own programs read: the password would show
    /// among their arguments.
    pub(crate) fn variables(&self) -> Result<Vec<(&'static str, String)>> {
        let config: Config = self.url.expose().parse()?;
        let port = config.get_ports().first().context("a port")?;
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

    /// What a `SELECT` of one `bigint` comes to.
    pub(crate) async fn count(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<i64> {
        let row = self.client.query_one(statement, parameters).await?;
        Ok(row.try_get(0)?)
    }

    /// Does what autovacuum does from time to time.
    pub(crate) async fn tidy(&self) -> Result<()> {
        Ok(self.client.batch_execute("VACUUM (ANALYZE)").await?)
    }

    /// Writes out what has gathered, so that the next round does not pay for the last one.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        Ok(self.client.batch_execute("CHECKPOINT").await?)
    }
}
