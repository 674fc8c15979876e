use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use crate::binary::Finished;
use crate::patience::eventually;

/// A running program that ends when this is dropped, or when the test's process ends without
/// dropping it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    guard: Child,
    output: TempDir,
}

/// Nothing drops a static, and nobody drops anything in a killed test: but a pipe that nobody holds
/// closes. Then the program ends, and its output goes.
const GUARD: &str = r#"read -r _; kill -s KILL "$0" 2>/dev/null; rm -rf -- "$1""#;

impl Process {
    /// Starts the program; what it prints goes to files.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(mut command: Command) -> Result<Self> {
        let output = tempfile::tempdir()?;
        let name = Path::new(command.get_program()).file_name();
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .stdout(File::create(output.path().join("stdout"))?)
            .stderr(File::create(output.path().join("stderr"))?)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, &child.id().to_string()])
            .arg(output.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting a guard over {name}"))?;
        Ok(Self {
            name,
            child,
            guard,
            output,
        })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.read("stdout")
    }

    /// What it has complained of so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.read("stderr")
    }

    /// All it has said so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.stdout() + &self.stderr()
    }

    fn read(&self, stream: &str) -> String {
        let path: PathBuf = self.output.path().join(stream);
        String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
    }

    /// The ids of all processes that it has started, and those that they have.
    ///
    /// # Errors
    /// When `ps` cannot be run.
    pub fn descendants(&self) -> Result<Vec<u32>> {
        let all = running()?;
        let mut found = vec![self.id()];
        let mut at = 0;
        while let Some(&parent) = found.get(at) {
            found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(id, _)| id));
            at += 1;
        }
        found.remove(0);
        Ok(found)
    }

    /// The ids of all processes of this machine.
    ///
    /// # Errors
    /// When `ps` cannot be run.
    pub fn all_running() -> Result<Vec<u32>> {
        Ok(running()?.into_iter().map(|(id, _)| id).collect())
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.child), signal)
            .with_context(|| format!("signalling {}", self.name))
    }

    /// Sends a signal to it and all that it has started, as a terminal does.
    ///
    /// # Errors
    /// When it has ended.
    pub fn signal_group(&self, signal: Signal) -> Result<()> {
        kill_process_group(Pid::from_child(&self.child), signal)
            .with_context(|| format!("signalling {}", self.name))
    }

    /// Whether it has ended.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn wait(&mut self) -> Result<Finished> {
        let what = format!("{} to end", self.name);
        let status = eventually(&what, async || Ok(self.child.try_wait()?)).await?;
        // From here on its id may be another's.
        let _ = self.guard.kill();
        Ok(Finished {
            code: status.code(),
            stdout: self.stdout(),
            stderr: self.stderr(),
        })
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self, signal: Signal) -> Result<Finished> {
        self.signal(signal)?;
        self.wait().await
    }
}

/// How many complaints are worth reading.
const COMPLAINTS: usize = 20;

impl Process {
    /// Shows whoever reads of the failed test what the program had to say about it.
    #[expect(
        clippy::print_stderr,
        reason = "it belongs to the report of a failed test"
    )]
    fn show_complaints(&self) {
        let log = self.stderr();
        let complaints = log
            .lines()
            .filter(|line| line.contains("WARN") || line.contains("ERROR"));
        for line in complaints.take(COMPLAINTS) {
            eprintln!("{} {}: {line}", self.name, self.id());
        }
    }
}

/// All processes, each with the one that started it.
fn running() -> Result<Vec<(u32, u32)>> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid="])
        .output()
        .context("running ps")?;
    let lines = String::from_utf8(output.stdout)?;
    let pair = |line: &str| {
        let mut ids = line.split_whitespace().map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    Ok(lines.lines().filter_map(pair).collect())
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good. The guard goes after the program and
        // before its id is free for others.
        let _ = self.child.kill();
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.wait();
        if thread::panicking() {
            self.show_complaints();
        }
    }
}
