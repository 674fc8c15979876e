//! Databases that a server finds at its start: not up yet, behind a pooler, or not made for it.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use futures::future::try_join;
use tokio::net::{TcpListener, TcpStream};
use udam_testkit::{
    Binary, Client, CommandOutput, Database, ErrorResponses, MarketBuilder, PgBouncer, Server,
    connect, sign_up, wait_until, weather_listing,
};

use crate::assertions::assert_problem;
use crate::setup::{buy_token, publish};

/// The environment of a server on the database at `url`.
async fn environment(database: &Database, url: &str) -> Result<Vec<(String, String)>> {
    MarketBuilder::new()
        .set("DATABASE_URL", url)
        .set("UDAM_DATABASE_WAIT", "60s")
        .environment(database)
        .await
}

fn with(mut environment: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    environment.push((name.to_owned(), value.to_owned()));
    environment
}

/// Creates another database in the cluster, by the end of a `CREATE DATABASE` statement. Returns its URL.
async fn create(beside: &Database, name: &str, how: &str) -> Result<String> {
    let url = beside.url();
    let (cluster, _) = url.rsplit_once('/').context("the database has no name")?;
    let sql = connect(&format!("{cluster}/postgres")).await?;
    sql.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 {how}"))
        .await?;
    Ok(format!("{cluster}/{name}"))
}

async fn serve(environment: Vec<(String, String)>) -> Result<CommandOutput> {
    Binary::udam()?.run(["serve"], environment).await
}

async fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?)
}

/// Forwards connections to the database from now on.
async fn forward(from: SocketAddr, to: String) -> Result<()> {
    let listener = TcpListener::bind(from).await?;
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(to).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    Ok(())
}

#[tokio::test]
async fn a_server_waits_for_its_database_and_is_alive_meanwhile() -> Result<()> {
    let database = Database::migrated().await?;
    let url = database.url();
    let (_, rest) = url.split_once('@').context("no host")?;
    let (real, _) = rest.split_once('/').context("no database")?;
    let (absent, own, admin) = (
        free_address().await?,
        free_address().await?,
        free_address().await?,
    );
    let environment = environment(&database, &url.replace(real, &absent.to_string())).await?;
    let environment = with(environment, "UDAM_LISTEN", &own.to_string());
    let environment = with(environment, "UDAM_ADMIN_LISTEN", &admin.to_string());
    let starting = Server::start(environment);
    let meanwhile = async {
        let client = Client::new(own, ErrorResponses::default())?;
        wait_until("the server to be alive", async || {
            Ok(matches!(client.get("/healthz").await, Ok(response) if response.status == 200))
        })
        .await?;
        let operator = client.at(admin);
        assert_eq!(operator.get("/healthz").await?.status, 200);
        assert_problem(&operator.get("/readyz").await?, 503, "overloaded");
        assert_problem(&client.get("/v1/listings").await?, 503, "overloaded");
        forward(absent, real.to_owned()).await
    };
    let (server, ()) = try_join(starting, meanwhile).await?;
    assert_eq!((server.address(), server.admin_address()), (own, admin));
    let operator = Client::new(admin, ErrorResponses::default())?;
    assert_eq!(operator.get("/readyz").await?.status, 200);
    let waits = "the database cannot be reached; trying again for at most 60 s";
    assert_eq!(server.stderr().matches(waits).count(), 1);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_is_not_waited_for() -> Result<()> {
    let database = Database::migrated().await?;
    let (start, rest) = database.url().split_once('@').map(own).context("no host")?;
    let (user, _) = start.rsplit_once(':').context("no password")?;
    let output = serve(environment(&database, &format!("{user}:wrong@{rest}")).await?).await?;
    assert_eq!(output.code, Some(1));
    for part in [
        "the database could not be reached",
        "28P01",
        "check DATABASE_URL",
    ] {
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
    Ok(())
}

fn own((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_text_is_refused() -> Result<()> {
    let database = Database::migrated().await?;
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let name = format!("in_{}", encoding.to_lowercase());
        let how = format!("ENCODING '{encoding}' LOCALE 'C'");
        let url = create(&database, &name, &how).await?;
        let output = serve(environment(&database, &url).await?).await?;
        assert_eq!(output.code, Some(1));
        let expected = format!("the database {name} has the encoding {encoding}");
        assert!(output.stderr.contains(&expected), "{}", output.stderr);
        assert!(
            output.stderr.contains("ENCODING 'UTF8'"),
            "{}",
            output.stderr
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_folds_ascii_only_is_warned_of() -> Result<()> {
    let database = Database::migrated().await?;
    let url = create(&database, "in_c", "ENCODING 'UTF8' LOCALE 'C'").await?;
    for (url, warnings) in [(url, 1), (database.url(), 0)] {
        let server = Server::start(environment(&database, &url).await?).await?;
        assert_eq!(server.stderr().matches("lc_ctype").count(), warnings);
        server.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_role_that_may_not_create_tables_is_told_what_to_grant() -> Result<()> {
    let database = Database::empty().await?;
    database
        .execute(
            "CREATE ROLE newcomer LOGIN PASSWORD 'secret'; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
        .await?;
    let (_, rest) = database.url().split_once('@').map(own).context("no host")?;
    let url = format!("postgres://newcomer:secret@{rest}");
    let output = serve(environment(&database, &url).await?).await?;
    assert_eq!(output.code, Some(1));
    let expected = "GRANT CREATE ON SCHEMA public TO";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    Ok(())
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_warned_of_and_served() -> Result<()> {
    let database = Database::migrated().await?;
    database
        .execute(
            "INSERT INTO refinery_schema_history
            VALUES (9000, 'from_the_future', '2030-01-01T00:00:00Z', '1')",
        )
        .await?;
    let server = MarketBuilder::new().start_server(&database).await?;
    let log = server.stderr();
    assert!(log.contains("V9000__from_the_future"), "{log}");
    assert!(log.contains("was migrated by a newer version"), "{log}");
    server.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_pgbouncer_in_transaction_mode_migrates_and_sells() -> Result<()> {
    let database = Database::empty().await?;
    let server = database.url();
    let (_, name) = server
        .rsplit_once('/')
        .context("the database has no name")?;
    let start = || PgBouncer::start(&database.url(), 3);
    let pgbouncer = tokio::task::block_in_place(start)?;
    let url = pgbouncer.url_of(name);
    let environment = with(
        environment(&database, url.expose()).await?,
        "UDAM_DATABASE_POOLING",
        "transaction",
    );
    let (first, second) = try_join(
        Server::start(environment.clone()),
        Server::start(environment),
    )
    .await?;
    let client = |server: &Server| Client::new(server.address(), ErrorResponses::default());
    let seller = sign_up(&client(&first)?, "seller").await?;
    let listing = publish(&seller, weather_listing(20)).await?;
    for server in [&first, &second, &first] {
        let buyer = sign_up(&client(server)?, "buyer").await?;
        let token = buy_token(&buyer, &listing).await?;
        let revealed = buyer.reveal(&token).await?;
        assert_eq!(revealed.status, 200);
    }
    assert_eq!(database.count("SELECT count(*) FROM orders").await?, 3);
    first.stop().await?;
    second.stop().await?;
    Ok(())
}
