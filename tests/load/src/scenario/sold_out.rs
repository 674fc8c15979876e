//! Everybody wants what there is little of.

use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Pace;
use crate::measure::number;
use crate::options::Scenario;
use crate::orders::SOLD_OUT;
use crate::seed;

const UNITS: u32 = 500;

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let (market, name) = (&bench.market, Scenario::SoldOut.name());
    let (mut sold, mut refusals) = (Vec::new(), Vec::new());
    let (mut median, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let address = market.server.address();
        let scarce = seed::listings(address, &market.seller, 1, "0.01", UNITS).await?;
        let load = bench.load(&market.server, 64, Pace::Closed);
        let orders = market.orders(&scarce)?.or(SOLD_OUT);
        let placed = bench.place(name, market, &market.server, load, orders);
        let tally = placed.await?.tally;
        let (granted, refused) = (tally.granted.count(), tally.refused.count());
        let left = left(bench, &scarce).await?;
        if granted + left != u64::from(UNITS) || (refused > 0 && left > 0) {
            bench.report.fault(format_args!(
                "{name}: of {UNITS} units {granted} were sold and {left} are left, and {refused} orders \
                 were refused"
            ));
        }
        sold.push(number(granted));
        refusals.push(tally.refusals());
        median.push(tally.refused.median_ms());
        p99.push(tally.refused.p99_ms());
    }
    for (figure, unit, rounds) in [
        ("units sold", "of 500", &sold),
        ("refusals", "a second", &refusals),
        ("median of refusals", "ms", &median),
        ("p99 of refusals", "ms", &p99),
    ] {
        bench.report.figure(name, figure, unit, rounds);
    }
    Ok(())
}

async fn left(bench: &Bench, listings: &[udam_domain::id::ListingId]) -> Result<u64> {
    let ids: Vec<_> = listings.iter().map(|listing| listing.uuid()).collect();
    let statement =
        "SELECT sum(available)::bigint FROM listing_stock WHERE listing_id = ANY($1::uuid[])";
    let left = bench.market.database.count(statement, &[&ids]).await?;
    Ok(u64::try_from(left)?)
}
