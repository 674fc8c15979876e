//! PostgreSQL's processes, as the system knows them.

use std::process::Command;

use anyhow::{Context, Result};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal to a process; that it has ended before is as good.
pub(super) fn signal(process: Pid, signal: Signal) -> Result<()> {
    match kill_process(process, signal) {
        Err(error) if error != Errno::SRCH => {
            Err(error).with_context(|| format!("sending {signal:?} to process {process:?}"))
        }
        _ => Ok(()),
    }
}

/// The processes that one has started.
pub(super) fn children(parent: Pid) -> Result<Vec<Pid>> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid="])
        .output()
        .context("running ps")?;
    let text = String::from_utf8(output.stdout).context("reading what ps says")?;
    let pair = |line: &str| {
        let mut ids = line
            .split_whitespace()
            .map(|id| Pid::from_raw(id.parse().ok()?));
        Some((ids.next()??, ids.next()??))
    };
    let all = text.lines().filter_map(pair);
    Ok(all
        .filter(|(_, started_by)| *started_by == parent)
        .map(|(id, _)| id)
        .collect())
}
