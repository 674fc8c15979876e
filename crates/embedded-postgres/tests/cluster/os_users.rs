//! Clusters of root, which run as another user, and of ordinary users, which run as themselves.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use rustix::process::geteuid;
use udam_embedded_postgres::{Cluster, Settings};

use crate::owner::Owner;
use crate::support::{closed_directory, has_note, open_directory, read_note, start, write_note};

/// User id of `nobody` on Linux. Any but root's would do.
const ORDINARY_UID: u32 = 65534;

/// An owner that runs as an ordinary user: as `nobody` if the tests run as root, else as their user.
fn ordinary_users_cluster(directory: &Path) -> (Owner, u32) {
    let home = directory.parent().unwrap();
    fs::create_dir(home).unwrap();
    if !geteuid().is_root() {
        return (Owner::spawn(directory), geteuid().as_raw());
    }
    chown(home, Some(ORDINARY_UID), Some(ORDINARY_UID)).unwrap();
    (
        Owner::spawn_as(directory, ORDINARY_UID, ORDINARY_UID),
        ORDINARY_UID,
    )
}

#[test]
fn an_ordinary_users_cluster_runs_as_that_user() {
    let root = open_directory();
    let directory = root.path().join("home/cluster");
    let (mut owner, user) = ordinary_users_cluster(&directory);
    assert_eq!(owner.directory, fs::canonicalize(&directory).unwrap());
    assert_eq!(
        fs::metadata(directory.join("data/PG_VERSION"))
            .unwrap()
            .uid(),
        user
    );
    owner.finish();
}

#[test]
fn an_ordinary_users_cluster_keeps_its_owner_when_root_starts_it() {
    let root = open_directory();
    let directory = root.path().join("home/cluster");
    let (mut owner, user) = ordinary_users_cluster(&directory);
    owner.finish();
    start(&directory).stop().unwrap();
    for file in [".", "password", "postgres.log", "data/PG_VERSION"] {
        assert_eq!(
            fs::metadata(directory.join(file)).unwrap().uid(),
            user,
            "{file}"
        );
    }
}

#[tokio::test]
async fn a_cluster_below_a_closed_directory_is_relocated_for_root_and_found_again() {
    let closed = closed_directory();
    let requested = closed.path().join("clone/.udam/postgres");

    let cluster = start(&requested);
    let directory = cluster.directory().to_owned();
    write_note(&cluster.url()).await;
    cluster.stop().unwrap();
    assert_eq!(directory.starts_with("/var/tmp"), geteuid().is_root());
    assert_eq!(fs::metadata(&directory).unwrap().mode() & 0o777, 0o700);

    let cluster = start(&requested);
    assert_eq!(cluster.directory(), directory);
    assert_eq!(read_note(&cluster.url()).await, "kept");
    cluster.stop().unwrap();
    remove_relocated(&requested, &directory);
}

#[tokio::test]
async fn deleting_the_requested_directory_makes_a_new_cluster_even_after_a_relocation() {
    let closed = closed_directory();
    let requested = closed.path().join("postgres");

    let cluster = start(&requested);
    let first = cluster.directory().to_owned();
    write_note(&cluster.url()).await;
    cluster.stop().unwrap();
    fs::remove_dir_all(&requested).unwrap();

    let cluster = start(&requested);
    let second = cluster.directory().to_owned();
    assert!(!has_note(&cluster.url()).await);
    cluster.stop().unwrap();
    remove_relocated(&requested, &first);
    remove_relocated(&requested, &second);
}

#[test]
fn a_cluster_that_can_no_longer_be_entered_is_not_replaced_by_an_empty_one() {
    let root = open_directory();
    let requested = root.path().join("postgres");
    start(&requested).stop().unwrap();
    fs::set_permissions(root.path(), Permissions::from_mode(0o700)).unwrap();

    let again = Cluster::start(&requested, &Settings::default());
    if geteuid().is_root() {
        let message = again.unwrap_err().to_string();
        assert!(
            message.contains("`chmod o+x` the directories above it"),
            "{message}"
        );
    } else {
        again.unwrap().stop().unwrap();
    }
}

fn remove_relocated(requested: &Path, directory: &Path) {
    if directory != fs::canonicalize(requested).unwrap() && directory.exists() {
        fs::remove_dir_all(directory).unwrap();
    }
}
