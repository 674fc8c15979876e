//! Memory of a server, as the kernel counts it.

use std::fs::read_to_string;

use anyhow::{Context, Result};
use udam_testkit::Server;

/// In KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident: u64,
    /// The most that was resident so far.
    pub(crate) peak: u64,
}

pub(crate) fn memory_of(server: &Server) -> Result<Memory> {
    let status = read_to_string(format!("/proc/{}/status", server.id()))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        anyhow::Ok(number.with_context(|| format!("no {name}"))?.parse()?)
    };
    Ok(Memory {
        resident: field("VmRSS:")?,
        peak: field("VmHWM:")?,
    })
}
