use anyhow::Result;

use crate::bench::Bench;
use crate::generator::Pace;
use crate::report::remark;

/// The most orders a second there are, and from how many clients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peak {
    pub(crate) throughput: f64,
    pub(crate) clients: usize,
}

impl Peak {
    /// A share of it, as a rate to offer.
    pub(super) fn percent(self, percent: u32) -> u32 {
        let rate = (self.throughput * f64::from(percent) / 100.0).round();
        // No shorter way from a float to an integer says what it does when it does not fit.
        format!("{rate:.0}").parse().unwrap_or(1).max(1)
    }
}

/// The peak, measured unless that has been done.
pub(super) async fn peak(bench: &Bench) -> Result<Peak> {
    if let Some(peak) = bench.peak.get() {
        return Ok(peak);
    }
    remark("  looking for the peak");
    let market = &bench.market;
    let mut best = Peak {
        throughput: 0.0,
        clients: 64,
    };
    for clients in [64, 256] {
        let load = bench.load(&market.server, clients, Pace::Closed);
        let orders = market.orders(&market.listings)?;
        let placed = bench.place("peak", market, &market.server, load, orders);
        let throughput = placed.await?.tally.throughput();
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
    fn a_share_of_the_peak_is_a_whole_rate() {
        let peak = Peak {
            throughput: 18_333.4,
            clients: 64,
        };
        assert_eq!(peak.percent(200), 36_667);
        assert_eq!(peak.percent(50), 9_167);
    }
}
