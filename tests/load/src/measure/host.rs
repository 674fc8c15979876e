//! The machine, and the version of the code.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// Facts without which a figure means nothing, by name.
pub(crate) fn host() -> Vec<(String, String)> {
    let cores = available_parallelism().map_or_else(|_| unknown(), |cores| cores.to_string());
    let named = [
        ("git commit", commit()),
        ("cores", cores),
        ("processor", processor()),
        ("kernel", kernel()),
        ("load average before", load()),
    ];
    named
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// The commit that this was built from, with `-dirty` if there are uncommitted changes.
fn commit() -> String {
    let output = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR")])
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => unknown(),
    }
}

fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease");
    release.map_or_else(|_| unknown(), |release| release.trim().to_owned())
}

/// Load average over one minute: other load on the machine is in every figure.
fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let last = averages.split(' ').next().filter(|load| !load.is_empty());
    last.map_or_else(unknown, str::to_owned)
}

fn processor() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(unknown, |(_, model)| model.trim().to_owned())
}
