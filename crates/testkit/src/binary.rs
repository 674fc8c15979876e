use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};

use crate::environment;

/// Path of `udam` or `udam-stripe-sandbox`, which is built unless an environment variable names one.
#[derive(Debug, Clone)]
pub struct Binary(PathBuf);

/// Result of the first search, kept for the whole process.
type Search = OnceLock<Result<PathBuf, String>>;

const SANDBOX: &str = "udam-stripe-sandbox";

/// Output and exit code of a program that has ended.
#[derive(Debug, Clone)]
pub struct CommandOutput {
    /// Exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Everything it wrote to standard output.
    pub stdout: String,
    /// Everything it wrote to standard error.
    pub stderr: String,
}

impl Binary {
    /// `udam`: the one that `UDAM_BINARY` names, or else one built with the profile of this process, once
    /// per process.
    pub fn udam() -> Result<Self> {
        static SEARCH: Search = Search::new();
        Self::named_or_built(&SEARCH, "UDAM_BINARY", "udam-server", "udam")
    }

    /// `udam-stripe-sandbox`, found in the same way; `UDAM_STRIPE_SANDBOX_BINARY` may name it.
    pub fn sandbox() -> Result<Self> {
        static SEARCH: Search = Search::new();
        Self::named_or_built(&SEARCH, "UDAM_STRIPE_SANDBOX_BINARY", SANDBOX, SANDBOX)
    }

    /// The binary at a path, which must exist.
    pub fn at(path: PathBuf) -> Result<Self> {
        ensure!(path.exists(), "{} does not exist", path.display());
        Ok(Self(path))
    }

    fn named_or_built(search: &Search, variable: &str, package: &str, name: &str) -> Result<Self> {
        search
            .get_or_init(|| match environment::variable(variable) {
                Some(path) => Ok(path.into()),
                None => build(package, name).map_err(|error| format!("{error:#}")),
            })
            .clone()
            .map(Self)
            .map_err(|message| anyhow!(message))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A command that runs it with these `variables` and, of the environment, nothing but the paths it
    /// needs.
    pub fn command<A, N, V>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Command
    where
        A: AsRef<OsStr>,
        N: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        let mut command = Command::new(&self.0);
        command
            .args(arguments)
            .env_clear()
            .envs(environment::inherited())
            .envs(variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs it until it ends.
    pub async fn run<A, N, V>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<CommandOutput>
    where
        A: AsRef<OsStr>,
        N: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        let mut command = self.command(arguments, variables);
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        let output = output.with_context(|| format!("running {}", self.0.display()))?;
        Ok(output.into())
    }
}

impl CommandOutput {
    /// Standard output; fails unless the exit code is 0.
    pub fn success(&self) -> Result<&str> {
        ensure!(
            self.code == Some(0),
            "exited with {:?}: {}{}",
            self.code,
            self.stdout,
            self.stderr
        );
        Ok(&self.stdout)
    }
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Builds a binary in the target directory and with the profile of this process, which lies in
/// `<target>/<profile>`, or in `deps` below it if it is a test.
fn build(package: &str, name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("finding the running program")?;
    let profile = own
        .ancestors()
        .skip(1)
        .find(|directory| !directory.ends_with("deps"))
        .context("the running program lies in no target directory")?;
    let target = profile
        .parent()
        .context("the running program lies in no target directory")?;
    let build = escargot::CargoBuild::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .target_dir(target)
        .package(package)
        .bin(name);
    let build = match profile.file_name().and_then(OsStr::to_str) {
        None | Some("debug") => build,
        Some("release") => build.release(),
        Some(name) => build.args(["--profile", name]),
    };
    let program = build.run().with_context(|| format!("building {name}"))?;
    Ok(program.path().to_owned())
}
