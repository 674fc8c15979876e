//! What whoever runs this reads.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use crate::fault::Fault;
use crate::round::Outcome;
use crate::tally::Tally;

/// How many wrongs of a round are worth reading.
const WRONGS: usize = 20;

/// A line for each round, and a summary.
pub(crate) struct Report<'a> {
    out: &'a mut dyn Write,
    seed: u64,
    by_fault: BTreeMap<Fault, Vec<(Tally, Duration)>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, seed: u64) -> Self {
        Self {
            out,
            seed,
            by_fault: BTreeMap::new(),
        }
    }

    /// A round is over.
    pub(crate) fn round(&mut self, number: u64, fault: Fault, outcome: &Outcome) -> io::Result<()> {
        let Tally {
            acknowledged,
            unanswered,
            failed,
            retried,
            sold_out,
            ..
        } = outcome.tally;
        writeln!(
            self.out,
            "{number:>4}  {fault:<19} {:<21} at {:.2} s, back in {:>5.2} s: {acknowledged:>5} \
             acknowledged, {unanswered:>4} unanswered, {failed:>4} failed, {retried:>4} retried, \
             {sold_out:>4} sold out; {:.1} s",
            outcome.detail,
            outcome.at.as_secs_f64(),
            outcome.back_in.as_secs_f64(),
            outcome.took.as_secs_f64(),
        )?;
        let of_fault = self.by_fault.entry(fault).or_default();
        of_fault.push((outcome.tally, outcome.back_in));
        self.out.flush()
    }

    /// What a round has shown to be wrong, and how to have it again.
    pub(crate) fn violation(
        &mut self,
        number: u64,
        wrongs: &[impl Display],
        complaints: &[String],
    ) -> io::Result<()> {
        writeln!(self.out, "\nround {number} has violated a promise:")?;
        for wrong in wrongs.iter().take(WRONGS) {
            writeln!(self.out, "  - {wrong}")?;
        }
        if wrongs.len() > WRONGS {
            let more = wrongs.len().saturating_sub(WRONGS);
            writeln!(self.out, "  - and {more} more")?;
        }
        writeln!(self.out, "the servers' last complaints:")?;
        for complaint in complaints {
            writeln!(self.out, "    {complaint}")?;
        }
        let seed = self.seed;
        writeln!(self.out, "this round alone: --seed {seed} --round {number}")
    }

    /// All rounds are over.
    pub(crate) fn summary(&mut self, took: Duration) -> io::Result<()> {
        writeln!(
            self.out,
            "\n{:<19} {:>6} {:>12} {:>10} {:>7} {:>7} {:>8} {:>13}",
            "",
            "rounds",
            "acknowledged",
            "unanswered",
            "failed",
            "retried",
            "sold out",
            "back in (max)"
        )?;
        let all = self.by_fault.values().flatten().copied().collect();
        let by_fault = self.by_fault.iter();
        let lines = by_fault.map(|(fault, rounds)| (fault.to_string(), rounds));
        for (name, rounds) in lines.chain([("all".to_owned(), &all)]) {
            let tally: Tally = rounds.iter().map(|(tally, _)| *tally).sum();
            let back_in = rounds.iter().map(|(_, back_in)| *back_in).max();
            writeln!(
                self.out,
                "{name:<19} {:>6} {:>12} {:>10} {:>7} {:>7} {:>8} {:>11.2} s",
                tally.rounds,
                tally.acknowledged,
                tally.unanswered,
                tally.failed,
                tally.retried,
                tally.sold_out,
                back_in.unwrap_or_default().as_secs_f64(),
            )?;
        }
        let (seed, seconds) = (self.seed, took.as_secs_f64());
        writeln!(self.out, "\nseed {seed}, {seconds:.0} s")
    }
}
