//! The highest throughput, which other scenarios offer percentages of.

/// Highest throughput in a closed loop, and the number of clients that reaches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peak {
    /// Orders per second.
    pub(crate) throughput: f64,
    pub(crate) clients: usize,
}

impl Peak {
    /// A percentage of it, as a rate to offer.
    pub(crate) fn percent(self, percent: u32) -> u32 {
        let rate = (self.throughput * f64::from(percent) / 100.0).round();
        // Through text, because `as` is denied and a float has no fallible conversion to an integer.
        format!("{rate:.0}").parse().unwrap_or(1).max(1)
    }
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
