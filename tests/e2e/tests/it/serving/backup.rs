//! The steps of docs/OPERATIONS.md for backing up and restoring, with the programs that it names.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tokio::task::{block_in_place, spawn_blocking};
use udam_testkit::{
    BaseBackup, Binary, Client, Database, DurableCluster, ErrorResponses, MarketBuilder, Server,
    connect, sign_up, wait_until, weather_listing,
};

use crate::setup::{buy_token, publish};

/// What a buyer had when the backup was made.
struct Bought {
    buyer: Client,
    token: String,
    key: String,
}

impl Bought {
    /// Buys at a server.
    async fn at(server: &Server) -> Result<Self> {
        let client = Client::new(server.address(), ErrorResponses::default())?;
        let seller = sign_up(&client, "backed-up-seller").await?;
        let listing = publish(&seller, weather_listing(10)).await?;
        let buyer = sign_up(&client, "backed-up-buyer").await?;
        let token = buy_token(&buyer, &listing).await?;
        let revealed = buyer.reveal(&token).await?;
        let key = revealed.text_at("/api_key").to_owned();
        Ok(Self { buyer, token, key })
    }

    /// A server on a restored database finds nothing inconsistent, and the token opens what it did before. Returns the
    /// buyer's number of tokens there.
    async fn is_restored_at(&self, url: &str) -> Result<usize> {
        let variables = MarketBuilder::new().environment_at(url).await?;
        let verified = Binary::udam()?.run(["verify"], variables.clone()).await?;
        assert_eq!(verified.success()?, "No inconsistencies found.\n");
        let server = Server::start(variables).await?;
        let buyer = self.buyer.at(server.address());
        let revealed = buyer.reveal(&self.token).await?;
        assert_eq!(revealed.status, 200, "{}", revealed.text);
        assert_eq!(revealed.text_at("/api_key"), self.key);
        let tokens = buyer.get("/v1/tokens").await?.items().len();
        server.stop().await?;
        Ok(tokens)
    }
}

/// Runs one of PostgreSQL's programs.
async fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = spawn_blocking(move || command.output()).await?;
    let output = output.with_context(|| format!("running {program}"))?;
    ensure!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_restored_into_a_new_cluster() -> Result<()> {
    let database = Database::migrated().await?;
    let server = MarketBuilder::new().start_server(&database).await?;
    let bought = Bought::at(&server).await?;
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("udam.dump");
    let file = file.to_str().context("not text")?;
    // While the server runs.
    let url = database.url();
    let output = format!("--file={file}");
    run("pg_dump", &["--format=custom", &output, &url]).await?;
    server.stop().await?;

    let other = DurableCluster::start(Path::new("/var/tmp"), &[]).await?;
    let sql = other.connect().await?;
    for role in ["udam_owner", "udam_server"] {
        sql.batch_execute(&format!("CREATE ROLE {role}")).await?;
    }
    let url = other.cluster()?.url().expose().to_owned();
    run(
        "pg_restore",
        &["--exit-on-error", &format!("--dbname={url}"), file],
    )
    .await?;
    assert_eq!(bought.is_restored_at(&url).await?, 1);
    other.stop().await
}

/// A directory that the cluster's user can write to, and the settings that archive there.
fn archive(directory: &Path) -> Result<(PathBuf, String)> {
    let archive = directory.join("archive");
    fs::create_dir(&archive)?;
    fs::set_permissions(&archive, Permissions::from_mode(0o777))?;
    let command = format!(
        "test ! -f {0}/%f && cp %p {0}/%f",
        archive.to_str().context("not text")?
    );
    Ok((archive, command))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_recovered_to_the_moment_before_an_accident() -> Result<()> {
    let directory = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in("/var/tmp")?;
    let (archive, command) = archive(directory.path())?;
    let parameters = [("archive_mode", "on"), ("archive_command", &command)];
    let primary = DurableCluster::start(Path::new("/var/tmp"), &parameters).await?;
    let url = primary.cluster()?.url().expose().to_owned();
    let server = Server::start(MarketBuilder::new().environment_at(&url).await?).await?;
    let cluster = primary.cluster()?;
    let backup = block_in_place(|| BaseBackup::take(cluster))?;
    // All of this is after the base backup, in the archive alone.
    let bought = Bought::at(&server).await?;
    let sql = primary.connect().await?;
    let moment = sql
        .query_one("SELECT clock_timestamp()::text", &[])
        .await?
        .get::<_, String>(0);
    sql.batch_execute("DELETE FROM tokens").await?;
    let segment = "SELECT pg_walfile_name(pg_switch_wal())";
    let segment = sql.query_one(segment, &[]).await?.get::<_, String>(0);
    wait_until("the log to be archived", async || {
        Ok(archive.join(&segment).exists())
    })
    .await?;
    server.stop().await?;
    primary.stop().await?;

    let restore = format!("cp {}/%f %p", archive.display());
    let recovered = block_in_place(|| {
        backup.recover(&[
            ("restore_command", &restore),
            ("recovery_target_time", &moment),
            ("recovery_target_action", "promote"),
        ])
    })?;
    let url = recovered.url_of("udam");
    let sql = connect(url.expose()).await?;
    wait_until("recovery to end", async || {
        let row = sql.query_one("SELECT NOT pg_is_in_recovery()", &[]).await?;
        Ok(row.get(0))
    })
    .await?;
    assert_eq!(bought.is_restored_at(url.expose()).await?, 1);
    Ok(())
}
