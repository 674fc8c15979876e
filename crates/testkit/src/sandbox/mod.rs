//! A stand-in for Stripe, as a process of its own: it outlives the servers that a test kills.

mod control;
mod reversals;
mod state;

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};

use anyhow::{Context, Result, bail};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::binary::Binary;
use crate::process::Process;
use crate::response::Response;
use crate::wait::{DEFAULT_TIMEOUT, wait_for};

pub use state::SandboxState;

/// Secret key of its API.
pub const API_KEY: &str = "sk_test_sandbox";

/// Secret that it signs webhooks with.
pub const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// A running `udam-stripe-sandbox`.
#[derive(Debug)]
pub struct Sandbox {
    process: Process,
    base: String,
    http: reqwest::Client,
}

impl Sandbox {
    /// Starts one at a free port, and waits until it is ready. It sends no webhooks until
    /// [`send_webhooks_to`](Self::send_webhooks_to).
    pub async fn start() -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts one that listens at this address.
    pub async fn start_at(address: SocketAddr) -> Result<Self> {
        Self::spawn(&Binary::sandbox()?, address).await
    }

    /// Starts one from this binary.
    pub async fn spawn(binary: &Binary, address: SocketAddr) -> Result<Self> {
        let address = address.to_string();
        let arguments = [
            "--listen",
            &address,
            "--api-key",
            API_KEY,
            "--webhook-secret",
            WEBHOOK_SECRET,
        ];
        let mut process = Process::start(binary.command(arguments, [("", ""); 0]))?;
        let base = wait_for("the sandbox to be ready", async || {
            if process.has_ended()? {
                bail!("the sandbox ended instead: {}", process.output());
            }
            Ok(base_in(&process.stdout()))
        })
        .await?;
        let http = reqwest::Client::builder()
            .timeout(DEFAULT_TIMEOUT)
            .no_proxy()
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            process,
            base,
            http,
        })
    }

    /// Its base URL, a value for `STRIPE_API_BASE`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address it listens at.
    pub fn address(&self) -> Result<SocketAddr> {
        let address = self.base.strip_prefix("http://").unwrap_or(&self.base);
        address.parse().context("the sandbox has no address")
    }

    /// Presses a button of a hosted page: `pay`, `decline` or `expire`. The response redirects (303), or
    /// says why it could not be done.
    pub async fn press(&self, page: &str, action: &str) -> Result<Response> {
        let form = format!("action={action}");
        let request = self
            .http
            .post(page)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        send(request).await
    }

    /// `GET` of its API, with [`API_KEY`]; fails unless the status is 200.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(API_KEY);
        let response = send(request).await?;
        if response.status != 200 {
            bail!("{path}: {} {}", response.status, response.text);
        }
        Ok(response.json().clone())
    }

    /// Its events of this type, the newest first.
    pub async fn events(&self, kind: &str) -> Result<Vec<Value>> {
        let list = self
            .get(&format!("/v1/events?type={kind}&limit=100"))
            .await?;
        let events = list.get("data").and_then(Value::as_array);
        Ok(events.cloned().unwrap_or_default())
    }
}

/// The id of the session that a hosted page belongs to.
#[must_use]
pub fn session_id_of(page: &str) -> &str {
    page.rsplit('/').next().unwrap_or_default()
}

async fn send(request: reqwest::RequestBuilder) -> Result<Response> {
    let response = request.send().await.context("calling the sandbox")?;
    Ok(Response::read(response).await?)
}

/// The base URL in the line that is printed for programs.
fn base_in(printed: &str) -> Option<String> {
    // A line without its end may be half of one.
    let whole = printed.get(..printed.rfind('\n')?)?;
    let base = whole
        .lines()
        .find_map(|line| line.strip_prefix("Ready: "))?;
    Some(base.to_owned())
}

impl Deref for Sandbox {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Sandbox {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}
