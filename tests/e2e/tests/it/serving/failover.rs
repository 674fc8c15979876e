//! A primary with a standby, and servers that know both.

use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::future::{try_join, try_join_all};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use udam_testkit::{
    Binary, Client, DurableCluster, ErrorResponses, MarketBuilder, Server, Standby, connect,
    sign_up_all, wait_for, wait_until, weather_listing,
};

use crate::assertions::assert_problem;
use crate::setup::{publish, with_fields};

/// Number of buyers who buy all the time.
const BUYERS: usize = 4;

/// A primary, a standby without which it commits nothing, and a server that knows both.
struct Replicated {
    server: Server,
    primary: DurableCluster,
    standby: Standby,
}

impl Replicated {
    async fn start() -> Result<Self> {
        let primary = DurableCluster::start(Path::new("/var/tmp"), &[]).await?;
        let cluster = primary.cluster()?;
        let standby = tokio::task::block_in_place(|| Standby::start(cluster, "standby"))?;
        let sql = primary.connect().await?;
        for statement in [
            "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
            "SELECT pg_reload_conf()",
        ] {
            sql.batch_execute(statement).await?;
        }
        wait_until("commits to wait for the standby", async || {
            let state = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";
            Ok(sql.query_opt(state, &[]).await?.is_some())
        })
        .await?;
        let url = cluster.url();
        let (hosts, database) = url.expose().rsplit_once('/').context("no database")?;
        let both = format!("{hosts},127.0.0.1:{}/{database}", standby.port());
        let server = Server::start(MarketBuilder::new().environment_at(&both).await?).await?;
        Ok(Self {
            server,
            primary,
            standby,
        })
    }

    /// Makes the standby the primary.
    async fn promote(&self) -> Result<()> {
        let sql = connect(self.standby.url_of("postgres").expose()).await?;
        sql.batch_execute("SELECT pg_promote()").await?;
        Ok(())
    }

    /// Kills the primary, as the loss of its machine does.
    fn kill_primary(&self) -> Result<()> {
        let id = self.primary.cluster()?.server_pid();
        let id = i32::try_from(id.context("the primary has ended")?)?;
        let id = Pid::from_raw(id).context("no process id")?;
        Ok(kill_process(id, Signal::KILL)?)
    }

    /// Has the primary accept no writes any more.
    async fn turn_primary_read_only(&self) -> Result<()> {
        let sql = self.primary.connect().await?;
        for statement in [
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "SELECT pg_reload_conf()",
        ] {
            sql.batch_execute(statement).await?;
        }
        Ok(())
    }
}

/// Buyers who repeat each order with the same key until it is fulfilled.
#[derive(Default)]
struct Buying {
    fulfilled: AtomicUsize,
    refused: AtomicUsize,
    stopped: AtomicBool,
}

impl Buying {
    /// Buys until it is stopped, and returns the ids of the orders.
    async fn buy(&self, buyer: &Client, listing: &str) -> Result<Vec<String>> {
        let mut orders = Vec::new();
        while !self.stopped.load(Relaxed) {
            let key = format!("order {}", orders.len());
            orders.push(self.buy_one(buyer, listing, &key).await?);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(orders)
    }

    async fn buy_one(&self, buyer: &Client, listing: &str, key: &str) -> Result<String> {
        let what = format!("{key} to be fulfilled");
        wait_for(&what, async || {
            let response = buyer.buy_with_key(listing, 1, key).await?;
            if response.status == 201 {
                self.fulfilled.fetch_add(1, Relaxed);
                return Ok(Some(response.id().to_owned()));
            }
            assert_problem(&response, 503, "overloaded");
            self.refused.fetch_add(1, Relaxed);
            Ok(None)
        })
        .await
    }

    /// Waits until some more orders are fulfilled.
    async fn go_on(&self) -> Result<()> {
        let before = self.fulfilled.load(Relaxed);
        wait_until("orders to be fulfilled", async || {
            Ok(self.fulfilled.load(Relaxed) > before + 40)
        })
        .await
    }
}

async fn is_ready(operator: &Client) -> Result<bool> {
    let response = operator.get("/readyz").await?;
    ensure!([200, 503].contains(&response.status), "{}", response.text);
    Ok(response.status == 200)
}

/// Lets buyers buy while `fail` ends the service of the primary and the standby takes over, and checks what is left.
async fn fail_over(fail: impl AsyncFnOnce(&Replicated) -> Result<()>) -> Result<()> {
    let replicated = Replicated::start().await?;
    let client = Client::new(replicated.server.address(), ErrorResponses::default())?;
    let operator = client.at(replicated.server.admin_address());
    let buyers = sign_up_all((0..=BUYERS).map(|_| client.clone()), "buyer").await?;
    let (seller, buyers) = buyers.split_first().context("nobody has signed up")?;
    let cheap = with_fields(
        weather_listing(1_000_000),
        [("price_per_unit", json!("0.01"))],
    );
    let listing = publish(seller, cheap).await?;
    let buying = Buying::default();
    let all = try_join_all(buyers.iter().map(|buyer| buying.buy(buyer, &listing)));
    let failing = async {
        buying.go_on().await?;
        fail(&replicated).await?;
        wait_until("the server to be taken out of service", async || {
            Ok(!is_ready(&operator).await?)
        })
        .await?;
        assert_eq!(client.get("/healthz").await?.status, 200);
        // Nobody takes orders now, as some of the buyers find out.
        wait_until("an order to be refused", async || {
            Ok(buying.refused.load(Relaxed) > 0)
        })
        .await?;
        replicated.promote().await?;
        wait_until("the server to be ready", async || is_ready(&operator).await).await?;
        buying.go_on().await?;
        buying.stopped.store(true, Relaxed);
        anyhow::Ok(())
    };
    let (orders, ()) = try_join(all, failing).await?;

    let url = replicated.standby.url_of("udam");
    let sql = connect(url.expose()).await?;
    let stored = sql
        .query_one("SELECT count(*) FROM orders WHERE state = 'fulfilled'", &[])
        .await?;
    let fulfilled: usize = orders.iter().map(Vec::len).sum();
    assert_eq!(stored.get::<_, i64>(0), i64::try_from(fulfilled)?);
    for (buyer, orders) in buyers.iter().zip(&orders) {
        for order in [orders.first(), orders.last()].into_iter().flatten() {
            let order = buyer.get(&format!("/v1/orders/{order}")).await?;
            assert_eq!(order["status"], "fulfilled", "{}", order.text);
        }
    }
    let database = [("DATABASE_URL", url.expose())];
    let verified = Binary::udam()?.run(["verify"], database).await?;
    verified.success()?;
    replicated.server.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_go_on_at_the_standby_when_the_primary_is_lost() -> Result<()> {
    fail_over(async |replicated| replicated.kill_primary()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_go_on_at_the_standby_when_the_primary_turns_read_only() -> Result<()> {
    fail_over(async |replicated| replicated.turn_primary_read_only().await).await
}
