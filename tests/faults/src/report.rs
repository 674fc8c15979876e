//! The printed results.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use crate::counts::Counts;
use crate::fault::Fault;
use crate::round::RoundResult;

/// Number of violations of a round that are printed.
const SHOWN_VIOLATIONS: usize = 20;

/// Prints a line for each round, and a summary.
pub(crate) struct Report<'a> {
    out: &'a mut dyn Write,
    seed: u64,
    /// Counts and recovery time of each round, by fault.
    by_fault: BTreeMap<Fault, Vec<(Counts, Duration)>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, seed: u64) -> Self {
        Self {
            out,
            seed,
            by_fault: BTreeMap::new(),
        }
    }

    /// Prints the result of a round.
    pub(crate) fn round(
        &mut self,
        number: u64,
        fault: Fault,
        result: &RoundResult,
    ) -> io::Result<()> {
        let Counts {
            acknowledged,
            unanswered,
            failed,
            retried,
            sold_out,
            ..
        } = result.counts;
        writeln!(
            self.out,
            "{number:>4}  {fault:<23} {:<21} at {:.2} s, recovered in {:>5.2} s: {acknowledged:>5} \
             acknowledged, {unanswered:>4} unanswered, {failed:>4} failed, {retried:>4} retried, \
             {sold_out:>4} sold out; {:.1} s",
            result.detail,
            result.at.as_secs_f64(),
            result.recovered_in.as_secs_f64(),
            result.took.as_secs_f64(),
        )?;
        let of_fault = self.by_fault.entry(fault).or_default();
        of_fault.push((result.counts, result.recovered_in));
        self.out.flush()
    }

    /// Prints what a round has violated, and the options that repeat it.
    pub(crate) fn violation(
        &mut self,
        number: u64,
        violations: &[impl Display],
        log: &[String],
    ) -> io::Result<()> {
        writeln!(self.out, "\nround {number} failed:")?;
        for violation in violations.iter().take(SHOWN_VIOLATIONS) {
            writeln!(self.out, "  - {violation}")?;
        }
        if violations.len() > SHOWN_VIOLATIONS {
            let more = violations.len().saturating_sub(SHOWN_VIOLATIONS);
            writeln!(self.out, "  - and {more} more")?;
        }
        writeln!(self.out, "the servers' last log lines:")?;
        for line in log {
            writeln!(self.out, "    {line}")?;
        }
        let seed = self.seed;
        writeln!(
            self.out,
            "repeat this round with --seed {seed} --round {number}"
        )
    }

    /// Prints the totals by fault.
    pub(crate) fn summary(&mut self, took: Duration) -> io::Result<()> {
        writeln!(
            self.out,
            "\n{:<23} {:>6} {:>12} {:>10} {:>7} {:>7} {:>8} {:>18}",
            "",
            "rounds",
            "acknowledged",
            "unanswered",
            "failed",
            "retried",
            "sold out",
            "recovered in (max)"
        )?;
        let all = self.by_fault.values().flatten().copied().collect();
        let by_fault = self.by_fault.iter();
        let lines = by_fault.map(|(fault, rounds)| (fault.to_string(), rounds));
        for (name, rounds) in lines.chain([("all".to_owned(), &all)]) {
            let counts: Counts = rounds.iter().map(|(counts, _)| *counts).sum();
            let recovered_in = rounds.iter().map(|(_, recovered_in)| *recovered_in).max();
            writeln!(
                self.out,
                "{name:<23} {:>6} {:>12} {:>10} {:>7} {:>7} {:>8} {:>16.2} s",
                counts.rounds,
                counts.acknowledged,
                counts.unanswered,
                counts.failed,
                counts.retried,
                counts.sold_out,
                recovered_in.unwrap_or_default().as_secs_f64(),
            )?;
        }
        let (seed, seconds) = (self.seed, took.as_secs_f64());
        writeln!(self.out, "\nseed {seed}, {seconds:.0} s")
    }
}
