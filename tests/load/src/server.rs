//! A running `udam serve`, set up as in production with everything on.

use std::net::SocketAddr;

use anyhow::{Result, bail, ensure};
use rustix::process::Signal;
use serde_json::Value;
use udam_e2e::{Process, eventually, sandbox};

use crate::database::Database;
use crate::programs::Programs;

/// One order costs 0.01, and 150.00 where it is to be paid through Checkout.
pub(crate) const SMALL_ORDER_LIMIT: &str = "100.00";
const TAB_LIMIT: &str = "1000000000.00";

pub(crate) struct Server {
    process: Process,
    address: SocketAddr,
}

/// What the servers of one marketplace have in common.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) programs: Programs,
    pub(crate) master_keys: String,
    pub(crate) stripe: String,
}

impl Setup {
    /// `RUST_LOG` is left at its default, as in production. Callers are not limited: all of them
    /// come from one address here.
    fn variables(&self, database: &Database) -> Vec<(&'static str, String)> {
        let fixed = [
            ("UDAM_LISTEN", "127.0.0.1:0"),
            ("UDAM_RATE_LIMIT", "off"),
            ("UDAM_SMALL_ORDER_LIMIT", SMALL_ORDER_LIMIT),
            ("UDAM_TAB_LIMIT", TAB_LIMIT),
            ("UDAM_PUBLIC_URL", "http://market.example.com"),
            ("STRIPE_SECRET_KEY", sandbox::API_KEY),
            ("STRIPE_WEBHOOK_SECRET", sandbox::WEBHOOK_SECRET),
        ];
        let mut variables: Vec<_> = fixed
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        variables.extend([
            ("DATABASE_URL", database.url().to_owned()),
            ("UDAM_MASTER_KEYS", self.master_keys.clone()),
            ("STRIPE_API_BASE", self.stripe.clone()),
        ]);
        variables
    }

    /// Starts a server with these settings besides, and waits until it serves.
    pub(crate) async fn serve(
        &self,
        database: &Database,
        besides: &[(&'static str, &str)],
    ) -> Result<Server> {
        let mut variables = self.variables(database);
        let besides = besides
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        variables.extend(besides);
        let mut process = Process::start(self.programs.command("udam", &["serve"], variables))?;
        let address = eventually("udam to serve", async || {
            if process.has_ended()? {
                bail!("udam ended instead of serving: {}", process.said());
            }
            Ok(address_in(&process.stderr()))
        })
        .await?;
        Ok(Server { process, address })
    }
}

impl Server {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// The last of what it complained of in its log, or nothing.
    pub(crate) fn last_complaint(&self) -> String {
        let log = self.process.stderr();
        let mut complaints = log.lines().rev();
        let last = complaints.find(|line| line.contains(r#""level":"ERROR""#));
        last.unwrap_or_default().to_owned()
    }

    /// Ends it as an operator would.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let finished = self.process.stop(Signal::TERM).await?;
        ensure!(
            finished.code == Some(0),
            "udam exited with {:?}: {}",
            finished.code,
            finished.stderr
        );
        Ok(())
    }
}

/// The address in the record that says so.
fn address_in(log: &str) -> Option<SocketAddr> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|record| record.get("message").is_some_and(|said| said == "serving"))?
        .get("address")?
        .as_str()?
        .parse()
        .ok()
}
