//! A process that owns a cluster and can be killed by a test.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write, stdin};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use udam_embedded_postgres::{Cluster, Settings};

const READY: &str = "ready: ";

/// Main function of the other process. It reads the directory to use, or an empty line for a temporary
/// cluster, prints its server's process id and its directory, and stops it when its input ends.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn owner() {
    let mut lines = stdin().lines();
    let Some(requested) = lines.next().transpose().unwrap() else {
        return;
    };
    let cluster = match requested.as_str() {
        "" => Cluster::temporary(&Settings::default()),
        directory => Cluster::start(Path::new(directory), &Settings::default()),
    }
    .unwrap();
    println!(
        "{READY}{} {}",
        cluster.server_pid().unwrap(),
        cluster.directory().display()
    );
    lines.for_each(drop);
    cluster.stop().unwrap();
}

/// The other process, as the test sees it.
pub(crate) struct Owner {
    process: Child,
    /// Kept open, because writing to a closed pipe would end the process.
    _output: BufReader<ChildStdout>,
    pub(crate) server: Pid,
    pub(crate) directory: PathBuf,
}

impl Owner {
    pub(crate) fn spawn(directory: &Path) -> Self {
        Self::spawn_program(&std::env::current_exe().unwrap(), Some(directory), None)
    }

    pub(crate) fn spawn_temporary() -> Self {
        Self::spawn_program(&std::env::current_exe().unwrap(), None, None)
    }

    /// Spawns it as another user, from a copy of this program in a directory that the user may enter.
    pub(crate) fn spawn_as(directory: &Path, uid: u32, gid: u32) -> Self {
        let open_to_all = Permissions::from_mode(0o755);
        let programs = tempfile::Builder::new()
            .permissions(open_to_all)
            .tempdir()
            .unwrap();
        let program = programs.path().join("owner");
        // Copied by another process: a file that this one had open for writing may still be busy.
        let mut copy = Command::new("cp");
        let copied = copy
            .arg(std::env::current_exe().unwrap())
            .arg(&program)
            .status();
        assert!(copied.unwrap().success());
        Self::spawn_program(&program, Some(directory), Some((uid, gid)))
    }

    fn spawn_program(program: &Path, directory: Option<&Path>, user: Option<(u32, u32)>) -> Self {
        let mut command = Command::new(program);
        command.args(["--exact", "owner::owner", "--ignored", "--nocapture"]);
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid).current_dir("/");
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requested = directory.unwrap_or(Path::new("")).display();
        writeln!(process.stdin.as_mut().unwrap(), "{requested}").unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let report = output
            .by_ref()
            .lines()
            .find_map(|line| Some(line.unwrap().split_once(READY)?.1.to_owned()))
            .expect("the owner should report its cluster");
        let (server, directory) = report.split_once(' ').unwrap();
        let server = Pid::from_raw(server.parse().unwrap()).unwrap();
        Self {
            process,
            _output: output,
            server,
            directory: directory.into(),
        }
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Has it stop its cluster and exit.
    pub(crate) fn finish(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }

    /// A server that shuts down removes its process id file; one that was killed leaves it.
    pub(crate) fn server_has_ended(&self) -> bool {
        !self.directory.join("data/postmaster.pid").exists() || !is_process(self.server)
    }
}

/// Ends the process if the test fails first.
impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn kill(process: Pid) {
    kill_process(process, Signal::KILL).unwrap();
}

fn is_process(process: Pid) -> bool {
    rustix::process::test_kill_process(process).is_ok()
}
