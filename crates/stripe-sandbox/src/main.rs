//! The sandbox as a process of its own, for tests that kill and restart the application.

mod arguments;

use std::io::{Write as _, stdout};

use anyhow::Context as _;
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use udam_stripe_sandbox::Sandbox;

use arguments::Arguments;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Before readiness is announced, so that no signal is lost.
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let sandbox = Sandbox::start(Arguments::parse().into()).await?;
    let address = sandbox.base_url().as_str().trim_end_matches('/');
    writeln!(stdout(), "Ready: {address}").context("cannot print the address")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    sandbox.stop().await;
    Ok(())
}
