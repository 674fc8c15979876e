//! A process that owns a cluster, so that a test can kill it.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write, stdin};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use udam_embedded_postgres::{Cluster, Settings};

const READY: &str = "ready: ";

/// The part that the other process plays: it reads the directory to use, or an empty line for a
/// temporary one, and reports where the cluster is and its server's process id. It stops the
/// cluster when its input ends.
#[test]
#[ignore = "a part that other tests have a process of its own play"]
fn owner() {
    let mut lines = stdin().lines();
    let Some(asked) = lines.next().transpose().unwrap() else {
        return;
    };
    let cluster = match asked.as_str() {
        "" => Cluster::temporary(&Settings::default()),
        directory => Cluster::start(Path::new(directory), &Settings::default()),
    }
    .unwrap();
    println!(
        "{READY}{} {}",
        cluster.server_process().unwrap(),
        cluster.directory().display()
    );
    lines.for_each(drop);
    cluster.stop().unwrap();
}

/// The other process, seen from the test.
pub(crate) struct Owner {
    process: Child,
    /// Kept open: a process whose output is gone dies of its next word.
    _output: BufReader<ChildStdout>,
    pub(crate) server: Pid,
    pub(crate) directory: PathBuf,
}

impl Owner {
    pub(crate) fn of(directory: &Path) -> Self {
        Self::play(&std::env::current_exe().unwrap(), Some(directory), None)
    }

    pub(crate) fn of_temporary() -> Self {
        Self::play(&std::env::current_exe().unwrap(), None, None)
    }

    /// Runs as another account, from a copy of this program that the account can reach.
    pub(crate) fn of_as(directory: &Path, uid: u32, gid: u32) -> Self {
        let reachable = Permissions::from_mode(0o755);
        let programs = tempfile::Builder::new()
            .permissions(reachable)
            .tempdir()
            .unwrap();
        let program = programs.path().join("owner");
        // Another process copies, for a file that this one had open for writing may be busy yet.
        let mut copy = Command::new("cp");
        let copied = copy
            .arg(std::env::current_exe().unwrap())
            .arg(&program)
            .status();
        assert!(copied.unwrap().success());
        Self::play(&program, Some(directory), Some((uid, gid)))
    }

    fn play(program: &Path, directory: Option<&Path>, account: Option<(u32, u32)>) -> Self {
        let mut command = Command::new(program);
        command.args(["--exact", "owner::owner", "--ignored", "--nocapture"]);
        if let Some((uid, gid)) = account {
            command.uid(uid).gid(gid).current_dir("/");
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = directory.unwrap_or(Path::new("")).display();
        writeln!(process.stdin.as_mut().unwrap(), "{asked}").unwrap();
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

    /// The way no process can prepare for.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it stop its cluster and exit.
    pub(crate) fn finish(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }

    /// A server that has ended removes the file that names it; one that was killed is no process
    /// any more.
    pub(crate) fn server_has_ended(&self) -> bool {
        !self.directory.join("data/postmaster.pid").exists() || !is_process(self.server)
    }
}

/// For a child that was asked to die while a test failed.
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
