//! The programs that are measured: those built beside this one, in the same profile.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tokio::task::spawn_blocking;

#[derive(Debug, Clone)]
pub(crate) struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Those in a directory, or in the one that this program is in.
    pub(crate) fn find(directory: Option<&Path>) -> Result<Self> {
        let directory = if let Some(directory) = directory {
            directory.to_owned()
        } else {
            let own = std::env::current_exe().context("finding this program")?;
            own.parent()
                .context("this program is in no directory")?
                .to_owned()
        };
        let programs = Self { directory };
        for (name, package) in [
            ("udam", "udam-server"),
            ("udam-stripe-sandbox", "udam-stripe-sandbox"),
        ] {
            let path = programs.path(name);
            if !path.exists() {
                bail!(
                    "{} is missing; `cargo build --release -p {package}` builds it",
                    path.display()
                );
            }
        }
        Ok(programs)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// A command that runs one of them and sees nothing of the environment but `variables`.
    pub(crate) fn command<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: &[&str],
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Command {
        let mut command = Command::new(self.path(name));
        command
            .args(arguments)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs `udam` to its end; what it printed.
    pub(crate) async fn udam(
        &self,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Result<String> {
        let variables = variables.iter().map(|(name, value)| (*name, value));
        let mut command = self.command("udam", arguments, variables);
        let output = spawn_blocking(move || command.output()).await??;
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        ensure!(
            output.status.success(),
            "udam {} failed: {stdout}{stderr}",
            arguments.join(" ")
        );
        Ok(stdout.trim().to_owned())
    }
}
