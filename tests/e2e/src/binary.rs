use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};

use crate::surroundings;

/// A program: the one that a variable names, or else one built the way this test was built.
#[derive(Debug, Clone)]
pub struct Binary(PathBuf);

/// Where a program is, once somebody has asked.
type Found = OnceLock<Result<PathBuf, String>>;

/// A run of the program that has come to its end.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What it exited with; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Binary {
    /// Finds `udam`; builds it first, once per process, unless `UDAM_BINARY` names it.
    ///
    /// # Errors
    /// When it does not build.
    pub fn find() -> Result<Self> {
        static FOUND: Found = Found::new();
        Self::found(&FOUND, "UDAM_BINARY", "udam-server", "udam")
    }

    /// Finds the stand-in for Stripe in the same way; `UDAM_STRIPE_SANDBOX_BINARY` may name it.
    ///
    /// # Errors
    /// When it does not build.
    pub fn sandbox() -> Result<Self> {
        static FOUND: Found = Found::new();
        let name = "udam-stripe-sandbox";
        Self::found(&FOUND, "UDAM_STRIPE_SANDBOX_BINARY", name, name)
    }

    fn found(found: &Found, variable: &str, package: &str, name: &str) -> Result<Self> {
        found
            .get_or_init(|| match surroundings::variable(variable) {
                Some(path) => Ok(path.into()),
                None => build(package, name).map_err(|error| format!("{error:#}")),
            })
            .clone()
            .map(Self)
            .map_err(|message| anyhow!(message))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A command that runs it and sees nothing of the environment but `variables`.
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
            .envs(surroundings::inherited())
            .envs(variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run<A, N, V>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Finished>
    where
        A: AsRef<OsStr>,
        N: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        let mut command = self.command(arguments, variables);
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        Ok(output.context("running udam")?.into())
    }
}

impl Finished {
    /// What it printed, if it ended well.
    ///
    /// # Errors
    /// When it exited with anything but 0.
    pub fn printed(&self) -> Result<&str> {
        ensure!(
            self.code == Some(0),
            "udam exited with {:?}: {}",
            self.code,
            self.stderr
        );
        Ok(&self.stdout)
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Who asks lies in `<target>/<profile>`, and a test in `deps` in there, which tells both how and where to
/// build.
fn build(package: &str, name: &str) -> Result<PathBuf> {
    let asking = std::env::current_exe().context("finding the program that asks")?;
    let profile = asking
        .ancestors()
        .skip(1)
        .find(|directory| !directory.ends_with("deps"))
        .context("the program that asks lies in no target directory")?;
    let target = profile
        .parent()
        .context("the program that asks lies in no target directory")?;
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
