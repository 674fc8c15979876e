//! The targets: what each figure must reach, and what it should.

/// A figure with bounds.
#[derive(Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    unit: Unit,
    better: Better,
    must: f64,
    aim: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Times,
    PerSecond,
    /// Percentage by which one value exceeds another.
    PercentMore,
    Milliseconds,
    Mebibytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Higher,
    Lower,
}

/// Grade of a figure against its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    /// Both bounds are met.
    Aim,
    /// Only the lower bound is met.
    Must,
    /// Neither is met.
    Short,
}

macro_rules! targets {
    ($($constant:ident = $name:literal, $unit:ident, $better:ident, $must:literal, $aim:literal;)*) => {
        impl Target {
            $(pub(crate) const $constant: &'static Self = &Self {
                name: $name,
                unit: Unit::$unit,
                better: Better::$better,
                must: $must,
                aim: $aim,
            };)*

            /// All targets, in the order of the report.
            pub(crate) const ALL: &[&'static Self] = &[$(Self::$constant),*];
        }
    };
}

targets! {
    MANY = "1,000 listings / pgbench transaction", Times, Higher, 2.5, 3.5;
    HOT = "one listing / pgbench transaction on one row", Times, Higher, 14.0, 20.0;
    HOT_TO_MANY = "one listing / 1,000 listings", Times, Higher, 0.9, 1.0;
    P99 = "order p99, 64 clients", Milliseconds, Lower, 15.0, 8.0;
    P99_AT_HALF = "order p99 at half of the peak, open loop", Milliseconds, Lower, 8.0, 4.0;
    ONE = "one client's median against batches of one", PercentMore, Lower, 5.0, 0.0;
    GOODPUT = "goodput at twice the peak / peak", Times, Higher, 0.9, 0.95;
    REJECTION = "rejection time at twice the peak, median", Milliseconds, Lower, 10.0, 5.0;
    REJECTION_P99 = "rejection time at twice the peak, p99", Milliseconds, Lower, 10.0, 5.0;
    LOGINS = "order p99 with 20 logins/s / without", Times, Lower, 3.0, 1.5;
    IDLE = "server memory, idle", Mebibytes, Lower, 40.0, 15.0;
    CROWD = "server memory, 256 clients", Mebibytes, Lower, 120.0, 60.0;
    GROWTH = "CPU per order, grown / small", Times, Lower, 1.3, 1.1;
    CALLS_TO_PROXY = "calls through the gateway / requests through nginx", Times, Higher, 0.25, 0.4;
    CALLS = "calls through the gateway", PerSecond, Higher, 6000.0, 10000.0;
    CALL_P50 = "latency that the gateway adds to nginx's at half of its peak, median", Milliseconds, Lower, 2.0, 1.0;
    CALL_P99 = "latency that the gateway adds to nginx's at half of its peak, p99", Milliseconds, Lower, 12.0, 5.0;
    TOKENS = "calls of 1,000 tokens / of one token", Times, Higher, 0.9, 1.0;
    CALL_MEMORY = "server memory, 64 callers", Mebibytes, Lower, 120.0, 80.0;
    PAGE = "slowest public page at 10,000 listings, median", Milliseconds, Lower, 2.0, 1.0;
    DEEP = "catalogue page 10,000 / page 1, median", Times, Lower, 1.5, 1.1;
}

impl Target {
    pub(crate) fn grade(&self, value: f64) -> Grade {
        let meets = |bound: f64| match self.better {
            Better::Higher => value >= bound,
            Better::Lower => value <= bound,
        };
        if meets(self.aim) {
            Grade::Aim
        } else if meets(self.must) {
            Grade::Must
        } else {
            Grade::Short
        }
    }

    pub(crate) fn show(&self, value: f64) -> String {
        match self.unit {
            Unit::Times => format!("{value:.2}x"),
            Unit::PerSecond => format!("{value:.0}/s"),
            Unit::PercentMore => format!("{value:+.1} %"),
            Unit::Milliseconds => format!("{value:.2} ms"),
            Unit::Mebibytes => format!("{value:.1} MiB"),
        }
    }

    /// The bound that must be met, as text.
    pub(crate) fn must(&self) -> String {
        self.bound(self.must)
    }

    /// The bound that should be met, as text.
    pub(crate) fn aim(&self) -> String {
        self.bound(self.aim)
    }

    /// Both bounds: must and aim.
    pub(crate) const fn bounds(&self) -> (f64, f64) {
        (self.must, self.aim)
    }

    fn bound(&self, bound: f64) -> String {
        let sign = match self.better {
            Better::Higher => "≥",
            Better::Lower => "≤",
        };
        let number = match self.unit {
            Unit::Times => format!("{bound}x"),
            Unit::PerSecond => format!("{bound}/s"),
            Unit::PercentMore => format!("{bound:+} %"),
            Unit::Milliseconds => format!("{bound} ms"),
            Unit::Mebibytes => format!("{bound} MiB"),
        };
        format!("{sign} {number}")
    }
}

impl Grade {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aim => "aim",
            Self::Must => "must",
            Self::Short => "SHORT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_met_by_reaching_it() {
        assert_eq!(Target::MANY.grade(3.5), Grade::Aim);
        assert_eq!(Target::MANY.grade(2.5), Grade::Must);
        assert_eq!(Target::MANY.grade(2.49), Grade::Short);
        assert_eq!(Target::P99.grade(8.0), Grade::Aim);
        assert_eq!(Target::P99.grade(15.0), Grade::Must);
        assert_eq!(Target::P99.grade(15.1), Grade::Short);
    }

    #[test]
    fn a_figure_that_is_not_a_number_is_short() {
        assert_eq!(Target::P99.grade(f64::NAN), Grade::Short);
    }

    #[test]
    fn aims_are_no_easier_than_musts() {
        for target in Target::ALL {
            assert_eq!(target.grade(target.aim), Grade::Aim);
            assert_ne!(target.grade(target.must), Grade::Short);
        }
    }
}
