//! Servers that are replaced one after the other, behind a balancer, while clients go on.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use anyhow::{Result, ensure};
use futures::future::{try_join, try_join_all};
use rustix::process::Signal;
use serde_json::json;
use udam_testkit::{
    Client, Database, ErrorResponses, MarketBuilder, Server, env_number, sign_up, sign_up_all,
    wait_until, weather_listing,
};

use super::nginx::Nginx;
use crate::setup::{publish, with_fields};

/// Number of buyers who buy all the time.
const BUYERS: usize = 6;

/// Two addresses, in which nothing listens yet.
fn free_addresses() -> Result<[SocketAddr; 2]> {
    let [first, second] = [
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
    ];
    Ok([first.local_addr()?, second.local_addr()?])
}

async fn start(database: &Database, address: SocketAddr) -> Result<Server> {
    MarketBuilder::new()
        .set("UDAM_LISTEN", &address.to_string())
        .set("UDAM_TRUSTED_PROXIES", "127.0.0.1")
        .set("UDAM_STOP_DELAY", "1s")
        .set("RUST_LOG", "info")
        .start_server(database)
        .await
}

/// Clients that send one request after the other, none of which may fail.
#[derive(Default)]
struct Flow {
    answered: AtomicUsize,
    stopped: AtomicBool,
}

impl Flow {
    /// Buys and reads until the flow is stopped, and returns the number of orders.
    async fn run(&self, buyer: &Client, listing: &str) -> Result<usize> {
        let mut orders = 0;
        while !self.stopped.load(Relaxed) {
            let order = buyer
                .buy_with_key(listing, 1, &format!("order {orders}"))
                .await?;
            ensure!(order.status == 201, "{}: {}", order.status, order.text);
            orders += 1;
            let path = format!("/v1/orders/{}", order.id());
            let read = buyer.get(&path).await?;
            ensure!(read.status == 200, "{}: {}", read.status, read.text);
            self.answered.fetch_add(2, Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(orders)
    }

    /// Waits until some more requests are answered.
    async fn go_on(&self) -> Result<()> {
        let before = self.answered.load(Relaxed);
        wait_until("requests to be answered", async || {
            Ok(self.answered.load(Relaxed) > before + 50)
        })
        .await
    }
}

/// Stops a server as `systemctl restart` does, and starts another one in its place.
async fn replace(server: &mut Server, database: &Database, flow: &Flow) -> Result<()> {
    let client = Client::new(server.address(), ErrorResponses::default())?;
    let operator = client.at(server.admin_address());
    assert_eq!(operator.get("/readyz").await?.status, 200);
    server.signal(Signal::TERM)?;
    wait_until("the server to say that it stops", async || {
        Ok(operator.get("/readyz").await?.status == 503)
    })
    .await?;
    let checks = operator.get("/readyz").await?;
    assert_eq!(checks["checks"]["running"], "failed", "{}", checks.text);
    // It serves on for those who have not noticed.
    let last = client.get("/healthz").await?;
    assert_eq!(last.status, 200);
    assert_eq!(last.header("connection"), "close");
    let ended = server.wait().await?;
    ensure!(ended.code == Some(0), "{}", ended.stderr);
    flow.go_on().await?;
    *server = start(database, server.address()).await?;
    let operator = client.at(server.admin_address());
    assert_eq!(operator.get("/readyz").await?.status, 200);
    flow.go_on().await
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_behind_nginx_are_replaced_without_a_failed_request() -> Result<()> {
    let database = Database::migrated().await?;
    let addresses = free_addresses()?;
    let mut servers = Vec::new();
    for address in addresses {
        servers.push(start(&database, address).await?);
    }
    let nginx = Nginx::before(&addresses).await?;
    let client = Client::new(nginx.address, ErrorResponses::default())?;
    let seller = sign_up(&client, "replaced-seller").await?;
    let cheap = with_fields(
        weather_listing(1_000_000),
        [("price_per_unit", json!("0.01"))],
    );
    let listing = publish(&seller, cheap).await?;
    let buyers = sign_up_all((0..BUYERS).map(|_| client.clone()), "replaced-buyer").await?;

    let flow = Flow::default();
    let flowing = try_join_all(buyers.iter().map(|buyer| flow.run(buyer, &listing)));
    let replacing = async {
        flow.go_on().await?;
        for _ in 0..env_number("UDAM_ROLLING_RESTARTS").unwrap_or(2) {
            for server in &mut servers {
                replace(server, &database, &flow).await?;
            }
        }
        flow.stopped.store(true, Relaxed);
        anyhow::Ok(())
    };
    let (orders, ()) = try_join(flowing, replacing).await?;
    let orders: usize = orders.iter().sum();
    println!("{orders} orders, {} requests", flow.answered.load(Relaxed));
    let stored = database.count("SELECT count(*) FROM orders").await?;
    assert_eq!(stored, i64::try_from(orders)?);
    for server in servers {
        server.stop().await?;
    }
    Ok(())
}
