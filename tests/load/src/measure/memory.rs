//! What a process takes of the machine's memory.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::number;

const POLL: Duration = Duration::from_millis(250);

/// The resident memory of a process, in MiB: its proportional set, which counts a page that others
/// share by its share.
pub(crate) fn resident_mib(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/smaps_rollup");
    let rollup = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let kib = pss(&rollup).with_context(|| format!("{path} names no Pss"))?;
    Ok(number(kib) / 1024.0)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Watches a process until it is asked for the most it had.
pub(crate) struct PeakMemory {
    done: Arc<AtomicBool>,
    watch: JoinHandle<Result<f64>>,
}

impl PeakMemory {
    pub(crate) fn watch(process: u32) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let watched = Arc::clone(&done);
        let watch = thread::spawn(move || {
            let mut most = resident_mib(process)?;
            while !watched.load(Ordering::Relaxed) {
                thread::sleep(POLL);
                most = most.max(resident_mib(process)?);
            }
            Ok(most)
        });
        Self { done, watch }
    }

    /// In MiB.
    pub(crate) fn most(self) -> Result<f64> {
        self.done.store(true, Ordering::Relaxed);
        let watched = self.watch.join();
        watched.map_err(|_panic| anyhow!("nobody watched the memory"))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proportional_set_is_read_and_not_what_begins_like_it() {
        let rollup = "00400000-7fff [rollup]\nRss:  9 kB\nPss:   2048 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(pss(rollup), Some(2048));
    }

    #[test]
    fn this_process_has_some() {
        assert!(resident_mib(std::process::id()).unwrap() > 0.1);
    }
}
