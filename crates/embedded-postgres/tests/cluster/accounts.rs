//! Root, whose clusters run as somebody else, and ordinary users, whose clusters run as themselves.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use rustix::process::geteuid;
use udam_embedded_postgres::{Cluster, Settings};

use crate::owner::Owner;
use crate::support::{closed_directory, has_note, open_directory, read_note, start, write_note};

/// `nobody` on every Linux; any number but root's would do.
const ORDINARY: u32 = 65534;

/// Whoever runs the tests makes the case: root plays an ordinary user, who else is one.
fn ordinary_users_cluster(directory: &Path) -> (Owner, u32) {
    let home = directory.parent().unwrap();
    fs::create_dir(home).unwrap();
    if !geteuid().is_root() {
        return (Owner::of(directory), geteuid().as_raw());
    }
    chown(home, Some(ORDINARY), Some(ORDINARY)).unwrap();
    (Owner::of_as(directory, ORDINARY, ORDINARY), ORDINARY)
}

#[test]
fn an_ordinary_user_runs_a_cluster_as_themselves() {
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
fn an_ordinary_users_cluster_stays_theirs_when_root_starts_it() {
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
async fn a_cluster_below_a_closed_directory_moves_for_root_and_is_found_again() {
    let closed = closed_directory();
    let asked = closed.path().join("clone/.udam/postgres");

    let cluster = start(&asked);
    let directory = cluster.directory().to_owned();
    write_note(&cluster.url()).await;
    cluster.stop().unwrap();
    assert_eq!(directory.starts_with("/var/tmp"), geteuid().is_root());
    assert_eq!(fs::metadata(&directory).unwrap().mode() & 0o777, 0o700);

    let cluster = start(&asked);
    assert_eq!(cluster.directory(), directory);
    assert_eq!(read_note(&cluster.url()).await, "kept");
    cluster.stop().unwrap();
    remove_moved(&asked, &directory);
}

#[tokio::test]
async fn deleting_the_data_directory_starts_afresh_even_if_the_cluster_had_moved() {
    let closed = closed_directory();
    let asked = closed.path().join("postgres");

    let cluster = start(&asked);
    let first = cluster.directory().to_owned();
    write_note(&cluster.url()).await;
    cluster.stop().unwrap();
    fs::remove_dir_all(&asked).unwrap();

    let cluster = start(&asked);
    let second = cluster.directory().to_owned();
    assert!(!has_note(&cluster.url()).await);
    cluster.stop().unwrap();
    remove_moved(&asked, &first);
    remove_moved(&asked, &second);
}

#[test]
fn a_cluster_that_can_no_longer_be_reached_is_not_replaced_by_an_empty_one() {
    let root = open_directory();
    let asked = root.path().join("postgres");
    start(&asked).stop().unwrap();
    fs::set_permissions(root.path(), Permissions::from_mode(0o700)).unwrap();

    let again = Cluster::start(&asked, &Settings::default());
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

fn remove_moved(asked: &Path, directory: &Path) {
    if directory != fs::canonicalize(asked).unwrap() && directory.exists() {
        fs::remove_dir_all(directory).unwrap();
    }
}
