//! A single cluster from start to stop.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use udam_embedded_postgres::{Binaries, Cluster, ClusterError, Settings};

use crate::support::{connect, has_note, open_directory, read_note, start, write_note};

#[tokio::test]
async fn data_is_kept_over_a_restart() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    let first = start(&directory);
    write_note(&first.url()).await;
    first.stop().unwrap();

    let second = start(&directory);
    assert_eq!(read_note(&second.url()).await, "kept");
}

#[tokio::test]
async fn the_database_of_the_settings_is_created_and_found_again() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    let settings = Settings {
        database: "a market".to_owned(),
        ..Settings::default()
    };
    for had_note in [false, true] {
        let cluster = Cluster::start(&directory, &settings).unwrap();
        assert_eq!(has_note(&cluster.url()).await, had_note);
        if !had_note {
            write_note(&cluster.url()).await;
        }
    }
}

#[test]
fn a_clusters_files_are_private() {
    let root = open_directory();
    let cluster = start(&root.path().join("cluster"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(cluster.directory()), 0o700);
    assert_eq!(mode(&cluster.directory().join("password")), 0o600);
    assert_eq!(mode(&cluster.directory().join("data")), 0o700);
}

#[tokio::test]
async fn the_callers_settings_apply_except_those_that_keep_the_cluster_private() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let settings = Settings {
        parameters: vec![pair("max_connections", "42"), pair("listen_addresses", "*")],
        ..Settings::default()
    };
    let cluster = Cluster::temporary(&settings).unwrap();
    let client = connect(&cluster.url()).await;
    let statement =
        "SELECT current_setting('max_connections'), current_setting('listen_addresses')";
    let row = client.query_one(statement, &[]).await.unwrap();
    assert_eq!((row.get(0), row.get(1)), ("42", "127.0.0.1"));
}

#[test]
fn the_error_of_a_server_that_cannot_start_quotes_its_log() {
    let settings = Settings {
        parameters: vec![("no_such_setting".to_owned(), "1".to_owned())],
        ..Settings::default()
    };
    let error = Cluster::temporary(&settings).unwrap_err();
    assert!(matches!(error, ClusterError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn a_server_that_is_not_ready_in_time_is_an_error() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    start(&directory).stop().unwrap();
    let settings = Settings {
        start_timeout: Duration::ZERO,
        ..Settings::default()
    };
    let start_time = Instant::now();
    let error = Cluster::start(&directory, &settings).unwrap_err();
    assert!(matches!(error, ClusterError::NotReady { .. }), "{error}");
    assert!(start_time.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_temporary_cluster_leaves_nothing_behind() {
    let cluster = Cluster::temporary(&Settings::default()).unwrap();
    let directory = cluster.directory().to_owned();
    let port = cluster.port();
    assert!(directory.join("data").is_dir());
    cluster.stop().unwrap();
    assert!(!directory.exists());
    TcpListener::bind(("127.0.0.1", port)).unwrap();
}

#[test]
fn files_of_an_interrupted_initdb_are_removed() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    start(&directory).stop().unwrap();
    fs::rename(directory.join("data"), directory.join("initdb-interrupted")).unwrap();
    start(&directory).stop().unwrap();
    assert!(!directory.join("initdb-interrupted").exists());
    assert!(directory.join("data/PG_VERSION").is_file());
}

#[test]
fn a_stale_process_id_that_was_reused_does_not_prevent_the_start() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    start(&directory).stop().unwrap();

    let owner = fs::metadata(&directory).unwrap();
    let mut sleep = Command::new("sleep");
    // PostgreSQL takes only a process of the same user for a running server.
    if rustix::process::geteuid().is_root() {
        sleep.uid(owner.uid()).gid(owner.gid());
    }
    let mut other = sleep.arg("60").spawn().unwrap();
    let data = directory.join("data");
    let stale = format!("{}\n{}\n1700000000\n5432\n", other.id(), data.display());
    fs::write(data.join("postmaster.pid"), stale).unwrap();

    start(&directory).stop().unwrap();
    assert!(other.try_wait().unwrap().is_none());
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn files_of_another_major_version_are_rejected() {
    let root = open_directory();
    let directory = root.path().join("cluster");
    start(&directory).stop().unwrap();
    fs::write(directory.join("data/PG_VERSION"), "9\n").unwrap();
    let error = Cluster::start(&directory, &Settings::default()).unwrap_err();
    assert!(
        matches!(error, ClusterError::OtherVersion { written_by: 9, .. }),
        "{error}"
    );
}

#[test]
fn the_directory_of_the_programs_can_be_set() {
    let found = Binaries::find(None).unwrap();
    let settings = Settings {
        binaries: Some(found.directory().to_owned()),
        ..Settings::default()
    };
    let cluster = Cluster::temporary(&settings).unwrap();
    assert_eq!(cluster.binaries(), &found);
}

#[test]
fn a_directory_without_the_programs_is_an_error() {
    let empty = open_directory();
    let settings = Settings {
        binaries: Some(empty.path().to_owned()),
        ..Settings::default()
    };
    let error = Cluster::temporary(&settings).unwrap_err();
    assert!(
        matches!(error, ClusterError::UnusableBinaries { .. }),
        "{error}"
    );
}
