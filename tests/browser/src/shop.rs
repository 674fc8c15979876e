use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tokio::sync::OnceCell;
use udam_e2e::{Client, Development};

use crate::browser::Browser;
use crate::device::Device;
use crate::scratch::Scratch;

/// The whole marketplace, empty, with a database and a stand-in for Stripe of its own: `udam dev`.
#[derive(Debug)]
pub struct Shop {
    development: Development,
    base: String,
    sandbox: String,
    // It goes after the program that writes into it.
    _data: Scratch,
}

impl Shop {
    /// One that all tests of the process share. What a test does there must not disturb the others.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Shop> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::open).await
    }

    /// One of the test's own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open() -> Result<Self> {
        Self::open_with(&[]).await
    }

    /// The same with more arguments to `udam dev`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open_with(more: &[&str]) -> Result<Self> {
        let data = Scratch::new()?;
        let arguments: Vec<_> = ["--no-demo"].iter().chain(more).copied().collect();
        let development = Development::start_with(data.path(), &arguments).await?;
        let request = development.visitor()?.request(Method::GET, "").build()?;
        let base = request.url().as_str().trim_end_matches('/').to_owned();
        let printed = development.stdout();
        let sandbox = sandbox_in(&printed).context("udam dev has named no sandbox")?;
        Ok(Self {
            base,
            sandbox: sandbox.to_owned(),
            development,
            _data: data,
        })
    }

    /// Where it is, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where the pages of its stand-in for Stripe are.
    #[must_use]
    pub fn sandbox(&self) -> &str {
        &self.sandbox
    }

    /// The program, and what it has said.
    #[must_use]
    pub fn program(&self) -> &Development {
        &self.development
    }

    /// Somebody who calls the JSON API, not signed in.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn visitor(&self) -> Result<Client> {
        self.development.visitor()
    }

    /// Somebody who calls the JSON API, signed in with this email address. No password is asked for here, and
    /// none is hashed, which would take longer than a page.
    ///
    /// # Errors
    /// When signing in fails.
    pub async fn join(&self, email: &str) -> Result<Client> {
        let visitor = self.visitor()?;
        let answer = visitor
            .post("/v1/auth/login", json!({"email": email}))
            .await?;
        ensure!(
            answer.status == 200,
            "signing in as {email} was answered {}: {}",
            answer.status,
            answer.text
        );
        Ok(visitor.with_session(answer.text_at("/session_token")))
    }

    /// A browser at its door.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, device: Device) -> Result<Browser> {
        Browser::start(&self.base, device).await
    }
}

/// The URL in the line for people, there being none for programs.
fn sandbox_in(printed: &str) -> Option<&str> {
    let line = printed
        .lines()
        .find_map(|line| line.trim().strip_prefix("Stripe "))?;
    line.split_whitespace().next()
}
