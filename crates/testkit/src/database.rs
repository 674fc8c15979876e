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

/// The roles that operators are told to have, and what they may do.
const ROLES: &str = include_str!("../../../deploy/roles.sql");

/// The role that owns the schema, and the one that servers connect as.
const OWNER: &str = "udam_owner";
const SERVER: &str = "udam_server";

/// Creates the roles in an empty database, with the superuser's password, and migrates it as their owner does.
async fn migrate(url: &str) -> Result<()> {
    let sql = connect(url).await?;
    sql.batch_execute(ROLES).await?;
    let (_, password) = credentials(url)?;
    for role in [OWNER, SERVER] {
        sql.batch_execute(&format!("ALTER ROLE {role} PASSWORD '{password}'"))
            .await?;
    }
    let variables = [("DATABASE_URL", url_as(OWNER, url)?)];
    let migrated = Binary::udam()?.run(["migrate"], variables).await?;
    migrated.success()?;
    Ok(sql.batch_execute(ROLES).await?)
}

/// The URL of the same database for another role that has the same password.
fn url_as(role: &str, url: &str) -> Result<String> {
    let (user, _) = credentials(url)?;
    Ok(url.replacen(&format!("//{user}:"), &format!("//{role}:"), 1))
}

/// User and password in a URL.
fn credentials(url: &str) -> Result<(&str, &str)> {
    let (_, rest) = url.split_once("://").context("the URL has no scheme")?;
    let (credentials, _) = rest.split_once('@').context("the URL has no user")?;
    credentials
        .split_once(':')
        .context("the URL has no password")
}

/// The PostgreSQL database of one test. All of a process are in one cluster, which ends with it.
#[derive(Debug)]
pub struct Database {
    own: TestDatabase,
    has_roles: bool,
}

impl Database {
    /// A database on which `udam migrate` has run, with the roles of `deploy/roles.sql`.
    pub async fn migrated() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare =
            || TemplateDatabase::prepare(|url| async move { migrate(url.expose()).await });
        Ok(Self {
            own: TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
            has_roles: true,
        })
    }

    /// An empty database.
    pub async fn empty() -> Result<Self> {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
        let prepare = || TemplateDatabase::prepare(|_url| async { anyhow::Ok(()) });
        Ok(Self {
            own: TEMPLATE.get_or_try_init(prepare).await?.fresh().await?,
            has_roles: false,
        })
    }

    /// Its superuser's URL, which holds the password.
    #[must_use]
    pub fn url(&self) -> String {
        self.own.url().expose().to_owned()
    }

    /// Its URL for servers: of the role that may do what they do and nothing else, if the database has roles.
    pub fn server_url(&self) -> Result<String> {
        if self.has_roles {
            url_as(SERVER, &self.url())
        } else {
            Ok(self.url())
        }
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
