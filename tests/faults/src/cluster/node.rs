//! A server and the proxy before it.

use std::time::Instant;

use anyhow::{Context, Result};
use udam_testkit::Server;

use crate::proxy::Proxy;

/// Number of log lines that are printed of a server when a round fails.
const SHOWN_LOG_LINES: usize = 15;

/// A server that is started again after it has ended, at an address that stays the same.
#[derive(Debug)]
pub(crate) struct Node {
    /// `None` while it is not running.
    server: Option<Server>,
    environment: Vec<(String, String)>,
    /// The proxy through which clients reach it.
    pub(crate) proxy: Proxy,
    /// Panics in the logs of its earlier servers.
    panics: Vec<String>,
}

impl Node {
    pub(super) async fn start(environment: Vec<(String, String)>) -> Result<Self> {
        let mut node = Self {
            server: None,
            environment,
            proxy: Proxy::start().await?,
            panics: Vec::new(),
        };
        node.restart().await?;
        Ok(node)
    }

    /// Starts the server again, as a supervisor would.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        let server = Server::start(self.environment.clone()).await?;
        self.proxy.forward_to(server.address());
        self.server = Some(server);
        Ok(())
    }

    /// Kills the server.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("the server is not running")?;
        server.kill().await?;
        self.panics.extend(panics_in(&server.stderr()));
        Ok(())
    }

    /// Asks the server to shut down, waits until it has, and returns the time when it was asked.
    pub(crate) async fn shut_down(&mut self) -> Result<Instant> {
        let server = self.server.take().context("the server is not running")?;
        let asked = Instant::now();
        let output = server.stop().await?;
        self.panics.extend(panics_in(&output.stderr));
        Ok(asked)
    }

    /// Panics in the logs of all its servers.
    pub(crate) fn panics(&self) -> Vec<String> {
        let running = self
            .server
            .iter()
            .flat_map(|server| panics_in(&server.stderr()));
        self.panics.iter().cloned().chain(running).collect()
    }

    /// The last lines of the running server's log.
    pub(crate) fn last_log_lines(&self) -> Vec<String> {
        let log = self.server.as_ref().map(|server| server.stderr());
        let log = log.unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(SHOWN_LOG_LINES).collect();
        lines.into_iter().rev().map(str::to_owned).collect()
    }
}

fn panics_in(log: &str) -> Vec<String> {
    log.lines()
        .filter(|line| line.contains("panicked at"))
        .map(str::to_owned)
        .collect()
}
