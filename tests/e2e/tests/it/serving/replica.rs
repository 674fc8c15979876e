//! A standby that visitors read the catalogue from.

use std::path::Path;

use anyhow::Result;
use udam_testkit::{
    Client, DurableCluster, ErrorResponses, MarketBuilder, Server, Standby, connect, expect_status,
    sign_up, wait_until, weather_listing,
};

use crate::setup::publish;

/// A primary with a standby, and a server that reads the catalogue there.
struct Replicated {
    server: Server,
    primary: DurableCluster,
    standby: Standby,
    visitor: Client,
}

impl Replicated {
    async fn start(max_lag: &str) -> Result<Self> {
        let primary = DurableCluster::start(Path::new("/var/tmp"), &[]).await?;
        let cluster = primary.cluster()?;
        let standby = tokio::task::block_in_place(|| Standby::start(cluster, "reading"))?;
        let environment = MarketBuilder::new()
            .set("UDAM_READ_DATABASE_URL", standby.url_of("udam").expose())
            .set("UDAM_READ_MAX_LAG", max_lag)
            .environment_at(cluster.url().expose())
            .await?;
        let server = Server::start(environment).await?;
        let visitor = Client::new(server.address(), ErrorResponses::default())?;
        let replicated = Self {
            server,
            primary,
            standby,
            visitor,
        };
        replicated
            .until_logged("the catalogue is read from the standby")
            .await?;
        Ok(replicated)
    }

    async fn until_logged(&self, message: &str) -> Result<()> {
        wait_until(message, async || Ok(self.server.stderr().contains(message))).await
    }

    /// Has the standby stay as it is, while it goes on being read.
    async fn pause(&self) -> Result<()> {
        let sql = connect(self.standby.url_of("udam").expose()).await?;
        Ok(sql.batch_execute("SELECT pg_wal_replay_pause()").await?)
    }

    /// Number of listings that a client finds.
    async fn found(&self, client: &Client) -> Result<usize> {
        let page = expect_status(client.get("/v1/listings").await?, 200)?;
        let on_page = client.signed_out().get("/").await?;
        assert_eq!(on_page.status, 200);
        Ok(page.items().len())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_read_the_standby_and_those_who_are_signed_in_the_primary() -> Result<()> {
    let replicated = Replicated::start("1h").await?;
    let visitor = &replicated.visitor;
    let seller = sign_up(visitor, "replicated-seller").await?;
    publish(&seller, weather_listing(5)).await?;
    wait_until("the standby to have the listing", async || {
        Ok(replicated.found(visitor).await? == 1)
    })
    .await?;
    replicated.pause().await?;
    let new = publish(&seller, weather_listing(5)).await?;
    assert_eq!(replicated.found(visitor).await?, 1);
    // Who has published it sees it, and so does who has its address.
    assert_eq!(replicated.found(&seller).await?, 2);
    assert_eq!(seller.get("/v1/me/listings").await?.items().len(), 2);
    let page = format!("/listings/{new}");
    assert_eq!(visitor.get(&page).await?.status, 200);
    // What is decided is decided at the primary.
    let buyer = sign_up(visitor, "replicated-buyer").await?;
    assert_eq!(buyer.buy(&new, 1).await?.status, 201);
    replicated.server.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_is_far_behind_or_gone_is_not_read() -> Result<()> {
    let replicated = Replicated::start("2s").await?;
    let visitor = &replicated.visitor;
    let seller = sign_up(visitor, "impatient-seller").await?;
    replicated.pause().await?;
    publish(&seller, weather_listing(5)).await?;
    replicated
        .until_logged("the catalogue is read from the primary for now")
        .await?;
    assert_eq!(replicated.found(visitor).await?, 1);

    let sql = connect(replicated.standby.url_of("udam").expose()).await?;
    sql.batch_execute("SELECT pg_wal_replay_resume()").await?;
    wait_until("the standby to be read again", async || {
        let log = replicated.server.stderr();
        Ok(log.matches("is read from the standby").count() == 2)
    })
    .await?;
    let Replicated {
        server,
        primary,
        standby,
        visitor,
    } = replicated;
    drop((sql, standby));
    // At once, by those who find it gone.
    let page = expect_status(visitor.get("/v1/listings").await?, 200)?;
    assert_eq!(page.items().len(), 1);
    server.stop().await?;
    primary.stop().await
}
