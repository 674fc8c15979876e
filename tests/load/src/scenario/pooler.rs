//! Orders through PgBouncer in transaction mode, and without it, in turn.

use anyhow::{Context, Result};
use tokio::task::spawn_blocking;
use udam_domain::id::ListingId;
use udam_testkit::{PgBouncer, Server};

use super::series::Series;
use crate::bench::Bench;
use crate::generator::Rate;
use crate::measure::ratios;
use crate::options::Scenario;

/// Number of clients, as in the other scenarios.
const CLIENTS: usize = 64;

/// Sessions of PgBouncer with PostgreSQL, as many as a server has connections.
const SESSIONS: u32 = 16;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let market = &bench.market;
    let url = market.database.url().to_owned();
    let (_, database) = url.rsplit_once('/').context("the database has no name")?;
    let direct_url = url.clone();
    let pgbouncer = spawn_blocking(move || PgBouncer::start(&direct_url, SESSIONS)).await??;
    let through = pgbouncer.url_of(database);
    let settings = [
        ("DATABASE_URL", through.expose()),
        ("UDAM_DATABASE_POOLING", "transaction"),
    ];
    let pooled = market
        .setup
        .start_server(&market.database, &settings)
        .await?;
    market.warm_up(&pooled).await?;
    for (kind, listings) in [("many", &*market.listings), ("hot", market.hot())] {
        compare(bench, kind, listings, &pooled).await?;
    }
    pooled.stop().await.map(drop)
}

/// Measures both once a round, and in every other round in reverse order.
async fn compare(bench: &Bench, kind: &str, listings: &[ListingId], pooled: &Server) -> Result<()> {
    let servers = [("direct", &bench.market.server), ("pooled", pooled)];
    let mut found = servers.map(|_| Series::default());
    for round in 0..bench.options.rounds {
        let mut order = [0, 1];
        if round % 2 == 1 {
            order.reverse();
        }
        for at in order {
            let (Some((how, server)), Some(series)) = (servers.get(at), found.get_mut(at)) else {
                continue;
            };
            let load = bench.load(server, CLIENTS, Rate::Unlimited);
            let orders = bench.market.orders(listings)?;
            let name = format!("{kind}, {how}");
            let placed = bench.place(&name, &bench.market, server, load, orders);
            series.push(&placed.await?);
        }
    }
    let scenario = Scenario::Pooler.name();
    for ((how, _), series) in servers.iter().zip(&found) {
        series.report(&format!("{scenario}: {kind}, {how}"), &bench.report);
    }
    let [direct, pooled] = found;
    bench.report.figure(
        format_args!("{scenario}: {kind}"),
        "pooled / direct",
        "times",
        &ratios(&pooled.throughput, &direct.throughput),
    );
    Ok(())
}
