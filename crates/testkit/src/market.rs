use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;

use crate::binary::{Binary, CommandOutput};
use crate::client::Client;
use crate::database::Database;
use crate::fixtures::{PASSWORD, unique_email};
use crate::response::{ErrorResponses, Response};
use crate::sandbox::{self, Sandbox};
use crate::server::{Server, master_keys};

/// A marketplace: a database, and the servers on it.
#[derive(Debug)]
pub struct Market {
    /// The database of all servers.
    pub database: Database,
    /// The running servers.
    pub servers: Vec<Server>,
    /// Responses with a status of 400 or more that its clients have received.
    pub errors: ErrorResponses,
}

/// Settings of a market that is to be started.
#[derive(Debug, Clone, Default)]
pub struct MarketBuilder {
    more_servers: usize,
    settings: Vec<(String, String)>,
}

/// Number of accounts that register at once: each costs the server a password hash.
const CONCURRENT_SIGN_UPS: usize = 4;

/// Settings that trust new accounts as much as all others, so that a test can buy without paying first.
pub(crate) const TRUST: [(&str, &str); 6] = [
    ("UDAM_NEW_TAB_LIMIT", "25.00"),
    ("UDAM_OPEN_CHECKOUTS", "1000"),
    ("UDAM_NEW_OPEN_CHECKOUTS", "1000"),
    ("UDAM_HOLD_PAUSE", "0s"),
    ("UDAM_NEW_LISTINGS_PER_DAY", "1000000"),
    ("UDAM_CHECKOUTS_PER_HOUR", "0"),
];

impl MarketBuilder {
    /// One server, with callers not limited and everything logged.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of servers, at least one.
    #[must_use]
    pub fn servers(self, servers: usize) -> Self {
        let more_servers = servers.saturating_sub(1);
        Self {
            more_servers,
            ..self
        }
    }

    /// Sets an environment variable of the servers.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has orders paid through a sandbox, and payments reconciled every second unless that is set
    /// otherwise. `Sandbox::send_webhooks_to` sets their target once a server listens.
    #[must_use]
    pub fn payments_through(mut self, sandbox: &Sandbox) -> Self {
        let settings = [
            ("STRIPE_API_BASE", sandbox.base()),
            ("STRIPE_SECRET_KEY", sandbox::API_KEY),
            ("STRIPE_WEBHOOK_SECRET", sandbox::WEBHOOK_SECRET),
            ("UDAM_PUBLIC_URL", "http://market.example.com"),
            ("UDAM_RECONCILE_INTERVAL", "1s"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.settings.splice(0..0, settings);
        self
    }

    /// The environment of a server on this database. Settings of this market override the defaults.
    pub async fn environment(&self, database: &Database) -> Result<Vec<(String, String)>> {
        self.environment_at(&database.server_url()?).await
    }

    /// The environment of a server on the database at this URL.
    pub async fn environment_at(&self, url: &str) -> Result<Vec<(String, String)>> {
        let defaults = [
            ("DATABASE_URL", url.to_owned()),
            ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
            ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_RATE_LIMIT", "off".to_owned()),
            ("RUST_LOG", "trace".to_owned()),
        ];
        let trust = TRUST.map(|(name, value)| (name, value.to_owned()));
        let defaults = defaults
            .into_iter()
            .chain(trust)
            .map(|(name, value)| (name.to_owned(), value));
        Ok(defaults.chain(self.settings.clone()).collect())
    }

    /// Starts one server of this market on a database.
    pub async fn start_server(&self, database: &Database) -> Result<Server> {
        Server::start(self.environment(database).await?).await
    }

    /// Starts the market on a database of its own.
    pub async fn start(self) -> Result<Market> {
        self.start_on(Database::migrated().await?).await
    }

    /// Starts the market on this database.
    pub async fn start_on(self, database: Database) -> Result<Market> {
        let mut servers = vec![self.start_server(&database).await?];
        for _ in 0..self.more_servers {
            servers.push(self.start_server(&database).await?);
        }
        Ok(Market {
            database,
            servers,
            errors: ErrorResponses::default(),
        })
    }
}

impl Market {
    /// A market that all tests of this process share, which must not disturb each other.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Market> = OnceCell::const_new();
        SHARED
            .get_or_try_init(|| MarketBuilder::new().start())
            .await
    }

    /// The address of a server: `number` is zero-based, and wraps around.
    ///
    /// # Panics
    /// If no server is running.
    #[must_use]
    pub fn address(&self, number: usize) -> SocketAddr {
        self.server(number).address()
    }

    fn server(&self, number: usize) -> &Server {
        let server = number
            .checked_rem(self.servers.len())
            .and_then(|number| self.servers.get(number));
        server.unwrap_or_else(|| unreachable!("no server is running"))
    }

    /// A client of the first server that is not signed in.
    pub fn client(&self) -> Result<Client> {
        Client::new(self.address(0), self.errors.clone())
    }

    /// A client of a server at its admin address. `number` is as of [`address`](Self::address).
    pub fn operator(&self, number: usize) -> Result<Client> {
        Ok(self.client()?.at(self.server(number).admin_address()))
    }

    /// Registers an account at the first server and returns it signed in.
    pub async fn sign_up(&self, name: &str) -> Result<Client> {
        sign_up(&self.client()?, name).await
    }

    /// Registers accounts, spread over the servers, and returns them signed in.
    pub async fn sign_up_many(&self, count: usize) -> Result<Vec<Client>> {
        let client = self.client()?;
        let clients = (0..count).map(|number| client.at(self.address(number)));
        sign_up_all(clients, "buyer").await
    }

    /// The sum of a server's metrics whose line begins with `series`, such as
    /// `udam_webhooks_total{outcome="done"`.
    pub async fn metric(&self, server: usize, series: &str) -> Result<u64> {
        let metrics = self.operator(server)?.get("/metrics").await?;
        let lines = metrics.text.lines().filter(|line| line.starts_with(series));
        Ok(lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum())
    }

    /// Runs a command of `udam` on its database.
    pub async fn run(&self, arguments: &[&str]) -> Result<CommandOutput> {
        let environment = MarketBuilder::new().environment(&self.database).await?;
        Binary::udam()?.run(arguments, environment).await
    }

    /// Runs `udam verify` and returns its output. Fails if it finds an inconsistency.
    pub async fn verify(&self) -> Result<String> {
        let output = self.run(&["verify"]).await?;
        let printed = output.success().context("the database is inconsistent")?;
        Ok(printed.to_owned())
    }

    /// The output of all running servers so far.
    #[must_use]
    pub fn logs(&self) -> String {
        self.servers.iter().map(|server| server.output()).collect()
    }
}

/// Registers an account with each of these clients, a few at a time, and returns them signed in.
pub async fn sign_up_all(
    clients: impl IntoIterator<Item = Client>,
    name: &str,
) -> Result<Vec<Client>> {
    let registering = clients
        .into_iter()
        .map(|client| async move { sign_up(&client, name).await });
    stream::iter(registering)
        .buffered(CONCURRENT_SIGN_UPS)
        .try_collect()
        .await
}

/// Registers an account and returns the client signed in.
pub async fn sign_up(client: &Client, name: &str) -> Result<Client> {
    let response = client.register(&unique_email(name), PASSWORD).await?;
    let response = expect_status(response, 201)?;
    Ok(client.with_session(response.text_at("/session_token")))
}

/// Returns the response if it has this status, for steps that a test takes for granted.
pub fn expect_status(response: Response, status: u16) -> Result<Response> {
    ensure!(
        response.status == status,
        "expected {status}, got {}: {}",
        response.status,
        response.text
    );
    Ok(response)
}
