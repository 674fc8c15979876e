//! Databases for tests.

use std::convert::Infallible;
use std::sync::OnceLock;

use tokio::sync::OnceCell;
use tokio_postgres::Client;
use udam_embedded_postgres::testing::{TemplateDatabase, TestingError, shared};

use crate::support::{connect, has_note, read_note, write_note};

async fn template() -> &'static TemplateDatabase {
    static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();
    let prepare = || {
        TemplateDatabase::prepare(async |url| {
            write_note(&url).await;
            Ok::<_, Infallible>(())
        })
    };
    TEMPLATE.get_or_try_init(prepare).await.unwrap()
}

#[tokio::test]
async fn each_test_has_a_copy_of_its_own() {
    let one = template().await.fresh().await.unwrap();
    let other = template().await.fresh().await.unwrap();
    connect(&one.url())
        .await
        .batch_execute("DROP TABLE note")
        .await
        .unwrap();
    assert!(!has_note(&one.url()).await);
    assert_eq!(read_note(&other.url()).await, "kept");
}

#[tokio::test]
async fn copies_are_created_concurrently() {
    let copies = (0..8).map(|_| tokio::spawn(async { template().await.fresh().await.unwrap() }));
    let copies: Vec<_> = copies.collect();
    for copy in copies {
        assert_eq!(read_note(&copy.await.unwrap().url()).await, "kept");
    }
}

#[tokio::test]
async fn a_connection_left_open_in_the_template_does_not_prevent_copies() {
    static LEFT_OPEN: OnceLock<Client> = OnceLock::new();
    let template = TemplateDatabase::prepare(async |url| {
        assert!(LEFT_OPEN.set(connect(&url).await).is_ok());
        Ok::<_, Infallible>(())
    });
    template.await.unwrap().fresh().await.unwrap();
}

#[tokio::test]
async fn the_error_of_a_template_holds_what_its_preparation_returned() {
    let prepared = TemplateDatabase::prepare(async |_| Err("no migrations here")).await;
    let error = prepared.unwrap_err();
    assert!(
        matches!(&error, TestingError::Prepare(why) if why.to_string() == "no migrations here")
    );
}

#[tokio::test]
async fn a_database_is_dropped_with_its_test_in_spite_of_connections() {
    let database = template().await.fresh().await.unwrap();
    let url = database.url();
    let name = url.expose().rsplit('/').next().unwrap().to_owned();
    let left_open = connect(&url).await;
    drop(database);

    let cluster = tokio::task::spawn_blocking(shared).await.unwrap().unwrap();
    let client = connect(&cluster.url()).await;
    let statement = "SELECT FROM pg_database WHERE datname = $1";
    for _ in 0..500 {
        if client
            .query_opt(statement, &[&name])
            .await
            .unwrap()
            .is_none()
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!(
        "{name} still exists after ten seconds, connected: {}",
        !left_open.is_closed()
    );
}

#[tokio::test]
async fn databases_are_created_copied_and_dropped_by_name() {
    let cluster = tokio::task::spawn_blocking(shared).await.unwrap().unwrap();
    cluster.create_database("by name", None).await.unwrap();
    write_note(&cluster.url_of("by name")).await;
    cluster
        .create_database("its copy", Some("by name"))
        .await
        .unwrap();
    assert_eq!(read_note(&cluster.url_of("its copy")).await, "kept");
    cluster.drop_database("its copy").await.unwrap();
    cluster.drop_database("its copy").await.unwrap();
    let error = cluster.create_database("by name", None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot create database `by name`; see the cluster's postgres.log"
    );
}
