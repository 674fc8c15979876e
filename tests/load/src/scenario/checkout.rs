//! Orders that are paid through the Stripe sandbox: from the order over the hosted page and the webhook to the
//! token.

mod buyer;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hyper::header::HeaderValue;
use tokio::task::JoinSet;
use udam_domain::id::ListingId;

use crate::bench::Bench;
use crate::consistency::ConsistencyCheck;
use crate::generator::LatencyHistogram;
use crate::measure::per_second;
use crate::options::Scenario;
use crate::report::progress;
use crate::seed;

use buyer::{Buyer, Paid};

/// With more clients, the sandbox is the bottleneck.
const CLIENTS: usize = 16;

/// Above the limit of small orders.
const PRICE: &str = "150.00";

/// A part of the purchase, and its duration in each round.
struct Part {
    /// Name of the figure, and its values in milliseconds.
    medians: (&'static str, Vec<f64>),
    /// Name of the figure, and its values in milliseconds.
    p99s: (&'static str, Vec<f64>),
    of: fn(&Paid) -> Duration,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::Checkout.name());
    let buyers = seed::buyers(&market.database, CLIENTS).await?;
    let listing = seed::listings(&market.seller, 1, PRICE, seed::MAX_UNITS).await?;
    let listing = *listing.first().context("there is no listing")?;
    let part = |median, p99, of| Part {
        medians: (median, Vec::new()),
        p99s: (p99, Vec::new()),
        of,
    };
    let mut parts = [
        part("order to page, median", "order to page, p99", |paid| {
            paid.ordering
        }),
        part(
            "payment to token, median",
            "payment to token, p99",
            |paid| paid.paying,
        ),
        part("order to token, median", "order to token, p99", |paid| {
            paid.ordering + paid.paying
        }),
    ];
    let mut rates = Vec::new();
    for _ in 0..bench.options.rounds {
        let paid = round(bench, &buyers, listing).await?;
        let rate = per_second(u64::try_from(paid.len())?, bench.options.round());
        progress(format_args!("  {name}: {rate:.0}/s"));
        rates.push(rate);
        for part in &mut parts {
            let mut took = LatencyHistogram::new()?;
            for paid in &paid {
                took.record((part.of)(paid));
            }
            part.medians.1.push(took.median_ms());
            part.p99s.1.push(took.p99_ms());
        }
    }
    bench.report.figure(name, "paid orders", "a second", &rates);
    for (figure, rounds) in parts.iter().flat_map(|part| [&part.medians, &part.p99s]) {
        bench.report.figure(name, figure, "ms", rounds);
    }
    Ok(())
}

/// Has all buyers buy for one round, checks the database, and returns their orders.
async fn round(bench: &Bench, buyers: &[HeaderValue], listing: ListingId) -> Result<Vec<Paid>> {
    let database = &bench.market.database;
    database.checkpoint().await?;
    let check = ConsistencyCheck::start(database).await?;
    let ends = Instant::now() + bench.options.round();
    let mut clients = JoinSet::new();
    for session in buyers {
        let buyer = Buyer::connect(bench, session, listing).await?;
        clients.spawn(buyer.keep_buying(ends));
    }
    let mut paid = Vec::new();
    for client in clients.join_all().await {
        paid.extend(client?);
    }
    let mut ids: Vec<_> = paid.iter().map(|paid| paid.id).collect();
    for error in check.finish(&mut ids, 0).await? {
        let name = Scenario::Checkout.name();
        bench.report.error(format_args!("{name}: {error}"));
    }
    Ok(paid)
}
