//! The stand-in for Stripe, as a process of its own.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, header};
use udam_e2e::{Process, eventually, sandbox};

use crate::generator::Connection;
use crate::programs::Programs;

pub(crate) struct Sandbox {
    _process: Process,
    base: String,
    address: SocketAddr,
}

impl Sandbox {
    pub(crate) async fn start(programs: &Programs) -> Result<Self> {
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--api-key",
            sandbox::API_KEY,
            "--webhook-secret",
            sandbox::WEBHOOK_SECRET,
        ];
        let nothing = [("", ""); 0];
        let mut process =
            Process::start(programs.command("udam-stripe-sandbox", &arguments, nothing))?;
        let base = eventually("the sandbox to be ready", async || {
            if process.has_ended()? {
                bail!("the sandbox ended instead: {}", process.said());
            }
            let printed = process.stdout();
            let line = printed
                .lines()
                .find_map(|line| line.strip_prefix("Ready: "));
            Ok(line.map(str::to_owned))
        })
        .await?;
        let address = base.strip_prefix("http://").unwrap_or(&base);
        let address = address.parse().context("the sandbox has no address")?;
        Ok(Self {
            _process: process,
            base,
            address,
        })
    }

    /// Where it is, as `STRIPE_API_BASE` takes it.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has it send webhooks to the server at this address from now on.
    pub(crate) async fn send_webhooks_to(&self, server: SocketAddr) -> Result<()> {
        let body = format!(r#"{{"url": "http://{server}/v1/webhooks/stripe"}}"#);
        let request = Request::post("/_sandbox/webhooks/url")
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let answer = Connection::open(self.address).await?.ask(request).await?;
        ensure!(
            answer.status == 200,
            "the sandbox answered {}",
            answer.status
        );
        Ok(())
    }
}
