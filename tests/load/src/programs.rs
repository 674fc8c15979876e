//! The programs that are measured, and the settings they run with.

use std::path::Path;

use anyhow::{Context, Result};
use udam_testkit::{Binary, CommandOutput, Server, sandbox};

use crate::database::Database;

/// The binaries built beside this program, in the same profile.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    pub(crate) udam: Binary,
    pub(crate) sandbox: Binary,
}

impl Programs {
    /// The binaries in a directory, or in that of this program.
    pub(crate) fn find(directory: Option<&Path>) -> Result<Self> {
        let directory = if let Some(directory) = directory {
            directory.to_owned()
        } else {
            let own = std::env::current_exe().context("finding this program")?;
            own.parent()
                .context("this program is in no directory")?
                .to_owned()
        };
        let find = |name: &str, package: &str| {
            Binary::at(directory.join(name))
                .with_context(|| format!("`cargo build --release -p {package}` builds it"))
        };
        Ok(Self {
            udam: find("udam", "udam-server")?,
            sandbox: find("udam-stripe-sandbox", "udam-stripe-sandbox")?,
        })
    }

    /// Runs `udam` until it ends, and returns its standard output.
    pub(crate) async fn run_udam(
        &self,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Result<String> {
        let variables = variables.iter().map(|(name, value)| (*name, value));
        let output: CommandOutput = self.udam.run(arguments, variables).await?;
        let printed = output
            .success()
            .with_context(|| format!("running udam {}", arguments.join(" ")))?;
        Ok(printed.trim().to_owned())
    }
}

/// Orders below this total go on the tab. An order costs 0.01, or 150.00 where it is paid through Checkout.
pub(crate) const SMALL_ORDER_LIMIT: &str = "100.00";
const TAB_LIMIT: &str = "999999.00";
const OPEN_CHECKOUTS: &str = "1000000";

/// Settings that all servers of a benchmark share.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) programs: Programs,
    pub(crate) master_keys: String,
    /// Base URL of the sandbox.
    pub(crate) stripe: String,
}

impl Setup {
    /// `RUST_LOG` is left at its default, as in production. Callers are not limited: all of them have one
    /// address here.
    fn environment(&self, database: &Database) -> Vec<(&'static str, String)> {
        let fixed = [
            ("UDAM_LISTEN", "127.0.0.1:0"),
            ("UDAM_ADMIN_LISTEN", "127.0.0.1:0"),
            ("UDAM_RATE_LIMIT", "off"),
            ("UDAM_SMALL_ORDER_LIMIT", SMALL_ORDER_LIMIT),
            ("UDAM_TAB_LIMIT", TAB_LIMIT),
            ("UDAM_NEW_TAB_LIMIT", TAB_LIMIT),
            ("UDAM_OPEN_CHECKOUTS", OPEN_CHECKOUTS),
            ("UDAM_NEW_LISTINGS_PER_DAY", OPEN_CHECKOUTS),
            ("UDAM_CHECKOUTS_PER_HOUR", "0"),
            ("UDAM_NEW_OPEN_CHECKOUTS", OPEN_CHECKOUTS),
            ("UDAM_HOLD_PAUSE", "0s"),
            ("UDAM_PUBLIC_URL", "http://market.example.com"),
            ("STRIPE_SECRET_KEY", sandbox::API_KEY),
            ("STRIPE_WEBHOOK_SECRET", sandbox::WEBHOOK_SECRET),
        ];
        let mut environment: Vec<_> = fixed
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        environment.extend([
            ("DATABASE_URL", database.url().to_owned()),
            ("UDAM_MASTER_KEYS", self.master_keys.clone()),
            ("STRIPE_API_BASE", self.stripe.clone()),
        ]);
        environment
    }

    /// Starts a server with some more settings, and waits until it is ready.
    pub(crate) async fn start_server(
        &self,
        database: &Database,
        more: &[(&'static str, &str)],
    ) -> Result<Server> {
        let mut environment = self.environment(database);
        let more = more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        environment.extend(more);
        Server::spawn(self.programs.udam.command(["serve"], environment)).await
    }
}

/// The last error in a server's log; empty if there is none.
pub(crate) fn last_error(server: &Server) -> String {
    let log = server.stderr();
    let mut lines = log.lines().rev();
    let last = lines.find(|line| line.contains(r#""level":"ERROR""#));
    last.unwrap_or_default().to_owned()
}
