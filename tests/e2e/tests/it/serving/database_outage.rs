//! A server without its database.

use std::path::Path;

use anyhow::Result;
use udam_testkit::{
    Client, DurableCluster, ErrorResponses, MarketBuilder, PASSWORD, Server, sign_up, unique_email,
    wait_until, weather_listing,
};

use crate::assertions::assert_problem;
use crate::setup::{publish, seller_with_listing};

#[tokio::test]
async fn a_server_without_its_database_returns_503_and_recovers() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(5)).await?;
    let (buyer, operator) = (market.sign_up("buyer").await?, market.operator(0)?);
    market.database.refuse_connections().await?;
    for response in [
        buyer.buy(&listing, 1).await?,
        buyer.get("/v1/listings").await?,
        buyer.log_in(&unique_email("ada"), PASSWORD).await?,
        operator.get("/readyz").await?,
    ] {
        assert_problem(&response, 503, "overloaded");
        assert_eq!(response.header("retry-after"), "1");
    }
    assert_eq!(buyer.get("/healthz").await?.status, 200);

    market.database.accept_connections().await?;
    wait_until("the server to recover", async || {
        Ok(operator.get("/readyz").await?.status == 200)
    })
    .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_server_whose_database_turns_read_only_returns_503_and_recovers() -> Result<()> {
    let cluster = DurableCluster::start(Path::new("/var/tmp"), &[]).await?;
    let url = cluster.cluster()?.url();
    let server = Server::start(MarketBuilder::new().environment_at(url.expose()).await?).await?;
    let client = Client::new(server.address(), ErrorResponses::default())?;
    let operator = client.at(server.admin_address());
    let buyer = sign_up(&client, "buyer").await?;
    let listing = publish(&buyer, weather_listing(5)).await?;
    let sql = cluster.connect().await?;
    let turn = async |value: &str| {
        for statement in [
            "SET default_transaction_read_only = off",
            &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"),
            "SELECT pg_reload_conf()",
        ] {
            sql.batch_execute(statement).await?;
        }
        anyhow::Ok(())
    };

    turn("on").await?;
    wait_until("the server to be taken out of service", async || {
        Ok(operator.get("/readyz").await?.status == 503)
    })
    .await?;
    assert_problem(&buyer.buy(&listing, 1).await?, 503, "overloaded");
    assert_eq!(client.get("/healthz").await?.status, 200);

    turn("off").await?;
    wait_until("the server to recover", async || {
        Ok(operator.get("/readyz").await?.status == 200)
    })
    .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    server.stop().await?;
    cluster.stop().await
}

#[tokio::test]
async fn a_server_whose_database_has_a_full_disk_returns_503_and_recovers() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    let full = "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER disk_full BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION disk_full()";
    market.database.execute(full).await?;
    assert_problem(&buyer.buy(&listing, 1).await?, 503, "overloaded");
    market
        .database
        .execute("DROP FUNCTION disk_full CASCADE")
        .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}
