//! The one place where this crate reads the process's environment.

use std::ffi::OsString;

/// What PostgreSQL's programs and the shell need to be found and loaded.
const KEPT: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// The variables that child processes get.
///
/// Nothing else is handed on: the owner's environment may hold keys, a child runs as long as the
/// cluster and perhaps as another user, and `PG…`, `LC_…` and `TZ` would change how a cluster
/// behaves from one shell to the next.
pub(crate) fn handed_on() -> Vec<(&'static str, OsString)> {
    KEPT.into_iter()
        .filter_map(|name| read(name).map(|value| (name, value)))
        .collect()
}

/// The directories that programs are looked up in.
pub(crate) fn search_path() -> Option<OsString> {
    read("PATH")
}

#[expect(
    clippy::disallowed_methods,
    reason = "where programs are is a property of the machine, not a setting of the marketplace"
)]
fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
