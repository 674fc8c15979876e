//! CPU time of a server and of all of PostgreSQL.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// CPU time that a server, PostgreSQL and the generator have used, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuClock {
    /// CPU time of the server and PostgreSQL.
    pub(crate) served: Duration,
    /// CPU time of this process.
    pub(crate) generator: Duration,
}

impl CpuClock {
    pub(crate) fn read(server: u32, postgres: u32) -> Result<Self> {
        let all = all()?;
        let time_of = |id| {
            let found = all.iter().find(|process| process.id == id);
            found.with_context(|| format!("process {id} has ended"))
        };
        let children = all.iter().filter(|process| process.parent == postgres);
        let postgres = time_of(postgres)?;
        // The time of a backend that has ended is added to its parent.
        let ticks = time_of(server)?.own
            + postgres.own
            + postgres.ended_children
            + children.map(|child| child.own).sum::<u64>();
        Ok(Self {
            served: duration(ticks),
            generator: duration(time_of(std::process::id())?.own),
        })
    }

    /// The time used since an earlier moment.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            served: self.served.saturating_sub(earlier.served),
            generator: self.generator.saturating_sub(earlier.generator),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    parent: u32,
    /// CPU time, in clock ticks.
    own: u64,
    /// CPU time of children that have ended, in clock ticks.
    ended_children: u64,
}

fn all() -> Result<Vec<Process>> {
    let entries = fs::read_dir("/proc").context("reading /proc")?;
    let stats = entries
        .filter_map(Result::ok)
        .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    Ok(stats.filter_map(|stat| parse(&stat)).collect())
}

/// Parses `/proc/<pid>/stat`, see proc(5). The name may contain spaces and parentheses.
fn parse(stat: &str) -> Option<Process> {
    let id = stat.split(' ').next()?.parse().ok()?;
    let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        id,
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

fn duration(ticks: u64) -> Duration {
    let a_second = rustix::param::clock_ticks_per_second().max(1);
    Duration::from_nanos(ticks.saturating_mul(1_000_000_000 / a_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_any_name_is_parsed() {
        let stat = "42 (a) (b c) S 7 42 42 0 -1 4194560 1 2 3 4 11 22 33 44 20 0 8 0 99";
        let expected = Process {
            id: 42,
            parent: 7,
            own: 33,
            ended_children: 77,
        };
        assert_eq!(parse(stat), Some(expected));
    }

    #[test]
    fn this_process_is_listed() {
        let own = std::process::id();
        let found = all().unwrap();
        assert!(found.iter().any(|process| process.id == own));
    }
}
