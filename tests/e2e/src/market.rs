use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;

use crate::answer::Problems;
use crate::binary::{Binary, Finished};
use crate::client::Client;
use crate::database::Database;
use crate::names::{PASSWORD, fresh_email};
use crate::sandbox::{self, Sandbox};
use crate::server::{Server, master_keys};

/// A marketplace: a database, and the servers on it.
#[derive(Debug)]
pub struct Market {
    /// Its database.
    pub database: Database,
    /// Its servers.
    pub servers: Vec<Server>,
    /// What its clients were refused.
    pub problems: Problems,
}

/// How a market is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    servers: usize,
    settings: Vec<(String, String)>,
}

/// How many people register at once: each costs the server a password hash.
const AT_THE_DOOR: usize = 4;

impl Opening {
    /// With one server.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            servers: 1,
            settings: Vec::new(),
        }
    }

    /// With so many servers.
    #[must_use]
    pub fn servers(self, servers: usize) -> Self {
        Self { servers, ..self }
    }

    /// With another setting than usual.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With orders that are paid through this sandbox, and with a sweep of unfinished payments every
    /// second, unless it is set otherwise. Where the sandbox sends its webhooks is known only when a
    /// server listens.
    #[must_use]
    pub fn paid_through(mut self, sandbox: &Sandbox) -> Self {
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

    /// What a server on this database is run with: the usual settings, and those of this market,
    /// which win.
    ///
    /// # Errors
    /// When there are no master keys.
    pub async fn variables(&self, database: &Database) -> Result<Vec<(String, String)>> {
        let usual = [
            ("DATABASE_URL", database.url()),
            ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
            ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_RATE_LIMIT", "off".to_owned()),
            ("RUST_LOG", "trace".to_owned()),
        ];
        let usual = usual
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Ok(usual.chain(self.settings.clone()).collect())
    }

    /// Starts a server of this market on this database.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn serve(&self, database: &Database) -> Result<Server> {
        Server::start(self.variables(database).await?).await
    }

    /// Opens it, on a database of its own.
    ///
    /// # Errors
    /// When a server does not start.
    pub async fn open(self) -> Result<Market> {
        self.open_on(Database::migrated().await?).await
    }

    /// Opens it on this database.
    ///
    /// # Errors
    /// When a server does not start.
    pub async fn open_on(self, database: Database) -> Result<Market> {
        let mut servers = Vec::new();
        for _ in 0..self.servers {
            servers.push(self.serve(&database).await?);
        }
        Ok(Market {
            database,
            servers,
            problems: Problems::default(),
        })
    }
}

impl Market {
    /// One that all tests of the process share. What a test does there must not disturb the others.
    ///
    /// # Errors
    /// When its server does not start.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Market> = OnceCell::const_new();
        SHARED.get_or_try_init(|| Opening::usual().open()).await
    }

    /// Where a server listens. They are counted from nought, round and round.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn address(&self, server: usize) -> SocketAddr {
        let turn = server
            .checked_rem(self.servers.len())
            .and_then(|turn| self.servers.get(turn));
        turn.map_or_else(|| unreachable!("a market has servers"), Server::address)
    }

    /// Somebody who is not signed in, at the first server.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn visitor(&self) -> Result<Client> {
        Client::of(self.address(0), self.problems.clone())
    }

    /// Somebody who has just registered, and is signed in.
    ///
    /// # Errors
    /// When registering fails.
    pub async fn join(&self, name: &str) -> Result<Client> {
        admit(&self.visitor()?, name).await
    }

    /// So many people who have just registered, spread over the servers.
    ///
    /// # Errors
    /// When registering one fails.
    pub async fn crowd(&self, size: usize) -> Result<Vec<Client>> {
        let visitor = self.visitor()?;
        let registering = (0..size).map(|number| {
            let visitor = visitor.at(self.address(number));
            async move { admit(&visitor, "buyer").await }
        });
        stream::iter(registering)
            .buffered(AT_THE_DOOR)
            .try_collect()
            .await
    }

    /// What a server counts under a name, with all its labels or with those of these that begin so:
    /// `udam_sweeps_total`, `udam_webhooks_total{outcome="done"`.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn counted(&self, server: usize, series: &str) -> Result<u64> {
        let page = self
            .visitor()?
            .at(self.address(server))
            .get("/metrics")
            .await?;
        let lines = page.text.lines().filter(|line| line.starts_with(series));
        Ok(lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum())
    }

    /// Runs a command of `udam` on its database.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run(&self, arguments: &[&str]) -> Result<Finished> {
        Binary::find()?
            .run(arguments, Opening::usual().variables(&self.database).await?)
            .await
    }

    /// Proves the books.
    ///
    /// # Errors
    /// When they do not fit.
    pub async fn verify(&self) -> Result<String> {
        let finished = self.run(&["verify"]).await?;
        Ok(finished
            .printed()
            .context("the books do not fit")?
            .to_owned())
    }

    /// All that its servers have said so far.
    #[must_use]
    pub fn logs(&self) -> String {
        self.servers.iter().map(|server| server.said()).collect()
    }
}

async fn admit(visitor: &Client, name: &str) -> Result<Client> {
    let answer = visitor.register(&fresh_email(name), PASSWORD).await?;
    ensure!(
        answer.status == 201,
        "registering {name} was answered {}: {}",
        answer.status,
        answer.text
    );
    Ok(visitor.with_session(answer.text_at("/session_token")))
}
