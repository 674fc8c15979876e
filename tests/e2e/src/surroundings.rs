use std::ffi::OsString;

/// What a child may know of the machine: where programs are, and where files may be put. Nothing
/// else of the caller's environment reaches it, so that a `DATABASE_URL` left in a shell changes no
/// test.
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
    reason = "tests are set up by the environment, not by settings"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// What the environment asks of the tests under this name, if it is a number.
#[must_use]
pub fn asked_for(name: &str) -> Option<u64> {
    variable(name)?.to_str()?.parse().ok()
}
