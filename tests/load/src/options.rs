use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the marketplace beside pgbench on the same cluster, in the same run.
#[derive(Debug, Clone, Parser)]
#[command(name = "udam-load", version)]
pub(crate) struct Options {
    /// Measure only these scenarios, separated by commas.
    #[arg(long, value_delimiter = ',', value_enum)]
    only: Vec<Scenario>,
    /// Measure `growth` as well, which takes minutes to fill its tables.
    #[arg(long)]
    grown: bool,
    /// Duration of each round of a scenario, in seconds.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Number of rounds; the result is the median.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// Number of listings, and of orders, in the grown marketplace.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    pub(crate) grown_rows: u32,
    /// Directory of the report.
    #[arg(long, default_value = "target/bench")]
    pub(crate) output: PathBuf,
    /// Directory, on a disk, in which the PostgreSQL cluster is created. [default: /var/tmp]
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Directory of `udam` and `udam-stripe-sandbox`. [default: that of this program]
    #[arg(long)]
    pub(crate) programs: Option<PathBuf>,
}

/// A scenario, which can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// Orders of 1,000 listings, from 64 clients.
    Many,
    /// Orders of one listing, from 64 clients.
    Hot,
    /// Orders from one client.
    One,
    /// Orders from one client, to a server that places one order per transaction.
    BatchOfOne,
    /// Orders from 256 clients, and the server's peak memory.
    Crowd,
    /// More orders than there are units.
    SoldOut,
    /// Orders that are paid through the Stripe sandbox, until their token is issued.
    Checkout,
    /// Reads of the catalogue, of search results, of a listing, and of a buyer's tokens.
    Reads,
    /// Pages of the storefront with 10,000 listings.
    Pages,
    /// Orders with twenty logins per second, and without.
    Logins,
    /// Orders at fixed rates, from a quarter of the peak to beyond it.
    Sweep,
    /// Orders at twice the peak.
    Overload,
    /// Orders through PgBouncer in transaction mode, and without it.
    Pooler,
    /// Calls through the gateway, and through nginx.
    Calls,
    /// Orders and reads with a million rows, and with few.
    Growth,
}

impl Options {
    /// Whether a scenario is to be measured.
    pub(crate) fn includes(&self, scenario: Scenario) -> bool {
        if self.only.is_empty() {
            scenario != Scenario::Growth || self.grown
        } else {
            self.only.contains(&scenario) || (scenario == Scenario::Growth && self.grown)
        }
    }

    /// Duration of a round.
    pub(crate) fn round(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl Scenario {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Many => "many",
            Self::Hot => "hot",
            Self::One => "one",
            Self::BatchOfOne => "batch-of-one",
            Self::Crowd => "crowd",
            Self::SoldOut => "sold-out",
            Self::Checkout => "checkout",
            Self::Reads => "reads",
            Self::Pages => "pages",
            Self::Logins => "logins",
            Self::Sweep => "sweep",
            Self::Overload => "overload",
            Self::Pooler => "pooler",
            Self::Calls => "calls",
            Self::Growth => "growth",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Options::parse_from([&["udam-load"], arguments].concat())
    }

    #[test]
    fn growth_is_measured_only_on_request() {
        assert!(options(&[]).includes(Scenario::Hot));
        assert!(!options(&[]).includes(Scenario::Growth));
        assert!(options(&["--grown"]).includes(Scenario::Growth));
    }

    #[test]
    fn only_named_scenarios_are_measured() {
        let options = options(&["--only", "hot,batch-of-one"]);
        assert!(options.includes(Scenario::Hot) && options.includes(Scenario::BatchOfOne));
        assert!(!options.includes(Scenario::Many));
    }

    #[test]
    fn scenarios_have_the_names_of_the_command_line() {
        for scenario in Scenario::value_variants() {
            let known = scenario.to_possible_value().unwrap();
            assert_eq!(known.get_name(), scenario.name());
        }
    }
}
