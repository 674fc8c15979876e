//! The sandbox as a process of its own, for tests that kill and restart everything else.

mod arguments;

use std::io::{Write as _, stdout};

use anyhow::Context as _;
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use udam_stripe_sandbox::Sandbox;

use arguments::Arguments;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Before anybody is told that it is ready, so that no signal is lost.
    let mut terminate = signal(SignalKind::terminate()).context("cannot await SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot await SIGINT")?;
    let sandbox = Sandbox::start(Arguments::parse().into()).await?;
    let address = sandbox.base_url().as_str().trim_end_matches('/');
    writeln!(stdout(), "Ready: {address}").context("cannot tell the address")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    sandbox.stop().await;
    Ok(())
}
