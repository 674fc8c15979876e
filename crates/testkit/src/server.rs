use std::ffi::OsStr;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::binary::{Binary, CommandOutput};
use crate::process::Process;
use crate::wait::wait_for;

/// A running `udam serve`.
#[derive(Debug)]
pub struct Server {
    process: Process,
    addresses: Addresses,
}

#[derive(Debug, Clone, Copy)]
struct Addresses {
    clients: SocketAddr,
    operators: SocketAddr,
}

impl Server {
    /// Starts `udam serve` with these environment variables and waits until it is ready. Fails with its
    /// output if it ends instead.
    pub async fn start<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        Self::spawn(Binary::udam()?.command(["serve"], variables)).await
    }

    /// Starts a command that serves, and waits as [`start`](Self::start) does.
    pub async fn spawn(command: Command) -> Result<Self> {
        let mut process = Process::start(command)?;
        let addresses = wait_for("udam to be ready", async || {
            if process.has_ended()? {
                bail!("udam ended instead of serving: {}", process.output());
            }
            Ok(addresses_in(&process.stderr()))
        })
        .await?;
        Ok(Self { process, addresses })
    }

    /// The address it listens at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.addresses.clients
    }

    /// The address of `/metrics` and `/readyz`.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.addresses.operators
    }

    /// Kills it, and waits until it has ended.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.stop(Signal::KILL).await.map(drop)
    }

    /// Stops it with SIGTERM, and waits until it has ended. Fails unless the exit code is 0.
    pub async fn stop(self) -> Result<CommandOutput> {
        self.stop_with(Signal::TERM).await
    }

    /// Stops it with another signal.
    pub async fn stop_with(mut self, signal: Signal) -> Result<CommandOutput> {
        let output = self.process.stop(signal).await?;
        ensure!(
            output.code == Some(0),
            "udam exited with {:?} on {signal:?}",
            output.code
        );
        Ok(output)
    }
}

impl Deref for Server {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The addresses in the log record of a server that is ready.
fn addresses_in(log: &str) -> Option<Addresses> {
    let records = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut serving =
        records.filter(|record| record.get("message").is_some_and(|text| text == "serving"));
    let record = serving.next()?;
    let address = |name| record.get(name)?.as_str()?.parse().ok();
    Some(Addresses {
        clients: address("address")?,
        operators: address("admin_address")?,
    })
}

/// The master keys of all servers of this process, made once by `udam keys generate`.
pub async fn master_keys() -> Result<&'static str> {
    static KEYS: OnceCell<String> = OnceCell::const_new();
    let generate = async || {
        let output = Binary::udam()?
            .run(["keys", "generate", "--id", "k1"], [("", ""); 0])
            .await?;
        anyhow::Ok(output.success()?.trim().to_owned())
    };
    Ok(KEYS
        .get_or_try_init(generate)
        .await
        .context("generating master keys")?)
}
