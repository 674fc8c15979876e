//! The only place in this crate that reads environment variables.

use std::ffi::OsString;

/// Variables that PostgreSQL's programs and the shell need to be found and loaded.
const PASSED_ON: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// Returns the variables that child processes get.
///
/// All others are left out: they may hold keys, a child may run as another user, and `PG…`, `LC_…`
/// and `TZ` would make a cluster behave differently from one shell to the next.
pub(crate) fn for_children() -> Vec<(&'static str, OsString)> {
    PASSED_ON
        .into_iter()
        .filter_map(|name| read(name).map(|value| (name, value)))
        .collect()
}

/// Returns the directories that programs are looked up in, separated as in `PATH`.
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
