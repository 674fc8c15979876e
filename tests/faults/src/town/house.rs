//! A server and the way to it.

use std::time::Instant;

use anyhow::{Context, Result};
use udam_e2e::Server;

use crate::proxy::Proxy;

/// How many complaints are worth reading.
const COMPLAINTS: usize = 15;

/// A server that is started again when it has ended, at an address that stays.
#[derive(Debug)]
pub(crate) struct House {
    server: Option<Server>,
    variables: Vec<(String, String)>,
    /// The way that clients take to it.
    pub(crate) proxy: Proxy,
    /// What servers said of panics that are no more.
    panics: Vec<String>,
}

impl House {
    pub(super) async fn open(variables: Vec<(String, String)>) -> Result<Self> {
        let mut house = Self {
            server: None,
            variables,
            proxy: Proxy::open().await?,
            panics: Vec::new(),
        };
        house.start_again().await?;
        Ok(house)
    }

    /// Starts the server as whatever supervises it would.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        let server = Server::start(self.variables.clone()).await?;
        self.proxy.lead_to(server.address());
        self.server = Some(server);
        Ok(())
    }

    /// Kills the server.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("the server does not run")?;
        server.kill().await?;
        self.panics.extend(panics_in(&server.stderr()));
        Ok(())
    }

    /// Asks the server to end, and waits until it has. Answers with when it was asked.
    pub(crate) async fn terminate(&mut self) -> Result<Instant> {
        let server = self.server.take().context("the server does not run")?;
        let asked = Instant::now();
        let finished = server.stop().await?;
        self.panics.extend(panics_in(&finished.stderr));
        Ok(asked)
    }

    /// What its servers have said of panics.
    pub(crate) fn panics(&self) -> Vec<String> {
        let running = self
            .server
            .iter()
            .flat_map(|server| panics_in(&server.stderr()));
        self.panics.iter().cloned().chain(running).collect()
    }

    /// The last that its server has complained of.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let said = self.server.as_ref().map(|server| server.stderr());
        let said = said.unwrap_or_default();
        let lines: Vec<_> = said.lines().rev().take(COMPLAINTS).collect();
        lines.into_iter().rev().map(str::to_owned).collect()
    }
}

fn panics_in(said: &str) -> Vec<String> {
    said.lines()
        .filter(|line| line.contains("panicked at"))
        .map(str::to_owned)
        .collect()
}
