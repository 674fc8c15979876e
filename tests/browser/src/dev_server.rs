use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tokio::sync::OnceCell;
use udam_testkit::{Client, DevServer as DevProcess};

use crate::browser::Browser;
use crate::device::Device;
use crate::temp_dir::TempDir;

/// A running `udam dev`: an empty marketplace with its own database and payment sandbox.
#[derive(Debug)]
pub struct DevServer {
    process: DevProcess,
    base: String,
    sandbox: String,
    // Dropped after the program that writes into it.
    _data: TempDir,
}

impl DevServer {
    /// The server that all tests of the process share. A test must not disturb the others there.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<DevServer> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    /// Starts a server for one test alone.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// As [`start`](Self::start), with more arguments for `udam dev`.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start_with(more: &[&str]) -> Result<Self> {
        let data = TempDir::new()?;
        let arguments: Vec<_> = ["--no-demo"].iter().chain(more).copied().collect();
        let process = DevProcess::start_with(data.path(), &arguments).await?;
        let request = process.client()?.request(Method::GET, "").build()?;
        let base = request.url().as_str().trim_end_matches('/').to_owned();
        let printed = process.stdout();
        let sandbox = sandbox_in(&printed).context("udam dev printed no address of its sandbox")?;
        Ok(Self {
            base,
            sandbox: sandbox.to_owned(),
            process,
            _data: data,
        })
    }

    /// Base URL, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// URL of the payment sandbox.
    #[must_use]
    pub fn sandbox(&self) -> &str {
        &self.sandbox
    }

    /// The process, with its output.
    #[must_use]
    pub fn program(&self) -> &DevProcess {
        &self.process
    }

    /// A client of the JSON API without a session.
    ///
    /// # Errors
    /// If no client can be created.
    pub fn visitor(&self) -> Result<Client> {
        self.process.client()
    }

    /// A client of the JSON API, logged in by its email address alone, which saves hashing a password.
    ///
    /// # Errors
    /// If logging in fails.
    pub async fn log_in(&self, email: &str) -> Result<Client> {
        let visitor = self.visitor()?;
        let answer = visitor
            .post("/v1/auth/login", json!({"email": email}))
            .await?;
        ensure!(
            answer.status == 200,
            "logging in as {email} returned {}: {}",
            answer.status,
            answer.text
        );
        Ok(visitor.with_session(answer.text_at("/session_token")))
    }

    /// Starts a browser for this server.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn browser(&self, device: Device) -> Result<Browser> {
        Browser::start(&self.base, device).await
    }
}

/// The sandbox's URL in the output, which has no machine-readable form.
fn sandbox_in(printed: &str) -> Option<&str> {
    let line = printed
        .lines()
        .find_map(|line| line.trim().strip_prefix("Stripe "))?;
    line.split_whitespace().next()
}
