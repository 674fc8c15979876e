//! Owners that are killed, and owners that use the same directory.

use rustix::process::{Pid, Signal, getpgid, kill_process_group};
use udam_embedded_postgres::{Cluster, ClusterError, Settings};

use crate::owner::{self, Owner};
use crate::support::{eventually, open_directory, read_note, start, write_note};

#[test]
fn a_second_owner_gets_an_error_that_names_the_directory() {
    let root = open_directory();
    let mut first = Owner::spawn(root.path().join("cluster").as_path());
    let error = Cluster::start(&first.directory, &Settings::default()).unwrap_err();
    let expected = format!(
        "another udam is using {}; stop it or pass --data-dir",
        first.directory.display()
    );
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, ClusterError::InUse { .. }));
    first.finish();
    start(&first.directory).stop().unwrap();
}

#[tokio::test]
async fn the_server_of_a_killed_owner_ends_without_losing_data() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    let cluster = start(&directory);
    write_note(&cluster.url()).await;
    cluster.stop().unwrap();

    let mut owner = Owner::spawn(&directory);
    owner.kill();
    eventually("the server has ended", || owner.server_has_ended());

    let cluster = start(&directory);
    assert_eq!(read_note(&cluster.url()).await, "kept");
}

#[test]
fn the_next_owner_waits_for_the_server_of_a_killed_owner() {
    let root = open_directory();
    let mut owner = Owner::spawn(root.path().join("cluster").as_path());
    owner.kill();
    start(&owner.directory).stop().unwrap();
}

#[test]
fn the_directory_of_a_killed_owners_temporary_cluster_is_removed() {
    let mut owner = Owner::spawn_temporary();
    owner.kill();
    eventually("the directory is gone", || !owner.directory.exists());
}

#[test]
fn a_cluster_recovers_after_its_owner_supervisor_and_server_were_all_killed() {
    let root = open_directory();
    let mut owner = Owner::spawn(root.path().join("cluster").as_path());
    let group = getpgid(Some(owner.server)).unwrap();
    owner.kill();
    let _ = kill_process_group(group, Signal::KILL);
    start(&owner.directory).stop().unwrap();
}

#[test]
fn a_cluster_recovers_after_its_server_alone_was_killed() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    let mut cluster = start(&directory);
    assert!(!cluster.has_exited());
    let server = cluster.server_pid().unwrap();
    owner::kill(Pid::from_raw(server.try_into().unwrap()).unwrap());
    eventually("the owner notices", || cluster.has_exited());
    drop(cluster);
    start(&directory).stop().unwrap();
}

/// With the supervisor's shells killed, nothing else would stop the server.
#[cfg(target_os = "linux")]
#[test]
fn an_orphaned_server_is_stopped_by_the_next_owner() {
    let root = open_directory();
    let mut owner = Owner::spawn(root.path().join("cluster").as_path());
    for shell in shells_of(owner.server) {
        owner::kill(shell);
    }
    owner.kill();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!owner.server_has_ended());

    let cluster = start(&owner.directory);
    assert_ne!(
        cluster.server_pid(),
        Some(owner.server.as_raw_nonzero().get().unsigned_abs())
    );
}

#[cfg(target_os = "linux")]
fn shells_of(server: Pid) -> Vec<Pid> {
    let group = getpgid(Some(server)).unwrap();
    let entries = std::fs::read_dir("/proc").unwrap();
    let processes = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    processes
        .filter_map(Pid::from_raw)
        .filter(|process| {
            let name = format!("/proc/{}/comm", process.as_raw_nonzero());
            std::fs::read_to_string(name).is_ok_and(|name| name == "sh\n")
        })
        .filter(|shell| getpgid(Some(*shell)).is_ok_and(|other| other == group))
        .collect()
}
