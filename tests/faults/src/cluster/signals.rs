//! Signals to PostgreSQL's processes.

use anyhow::{Context, Result};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal to a process; it is no error if it has ended before.
pub(super) fn signal(process: Pid, signal: Signal) -> Result<()> {
    match kill_process(process, signal) {
        Err(error) if error != Errno::SRCH => {
            Err(error).with_context(|| format!("sending {signal:?} to process {process:?}"))
        }
        _ => Ok(()),
    }
}

/// The process with this id.
pub(super) fn process(id: u32) -> Option<Pid> {
    Pid::from_raw(id.try_into().ok()?)
}

/// Processes that are stopped until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Stopped(Vec<Pid>);

impl Stopped {
    /// Stops one more process.
    pub(super) fn stop(&mut self, process: Pid) -> Result<()> {
        self.0.push(process);
        signal(process, Signal::STOP)
    }

    /// Kills all of them.
    pub(super) fn kill(&self) -> Result<()> {
        self.0
            .iter()
            .try_for_each(|process| signal(*process, Signal::KILL))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for process in &self.0 {
            // One that has ended cannot continue.
            let _ = signal(*process, Signal::CONT);
        }
    }
}
