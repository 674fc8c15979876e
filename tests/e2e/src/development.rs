use std::ffi::OsStr;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;

use crate::answer::Problems;
use crate::binary::{Binary, Finished};
use crate::client::Client;
use crate::patience::eventually;
use crate::process::Process;

/// A running `udam dev`.
#[derive(Debug)]
pub struct Development {
    process: Process,
    address: SocketAddr,
}

impl Development {
    /// Starts one that keeps its data in this directory, and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it ends instead; what it said is in the error.
    pub async fn start(directory: &Path) -> Result<Self> {
        Self::start_with(directory, &[]).await
    }

    /// The same with more arguments.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn start_with(directory: &Path, more: &[&str]) -> Result<Self> {
        let arguments = ["dev", "--listen", "127.0.0.1:0", "--data-dir"].map(OsStr::new);
        let arguments = arguments.into_iter().chain([directory.as_os_str()]);
        let arguments = arguments.chain(more.iter().map(OsStr::new));
        let command = Binary::find()?.command(arguments, [("RUST_LOG", "trace")]);
        let mut process = Process::start(command)?;
        let address = eventually("udam dev to be ready", async || {
            if process.has_ended()? {
                bail!("udam dev ended instead of serving: {}", process.said());
            }
            Ok(address_in(&process.stdout()))
        })
        .await?;
        Ok(Self { process, address })
    }

    /// A visitor.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn visitor(&self) -> Result<Client> {
        Client::of(self.address, Problems::default())
    }

    /// The commands that it has printed for people to try, in order.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let printed = self.process.stdout();
        let paragraphs = printed.split("\n\n");
        paragraphs
            .filter(|lines| lines.starts_with("    "))
            .map(str::to_owned)
            .collect()
    }

    /// Ends it as a person at a terminal would.
    ///
    /// # Errors
    /// When it does not end, or exits with anything but 0.
    pub async fn interrupt(mut self) -> Result<Finished> {
        self.process.signal_group(Signal::INT)?;
        let finished = self.process.wait().await?;
        ensure!(
            finished.code == Some(0),
            "udam exited with {:?} on SIGINT: {}",
            finished.code,
            finished.stderr
        );
        Ok(finished)
    }
}

impl Deref for Development {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Development {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The address in the line for programs that wait for it.
fn address_in(printed: &str) -> Option<SocketAddr> {
    // A line without its end may be half of one.
    let whole = printed.get(..printed.rfind('\n')?)?;
    whole
        .lines()
        .find_map(|line| line.strip_prefix("Ready: http://"))?
        .parse()
        .ok()
}

/// Runs a command as a person would who pasted it into a shell, and answers with what it prints.
///
/// # Errors
/// When it fails.
pub async fn paste(command: &str) -> Result<String> {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || shell.output())
        .await?
        .context("running sh")?;
    ensure!(
        output.status.success(),
        "{command}\nfailed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
