use std::ffi::OsStr;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;

use crate::binary::{Binary, CommandOutput};
use crate::client::Client;
use crate::market::TRUST;
use crate::process::Process;
use crate::response::ErrorResponses;
use crate::wait::wait_for;

/// A running `udam dev`.
#[derive(Debug)]
pub struct DevServer {
    process: Process,
    address: SocketAddr,
}

impl DevServer {
    /// Starts one with its data in a directory, and waits until it is ready. Fails with its output if it
    /// ends instead.
    pub async fn start(directory: &Path) -> Result<Self> {
        Self::start_with(directory, &[]).await
    }

    /// Starts one with more arguments.
    pub async fn start_with(directory: &Path, more: &[&str]) -> Result<Self> {
        let arguments = ["dev", "--listen", "127.0.0.1:0", "--data-dir"].map(OsStr::new);
        let arguments = arguments.into_iter().chain([directory.as_os_str()]);
        let arguments = arguments.chain(more.iter().map(OsStr::new));
        let variables = TRUST.into_iter().chain([("RUST_LOG", "trace")]);
        let command = Binary::udam()?.command(arguments, variables);
        let mut process = Process::start(command)?;
        let address = wait_for("udam dev to be ready", async || {
            if process.has_ended()? {
                bail!("udam dev ended instead of serving: {}", process.output());
            }
            Ok(address_in(&process.stdout()))
        })
        .await?;
        Ok(Self { process, address })
    }

    /// A client that is not signed in.
    pub fn client(&self) -> Result<Client> {
        Client::new(self.address, ErrorResponses::default())
    }

    /// The shell commands that it has printed for people to try, in order.
    #[must_use]
    pub fn printed_commands(&self) -> Vec<String> {
        let printed = self.process.stdout();
        let paragraphs = printed.split("\n\n");
        paragraphs
            .filter(|lines| lines.starts_with("    "))
            .map(str::to_owned)
            .collect()
    }

    /// Sends SIGINT to its process group, as a terminal does, and waits until it has ended. Fails unless
    /// the exit code is 0.
    pub async fn interrupt(mut self) -> Result<CommandOutput> {
        self.process.signal_group(Signal::INT)?;
        let output = self.process.wait().await?;
        ensure!(
            output.code == Some(0),
            "udam exited with {:?} on SIGINT: {}",
            output.code,
            output.stderr
        );
        Ok(output)
    }
}

impl Deref for DevServer {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for DevServer {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The address in the line that is printed for programs.
fn address_in(printed: &str) -> Option<SocketAddr> {
    // A line without its end may be half of one.
    let whole = printed.get(..printed.rfind('\n')?)?;
    whole
        .lines()
        .find_map(|line| line.strip_prefix("Ready: http://"))?
        .parse()
        .ok()
}

/// Runs a command in a shell, as if it had been pasted there, and returns its standard output.
pub async fn run_in_shell(command: &str) -> Result<String> {
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
