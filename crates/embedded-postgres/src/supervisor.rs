//! A program whose life is tied to its owner's, by way of a small shell script between them.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::ClusterError;

const SCRIPT: &str = include_str!("supervisor.sh");

/// The script sends its last signal after a quarter of a minute; removing a directory takes a
/// moment more.
const LONGEST_STOP: Duration = Duration::from_secs(25);

const POLL: Duration = Duration::from_millis(5);

/// What becomes of a program whose owner has let go of it. Either is bounded in time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    /// It is asked to end now, in good order.
    Interrupt,
    /// It may finish, for what it does is short, and half done is worse.
    LetFinish,
}

impl Ending {
    fn signal(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::LetFinish => "0",
        }
    }
}

/// A program that can be run under supervision.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// Whom it runs as.
    pub(crate) account: &'a Account,
    /// The file.
    pub(crate) file: PathBuf,
    /// Where its output goes, afresh each time.
    pub(crate) log: PathBuf,
    /// A directory that is deleted once the program has ended because its owner is gone.
    pub(crate) remove: Option<&'a Path>,
    /// How it ends in that case.
    pub(crate) ending: Ending,
}

impl Program<'_> {
    pub(crate) fn spawn<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> io::Result<Supervised> {
        let mut shell = self
            .account
            .command("/bin/sh")
            .args(["-c", &deeds(), "supervisor"])
            .arg(&self.log)
            .arg(self.remove.unwrap_or(Path::new("")))
            .arg(self.ending.signal())
            .arg(&self.file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let lifeline = shell.stdin.take();
        Ok(Supervised { shell, lifeline })
    }

    /// Says of an error that this program could not be run.
    pub(crate) fn failed(&self) -> impl FnOnce(io::Error) -> ClusterError {
        ClusterError::spawn(&self.file)
    }
}

/// A running program; it is stopped when this is dropped, and when the process that holds this
/// dies.
#[derive(Debug)]
pub(crate) struct Supervised {
    shell: Child,
    /// Closes when the owner lets go of it, or dies.
    lifeline: Option<ChildStdin>,
}

impl Supervised {
    /// How the program ended; none while it runs.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.shell.try_wait()
    }

    /// Waits until the program ends by itself; none if it takes longer than the bound.
    pub(crate) fn wait(&mut self, bound: Duration) -> io::Result<Option<ExitStatus>> {
        let began = Instant::now();
        loop {
            let ended = self.ended()?;
            if ended.is_some() || began.elapsed() > bound {
                return Ok(ended);
            }
            thread::sleep(POLL);
        }
    }

    /// Ends the program, gently at first, and waits for that; whether it has ended.
    pub(crate) fn stop(&mut self) -> io::Result<bool> {
        self.lifeline = None;
        Ok(self.wait(LONGEST_STOP)?.is_some())
    }
}

/// The script without its comments, for whoever lists the machine's processes sees all of it.
fn deeds() -> String {
    SCRIPT
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n")
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // Nobody is left to be told, and the script goes on without us.
        let _ = self.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use super::{Ending, Program, Supervised};
    use crate::account::Account;

    fn supervised(directory: &Path, line: &str) -> Supervised {
        let shell = Program {
            account: &Account::Own,
            file: "/bin/sh".into(),
            log: directory.join("program.log"),
            remove: Some(directory),
            ending: Ending::LetFinish,
        };
        shell.spawn(["-c", line]).unwrap()
    }

    #[test]
    fn a_program_that_ends_by_itself_leaves_its_status_its_log_and_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let mut program = supervised(directory.path(), "echo farewell; exit 7");
        let status = program.wait(Duration::from_secs(10)).unwrap().unwrap();
        assert_eq!(status.code(), Some(7));
        let log = fs::read_to_string(directory.path().join("program.log")).unwrap();
        assert_eq!(log, "farewell\n");
    }

    #[test]
    fn a_directory_is_removed_when_its_program_ends_after_the_owner_has_let_go() {
        let directory = tempfile::tempdir().unwrap();
        let mut program = supervised(directory.path(), "sleep 0.3");
        assert!(program.ended().unwrap().is_none());
        assert!(program.stop().unwrap());
        assert!(!directory.path().exists());
    }
}
