//! More orders than there are units.

use anyhow::Result;
use udam_domain::id::ListingId;

use crate::bench::Bench;
use crate::generator::Rate;
use crate::measure::number;
use crate::options::Scenario;
use crate::orders::SOLD_OUT;
use crate::seed;

const UNITS: u32 = 500;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::SoldOut.name());
    let (mut sold, mut rejections) = (Vec::new(), Vec::new());
    let (mut median, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let scarce = seed::listings(&market.seller, 1, "0.01", UNITS).await?;
        let load = bench.load(&market.server, 64, Rate::Unlimited);
        let orders = market.orders(&scarce)?.allow(SOLD_OUT);
        let placed = bench.place(name, market, &market.server, load, orders);
        let stats = placed.await?.stats;
        let (accepted, rejected) = (stats.accepted.count(), stats.rejected.count());
        let left = left(bench, &scarce).await?;
        if accepted + left != u64::from(UNITS) || (rejected > 0 && left > 0) {
            bench.report.error(format_args!(
                "{name}: of {UNITS} units {accepted} were sold and {left} are left, and {rejected} orders \
                 were rejected"
            ));
        }
        sold.push(number(accepted));
        rejections.push(stats.rejections());
        median.push(stats.rejected.median_ms());
        p99.push(stats.rejected.p99_ms());
    }
    for (figure, unit, rounds) in [
        ("units sold", "of 500", &sold),
        ("rejections", "a second", &rejections),
        ("median of rejections", "ms", &median),
        ("p99 of rejections", "ms", &p99),
    ] {
        bench.report.figure(name, figure, unit, rounds);
    }
    Ok(())
}

/// Units that are left of these listings.
async fn left(bench: &Bench, listings: &[ListingId]) -> Result<u64> {
    let ids: Vec<_> = listings.iter().map(|listing| listing.uuid()).collect();
    let statement =
        "SELECT sum(available)::bigint FROM listing_stock WHERE listing_id = ANY($1::uuid[])";
    let left = bench.market.database.count(statement, &[&ids]).await?;
    Ok(u64::try_from(left)?)
}
