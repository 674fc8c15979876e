//! What an earlier owner left running.
//!
//! An owner that was killed is still being tidied up after when the next one starts: its supervisor
//! shuts the server down. If the supervisor was killed too, the server runs on, and is shut down
//! here.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::ClusterError;
use crate::setup::Setup;

const LIST: &str = include_str!("leftovers.sh");

/// What the supervisor of a killed owner may need.
const SUPERVISOR: Duration = Duration::from_secs(3);

/// What the last processes may need after the server itself has ended, or an `initdb` to finish.
const REST: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(20);

/// Returns when nothing uses the files any more. The directory is locked by us, so nobody starts
/// anew meanwhile.
pub(crate) fn clear(setup: &Setup) -> Result<(), ClusterError> {
    let mut left = wait(setup, SUPERVISOR)?;
    for (mode, seconds) in [("fast", "20"), ("immediate", "5")] {
        if left.is_empty() {
            break;
        }
        // The file may be stale, and the number by now a stranger's.
        if setup
            .home
            .server_process()
            .is_some_and(|server| left.contains(&server))
        {
            stop(setup, mode, seconds)?;
        }
        left = wait(setup, REST)?;
    }
    if !left.is_empty() {
        let directory = setup.home.path().to_owned();
        return Err(ClusterError::Occupied {
            directory,
            processes: left,
        });
    }
    forget_process_id(&setup.home.process_id_file())
}

fn stop(setup: &Setup, mode: &str, seconds: &str) -> Result<(), ClusterError> {
    let program = setup.binaries.program("pg_ctl");
    let mut pg_ctl = setup.account.command(&program);
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
    // Its status is of no use: what counts is who is left.
    pg_ctl
        .arg(setup.home.data())
        .output()
        .map(drop)
        .map_err(ClusterError::spawn(&program))
}

/// With nobody left, the file that names the server's process is stale. PostgreSQL would notice,
/// unless the number is by now another process's: then it would refuse to start.
fn forget_process_id(file: &Path) -> Result<(), ClusterError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ClusterError::files("remove", file)(error))
        }
        _ => Ok(()),
    }
}

/// Those that are left when the bound is over.
fn wait(setup: &Setup, bound: Duration) -> Result<Vec<u32>, ClusterError> {
    let began = Instant::now();
    loop {
        let left = processes(setup)?;
        if left.is_empty() || began.elapsed() > bound {
            return Ok(left);
        }
        thread::sleep(POLL);
    }
}

/// PostgreSQL's processes on these files: of a server, or of an `initdb` that may finish.
fn processes(setup: &Setup) -> Result<Vec<u32>, ClusterError> {
    let shell = Path::new("/bin/sh");
    let mut listing = setup.account.command(shell);
    listing
        .args(["-c", LIST, "leftovers"])
        .arg(setup.home.path());
    let listed = listing.output().map_err(ClusterError::spawn(shell))?;
    let processes = String::from_utf8_lossy(&listed.stdout);
    Ok(processes
        .lines()
        .filter_map(|process| process.parse().ok())
        .collect())
}
