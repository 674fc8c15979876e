//! The number of files, and so of connections, that this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Least number of open files that is enough for a busy server: each client takes one, and the listeners, the database
/// and the log some more.
const ENOUGH: u64 = 4_096;

/// Raises the limit of open files as far as this process may, which on most systems is far above what programs start
/// with, and logs a warning if that is not enough.
pub(crate) fn raise_open_files_limit() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Some systems have no hard limit, but a largest number that can be set.
    let raised = setrlimit(Resource::Nofile, wanted).is_ok();
    let current = if raised { limit.maximum } else { limit.current };
    if let Some(limit) = current.filter(|limit| *limit < ENOUGH) {
        tracing::warn!(
            limit,
            "this process may open few files, and each client takes one; raise its limit to {ENOUGH} or more, \
             such as with `ulimit -n`, or LimitNOFILE in a unit of systemd"
        );
    }
}
