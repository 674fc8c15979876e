//! A stand-in for Stripe, as a process of its own: it outlives the servers that a test kills.

mod control;
mod state;

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};

use anyhow::{Context, Result, bail};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::answer::Answer;
use crate::binary::Binary;
use crate::patience::{LONGEST, eventually};
use crate::process::Process;

pub use state::SandboxState;

/// The secret key that its API is called with.
pub const API_KEY: &str = "sk_test_sandbox";

/// What it signs webhooks with.
pub const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// A running `udam-stripe-sandbox`.
#[derive(Debug)]
pub struct Sandbox {
    process: Process,
    base: String,
    http: reqwest::Client,
}

impl Sandbox {
    /// Starts one that sends its webhooks nowhere yet, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends instead.
    pub async fn start() -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts one that listens at this address.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn start_at(address: SocketAddr) -> Result<Self> {
        let address = address.to_string();
        let arguments = [
            "--listen",
            &address,
            "--api-key",
            API_KEY,
            "--webhook-secret",
            WEBHOOK_SECRET,
        ];
        let nothing = [("", ""); 0];
        let mut process = Process::start(Binary::sandbox()?.command(arguments, nothing))?;
        let base = eventually("the sandbox to be ready", async || {
            if process.has_ended()? {
                bail!("the sandbox ended instead: {}", process.said());
            }
            Ok(base_in(&process.stdout()))
        })
        .await?;
        let http = reqwest::Client::builder()
            .timeout(LONGEST)
            .no_proxy()
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            process,
            base,
            http,
        })
    }

    /// Where it is, as `STRIPE_API_BASE` takes it.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When it has said something else.
    pub fn address(&self) -> Result<SocketAddr> {
        let address = self.base.strip_prefix("http://").unwrap_or(&self.base);
        address.parse().context("the sandbox has no address")
    }

    /// Presses a button of a hosted page: `pay`, `decline` or `expire`. The answer leads on (303), or
    /// says why not.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn press(&self, page: &str, action: &str) -> Result<Answer> {
        let form = format!("action={action}");
        let request = self
            .http
            .post(page)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        answer_to(request).await
    }

    /// Asks its API, as the application that it is for.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn ask(&self, path: &str) -> Result<Value> {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(API_KEY);
        let answer = answer_to(request).await?;
        if answer.status != 200 {
            bail!("{path} was answered {}: {}", answer.status, answer.text);
        }
        Ok(answer.json().clone())
    }

    /// Its events of this type, the newest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn events(&self, kind: &str) -> Result<Vec<Value>> {
        let list = self
            .ask(&format!("/v1/events?type={kind}&limit=100"))
            .await?;
        let events = list.get("data").and_then(Value::as_array);
        Ok(events.cloned().unwrap_or_default())
    }
}

/// The session that a page is of.
#[must_use]
pub fn session_of(page: &str) -> &str {
    page.rsplit('/').next().unwrap_or_default()
}

async fn answer_to(request: reqwest::RequestBuilder) -> Result<Answer> {
    let response = request.send().await.context("calling the sandbox")?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer::new(status, headers, response.text().await?))
}

/// The address in the line for programs that wait for it.
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
