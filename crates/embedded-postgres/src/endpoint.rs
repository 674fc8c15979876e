//! Administrative SQL: creating, copying and dropping databases.

use std::net::Ipv4Addr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error, NoTls};

use crate::connection_url::ConnectionUrl;
use crate::error::ClusterError;
use crate::layout::SUPERUSER;

/// Database that every cluster has, for statements about other databases.
const MAINTENANCE: &str = "postgres";

/// At each attempt the server waits five seconds for connections to a template to close.
const ATTEMPTS: u32 = 4;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A cluster's port and the superuser's password.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    port: u16,
    password: SecretString,
}

impl Endpoint {
    pub(crate) fn new(port: u16, password: SecretString) -> Self {
        Self { port, password }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, database: &str) -> ConnectionUrl {
        ConnectionUrl::new(SUPERUSER, &self.password, self.port, database)
    }

    /// Returns whether the server accepts connections.
    pub(crate) async fn accepts_connections(&self) -> bool {
        match self.connect().await {
            Ok(connection) => {
                connection.close().await;
                true
            }
            Err(_) => false,
        }
    }

    /// Creates a database unless it exists.
    pub(crate) async fn ensure_database(&self, name: &str) -> Result<(), ClusterError> {
        if self.exists(name).await.map_err(failed("look for", name))? {
            return Ok(());
        }
        self.create_database(name, None).await
    }

    async fn exists(&self, name: &str) -> Result<bool, Error> {
        let connection = self.connect().await?;
        let statement = "-- Endpoint::exists\nSELECT FROM pg_database WHERE datname = $1";
        let found = connection.client.query_opt(statement, &[&name]).await;
        connection.close().await;
        Ok(found?.is_some())
    }

    /// Creates a database, as a copy of the template if one is given.
    pub(crate) async fn create_database(
        &self,
        name: &str,
        template: Option<&str>,
    ) -> Result<(), ClusterError> {
        let mut result = Ok(());
        for _ in 0..ATTEMPTS {
            result = self.create(name, template).await;
            match &result {
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => (),
                _ => break,
            }
        }
        result.map_err(failed("create", name))
    }

    async fn create(&self, name: &str, template: Option<&str>) -> Result<(), Error> {
        let template = template
            .map(|name| format!(" TEMPLATE {}", quoted(name)))
            .unwrap_or_default();
        let statement = format!(
            "-- Endpoint::create\nCREATE DATABASE {}{template}",
            quoted(name)
        );
        self.execute(&statement).await
    }

    /// Drops a database if it exists, and terminates connections to it.
    pub(crate) async fn drop_database(&self, name: &str) -> Result<(), ClusterError> {
        let statement = format!(
            "-- Endpoint::drop_database\nDROP DATABASE IF EXISTS {} WITH (FORCE)",
            quoted(name)
        );
        self.execute(&statement).await.map_err(failed("drop", name))
    }

    /// Prevents connections to a database, so that it can be copied at any time.
    pub(crate) async fn close_database(&self, name: &str) -> Result<(), ClusterError> {
        self.disallow_connections(name)
            .await
            .map_err(failed("close", name))
    }

    async fn disallow_connections(&self, name: &str) -> Result<(), Error> {
        let statement = format!(
            "-- Endpoint::disallow_connections\nALTER DATABASE {} ALLOW_CONNECTIONS false",
            quoted(name)
        );
        self.execute(&statement).await?;
        let connection = self.connect().await?;
        let statement = "-- Endpoint::disallow_connections\n\
                         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        let result = connection.client.execute(statement, &[&name]).await;
        connection.close().await;
        result.map(drop)
    }

    async fn execute(&self, statement: &str) -> Result<(), Error> {
        let connection = self.connect().await?;
        let result = connection.client.batch_execute(statement).await;
        connection.close().await;
        result
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let mut config = Config::new();
        config
            .host(Ipv4Addr::LOCALHOST.to_string())
            .port(self.port)
            .user(SUPERUSER)
            .password(self.password.expose_secret())
            .dbname(MAINTENANCE)
            .application_name("udam-embedded-postgres")
            .connect_timeout(CONNECT_TIMEOUT);
        let (client, driver) = config.connect(NoTls).await?;
        // The client reports the errors of its connection.
        let driver = tokio::spawn(async move { driver.await.unwrap_or_default() });
        Ok(Connection { client, driver })
    }
}

struct Connection {
    client: Client,
    driver: JoinHandle<()>,
}

impl Connection {
    /// Closes the connection, and returns when the server has been notified.
    async fn close(self) {
        drop(self.client);
        // An error means that the runtime is shutting down.
        let _ = self.driver.await;
    }
}

fn failed(action: &'static str, database: &str) -> impl FnOnce(Error) -> ClusterError {
    let database = database.to_owned();
    move |source| ClusterError::Database {
        action,
        database,
        source,
    }
}

/// Quotes an SQL identifier. Identifiers cannot be parameters.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_within_a_name_are_doubled() {
        assert_eq!(quoted("udam"), "\"udam\"");
        assert_eq!(
            quoted("a\"; DROP DATABASE b; --"),
            "\"a\"\"; DROP DATABASE b; --\""
        );
    }
}
