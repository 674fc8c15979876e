use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Rate;
use crate::report::progress;

/// Highest throughput in a closed loop, and the number of clients that reaches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peak {
    /// Orders per second.
    pub(crate) throughput: f64,
    pub(crate) clients: usize,
}

impl Peak {
    /// A percentage of it, as a rate to offer.
    pub(super) fn percent(self, percent: u32) -> u32 {
        let rate = (self.throughput * f64::from(percent) / 100.0).round();
        // Through text, because `as` is denied and a float has no fallible conversion to an integer.
        format!("{rate:.0}").parse().unwrap_or(1).max(1)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_of_the_peak_is_a_whole_rate() {
        let peak = Peak {
            throughput: 18_333.4,
            clients: 64,
        };
        assert_eq!(peak.percent(200), 36_667);
        assert_eq!(peak.percent(50), 9_167);
    }
}
