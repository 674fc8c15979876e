//! Orders that are paid, through the stand-in for Stripe: from the order over the hosted page and the
//! webhook to the token.

mod buyer;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hyper::header::HeaderValue;
use tokio::task::JoinSet;
use udam_domain::id::ListingId;

use crate::bench::Bench;
use crate::books::Books;
use crate::generator::Latencies;
use crate::measure::per_second;
use crate::options::Scenario;
use crate::report::remark;
use crate::seed;

use buyer::{Buyer, Paid};

/// With more it is the stand-in that is measured.
const CLIENTS: usize = 16;

/// Above what is served at once.
const PRICE: &str = "150.00";

/// A part of the way, and how long it took in each round.
struct Part {
    medians: (&'static str, Vec<f64>),
    p99s: (&'static str, Vec<f64>),
    of: fn(&Paid) -> Duration,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::Checkout.name());
    let address = market.server.address();
    let buyers = seed::buyers(&market.database, CLIENTS).await?;
    let listing = seed::listings(address, &market.seller, 1, PRICE, seed::PLENTY).await?;
    let listing = *listing.first().context("nothing is on sale")?;
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
        remark(format_args!("  {name}: {rate:.0}/s"));
        rates.push(rate);
        for part in &mut parts {
            let mut took = Latencies::new()?;
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

/// Has all buyers buy for a while; their orders, which are in the books.
async fn round(bench: &Bench, buyers: &[HeaderValue], listing: ListingId) -> Result<Vec<Paid>> {
    let database = &bench.market.database;
    database.checkpoint().await?;
    let books = Books::open(database).await?;
    let ends = Instant::now() + bench.options.round();
    let mut clients = JoinSet::new();
    for session in buyers {
        let buyer = Buyer::arrive(bench, session, listing).await?;
        clients.spawn(buyer.keep_buying(ends));
    }
    let mut paid = Vec::new();
    for client in clients.join_all().await {
        paid.extend(client?);
    }
    let mut ids: Vec<_> = paid.iter().map(|paid| paid.id).collect();
    for fault in books.settle(&mut ids, 0).await? {
        let name = Scenario::Checkout.name();
        bench.report.fault(format_args!("{name}: {fault}"));
    }
    Ok(paid)
}
