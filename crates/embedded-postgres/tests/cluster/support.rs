//! Helpers of the tests.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use udam_embedded_postgres::testing::shared;
use udam_embedded_postgres::{Cluster, ConnectionUrl, Settings};

/// A directory that every user may enter, so that root's clusters are not relocated.
pub(crate) fn open_directory() -> TempDir {
    directory_of_mode(0o755)
}

/// A directory that only its owner may enter, as `/root` usually is.
pub(crate) fn closed_directory() -> TempDir {
    directory_of_mode(0o700)
}

/// Beside the shared cluster, which is in memory where there is room.
fn directory_of_mode(mode: u32) -> TempDir {
    let base = shared().unwrap().directory().parent().unwrap();
    let mut directory = tempfile::Builder::new();
    directory
        .permissions(Permissions::from_mode(mode))
        .tempdir_in(base)
        .unwrap()
}

pub(crate) fn start(directory: &Path) -> Cluster {
    Cluster::start(directory, &Settings::default()).unwrap()
}

pub(crate) async fn connect(url: &ConnectionUrl) -> Client {
    let (client, connection) = tokio_postgres::connect(url.expose(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub(crate) async fn write_note(url: &ConnectionUrl) {
    let statement = "CREATE TABLE note AS SELECT 'kept' AS text";
    connect(url).await.batch_execute(statement).await.unwrap();
}

pub(crate) async fn read_note(url: &ConnectionUrl) -> String {
    let row = connect(url)
        .await
        .query_one("SELECT text FROM note", &[])
        .await
        .unwrap();
    row.get("text")
}

pub(crate) async fn has_note(url: &ConnectionUrl) -> bool {
    let statement = "SELECT to_regclass('note') IS NOT NULL";
    connect(url)
        .await
        .query_one(statement, &[])
        .await
        .unwrap()
        .get(0)
}

/// Waits until the condition holds; fails after ten seconds.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "not so after ten seconds: {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
