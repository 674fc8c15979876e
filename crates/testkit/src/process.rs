use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use crate::binary::CommandOutput;
use crate::processes::descendant_processes;
use crate::wait::wait_for;

/// A running program. It is killed when this is dropped, or when the test's process ends without
/// dropping it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    guard: Child,
    output: TempDir,
}

/// Statics are never dropped, and a killed test drops nothing; but the guard's standard input closes
/// then, and the guard kills the program and removes its output.
const GUARD: &str = r#"read -r _; kill -s KILL "$0" 2>/dev/null; rm -rf -- "$1""#;

impl Process {
    /// Starts a program, with its output in files.
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
            .with_context(|| format!("starting the guard of {name}"))?;
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

    /// Standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.read("stdout")
    }

    /// Standard error so far, which holds the log.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.read("stderr")
    }

    /// Standard output and standard error so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.stdout() + &self.stderr()
    }

    fn read(&self, stream: &str) -> String {
        let path: PathBuf = self.output.path().join(stream);
        String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
    }

    /// The ids of all processes that it has started, directly or through others.
    pub fn descendants(&self) -> Result<Vec<u32>> {
        descendant_processes(self.id())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.child), signal)
            .with_context(|| format!("signalling {}", self.name))
    }

    /// Sends a signal to its process group, as a terminal does.
    pub fn signal_group(&self, signal: Signal) -> Result<()> {
        kill_process_group(Pid::from_child(&self.child), signal)
            .with_context(|| format!("signalling {}", self.name))
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits until it has ended.
    pub async fn wait(&mut self) -> Result<CommandOutput> {
        let what = format!("the end of {}", self.name);
        let status = wait_for(&what, async || Ok(self.child.try_wait()?)).await?;
        // From here on its id may be that of another process.
        let _ = self.guard.kill();
        Ok(CommandOutput {
            code: status.code(),
            stdout: self.stdout(),
            stderr: self.stderr(),
        })
    }

    /// Sends it a signal and waits until it has ended.
    pub async fn stop(&mut self, signal: Signal) -> Result<CommandOutput> {
        self.signal(signal)?;
        self.wait().await
    }
}

/// Number of log lines that the report of a failed test shows.
const SHOWN_LOG_LINES: usize = 20;

impl Process {
    #[expect(
        clippy::print_stderr,
        reason = "it belongs to the report of a failed test"
    )]
    fn print_warnings(&self) {
        let log = self.stderr();
        let warnings = log
            .lines()
            .filter(|line| line.contains("WARN") || line.contains("ERROR"));
        for line in warnings.take(SHOWN_LOG_LINES) {
            eprintln!("{} {}: {line}", self.name, self.id());
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself. The guard is killed after the program and reaped before it, so that
        // it never signals an id that has been given to another process.
        let _ = self.child.kill();
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.wait();
        if thread::panicking() {
            self.print_warnings();
        }
    }
}
