//! Processes that an earlier owner left running.
//!
//! After an owner was killed, its supervisor shuts the server down, which may still be going on when
//! the next owner starts. If the supervisor was killed as well, the server keeps running, and is shut
//! down here.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::ClusterError;
use crate::setup::Setup;

const LIST_SCRIPT: &str = include_str!("orphans.sh");

/// Time for the supervisor of a killed owner to shut its server down.
const SUPERVISOR_TIMEOUT: Duration = Duration::from_secs(3);

/// Time for the last processes to end after the server itself has, or for an `initdb` to finish.
const EXIT_TIMEOUT: Duration = Duration::from_secs(10);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Waits for processes that use the cluster's files, shuts down those that remain, and removes a
/// stale process id file.
///
/// The caller holds the lock on the directory, so that no other owner starts meanwhile.
pub(crate) fn stop(setup: &Setup) -> Result<(), ClusterError> {
    let mut remaining = wait(setup, SUPERVISOR_TIMEOUT)?;
    for (mode, seconds) in [("fast", "20"), ("immediate", "5")] {
        if remaining.is_empty() {
            break;
        }
        // The process id file may be stale, and its number that of an unrelated process by now.
        if setup
            .data_dir
            .server_pid()
            .is_some_and(|server| remaining.contains(&server))
        {
            stop_server(setup, mode, seconds)?;
        }
        remaining = wait(setup, EXIT_TIMEOUT)?;
    }
    if !remaining.is_empty() {
        let directory = setup.data_dir.path().to_owned();
        return Err(ClusterError::OrphansRemain {
            directory,
            processes: remaining,
        });
    }
    remove_stale_pid_file(&setup.data_dir.pid_file())
}

fn stop_server(setup: &Setup, mode: &str, seconds: &str) -> Result<(), ClusterError> {
    let program = setup.binaries.program("pg_ctl");
    let mut pg_ctl = setup.user.command(&program);
    pg_ctl.args([
        "stop",
        "--wait",
        "--silent",
        "--mode",
        mode,
        "--timeout",
        seconds,
        "--pgdata",
    ]);
    // Its exit status does not matter: the caller lists the processes that remain.
    pg_ctl
        .arg(setup.data_dir.pgdata())
        .output()
        .map(drop)
        .map_err(ClusterError::spawn(&program))
}

/// PostgreSQL refuses to start while the file names a process that exists, even if that is an
/// unrelated one with a recycled id.
fn remove_stale_pid_file(file: &Path) -> Result<(), ClusterError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ClusterError::files("remove", file)(error))
        }
        _ => Ok(()),
    }
}

/// Returns the processes that remain at the end of the timeout.
fn wait(setup: &Setup, timeout: Duration) -> Result<Vec<u32>, ClusterError> {
    let start = Instant::now();
    loop {
        let remaining = list(setup)?;
        if remaining.is_empty() || start.elapsed() > timeout {
            return Ok(remaining);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Lists PostgreSQL's processes on these files: those of a server, or of an `initdb`.
fn list(setup: &Setup) -> Result<Vec<u32>, ClusterError> {
    let shell = Path::new("/bin/sh");
    let mut command = setup.user.command(shell);
    command
        .args(["-c", LIST_SCRIPT, "orphans"])
        .arg(setup.data_dir.path());
    let output = command.output().map_err(ClusterError::spawn(shell))?;
    let processes = String::from_utf8_lossy(&output.stdout);
    Ok(processes
        .lines()
        .filter_map(|process| process.parse().ok())
        .collect())
}
