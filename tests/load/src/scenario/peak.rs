use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Rate;
use crate::peak::Peak;
use crate::report::progress;

/// Returns the peak, and measures it first unless that has been done.
pub(super) async fn peak(bench: &Bench) -> Result<Peak> {
    if let Some(peak) = bench.peak.get() {
        return Ok(peak);
    }
    progress("  measuring the peak");
    let market = &bench.market;
    let mut best = Peak {
        throughput: 0.0,
        clients: 64,
    };
    for clients in [64, 256] {
        let load = bench.load(&market.server, clients, Rate::Unlimited);
        let orders = market.orders(&market.listings)?;
        let placed = bench.place("peak", market, &market.server, load, orders);
        let throughput = placed.await?.stats.throughput();
        if throughput > best.throughput {
            best = Peak {
                throughput,
                clients,
            };
        }
    }
    bench.peak.set(Some(best));
    Ok(best)
}
