use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the marketplace beside pgbench on the same cluster, in the same run.
#[derive(Debug, Clone, Parser)]
#[command(name = "udam-load", version)]
pub(crate) struct Options {
    /// Only these scenarios, with commas between.
    #[arg(long, value_delimiter = ',', value_enum)]
    only: Vec<Scenario>,
    /// All scenarios, and `growth`, which takes minutes to fill its tables.
    #[arg(long)]
    grown: bool,
    /// How long each round of a scenario lasts, in seconds.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How many rounds there are; what counts is the median.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many listings, and how many orders, `growth` compares with few.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    pub(crate) grown_rows: u32,
    /// Where the report is put.
    #[arg(long, default_value = "target/bench")]
    pub(crate) output: PathBuf,
    /// Where the cluster is made; on a disk. [default: /var/tmp]
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where `udam` and `udam-stripe-sandbox` are. [default: beside this program]
    #[arg(long)]
    pub(crate) programs: Option<PathBuf>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// Orders of 1,000 listings, from 64 clients.
    Many,
    /// Orders of one listing, from 64 clients.
    Hot,
    /// Orders from one client.
    One,
    /// Orders from one client, by a server whose transactions take one order each.
    BatchOfOne,
    /// Orders from 256 clients, and the server's memory meanwhile.
    Crowd,
    /// More orders than there are units.
    SoldOut,
    /// Orders that are paid through the stand-in for Stripe, until their token is there.
    Checkout,
    /// The catalogue, search, a listing, a buyer's tokens.
    Reads,
    /// Pages of the storefront with 10,000 listings.
    Pages,
    /// Orders beside twenty logins a second, and without.
    Logins,
    /// Orders at fixed rates, from a quarter of the peak to beyond it.
    Sweep,
    /// Orders at twice the peak.
    Overload,
    /// Orders and reads with a million rows, and with few.
    Growth,
}

impl Options {
    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        if self.only.is_empty() {
            scenario != Scenario::Growth || self.grown
        } else {
            self.only.contains(&scenario) || (scenario == Scenario::Growth && self.grown)
        }
    }

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
    fn all_but_growth_is_measured_unless_told_otherwise() {
        assert!(options(&[]).wants(Scenario::Hot));
        assert!(!options(&[]).wants(Scenario::Growth));
        assert!(options(&["--grown"]).wants(Scenario::Growth));
    }

    #[test]
    fn only_what_is_named_is_measured() {
        let options = options(&["--only", "hot,batch-of-one"]);
        assert!(options.wants(Scenario::Hot) && options.wants(Scenario::BatchOfOne));
        assert!(!options.wants(Scenario::Many));
    }

    #[test]
    fn scenarios_are_called_the_same_everywhere() {
        for scenario in Scenario::value_variants() {
            let known = scenario.to_possible_value().unwrap();
            assert_eq!(known.get_name(), scenario.name());
        }
    }
}
