use std::ffi::OsStr;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::binary::{Binary, Finished};
use crate::patience::eventually;
use crate::process::Process;

/// A running `udam serve`.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
}

impl Server {
    /// Starts one with these variables, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends instead; what it said is in the error.
    pub async fn start<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        Self::start_with(["serve"], variables).await
    }

    /// Starts one with these arguments and variables, and waits until it is ready.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn start_with<A: AsRef<OsStr>, N: AsRef<OsStr>, V: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        let mut process = Process::start(Binary::find()?.command(arguments, variables))?;
        let address = eventually("udam to serve", async || {
            if process.has_ended()? {
                anyhow::bail!("udam ended instead of serving: {}", process.said());
            }
            Ok(address_in(&process.stderr()))
        })
        .await?;
        Ok(Self { process, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it has ended before.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.stop(Signal::KILL).await.map(drop)
    }

    /// Ends it as an operator would.
    ///
    /// # Errors
    /// When it does not end, or exits with anything but 0.
    pub async fn stop(self) -> Result<Finished> {
        self.stop_by(Signal::TERM).await
    }

    /// Ends it by another signal.
    ///
    /// # Errors
    /// As for [`Self::stop`].
    pub async fn stop_by(mut self, signal: Signal) -> Result<Finished> {
        let finished = self.process.stop(signal).await?;
        ensure!(
            finished.code == Some(0),
            "udam exited with {:?} on {signal:?}",
            finished.code
        );
        Ok(finished)
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

/// The address in the record that says so.
fn address_in(log: &str) -> Option<SocketAddr> {
    let records = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut serving =
        records.filter(|record| record.get("message").is_some_and(|said| said == "serving"));
    serving.next()?.get("address")?.as_str()?.parse().ok()
}

/// Master keys as `udam keys generate` makes them: one for all servers of the process.
///
/// # Errors
/// When it makes none.
pub async fn master_keys() -> Result<&'static str> {
    static KEYS: OnceCell<String> = OnceCell::const_new();
    let generate = async || {
        let finished = Binary::find()?
            .run(["keys", "generate", "--id", "k1"], [("", ""); 0])
            .await?;
        anyhow::Ok(finished.printed()?.trim().to_owned())
    };
    Ok(KEYS
        .get_or_try_init(generate)
        .await
        .context("generating master keys")?)
}
