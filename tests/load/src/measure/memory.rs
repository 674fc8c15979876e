//! Memory of a process.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::number;

const POLL: Duration = Duration::from_millis(250);

/// Resident memory of a process, in MiB: its proportional set size, which divides shared pages among the
/// processes that share them.
pub(crate) fn resident_mib(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/smaps_rollup");
    let rollup = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let kib = pss(&rollup).with_context(|| format!("{path} has no Pss"))?;
    Ok(number(kib) / 1024.0)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Samples the memory of a process, and keeps the highest value.
pub(crate) struct PeakMemory {
    done: Arc<AtomicBool>,
    sampler: JoinHandle<Result<f64>>,
}

impl PeakMemory {
    pub(crate) fn start(process: u32) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&done);
        let sampler = thread::spawn(move || {
            let mut peak = resident_mib(process)?;
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(POLL);
                peak = peak.max(resident_mib(process)?);
            }
            Ok(peak)
        });
        Self { done, sampler }
    }

    /// Stops sampling, and returns the highest value, in MiB.
    pub(crate) fn stop(self) -> Result<f64> {
        self.done.store(true, Ordering::Relaxed);
        let sampled = self.sampler.join();
        sampled.map_err(|_panic| anyhow!("sampling the memory panicked"))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_pss_is_read() {
        let rollup = "00400000-7fff [rollup]\nRss:  9 kB\nPss:   2048 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(pss(rollup), Some(2048));
    }

    #[test]
    fn the_memory_of_this_process_is_read() {
        assert!(resident_mib(std::process::id()).unwrap() > 0.1);
    }
}
