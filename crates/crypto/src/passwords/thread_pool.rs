//! The threads that hash.
//!
//! They belong to the hasher alone, because an unprivileged process may lower the priority of a
//! thread but not raise it again: threads shared with other work would stay slow for that work too.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

const THREAD_NAME: &str = "password-hash";

/// Added to the niceness of the thread that builds the pool. Linux gives a thread at 10 about a
/// tenth of the time of one at 0 when both want the same core.
#[cfg(target_os = "linux")]
const NICENESS_INCREMENT: i32 = 10;

/// Starts a pool of threads at lower priority. They end when the pool has been dropped and the jobs
/// spawned on it are done.
pub(super) fn low_priority(threads: NonZeroUsize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .thread_name(|_| THREAD_NAME.to_owned())
        .start_handler(|_| lower_priority())
        // Without a handler rayon aborts the process. The caller of a job that panicked notices
        // that its result channel has closed.
        .panic_handler(drop)
        .build()
}

/// Lowers the priority of the calling thread. Only Linux has a niceness per thread; elsewhere the
/// call would affect the whole process.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    // A sandbox may forbid the call; hashing then runs at normal priority.
    let _ = rustix::process::nice(NICENESS_INCREMENT);
}
