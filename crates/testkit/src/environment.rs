use std::ffi::OsString;

/// The variables that child processes inherit: where programs are, and where files may be put. Nothing
/// else reaches them, so that a `DATABASE_URL` left in a shell changes no test.
pub(crate) fn inherited() -> impl Iterator<Item = (&'static str, OsString)> {
    [
        "PATH",
        "HOME",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "LLVM_PROFILE_FILE",
    ]
    .into_iter()
    .filter_map(|name| Some((name, variable(name)?)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by the environment, not by settings"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A number from the environment, for tests whose size or seed can be chosen; `None` if the variable is
/// not set, or is not a number.
#[must_use]
pub fn env_number(name: &str) -> Option<u64> {
    variable(name)?.to_str()?.parse().ok()
}
