//! The processes of this machine, as `ps` lists them.

use std::process::Command;

use anyhow::{Context, Result};

/// The ids of all processes of this machine.
pub fn all_processes() -> Result<Vec<u32>> {
    Ok(list()?.into_iter().map(|(id, _)| id).collect())
}

/// The ids of the processes that `parent` has started and that still run.
pub fn child_processes(parent: u32) -> Result<Vec<u32>> {
    let children = list()?.into_iter().filter(|(_, of)| *of == parent);
    Ok(children.map(|(id, _)| id).collect())
}

/// The ids of the children of `ancestor`, and of theirs, and so on.
pub fn descendant_processes(ancestor: u32) -> Result<Vec<u32>> {
    let all = list()?;
    let mut found = vec![ancestor];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(id, _)| id));
        at += 1;
    }
    found.remove(0);
    Ok(found)
}

/// All processes, each with its parent.
fn list() -> Result<Vec<(u32, u32)>> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid="])
        .output()
        .context("running ps")?;
    let lines = String::from_utf8(output.stdout).context("reading the output of ps")?;
    let pair = |line: &str| {
        let mut ids = line.split_whitespace().map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    Ok(lines.lines().filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grandchild_is_a_descendant_and_no_child() {
        // The shell goes on after `sleep`, so that it does not replace itself by it.
        let mut shell = Command::new("/bin/sh")
            .args(["-c", "/bin/sh -c 'sleep 30; :'; :"])
            .spawn()
            .unwrap();
        let own = std::process::id();
        let found = (0..1_000).map(|_| descendant_processes(shell.id()).unwrap());
        let descendants = found.into_iter().find(|found| found.len() == 2).unwrap();
        assert!(child_processes(own).unwrap().contains(&shell.id()));
        assert_eq!(child_processes(shell.id()).unwrap(), descendants[..1]);
        assert!(all_processes().unwrap().contains(&descendants[1]));
        for process in descendants.iter().rev() {
            let id = rustix::process::Pid::from_raw(i32::try_from(*process).unwrap()).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        }
        shell.wait().unwrap();
    }
}
