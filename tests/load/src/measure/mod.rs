//! Measurements of processes and of the machine, and arithmetic on figures.

mod cpu;
mod host;
mod memory;

use std::time::Duration;

pub(crate) use cpu::CpuClock;
pub(crate) use host::host;
pub(crate) use memory::{PeakMemory, resident_mib};

/// A count as a float; all counts here are far below the first that has none.
pub(crate) fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

pub(crate) fn per_second(count: u64, duration: Duration) -> f64 {
    number(count) / duration.as_secs_f64()
}

/// The median; `None` of no numbers.
pub(crate) fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some(f64::midpoint(lower, upper))
}

/// The quotient of each round: other load on the machine affects both sides of a round alike.
pub(crate) fn ratios(over: &[f64], under: &[f64]) -> Vec<f64> {
    over.iter()
        .zip(under)
        .map(|(over, under)| over / under)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_change_the_median() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[4.0]), Some(4.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[1.0, 900.0, 2.0, 4.0]), Some(3.0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        assert_eq!(ratios(&[6.0, 1.0], &[2.0, 4.0]), [3.0, 0.25]);
    }

    #[test]
    fn a_rate_is_a_count_per_second() {
        let rate = per_second(500, Duration::from_millis(250));
        assert!((rate - 2_000.0).abs() < 1e-9, "{rate}");
    }
}
