//! Runs a program that ends with its owner, through a small shell script between the two.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::ClusterError;
use crate::os_user::OsUser;

const SCRIPT: &str = include_str!("supervisor.sh");

/// The script sends its last signal after 15 seconds, and may then have a directory to delete.
const STOP_TIMEOUT: Duration = Duration::from_secs(25);

const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// What happens to a program whose owner stops it or ends: it is interrupted at once, or may finish
/// first. It is killed after 15 seconds in either case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OwnerExit {
    /// The program is asked to shut down.
    Interrupt,
    /// The program may finish: it is short, and its work must not be left half done.
    LetFinish,
}

impl OwnerExit {
    fn signal(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::LetFinish => "0",
        }
    }
}

/// A program to run under supervision.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// User that it runs as.
    pub(crate) user: &'a OsUser,
    /// Path of its executable.
    pub(crate) file: PathBuf,
    /// File for its output, truncated at each start.
    pub(crate) log: PathBuf,
    /// Directory to delete if it ends because its owner has.
    pub(crate) remove: Option<&'a Path>,
    /// Reaction to the end of its owner.
    pub(crate) on_owner_exit: OwnerExit,
}

impl Program<'_> {
    /// Starts the program.
    pub(crate) fn spawn<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> io::Result<SupervisedChild> {
        let mut shell = self
            .user
            .command("/bin/sh")
            .args(["-c", &script_source(), "supervisor"])
            .arg(&self.log)
            .arg(self.remove.unwrap_or(Path::new("")))
            .arg(self.on_owner_exit.signal())
            .arg(&self.file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let owner_pipe = shell.stdin.take();
        Ok(SupervisedChild { shell, owner_pipe })
    }

    /// Returns an adapter for `map_err` that names this program.
    pub(crate) fn spawn_error(&self) -> impl FnOnce(io::Error) -> ClusterError {
        ClusterError::spawn(&self.file)
    }
}

/// A running program. It is stopped when this is dropped, and when this process ends.
#[derive(Debug)]
pub(crate) struct SupervisedChild {
    shell: Child,
    /// Writing end of the pipe whose closing tells the script to stop the program.
    owner_pipe: Option<ChildStdin>,
}

impl SupervisedChild {
    /// Returns the program's exit status; `None` while it runs.
    pub(crate) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.shell.try_wait()
    }

    /// Waits until the program ends by itself; returns `None` at the timeout.
    pub(crate) fn wait(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            let status = self.try_wait()?;
            if status.is_some() || start.elapsed() > timeout {
                return Ok(status);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Stops the program and waits for it; returns whether it has ended.
    pub(crate) fn stop(&mut self) -> io::Result<bool> {
        self.owner_pipe = None;
        Ok(self.wait(STOP_TIMEOUT)?.is_some())
    }
}

impl Drop for SupervisedChild {
    fn drop(&mut self) {
        // An error cannot be reported from here, and the script stops the program in any case.
        let _ = self.stop();
    }
}

/// The script without its comments: lists of processes show it as a command line.
fn script_source() -> String {
    SCRIPT
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use super::{OwnerExit, Program, SupervisedChild};
    use crate::os_user::OsUser;

    fn spawn(directory: &Path, line: &str) -> SupervisedChild {
        let shell = Program {
            user: &OsUser::Current,
            file: "/bin/sh".into(),
            log: directory.join("program.log"),
            remove: Some(directory),
            on_owner_exit: OwnerExit::LetFinish,
        };
        shell.spawn(["-c", line]).unwrap()
    }

    #[test]
    fn a_program_that_ends_by_itself_leaves_its_status_its_log_and_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let mut program = spawn(directory.path(), "echo done; exit 7");
        let status = program.wait(Duration::from_secs(10)).unwrap().unwrap();
        assert_eq!(status.code(), Some(7));
        let log = fs::read_to_string(directory.path().join("program.log")).unwrap();
        assert_eq!(log, "done\n");
    }

    #[test]
    fn the_directory_of_a_program_that_its_owner_stops_is_deleted() {
        let directory = tempfile::tempdir().unwrap();
        let mut program = spawn(directory.path(), "sleep 0.3");
        assert!(program.try_wait().unwrap().is_none());
        assert!(program.stop().unwrap());
        assert!(!directory.path().exists());
    }
}
