//! Speaking SQL to a cluster: which databases there are.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error, NoTls};

use crate::connection_url::ConnectionUrl;
use crate::error::ClusterError;
use crate::initdb::USER;
use crate::password::Password;

/// The database that every cluster has, to connect to when the talk is about the others.
const MAINTENANCE: &str = "postgres";

/// The server waits five seconds itself for others to leave a template before it gives up.
const ATTEMPTS: u32 = 4;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a cluster listens, and the password it wants.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    port: u16,
    password: Password,
}

impl Endpoint {
    pub(crate) fn new(port: u16, password: Password) -> Self {
        Self { port, password }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, database: &str) -> ConnectionUrl {
        ConnectionUrl::new(USER, self.password.expose(), self.port, database)
    }

    /// Whether the server accepts connections by now.
    pub(crate) async fn answers(&self) -> bool {
        match self.connect().await {
            Ok(session) => {
                session.close().await;
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
        let session = self.connect().await?;
        let statement = "-- Endpoint::exists\nSELECT FROM pg_database WHERE datname = $1";
        let found = session.client.query_opt(statement, &[&name]).await;
        session.close().await;
        Ok(found?.is_some())
    }

    /// Creates a database, as a copy of the template if one is named.
    pub(crate) async fn create_database(
        &self,
        name: &str,
        template: Option<&str>,
    ) -> Result<(), ClusterError> {
        let mut outcome = Ok(());
        for _ in 0..ATTEMPTS {
            outcome = self.create(name, template).await;
            match &outcome {
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => (),
                _ => break,
            }
        }
        outcome.map_err(failed("create", name))
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

    /// Drops a database if it exists, and whoever is connected to it.
    pub(crate) async fn drop_database(&self, name: &str) -> Result<(), ClusterError> {
        let statement = format!(
            "-- Endpoint::drop_database\nDROP DATABASE IF EXISTS {} WITH (FORCE)",
            quoted(name)
        );
        self.execute(&statement).await.map_err(failed("drop", name))
    }

    /// Lets nobody connect to a database any more, so that it can be copied at any time.
    pub(crate) async fn seal(&self, name: &str) -> Result<(), ClusterError> {
        self.seal_and_empty(name)
            .await
            .map_err(failed("seal", name))
    }

    async fn seal_and_empty(&self, name: &str) -> Result<(), Error> {
        let statement = format!(
            "-- Endpoint::seal\nALTER DATABASE {} ALLOW_CONNECTIONS false",
            quoted(name)
        );
        self.execute(&statement).await?;
        let session = self.connect().await?;
        let statement = "-- Endpoint::seal\n\
                         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        let outcome = session.client.execute(statement, &[&name]).await;
        session.close().await;
        outcome.map(drop)
    }

    async fn execute(&self, statement: &str) -> Result<(), Error> {
        let session = self.connect().await?;
        let outcome = session.client.batch_execute(statement).await;
        session.close().await;
        outcome
    }

    async fn connect(&self) -> Result<Session, Error> {
        let mut config = Config::new();
        config
            .host(Ipv4Addr::LOCALHOST.to_string())
            .port(self.port)
            .user(USER)
            .password(self.password.expose())
            .dbname(MAINTENANCE)
            .application_name("udam-embedded-postgres")
            .connect_timeout(CONNECT_TIMEOUT);
        let (client, connection) = config.connect(NoTls).await?;
        // What goes wrong with the connection, the client reports.
        let driver = tokio::spawn(async move { connection.await.unwrap_or_default() });
        Ok(Session { client, driver })
    }
}

struct Session {
    client: Client,
    driver: JoinHandle<()>,
}

impl Session {
    /// Returns when the server has been told.
    async fn close(self) {
        drop(self.client);
        // It fails only if its runtime is being shut down.
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

/// An SQL identifier, which cannot be a parameter.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        assert_eq!(quoted("udam"), "\"udam\"");
        assert_eq!(
            quoted("a\"; DROP DATABASE b; --"),
            "\"a\"\"; DROP DATABASE b; --\""
        );
    }
}
